//! What goes on in a tournament, as its page shows it while it is open.

use domain::{Timestamp, TournamentId, console::Permission};
pub use storage::pulse::PulseMinute;

use crate::{
    Services,
    console::{ConsoleError, Operator},
    pulse::minute_of,
};

/// Minutes that are shown.
pub const MINUTES: u32 = 60;
const MINUTE_MS: i64 = 60_000;

/// The last hour, minute by minute; minutes without anything are zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulse {
    /// The minutes, the last one last; it is not over.
    pub minutes: Vec<PulseMinute>,
}

/// A look at what goes on. It is repeated while a page is open and shows nothing that is not public, so that it writes no
/// line of the audit log: opening the page has written one.
///
/// # Errors
/// [`ConsoleError::Forbidden`] without [`Permission::ViewTournaments`].
pub async fn look(
    services: &Services,
    operator: &Operator,
    tournament_id: &TournamentId,
) -> Result<Pulse, ConsoleError> {
    const DOING: &str = "looking at what goes on in a tournament";
    operator.require(services, Permission::ViewTournaments).await?;
    let first = minute_of(services.now()).plus_ms(-i64::from(MINUTES - 1) * MINUTE_MS);
    let mut tx = services.store().begin_read().await.map_err(ConsoleError::store(DOING))?;
    let rows = tx.pulse().since(tournament_id, first, MINUTES).await.map_err(ConsoleError::store(DOING))?;
    Ok(Pulse { minutes: filled(first, &rows) })
}

/// Every minute from `first` on. Who has entered stays so in minutes of which nothing is known.
fn filled(first: Timestamp, rows: &[PulseMinute]) -> Vec<PulseMinute> {
    let mut entries = rows.first().map_or(0, |row| row.entries);
    (0..i64::from(MINUTES))
        .map(|number| {
            let minute = first.plus_ms(number * MINUTE_MS);
            let known = rows.iter().find(|row| row.minute == minute);
            entries = known.map_or(entries, |row| row.entries);
            known.copied().unwrap_or(PulseMinute { minute, scores: 0, viewers: 0, entries })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_of_which_nothing_is_known_are_empty_and_who_has_entered_stays() {
        let first = Timestamp::from_millis(0);
        let row = |number: i64, scores, entries| PulseMinute {
            minute: first.plus_ms(number * MINUTE_MS),
            scores,
            viewers: 1,
            entries,
        };
        let minutes = filled(first, &[row(2, 5, 10), row(4, 1, 12)]);
        assert_eq!(minutes.len(), 60);
        let figures: Vec<(u64, u64)> = minutes.iter().take(6).map(|row| (row.scores, row.entries)).collect();
        assert_eq!(figures, [(0, 10), (0, 10), (5, 10), (0, 10), (1, 12), (0, 12)]);
    }
}
