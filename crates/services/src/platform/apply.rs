//! Applying a batch of events in one transaction.

use bus::signals::Signal;
use domain::{
    ErrorCode, EventId, EventSource, TournamentId, UserId,
    event::{EventsAnswer, Rejection},
    ranking::RankKey,
    tournament::Phase,
};
use serde_json::value::RawValue;
use storage::StoreError;

use crate::{
    Services,
    boards::{index, lobby::TOURNAMENTS_MAX},
    platform::{
        envelope::{self, EventData, PlatformEvent, ScorePosted},
        scores,
        signature::PlatformKey,
        users,
    },
    telemetry,
};

/// The most events that one call may bring.
pub const EVENTS_MAX: usize = 1000;

/// No event of the call was applied.
#[derive(Debug, thiserror::Error)]
pub enum EventsError {
    /// More than [`EVENTS_MAX`] events.
    #[error("a call brings at most {EVENTS_MAX} events")]
    TooMany,
    /// The database failed.
    #[error("the events can't be stored")]
    Store(#[source] StoreError),
}

impl EventsError {
    /// What the sender is told.
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::TooMany => ErrorCode::TooLarge,
            // Two calls that bring the same users at once: whoever comes again finds them there.
            Self::Store(StoreError::Conflict { .. }) => ErrorCode::Unavailable,
            Self::Store(source) if source.is_temporary() => ErrorCode::Unavailable,
            Self::Store(_) => ErrorCode::Internal,
        }
    }
}

impl From<StoreError> for EventsError {
    fn from(source: StoreError) -> Self {
        Self::Store(source)
    }
}

/// A board that the transaction has changed: what the index is told after the commit.
#[derive(Debug)]
pub(crate) struct BoardChange {
    pub(crate) tournament_id: TournamentId,
    pub(crate) version: u64,
    pub(crate) keys: Vec<RankKey>,
}

/// Events of one run of the batch, with their places in it.
pub(crate) type Indexed<T> = (usize, T);

/// Applies the events of a call, in their order. `_key` proves that the platform has signed them.
///
/// # Errors
/// [`EventsError`] when none was applied.
pub async fn accept(
    services: &Services,
    _key: &PlatformKey,
    events: &[&RawValue],
) -> Result<EventsAnswer, EventsError> {
    if events.len() > EVENTS_MAX {
        return Err(EventsError::TooMany);
    }
    let mut rejected = Vec::new();
    let mut readable: Vec<Indexed<PlatformEvent>> = Vec::with_capacity(events.len());
    for (place, json) in events.iter().enumerate() {
        match envelope::read(json) {
            Ok(event) => readable.push((place, event)),
            Err(error) => {
                rejected.push(Rejection { index: place, code: error.code, detail: error.detail.to_owned() });
            }
        }
    }

    let mut changes = Vec::new();
    let mut renamed = Vec::new();
    let mut reordered = Vec::new();
    let mut accepted = 0;
    let mut duplicates = 0;
    if !readable.is_empty() {
        let mut tx = services.store().begin_write().await?;
        let ids: Vec<(EventSource, EventId)> =
            readable.iter().map(|(_, event)| (event.source.clone(), event.event_id.clone())).collect();
        let is_new = tx.events().mark_seen(&ids, services.now()).await?;
        let before = rejected.len();
        let mut run: Vec<Indexed<(PlatformEvent, ScorePosted)>> = Vec::new();
        let mut forgotten = Vec::new();
        for ((place, event), is_new) in readable.into_iter().zip(is_new) {
            if !is_new {
                duplicates += 1;
                continue;
            }
            accepted += 1;
            // Scores that follow on each other are applied together; anything else ends the run, because it may
            // bring the player or the tournament that the next score needs.
            if let EventData::ScorePosted(score) = &event.data {
                let score = score.clone();
                run.push((place, (event, score)));
                continue;
            }
            flush(services, &mut *tx, &mut run, &mut rejected, &mut forgotten, &mut changes).await?;
            let id = (event.source.clone(), event.event_id.clone());
            match apply_one(services, &mut *tx, event.data).await? {
                Ok(done) => {
                    renamed.extend(done.renamed);
                    changes.extend(done.changes);
                    reordered.extend(done.reordered);
                }
                Err((code, detail)) => {
                    rejected.push(Rejection { index: place, code, detail: detail.to_owned() });
                    forgotten.push(id);
                }
            }
        }
        flush(services, &mut *tx, &mut run, &mut rejected, &mut forgotten, &mut changes).await?;
        if !forgotten.is_empty() {
            tx.events().forget(&forgotten).await?;
        }
        tx.save().await?;
        accepted -= (rejected.len() - before) as u64;
    }

    for user_id in renamed {
        services.names().forget(user_id);
    }
    for tournament_id in reordered {
        // The index holds the old order; it is loaded anew when it is next asked for.
        if let Err(error) = services.ranks().unload(&tournament_id).await {
            tracing::warn!(error = %domain::ErrorChain(&error), "a board's index could not be unloaded");
        }
    }
    for change in changes {
        index::apply(services, &change.tournament_id, change.version, &change.keys).await;
        services
            .signals()
            .publish(Signal::Board { tournament_id: change.tournament_id, version: change.version });
    }
    rejected.sort_by_key(|rejection| rejection.index);
    for (result, count) in
        [("accepted", accepted), ("duplicate", duplicates), ("rejected", rejected.len() as u64)]
    {
        metrics::counter!(telemetry::PLATFORM_EVENTS_TOTAL, "result" => result).increment(count);
    }
    Ok(EventsAnswer { accepted, duplicates, rejected })
}

