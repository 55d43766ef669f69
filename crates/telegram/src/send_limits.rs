//! How fast a bot may send, from Telegram's FAQ for bots (“My bot is hitting limits, how do I avoid this?”,
//! <https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this>). Telegram calls them rough
//! figures and allows short bursts; a 429 with its `retry_after` has the last word.

/// Messages a second to all chats together.
pub const MESSAGES_PER_SECOND: u32 = 30;

/// Messages a second to one private chat.
pub const MESSAGES_PER_SECOND_PER_CHAT: u32 = 1;

/// Messages a minute to one group.
pub const MESSAGES_PER_MINUTE_PER_GROUP: u32 = 20;

/// The most characters of a message's text, after entities were parsed (`sendMessage`, `text`).
pub const TEXT_CHARACTERS_MAX: usize = 4096;

/// The most characters of the note that answers a pressed button (`answerCallbackQuery`, `text`).
pub const NOTE_CHARACTERS_MAX: usize = 200;

/// The most seconds that a `getUpdates` call may wait; longer ones are cut to this.
pub const POLL_SECONDS_MAX: u32 = 50;

/// The most updates that one `getUpdates` call returns.
pub const POLL_UPDATES_MAX: u32 = 100;
