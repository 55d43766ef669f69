//! Messages on their way out: composed as rows, sent after the commit that wrote them.

pub mod compose;
pub mod sender;

pub use crate::outbox::compose::Outgoing;
