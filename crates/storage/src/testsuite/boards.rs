//! Contracts of boards.

use domain::{
    BoardOrder, Order, Rng, SeededRng, Standing, Ties, UserId,
    ranking::{Played, RankKey},
};

use crate::{
    Store,
    board::{RankedKey, ScoreEvent},
    testsuite::fixtures::{at, board_id, board_of, read, score, standing, tournament, user_id, write},
};

async fn put(store: &dyn Store, board: &str, version: u64, standings: &[(UserId, Standing)]) {
    write(store, async |transaction| {
        transaction.boards().put_many(&board_id(board), version, standings).await.unwrap();
    })
    .await;
}

fn key(number: u128, points: i64, milliseconds: i64) -> RankKey {
    standing(points, milliseconds).key(user_id(number))
}

/// Players with random standings that often tie, and ids whose bytes, were they read as signed or from the other end,
/// would sort otherwise.
fn random_standings(seed: u64, players: u64) -> Vec<(UserId, Standing)> {
    let rng = SeededRng::new(seed);
    let below = |limit: u64| i64::try_from(rng.next_u64() % limit).unwrap();
    (0..players)
        .map(|number| {
            let id = (u128::from(rng.next_u64()) << 64) | u128::from(rng.next_u64() ^ number);
            (user_id(id), standing(below(7) - 3, below(4)))
        })
        .collect()
}

/// The board as it must be, by the domain's rule.
fn sorted(standings: &[(UserId, Standing)], order: BoardOrder) -> Vec<RankedKey> {
    let mut keys: Vec<RankKey> = standings.iter().map(|(user_id, standing)| standing.key(*user_id)).collect();
    keys.sort_by(|left, right| left.compare(right, order));
    (1..).zip(keys).map(|(rank, key)| RankedKey { rank, key }).collect()
}

/// What was put is found, replaced by what is put later, and apart from other boards.
pub async fn standings_are_put_and_found(store: &dyn Store) {
    let max =
        Standing { score: domain::Score::MAX, ties: Ties::default(), achieved_at: at(1), newest_at: at(2) };
    let min =
        Standing { score: domain::Score::MIN, ties: Ties::default(), achieved_at: at(3), newest_at: at(4) };
    put(store, "cup", 1, &[]).await;
    put(store, "cup", 1, &[(user_id(2), min), (user_id(1), max), (user_id(3), standing(5, 5))]).await;
    put(store, "other", 1, &[(user_id(1), standing(9, 9))]).await;
    put(store, "cup", 2, &[(user_id(3), standing(6, 7)), (user_id(4), standing(0, 0))]).await;
    read(store, async |transaction| {
        let mut boards = transaction.boards();
        let cup = board_id("cup");
        let ids = [4, 3, 2, 1, 9].map(user_id);
        assert_eq!(
            boards.standings(&cup, &ids).await.unwrap(),
            [
                (user_id(1), max),
                (user_id(2), min),
                (user_id(3), standing(6, 7)),
                (user_id(4), standing(0, 0)),
            ]
        );
        assert_eq!(boards.standings(&cup, &[]).await.unwrap(), []);
        let other = boards.standings(&board_id("other"), &ids).await.unwrap();
        assert_eq!(other, [(user_id(1), standing(9, 9))]);
    })
    .await;
}

/// A thousand players are answered, more are a mistake of the caller and not cut off silently.
pub async fn too_many_players_are_refused(store: &dyn Store) {
    let standings: Vec<_> = (1..=1001).map(|number| (user_id(number), standing(1, 1))).collect();
    put(store, "cup", 1, &standings).await;
    let ids: Vec<UserId> = standings.iter().map(|(user_id, _)| *user_id).collect();
    read(store, async |transaction| {
        let mut boards = transaction.boards();
        assert_eq!(boards.standings(&board_id("cup"), &ids[..1000]).await.unwrap().len(), 1000);
        assert!(boards.standings(&board_id("cup"), &ids).await.is_err());
    })
    .await;
}

