//! What the Mini App's first screens show.

use domain::{
    TournamentId, UserId,
    board::{BoardPage, LIVE_ROWS, Lobby, TournamentCard, TournamentPage},
    tournament::Phase,
};

use crate::{
    Services,
    boards::{BoardError, BoardQuery, Wanted, WindowQuery, page, sight},
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
    Ok(rows.into_iter().map(|row| row.card(now)).collect())
}

/// The lobby: the tournaments, and the board of the first one, as the viewer sees it.
///
/// # Errors
/// [`BoardError`] when the database fails.
pub async fn lobby(services: &Services, viewer: Option<UserId>) -> Result<Lobby, BoardError> {
    let tournaments = tournaments(services, LOBBY_TOURNAMENTS).await?;
    let shown = tournaments.first().filter(|card| card.phase != Phase::Upcoming);
    let board = match shown {
        Some(card) => Some(top_of(services, &card.tournament.tournament_id, viewer).await?),
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
    let row = sight::tournament(&mut *tx, tournament_id, viewer).await.map_err(BoardError::store(doing))?;
    let row = row.ok_or(BoardError::Unknown)?;
    drop(tx);
    let now = services.now();
    let card = row.card(now);
    let board = top_of(services, tournament_id, viewer).await?;
    Ok(TournamentPage { card, board, now })
}

/// The top of the board that a viewer is shown of a tournament.
async fn top_of(
    services: &Services,
    tournament_id: &TournamentId,
    viewer: Option<UserId>,
) -> Result<BoardPage, BoardError> {
    let board = sight::board(services, tournament_id, viewer, Wanted::default()).await?;
    page(services, &board, BoardQuery { window: WindowQuery::Top, limit: LIVE_ROWS }).await
}
