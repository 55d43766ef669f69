//! What the platform tells us: signed CloudEvents, each applied once.
//!
//! A call is one transaction, shared with the calls that come at the same time: every event is marked as seen together
//! with what it changes. One bad event does not stop the others; it is rejected with a code, is not marked, and may be
//! sent again.

pub mod activity;
pub mod apply;
pub(crate) mod commit;
pub(crate) mod corrections;
pub mod envelope;
pub mod kyc;
pub mod missions;
pub mod scores;
pub mod signature;
pub mod tournaments;
pub mod users;

pub use crate::platform::{
    apply::{EventsError, accept},
    signature::{PlatformKey, PlatformSecret, SignatureError, verify},
};
