//! What stands in init data.

use domain::{BotId, ChatId, TelegramUserId, Timestamp};
use serde::{Deserialize, de::DeserializeOwned};

use crate::init_data::{error::MalformedReason, pairs::Pairs};

/// The first id that is too large: ids have at most 52 significant bits.
pub(crate) const USER_ID_END: i64 = 1 << 52;

/// Init data, read. Worth something only inside [`Verified`](crate::Verified). Prints nothing personal.
#[derive(Clone, PartialEq, Eq)]
pub struct InitData {
    /// Whose token signed it.
    pub bot_id: BotId,
    /// When the app was opened.
    pub auth_date: Timestamp,
    /// Who opened it.
    pub user: WebAppUser,
    /// The other person of a private chat in which it was opened from the attachment menu.
    pub receiver: Option<WebAppUser>,
    /// The chat in which it was opened from the attachment menu.
    pub chat: Option<WebAppChat>,
    /// The kind of chat in which a direct link was opened.
    pub chat_type: Option<ChatType>,
    /// Telegram's opaque id of that chat.
    pub chat_instance: Option<String>,
    /// The parameter of the link; may be a one-time token, so it must not be logged.
    pub start_param: Option<String>,
    /// For `answerWebAppQuery`; absent when a direct link was opened.
    pub query_id: Option<String>,
    /// Seconds after which a message may be sent by `answerWebAppQuery`.
    pub can_send_after: Option<i64>,
    /// The signature: the same for a launch that is presented again. Zeros where a third party has checked another one.
    pub fingerprint: [u8; 32],
}

impl InitData {
    /// Reads pairs whose signature was checked.
    pub(crate) fn read(
        pairs: &Pairs<'_>,
        bot_id: BotId,
        auth_date: Timestamp,
        fingerprint: [u8; 32],
    ) -> Result<Self, MalformedReason> {
        let text = |key| pairs.get(key).map(str::to_owned);
        let user: WebAppUser =
            json(pairs.get("user"), MalformedReason::User)?.ok_or(MalformedReason::User)?;
        let receiver: Option<WebAppUser> = json(pairs.get("receiver"), MalformedReason::Receiver)?;
        user.check(MalformedReason::User)?;
        receiver.as_ref().map_or(Ok(()), |receiver| receiver.check(MalformedReason::Receiver))?;
        Ok(Self {
            bot_id,
            auth_date,
            user,
            receiver,
            chat: json(pairs.get("chat"), MalformedReason::Chat)?,
            chat_type: pairs.get("chat_type").map(ChatType::from_text),
            chat_instance: text("chat_instance"),
            start_param: text("start_param"),
            query_id: text("query_id"),
            can_send_after: pairs.get("can_send_after").and_then(digits),
            fingerprint,
        })
    }
}

impl std::fmt::Debug for InitData {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("InitData")
            .field("bot_id", &self.bot_id)
            .field("auth_date", &self.auth_date)
            .field("chat_type", &self.chat_type)
            .finish_non_exhaustive()
    }
}

/// A person, as init data describes them. Prints nothing.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct WebAppUser {
    /// Telegram's number of the person.
    pub id: TelegramUserId,
    /// Only ever true in [`InitData::receiver`].
    #[serde(default)]
    pub is_bot: bool,
    /// The first name.
    pub first_name: String,
    /// The last name.
    #[serde(default)]
    pub last_name: Option<String>,
    /// The name behind the @.
    #[serde(default)]
    pub username: Option<String>,
    /// The IETF tag of the language of the person's app.
    #[serde(default)]
    pub language_code: Option<String>,
    /// Whether the person pays for Telegram Premium.
    #[serde(default)]
    pub is_premium: bool,
    /// Whether the bot stands in the person's attachment menu.
    #[serde(default)]
    pub added_to_attachment_menu: bool,
    /// Whether the bot may write to the person.
    #[serde(default)]
    pub allows_write_to_pm: bool,
    /// The address of the person's picture.
    #[serde(default)]
    pub photo_url: Option<String>,
}

impl WebAppUser {
    fn check(&self, reason: MalformedReason) -> Result<(), MalformedReason> {
        if (1..USER_ID_END).contains(&self.id.0) { Ok(()) } else { Err(reason) }
    }
}

impl std::fmt::Debug for WebAppUser {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("WebAppUser(…)")
    }
}

/// A chat, as init data describes it. Prints nothing.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct WebAppChat {
    /// Telegram's number of the chat.
    pub id: ChatId,
    /// `group`, `supergroup` or `channel`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The title.
    pub title: String,
    /// The name behind the @.
    #[serde(default)]
    pub username: Option<String>,
    /// The address of the chat's picture.
    #[serde(default)]
    pub photo_url: Option<String>,
}

impl std::fmt::Debug for WebAppChat {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("WebAppChat(…)")
    }
}

/// The kind of chat in which a direct link was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChatType {
    /// The person's own chat with the bot.
    Sender,
    /// A private chat with someone else.
    Private,
    /// A basic group.
    Group,
    /// A supergroup.
    Supergroup,
    /// A channel.
    Channel,
    /// One that Telegram has added since.
    Other,
}

impl ChatType {
    fn from_text(text: &str) -> Self {
        match text {
            "sender" => Self::Sender,
            "private" => Self::Private,
            "group" => Self::Group,
            "supergroup" => Self::Supergroup,
            "channel" => Self::Channel,
            _ => Self::Other,
        }
    }
}

/// A number of decimal digits and nothing else.
pub(crate) fn digits(text: &str) -> Option<i64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

fn json<T: DeserializeOwned>(
    text: Option<&str>,
    reason: MalformedReason,
) -> Result<Option<T>, MalformedReason> {
    text.map(|text| serde_json::from_str(text).map_err(|_| reason)).transpose()
}
