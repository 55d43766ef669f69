//! Keys that sign tokens. They rotate while the service runs: a new key is published before it signs, an old one stays
//! published until the last token it signed has expired.

use async_trait::async_trait;
use domain::Timestamp;

use crate::error::StoreError;

/// A signing key.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// The `kid` of tokens and of the JWKS.
    pub kid: String,
    /// The private key (PKCS #8), sealed with a key that is not in the database.
    pub sealed_private_key: Vec<u8>,
    /// The public key: 32 bytes of Ed25519.
    pub public_key: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it signs.
    pub active_from: Timestamp,
    /// From when on it neither signs nor verifies.
    pub retired_at: Option<Timestamp>,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SigningKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

/// Access to signing keys.
#[async_trait]
pub trait SigningKeyRepository: Send {
    /// Every key that is not retired at `now`, the latest `active_from` first. At most 16.
    async fn usable(&mut self, now: Timestamp) -> Result<Vec<SigningKey>, StoreError>;

    /// Stores a key.
    async fn add(&mut self, key: &SigningKey) -> Result<(), StoreError>;

    /// Lets every key other than `kid` retire at `at`, unless it retires earlier.
    async fn retire_others(&mut self, kid: &str, at: Timestamp) -> Result<(), StoreError>;
}
