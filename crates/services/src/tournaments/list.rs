//! Lists of tournaments: live, upcoming, past.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    Timestamp, TournamentId,
    board::TournamentCard,
    tournament::view::{ListFilter, TournamentsPage},
};
use storage::tournament::TournamentRow;

use crate::{Services, tournaments::TournamentError};

/// The most tournaments of a page.
pub const LIMIT_MAX: u32 = 100;

/// Some tournaments that everybody may see.
///
/// # Errors
/// [`TournamentError::Cursor`] when `cursor` is not one of ours.
pub async fn list(
    services: &Services,
    filter: ListFilter,
    cursor: Option<&str>,
    limit: u32,
) -> Result<TournamentsPage, TournamentError> {
    let now = services.now();
    let limit = limit.clamp(1, LIMIT_MAX);
    let after = cursor.map(|text| decode(text).ok_or(TournamentError::Cursor)).transpose()?;
    let mut tx = services.store().begin_read().await?;
    let rows = tx.tournaments().page(filter, now, after.as_ref().map(|(at, id)| (*at, id)), limit).await?;
    let is_full = rows.len() == limit as usize;
    let next_cursor = rows.last().filter(|_| is_full).map(|row| encode(filter, row));
    let tournaments = rows.into_iter().map(|row| card(row, now)).collect();
    Ok(TournamentsPage { tournaments, next_cursor })
}

/// A tournament as lists show it.
pub(crate) fn card(row: TournamentRow, now: Timestamp) -> TournamentCard {
    TournamentCard { phase: row.phase(now), players: row.players, tournament: row.tournament }
}

/// The cursor behind a tournament: the time by which its list is ordered, and its id.
fn encode(filter: ListFilter, row: &TournamentRow) -> String {
    let at = match filter {
        ListFilter::Live | ListFilter::Past => row.tournament.ends_at,
        ListFilter::Upcoming => row.tournament.starts_at,
    };
    URL_SAFE_NO_PAD.encode(format!("{}.{}", at.as_millis(), row.tournament.tournament_id))
}

fn decode(text: &str) -> Option<(Timestamp, TournamentId)> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() <= 100)?;
    let text = String::from_utf8(bytes).ok()?;
    let (at, id) = text.split_once('.')?;
    Some((Timestamp::from_millis(at.parse().ok()?), id.parse().ok()?))
}
