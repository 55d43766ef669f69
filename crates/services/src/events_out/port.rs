//! How an event reaches the platform, without a word on HTTP clients.

use async_trait::async_trait;

/// An event on the wire: what the port posts, as it stands.
#[derive(Clone)]
pub struct SignedEvent {
    /// `webhook-id`: the same over all tries.
    pub id: String,
    /// `webhook-timestamp`: the seconds of this try.
    pub timestamp: String,
    /// `webhook-signature`.
    pub signature: String,
    /// The CloudEvent in JSON.
    pub body: String,
}

impl std::fmt::Debug for SignedEvent {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SignedEvent").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The platform did not take an event. Holds nothing of the address and nothing of the answer's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PostError {
    /// An answer other than 2xx; a redirect is one.
    #[error("the platform answered with status {0}")]
    Status(u16),
    /// No answer in time.
    #[error("the platform did not answer in time")]
    Timeout,
    /// No connection, or a broken one.
    #[error("the platform can't be reached")]
    Unreachable,
}

/// The platform's address for events.
#[async_trait]
pub trait PlatformWebhook: Send + Sync + std::fmt::Debug {
    /// Posts an event. Returns within a time that is shorter than a sender's lease, and follows no redirect.
    ///
    /// # Errors
    /// [`PostError`] when the answer is not 2xx.
    async fn post(&self, event: &SignedEvent) -> Result<(), PostError>;
}
