//! Writing outgoing rows.
//!
//! Invariant: no text is longer than Telegram takes, and none shows a preview of a link. Whoever writes a text sees to it
//! that it is short; what is too long all the same is cut here rather than refused there.

use std::borrow::Cow;

use domain::{BotId, ChatId, OutgoingId, Rng, Timestamp};
use serde_json::{Value, json};
use storage::{
    StoreError, Transaction,
    outbox::{Cause, NewOutgoing, OutgoingClass},
};
use telegram::send_limits::{NOTE_CHARACTERS_MAX, TEXT_CHARACTERS_MAX};

use crate::{
    Services,
    bot::board_message::{self, Living},
};

/// A call of the Bot API that is to be made for a chat.
#[derive(Debug, Clone)]
pub struct Outgoing {
    method: &'static str,
    payload: Value,
    class: OutgoingClass,
    is_repeatable: bool,
    living: Option<Box<Living>>,
}

/// The method that answers an inline query.
pub(crate) const INLINE_ANSWER: &str = "answerInlineQuery";

impl Outgoing {
    /// A text for a chat. `reply_markup` is a keyboard in the Bot API's form.
    pub fn text(chat_id: ChatId, text: &str, reply_markup: Option<Value>) -> Self {
        Self::new("sendMessage", message(json!({"chat_id": chat_id}), text, reply_markup))
    }

    /// A required notice for a chat: sent again when nobody knows whether it arrived.
    pub fn notice(chat_id: ChatId, text: &str, reply_markup: Option<Value>) -> Self {
        Self { class: OutgoingClass::Notice, is_repeatable: true, ..Self::text(chat_id, text, reply_markup) }
    }

    /// A notice that the person wants: rather not at all than twice.
    pub fn wanted(chat_id: ChatId, text: &str, reply_markup: Option<Value>) -> Self {
        Self { class: OutgoingClass::Notice, ..Self::text(chat_id, text, reply_markup) }
    }

    /// Another text in the place of a message of the bot. Without a keyboard the message loses its own.
    pub fn edit(chat_id: ChatId, message_id: i64, text: &str, reply_markup: Option<Value>) -> Self {
        let place = json!({"chat_id": chat_id, "message_id": message_id});
        Self { is_repeatable: true, ..Self::new("editMessageText", message(place, text, reply_markup)) }
    }

    /// Another text in the place of a result of inline mode, in whatever chat that is.
    pub(crate) fn inline_edit(inline_message_id: &str, text: &str, reply_markup: Option<Value>) -> Self {
        let place = json!({"inline_message_id": inline_message_id});
        Self { is_repeatable: true, ..Self::new("editMessageText", message(place, text, reply_markup)) }
    }

    /// The answer to an inline query, with the answer's own fields.
    pub(crate) fn inline_answer(inline_query_id: &str, mut answer: Value) -> Self {
        answer["inline_query_id"] = json!(inline_query_id);
        Self::new(INLINE_ANSWER, answer)
    }

    /// The same behind everything else that leaves: nobody waits for it.
    pub(crate) fn without_hurry(self) -> Self {
        Self { class: OutgoingClass::Mass, ..self }
    }

    /// The same as a message that keeps itself up to date from then on.
    pub(crate) fn living(self, living: Option<Box<Living>>) -> Self {
        Self { living, ..self }
    }

    /// The answer to a pressed inline button, which ends its waiting state.
    pub fn callback_answer(callback_query_id: &str) -> Self {
        Self::new("answerCallbackQuery", json!({"callback_query_id": callback_query_id}))
    }

    /// The same with a note that the person sees for a moment.
    pub(crate) fn callback_note(callback_query_id: &str, note: &str) -> Self {
        let note = cut(note, NOTE_CHARACTERS_MAX);
        Self::new("answerCallbackQuery", json!({"callback_query_id": callback_query_id, "text": note}))
    }

    /// A call that answers somebody, and is not made twice.
    const fn new(method: &'static str, payload: Value) -> Self {
        Self { method, payload, class: OutgoingClass::Reply, is_repeatable: false, living: None }
    }

    /// The row of a call that no update caused.
    pub(crate) fn into_row(
        self,
        bot_id: BotId,
        chat_id: ChatId,
        now: Timestamp,
        rng: &dyn Rng,
    ) -> NewOutgoing {
        NewOutgoing {
            outgoing_id: OutgoingId::new(now, rng),
            bot_id,
            chat_id,
            user_id: None,
            class: self.class,
            repeatable: self.is_repeatable,
            method: self.method.to_owned(),
            payload: self.payload.to_string(),
            cause: None,
            run_at: now,
            created_at: now,
        }
    }
}

