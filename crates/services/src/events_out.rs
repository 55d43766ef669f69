//! Events out: what Podium tells the platform, as signed CloudEvents.
//!
//! An event is a row written in the transaction of the change that it tells of ([`enqueue()`]), and is posted after its
//! commit ([`sender`]) until the platform takes it. Invariant: while no address of the platform is set, nothing is
//! written, so that no rows pile up that nobody will ever send.

pub mod enqueue;
pub mod port;
pub mod replay;
pub mod retry;
pub mod sender;

pub use self::{
    enqueue::{EventKind, enqueue, enqueue_as},
    port::{PlatformWebhook, PostError, SignedEvent},
    replay::replay_dead,
};
