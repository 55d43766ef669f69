//! What nodes tell each other and share: ranks, limits, signals. Each is a port with two implementations, one in
//! process for a single machine and one on Redis for many, and both pass one suite.
//!
//! Invariant: nothing here is the truth. A node that loses all of it rebuilds it from SQL; until then SQL answers.

#![deny(missing_docs)]

pub mod limits;
pub mod ranks;
pub mod redis;
pub mod signals;
#[cfg(feature = "testsuite")]
pub mod testsuite;

pub use crate::redis::RedisConnection;

/// A shared service (Redis) did not answer or answered nonsense. Whoever asked falls back on SQL or tries later.
#[derive(Debug, thiserror::Error)]
#[error("the bus failed at {operation}")]
pub struct BusError {
    /// What was tried, e.g. `ranks.apply`.
    pub operation: &'static str,
    /// The cause.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

impl BusError {
    /// Turns an error into one that says what was tried.
    pub(crate) fn at<E>(operation: &'static str) -> impl FnOnce(E) -> Self
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        move |source| Self { operation, source: source.into() }
    }
}
