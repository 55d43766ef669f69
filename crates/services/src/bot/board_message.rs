//! A tournament as a message: where it stands, the top of its board, the reader's own place, and the ways to all of it.
//!
//! While a tournament runs, its message keeps itself up to date ([`keep`]): one message a tournament in a chat, some in a
//! chat, not many in all. A message that stops keeping up says so, and has a button that begins it anew.

pub mod keep;
pub(crate) mod text;

use domain::{ChatId, Locale, Timestamp, TournamentId, UserId, board::TournamentCard, tournament::Phase};
use i18n::{catalog, keys};
use serde_json::Value;
use storage::{
    StoreError, Transaction,
    board_message::{BoardMessageLimits, NewBoardMessage},
    outbox::NewOutgoing,
};
use telegram::keyboard::{InlineButton, InlineKeyboard, KeyboardError};

use crate::{
    Services,
    bot::{Context, board_message::text::Life, choice::Choice, keyboards, look::View, reply::Reply},
    outbox::Outgoing,
};

/// For how long a message keeps itself up to date.
pub(crate) const KEPT_MS: i64 = 12 * 3_600_000;
/// How often a message is changed at most.
pub(crate) const EDIT_EVERY_MS: i64 = 30_000;
/// How many messages keep themselves up to date.
const LIMITS: BoardMessageLimits = BoardMessageLimits { in_chat: 5, in_all: 1_000 };

/// Who reads a message.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader {
    /// Whether it is a chat with one person.
    pub(crate) is_private: bool,
    /// In which language.
    pub(crate) locale: Locale,
    /// Whose own place is shown; nobody's in a group.
    pub(crate) user_id: Option<UserId>,
}

impl Reader {
    /// The reader of a chat that somebody writes in.
    pub(crate) fn of(context: Context<'_>) -> Self {
        let user_id = context.is_private.then_some(context.user.user_id);
        Self { is_private: context.is_private, locale: context.locale, user_id }
    }
}

/// A message that keeps itself up to date from the moment when it is sent.
#[derive(Debug, Clone)]
pub(crate) struct Living {
    tournament_id: TournamentId,
    user_id: Option<UserId>,
    locale: Locale,
    /// The message, when it is there already.
    message_id: Option<i64>,
    shown: [u8; 32],
    /// What the message becomes whose place this one takes.
    replaced: Box<(String, Option<Value>)>,
}

/// The message of a tournament, for a chat or in the place of the message `message_id`. It keeps itself up to date while
/// there is something to come.
pub(crate) fn reply(services: &Services, reader: Reader, view: &View, message_id: Option<i64>) -> Reply {
    let now = services.now();
    let life = if has_more_to_come(&view.card, now) { Life::Living } else { Life::Over };
    let written = text::write(view, reader.locale, now, life);
    let reply = Reply::text(written.text).with(keyboard(services, reader, view, life));
    if life != Life::Living {
        return reply;
    }
    let still = text::write(view, reader.locale, now, Life::Still);
    let still_keyboard = keyboard(services, reader, view, Life::Still).ok();
    reply.living(Living {
        tournament_id: view.card.tournament.tournament_id.clone(),
        user_id: reader.user_id,
        locale: reader.locale,
        message_id,
        shown: written.shown,
        replaced: Box::new((
            still.text,
            still_keyboard.and_then(|keyboard| serde_json::to_value(keyboard).ok()),
        )),
    })
}

/// Whether a message has something to keep up with: the board of a running tournament, or its start before long.
fn has_more_to_come(card: &TournamentCard, now: Timestamp) -> bool {
    match card.phase {
        Phase::Running => true,
        Phase::Upcoming => card.tournament.starts_at.millis_since(now) < KEPT_MS,
        Phase::Finished | Phase::Canceled => false,
    }
}

/// The buttons below the message.
pub(crate) fn keyboard(
    services: &Services,
    reader: Reader,
    view: &View,
    life: Life,
) -> Result<InlineKeyboard, KeyboardError> {
    let texts = catalog(reader.locale);
    let id = &view.card.tournament.tournament_id;
    let board = keyboards::open_button(
        services,
        reader.is_private,
        texts.text(keys::bot::TOURNAMENT_BUTTON_BOARD),
        &format!("/app/t/{id}"),
        Some(&format!("t_{id}")),
    )?;
    let mut rows = vec![vec![board]];
    // The web does not know who reads: the rules of a private one are in the app, where the board is.
    if view.is_public {
        let rules = format!("{}/t/{id}/rules", services.settings().public_url);
        rows.push(vec![InlineButton::url(texts.text(keys::bot::TOURNAMENT_BUTTON_RULES), &rules)?]);
    }
    if life == Life::Still {
        let again = Choice::Board(id.clone()).to_data();
        rows.push(vec![InlineButton::callback(texts.text(keys::bot::BOARD_BUTTON_AGAIN), &again)?]);
    }
    InlineKeyboard::new(rows)
}

/// Remembers that a message, sent or changed by `row`, keeps itself up to date; it takes the place of the one that the
/// chat had for the tournament. Returns the call that changes that one a last time.
pub(crate) async fn begin(
    services: &Services,
    tx: &mut dyn Transaction,
    row: &NewOutgoing,
    living: Living,
) -> Result<Option<Outgoing>, StoreError> {
    let now = services.now();
    let message = NewBoardMessage {
        bot_id: row.bot_id,
        chat_id: row.chat_id,
        tournament_id: living.tournament_id,
        user_id: living.user_id,
        locale: living.locale,
        message_id: living.message_id,
        outgoing_id: row.outgoing_id,
        shown: living.shown,
        look_at: now.plus_ms(EDIT_EVERY_MS),
        created_at: now,
        expires_at: now.plus_ms(KEPT_MS),
    };
    let replaced = tx.board_messages().put(&message, LIMITS).await?;
    let (text, keyboard) = *living.replaced;
    Ok(replaced.map(|message_id| edit(row.chat_id, message_id, &text, keyboard)))
}

/// A change that nobody waits for: behind everything else that leaves.
pub(crate) fn edit(chat_id: ChatId, message_id: i64, text: &str, keyboard: Option<Value>) -> Outgoing {
    Outgoing::edit(chat_id, message_id, text, keyboard).without_hurry()
}
