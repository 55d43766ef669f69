//! `platform.score.posted`: runs of scores, applied board by board with a few statements each, however many they are.

use std::collections::{BTreeMap, HashMap, HashSet};

use bus::ranks::Change;
use domain::{
    BoardId, ErrorCode, Operator, PlatformUserId, Standing, TournamentId, UserId,
    ranking::{Applied, Played},
    tournament::Acceptance,
};
use storage::{
    StoreError, Transaction,
    board::{BoardRow, ScoreEvent},
    user::User,
};

use crate::{
    Services,
    maintenance::clean::EVENTS_KEPT_MS,
    platform::{
        apply::{BoardChange, Place, Refused},
        envelope::{PlatformEvent, ScorePosted},
    },
    tournaments::route,
};

/// Scores that are applied together.
pub(crate) type Run<'call> = Vec<(Place, &'call PlatformEvent, &'call ScorePosted)>;

/// Applies a run of scores. Boards are taken in the order of their ids, so that two batches never wait for each other
/// in a circle.
pub(crate) async fn apply(
    services: &Services,
    tx: &mut dyn Transaction,
    run: Run<'_>,
    refused: &mut Vec<Refused>,
    changes: &mut Vec<BoardChange>,
) -> Result<(), StoreError> {
    if run.is_empty() {
        return Ok(());
    }
    let players = players_of(tx, &run).await?;
    let mut by_tournament: BTreeMap<&TournamentId, Run<'_>> = BTreeMap::new();
    for item in run {
        by_tournament.entry(&item.2.tournament_id).or_default().push(item);
    }
    for (tournament_id, run) in by_tournament {
        changes.extend(apply_to_tournament(services, tx, tournament_id, run, &players, refused).await?);
    }
    Ok(())
}

async fn players_of(
    tx: &mut dyn Transaction,
    run: &Run<'_>,
) -> Result<HashMap<PlatformUserId, User>, StoreError> {
    let wanted: HashSet<&PlatformUserId> = run.iter().map(|(_, _, score)| &score.platform_user_id).collect();
    let wanted: Vec<PlatformUserId> = wanted.into_iter().cloned().collect();
    let users = tx.users().by_platform_ids(&wanted).await?;
    Ok(users.into_iter().filter_map(|user| Some((user.platform_user_id.clone()?, user))).collect())
}

async fn apply_to_tournament(
    services: &Services,
    tx: &mut dyn Transaction,
    tournament_id: &TournamentId,
    run: Run<'_>,
    players: &HashMap<PlatformUserId, User>,
    refused: &mut Vec<Refused>,
) -> Result<Vec<BoardChange>, StoreError> {
    let mut refuse = |place: Place, event: &PlatformEvent, code: ErrorCode, detail: &'static str| {
        refused.push(Refused::new(place, event, code, detail));
    };
    let Some(row) = tx.tournaments().hold(std::slice::from_ref(tournament_id)).await?.pop() else {
        for (place, event, _) in run {
            refuse(place, event, ErrorCode::TournamentUnknown, "tournament_id is not known");
        }
        return Ok(Vec::new());
    };
    if let Some((code, detail)) = route::closed(&row) {
        for (place, event, _) in run {
            refuse(place, event, code, detail);
        }
        return Ok(Vec::new());
    }
    let mut counted: Vec<(&User, Place, &PlatformEvent, &ScorePosted)> = Vec::with_capacity(run.len());
    for (place, event, score) in run {
        let acceptance =
            row.tournament.accepts(event.time, services.now(), services.settings().score_grace_ms);
        match (players.get(&score.platform_user_id), acceptance) {
            (None, _) => refuse(place, event, ErrorCode::PlayerUnknown, "platform_user_id is not known"),
            (Some(_), Acceptance::Counts) if services.now().millis_since(event.time) > EVENTS_KEPT_MS => {
                let detail = "time is too long ago to tell a repeated event from a new one";
                refuse(place, event, ErrorCode::TournamentNotRunning, detail);
            }
            (Some(_), Acceptance::OutsideWindow) => refuse(
                place,
                event,
                ErrorCode::TournamentNotRunning,
                "time is not between the tournament's start and end",
            ),
            (Some(_), Acceptance::TooLate) => refuse(
                place,
                event,
                ErrorCode::TournamentNotRunning,
                "the tournament ended too long ago to take earlier scores",
            ),
            (Some(user), Acceptance::Counts) => counted.push((user, place, event, score)),
        }
    }
    let ways: Vec<route::Scored<'_>> =
        counted.iter().map(|(user, _, event, _)| (*user, event.time)).collect();
    let ways = route::route(services, tx, &row, &ways).await?;
    let mut by_board: BTreeMap<BoardId, Vec<(UserId, &PlatformEvent, &ScorePosted)>> = BTreeMap::new();
    for ((user, place, event, score), way) in counted.into_iter().zip(ways) {
        match way {
            Ok(placed) => by_board.entry(placed.board).or_default().push((user.user_id, event, score)),
            Err((code, detail)) => refuse(place, event, code, detail),
        }
    }
    let mut changes = Vec::new();
    for (board, counted) in by_board {
        let board = tx.boards().lock(&board).await?;
        if let Some(board) = board {
            changes.extend(store(tx, &board, counted).await?);
        }
    }
    Ok(changes)
}

