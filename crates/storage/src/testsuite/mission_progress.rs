//! Contracts of players' progress with missions.

use domain::{
    MissionId, UserId,
    mission::{Activity, Day, Progress},
};
use futures::future::join_all;

use crate::{
    Store,
    mission_progress::{MissionStats, ProgressRow, ROWS_MAX},
    testsuite::fixtures::{at, mission, read, user_id, write},
};

fn id(text: &str) -> MissionId {
    text.parse().unwrap()
}

/// So many times what the mission asks for.
fn progress(times: u32) -> Progress {
    let mission = mission("m");
    let mut progress = Progress::new(&mission);
    for number in 0..times {
        let activity = Activity {
            name: mission.rule.event.clone(),
            at: at(i64::from(number)),
            fields: std::collections::BTreeMap::default(),
            tie: number.into(),
        };
        progress.apply(&mission, &activity, Day(0));
    }
    progress
}

fn row(owner: u128, mission_id: &str, period: i32) -> ProgressRow {
    ProgressRow {
        user_id: user_id(owner),
        mission_id: id(mission_id),
        period: Day(period),
        progress: progress(1),
        tiers: 0,
        done_at: None,
        version: 1,
    }
}

fn done(row: ProgressRow) -> ProgressRow {
    ProgressRow { progress: progress(3), tiers: 1, done_at: Some(at(5)), ..row }
}

async fn put(store: &dyn Store, rows: &[ProgressRow]) {
    write(store, async |transaction| {
        transaction.mission_progress().put_many(rows, at(0)).await.unwrap();
    })
    .await;
}

async fn of_player(store: &dyn Store, owner: u128, from: i32, limit: u32) -> Vec<ProgressRow> {
    read(store, async |transaction| {
        transaction.mission_progress().of_player(user_id(owner), Day(from), limit).await.unwrap()
    })
    .await
}

/// What was stored is found by its key, and replaced by what is stored next.
pub async fn progress_is_put_and_found(store: &dyn Store) {
    let (first, second, other) = (row(1, "a", 0), row(1, "a", 20_454), row(2, "a", 0));
    put(store, &[first.clone(), second.clone(), other.clone()]).await;
    let keys = [first.key(), second.key(), row(1, "b", 0).key()];
    let found = async || {
        read(store, async |transaction| transaction.mission_progress().by_keys(&keys).await.unwrap()).await
    };
    assert_eq!(found().await, [first.clone(), second.clone()]);
    let next = ProgressRow { version: 2, ..done(first) };
    put(store, std::slice::from_ref(&next)).await;
    assert_eq!(found().await, [next, second]);
    assert_eq!(of_player(store, 2, 0, 10).await, [other]);
}

/// Periods without end are always there, others from a day on; by mission and period.
pub async fn a_player_s_progress_is_listed_from_a_day_on(store: &dyn Store) {
    put(store, &[row(1, "b", 7), row(1, "a", 8), row(1, "a", 0), row(1, "b", 9), row(2, "a", 9)]).await;
    let periods = |rows: &[ProgressRow]| -> Vec<(String, i32)> {
        rows.iter().map(|row| (row.mission_id.to_string(), row.period.0)).collect()
    };
    let pair = |mission_id: &str, period| (mission_id.to_owned(), period);
    assert_eq!(periods(&of_player(store, 1, 8, 10).await), [pair("a", 0), pair("a", 8), pair("b", 9)]);
    assert_eq!(periods(&of_player(store, 1, 100, 10).await), [pair("a", 0)]);
    assert_eq!(periods(&of_player(store, 1, 0, 2).await), [pair("a", 0), pair("a", 8)]);
}

/// Versions begin at 1 and grow; however many raise them at once, none is lost.
pub async fn versions_of_players_grow_one_by_one(store: &dyn Store) {
    let bump = async |players: &[UserId]| {
        let mut versions =
            write(store, async |transaction| transaction.mission_progress().bump(players).await.unwrap())
                .await;
        versions.sort();
        versions
    };
    let version = async |owner| {
        read(store, async |transaction| transaction.mission_progress().version(user_id(owner)).await.unwrap())
            .await
    };
    assert_eq!(version(1).await, 0);
    assert_eq!(bump(&[user_id(2), user_id(1)]).await, [(user_id(1), 1), (user_id(2), 1)]);
    assert_eq!(bump(&[user_id(1)]).await, [(user_id(1), 2)]);
    assert_eq!(bump(&[]).await, []);
    // In either order: nobody waits for somebody who waits for them.
    let pairs = [[user_id(1), user_id(2)], [user_id(2), user_id(1)]];
    join_all((0..8).map(|number| bump(&pairs[number % 2]))).await;
    assert_eq!((version(1).await, version(2).await), (10, 9));
}

/// Who takes a player's next version before reading what is there loses no other's change.
pub async fn a_locked_player_loses_no_progress(store: &dyn Store) {
    let add = async || {
        write(store, async |transaction| {
            let mut rows = transaction.mission_progress();
            let version = rows.bump(&[user_id(1)]).await.unwrap()[0].1;
            let key = row(1, "a", 0).key();
            let before = rows.by_keys(&[key]).await.unwrap().pop();
            let tiers = before.map_or(0, |before| before.tiers) + 1;
            let after = ProgressRow { tiers, version, ..row(1, "a", 0) };
            rows.put_many(&[after], at(0)).await.unwrap();
        })
        .await;
    };
    join_all((0..8).map(|_| add())).await;
    let rows = of_player(store, 1, 0, 10).await;
    assert_eq!((rows[0].tiers, rows[0].version), (8, 8));
}

