//! Why somebody can't sign in outside Telegram.

use domain::ErrorCode;
use telegram::oidc::ProviderError;

/// A sign-in outside Telegram failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LoginFailure {
    /// It can't be understood.
    #[error("the login is malformed")]
    Malformed,
    /// It was not signed by who it should be, or is for somebody else.
    #[error("the login is not valid")]
    Invalid,
    /// It is too old.
    #[error("the login is stale")]
    Stale,
    /// It was presented before.
    #[error("the login was used before")]
    Used,
    /// It was not begun in this browser, or too long ago.
    #[error("the login was not begun in this browser, or too long ago")]
    State,
    /// The person, or the provider, said no.
    #[error("the login was refused")]
    Refused,
    /// This way is not set up.
    #[error("this way to sign in is not set up")]
    Off,
    /// The provider does not answer as it should.
    #[error("the provider does not help")]
    Provider(#[source] ProviderError),
}

impl LoginFailure {
    /// What the client is told.
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::Malformed => ErrorCode::LoginMalformed,
            Self::Invalid => ErrorCode::LoginInvalid,
            Self::Stale => ErrorCode::LoginStale,
            Self::Used => ErrorCode::LoginUsed,
            Self::State => ErrorCode::LoginStateInvalid,
            Self::Refused => ErrorCode::LoginRefused,
            Self::Off => ErrorCode::LoginOff,
            Self::Provider(_) => ErrorCode::Unavailable,
        }
    }

    /// A metric label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Invalid => "invalid",
            Self::Stale => "stale",
            Self::Used => "used",
            Self::State => "state",
            Self::Refused => "refused",
            Self::Off => "off",
            Self::Provider(_) => "provider",
        }
    }
}
