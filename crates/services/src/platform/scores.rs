//! `platform.score.posted`: runs of scores, applied with a few statements, however many they are and on however many
//! boards.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, hash_map::Entry};

use domain::{
    BoardId, ErrorCode, Operator, PlatformUserId, Score, Standing, Ties, TournamentId, UserId,
    ranking::{Applied, Played},
};
use storage::{
    StoreError, Transaction,
    board::{BoardRow, BoardState, PlayerRow, Presence},
    score_log::ScoreEvent,
    tournament::TournamentRow,
    user::User,
};

use crate::{
    Services,
    boards::{
        chain,
        standing::{Batch, BoardChange},
    },
    platform::{
        apply::{Changes, Place, Refused},
        envelope::{PlatformEvent, ScorePosted},
    },
    tournaments::route::{self, Refusal, Wanted},
};

/// Scores that are applied together.
pub(crate) type Run<'call> = Vec<(Place, &'call PlatformEvent, &'call ScorePosted)>;

/// A score that goes to a board.
struct Routed<'call> {
    place: Place,
    event: &'call PlatformEvent,
    result: (Score, Ties),
    user_id: UserId,
    board_id: BoardId,
    attempts_allowed: Option<u64>,
}

/// Applies a run of scores. Tournaments are held and boards locked in the order of their ids, so that two batches never
/// wait for each other in a circle.
pub(crate) async fn apply(
    services: &Services,
    tx: &mut dyn Transaction,
    run: Run<'_>,
    refused: &mut Vec<Refused>,
    changes: &mut Changes,
) -> Result<(), StoreError> {
    if run.is_empty() {
        return Ok(());
    }
    let players = players_of(tx, &run).await?;
    let tournaments: BTreeSet<&TournamentId> = run.iter().map(|(.., score)| &score.tournament_id).collect();
    let tournaments: Vec<TournamentId> = tournaments.into_iter().cloned().collect();
    let rows = tx.tournaments().hold(&tournaments).await?;
    let rows: HashMap<TournamentId, TournamentRow> =
        rows.into_iter().map(|row| (row.tournament.tournament_id.clone(), row)).collect();
    let mut by_tournament: BTreeMap<&TournamentId, Run<'_>> = BTreeMap::new();
    for item in run {
        by_tournament.entry(&item.2.tournament_id).or_default().push(item);
    }
    let mut routed = Vec::new();
    for (tournament_id, run) in by_tournament {
        let row = rows.get(tournament_id);
        routed.extend(route_run(services, tx, row, run, &players, refused).await?);
    }
    if !routed.is_empty() {
        let boards = store(services, tx, routed, refused, changes).await?;
        changes.add_boards(boards);
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

/// The values of the tie columns, of which a tournament wants one each.
pub(crate) fn ties_of(row: &TournamentRow, values: &[Score]) -> Result<Ties, Refusal> {
    let is_right = values.len() == row.tournament.ties.len();
    Ties::new(values).filter(|_| is_right).ok_or((
        ErrorCode::EventDataInvalid,
        "ties must hold one integer for each tie column of the tournament",
    ))
}

/// Finds the board of each score of a tournament, of which nothing is known when `row` is `None`.
async fn route_run<'call>(
    services: &Services,
    tx: &mut dyn Transaction,
    row: Option<&TournamentRow>,
    run: Run<'call>,
    players: &HashMap<PlatformUserId, User>,
    refused: &mut Vec<Refused>,
) -> Result<Vec<Routed<'call>>, StoreError> {
    let mut known = Vec::with_capacity(run.len());
    for (place, event, score) in run {
        let judged = judge(services, row, event, score, players.get(&score.platform_user_id));
        match judged {
            Ok((user, ties)) => known.push((place, event, (score.score, ties), user)),
            Err((code, detail)) => refused.push(Refused::new(place, event, code, detail)),
        }
    }
    let Some(row) = row.filter(|_| !known.is_empty()) else { return Ok(Vec::new()) };
    let wanted: Vec<Wanted<'_>> =
        known.iter().map(|(_, event, _, user)| Wanted { user, at: event.time }).collect();
    let destinations = route::boards_for(services, tx, row, &wanted).await?;
    let mut routed = Vec::with_capacity(known.len());
    for ((place, event, result, user), destination) in known.into_iter().zip(destinations) {
        match destination {
            Ok(route::Destination { board_id, attempts_allowed }) => {
                let user_id = user.user_id;
                routed.push(Routed { place, event, result, user_id, board_id, attempts_allowed });
            }
            Err((code, detail)) => refused.push(Refused::new(place, event, code, detail)),
        }
    }
    Ok(routed)
}

/// What can be said of a score without its board.
fn judge<'players>(
    services: &Services,
    row: Option<&TournamentRow>,
    event: &PlatformEvent,
    score: &ScorePosted,
    user: Option<&'players User>,
) -> Result<(&'players User, Ties), Refusal> {
    let row = row.ok_or((ErrorCode::TournamentUnknown, "tournament_id is not known"))?;
    let user = user.ok_or((ErrorCode::PlayerUnknown, "platform_user_id is not known"))?;
    event.check_time(services.now()).map_err(|detail| (ErrorCode::TournamentNotRunning, detail))?;
    Ok((user, ties_of(row, &score.ties)?))
}

/// A player's row as it was and as it becomes.
struct Touched {
    before: Option<PlayerRow>,
    after: PlayerRow,
    /// Whether the standing follows from the whole log alone.
    needs_history: bool,
}

