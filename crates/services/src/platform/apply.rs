//! What events do, in the transaction and after it.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

use domain::{
    BoardId, ErrorCode, EventId, EventSource, UserId,
    event::{EventsAnswer, Rejection},
};
use serde_json::value::RawValue;
use storage::{StoreError, Transaction};

use crate::{
    Services,
    boards::standing::{self, BoardChange},
    group_commit::GroupCommitError,
    missions::{self, apply::MissionChanges},
    platform::{
        activity, corrections,
        envelope::{self, EventData, PlatformEvent, ScorePosted},
        kyc, missions as platform_missions, scores,
        signature::PlatformKey,
        tournaments as platform_tournaments, users,
    },
    telemetry,
};

/// The most events that one call may bring.
pub const EVENTS_MAX: usize = 1000;

/// The most scores that a few statements apply together.
const RUN_MAX: usize = 1000;

/// No event of the call was applied.
#[derive(Debug, thiserror::Error)]
pub enum EventsError {
    /// More than [`EVENTS_MAX`] events.
    #[error("a call brings at most {EVENTS_MAX} events")]
    TooMany,
    /// Too many calls wait, or the commit that this one shared failed.
    #[error("the events can't be stored now")]
    Busy(#[source] GroupCommitError),
    /// The commit that this call shared with others failed; why stands in the log once.
    #[error("the events can't be stored: the shared commit failed")]
    Shared,
    /// The database failed.
    #[error("the events can't be stored")]
    Store(#[source] StoreError),
}

impl EventsError {
    /// What the sender is told.
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::TooMany => ErrorCode::TooLarge,
            // A conflict is two nodes that bring the same users at once: whoever comes again finds them there.
            Self::Busy(_) | Self::Shared | Self::Store(StoreError::Conflict { .. }) => ErrorCode::Unavailable,
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

/// Something with its index in the call that brought it.
pub(crate) type Indexed<T> = (usize, T);

/// Where an event stands among the calls that are applied together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    call: usize,
    index: usize,
}

/// An event that can't be applied.
#[derive(Debug)]
pub(crate) struct Refused {
    place: Place,
    id: (EventSource, EventId),
    code: ErrorCode,
    detail: Cow<'static, str>,
}

/// Why an event can't be applied: what the sender is told.
pub(crate) type Reason = (ErrorCode, Cow<'static, str>);

impl Refused {
    pub(crate) fn new(
        place: Place,
        event: &PlatformEvent,
        code: ErrorCode,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { place, id: (event.source.clone(), event.event_id.clone()), code, detail: detail.into() }
    }
}

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
    let mut answer = EventsAnswer::default();
    let mut readable: Vec<Indexed<PlatformEvent>> = Vec::with_capacity(events.len());
    for (place, json) in events.iter().enumerate() {
        match envelope::read(json) {
            Ok(event) => readable.push((place, event)),
            Err(error) => {
                answer.rejected.push(Rejection {
                    index: place,
                    code: error.code,
                    detail: error.detail.into_owned(),
                });
            }
        }
    }
    if !readable.is_empty() {
        let applied = services.events().apply(services, readable).await?;
        answer.accepted = applied.accepted;
        answer.duplicates = applied.duplicates;
        answer.rejected.extend(applied.rejected);
        answer.rejected.sort_by_key(|rejection| rejection.index);
    }
    for (result, count) in [
        ("accepted", answer.accepted),
        ("duplicate", answer.duplicates),
        ("rejected", answer.rejected.len() as u64),
    ] {
        metrics::counter!(telemetry::PLATFORM_EVENTS_TOTAL, "result" => result).increment(count);
    }
    Ok(answer)
}

/// What the transaction has changed, and what is told of it after the commit.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    boards: Vec<BoardChange>,
    /// Users whose alias may have changed.
    renamed: Vec<UserId>,
    /// Whether missions were written.
    pub(crate) has_new_missions: bool,
    /// What players have done for missions.
    missions: MissionChanges,
    /// How many scores each board has taken.
    scores: HashMap<BoardId, u64>,
}

/// Applies the events of several calls in one transaction and returns what became of each call's, in their order.
///
/// `None` when the calls can't share one: an event that one of them brings is refused, and another brings it too, so
/// that it would be called a duplicate of what never happened.
pub(crate) async fn apply_calls(
    services: &Services,
    tx: &mut dyn Transaction,
    calls: &[&[Indexed<PlatformEvent>]],
) -> Result<Option<(Vec<EventsAnswer>, Changes)>, StoreError> {
    let events: Vec<(Place, &PlatformEvent)> = calls
        .iter()
        .enumerate()
        .flat_map(|(call, events)| {
            events.iter().map(move |(index, event)| (Place { call, index: *index }, event))
        })
        .collect();
    let ids: Vec<(EventSource, EventId)> =
        events.iter().map(|(_, event)| (event.source.clone(), event.event_id.clone())).collect();
    let is_new = tx.events().mark_seen(&ids, services.now()).await?;

    let mut answers = vec![EventsAnswer::default(); calls.len()];
    let mut changes = Changes::default();
    let mut refused: Vec<Refused> = Vec::new();
    let mut duplicates = HashSet::new();
    let mut run: Vec<(Place, &PlatformEvent, &ScorePosted)> = Vec::new();
    let mut acts: activity::Run<'_> = Vec::new();
    for ((place, event), is_new) in events.into_iter().zip(is_new) {
        if !is_new {
            answers[place.call].duplicates += 1;
            duplicates.insert((place.call, &event.source, &event.event_id));
            continue;
        }
        answers[place.call].accepted += 1;
        // Scores that follow on each other are applied together; anything else ends the run, because it may bring the
        // player or the tournament that the next score needs.
        if let EventData::ScorePosted(score) = &event.data {
            run.push((place, event, score));
            if run.len() == RUN_MAX {
                scores::apply(services, tx, std::mem::take(&mut run), &mut refused, &mut changes).await?;
            }
            continue;
        }
        // So are activities, which neither need scores nor bring what they need. They are not cut into pieces: all their
        // players are locked in one order, whichever other batch wants the same ones.
        if let EventData::Activity(told) = &event.data {
            acts.push((place, event, told));
            continue;
        }
        scores::apply(services, tx, std::mem::take(&mut run), &mut refused, &mut changes).await?;
        activity::apply(services, tx, std::mem::take(&mut acts), &mut refused, &mut changes).await?;
        if let Err((code, detail)) = apply_one(services, tx, event, &mut changes).await? {
            refused.push(Refused::new(place, event, code, detail));
        }
    }
    scores::apply(services, tx, run, &mut refused, &mut changes).await?;
    activity::apply(services, tx, acts, &mut refused, &mut changes).await?;

    let is_refused_elsewhere = |(call, source, event_id): &(usize, &EventSource, &EventId)| {
        refused.iter().any(|one| one.place.call != *call && one.id.0 == **source && one.id.1 == **event_id)
    };
    if !refused.is_empty() && duplicates.iter().any(is_refused_elsewhere) {
        return Ok(None);
    }
    if !refused.is_empty() {
        // They may be sent again, so they must not count as seen.
        let ids: Vec<(EventSource, EventId)> = refused.iter().map(|refused| refused.id.clone()).collect();
        tx.events().forget(&ids).await?;
    }
    for Refused { place, code, detail, .. } in refused {
        let answer = &mut answers[place.call];
        answer.accepted -= 1;
        answer.rejected.push(Rejection { index: place.index, code, detail: detail.into_owned() });
    }
    Ok(Some((answers, changes)))
}

impl Changes {
    /// Notes boards that have changed.
    pub(crate) fn add_boards(&mut self, boards: impl IntoIterator<Item = BoardChange>) {
        self.boards.extend(boards);
    }