async fn store(
    tx: &mut dyn Transaction,
    row: &BoardRow,
    counted: Vec<(UserId, &PlatformEvent, &ScorePosted)>,
) -> Result<Option<BoardChange>, StoreError> {
    let (board, ranking) = (&row.board_id, row.ranking);
    let users: HashSet<UserId> = counted.iter().map(|(user_id, ..)| *user_id).collect();
    let users: Vec<UserId> = users.into_iter().collect();
    let before: HashMap<UserId, Standing> = tx.boards().standings(board, &users).await?.into_iter().collect();
    let keeps_history = ranking.operator != Operator::Best;
    if keeps_history {
        let history: Vec<ScoreEvent> = counted
            .iter()
            .map(|(user_id, event, score)| ScoreEvent {
                board_id: board.clone(),
                user_id: *user_id,
                source: event.source.clone(),
                event_id: event.event_id.clone(),
                score: score.score,
                ties: score.ties,
                at: event.time,
            })
            .collect();
        tx.boards().add_history(&history).await?;
    }

    let mut after = before.clone();
    let mut from_history: HashSet<UserId> = HashSet::new();
    for (user_id, event, score) in &counted {
        let played = Played { score: score.score, ties: score.ties, at: event.time };
        match ranking.apply(after.get(user_id).copied(), played) {
            Applied::Standing(standing) => drop(after.insert(*user_id, standing)),
            Applied::NeedsHistory => drop(from_history.insert(*user_id)),
        }
    }
    // The history holds this run's events too, so it is asked once a player, at the end.
    for user_id in from_history {
        let history = tx.boards().history(board, user_id).await?;
        if let Some(standing) = ranking.of_history(history)
            // A history that does not reach as far as the standing was removed: it can't say what is latest.
            && before.get(&user_id).is_none_or(|before| standing.newest_at >= before.newest_at)
        {
            after.insert(user_id, standing);
        }
    }

    let changed = after.into_iter().filter(|(user_id, standing)| before.get(user_id) != Some(standing));
    // Of some only the time of the newest event is another: that is kept, and shows nowhere.
    let (unseen, changed): (Vec<_>, Vec<_>) = changed.partition(|(user_id, standing)| {
        before.get(user_id).is_some_and(|before| before.key(*user_id) == standing.key(*user_id))
    });
    if !unseen.is_empty() {
        tx.boards().put_many(board, row.version, &unseen).await?;
    }
    if changed.is_empty() {
        return Ok(None);
    }
    let new_players = changed.iter().filter(|(user_id, _)| !before.contains_key(user_id)).count();
    let version = tx.boards().bump(board, i64::try_from(new_players).unwrap_or(i64::MAX)).await?;
    tx.boards().put_many(board, version, &changed).await?;
    let changes = changed.into_iter().map(|(user_id, standing)| Change::Put(standing.key(user_id)));
    Ok(Some(BoardChange { board_id: board.clone(), version, changes: changes.collect() }))
}
