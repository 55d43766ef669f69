//! Updates of Telegram: stored before they are acknowledged, handled once, in the order of their chat.

pub mod ingest;
pub mod poll;
pub mod replay;
pub mod worker;

pub use crate::inbox::{
    ingest::{IngestError, ingest},
    replay::replay_dead,
};
