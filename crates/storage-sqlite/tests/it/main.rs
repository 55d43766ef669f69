//! The engine's tests, in one binary: linking it is most of the time that they take.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod contract;
mod erasure;
mod failure;
mod old_rows;
mod schema;
