//! Contracts of boards.

use domain::{
    BoardOrder, Order, Rng, Score, SeededRng, Standing, TieOrders, Ties, Tournament, UserId, ranking::RankKey,
};

use crate::{
    Store,
    board::{BoardBump, BoardRow, BoardState, NewBoard, PlayerRow, Presence, RankedKey},
    testsuite::fixtures::{
        at, board_id, board_of, player_row, read, score, standing, tournament, tournament_id, user_id, write,
    },
};

async fn put(store: &dyn Store, board: &str, version: u64, standings: &[(UserId, Standing)]) {
    write(store, async |transaction| {
        let rows: Vec<PlayerRow> = standings
            .iter()
            .map(|(user_id, standing)| player_row(board, *user_id, *standing, version))
            .collect();
        transaction.boards().put_players(&rows).await.unwrap();
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
            let ties = [below(3) - 1, below(2), below(2)].map(score);
            let standing = standing(below(5) - 2, below(3));
            (user_id(id), Standing { ties: Ties::new(&ties).unwrap(), ..standing })
        })
        .collect()
}

/// Orders with and without tie columns. The columns that an order does not name must not matter.
fn orders() -> [BoardOrder; 4] {
    let with = |order, ties: &[Order]| BoardOrder { order, ties: TieOrders::new(ties).unwrap() };
    [
        with(Order::Desc, &[]),
        with(Order::Asc, &[Order::Desc]),
        with(Order::Desc, &[Order::Asc, Order::Desc]),
        with(Order::Asc, &[Order::Asc, Order::Asc, Order::Desc]),
    ]
}

/// The board as it must be, by the domain's rule.
fn sorted(standings: &[(UserId, Standing)], order: BoardOrder) -> Vec<RankedKey> {
    let mut keys: Vec<RankKey> = standings.iter().map(|(user_id, standing)| standing.key(*user_id)).collect();
    keys.sort_by(|left, right| left.compare(right, order));
    (1..).zip(keys).map(|(rank, key)| RankedKey { rank, key }).collect()
}

/// What was put is found, replaced by what is put later, and apart from other boards.
pub async fn rows_of_players_are_put_and_found(store: &dyn Store) {
    let limit = |score, ties| Standing { score, ties, achieved_at: at(1), newest_at: at(2) };
    let (min, max) = (Score::MIN, Score::MAX);
    let ties = |values: [Score; 3]| Ties::new(&values).unwrap();
    let high = player_row("cup", user_id(1), limit(max, ties([min, max, score(0)])), 1);
    let low = player_row("cup", user_id(2), limit(min, ties([max, score(-1), score(1)])), 1);
    let there = player_row("cup", user_id(3), standing(5, 5), 1);
    let elsewhere = player_row("cup.1.2", user_id(1), standing(9, 9), 1);
    let put_rows = async |rows: &[PlayerRow]| {
        write(store, async |transaction| transaction.boards().put_players(rows).await.unwrap()).await;
    };
    put_rows(&[]).await;
    put_rows(&[low.clone(), high.clone(), there.clone(), elsewhere.clone()]).await;
    let out = PlayerRow {
        presence: Presence::Disqualified,
        attempts: 7,
        last_event: Some(i64::MAX),
        version: 2,
        standing: standing(6, 7),
        ..there
    };
    let empty = PlayerRow { presence: Presence::Empty, ..player_row("cup", user_id(4), standing(0, 0), 2) };
    put_rows(&[out.clone(), empty.clone()]).await;
    let keys: Vec<_> = [("cup", 4), ("cup", 3), ("cup", 2), ("cup.1.2", 1), ("cup", 1), ("cup", 9)]
        .map(|(board, number)| (board_id(board), user_id(number)))
        .to_vec();
    read(store, async |transaction| {
        let mut found = transaction.boards().players(&keys).await.unwrap();
        found.sort_by_key(|row| (row.board_id.clone(), row.user_id));
        assert_eq!(found, [high, low, out, empty, elsewhere]);
        assert_eq!(transaction.boards().players(&[]).await.unwrap(), []);
    })
    .await;
}

/// A thousand players are answered, more are a mistake of the caller and not cut off silently.
pub async fn too_many_players_are_refused(store: &dyn Store) {
    let standings: Vec<_> = (1..=1001).map(|number| (user_id(number), standing(1, 1))).collect();
    put(store, "cup", 1, &standings).await;
    let keys: Vec<_> = standings.iter().map(|(user_id, _)| (board_id("cup"), *user_id)).collect();
    read(store, async |transaction| {
        let mut boards = transaction.boards();
        assert_eq!(boards.players(&keys[..1000]).await.unwrap().len(), 1000);
        assert!(boards.players(&keys).await.is_err());
    })
    .await;
}

