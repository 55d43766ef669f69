//! The Mini App: what players see.
//!
//! One tree of components is rendered twice: on the server, so that the first paint already shows the leaderboard,
//! and in the WebView, where it takes over the same HTML and comes alive. The first route's data and the texts travel
//! in the page itself, so that nothing has to be fetched before the page can be used.
//!
//! Invariant: the WASM side knows `domain` and `i18n` alone, and what the server renders is public: nothing about the
//! person who asks is ever part of the HTML of a page of the app.

#![deny(missing_docs)]
// Views are types as deep as their markup.
#![recursion_limit = "256"]
#![cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "what only a WebView runs is compiled on the server too")
)]

mod account;
mod actions;
mod app;
mod board;
mod clock;
mod compete;
#[cfg(feature = "ssr")]
pub mod console;
mod context;
mod data;
#[cfg(feature = "ssr")]
mod document;
pub mod functions;
#[cfg(feature = "hydrate")]
mod hydrate;
mod json;
#[cfg(feature = "ssr")]
mod kit;
mod later;
mod missions;
mod net;
mod node;
mod page_data;
mod pages;
mod part;
mod reactive;
mod router;
mod session;
mod speech;
#[cfg(feature = "ssr")]
pub mod ssr;
mod telegram;
mod texts;
mod ui;
mod visible;

pub use crate::{
    later::LATER,
    page_data::{First, PageData},
    router::Route,
};

#[cfg(feature = "hydrate")]
pub use crate::hydrate::hydrate;
