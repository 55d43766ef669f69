//! Tournaments, as operators see and run them.
//!
//! Invariant: an operator edits what belongs to the console alone; what they may do to the platform's tournaments is what
//! [`act`] holds, and each of these needs a permission and leaves a line in the audit log.

pub mod act;
pub mod dispute;
pub mod dry_run;
pub mod form;
pub(super) mod lines;
pub mod preview;
pub mod pulse;
pub mod save;
pub mod sheet;
pub mod templates;

use domain::{Timestamp, audit::AuditAction, console::Permission};
use serde_json::json;
use storage::tournament::TournamentRow;
pub use storage::tournament::TournamentSearch;

use super::{ConsoleError, Operator};
use crate::{Services, list_cursor};

/// Tournaments on a page.
pub const PAGE: u32 = 50;
/// The most characters of a search.
pub const QUERY_CHARS_MAX: usize = 80;

/// A page of tournaments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TournamentList {
    /// The tournaments, the latest start first.
    pub rows: Vec<TournamentRow>,
    /// What to pass for the next page; none at the end.
    pub next: Option<String>,
    /// The time of the look, by which phases are told.
    pub now: Timestamp,
}

/// Tournaments, drafts and private ones included.
///
/// # Errors
/// [`ConsoleError::Forbidden`] without [`Permission::ViewTournaments`]; [`ConsoleError::Invalid`] for a search that is too
/// long or a cursor that is not ours.
pub async fn list(
    services: &Services,
    operator: &Operator,
    search: &TournamentSearch,
    cursor: Option<&str>,
) -> Result<TournamentList, ConsoleError> {
    const DOING: &str = "listing tournaments";
    operator.require(services, Permission::ViewTournaments).await?;
    if search.text.chars().count() > QUERY_CHARS_MAX {
        return Err(ConsoleError::Invalid);
    }
    let after = cursor.map(|text| list_cursor::decode(text).ok_or(ConsoleError::Invalid)).transpose()?;
    let after = after.as_ref().map(|(at, id)| (*at, id));
    let mut tx = services.store().begin_write().await.map_err(ConsoleError::store(DOING))?;
    let mut rows =
        tx.tournaments().search(search, after, PAGE + 1).await.map_err(ConsoleError::store(DOING))?;
    // A page of the same look is not a new look.
    if after.is_none() {
        operator.write(services, &mut *tx, AuditAction::TournamentsViewed, None, &json!({})).await?;
        tx.save().await.map_err(ConsoleError::store(DOING))?;
    }
    let is_more = list_cursor::cut(&mut rows, PAGE);
    let behind =
        |row: &TournamentRow| list_cursor::encode(row.tournament.starts_at, &row.tournament.tournament_id);
    let next = rows.last().filter(|_| is_more).map(behind);
    Ok(TournamentList { rows, next, now: services.now() })
}
