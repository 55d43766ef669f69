//! Podium's texts in English, Russian, French and Italian, for the bot and for the page.
//!
//! The texts stand in `locales/*.json`. The build script refuses a missing or an extra key, differing placeholders and
//! missing plural forms, so whatever compiles can be said in all four languages: a fixed text is a constant in
//! [`keys`], one with placeholders a function there whose arguments are the placeholders.
//!
//! Invariant: WASM embeds no text. The server holds all of them (feature `bundled`) and puts those of one language
//! into the page as JSON ([`Catalog::page_json`]); the page reads them back ([`Catalog::from_json`]).

#![deny(missing_docs)]

mod catalog;
#[cfg(feature = "bundled")]
mod duration;
mod number;
pub mod plural;

#[cfg(test)]
#[path = "../build/check.rs"]
mod check;
#[cfg(test)]
mod check_tests;

#[cfg(feature = "bundled")]
pub use crate::{catalog::catalog, duration::duration};
pub use crate::{
    catalog::{Catalog, CatalogError, Key},
    generated::keys,
    number::number,
};

pub(crate) use crate::catalog::Argument;

/// What the build script made of the locales.
mod generated {
    use crate::Key;

    include!(concat!(env!("OUT_DIR"), "/generated.rs"));
}
