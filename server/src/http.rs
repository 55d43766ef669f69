//! The web server: routes, what is checked before a handler runs, and how errors look.
//!
//! A request passes: trace (id, span, metrics, one log line) → panic to problem document → body limit → route →
//! extractors (who, what) → handler, which is thin over a use case.

pub mod error;
pub mod extract;
pub mod internal;
pub mod listener;
pub mod openapi;
pub mod router;
pub mod security;
pub mod v1;
pub mod viewers;
pub mod webhook;