/// Whoever was taken off a board, or has no score left, has no rank and moves everybody below up; what changed tells so.
pub async fn who_is_off_the_board_has_no_rank(store: &dyn Store) {
    let standings: Vec<_> =
        (1..=5_u8).map(|number| (user_id(number.into()), standing(100 - i64::from(number), 0))).collect();
    put(store, "cup", 1, &standings).await;
    write(store, async |transaction| {
        let off = |number, presence| PlayerRow {
            presence,
            ..player_row("cup", user_id(number), standing(100, 0), 2)
        };
        let rows = [off(1, Presence::Disqualified), off(3, Presence::Empty)];
        transaction.boards().put_players(&rows).await.unwrap();
    })
    .await;
    let cup = board_id("cup");
    read(store, async |transaction| {
        let mut boards = transaction.boards();
        let order = BoardOrder::DESC;
        let users = |rows: &[RankedKey]| -> Vec<(u64, UserId)> {
            rows.iter().map(|row| (row.rank, row.key.user_id)).collect()
        };
        let expected = [(1, user_id(2)), (2, user_id(4)), (3, user_id(5))];
        let page = boards.page(&cup, order, None, 10).await.unwrap();
        assert_eq!(users(&page), expected);
        let behind = boards.page(&cup, order, Some(page[0].key), 10).await.unwrap();
        assert_eq!(users(&behind), expected[1..]);
        assert_eq!(boards.place(&cup, order, user_id(1)).await.unwrap(), None);
        assert_eq!(boards.place(&cup, order, user_id(5)).await.unwrap().map(|row| row.rank), Some(3));
        assert_eq!(boards.around(&cup, order, user_id(3), 5).await.unwrap(), []);
        assert_eq!(users(&boards.around(&cup, order, user_id(5), 5).await.unwrap()), expected);
        assert_eq!(boards.scan(&cup, None, 10).await.unwrap().len(), 3);
        let changed = boards.changed_since(&cup, 1, 10).await.unwrap();
        assert_eq!(changed, [(user_id(1), None), (user_id(3), None)]);
        let roll = boards.roll(&cup, Some(user_id(1)), 3).await.unwrap();
        assert_eq!(roll, [2, 3, 4].map(user_id));
    })
    .await;
}

