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
    /// Somebody types behind the bot's name in any chat.
    InlineQuery(InlineQuery),
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
    /// Whether it is a result of inline mode: a bot has written it, nobody says it to the bot.
    pub is_via_bot: bool,
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
    /// What names the message to edit it, when it came by inline mode.
    pub inline_message_id: Option<String>,
}

/// Somebody types behind the bot's name in any chat.
#[derive(Clone, PartialEq, Eq)]
pub struct InlineQuery {
    /// For `answerInlineQuery`.
    pub id: String,
    /// Who types.
    pub from: Person,
    /// What stands behind the bot's name.
    pub query: String,
    /// The `next_offset` of the answer that is to be continued; empty for the first page.
    pub offset: String,
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

prints_its_name_alone!(Message, WebAppData, CallbackQuery, InlineQuery, MyChatMember, Person);

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
                inline_message_id: text(query, "inline_message_id"),
            }));
        }
        if let Some(query) = update.get("inline_query") {
            return Some(Self::InlineQuery(InlineQuery {
                id: text(query, "id")?,
                from: read_person(query.get("from")?)?,
                query: text(query, "query").unwrap_or_default(),
                offset: text(query, "offset").unwrap_or_default(),
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
        is_via_bot: message.get("via_bot").is_some_and(Value::is_object),
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn message(json: &str) -> Message {
        match Incoming::parse(json) {
            Incoming::Message(message) => *message,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn reads_a_message_as_telegram_sends_it() {
        let message = message(
            r#"{"update_id":1,"message":{"message_id":2,"date":1700000000,"text":"/start x","future_field":{"a":1},
            "from":{"id":5,"is_bot":false,"first_name":"Ada","username":"ada","language_code":"it"},
            "chat":{"id":5,"type":"private","first_name":"Ada"}}}"#,
        );
        assert_eq!(message.message_id, 2);
        assert_eq!(message.date, Timestamp::from_secs(1_700_000_000));
        assert_eq!(message.text.as_deref(), Some("/start x"));
        assert_eq!(message.chat, Chat { id: ChatId(5), kind: ChatKind::Private });
        assert_eq!(message.from.id, TelegramUserId(5));
        assert_eq!(message.from.language_code.as_deref(), Some("it"));
        assert!(!message.from.is_bot && !message.write_access_allowed);
    }

    #[test]
    fn reads_what_a_mini_app_sent_and_the_leave_to_write() {
        let base = |rest: &str| {
            format!(
                r#"{{"update_id":1,"message":{{"message_id":2,"from":{{"id":5}},"chat":{{"id":5}},{rest}}}}}"#
            )
        };
        let sent = message(&base(r#""web_app_data":{"data":"d","button_text":"b"}"#)).web_app_data.unwrap();
        assert_eq!((sent.data.as_str(), sent.button_text.as_str()), ("d", "b"));
        assert!(message(&base(r#""write_access_allowed":{"from_request":true}"#)).write_access_allowed);
    }

    #[test]
    fn reads_a_tap_with_and_without_its_message() {
        let Incoming::CallbackQuery(query) = Incoming::parse(
            r#"{"callback_query":{"id":"9","from":{"id":5},"data":"d","message":{"message_id":3,"chat":{"id":-1,"type":"supergroup"}}}}"#,
        ) else {
            panic!("not a tap")
        };
        assert_eq!(query.chat, Some(Chat { id: ChatId(-1), kind: ChatKind::Supergroup }));
        assert_eq!((query.id.as_str(), query.data.as_deref(), query.message_id), ("9", Some("d"), Some(3)));
        let Incoming::CallbackQuery(query) =
            Incoming::parse(r#"{"callback_query":{"id":"9","from":{"id":5}}}"#)
        else {
            panic!("not a tap")
        };
        assert_eq!((query.chat, query.data, query.message_id), (None, None, None));
    }

    #[test]
    fn reads_an_inline_query_and_what_came_of_one() {
        let json = r#"{"inline_query":{"id":"7","from":{"id":5,"language_code":"it"},"query":"cup","offset":"8","chat_type":"group"}}"#;
        let Incoming::InlineQuery(query) = Incoming::parse(json) else { panic!("no inline query") };
        assert_eq!((query.id.as_str(), query.query.as_str(), query.offset.as_str()), ("7", "cup", "8"));
        assert_eq!(query.from.language_code.as_deref(), Some("it"));
        let sent =
            r#"{"message":{"message_id":2,"text":"Cup","via_bot":{"id":1},"from":{"id":5},"chat":{"id":5}}}"#;
        assert!(message(sent).is_via_bot);
        let Incoming::CallbackQuery(tap) = Incoming::parse(
            r#"{"callback_query":{"id":"9","from":{"id":5},"data":"d","inline_message_id":"AAx"}}"#,
        ) else {
            panic!("not a tap")
        };
        assert_eq!((tap.chat, tap.inline_message_id.as_deref()), (None, Some("AAx")));
    }

    #[test]
    fn a_block_and_an_unblock_are_told_apart() {
        for (status, expected) in [
            ("kicked", MemberStatus::Kicked),
            ("member", MemberStatus::Member),
            ("floating", MemberStatus::Other),
        ] {
            let json = format!(
                r#"{{"my_chat_member":{{"chat":{{"id":5,"type":"private"}},"from":{{"id":5}},"new_chat_member":{{"status":"{status}"}}}}}}"#
            );
            let Incoming::MyChatMember(change) = Incoming::parse(&json) else { panic!("{status}") };
            assert_eq!(change.new_status, expected);
        }
    }

    #[test]
    fn strange_updates_are_other() {
        for json in [
            "",
            "[]",
            r#"{"update_id":1}"#,
            r#"{"poll":{}}"#,
            r#"{"message":5}"#,
            r#"{"message":{"message_id":1,"chat":{"id":5}}}"#,
            r#"{"message":{"message_id":"1","from":{"id":5},"chat":{"id":5}}}"#,
            r#"{"callback_query":{"from":{"id":5}}}"#,
            r#"{"my_chat_member":{"chat":{"id":5}}}"#,
            r#"{"inline_query":{"id":"7"}}"#,
        ] {
            assert_eq!(Incoming::parse(json), Incoming::Other, "{json}");
        }
    }

    #[test]
    fn nothing_personal_prints() {
        let json = r#"{"message":{"message_id":2,"text":"Tell","from":{"id":51,"first_name":"Ada"},"chat":{"id":51,"type":"private"}}}"#;
        let printed = format!("{:?}", Incoming::parse(json));
        assert!(
            !printed.contains("Ada") && !printed.contains("Tell") && !printed.contains("51"),
            "{printed}"
        );
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,100}") {
            let _ = Incoming::parse(&text);
            let _ = Incoming::parse(&format!(r#"{{"message":{text}}}"#));
        }
    }
}
