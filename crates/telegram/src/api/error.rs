//! What a call's failure means for the row that caused it. The answer's description is looked at and dropped: it may
//! contain names.

use std::{error::Error, fmt};

use serde::Deserialize;

type Source = Box<dyn Error + Send + Sync>;

/// A call that failed. Contains neither the token nor anything of the message.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// 429: send nothing for so long.
    #[error("Telegram asks to wait {retry_after_s} s")]
    FloodWait {
        /// Seconds; at least 1.
        retry_after_s: u32,
    },
    /// The person blocked the bot, or the bot was removed from the group.
    #[error("the bot is blocked in this chat")]
    Blocked,
    /// The person's account is gone.
    #[error("the person's account is deactivated")]
    Deactivated,
    /// The person never started the bot.
    #[error("the person has not started the bot")]
    NeedsStart,
    /// 409: another one polls, or a webhook is set.
    #[error("another consumer takes this bot's updates")]
    Conflict,
    /// 401 or 404: the token is not, or no longer, a bot's.
    #[error("Telegram does not accept the bot's token")]
    Unauthorized,
    /// Telegram refuses it and will go on doing so.
    #[error("Telegram refused with status {status}: {reason}")]
    Rejected {
        /// The status; 0 when it was refused here.
        status: u16,
        /// Why.
        reason: RejectedReason,
    },
    /// Telegram, or something before it, is down: try again.
    #[error("the Bot API is not available: status {status}")]
    Unavailable {
        /// The status.
        status: u16,
    },
    /// No connection: the request surely did not leave.
    #[error("the Bot API could not be reached")]
    NotSent {
        /// The cause.
        #[source]
        source: Source,
    },
    /// The request left, and no readable answer came: it may have been carried out.
    #[error("the Bot API took the request and gave no readable answer")]
    Ambiguous {
        /// The cause.
        #[source]
        source: Source,
    },
}

impl ApiError {
    /// A metric label.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::FloodWait { .. } => "flood_wait",
            Self::Blocked => "blocked",
            Self::Deactivated => "deactivated",
            Self::NeedsStart => "needs_start",
            Self::Conflict => "conflict",
            Self::Unauthorized => "unauthorized",
            Self::Rejected { .. } => "rejected",
            Self::Unavailable { .. } => "unavailable",
            Self::NotSent { .. } => "not_sent",
            Self::Ambiguous { .. } => "ambiguous",
        }
    }

    pub(crate) fn ambiguous(source: impl Into<Source>) -> Self {
        Self::Ambiguous { source: source.into() }
    }
}

/// Why Telegram refuses for good, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RejectedReason {
    /// An edit would change nothing.
    MessageNotModified,
    /// The message to edit, delete or answer is gone.
    MessageNotFound,
    /// The text is longer than Telegram takes.
    MessageTooLong,
    /// The tap on a button, or the inline query, is too old to be answered.
    QueryTooOld,
    /// A button's address or data is not valid.
    ButtonInvalid,
    /// The markup of the text can't be read.
    EntitiesInvalid,
    /// The group has become a supergroup with another id.
    ChatMoved,
    /// The bot lacks a right in the chat.
    NoRights,
    /// The method's name is none; nothing was sent.
    NotAMethod,
    /// The request is larger than Telegram takes.
    TooLarge,
    /// Something else.
    Other,
}

impl fmt::Display for RejectedReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::MessageNotModified => "the message would not change",
            Self::MessageNotFound => "the message is gone",
            Self::MessageTooLong => "the text is too long",
            Self::QueryTooOld => "the query is too old",
            Self::ButtonInvalid => "a button is not valid",
            Self::EntitiesInvalid => "the markup is not valid",
            Self::ChatMoved => "the chat has another id now",
            Self::NoRights => "the bot has no right to do this",
            Self::NotAMethod => "there is no such method",
            Self::TooLarge => "the request is too large",
            Self::Other => "another reason",
        })
    }
}

/// An answer with `"ok": false`.
#[derive(Deserialize)]
pub(crate) struct Refusal {
    #[serde(default)]
    pub(crate) error_code: Option<u16>,
    #[serde(default)]
    pub(crate) description: String,
    #[serde(default)]
    pub(crate) parameters: Option<Parameters>,
}

/// What an answer with `"ok": false` says beside its description.
#[derive(Deserialize)]
pub(crate) struct Parameters {
    #[serde(default)]
    pub(crate) retry_after: Option<u32>,
    #[serde(default)]
    pub(crate) migrate_to_chat_id: Option<i64>,
}

impl Refusal {
    /// What the refusal means. `retry_after` is the header's value, for when the body has none.
    pub(crate) fn meaning(&self, status: u16, retry_after: Option<u32>) -> ApiError {
        let status = self.error_code.unwrap_or(status);
        let text = self.description.to_ascii_lowercase();
        let says = |needle: &str| text.contains(needle);
        match status {
            429 => {
                let seconds =
                    self.parameters.as_ref().and_then(|parameters| parameters.retry_after).or(retry_after);
                ApiError::FloodWait { retry_after_s: seconds.unwrap_or(1).max(1) }
            }
            401 | 404 => ApiError::Unauthorized,
            409 => ApiError::Conflict,
            500.. => ApiError::Unavailable { status },
            _ if says("bot was blocked") || says("bot was kicked") || says("bot is not a member") => {
                ApiError::Blocked
            }
            _ if says("user is deactivated") => ApiError::Deactivated,
            _ if says("chat not found") || says("can't initiate conversation") || says("peer_id_invalid") => {
                ApiError::NeedsStart
            }
            _ => ApiError::Rejected { status, reason: self.reason(status, &text) },
        }
    }

    fn reason(&self, status: u16, text: &str) -> RejectedReason {
        let says = |needle: &str| text.contains(needle);
        if self.parameters.as_ref().is_some_and(|parameters| parameters.migrate_to_chat_id.is_some()) {
            RejectedReason::ChatMoved
        } else if status == 413 {
            RejectedReason::TooLarge
        } else if says("message is not modified") {
            RejectedReason::MessageNotModified
        } else if says("message to") && says("not found") {
            RejectedReason::MessageNotFound
        } else if says("too long") {
            RejectedReason::MessageTooLong
        } else if says("query is too old") || says("query id is invalid") {
            RejectedReason::QueryTooOld
        } else if says("button_") || says("button") {
            RejectedReason::ButtonInvalid
        } else if says("can't parse entities") {
            RejectedReason::EntitiesInvalid
        } else if status == 403 || says("not enough rights") {
            RejectedReason::NoRights
        } else {
            RejectedReason::Other
        }
    }
}
