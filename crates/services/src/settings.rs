//! What the operator of a server sets, as far as use cases need it. The binary reads the environment; here are values.

use domain::TelegramUserId;
use telegram::token::BotToken;

/// Settings of the use cases.
#[derive(Debug, Clone)]
pub struct ServiceSettings {
    /// The bot's token, and the one before it while tokens are being rotated. Empty when there is no bot.
    pub bot_tokens: Vec<BotToken>,
    /// The origin under which players reach this server, without a slash at the end.
    pub public_url: String,
    /// Milliseconds after which init data is stale.
    pub init_data_max_age_ms: i64,
    /// Milliseconds after the end of a tournament during which earlier scores are still taken.
    pub score_grace_ms: i64,
    /// Milliseconds between a person's wish to be erased and the erasure, in which it can be taken back.
    pub erasure_grace_ms: i64,
    /// The keys that the platform may sign with.
    pub platform_keys: Vec<crate::platform::signature::PlatformSecret>,
    /// The Telegram ids of the operators.
    pub admin_ids: Vec<TelegramUserId>,
    /// Whether calls are limited by address and person.
    pub rate_limits: bool,
    /// The messages a second that the bot may send. Telegram allows about 30.
    pub sends_per_second: u32,
    /// The messages a second that one chat may get. Telegram allows 1, and short bursts.
    pub sends_per_chat_per_second: u32,
}