/// Stores scores: each in the log, and what they come to on their boards.
async fn store(
    services: &Services,
    tx: &mut dyn Transaction,
    routed: Vec<Routed<'_>>,
    refused: &mut Vec<Refused>,
    changes: &mut Changes,
) -> Result<Vec<BoardChange>, StoreError> {
    let ids: BTreeSet<&BoardId> = routed.iter().map(|score| &score.board_id).collect();
    let ids: Vec<BoardId> = ids.into_iter().cloned().collect();
    let boards = tx.boards().lock_many(&ids).await?;
    let keys: HashSet<(&BoardId, UserId)> =
        routed.iter().map(|score| (&score.board_id, score.user_id)).collect();
    let keys: Vec<(BoardId, UserId)> =
        keys.into_iter().map(|(board_id, user_id)| (board_id.clone(), user_id)).collect();
    let rows = tx.boards().players(&keys).await?;
    let mut run = BoardRun::new(&boards, rows);
    let numbers = tx.score_log().reserve(u32::try_from(routed.len()).unwrap_or(u32::MAX)).await?;
    let mut log = Vec::with_capacity(routed.len());
    for (score, number) in routed.iter().zip(numbers) {
        match run.take(services, score, number) {
            Ok(event) => log.push(event),
            Err((code, detail)) => refused.push(Refused::new(score.place, score.event, code, detail)),
        }
    }
    if log.is_empty() {
        return Ok(Vec::new());
    }
    tx.score_log().add(&log).await?;
    for event in &log {
        changes.add_score(&event.board_id);
    }
    run.store(tx).await
}

/// The boards of a run, and the players whom it brings scores.
struct BoardRun<'boards> {
    boards: &'boards [BoardRow],
    by_id: HashMap<&'boards BoardId, usize>,
    touched: HashMap<(usize, UserId), Touched>,
}

impl<'boards> BoardRun<'boards> {
    fn new(boards: &'boards [BoardRow], rows: Vec<PlayerRow>) -> Self {
        let by_id: HashMap<&BoardId, usize> =
            boards.iter().enumerate().map(|(at, board)| (&board.board_id, at)).collect();
        let touched = rows
            .into_iter()
            .filter_map(|row| {
                let key = (*by_id.get(&row.board_id)?, row.user_id);
                let touched = Touched { after: row.clone(), before: Some(row), needs_history: false };
                Some((key, touched))
            })
            .collect();
        Self { boards, by_id, touched }
    }

    /// Takes a score, as row `number` of the log.
    fn take(&mut self, services: &Services, score: &Routed<'_>, number: i64) -> Result<ScoreEvent, Refusal> {
        let unknown = (ErrorCode::TournamentUnknown, "tournament_id is not known");
        let at = *self.by_id.get(&score.board_id).ok_or(unknown)?;
        let board = &self.boards[at];
        if board.state == BoardState::Final {
            return Err((ErrorCode::TournamentNotRunning, "the tournament's results are final"));
        }
        let (points, ties) = score.result;
        let played = Played { score: points, ties, at: score.event.time };
        let touched = match self.touched.entry((at, score.user_id)) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(_) if score.attempts_allowed == Some(0) => return Err(ATTEMPTS_USED),
            Entry::Vacant(entry) => entry.insert(newcomer(board, score.user_id, played)),
        };
        let row = &mut touched.after;
        if row.presence == Presence::Disqualified {
            return Err((ErrorCode::NotEligible, "the player is disqualified"));
        }
        if score.attempts_allowed.is_some_and(|allowed| row.attempts >= allowed) {
            return Err(ATTEMPTS_USED);
        }
        match board.ranking.apply(row.ranked(), played) {
            Applied::Standing(standing) => row.standing = standing,
            Applied::NeedsHistory => touched.needs_history = true,
        }
        row.presence = Presence::OnBoard;
        row.attempts += 1;
        let previous = row.last_event.replace(number);
        Ok(ScoreEvent {
            number,
            board_id: score.board_id.clone(),
            user_id: score.user_id,
            source: score.event.source.clone(),
            event_id: score.event.event_id.clone(),
            result: Some(score.result),
            happened_at: score.event.time,
            received_at: services.now(),
            corrects: None,
            previous,
        })
    }

    async fn store(self, tx: &mut dyn Transaction) -> Result<Vec<BoardChange>, StoreError> {
        let mut batch = Batch::default();
        for ((at, _), Touched { before, mut after, needs_history }) in self.touched {
            let board = &self.boards[at];
            // The log holds this run's scores too, so it is asked once a player, at the end.
            if needs_history && let Some(head) = after.last_event {
                let history = chain::played(&chain::read(tx, head).await?);
                let known = before.as_ref().and_then(PlayerRow::ranked);
                // A log that does not reach as far as the standing was removed: it can't say what is latest. The standing
                // of another operator may well begin earlier than was known: a sum of nothing by an earlier score.
                let is_cut = |standing: &Standing| {
                    board.ranking.operator == Operator::Latest
                        && known.is_some_and(|known| standing.newest_at < known.newest_at)
                };
                if let Some(standing) = board.ranking.of_history(history).filter(|standing| !is_cut(standing))
                {
                    after.standing = standing;
                }
            }
            batch.add(board, before.as_ref(), after);
        }
        batch.store(tx).await
    }
}

const ATTEMPTS_USED: Refusal = (ErrorCode::AttemptsUsed, "the player has no attempt left");

/// The row of a player before their first score, which stands where that will.
fn newcomer(board: &BoardRow, user_id: UserId, played: Played) -> Touched {
    let Played { score, ties, at } = played;
    let after = PlayerRow {
        board_id: board.board_id.clone(),
        user_id,
        standing: Standing { score, ties, achieved_at: at, newest_at: at },
        presence: Presence::Empty,
        attempts: 0,
        last_event: None,
        version: board.version,
    };
    Touched { before: None, after, needs_history: false }
}