/// A mission is done by whoever was done in any period; which ones are asked for is up to the call.
pub async fn what_is_done_is_known_by_player(store: &dyn Store) {
    let rows = [
        row(1, "a", 0),
        done(row(1, "b", 7)),
        done(row(1, "b", 8)),
        row(1, "b", 9),
        done(row(2, "a", 0)),
        done(row(3, "a", 0)),
    ];
    put(store, &rows).await;
    let done = async |players: &[u128], missions: &[&str]| {
        let players: Vec<UserId> = players.iter().copied().map(user_id).collect();
        let missions: Vec<MissionId> = missions.iter().copied().map(id).collect();
        read(store, async |transaction| {
            transaction.mission_progress().done(&players, &missions).await.unwrap()
        })
        .await
    };
    assert_eq!(done(&[1, 2], &["a", "b"]).await, [(user_id(1), id("b")), (user_id(2), id("a"))]);
    assert_eq!(done(&[1, 2], &["b"]).await, [(user_id(1), id("b"))]);
    assert_eq!(done(&[], &["b"]).await, []);
}

/// How many have begun and are done, of one mission and period.
pub async fn stats_count_who_has_begun_and_who_is_done(store: &dyn Store) {
    put(store, &[row(1, "a", 0), done(row(2, "a", 0)), row(3, "a", 7), done(row(3, "b", 0))]).await;
    read(store, async |transaction| {
        let mut rows = transaction.mission_progress();
        assert_eq!(rows.stats(&id("a"), Day(0)).await.unwrap(), MissionStats { begun: 2, done: 1 });
        assert_eq!(rows.stats(&id("c"), Day(0)).await.unwrap(), MissionStats::default());
        assert!(rows.has_any(&id("a")).await.unwrap());
        assert!(!rows.has_any(&id("c")).await.unwrap());
    })
    .await;
}

/// Old periods go, the oldest first; what has no end stays.
pub async fn old_periods_are_removed(store: &dyn Store) {
    put(store, &[row(1, "a", 0), row(1, "b", 6), row(1, "b", 7), row(2, "b", 5), row(2, "b", 8)]).await;
    let remove = async |before, limit| {
        write(store, async |transaction| {
            transaction.mission_progress().remove_old(Day(before), limit).await.unwrap()
        })
        .await
    };
    assert_eq!(remove(5, 10).await, 0);
    assert_eq!(remove(8, 1).await, 1);
    assert_eq!(of_player(store, 2, 0, 10).await, [row(2, "b", 8)]);
    assert_eq!(remove(8, 10).await, 2);
    assert_eq!(of_player(store, 1, 0, 10).await, [row(1, "a", 0)]);
}

/// That a mission was done once is known for good, however old its periods are: what waits for it stays open.
pub async fn what_was_done_once_stays_done(store: &dyn Store) {
    let first = ProgressRow { done_at: Some(at(3)), ..done(row(1, "b", 5)) };
    put(store, &[first.clone(), done(row(1, "b", 6)), row(1, "c", 5), done(row(2, "b", 7))]).await;
    let remove = async |before, limit| {
        write(store, async |transaction| {
            transaction.mission_progress().remove_old(Day(before), limit).await.unwrap()
        })
        .await
    };
    let once = |row: ProgressRow| ProgressRow { period: Day(0), tiers: 0, ..row };
    assert_eq!(remove(7, 10).await, 3);
    assert_eq!(of_player(store, 1, 0, 10).await, [once(first.clone())], "one row, of the first time");
    assert_eq!(remove(100, 10).await, 1);
    assert_eq!(of_player(store, 2, 0, 10).await, [once(done(row(2, "b", 7)))]);
    // Done again, and old again: what is known stays.
    put(store, &[done(row(1, "b", 90))]).await;
    assert_eq!(remove(100, 10).await, 1);
    assert_eq!(remove(100, 10).await, 0);
    assert_eq!(of_player(store, 1, 0, 10).await, [once(first)]);
    let known = read(store, async |transaction| {
        let players = [user_id(1), user_id(2)];
        transaction.mission_progress().done(&players, &[id("b"), id("c")]).await.unwrap()
    })
    .await;
    assert_eq!(known, [(user_id(1), id("b")), (user_id(2), id("b"))]);
}

/// A call is bounded.
pub async fn too_much_progress_is_refused(store: &dyn Store) {
    let rows: Vec<ProgressRow> = (0..=ROWS_MAX).map(|number| row(number as u128 + 1, "a", 0)).collect();
    let players: Vec<UserId> = rows.iter().map(|row| row.user_id).collect();
    let keys: Vec<_> = rows.iter().map(ProgressRow::key).collect();
    write(store, async |transaction| {
        let mut progress = transaction.mission_progress();
        assert!(progress.put_many(&rows, at(0)).await.is_err());
        assert!(progress.bump(&players).await.is_err());
        assert!(progress.by_keys(&keys).await.is_err());
        assert!(progress.done(&players, &[]).await.is_err());
        progress.put_many(&rows[1..], at(0)).await.unwrap();
        assert_eq!(progress.bump(&players[1..]).await.unwrap().len(), ROWS_MAX);
        assert_eq!(progress.by_keys(&keys[1..]).await.unwrap().len(), ROWS_MAX);
    })
    .await;
}
