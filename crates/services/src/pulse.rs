//! What goes on in tournaments, for the operators' charts: how many scores come, how many players have entered, how many
//! look on.
//!
//! Each node counts in memory and writes a few rows now and then, so that a score costs nothing more. Figures of the last
//! seconds are lost with their process: nothing that has to be right is read from here.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, OnceLock, PoisonError},
    time::Duration,
};

use domain::{Timestamp, TournamentId};
use storage::{
    StoreError,
    pulse::{PulseRow, ROWS_MAX},
};
use tokio_util::sync::CancellationToken;

use crate::{Services, tournaments::samples};

/// How often a node writes down what it has seen.
const WRITE_MS: u64 = 10_000;
/// How long minutes are kept.
pub(crate) const KEPT_MS: i64 = 2 * 24 * 3_600_000;
const MINUTE_MS: i64 = 60_000;

/// What this node has seen and not written down.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    scores: Mutex<HashMap<TournamentId, u64>>,
    /// What tells this node's rows from those of others.
    node: OnceLock<i64>,
}

impl Counts {
    /// Notes scores that were taken.
    pub(crate) fn add_scores(&self, tournament_id: &TournamentId, scores: u64) {
        let mut counted = self.scores.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.len() < ROWS_MAX || counted.contains_key(tournament_id) {
            *counted.entry(tournament_id.clone()).or_default() += scores;
        }
    }

    fn take(&self) -> HashMap<TournamentId, u64> {
        std::mem::take(&mut *self.scores.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The minute of a moment.
pub(crate) fn minute_of(at: Timestamp) -> Timestamp {
    Timestamp::from_millis(at.as_millis().div_euclid(MINUTE_MS) * MINUTE_MS)
}

/// Writes down what goes on, and where players stand who have looked, until `stop`.
pub async fn run(services: Services, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(Duration::from_millis(WRITE_MS)) => {}
        }
        if let Err(error) = write(&services).await {
            tracing::warn!(error = %domain::ErrorChain(&error), "what goes on in tournaments can't be written down");
        }
        if let Err(error) = samples::write(&services).await {
            tracing::warn!(error = %domain::ErrorChain(&error), "where players stand can't be written down");
        }
    }
}

/// Writes down what this node has seen since the last time.
///
/// # Errors
/// When the database fails; what was counted is lost then.
pub async fn write(services: &Services) -> Result<(), StoreError> {
    let now = services.now();
    let mut seen: BTreeMap<TournamentId, (u64, u64)> = BTreeMap::new();
    for (tournament_id, scores) in services.pulse().take() {
        seen.entry(tournament_id).or_default().0 += scores;
    }
    for (board_id, viewers) in services.live().viewers_here().await {
        seen.entry(board_id.tournament_id()).or_default().1 += viewers;
    }
    if seen.is_empty() {
        return Ok(());
    }
    let mut tx = services.store().begin_write().await?;
    let mut rows = Vec::with_capacity(seen.len().min(ROWS_MAX));
    for (tournament_id, (scores, viewers)) in seen.into_iter().take(ROWS_MAX) {
        let period = tx.periods().at(&tournament_id, now).await?;
        let entries = period.map_or(0, |period| period.entries);
        rows.push(PulseRow { tournament_id, minute: minute_of(now), scores, viewers, entries });
    }
    #[expect(clippy::cast_possible_wrap, reason = "all its bits are chance")]
    let node = *services.pulse().node.get_or_init(|| services.rng().next_u64() as i64);
    tx.pulse().add(node, &rows).await?;
    tx.save().await
}
