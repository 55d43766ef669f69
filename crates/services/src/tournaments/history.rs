//! What a player has come to in tournaments that are over, and in which ones they take part.

use std::collections::{BTreeSet, HashMap};

use domain::{
    TournamentId,
    tournament::view::{Entered, HistoryPage, PastResult},
};
use storage::entry::ENTRIES_MAX;

use crate::{
    Services,
    identity::{Session, current::user_of},
    list_cursor,
    tournaments::{TournamentError, prizes::prize_of},
};

/// The most results of a page.
pub const LIMIT_MAX: u32 = 100;

/// Some of the caller's final ranks, the latest first. `cursor` is the `next_cursor` of the page before.
///
/// # Errors
/// [`TournamentError::Cursor`] when the cursor is not one of ours.
pub async fn page(
    services: &Services,
    session: &Session,
    cursor: Option<&str>,
    limit: u32,
) -> Result<HistoryPage, TournamentError> {
    let limit = limit.clamp(1, LIMIT_MAX);
    let after = cursor.map(|text| list_cursor::decode(text).ok_or(TournamentError::Cursor)).transpose()?;
    let after = after.as_ref().map(|(ended_at, board)| (*ended_at, board));
    let mut tx = services.store().begin_read().await?;
    let user = user_of(&mut *tx, session).await?;
    let mut rows = tx.results().history(user.user_id, after, limit + 1).await?;
    let is_more = list_cursor::cut(&mut rows, limit);
    let next_cursor =
        rows.last().filter(|_| is_more).map(|last| list_cursor::encode(last.ended_at, &last.board_id));
    let ids: BTreeSet<TournamentId> = rows.iter().map(|row| row.board_id.tournament_id()).collect();
    let tournaments = tx.tournaments().by_ids(&ids.into_iter().collect::<Vec<_>>()).await?;
    let titles: HashMap<_, _> =
        tournaments.into_iter().map(|row| (row.tournament.tournament_id, row.tournament.title)).collect();
    let mut results = Vec::with_capacity(rows.len());
    for row in rows {
        let tournament_id = row.board_id.tournament_id();
        // Tournaments are never removed; a result without one is not shown.
        let Some(title) = titles.get(&tournament_id).cloned() else { continue };
        results.push(PastResult {
            title,
            ended_at: row.ended_at,
            rank: row.result.rank,
            players: row.players,
            score: row.result.score,
            prize: prize_of(&row.result)?,
            board: row.board_id,
            tournament_id,
        });
    }
    Ok(HistoryPage { results, next_cursor })
}

/// In which tournaments the caller has entered and is not excluded.
///
/// # Errors
/// [`TournamentError::Auth`], [`TournamentError::Store`].
pub async fn entered(services: &Services, session: &Session) -> Result<Entered, TournamentError> {
    let mut tx = services.store().begin_read().await?;
    let user = user_of(&mut *tx, session).await?;
    let limit = u32::try_from(ENTRIES_MAX).unwrap_or(u32::MAX);
    let entries = tx.entries().of_user(user.user_id, None, limit).await?;
    let entered = entries.into_iter().filter(|entry| entry.entries > 0 && entry.disqualified.is_none());
    let ids: BTreeSet<TournamentId> = entered.map(|entry| entry.tournament_id).collect();
    Ok(Entered { tournaments: ids.into_iter().collect() })
}