/// Boards that a user has a rank on are found by the user, whatever tournaments they are of, until their ranks are results.
pub async fn boards_that_show_a_user_are_those_that_are_not_final(store: &dyn Store) {
    let ids = ["cup", "cup.1", "cup.1.2", "league.3", "other"];
    write(store, async |transaction| {
        for id in ["cup", "league", "other"] {
            transaction.tournaments().upsert(&tournament(id, 0), at(0)).await.unwrap();
        }
        let new = |id: &str| NewBoard { board_id: board_id(id), ..board_of(&tournament("cup", 0)) };
        transaction.boards().open(&ids.map(new)).await.unwrap();
        let row = |id: &str, user: u128| player_row(id, user_id(user), standing(5, 5), 1);
        let mut rows: Vec<PlayerRow> = ids[..4].iter().map(|id| row(id, 1)).collect();
        rows[1].presence = Presence::Disqualified;
        rows.push(row("other", 2));
        transaction.boards().put_players(&rows).await.unwrap();
    })
    .await;
    let showing = async |user, limit| {
        let found = read(store, async |transaction| {
            transaction.boards().showing(user_id(user), limit).await.unwrap()
        });
        found.await.iter().map(|board| board.as_str().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(showing(1, 10).await, ["cup", "cup.1.2", "league.3"]);
    assert_eq!(showing(1, 2).await, ["cup", "cup.1.2"]);
    assert_eq!(showing(2, 10).await, ["other"]);
    assert_eq!(showing(3, 10).await, [""; 0]);
    write(store, async |transaction| {
        let board = transaction.boards().lock(&board_id("cup.1.2")).await.unwrap().unwrap();
        transaction.results().begin(&board).await.unwrap();
        assert!(transaction.results().finish(&board.board_id, &[7; 32], at(50)).await.unwrap());
    })
    .await;
    assert_eq!(showing(1, 10).await, ["cup", "league.3"]);
}

/// Several boards are added, found, locked and raised with one call each.
pub async fn boards_are_opened_and_raised_together(store: &dyn Store) {
    let cup = Tournament { ties: TieOrders::new(&[Order::Asc]).unwrap(), ..tournament("cup", 0) };
    let new = |text: &str, tier, start| NewBoard {
        board_id: board_id(text),
        tier,
        starts_at: at(start),
        ends_at: at(start + 10),
    };
    write(store, async |transaction| {
        transaction.tournaments().upsert(&cup, at(0)).await.unwrap();
        let mut boards = transaction.boards();
        boards.open(&[]).await.unwrap();
        boards.open(&[new("cup.2.7", 3, 0), new("cup", 0, 5)]).await.unwrap();
    })
    .await;
    let ids = ["cup.2.7", "nowhere", "cup"].map(board_id);
    write(store, async |transaction| {
        let mut boards = transaction.boards();
        let locked = boards.lock_many(&ids).await.unwrap();
        assert_eq!(
            locked.iter().map(|board| board.board_id.as_str()).collect::<Vec<_>>(),
            ["cup", "cup.2.7"]
        );
        assert_eq!(boards.by_ids(&ids).await.unwrap(), locked);
        boards.bump_many(&[]).await.unwrap();
        boards.bump_many(&[bump("cup", 3, 5), bump("cup.2.7", 0, 1)]).await.unwrap();
        boards.bump_many(&[bump("cup", -1, -2)]).await.unwrap();
        // A score that nobody sees is counted, and is no change of the board.
        boards.bump_many(&[BoardBump { is_changed: false, ..bump("cup", 0, 1) }]).await.unwrap();
        // Opened anew, a board has the new window and nothing else changes.
        boards.open(&[new("cup", 9, 50)]).await.unwrap();
    })
    .await;
    let expected = BoardRow {
        board_id: board_id("cup"),
        tier: 0,
        starts_at: at(50),
        ends_at: at(60),
        version: 2,
        players: 2,
        state: BoardState::Open,
        ranking: cup.ranking(),
    };
    read(store, async |transaction| {
        let mut boards = transaction.boards();
        assert_eq!(boards.by_id(&board_id("cup")).await.unwrap(), Some(expected));
        let cohort = boards.by_id(&board_id("cup.2.7")).await.unwrap().unwrap();
        assert_eq!((cohort.version, cohort.players, cohort.tier), (1, 0, 3));
        assert!(boards.by_ids(&vec![board_id("cup"); 1001]).await.is_err());
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
        let changed = |key: RankKey| (key.user_id, Some(key));
        assert_eq!(
            boards.changed_since(&cup, 1, 10).await.unwrap(),
            [changed(key(1, 9, 9)), changed(key(3, 3, 3))]
        );
        assert_eq!(boards.changed_since(&cup, 1, 1).await.unwrap(), [changed(key(1, 9, 9))]);
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
        for order in orders() {
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
    for order in orders() {
        let expected = sorted(&standings, order);
        read(store, async |transaction| {
            let mut boards = transaction.boards();
            for (index, row) in expected.iter().enumerate() {
                let place = boards.place(&cup, order, row.key.user_id).await.unwrap();
                assert_eq!(place, Some(*row));
                for limit in [0_u32, 3, 17, 30] {
                    let before = boards.page_before(&cup, order, row.key, limit).await.unwrap();
                    assert_eq!(before, expected[index.saturating_sub(limit as usize)..index]);
                }
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

/// What rows of players have brought to a board that has changed.
fn bump(board: &str, new_players: i64, new_scores: i64) -> BoardBump {
    BoardBump { board_id: board_id(board), is_changed: true, new_players, new_scores }
}

/// The scores of a period are those of all its boards, and the rows of players need not be read for it.
pub async fn scores_are_counted_by_period(store: &dyn Store) {
    let cup = tournament("cup", 0);
    write(store, async |transaction| {
        transaction.tournaments().upsert(&cup, at(0)).await.unwrap();
        let board = |id: &str| NewBoard { board_id: board_id(id), ..board_of(&cup) };
        let boards = [board("cup.0.1"), board("cup.0.2"), board("cup.1.1")];
        transaction.boards().open(&boards).await.unwrap();
        let mut boards = transaction.boards();
        boards
            .bump_many(&[bump("cup.0.1", 1, 2), bump("cup.0.2", 2, 6), bump("cup.1.1", 1, 9)])
            .await
            .unwrap();
        boards.bump_many(&[bump("cup.0.2", 0, -1)]).await.unwrap();
    })
    .await;
    read(store, async |transaction| {
        let mut boards = transaction.boards();
        for (period, scores) in [(0, 7), (1, 9), (2, 0)] {
            assert_eq!(boards.scores_of(&tournament_id("cup"), period).await.unwrap(), scores, "{period}");
        }
    })
    .await;
}
