//! Why init data is refused, in words that may stand in a log and as a metric label.

use std::fmt;

/// Init data that is not accepted. Contains nothing of the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InitDataError {
    /// It can't be understood without doubt.
    #[error("the init data is malformed: {reason}")]
    Malformed {
        /// What exactly.
        reason: MalformedReason,
    },
    /// It was not signed by this bot's token, or is from the future.
    #[error("the init data is not valid: {reason}")]
    Invalid {
        /// What exactly.
        reason: InvalidReason,
    },
    /// It is genuine, but too old.
    #[error("the init data is too old")]
    Stale,
}

impl InitDataError {
    /// A metric label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Malformed { .. } => "malformed",
            Self::Invalid { reason: InvalidReason::Signature } => "invalid",
            Self::Invalid { reason: InvalidReason::Future } => "future",
            Self::Stale => "stale",
        }
    }
}

/// What makes init data unreadable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MalformedReason {
    /// There is nothing: the app was opened by a keyboard button, inline, or in a browser.
    Empty,
    /// More than [`LEN_MAX`](super::LEN_MAX) bytes.
    TooLong,
    /// More than [`PAIRS_MAX`](super::PAIRS_MAX) pairs.
    TooManyPairs,
    /// A part without `=`.
    NotAPair,
    /// A key that is no plain name.
    Key,
    /// A key that stands there twice.
    DuplicateKey,
    /// A `%` without two hexadecimal digits.
    PercentEncoding,
    /// Bytes that are no UTF-8.
    NotUtf8,
    /// A control character, such as a line break.
    ControlCharacter,
    /// No `hash`.
    HashMissing,
    /// A `hash` that is not 64 hexadecimal digits.
    HashNotHex,
    /// No `signature`, where a third party asks for it.
    SignatureMissing,
    /// A `signature` that is not 64 bytes in base64url.
    SignatureNotBase64,
    /// No `auth_date`, or one that is no number.
    AuthDate,
    /// No `user`, or one that can't be read.
    User,
    /// A `receiver` that can't be read.
    Receiver,
    /// A `chat` that can't be read.
    Chat,
}

impl fmt::Display for MalformedReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Empty => "it is empty",
            Self::TooLong => "it is too long",
            Self::TooManyPairs => "it has too many pairs",
            Self::NotAPair => "a part has no `=`",
            Self::Key => "a key is no plain name",
            Self::DuplicateKey => "a key stands in it twice",
            Self::PercentEncoding => "a percent sign stands alone",
            Self::NotUtf8 => "it is not UTF-8",
            Self::ControlCharacter => "it contains a control character",
            Self::HashMissing => "it has no hash",
            Self::HashNotHex => "its hash is not 64 hexadecimal digits",
            Self::SignatureMissing => "it has no signature",
            Self::SignatureNotBase64 => "its signature is not 64 bytes in base64url",
            Self::AuthDate => "it has no readable auth_date",
            Self::User => "it has no readable user",
            Self::Receiver => "its receiver can't be read",
            Self::Chat => "its chat can't be read",
        })
    }
}

impl From<MalformedReason> for InitDataError {
    fn from(reason: MalformedReason) -> Self {
        Self::Malformed { reason }
    }
}

/// What makes readable init data invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidReason {
    /// None of the keys signed it.
    Signature,
    /// Its `auth_date` lies in the future.
    Future,
}

impl fmt::Display for InvalidReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Signature => "the signature does not fit",
            Self::Future => "it is from the future",
        })
    }
}

impl From<InvalidReason> for InitDataError {
    fn from(reason: InvalidReason) -> Self {
        Self::Invalid { reason }
    }
}
