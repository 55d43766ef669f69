//! Final ranks, for everybody who may see the board, and what an auditor needs to compute their hash again.

use std::collections::HashMap;

use domain::{
    PlayerKey, TournamentId, UserId,
    tournament::view::{ResultEntry, ResultsPage},
};
use storage::{StoreError, result::ResultRow};

use crate::{
    Services,
    boards::sight::{self, Wanted},
    tournaments::{TournamentError, details, prizes::prize_of},
};

/// The most ranks of a page.
pub const LIMIT_MAX: u32 = 100;

/// Which results are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ResultsQuery<'a> {
    /// Which period; none: the latest that is final.
    pub period: Option<u32>,
    /// Which cohort; none: the viewer's own in that period, of whoever has none the first one.
    pub cohort: Option<u32>,
    /// The `next_cursor` of an earlier page.
    pub cursor: Option<&'a str>,
    /// How many; held within 1 and [`LIMIT_MAX`].
    pub limit: u32,
}

/// How many periods are looked at for the latest final one.
const PERIODS_LOOKED_AT: u32 = 10;

/// A part of a board's final ranks.
///
/// # Errors
/// [`TournamentError::Unknown`] when there is no such tournament or board; [`TournamentError::Closed`] when its ranks
/// are not final; [`TournamentError::Cursor`].
pub async fn page(
    services: &Services,
    tournament_id: &TournamentId,
    viewer: Option<UserId>,
    query: ResultsQuery<'_>,
) -> Result<ResultsPage, TournamentError> {
    let limit = query.limit.clamp(1, LIMIT_MAX);
    let after: u64 = query
        .cursor
        .map_or(Ok(0), str::parse)
        .map_err(|_: std::num::ParseIntError| TournamentError::Cursor)?;
    let mut tx = services.store().begin_read().await?;
    details::visible(&mut *tx, tournament_id, viewer).await?;
    let now = services.now();
    let period = if let Some(period) = query.period {
        period
    } else {
        let latest = tx.periods().list(tournament_id, None, PERIODS_LOOKED_AT).await?;
        let ended = latest.iter().find(|period| period.state == storage::period::PeriodState::Final);
        ended.ok_or(TournamentError::Closed)?.period
    };
    let wanted = Wanted { period: Some(period), cohort: query.cohort };
    let seen = sight::within(&mut *tx, tournament_id, viewer, wanted, now).await?;
    let board = seen.ok_or(TournamentError::Unknown)?.board_id().clone();
    let found = tx.periods().boards(tournament_id, period, board.cohort().checked_sub(1), 1).await?.pop();
    let found = found.filter(|found| found.board_id == board).ok_or(TournamentError::Unknown)?;
    let hash = found.result_hash.ok_or(TournamentError::Closed)?;
    let rows = tx.results().page(&board, after, limit).await?;
    let users: Vec<UserId> = rows.iter().filter_map(|row| row.user_id).collect();
    let names = tx.users().names(&users).await?;
    let names: HashMap<UserId, (PlayerKey, String)> =
        names.into_iter().map(|(user_id, player, alias)| (user_id, (player, alias))).collect();
    let is_full = rows.len() == limit as usize;
    let next_cursor = rows.last().filter(|_| is_full).map(|last| last.rank.to_string());
    let ranked = tx.boards().by_id(&board).await?.ok_or(TournamentError::Unknown)?;
    let columns = ranked.ranking.order.ties.len();
    let results = rows
        .iter()
        .map(|row| {
            // Who has hidden since, or shows their name again, has another key: beside the one of then, which the hash
            // covers, a name of now would tell who is behind it.
            let name = row.user_id.and_then(|user_id| names.get(&user_id));
            let alias = name.filter(|(player, _)| *player == row.player).map(|(_, alias)| alias.as_str());
            view(row, alias, columns)
        })
        .collect::<Result<_, _>>()?;
    Ok(ResultsPage { board, players: found.players, result_hash: hex::encode(hash), results, next_cursor })
}

/// A rank as everybody sees it.
pub(crate) fn view(
    result: &ResultRow,
    alias: Option<&str>,
    columns: usize,
) -> Result<ResultEntry, StoreError> {
    Ok(ResultEntry {
        rank: result.rank,
        player: result.player.clone(),
        alias: alias.map(ToOwned::to_owned),
        score: result.score,
        ties: result.ties.columns().iter().take(columns).copied().collect(),
        achieved_at: result.achieved_at,
        prize: prize_of(result)?,
    })
}
