//! Keeping boards in chats up to date.
//!
//! ```text
//! posted ──▶ looked at every 30 s ──▶ the board has changed: an edit, as a row of the outbox
//!               │ │ └─ the tournament is over, or 12 hours are: a last edit, and no more
//!               │ └─── the chat is closed to the bot, or the message is gone: no more
//!               └───── its last edit is on its way: left alone
//! ```
//! All of it is in SQL: whichever worker comes first looks at a message, and a restart forgets none. Edits are of the class
//! that leaves last and count against the bot's budget, so that they keep nobody waiting.

use std::time::Duration;

use bus::signals::Signal;
use domain::{Timestamp, tournament::Phase};
use storage::{
    StoreError,
    board_message::{BoardMessage, LastSend},
};
use tokio_util::sync::CancellationToken;

use crate::{
    Services,
    bot::{
        board_message::{EDIT_EVERY_MS, Reader, edit, keyboard, text, text::Life},
        look,
    },
    telemetry,
};

/// How often it is looked for messages that are due.
const LOOK_MS: u64 = 2_000;
/// The messages that one look takes: five edits a second at most, of the 28 that the bot may send.
const MESSAGES_AT_ONCE: u32 = 10;

/// Keeps boards up to date until `stop`.
pub async fn run(services: Services, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(Duration::from_millis(LOOK_MS)) => {}
        }
        if let Err(error) = look_once(&services).await {
            tracing::warn!(error = %domain::ErrorChain(&error), "boards in chats can't be kept up to date now");
        }
    }
}

/// Looks at the messages that are due, some at a time. Returns how many were changed.
///
/// # Errors
/// When the database fails; what was claimed is looked at again in half a minute.
pub async fn look_once(services: &Services) -> Result<u32, StoreError> {
    let Some(bot_id) = services.bot_id() else { return Ok(0) };
    let now = services.now();
    let mut tx = services.store().begin_write().await?;
    let claimed = tx
        .board_messages()
        .claim_due(bot_id, now, now.plus_ms(-EDIT_EVERY_MS), now.plus_ms(EDIT_EVERY_MS), MESSAGES_AT_ONCE)
        .await?;
    if claimed.is_empty() {
        return Ok(0);
    }
    tx.save().await?;
    let mut edits = 0;
    for message in claimed {
        let result = keep_up(services, message).await?;
        metrics::counter!(telemetry::BOARD_MESSAGES_TOTAL, "result" => result.label()).increment(1);
        edits += u32::from(matches!(result, Looked::Edited | Looked::Ended));
    }
    if edits > 0 {
        services.signals().publish(Signal::Outbox);
    }
    Ok(edits)
}

/// What came of a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Looked {
    /// It shows what there is.
    Unchanged,
    /// It is changed.
    Edited,
    /// It is changed for the last time.
    Ended,
    /// It is given up: nobody can see it.
    Gone,
}

impl Looked {
    const fn label(self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Edited => "edited",
            Self::Ended => "ended",
            Self::Gone => "gone",
        }
    }
}

async fn keep_up(services: &Services, message: BoardMessage) -> Result<Looked, StoreError> {
    let (Some(message_id), LastSend::Sent | LastSend::Unknown) = (message.message_id, message.last_send)
    else {
        return forget(services, &message).await;
    };
    let Some(view) = look::view(services, &message.tournament_id, message.user_id, text::ROWS).await? else {
        return forget(services, &message).await;
    };
    let now = services.now();
    let is_over = is_final(services, view.card.phase, view.card.tournament.ends_at, now);
    let is_last = is_over || message.expires_at <= now;
    let life = match view.card.phase {
        Phase::Finished | Phase::Canceled => Life::Over,
        Phase::Running | Phase::Upcoming if is_last => Life::Still,
        Phase::Running | Phase::Upcoming => Life::Living,
    };
    let written = text::write(&view, message.locale, now, life);
    let is_same = written.shown == message.shown;
    if is_same && !is_last {
        return Ok(Looked::Unchanged);
    }
    // A private chat has the number of its person; groups have negative ones.
    let reader =
        Reader { is_private: message.chat_id.0 > 0, locale: message.locale, user_id: message.user_id };
    let keyboard = keyboard(services, reader, &view, life).ok();
    let keyboard = keyboard.and_then(|keyboard| serde_json::to_value(keyboard).ok());
    let mut row = edit(message.chat_id, message_id, &written.text, keyboard).into_row(
        message.bot_id,
        message.chat_id,
        now,
        services.rng(),
    );
    row.user_id = message.user_id;
    let mut tx = services.store().begin_write().await?;
    let is_still_kept = if is_last {
        tx.board_messages().remove(&message).await?
    } else {
        tx.board_messages().edited(&message, row.outgoing_id, written.shown).await?
    };
    if !is_still_kept {
        // Another message has taken its place meanwhile.
        return Ok(Looked::Unchanged);
    }
    if !is_same {
        tx.outbox().add_many(&[row]).await?;
    }
    tx.save().await?;
    Ok(if is_last { Looked::Ended } else { Looked::Edited })
}

/// Whether no score comes any more: those from before the end are taken for a while after it.
fn is_final(services: &Services, phase: Phase, ends_at: Timestamp, now: Timestamp) -> bool {
    phase == Phase::Canceled
        || (phase == Phase::Finished && now >= ends_at.plus_ms(services.settings().score_grace_ms))
}

async fn forget(services: &Services, message: &BoardMessage) -> Result<Looked, StoreError> {
    let mut tx = services.store().begin_write().await?;
    tx.board_messages().remove(message).await?;
    tx.save().await?;
    Ok(Looked::Gone)
}
