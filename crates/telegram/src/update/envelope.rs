//! The little of an update that is needed to store it. Every update passes here before Telegram is told "ok", so this
//! builds no tree and copies nothing.

use std::fmt;

use domain::{ChatId, UpdateId};
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};

/// An update's number, and the chat in whose order it must be handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Envelope {
    /// The number.
    pub update_id: UpdateId,
    /// The chat, or the person where there is no chat; `None` where there is neither.
    pub chat_id: Option<ChatId>,
}

/// The bytes are no update: not UTF-8, not a JSON object, or without a whole `update_id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an update")]
pub struct NotAnUpdate;

impl Envelope {
    /// Reads an update of any kind. Only a missing `update_id` or broken JSON is an error; whatever else looks strange
    /// merely leaves the chat unknown.
    ///
    /// # Errors
    /// [`NotAnUpdate`].
    pub fn parse(bytes: &[u8]) -> Result<Self, NotAnUpdate> {
        // The whole must be text: it is stored as such.
        let text = std::str::from_utf8(bytes).map_err(|_| NotAnUpdate)?;
        let top: Top = serde_json::from_str(text).map_err(|_| NotAnUpdate)?;
        let update_id = top.update_id.map(UpdateId).ok_or(NotAnUpdate)?;
        Ok(Self { update_id, chat_id: top.chat_id.map(ChatId) })
    }
}

/// The update itself: `update_id` and one member, named by its kind.
#[derive(Default)]
struct Top {
    update_id: Option<i64>,
    chat_id: Option<i64>,
}

impl<'de> Deserialize<'de> for Top {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TopVisitor;
        impl<'de> Visitor<'de> for TopVisitor {
            type Value = Top;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an update")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Top, A::Error> {
                let mut top = Top::default();
                while let Some(key) = map.next_key::<Name>()? {
                    if matches!(key, Name::UpdateId) {
                        top.update_id = map.next_value::<Number>()?.0;
                    } else {
                        let place = map.next_value::<Place>()?;
                        top.chat_id = top.chat_id.or(place.chat).or(place.message_chat).or(place.person);
                    }
                }
                Ok(top)
            }
        }
        deserializer.deserialize_map(TopVisitor)
    }
}

/// The names that matter, compared without being copied.
enum Name {
    UpdateId,
    Chat,
    Message,
    /// `from` or `user`; no kind of update has both.
    Person,
    UserChatId,
    Id,
    Other,
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;
        impl Visitor<'_> for NameVisitor {
            type Value = Name;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a name")
            }

            fn visit_str<E>(self, name: &str) -> Result<Name, E> {
                Ok(match name {
                    "update_id" => Name::UpdateId,
                    "chat" => Name::Chat,
                    "message" => Name::Message,
                    "from" | "user" => Name::Person,
                    "user_chat_id" => Name::UserChatId,
                    "id" => Name::Id,
                    _ => Name::Other,
                })
            }
        }
        deserializer.deserialize_str(NameVisitor)
    }
}

/// What the member that carries the update says of its place.
#[derive(Default)]
struct Place {
    chat: Option<i64>,
    message_chat: Option<i64>,
    person: Option<i64>,
}

macro_rules! lenient {
    ($visitor:ident => $target:ident, $entry:expr) => {
        impl<'de> Deserialize<'de> for $target {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct $visitor;
                impl<'de> Visitor<'de> for $visitor {
                    type Value = $target;

                    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                        formatter.write_str("anything")
                    }

                    fn visit_bool<E>(self, _: bool) -> Result<$target, E> {
                        Ok($target::default())
                    }

                    fn visit_i64<E>(self, number: i64) -> Result<$target, E> {
                        Ok($target::of(number))
                    }

                    fn visit_u64<E>(self, number: u64) -> Result<$target, E> {
                        Ok(i64::try_from(number).map_or_else(|_| $target::default(), $target::of))
                    }

                    fn visit_f64<E>(self, _: f64) -> Result<$target, E> {
                        Ok($target::default())
                    }

                    fn visit_str<E>(self, _: &str) -> Result<$target, E> {
                        Ok($target::default())
                    }

                    fn visit_unit<E>(self) -> Result<$target, E> {
                        Ok($target::default())
                    }

                    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<$target, A::Error> {
                        while items.next_element::<IgnoredAny>()?.is_some() {}
                        Ok($target::default())
                    }

                    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<$target, A::Error> {
                        let mut target = $target::default();
                        while let Some(name) = map.next_key::<Name>()? {
                            let entry: fn(&mut $target, Name, &mut A) -> Result<(), A::Error> = $entry;
                            entry(&mut target, name, &mut map)?;
                        }
                        Ok(target)
                    }
                }
                deserializer.deserialize_any($visitor)
            }
        }
    };
}

/// Where a number says nothing.
macro_rules! no_number {
    ($($target:ident),*) => {$(
        impl $target {
            fn of(_: i64) -> Self {
                Self::default()
            }
        }
    )*};
}

no_number!(Place, Identified, Carried);

lenient!(PlaceVisitor => Place, |place, name, map| {
    match name {
        Name::Chat => place.chat = map.next_value::<Identified>()?.0,
        Name::Message => place.message_chat = map.next_value::<Carried>()?.0,
        Name::Person => place.person = map.next_value::<Identified>()?.0.or(place.person),
        Name::UserChatId => place.person = map.next_value::<Number>()?.0.or(place.person),
        Name::UpdateId | Name::Id | Name::Other => drop(map.next_value::<IgnoredAny>()?),
    }
    Ok(())
});

/// The `chat.id` of an object, or nothing.
#[derive(Default)]
struct Carried(Option<i64>);