/// What an event other than a score did.
#[derive(Debug, Default)]
struct Done {
    /// The user whose public name may have changed.
    renamed: Option<UserId>,
    /// Boards that look different now.
    changes: Vec<BoardChange>,
    /// The tournament whose rows stand in another order now.
    reordered: Option<TournamentId>,
}

/// Applies an event other than a score.
async fn apply_one(
    services: &Services,
    tx: &mut dyn storage::Transaction,
    data: EventData,
) -> Result<Result<Done, (ErrorCode, &'static str)>, StoreError> {
    match data {
        EventData::UserUpserted(user) => {
            let upserted = match users::upsert(services, tx, user).await? {
                Ok(upserted) => upserted,
                Err(refused) => return Ok(Err(refused)),
            };
            let changes = if upserted.is_renamed {
                boards_of(services, tx, upserted.user_id).await?
            } else {
                Vec::new()
            };
            Ok(Ok(Done { renamed: Some(upserted.user_id), changes, reordered: None }))
        }
        EventData::TournamentUpserted(tournament) => {
            let before = tx.tournaments().lock(&tournament.tournament_id).await?;
            let has_scores = before.as_ref().is_some_and(|before| before.board_version > 0);
            if has_scores
                && before.as_ref().is_some_and(|before| before.tournament.operator != tournament.operator)
            {
                // What each player's scores come to under another operator is not known any more.
                return Ok(Err((ErrorCode::EventDataInvalid, "operator can't change once there are scores")));
            }
            tx.tournaments().upsert(&tournament, services.now()).await?;
            let is_reordered = before.is_some_and(|before| before.tournament.order != tournament.order);
            if !is_reordered {
                return Ok(Ok(Done::default()));
            }
            let tournament_id = tournament.tournament_id;
            let version = tx.tournaments().bump_board(&tournament_id, 0).await?;
            let change = BoardChange { tournament_id: tournament_id.clone(), version, keys: Vec::new() };
            Ok(Ok(Done { renamed: None, changes: vec![change], reordered: Some(tournament_id) }))
        }
        // Scores are applied in runs, never alone.
        EventData::ScorePosted(_) => Ok(Ok(Done::default())),
    }
}

/// Raises the version of every running board that shows a user, so that viewers see the new name.
async fn boards_of(
    services: &Services,
    tx: &mut dyn storage::Transaction,
    user_id: UserId,
) -> Result<Vec<BoardChange>, StoreError> {
    let now = services.now();
    let mut running: Vec<TournamentId> = tx
        .tournaments()
        .list(now, TOURNAMENTS_MAX)
        .await?
        .into_iter()
        .filter(|row| row.tournament.phase(now) == Phase::Running)
        .map(|row| row.tournament.tournament_id)
        .collect();
    // In the order in which scores lock boards.
    running.sort();
    let mut changes = Vec::new();
    for tournament_id in running {
        if !tx.boards().standings(&tournament_id, &[user_id]).await?.is_empty() {
            let version = tx.tournaments().bump_board(&tournament_id, 0).await?;
            changes.push(BoardChange { tournament_id, version, keys: Vec::new() });
        }
    }
    Ok(changes)
}

/// Applies the scores gathered so far.
async fn flush(
    services: &Services,
    tx: &mut dyn storage::Transaction,
    run: &mut Vec<Indexed<(PlatformEvent, ScorePosted)>>,
    rejected: &mut Vec<Rejection>,
    forgotten: &mut Vec<(EventSource, EventId)>,
    changes: &mut Vec<BoardChange>,
) -> Result<(), StoreError> {
    if run.is_empty() {
        return Ok(());
    }
    let outcome = scores::apply(services, tx, std::mem::take(run)).await?;
    rejected.extend(outcome.rejected);
    forgotten.extend(outcome.forgotten);
    // A batch may change a board in several runs, each a version of its own; all are one commit.
    changes.extend(outcome.changes);
    Ok(())
}
