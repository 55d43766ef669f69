//! What the platform is told of the events it sent.

use serde::{Deserialize, Serialize};

use crate::problem::ErrorCode;

/// What became of a call's events.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventsAnswer {
    /// Applied now.
    pub accepted: u64,
    /// Known already.
    pub duplicates: u64,
    /// Not applied; may be sent again.
    pub rejected: Vec<Rejection>,
}

/// An event that was not applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Rejection {
    /// Its place in the batch, from 0.
    pub index: usize,
    /// Why.
    pub code: ErrorCode,
    /// What exactly.
    pub detail: String,
}
