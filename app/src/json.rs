//! Reading JSON in the page.
//!
//! `serde` makes a parser for every type, which costs 25 KB of the bundle (docs/adr/0004); the page reads about a dozen
//! small types from one server, so it parses into one tree of values and picks the fields from there. The server
//! writes with `serde`; a property test holds the two together.

mod from_json;
mod parse;

pub(crate) use self::parse::parse;
pub use self::{from_json::FromJson, parse::Value};

/// Reads a value. `None` when the text is not JSON, or not of this type.
pub(crate) fn read<T: FromJson>(json: &str) -> Option<T> {
    T::from_json(&parse(json)?)
}
