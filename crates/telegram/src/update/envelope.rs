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
                        top.update_id = map.next_value::<Shallow>()?.number;
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
    /// `from`, `user`: in this order of the Bot API's objects never both.
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

/// A number, or the `id` (or `chat.id`) of an object; anything else is nothing.
#[derive(Default)]
struct Shallow {
    number: Option<i64>,
    chat: Option<i64>,
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

impl Place {
    /// A bare number says nothing of a place.
    fn of(_: i64) -> Self {
        Self::default()
    }
}

impl Shallow {
    fn of(number: i64) -> Self {
        Self { number: Some(number), chat: None }
    }
}

lenient!(PlaceVisitor => Place, |place, name, map| {
    match name {
        Name::Chat => place.chat = map.next_value::<Shallow>()?.number,
        Name::Message => place.message_chat = map.next_value::<Shallow>()?.chat,
        Name::Person | Name::UserChatId => place.person = map.next_value::<Shallow>()?.number.or(place.person),
        Name::UpdateId | Name::Id | Name::Other => drop(map.next_value::<IgnoredAny>()?),
    }
    Ok(())
});

lenient!(ShallowVisitor => Shallow, |shallow, name, map| {
    match name {
        Name::Id => shallow.number = map.next_value::<Number>()?.0,
        Name::Chat => shallow.chat = map.next_value::<Identified>()?.0,
        _ => drop(map.next_value::<IgnoredAny>()?),
    }
    Ok(())
});

/// A number, or nothing.
#[derive(Default)]
struct Number(Option<i64>);

impl Number {
    fn of(number: i64) -> Self {
        Self(Some(number))
    }
}

lenient!(NumberVisitor => Number, |_, _, map| map.next_value::<IgnoredAny>().map(drop));

/// The `id` of an object, or nothing.
#[derive(Default)]
struct Identified(Option<i64>);

impl Identified {
    /// A bare number is no object.
    fn of(_: i64) -> Self {
        Self::default()
    }
}

lenient!(IdentifiedVisitor => Identified, |identified, name, map| {
    match name {
        Name::Id => identified.0 = map.next_value::<Number>()?.0,
        _ => drop(map.next_value::<IgnoredAny>()?),
    }
    Ok(())
});
