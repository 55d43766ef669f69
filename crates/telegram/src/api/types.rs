//! What goes into and comes out of the calls that Podium makes on its own behalf. Answers are read leniently.

use domain::{BotId, Timestamp, UpdateId};
use frankenstein::types::AllowedUpdate;
use secrecy::SecretString;
use serde::Deserialize;

/// Who the bot is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BotIdentity {
    /// Its number, the one in front of its token's colon.
    pub bot_id: BotId,
    /// The name behind the @.
    pub username: String,
    /// The name that people see.
    pub first_name: String,
    /// Whether it has a main Mini App, so that `t.me/<bot>?startapp` opens one.
    pub has_main_web_app: bool,
    /// Whether its inline mode is on, so that `@<bot> …` finds something in any chat.
    pub supports_inline_queries: bool,
}

/// How Telegram shall send updates.
#[derive(Debug, Clone)]
pub struct SetWebhook {
    /// Where to; https.
    pub url: String,
    /// What the header `X-Telegram-Bot-Api-Secret-Token` will say: 1 to 256 of `A-Z a-z 0-9 _ -`.
    pub secret_token: SecretString,
    /// How many at once: 1 to 100.
    pub max_connections: u32,
    /// The kinds of updates that are wanted.
    pub allowed_updates: Vec<AllowedUpdate>,
    /// Whether updates that wait are thrown away.
    pub drop_pending_updates: bool,
}

/// How the webhook fares.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct WebhookInfo {
    /// Where to; empty when there is none.
    pub url: String,
    /// How many updates wait.
    pub pending_update_count: u64,
    /// When sending last failed, in seconds since 1970.
    pub last_error_date: Option<i64>,
    /// Why it failed.
    pub last_error_message: Option<String>,
    /// How many at once.
    pub max_connections: Option<u32>,
    /// The kinds of updates that are sent; absent: the default ones.
    pub allowed_updates: Option<Vec<String>>,
}

impl WebhookInfo {
    /// When sending last failed.
    pub fn last_error_at(&self) -> Option<Timestamp> {
        self.last_error_date.map(Timestamp::from_secs)
    }
}

/// An update as it came. Prints its number alone.
#[derive(Clone, PartialEq, Eq)]
pub struct RawUpdate {
    /// Its number.
    pub update_id: UpdateId,
    /// The whole of it.
    pub json: String,
}

impl std::fmt::Debug for RawUpdate {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("RawUpdate").field("update_id", &self.update_id).finish_non_exhaustive()
    }
}