lenient!(CarriedVisitor => Carried, |carried, name, map| {
    match name {
        Name::Chat => carried.0 = map.next_value::<Identified>()?.0,
        _ => drop(map.next_value::<IgnoredAny>()?),
    }
    Ok(())
});

/// The `id` of an object, or nothing.
#[derive(Default)]
struct Identified(Option<i64>);

lenient!(IdentifiedVisitor => Identified, |identified, name, map| {
    match name {
        Name::Id => identified.0 = map.next_value::<Number>()?.0,
        _ => drop(map.next_value::<IgnoredAny>()?),
    }
    Ok(())
});

/// A whole number, or nothing.
#[derive(Default)]
struct Number(Option<i64>);

impl Number {
    fn of(number: i64) -> Self {
        Self(Some(number))
    }
}

lenient!(NumberVisitor => Number, |_, _, map| map.next_value::<IgnoredAny>().map(drop));

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn chat_of(json: &str) -> Option<i64> {
        Envelope::parse(json.as_bytes()).unwrap().chat_id.map(|chat| chat.0)
    }

    #[test]
    fn every_kind_that_has_a_chat_tells_it() {
        for kind in [
            "message",
            "edited_message",
            "channel_post",
            "edited_channel_post",
            "business_message",
            "edited_business_message",
            "deleted_business_messages",
            "message_reaction",
            "message_reaction_count",
            "my_chat_member",
            "chat_member",
            "chat_join_request",
            "chat_boost",
            "removed_chat_boost",
            "a_kind_of_tomorrow",
        ] {
            let json = format!(
                r#"{{"update_id":7,"{kind}":{{"message_id":1,"from":{{"id":5}},"chat":{{"type":"group","id":-9}},
                "reply_to_message":{{"chat":{{"id":1}}}}}}}}"#
            );
            assert_eq!(chat_of(&json), Some(-9), "{kind}");
        }
    }

    #[test]
    fn a_tap_belongs_to_the_chat_of_its_message() {
        let json = r#"{"update_id":7,"callback_query":{"id":"1","from":{"id":5},"message":{"from":{"id":6},"chat":{"id":-9}}}}"#;
        assert_eq!(chat_of(json), Some(-9));
        assert_eq!(
            chat_of(r#"{"update_id":7,"callback_query":{"id":"1","from":{"id":5},"inline_message_id":"x"}}"#),
            Some(5)
        );
    }

    #[test]
    fn a_kind_without_a_chat_belongs_to_its_person() {
        for kind in [
            "inline_query",
            "chosen_inline_result",
            "shipping_query",
            "pre_checkout_query",
            "purchased_paid_media",
        ] {
            let json = format!(r#"{{"{kind}":{{"id":"1","from":{{"id":5}}}},"update_id":7}}"#);
            assert_eq!(chat_of(&json), Some(5), "{kind}");
        }
        assert_eq!(chat_of(r#"{"update_id":7,"poll_answer":{"user":{"id":5}}}"#), Some(5));
        assert_eq!(chat_of(r#"{"update_id":7,"business_connection":{"user_chat_id":5}}"#), Some(5));
        assert_eq!(chat_of(r#"{"update_id":7,"poll":{"id":"5"}}"#), None);
    }

    #[test]
    fn strange_fields_leave_the_chat_unknown() {
        for json in [
            r#"{"update_id":7}"#,
            r#"{"update_id":7,"message":null}"#,
            r#"{"update_id":7,"message":[1,{"chat":{"id":1}}]}"#,
            r#"{"update_id":7,"message":"x","x":true,"y":1.5,"z":-1}"#,
            r#"{"update_id":7,"message":{"chat":5,"from":"x"}}"#,
            r#"{"update_id":7,"message":{"chat":{"id":"5"}}}"#,
            r#"{"update_id":7,"message":{"chat":{"id":{"id":5}}}}"#,
            r#"{"update_id":7,"message":{"chat":{"id":1e3}}}"#,
            r#"{"update_id":7,"message":{"chat":{"id":18446744073709551615}}}"#,
        ] {
            assert_eq!(chat_of(json), None, "{json}");
        }
    }

    #[test]
    fn what_has_no_whole_update_id_is_no_update() {
        for bytes in [
            &b""[..],
            b"null",
            b"[]",
            b"7",
            b"{}",
            b"{\"update_id\":\"7\"}",
            b"{\"update_id\":1.5}",
            b"{\"update_id\":{\"id\":5}}",
            b"{\"update_id\":7",
            b"{\"update_id\":7}x",
            b"{\"update_id\":7,\"message\":{\"text\":\"\xff\"}}",
        ] {
            assert_eq!(Envelope::parse(bytes), Err(NotAnUpdate), "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn deep_nesting_does_not_exhaust_the_stack() {
        let depth = 200_000;
        let json =
            format!(r#"{{"message":{{"x":{}{}}},"update_id":7}}"#, "[".repeat(depth), "]".repeat(depth));
        assert_eq!(Envelope::parse(json.as_bytes()), Ok(Envelope { update_id: UpdateId(7), chat_id: None }));
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Envelope::parse(&bytes);
        }

        #[test]
        fn agrees_with_a_tree(update_id in any::<i64>(), chat in any::<i64>(), text in "\\PC{0,20}") {
            let update = serde_json::json!({"update_id": update_id, "message": {"text": text, "chat": {"title": text, "id": chat}}});
            let envelope = Envelope::parse(update.to_string().as_bytes()).unwrap();
            prop_assert_eq!(envelope, Envelope { update_id: UpdateId(update_id), chat_id: Some(ChatId(chat)) });
        }
    }
}
