//! What the bot acts on. Whatever is missing or strange becomes `None` or [`Incoming::Other`]; nothing fails.

use domain::{ChatId, TelegramUserId, Timestamp};
use serde_json::Value;

/// An update, as far as the bot cares. Prints nothing personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incoming {
    /// A new message.
    Message(Box<Message>),
    /// A tap on a button below a message.
    CallbackQuery(CallbackQuery),
    /// The bot's own standing in a chat changed: in a private chat it was blocked or unblocked.
    MyChatMember(MyChatMember),
    /// Anything else.
    Other,
}

/// A new message.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Its number in the chat.
    pub message_id: i64,
    /// When it was sent.
    pub date: Timestamp,
    /// Who sent it.
    pub from: Person,
    /// Where.
    pub chat: Chat,
    /// The text, of a message that is one.
    pub text: Option<String>,
    /// The text below a picture or a file.
    pub caption: Option<String>,
    /// What a Mini App sent by `sendData`. Any client can send any text here.
    pub web_app_data: Option<WebAppData>,
    /// Whether the person just allowed the bot to write.
    pub write_access_allowed: bool,
}

/// What a Mini App sent by `sendData`.
#[derive(Clone, PartialEq, Eq)]
pub struct WebAppData {
    /// The data.
    pub data: String,
    /// The text of the button that had opened the app.
    pub button_text: String,
}

/// A tap on a button below a message.
#[derive(Clone, PartialEq, Eq)]
pub struct CallbackQuery {
    /// For `answerCallbackQuery`.
    pub id: String,
    /// Who tapped.
    pub from: Person,
    /// The button's data.
    pub data: Option<String>,
    /// The chat of the message, unless it came by inline mode.
    pub chat: Option<Chat>,
    /// The message, unless it came by inline mode.
    pub message_id: Option<i64>,
}

/// The bot's own standing in a chat changed.
#[derive(Clone, PartialEq, Eq)]
pub struct MyChatMember {
    /// Where.
    pub chat: Chat,
    /// Who changed it.
    pub from: Person,
    /// What the bot is now.
    pub new_status: MemberStatus,
}

/// A person or a bot.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// Telegram's number of them.
    pub id: TelegramUserId,
    /// The first name.
    pub first_name: String,
    /// The name behind the @.
    pub username: Option<String>,
    /// The IETF tag of their app's language.
    pub language_code: Option<String>,
    /// Whether it is a bot.
    pub is_bot: bool,
}

/// A chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chat {
    /// Telegram's number of it.
    pub id: ChatId,
    /// What it is.
    pub kind: ChatKind,
}

/// What a chat is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChatKind {
    /// A person and the bot.
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

/// What the bot is in a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MemberStatus {
    /// In a private chat: may write (again).
    Member,
    /// In a private chat: blocked.
    Kicked,
    /// In a group: has left.
    Left,
    /// In a group: an administrator.
    Administrator,
    /// In a group: may do less than others.
    Restricted,
    /// One that Telegram has added since.
    Other,
}

macro_rules! prints_its_name_alone {
    ($($name:ident),*) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )*};
}

prints_its_name_alone!(Message, WebAppData, CallbackQuery, MyChatMember, Person);

impl Incoming {
    /// Reads an update as it was stored.
    pub fn parse(json: &str) -> Self {
        let Ok(update) = serde_json::from_str::<Value>(json) else { return Self::Other };
        Self::read(&update).unwrap_or(Self::Other)
    }

    fn read(update: &Value) -> Option<Self> {
        if let Some(message) = update.get("message") {
            return Some(Self::Message(Box::new(read_message(message)?)));
        }
        if let Some(query) = update.get("callback_query") {
            let message = query.get("message");
            return Some(Self::CallbackQuery(CallbackQuery {
                id: text(query, "id")?,
                from: read_person(query.get("from")?)?,
                data: text(query, "data"),
                chat: message.and_then(|message| read_chat(message.get("chat")?)),
                message_id: message.and_then(|message| message.get("message_id")?.as_i64()),
            }));
        }
        let change = update.get("my_chat_member")?;
        Some(Self::MyChatMember(MyChatMember {
            chat: read_chat(change.get("chat")?)?,
            from: read_person(change.get("from")?)?,
            new_status: read_status(change.get("new_chat_member")?.get("status")?.as_str()?),
        }))
    }
}

fn read_message(message: &Value) -> Option<Message> {
    Some(Message {
        message_id: message.get("message_id")?.as_i64()?,
        date: Timestamp::from_secs(message.get("date").and_then(Value::as_i64).unwrap_or_default()),
        from: read_person(message.get("from")?)?,
        chat: read_chat(message.get("chat")?)?,
        text: text(message, "text"),
        caption: text(message, "caption"),
        web_app_data: message.get("web_app_data").and_then(|sent| {
            Some(WebAppData {
                data: text(sent, "data")?,
                button_text: text(sent, "button_text").unwrap_or_default(),
            })
        }),
        write_access_allowed: message.get("write_access_allowed").is_some_and(Value::is_object),
    })
}

fn read_person(person: &Value) -> Option<Person> {
    Some(Person {
        id: TelegramUserId(person.get("id")?.as_i64()?),
        first_name: text(person, "first_name").unwrap_or_default(),
        username: text(person, "username"),
        language_code: text(person, "language_code"),
        is_bot: person.get("is_bot").and_then(Value::as_bool).unwrap_or_default(),
    })
}

fn read_chat(chat: &Value) -> Option<Chat> {
    let kind = match chat.get("type").and_then(Value::as_str) {
        Some("private") => ChatKind::Private,
        Some("group") => ChatKind::Group,
        Some("supergroup") => ChatKind::Supergroup,
        Some("channel") => ChatKind::Channel,
        _ => ChatKind::Other,
    };
    Some(Chat { id: ChatId(chat.get("id")?.as_i64()?), kind })
}

fn read_status(status: &str) -> MemberStatus {
    match status {
        "member" => MemberStatus::Member,
        "kicked" => MemberStatus::Kicked,
        "left" => MemberStatus::Left,
        "administrator" | "creator" => MemberStatus::Administrator,
        "restricted" => MemberStatus::Restricted,
        _ => MemberStatus::Other,
    }
}

fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name)?.as_str().map(str::to_owned)
}
