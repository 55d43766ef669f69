//! Logs, metrics, traces.
//!
//! Logs hold no personal data: people appear as keyed aliases, requests by their route and never by their address.
//! Metric labels come from closed lists.

pub mod logs;
pub mod metrics;
pub mod names;
pub mod requests;
pub mod trace;

pub use crate::telemetry::{metrics::Stopwatch, requests::RequestMetrics};