/// What is said in a place, with the buttons below it. A picture of some page below a board would be nobody's wish.
fn message(mut place: Value, text: &str, reply_markup: Option<Value>) -> Value {
    place["text"] = json!(cut(text, TEXT_CHARACTERS_MAX));
    place["link_preview_options"] = json!({"is_disabled": true});
    if let Some(markup) = reply_markup {
        place["reply_markup"] = markup;
    }
    place
}

/// A text of at most `max` units of UTF-16, of which no text has fewer than it has characters: whichever of the two
/// Telegram counts, it takes it.
fn cut(text: &str, max: usize) -> Cow<'_, str> {
    if text.encode_utf16().count() <= max {
        return Cow::Borrowed(text);
    }
    let mut room = max - 1;
    let fits = |letter: &char| {
        let left = room.checked_sub(letter.len_utf16());
        room = left.unwrap_or_default();
        left.is_some()
    };
    let start: String = text.chars().take_while(fits).collect();
    Cow::Owned(format!("{}…", start.trim_end()))
}

/// Writes the rows that an update causes. However often the update is handled, each row is written once.
pub(crate) async fn write(
    services: &Services,
    tx: &mut dyn Transaction,
    bot_id: BotId,
    chat_id: ChatId,
    update_id: domain::UpdateId,
    messages: Vec<Outgoing>,
) -> Result<(), StoreError> {
    let now = services.now();
    let mut living = Vec::new();
    let mut rows: Vec<NewOutgoing> = messages
        .into_iter()
        .zip(0..)
        .map(|(mut message, ordinal)| {
            living.push(message.living.take());
            NewOutgoing {
                cause: Some(Cause { update_id, ordinal }),
                ..message.into_row(bot_id, chat_id, now, services.rng())
            }
        })
        .collect();
    // Ids of one millisecond come in any order, and a chat is sent its rows by id: so they are dealt out in order.
    let mut ids: Vec<OutgoingId> = rows.iter().map(|row| row.outgoing_id).collect();
    ids.sort_unstable();
    for (row, id) in rows.iter_mut().zip(ids) {
        row.outgoing_id = id;
    }
    let mut ordinal = i32::try_from(rows.len()).unwrap_or(i32::MAX);
    let mut last_edits = Vec::new();
    for (row, living) in rows.iter().zip(living) {
        let Some(living) = living else { continue };
        if let Some(edit) = board_message::begin(services, tx, row, *living).await? {
            let cause = Some(Cause { update_id, ordinal });
            last_edits.push(NewOutgoing { cause, ..edit.into_row(bot_id, chat_id, now, services.rng()) });
            ordinal += 1;
        }
    }
    rows.append(&mut last_edits);
    tx.outbox().add_many(&rows).await
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHAT: ChatId = ChatId(42);

    fn three(text: &str) -> [Value; 3] {
        let markup = Some(json!({"inline_keyboard": []}));
        [
            Outgoing::text(CHAT, text, markup.clone()),
            Outgoing::edit(CHAT, 7, text, markup.clone()),
            Outgoing::inline_edit("i", text, markup),
        ]
        .map(|outgoing| outgoing.payload)
    }

    #[test]
    fn no_message_shows_a_preview_of_a_link() {
        let [sent, edited, inline] = three("Hi");
        let rest =
            json!({"link_preview_options": {"is_disabled": true}, "reply_markup": {"inline_keyboard": []}});
        for (payload, place) in [
            (sent, json!({"chat_id": 42, "text": "Hi"})),
            (edited, json!({"chat_id": 42, "message_id": 7, "text": "Hi"})),
            (inline, json!({"inline_message_id": "i", "text": "Hi"})),
        ] {
            let mut expected = place;
            for (field, value) in rest.as_object().unwrap() {
                expected[field] = value.clone();
            }
            assert_eq!(payload, expected);
        }
    }

    #[test]
    fn a_text_that_is_too_long_is_cut_however_it_is_counted() {
        let units = |text: &str| text.encode_utf16().count();
        for text in ["x".repeat(4096), "🏆".repeat(2048), "ж".repeat(4096)] {
            for payload in three(&text) {
                assert_eq!(payload["text"], text, "it fits");
            }
        }
        for text in ["x".repeat(4097), "🏆".repeat(2049), format!("x{}", "🏆".repeat(4096)), "ж".repeat(9000)]
        {
            for payload in three(&text) {
                let cut = payload["text"].as_str().unwrap();
                assert!((4094..=4096).contains(&units(cut)) && cut.ends_with('…'), "{}", units(cut));
                assert!(text.starts_with(cut.trim_end_matches('…')));
            }
        }
        let note = Outgoing::callback_note("q", &"word ".repeat(100)).payload;
        assert!(
            units(note["text"].as_str().unwrap()) <= 200 && note["text"].as_str().unwrap().ends_with("word…")
        );
    }
}