/// An event of a player is kept once; what comes back is sorted by time, whatever the order of arrival.
pub async fn history_keeps_each_event_once_and_sorts_by_time(store: &dyn Store) {
    let event = |event_id: &str, player: u128, points: i64, milliseconds: i64| ScoreEvent {
        board_id: board_id("cup"),
        user_id: user_id(player),
        source: "platform".parse().unwrap(),
        event_id: event_id.parse().unwrap(),
        score: score(points),
        ties: Ties::default(),
        at: at(milliseconds),
    };
    let add = async |events: &[ScoreEvent]| {
        write(store, async |transaction| transaction.boards().add_history(events).await.unwrap()).await;
    };
    add(&[]).await;
    add(&[event("c", 1, 3, 30), event("a", 1, 1, 10), event("x", 2, 9, 5), event("a", 1, 1, 10)]).await;
    add(&[event("b", 1, -2, 20), event("c", 1, 99, 99)]).await;
    let elsewhere = ScoreEvent { board_id: board_id("other"), ..event("d", 1, 4, 40) };
    let other_source = ScoreEvent { source: "partner".parse().unwrap(), ..event("a", 1, 5, 50) };
    add(&[elsewhere, other_source]).await;
    let history = async |player: u128| {
        read(store, async |transaction| {
            transaction.boards().history(&board_id("cup"), user_id(player)).await.unwrap()
        })
        .await
    };
    let played =
        |milliseconds, points| Played { score: score(points), ties: Ties::default(), at: at(milliseconds) };
    assert_eq!(history(1).await, [played(10, 1), played(20, -2), played(30, 3), played(50, 5)]);
    assert_eq!(history(3).await, []);

    // Of very many the newest are kept in sight, for they decide.
    let many: Vec<ScoreEvent> =
        (0..10_001).map(|number| event(&format!("m{number}"), 4, number, number)).collect();
    add(&many).await;
    let long = history(4).await;
    assert_eq!((long.len(), long[0], long[9999]), (10_000, played(1, 1), played(10_000, 10_000)));
}

/// Only the history of tournaments that ended long enough ago goes, in bounded steps; standings stay.
pub async fn history_of_tournaments_long_over_is_removed(store: &dyn Store) {
    let event = |board: &str, number: i64| ScoreEvent {
        board_id: board_id(board),
        user_id: user_id(1),
        source: "platform".parse().unwrap(),
        event_id: number.to_string().parse().unwrap(),
        score: score(number),
        ties: Ties::default(),
        at: at(number),
    };
    // They end at 1000 and at 1001.
    write(store, async |transaction| {
        for (board, start) in [("over", 0), ("late", 1)] {
            let tournament = tournament(board, start);
            transaction.tournaments().upsert(&tournament, at(0)).await.unwrap();
            transaction.boards().open(&[board_of(&tournament)]).await.unwrap();
        }
        let events: Vec<ScoreEvent> =
            (1..=5).map(|number| event("over", number)).chain([event("late", 1)]).collect();
        transaction.boards().add_history(&events).await.unwrap();
    })
    .await;
    put(store, "over", 1, &[(user_id(1), standing(5, 5))]).await;
    let remove = async |before, limit| {
        write(store, async |transaction| transaction.boards().remove_history(before, limit).await.unwrap())
            .await
    };
    assert_eq!(remove(at(1000), 10).await, 0);
    assert_eq!(remove(at(1001), 3).await, 3);
    assert_eq!(remove(at(1001), 3).await, 2);
    assert_eq!(remove(at(1001), 3).await, 0);
    read(store, async |transaction| {
        let mut boards = transaction.boards();
        assert_eq!(boards.history(&board_id("over"), user_id(1)).await.unwrap(), []);
        assert_eq!(boards.history(&board_id("late"), user_id(1)).await.unwrap().len(), 1);
        assert_eq!(boards.standings(&board_id("over"), &[user_id(1)]).await.unwrap().len(), 1);
    })
    .await;
}

/// Pages of a rebuild: by user id, each player once, none of another board.
pub async fn a_scan_meets_everyone_once(store: &dyn Store) {
    let standings = random_standings(1, 23);
    put(store, "cup", 1, &standings).await;
    put(store, "other", 1, &random_standings(2, 5)).await;
    let mut expected: Vec<UserId> = standings.iter().map(|(user_id, _)| *user_id).collect();
    expected.sort();
    read(store, async |transaction| {
        let mut seen = Vec::new();
        loop {
            let after = seen.last().copied();
            let page = transaction.boards().scan(&board_id("cup"), after, 5).await.unwrap();
            assert!(page.len() <= 5);
            if page.is_empty() {
                break;
            }
            seen.extend(page.iter().map(|key| key.user_id));
        }
        assert_eq!(seen, expected);
    })
    .await;
}