    /// Notes a score that was taken. It is counted behind the commit: a transaction may be begun anew.
    pub(crate) fn add_score(&mut self, board: &BoardId) {
        match self.scores.get_mut(board) {
            Some(scores) => *scores += 1,
            None => drop(self.scores.insert(board.clone(), 1)),
        }
    }

    /// Notes what an event about a tournament has changed.
    fn add_tournament(&mut self, told: platform_tournaments::Told) {
        self.boards.extend(told.boards);
    }

    /// Notes what a run of activities has changed.
    pub(crate) fn add_missions(&mut self, changes: MissionChanges) {
        self.missions.players.extend(changes.players);
        self.missions.completed.extend(changes.completed);
    }
}

/// Tells the memory of this node and the viewers what a commit has changed.
pub(crate) async fn tell(services: &Services, changes: Changes) {
    missions::live::tell_changes(services, changes.missions);
    services.names().renamed(services, &changes.renamed);
    for (board, scores) in changes.scores {
        services.pulse().add_scores(&board.tournament_id(), scores);
    }
    standing::tell(services, changes.boards).await;
}

/// Applies an event other than a score.
async fn apply_one(
    services: &Services,
    tx: &mut dyn Transaction,
    event: &PlatformEvent,
    changes: &mut Changes,
) -> Result<Result<(), Reason>, StoreError> {
    match &event.data {
        EventData::UserUpserted(user) => {
            let upserted = match users::upsert(services, tx, user).await? {
                Ok(upserted) => upserted,
                Err((code, detail)) => return Ok(Err((code, detail.into()))),
            };
            if upserted.is_renamed {
                changes.boards.extend(standing::bump_boards_showing(tx, upserted.user_id).await?);
            }
            if upserted.is_renamed || upserted.is_linked {
                changes.renamed.push(upserted.user_id);
            }
            Ok(Ok(()))
        }
        EventData::TournamentUpserted(definition) => {
            let told = platform_tournaments::upsert(services, tx, definition, event.time).await?;
            Ok(told.map(|told| changes.add_tournament(told)))
        }
        EventData::TournamentCanceled(tournament_id) => {
            let told = platform_tournaments::cancel(services, tx, tournament_id).await?;
            Ok(told.map(|told| changes.add_tournament(told)))
        }
        EventData::PlayerExcluded(exclusion) => {
            let told = platform_tournaments::exclude(services, tx, exclusion).await?;
            Ok(told.map(|told| changes.add_tournament(told)))
        }
        EventData::AttemptsGranted(granted) => {
            let told = platform_tournaments::grant_attempts(services, tx, granted).await?;
            Ok(told.map(|told| changes.add_tournament(told)))
        }
        EventData::KycChanged(change) => match kyc::apply(tx, change, event.time).await? {
            Ok(user_id) => {
                changes.missions.players.extend(user_id);
                Ok(Ok(()))
            }
            Err(refused) => Ok(Err(refused)),
        },
        EventData::MissionUpserted(mission) => {
            changes.has_new_missions = true;
            platform_missions::upsert(services, tx, mission, event.time).await
        }
        EventData::ScoreCorrected(correction) => {
            let applied = corrections::apply(services, tx, event, correction).await?;
            let applied = applied.map_err(|(code, detail)| (code, detail.into()));
            Ok(applied.map(|change| changes.boards.extend(change)))
        }
        // These are applied in runs, never alone.
        EventData::ScorePosted(_) | EventData::Activity(_) => Ok(Ok(())),
    }
}
