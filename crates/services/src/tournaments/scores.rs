//! What a player has played in a period: the log that explains their rank, corrections included.

use std::collections::HashMap;

use domain::{
    EventId, TournamentId,
    tournament::view::{ScoreLine, ScoresPage},
};
use storage::{StoreError, Transaction, score_log::ScoreEvent};

use crate::{
    Services,
    identity::{Session, current::user_of},
    tournaments::{TournamentError, details, place},
};

/// The most lines of a page.
pub const LIMIT_MAX: u32 = 100;

/// Some of the caller's scores in a period, those that came last first; of the period that is played, or was the last one,
/// when none is given. `cursor` is the `next_cursor` of the page before. A score is kept for 90 days behind the end.
///
/// # Errors
/// [`TournamentError::Unknown`] when there is no such tournament, or no such period of it; [`TournamentError::Cursor`]
/// when the cursor is not one of this list.
pub async fn page(
    services: &Services,
    session: &Session,
    tournament_id: &TournamentId,
    period: Option<u32>,
    cursor: Option<&str>,
    limit: u32,
) -> Result<ScoresPage, TournamentError> {
    let limit = limit.clamp(1, LIMIT_MAX);
    let cursor: Option<i64> =
        cursor.map(|text| text.parse().map_err(|_| TournamentError::Cursor)).transpose()?;
    let mut tx = services.store().begin_read().await?;
    let user_id = user_of(&mut *tx, session).await?.user_id;
    let row = details::visible(&mut *tx, tournament_id, Some(user_id)).await?;
    let period = match period {
        Some(number) => {
            tx.periods().by_number(tournament_id, number).await?.ok_or(TournamentError::Unknown)?
        }
        None => details::current(&mut *tx, tournament_id, services.now()).await?,
    };
    let board = place::board_in(&mut *tx, tournament_id, period.period, user_id).await?;
    let standing = tx.boards().players(&[(board.clone(), user_id)]).await?.pop();
    let head = standing.and_then(|row| row.last_event).map(|newest| cursor.unwrap_or(newest));
    let mut events = match head {
        Some(head) => tx.score_log().chains(&[head], limit + 1).await?,
        None => Vec::new(),
    };
    // A cursor is a number of the log: it opens nobody else's.
    if events.iter().any(|event| event.user_id != user_id || event.board_id != board) {
        return Err(TournamentError::Cursor);
    }
    let next_cursor = events.get(limit as usize).map(|event| event.number.to_string());
    events.truncate(limit as usize);
    let corrected = corrected(&mut *tx, &events).await?;
    let ranked = tx.boards().by_id(&board).await?;
    let ranking = ranked.map_or_else(|| row.tournament.ranking(), |board| board.ranking);
    let columns = ranking.order.ties.len();
    let line = |event: ScoreEvent| ScoreLine {
        score: event.result.map(|(score, _)| score),
        ties: event
            .result
            .map(|(_, ties)| ties.columns().iter().take(columns).copied().collect())
            .unwrap_or_default(),
        happened_at: event.happened_at,
        received_at: event.received_at,
        corrects: event.corrects.and_then(|number| corrected.get(&number).cloned()),
        event: event.event_id,
    };
    Ok(ScoresPage { scores: events.into_iter().map(line).collect(), board, next_cursor })
}

/// The events that some lines correct, by their numbers.
async fn corrected(
    tx: &mut dyn Transaction,
    events: &[ScoreEvent],
) -> Result<HashMap<i64, EventId>, StoreError> {
    let mut numbers: Vec<i64> = events.iter().filter_map(|event| event.corrects).collect();
    numbers.sort_unstable();
    numbers.dedup();
    if numbers.is_empty() {
        return Ok(HashMap::new());
    }
    let events = tx.score_log().chains(&numbers, 1).await?;
    Ok(events.into_iter().map(|event| (event.number, event.event_id)).collect())
}
