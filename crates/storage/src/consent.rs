//! What players have said yes or no to, as a log: each answer is a row that says when, where and to which text, and is
//! never changed. What holds now is the last row of a kind.

use async_trait::async_trait;
use domain::{ConsentChannel, ConsentKind, Consents, Locale, Timestamp, UserId};

use crate::error::StoreError;

/// The proof of one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsentProof {
    /// Whose.
    pub user_id: UserId,
    /// To what.
    pub kind: ConsentKind,
    /// Yes or no.
    pub is_given: bool,
    /// The version of the text that was shown.
    pub text_version: u32,
    /// The language of that text.
    pub locale: Locale,
    /// Where.
    pub channel: ConsentChannel,
    /// When.
    pub recorded_at: Timestamp,
}

/// Access to consents.
#[async_trait]
pub trait ConsentRepository: Send {
    /// What holds now; everything that was never answered is off.
    async fn state(&mut self, user_id: UserId) -> Result<Consents, StoreError>;

    /// Adds the proof of an answer. Returns `false`, adding nothing, when the same holds already.
    async fn record(&mut self, proof: &ConsentProof) -> Result<bool, StoreError>;

    /// Up to `limit` proofs of a user, the newest first.
    async fn proofs(&mut self, user_id: UserId, limit: u32) -> Result<Vec<ConsentProof>, StoreError>;
}
