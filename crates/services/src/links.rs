//! One person, one identity: one-time tokens, campaign codes, and the link between a person at Telegram and an account of
//! the platform.
//!
//! ```text
//! platform ── issue ──▶ token ── /start, startapp, pasted ──▶ take (bound to who shows it first)
//!                                                              │
//!                        link: the person is asked ──▶ yes ──▶ connect + spend
//!                     sign_in: a new chat at once ───────────▶ connect + spend
//!                              one linked elsewhere is asked ─▶ (separate +) connect + spend
//!                      open_*: ──────────────────────────────▶ spend, and the page
//!
//! app ── hand over ──▶ code in an address of the cabinet ── the platform shows it ──▶ redeem: spend, and whom it brings
//! ```
//! Invariant: a token is spent, and audited, in the transaction of what it does. A campaign code is no token: it grants
//! nothing, and its use by many is never counted as reuse.

pub mod campaign;
pub mod code;
pub mod connect;
pub mod handoff;
pub mod issue;
pub mod link;
pub mod notify;
pub mod spend;
pub mod start;
pub mod status;
pub mod unlink;

use domain::{ErrorCode, TokenRefusal};
use storage::StoreError;

use crate::identity::AuthError;
pub use crate::links::{
    campaign::put_campaign,
    handoff::{hand_over, redeem},
    issue::issue,
    link::{link, preview},
    notify::notify,
    start::start,
    status::status,
    unlink::unlink,
};

/// What was asked for is not done.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The token was not taken.
    #[error("the one-time token was not taken")]
    Refused(#[source] TokenRefusal),
    /// The account is linked with another person at Telegram.
    #[error("the account is linked with another person")]
    AccountTaken,
    /// The person is linked with another account, and has not said that it should be replaced.
    #[error("the person is linked with another account")]
    LinkedElsewhere,
    /// There is no link.
    #[error("there is no link")]
    NotLinked,
    /// The platform's user is not known.
    #[error("the platform's user is not known")]
    PlayerUnknown,
    /// The bot may not write to the player.
    #[error("the bot may not write to the player")]
    Unreachable,
    /// The call names something that does not fit what it asks for.
    #[error("the call does not fit: {0}")]
    Malformed(&'static str),
    /// The call's id came before, with another body.
    #[error("the call's id was used with another body")]
    CallReused,
    /// No site of the platform is set.
    #[error("no cabinet is set")]
    NoCabinet,
    /// There is no bot that links could lead to, or its name is not known yet.
    #[error("the bot's name is not known yet")]
    NoBot,
    /// A token can't be sealed or opened.
    #[error("a token can't be sealed or opened")]
    Secret(#[source] crate::secrets::SecretError),
    /// The caller is not who they should be.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// The database failed.
    #[error("the database failed")]
    Store(#[source] StoreError),
}

impl LinkError {
    /// What the client is told.
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Refused(TokenRefusal::Unknown) => ErrorCode::OneTimeTokenUnknown,
            Self::Refused(TokenRefusal::Reused) => ErrorCode::OneTimeTokenUsed,
            Self::Refused(TokenRefusal::Expired) => ErrorCode::OneTimeTokenExpired,
            Self::Refused(TokenRefusal::Foreign) => ErrorCode::OneTimeTokenForeign,
            Self::AccountTaken => ErrorCode::AccountTaken,
            Self::LinkedElsewhere => ErrorCode::TelegramIdTaken,
            Self::NotLinked => ErrorCode::NotLinked,
            Self::NoCabinet => ErrorCode::NotFound,
            Self::PlayerUnknown => ErrorCode::PlayerUnknown,
            Self::Unreachable => ErrorCode::PlayerUnreachable,
            Self::Malformed(_) => ErrorCode::BadRequest,
            Self::CallReused => ErrorCode::IdempotencyKeyReused,
            Self::Auth(error) => error.code(),
            // A conflict is another link made in between: whoever comes again sees it.
            Self::NoBot | Self::Store(StoreError::Conflict { .. }) => ErrorCode::Unavailable,
            Self::Store(source) if source.is_temporary() => ErrorCode::Unavailable,
            Self::Secret(_) | Self::Store(_) => ErrorCode::Internal,
        }
    }

    /// Whether the rules refuse it: what was written on the way (the audit, who has shown a token) is to be kept.
    const fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::AccountTaken | Self::LinkedElsewhere | Self::NotLinked)
    }
}

impl From<StoreError> for LinkError {
    fn from(source: StoreError) -> Self {
        Self::Store(source)
    }
}

/// Saves a transaction whose work was done, or refused by the rules; undoes one that failed.
async fn settle<T>(tx: storage::BoxTransaction, result: Result<T, LinkError>) -> Result<T, LinkError> {
    if result.as_ref().err().is_none_or(LinkError::is_refusal) {
        tx.save().await?;
    }
    result
}
