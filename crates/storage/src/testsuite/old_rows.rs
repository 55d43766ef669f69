//! A database as an earlier version left it, before boards had rows of their own, and what must be found in it once it has been brought up to date: boards,
//! their ranks, the log of scores, periods, the clocks of tournaments.

use domain::{Score, Ties, UserId, tournament::lifecycle::State};

use crate::{
    Store,
    board::Presence,
    job::{JobKind, JobState},
    period::PeriodState,
    testsuite::fixtures::{at, board_id, read, tournament_id, user_id},
};

/// The migrations of that version.
pub const MIGRATIONS: std::ops::RangeInclusive<i64> = 1..=7;

/// The player, the score and when it was reached (in milliseconds after the moment at which contracts begin), by
/// tournament: two of `race` have reached the same at one moment, two of `cup` at different ones.
const STANDINGS: [(&str, u128, i64, i64); 9] = [
    ("cup", 1, 50, 10),
    ("cup", 2, 70, 30),
    ("cup", 3, 70, 20),
    ("cup", 4, -5, 5),
    ("race", 1, 9000, 40),
    ("race", 2, 8000, 41),
    ("race", 5, 9000, 40),
    ("latest", 3, 7, 60),
    ("latest", 4, 8, 50),
];

/// What boards of the latest score had kept besides.
const HISTORY: [(u128, &str, i64, i64); 5] = [
    (3, "event-1", 3, 10),
    (3, "event-2", 99, 20),
    (3, "event-3", 7, 60),
    (4, "event-4", 1, 40),
    (4, "event-5", 8, 50),
];

/// Who stands where, the first one first.
const RANKS: [(&str, &[u128]); 3] = [("cup", &[3, 2, 1, 4]), ("race", &[2, 1, 5]), ("latest", &[4, 3])];

/// The rows, as statements in the words that both engines know. `literal` writes a user's id in the engine's own.
pub fn statements(literal: impl Fn(UserId) -> String) -> Vec<String> {
    let time = |milliseconds: i64| at(milliseconds).as_millis();
    let mut statements = Vec::new();
    for (id, operator, order, players) in
        [("cup", "best", "desc", 4), ("race", "sum", "asc", 3), ("latest", "latest", "desc", 2)]
    {
        statements.push(format!(
            "INSERT INTO tournaments (tournament_id, title, starts_at, ends_at, operator, ranking_order, board_version,
               players, created_at, updated_at)
             VALUES ('{id}', '{{\"en\": \"The {id}\"}}', {}, {}, '{operator}', '{order}', 70, {players}, {}, {})",
            time(0),
            time(1000),
            time(0),
            time(70),
        ));
    }
    for (tournament, user, score, reached) in STANDINGS {
        statements.push(format!(
            "INSERT INTO board_entries (tournament_id, user_id, score, achieved_at, newest_at, version)
             VALUES ('{tournament}', {}, {score}, {}, {}, {reached})",
            literal(user_id(user)),
            time(reached),
            time(reached + 1),
        ));
    }
    for (user, event, score, happened) in HISTORY {
        statements.push(format!(
            "INSERT INTO board_history (tournament_id, user_id, source, event_id, score, happened_at)
             VALUES ('latest', {}, '/platform', '{event}', {score}, {})",
            literal(user_id(user)),
            time(happened),
        ));
    }
    statements
}

/// Fails unless all of it is there, in its order.
pub async fn survive(store: &dyn Store) {
    for (tournament, ranks) in RANKS {
        a_board_survives(store, tournament, ranks).await;
    }
    the_log_survives(store).await;
}

async fn a_board_survives(store: &dyn Store, tournament: &str, ranks: &[u128]) {
    read(store, async |transaction| {
        let board = board_id(tournament);
        let row = transaction.boards().by_id(&board).await.unwrap().unwrap();
        assert_eq!((row.version, row.players), (70, ranks.len() as u64), "{tournament}");
        assert_eq!((row.starts_at, row.ends_at), (at(0), at(1000)));
        let page = transaction.boards().page(&board, row.ranking.order, None, 100).await.unwrap();
        let users: Vec<UserId> = page.iter().map(|ranked| ranked.key.user_id).collect();
        let wanted: Vec<UserId> = ranks.iter().copied().map(user_id).collect();
        assert_eq!(users, wanted, "{tournament}");
        for (_, user, score, reached) in STANDINGS.into_iter().filter(|(id, ..)| *id == tournament) {
            let keys = [(board.clone(), user_id(user))];
            let player = transaction.boards().players(&keys).await.unwrap().pop().unwrap();
            let standing = player.standing;
            assert_eq!(standing.score, Score::new(score).unwrap());
            assert_eq!((standing.achieved_at, standing.newest_at), (at(reached), at(reached + 1)));
            assert_eq!((standing.ties, player.presence), (Ties::default(), Presence::OnBoard));
            assert_eq!(player.version, reached.unsigned_abs());
        }

        let id = tournament_id(tournament);
        let found = transaction.tournaments().by_id(&id).await.unwrap().unwrap();
        assert_eq!(found.status.state, State::Scheduled, "its first job brings it to where it stands");
        assert!(found.has_scores);
        let period = transaction.periods().latest(&id).await.unwrap().unwrap();
        assert_eq!((period.period, period.state, period.entries), (0, PeriodState::Open, 0));
        assert_eq!((period.starts_at, period.ends_at), (at(0), at(1000)));
        let job = transaction.jobs().get(JobKind::TournamentClock, tournament).await.unwrap().unwrap();
        assert_eq!((job.state, job.run_at), (JobState::Waiting, at(0)));
    })
    .await;
}

/// Boards of the latest score keep what they had; elsewhere the standing itself begins the log.
async fn the_log_survives(store: &dyn Store) {
    read(store, async |transaction| {
        for (tournament, user, score, reached) in STANDINGS {
            let keys = [(board_id(tournament), user_id(user))];
            let player = transaction.boards().players(&keys).await.unwrap().pop().unwrap();
            let head = player.last_event.unwrap();
            let chain = transaction.score_log().chains(&[head], 100).await.unwrap();
            let found: Vec<(i64, i64)> = chain
                .iter()
                .map(|event| {
                    let (score, _) = event.result.unwrap();
                    (score.points(), event.happened_at.millis_since(at(0)))
                })
                .collect();
            let mut wanted: Vec<(i64, i64)> = HISTORY
                .into_iter()
                .filter(|(of, ..)| tournament == "latest" && *of == user)
                .map(|(_, _, score, happened)| (score, happened))
                .collect();
            if wanted.is_empty() {
                wanted.push((score, reached));
            }
            wanted.reverse();
            assert_eq!(found, wanted, "{tournament} of {user}");
            assert_eq!(player.attempts, wanted.len() as u64);
        }
        // What is written next stands behind it all.
        let numbers = transaction.score_log().chains(&[1], 1).await.unwrap();
        assert_eq!(numbers.len(), 1, "the log begins with its first row");
    })
    .await;
    let next = crate::testsuite::fixtures::write(store, async |transaction| {
        transaction.score_log().reserve(1).await.unwrap()[0]
    })
    .await;
    let logged = i64::try_from(STANDINGS.len() - 2 + HISTORY.len()).unwrap();
    assert_eq!(next, logged + 1, "numbers are never used again");
}
