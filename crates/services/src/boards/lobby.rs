//! What the Mini App's first screens show.

use domain::{
    Timestamp, TournamentId, UserId,
    board::{BoardPage, LIVE_ROWS, Lobby, TournamentCard, TournamentPage},
    tournament::Phase,
};
use storage::tournament::TournamentRow;

use crate::{
    Services,
    boards::{BoardError, BoardQuery, WindowQuery, page},
    tournaments::route,
};

/// The most tournaments that one answer lists.
pub const TOURNAMENTS_MAX: u32 = 100;

/// The tournaments that the lobby shows.
const LOBBY_TOURNAMENTS: u32 = 30;

/// The tournaments: running first (the busiest first), then upcoming, then finished.
///
/// # Errors
/// [`BoardError::Store`] when the database fails.
pub async fn tournaments(services: &Services, limit: u32) -> Result<Vec<TournamentCard>, BoardError> {
    let now = services.now();
    let doing = "listing tournaments";
    let mut tx = services.store().begin_read().await.map_err(BoardError::store(doing))?;
    let rows = tx
        .tournaments()
        .list(now, limit.clamp(1, TOURNAMENTS_MAX))
        .await
        .map_err(BoardError::store(doing))?;
    Ok(rows.into_iter().map(|row| card(row, now)).collect())
}

/// The lobby: the tournaments, and the board of the first one.
///
/// # Errors
/// [`BoardError`] when the database fails.
pub async fn lobby(services: &Services) -> Result<Lobby, BoardError> {
    let tournaments = tournaments(services, LOBBY_TOURNAMENTS).await?;
    let shown = tournaments.first().filter(|card| card.phase != Phase::Upcoming);
    let board = match shown {
        Some(card) => Some(top_of(services, &card.tournament.tournament_id, None).await?),
        None => None,
    };
    Ok(Lobby { tournaments, board, now: services.now() })
}

/// One tournament and the top of its board.
///
/// # Errors
/// [`BoardError::Unknown`] when there is no such tournament; else when the database fails.
pub async fn tournament_page(
    services: &Services,
    tournament_id: &TournamentId,
    viewer: Option<UserId>,
) -> Result<TournamentPage, BoardError> {
    let doing = "reading a tournament";
    let mut tx = services.store().begin_read().await.map_err(BoardError::store(doing))?;
    let row = tx.tournaments().by_id(tournament_id).await.map_err(BoardError::store(doing))?;
    drop(tx);
    let now = services.now();
    let row = row.filter(|row| row.is_visible(viewer.is_some())).ok_or(BoardError::Unknown)?;
    let card = card(row, now);
    let board = top_of(services, tournament_id, viewer).await?;
    Ok(TournamentPage { card, board, now })
}

/// The top of the board that a viewer is shown of a tournament; without rows where nobody has a place yet.
async fn top_of(
    services: &Services,
    tournament_id: &TournamentId,
    viewer: Option<UserId>,
) -> Result<BoardPage, BoardError> {
    let doing = "looking for a tournament's board";
    let mut tx = services.store().begin_read().await.map_err(BoardError::store(doing))?;
    let board = route::shown(&mut *tx, tournament_id, viewer, services.now()).await;
    let Some(board) = board.map_err(BoardError::store(doing))? else {
        return Ok(BoardPage {
            tournament_id: tournament_id.clone(),
            version: 0,
            total: 0,
            entries: Vec::new(),
            me: None,
            next_cursor: None,
        });
    };
    drop(tx);
    page(services, &board, BoardQuery { window: WindowQuery::Top, limit: LIVE_ROWS }, viewer).await
}

fn card(row: TournamentRow, now: Timestamp) -> TournamentCard {
    TournamentCard { phase: row.phase(now), players: row.players, tournament: row.tournament }
}
