//! What is asked of the provider, without a word on HTTP clients.

use async_trait::async_trait;
use secrecy::SecretString;

use crate::oidc::{KeySet, OidcClient};

/// The provider did not help. Holds nothing of what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// It does not take the code: unknown, used, expired, or of somebody else.
    #[error("the provider does not take the code")]
    Refused,
    /// Another answer than one of OpenID Connect.
    #[error("the provider answered with status {status}, which can't be used")]
    Answer {
        /// The status.
        status: u16,
    },
    /// No answer in time, or no connection.
    #[error("the provider can't be reached")]
    Unreachable,
}

/// A provider of OpenID Connect.
#[async_trait]
pub trait OidcProvider: Send + Sync + std::fmt::Debug {
    /// How this server is known there.
    fn client(&self) -> &OidcClient;

    /// Exchanges a code for an ID token, unchecked. `verifier` is the secret whose digest the code was asked for with.
    ///
    /// # Errors
    /// [`ProviderError::Refused`] when the code is not good, the others when the provider is not.
    async fn id_token(&self, code: &str, verifier: &str) -> Result<SecretString, ProviderError>;

    /// The keys with which the provider signs now.
    ///
    /// # Errors
    /// When the provider does not answer with keys in time.
    async fn keys(&self) -> Result<KeySet, ProviderError>;
}
