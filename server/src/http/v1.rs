//! The public API, version 1: one file a call, each thin over a use case.

pub mod board;
pub mod consents;
pub mod exchange;
pub mod handoff;
pub mod health;
pub mod jwks;
pub mod link;
pub mod live;
pub mod login;
pub mod logout;
pub mod me;
pub mod missions;
pub mod oidc;
pub mod platform_campaigns;
pub mod platform_events;
pub mod platform_notifications;
pub mod platform_tokens;
pub mod privacy;
pub mod refresh;
pub mod rewards;
pub mod sessions;
pub mod start;
pub mod telemetry;
pub mod tournament;
pub mod tournaments;
pub mod unlink;
