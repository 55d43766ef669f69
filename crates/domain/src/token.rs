//! One-time tokens: what they can do, for how long, and how a use can fail.
//!
//! Invariant: an action and its lifetime are entries of one closed table. A token does one thing once, for whoever it
//! was made for; campaign codes, which may be used by many and grant nothing, are no tokens.

use serde::{Deserialize, Serialize};

use crate::{
    id::{Invalid, PlatformUserId, TokenId, UserId},
    time::Timestamp,
};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

macro_rules! token_actions {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $lifetime_ms:expr;)*) => {
        /// What a one-time token does when it is spent.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum TokenAction {
            $($(#[$doc])* #[serde(rename = $text)] $name,)*
        }

        impl TokenAction {
            /// Every action, in the order of this file.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The stored form and the metric label.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// Milliseconds for which a token with this action is good.
            pub const fn lifetime_ms(self) -> i64 {
                match self { $(Self::$name => $lifetime_ms,)* }
            }
        }
    };
}

token_actions! {
    /// Links an account of the platform, after the person has confirmed it.
    Link = "link", 15 * MINUTE_MS;
    /// Links the account that a web site has signed in.
    SignIn = "sign_in", HOUR_MS;
    /// Opens a tournament and goes on there.
    OpenTournament = "open_tournament", 7 * DAY_MS;
    /// Opens a mission and goes on there.
    OpenMission = "open_mission", 7 * DAY_MS;
    /// Opens a step of identification and goes on there.
    OpenKyc = "open_kyc", 7 * DAY_MS;
    /// Lets somebody into the operators' console.
    ConsoleInvitation = "console_invitation", DAY_MS;
    /// Takes a player over to the platform's site; the platform spends it.
    Handoff = "handoff", 2 * MINUTE_MS;
    /// Lets the page that the chat's keyboard has opened join one tournament, for the person of that chat.
    Join = "join", 15 * MINUTE_MS;
}

impl TokenAction {
    /// The action of a stored form.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.as_str() == text)
    }

    /// Whether spending it links an account of the platform with a person at Telegram.
    pub const fn is_link(self) -> bool {
        matches!(self, Self::Link | Self::SignIn)
    }
}

/// Why a token was not taken. Four different answers, so that an honest person knows what to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum TokenRefusal {
    /// There is no such token.
    #[error("there is no such token")]
    Unknown,
    /// It was spent before.
    #[error("the token was used before")]
    Reused,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// It was made for somebody else.
    #[error("the token belongs to somebody else")]
    Foreign,
}

impl TokenRefusal {
    /// Every refusal.
    pub const ALL: [Self; 4] = [Self::Unknown, Self::Reused, Self::Expired, Self::Foreign];

    /// The metric label and the word in the audit.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Reused => "reused",
            Self::Expired => "expired",
            Self::Foreign => "foreign",
        }
    }
}

/// How a platform's account is shown to whoever is asked to link it, e.g. `a***@mail.com`: enough to know one's own
/// account again, too little to tell somebody else's.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct MaskedAccount(String);

impl MaskedAccount {
    /// The most characters.
    pub const LEN_MAX: usize = 64;

    /// The text to show.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for MaskedAccount {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("MaskedAccount(…)")
    }
}

impl TryFrom<String> for MaskedAccount {
    type Error = Invalid;

    /// Takes what is really masked: at least three characters in a row are hidden behind `*` or `•`.
    fn try_from(text: String) -> Result<Self, Invalid> {
        let is_masked = text.contains("***") || text.contains("•••");
        // A direction mark or a line break would make the text of the question say something else.
        let is_plain = |letter: char| {
            !letter.is_control()
                && !matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        if !is_masked || text.chars().count() > Self::LEN_MAX || !text.chars().all(is_plain) {
            return Err(Invalid { kind: "masked account" });
        }
        Ok(Self(text))
    }
}

impl<'de> Deserialize<'de> for MaskedAccount {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// The answer to a platform that asked for a token.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IssuedToken {
    /// The token: whoever has it can spend it. Never stored in the clear.
    pub token: String,
    /// What to ask for its state by; no secret.
    pub token_id: TokenId,
    /// A link that hands it to the bot.
    pub url_start: String,
    /// A link that hands it to the Mini App.
    pub url_startapp: String,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

impl std::fmt::Debug for IssuedToken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("IssuedToken").field("token_id", &self.token_id).finish_non_exhaustive()
    }
}

/// Where a token stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum TokenState {
    /// It can be spent.
    Pending,
    /// It was spent.
    Spent,
    /// It was not spent in time, or the person has turned it down.
    Expired,
}

/// The answer to a platform that asks what became of a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenStatus {
    /// Which token.
    pub token_id: TokenId,
    /// What it does.
    pub action: TokenAction,
    /// Where it stands.
    pub state: TokenState,
    /// Who spent it; when it was spent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// Who that is at the platform, when they are linked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform_user_id: Option<PlatformUserId>,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

/// What a person is asked before an account is linked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkQuestion {
    /// `link` or `sign_in`.
    pub action: TokenAction,
    /// The account, masked, e.g. `a•••n`.
    pub platform_account: MaskedAccount,
    /// Whether the person is linked with another account, which a `replace` would end.
    pub is_linked_elsewhere: bool,
    /// Until when the answer is taken.
    pub expires_at: Timestamp,
}

/// What a launch by a link was about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum StartAnswer {
    /// Nothing in particular, or a code that is not known (any more).
    Nothing,
    /// A page of the app.
    Open {
        /// Its path.
        path: String,
    },
    /// An account was linked.
    Linked {
        /// The account, masked.
        platform_account: MaskedAccount,
    },
    /// The person is to be asked; the answer is `POST /v1/tg/link`.
    Ask {
        /// What.
        question: LinkQuestion,
    },
}

/// What became of a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NotificationAnswer {
    /// Whether it was known already; it is sent once.
    pub is_duplicate: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_its_own_text_and_a_lifetime_of_at_most_a_week() {
        for action in TokenAction::ALL {
            assert_eq!(TokenAction::from_text(action.as_str()), Some(*action));
            assert_eq!(serde_json::to_string(action).unwrap(), format!("\"{}\"", action.as_str()));
            assert!((1..=7 * DAY_MS).contains(&action.lifetime_ms()));
        }
        assert_eq!(TokenAction::from_text("other"), None);
    }

    #[test]
    fn an_account_must_be_masked() {
        let read = |text: &str| MaskedAccount::try_from(text.to_owned());
        assert!(read("a***@mail.com").is_ok());
        assert!(read("+39 ••• ••12").is_ok());
        let long = format!("***{}", "a".repeat(62));
        for bad in ["", "ada@mail.com", "a*@mail.com", "a***\n@mail.com", "a***\u{202e}moc", &long] {
            assert!(read(bad).is_err(), "{bad:?}");
        }
    }
}
