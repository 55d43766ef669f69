//! Whether the bot may write to a person.
//!
//! ```text
//! unknown ──▶ needs_start ──▶ reachable ◀──▶ blocked
//!    └────────────────────────▶  │ └───────▶ deactivated
//! ```
//! A message of the person, an unblocked bot and the leave to write make a person reachable, whatever was before.

use serde::{Deserialize, Serialize};

/// Whether the bot may write to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reachability {
    /// Nobody has told yet.
    #[default]
    Unknown,
    /// It may.
    Reachable,
    /// The person has opened the app and never started the chat.
    NeedsStart,
    /// The person has blocked the bot.
    Blocked,
    /// The account at Telegram is gone.
    Deactivated,
}

impl Reachability {
    /// Every state.
    pub const ALL: [Self; 5] =
        [Self::Unknown, Self::Reachable, Self::NeedsStart, Self::Blocked, Self::Deactivated];

    /// The stored form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Reachable => "reachable",
            Self::NeedsStart => "needs_start",
            Self::Blocked => "blocked",
            Self::Deactivated => "deactivated",
        }
    }

    /// The state of a stored form.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether a message is worth a try: nobody knows better until one was refused.
    pub const fn is_worth_a_try(self) -> bool {
        matches!(self, Self::Unknown | Self::Reachable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_forms_are_read_back_and_are_the_serialised_ones() {
        for state in Reachability::ALL {
            assert_eq!(Reachability::from_text(state.as_str()), Some(state));
            assert_eq!(serde_json::to_string(&state).unwrap(), format!("\"{}\"", state.as_str()));
        }
        assert_eq!(Reachability::from_text("other"), None);
    }

    #[test]
    fn nothing_is_sent_to_who_can_not_get_it() {
        let tried = Reachability::ALL.into_iter().filter(|state| state.is_worth_a_try());
        assert_eq!(tried.collect::<Vec<_>>(), [Reachability::Unknown, Reachability::Reachable]);
    }
}
