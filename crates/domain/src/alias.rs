//! Hiding on boards behind a made-up name.

use serde::{Deserialize, Serialize};

use crate::id::PlayerKey;

/// Whether boards show a player under a made-up name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AliasState {
    /// Whether they hide.
    pub hidden: bool,
    /// What boards show.
    pub alias: String,
    /// What boards call them now; another one after each change.
    pub player: PlayerKey,
}

/// A player's wish to hide, or not to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AliasChange {
    /// Whether to hide.
    pub hidden: bool,
}
