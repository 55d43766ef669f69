//! The public API, version 1: one file a call, each thin over a use case.

pub mod board;
pub mod consents;
pub mod exchange;
pub mod health;
pub mod jwks;
pub mod live;
pub mod logout;
pub mod me;
pub mod platform_events;
pub mod privacy;
pub mod refresh;
pub mod sessions;
pub mod telemetry;
pub mod tournament;
pub mod tournaments;
