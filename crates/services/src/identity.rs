//! Who somebody is: signing in by init data, staying signed in, signing out.
//!
//! ```text
//! init data ── sign_in ──▶ session + first refresh token + access token
//!                              │ refresh (each token good once)
//!                              ▼
//!                          session + next refresh token + access token ── sign_out, reuse ──▶ ended
//! ```

pub mod current;
pub mod devices;
pub mod fresh;
pub mod me;
pub mod profile;
pub mod refresh;
pub mod refresh_token;
pub mod sign_in;
pub(crate) mod sign_in_notice;
pub mod sign_out;

use domain::ErrorCode;
use storage::StoreError;

use crate::{
    Services,
    group_commit::GroupCommitError,
    limits::Limited,
    tokens::{KeyError, TokenError, jwt},
};
pub use crate::{
    identity::{me::me, refresh::refresh, sign_in::sign_in, sign_out::sign_out},
    tokens::jwt::Session,
};

/// Milliseconds after which a session that was not refreshed is over.
pub const SESSION_IDLE_MS: i64 = 30 * 24 * 3_600_000;

/// A person can't be let in.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// The init data can't be parsed.
    #[error("the init data is malformed")]
    Malformed,
    /// The init data is not from our bot, or from the future.
    #[error("the init data is not valid")]
    Invalid,
    /// The init data is too old.
    #[error("the init data is stale")]
    Stale,
    /// The init data is genuine and fresh, but of somebody else than the session.
    #[error("the init data is of somebody else than the session")]
    Foreign,
    /// No token, or a forged one.
    #[error("no valid access token")]
    Unauthorized,
    /// The access token was good once.
    #[error("the access token has expired")]
    Expired,
    /// The refresh token is not good.
    #[error("the refresh token is not valid")]
    RefreshInvalid,
    /// The caller has no such session.
    #[error("there is no such session")]
    SessionUnknown,
    /// Too many tries.
    #[error("too many tries")]
    Limited(#[source] Limited),
    /// Too many wait to be stored.
    #[error("the session can't be stored now")]
    Busy(#[source] GroupCommitError),
    /// The database failed.
    #[error("the database failed while {doing}")]
    Store {
        /// What was being done.
        doing: &'static str,
        /// Why.
        #[source]
        source: StoreError,
    },
    /// A token can't be made or checked.
    #[error("a token can't be made or checked")]
    Token(#[source] TokenError),
}

impl AuthError {
    /// What the client is told.
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Malformed => ErrorCode::InitDataMalformed,
            Self::Invalid => ErrorCode::InitDataInvalid,
            Self::Stale => ErrorCode::InitDataStale,
            Self::Foreign => ErrorCode::InitDataForeign,
            Self::Unauthorized => ErrorCode::Unauthorized,
            Self::Expired => ErrorCode::TokenExpired,
            Self::RefreshInvalid => ErrorCode::RefreshInvalid,
            Self::SessionUnknown => ErrorCode::SessionUnknown,
            Self::Limited(_) => ErrorCode::RateLimited,
            Self::Busy(_) => ErrorCode::Unavailable,
            Self::Store { source, .. } | Self::Token(TokenError::Keys(KeyError::Store(source)))
                if source.is_temporary() =>
            {
                ErrorCode::Unavailable
            }
            Self::Store { .. } | Self::Token(_) => ErrorCode::Internal,
        }
    }

    pub(crate) fn store(doing: &'static str) -> impl FnOnce(StoreError) -> Self {
        move |source| Self::Store { doing, source }
    }
}

impl From<TokenError> for AuthError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Invalid => Self::Unauthorized,
            TokenError::Expired => Self::Expired,
            TokenError::Keys(_) => Self::Token(error),
        }
    }
}

/// Checks an access token. Sessions that were ended keep their access for the rest of the token's
/// [`ACCESS_TOKEN_SECONDS`](crate::tokens::ACCESS_TOKEN_SECONDS): that is what makes the check need no database.
///
/// # Errors
/// [`AuthError::Unauthorized`] or [`AuthError::Expired`].
pub async fn authenticate(services: &Services, bearer: &str) -> Result<Session, AuthError> {
    Ok(jwt::verify(services, bearer).await?)
}