/// What changed behind a version, by user id, up to the limit, as it is now.
pub async fn changes_behind_a_version_are_found(store: &dyn Store) {
    put(store, "cup", 1, &[(user_id(1), standing(1, 1)), (user_id(2), standing(2, 2))]).await;
    put(store, "cup", 2, &[(user_id(3), standing(3, 3))]).await;
    put(store, "cup", 3, &[(user_id(1), standing(9, 9))]).await;
    put(store, "other", 9, &[(user_id(4), standing(4, 4))]).await;
    read(store, async |transaction| {
        let mut boards = transaction.boards();
        let cup = board_id("cup");
        assert_eq!(boards.changed_since(&cup, 1, 10).await.unwrap(), [key(1, 9, 9), key(3, 3, 3)]);
        assert_eq!(boards.changed_since(&cup, 1, 1).await.unwrap(), [key(1, 9, 9)]);
        assert_eq!(boards.changed_since(&cup, 3, 10).await.unwrap(), []);
        assert_eq!(boards.changed_since(&cup, 0, 10).await.unwrap().len(), 3);
    })
    .await;
}

/// Paging through random boards with many ties, in both orders, gives the order of the domain's rank keys.
pub async fn pages_equal_the_order_of_rank_keys(store: &dyn Store) {
    put(store, "other", 1, &random_standings(99, 9)).await;
    for seed in 1..=8 {
        let board = format!("cup-{seed}");
        let standings = random_standings(seed, 40);
        put(store, &board, 1, &standings).await;
        for order in [Order::Desc, Order::Asc].map(BoardOrder::from) {
            let expected = sorted(&standings, order);
            let limit = u32::try_from(seed).unwrap() * 3;
            read(store, async |transaction| {
                let mut boards = transaction.boards();
                let mut seen: Vec<RankedKey> = Vec::new();
                loop {
                    let after = seen.last().map(|row| row.key);
                    let page = boards.page(&board_id(&board), order, after, limit).await.unwrap();
                    assert!(page.len() <= limit as usize);
                    if page.is_empty() {
                        break;
                    }
                    seen.extend(page);
                }
                assert_eq!(seen, expected, "seed {seed}, {order:?}");
            })
            .await;
        }
    }
    // Behind a key whose player has moved on since, the page goes on where the key would stand.
    put(store, "cup", 1, &[(user_id(1), standing(10, 0)), (user_id(2), standing(20, 0))]).await;
    let page = read(store, async |transaction| {
        transaction
            .boards()
            .page(&board_id("cup"), Order::Desc.into(), Some(key(3, 15, 0)), 10)
            .await
            .unwrap()
    })
    .await;
    assert_eq!(page, [RankedKey { rank: 2, key: key(1, 10, 0) }]);
}

/// Everyone's place is that of the domain's order, and stands in the middle of its surroundings where there is room.
pub async fn a_place_and_its_surroundings(store: &dyn Store) {
    let standings = random_standings(5, 17);
    put(store, "cup", 1, &standings).await;
    put(store, "other", 1, &random_standings(6, 5)).await;
    let cup = board_id("cup");
    for order in [Order::Desc, Order::Asc].map(BoardOrder::from) {
        let expected = sorted(&standings, order);
        read(store, async |transaction| {
            let mut boards = transaction.boards();
            for (index, row) in expected.iter().enumerate() {
                let place = boards.place(&cup, order, row.key.user_id).await.unwrap();
                assert_eq!(place, Some(*row));
                for limit in [1, 4, 5, 17, 30] {
                    let around = boards.around(&cup, order, row.key.user_id, limit).await.unwrap();
                    let limit = limit as usize;
                    let start = index.saturating_sub(limit / 2).min(expected.len().saturating_sub(limit));
                    let end = (start + limit).min(expected.len());
                    assert_eq!(around, expected[start..end], "{limit} around rank {}", row.rank);
                }
            }
            assert_eq!(boards.place(&cup, order, user_id(1)).await.unwrap(), None);
            assert_eq!(boards.around(&cup, order, user_id(1), 5).await.unwrap(), []);
        })
        .await;
    }
}
