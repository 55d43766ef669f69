//! Lists of tournaments: live, upcoming, past.

use domain::tournament::view::{ListFilter, TournamentsPage};
use storage::tournament::TournamentRow;

use crate::{Services, list_cursor, tournaments::TournamentError};

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
    let after = cursor.map(|text| list_cursor::decode(text).ok_or(TournamentError::Cursor)).transpose()?;
    let after = after.as_ref().map(|(at, id)| (*at, id));
    let mut tx = services.store().begin_read().await?;
    let mut rows = tx.tournaments().page(filter, now, after, limit + 1).await?;
    let is_more = list_cursor::cut(&mut rows, limit);
    let next_cursor = rows.last().filter(|_| is_more).map(|row| cursor_behind(filter, row));
    let tournaments = rows.into_iter().map(|row| row.card(now)).collect();
    Ok(TournamentsPage { tournaments, next_cursor })
}

/// The cursor behind a tournament: the time by which its list is ordered, and its id.
fn cursor_behind(filter: ListFilter, row: &TournamentRow) -> String {
    let at = match filter {
        ListFilter::Live | ListFilter::Past => row.tournament.ends_at,
        ListFilter::Upcoming => row.tournament.starts_at,
    };
    list_cursor::encode(at, &row.tournament.tournament_id)
}
