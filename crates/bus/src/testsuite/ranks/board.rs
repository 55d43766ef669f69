//! Loading, changing and forgetting a board.

use domain::{BoardOrder, Order, Score, TieOrders, Ties, UserId, ranking::RankKey};
use futures::future::join;

use super::{board, key, keys, moved, page, puts, user};
use crate::ranks::{Applied, Change, Loaded, RankPage, Ranked, Ranks, Window};

/// A board that is not there answers `None`, takes no change and may be forgotten.
pub async fn a_board_that_was_never_loaded_answers_nothing(ranks: &dyn Ranks) {
    let board = board("never");
    assert_eq!(ranks.version(&board).await.unwrap(), None);
    for window in [Window::Top, Window::After(key(1, 1, 1)), Window::Around(user(1))] {
        assert_eq!(ranks.page(&board, window, 10, Some(user(1))).await.unwrap(), None);
    }
    assert_eq!(
        ranks.apply(&board, BoardOrder::DESC, (0, 1), &[moved(1, 1, 1)]).await.unwrap(),
        Applied::NotLoaded
    );
    assert_eq!(ranks.version(&board).await.unwrap(), None);
    ranks.unload(&board).await.unwrap();
}

/// A board without players is a board.
pub async fn an_empty_board_is_loaded_at_version_0(ranks: &dyn Ranks) {
    let board = board("empty");
    ranks.load(&board, BoardOrder::DESC, 0, Vec::new()).await.unwrap();
    assert_eq!(ranks.version(&board).await.unwrap(), Some(0));
    let empty = RankPage { version: 0, total: 0, rows: Vec::new(), me: None };
    for window in [Window::Top, Window::After(key(1, 1, 1)), Window::Around(user(1))] {
        assert_eq!(ranks.page(&board, window, 10, Some(user(1))).await.unwrap(), Some(empty.clone()));
    }
    assert_eq!(
        ranks.apply(&board, BoardOrder::DESC, (0, 1), &[moved(1, 1, 1)]).await.unwrap(),
        Applied::Done
    );
    let first = Ranked { rank: 1, key: key(1, 1, 1) };
    let one = RankPage { version: 1, total: 1, rows: vec![first], me: Some(first) };
    assert_eq!(ranks.page(&board, Window::Around(user(1)), 10, Some(user(1))).await.unwrap(), Some(one));
}

/// A change is applied once, in its turn, or not at all.
pub async fn changes_follow_on_versions(ranks: &dyn Ranks) {
    let board = board("versions");
    ranks.load(&board, BoardOrder::DESC, 5, vec![key(10, 1, 1), key(20, 1, 2)]).await.unwrap();
    let apply = async |from, version, change| {
        ranks.apply(&board, BoardOrder::DESC, (from, version), &[Change::Put(change)]).await.unwrap()
    };

    assert_eq!(apply(6, 7, key(99, 2, 1)).await, Applied::Gap { at: 5 });
    assert_eq!(apply(4, 5, key(99, 2, 1)).await, Applied::Known { at: 5 });
    assert_eq!(apply(3, 4, key(99, 2, 1)).await, Applied::Known { at: 5 });
    let before = page(ranks, &board, Window::Top, 10).await;
    assert_eq!((before.version, keys(&before)), (5, vec![key(20, 1, 2), key(10, 1, 1)]));

    assert_eq!(apply(5, 6, key(30, 2, 1)).await, Applied::Done);
    assert_eq!(apply(5, 6, key(99, 2, 1)).await, Applied::Known { at: 6 });
    let after = page(ranks, &board, Window::Top, 10).await;
    assert_eq!((after.version, keys(&after)), (6, vec![key(30, 2, 1), key(20, 1, 2)]));

    // A catch-up that begins before the present version and ends behind it.
    assert_eq!(apply(5, 9, key(1, 3, 1)).await, Applied::Done);
    assert_eq!(ranks.version(&board).await.unwrap(), Some(9));
    // Versions that changed no standing are followed too.
    assert_eq!(ranks.apply(&board, BoardOrder::DESC, (9, 12), &[]).await.unwrap(), Applied::Done);
    let last = page(ranks, &board, Window::Top, 10).await;
    assert_eq!((last.version, last.total, keys(&last)), (12, 2, vec![key(20, 1, 2), key(1, 3, 1)]));
}

/// The same standing once more changes nothing but the version.
pub async fn a_move_that_changes_nothing_moves_nobody(ranks: &dyn Ranks) {
    let board = board("still");
    let standing = vec![key(3, 1, 1), key(2, 1, 2), key(1, 1, 3)];
    ranks.load(&board, BoardOrder::DESC, 1, standing.clone()).await.unwrap();
    assert_eq!(ranks.apply(&board, BoardOrder::DESC, (1, 2), &puts(&standing)).await.unwrap(), Applied::Done);
    let page = page(ranks, &board, Window::Top, 10).await;
    assert_eq!((page.version, page.total, keys(&page)), (2, 3, standing));
}

/// Nothing of the old board is left, its order included.
pub async fn a_load_replaces_the_whole_board(ranks: &dyn Ranks) {
    let board = board("reload");
    ranks.load(&board, BoardOrder::DESC, 1, vec![key(1, 1, 1), key(2, 1, 2), key(3, 1, 3)]).await.unwrap();
    ranks.load(&board, BoardOrder::ASC, 1, vec![key(7, 1, 2), key(6, 1, 4)]).await.unwrap();
    let reloaded = ranks.page(&board, Window::Top, 10, Some(user(1))).await.unwrap().unwrap();
    assert_eq!((reloaded.version, reloaded.total, reloaded.me), (1, 2, None));
    assert_eq!(keys(&reloaded), [key(6, 1, 4), key(7, 1, 2)]);
    assert_eq!(ranks.apply(&board, BoardOrder::ASC, (1, 2), &[moved(5, 2, 5)]).await.unwrap(), Applied::Done);
    assert_eq!(keys(&page(ranks, &board, Window::Top, 1).await), [key(5, 2, 5)]);
    ranks.load(&board, BoardOrder::ASC, 3, Vec::new()).await.unwrap();
    assert_eq!(page(ranks, &board, Window::Top, 10).await.total, 0);
}

/// A rebuild that took too long does not turn the board back.
pub async fn a_load_older_than_the_index_is_left_out(ranks: &dyn Ranks) {
    let board = board("late");
    ranks.load(&board, BoardOrder::DESC, 9, vec![key(9, 1, 1)]).await.unwrap();
    ranks.load(&board, BoardOrder::DESC, 8, vec![key(8, 1, 1), key(8, 1, 2)]).await.unwrap();
    let page = page(ranks, &board, Window::Top, 10).await;
    assert_eq!((page.version, keys(&page)), (9, vec![key(9, 1, 1)]));
}

/// Such a load is an error of the caller's and leaves the board as it was.
pub async fn two_keys_of_one_player_are_refused(ranks: &dyn Ranks) {
    let board = board("twice");
    ranks.load(&board, BoardOrder::DESC, 1, vec![key(1, 1, 1)]).await.unwrap();
    let error = ranks.load(&board, BoardOrder::DESC, 2, vec![key(5, 1, 1), key(6, 1, 1)]).await.unwrap_err();
    assert_eq!(error.operation, "ranks.load");
    assert!(error.source.is::<crate::ranks::TwoKeysOfOnePlayer>(), "{:?}", error.source);
    let page = page(ranks, &board, Window::Top, 10).await;
    assert_eq!((page.version, keys(&page)), (1, vec![key(1, 1, 1)]));
}

/// A forgotten board answers nothing and may be loaded anew, at an earlier version too.
pub async fn an_unloaded_board_is_forgotten(ranks: &dyn Ranks) {
    let board = board("forgotten");
    ranks.load(&board, BoardOrder::DESC, 5, vec![key(1, 1, 1)]).await.unwrap();
    ranks.unload(&board).await.unwrap();
    assert_eq!(ranks.version(&board).await.unwrap(), None);
    assert_eq!(ranks.page(&board, Window::Top, 10, None).await.unwrap(), None);
    assert_eq!(
        ranks.apply(&board, BoardOrder::DESC, (5, 6), &[moved(2, 1, 1)]).await.unwrap(),
        Applied::NotLoaded
    );
    ranks.load(&board, BoardOrder::ASC, 2, vec![key(4, 1, 2)]).await.unwrap();
    let page = page(ranks, &board, Window::Top, 10).await;
    assert_eq!((page.version, keys(&page)), (2, vec![key(4, 1, 2)]));
}

/// An index in another order than the board has by now, however it came to be there, is not the board's any more: the
/// next change takes it out, and it may be loaded anew. What was said before the order changed comes too late for that.
pub async fn a_board_in_another_order_is_forgotten(ranks: &dyn Ranks) {
    let board = board("turned");
    let standing = vec![key(2, 1, 2), key(1, 1, 1)];
    ranks.load(&board, BoardOrder::DESC, 5, standing.clone()).await.unwrap();
    assert_eq!(ranks.loaded(&board).await.unwrap(), Some(Loaded { version: 5, order: BoardOrder::DESC }));
    let known = ranks.apply(&board, BoardOrder::ASC, (4, 5), &[moved(9, 1, 1)]).await.unwrap();
    assert_eq!(known, Applied::Known { at: 5 });
    assert_eq!(keys(&page(ranks, &board, Window::Top, 10).await), standing);
    assert_eq!(ranks.apply(&board, BoardOrder::ASC, (5, 6), &[]).await.unwrap(), Applied::NotLoaded);
    assert_eq!(ranks.loaded(&board).await.unwrap(), None);
    assert_eq!(ranks.page(&board, Window::Top, 10, Some(user(1))).await.unwrap(), None);
    // The order of a tie column is a part of it, and so many changes that they are staged first are no other case.
    let order = BoardOrder { order: Order::Asc, ties: TieOrders::new(&[Order::Desc]).unwrap() };
    ranks.load(&board, order, 6, standing.clone()).await.unwrap();
    let many: Vec<Change> = (0..3_000).map(|number| moved(1, 1, number)).collect();
    assert_eq!(ranks.apply(&board, BoardOrder::ASC, (6, 7), &many).await.unwrap(), Applied::NotLoaded);
    assert_eq!(ranks.loaded(&board).await.unwrap(), None);
    ranks.load(&board, BoardOrder::ASC, 7, standing.clone()).await.unwrap();
    assert_eq!(ranks.apply(&board, BoardOrder::ASC, (7, 8), &[moved(3, 1, 1)]).await.unwrap(), Applied::Done);
    assert_eq!(keys(&page(ranks, &board, Window::Top, 10).await), [key(2, 1, 2), key(3, 1, 1)]);
}

/// What happens to one board is not seen on another, however alike their names.
pub async fn boards_do_not_mix(ranks: &dyn Ranks) {
    let boards = ["cup", "cup-meta", "Cup", "cu"].map(board);
    for (number, board) in (1_i64..).zip(&boards) {
        ranks.load(board, BoardOrder::DESC, 1, vec![key(number, 1, 1)]).await.unwrap();
    }
    assert_eq!(
        ranks.apply(&boards[0], BoardOrder::DESC, (1, 2), &[moved(50, 1, 1)]).await.unwrap(),
        Applied::Done
    );
    ranks.unload(&boards[1]).await.unwrap();
    assert_eq!(keys(&page(ranks, &boards[0], Window::Top, 10).await), [key(50, 1, 1)]);
    assert_eq!(keys(&page(ranks, &boards[2], Window::Top, 10).await), [key(3, 1, 1)]);
    assert_eq!(keys(&page(ranks, &boards[3], Window::Top, 10).await), [key(4, 1, 1)]);
}

/// Every version gives all players the version's number as score, so a page that mixed two would show it.
pub async fn a_page_is_of_one_version_while_the_board_changes(ranks: &dyn Ranks) {
    const PLAYERS: u128 = 40;
    const VERSIONS: u64 = 60;
    let board = board("moving");
    let standing = |version: u64| -> Vec<_> {
        (0..PLAYERS).map(|number| key(i64::try_from(version).unwrap(), 1, number)).collect()
    };
    ranks.load(&board, BoardOrder::DESC, 0, standing(0)).await.unwrap();
    let write = async {
        for version in 1..=VERSIONS {
            let applied = ranks
                .apply(&board, BoardOrder::DESC, (version - 1, version), &puts(&standing(version)))
                .await
                .unwrap();
            assert_eq!(applied, Applied::Done);
            tokio::task::yield_now().await;
        }
    };
    let read = async {
        let mut seen = 0;
        while seen < VERSIONS {
            let me: UserId = user(PLAYERS - 1);
            let page =
                ranks.page(&board, Window::Around(user(PLAYERS / 2)), 20, Some(me)).await.unwrap().unwrap();
            assert!(page.version >= seen);
            seen = page.version;
            assert_eq!((page.total, page.rows.len()), (u64::try_from(PLAYERS).unwrap(), 20));
            let points = i64::try_from(page.version).unwrap();
            assert!(page.rows.iter().chain(&page.me).all(|row| row.key.score.points() == points), "{page:?}");
            tokio::task::yield_now().await;
        }
    };
    join(write, read).await;
}

/// Whoever is removed has no rank, those below move up, and they may come back; to remove a stranger changes nothing.
pub async fn who_is_taken_off_a_board_is_not_on_it(ranks: &dyn Ranks) {
    let board = board("off");
    ranks.load(&board, BoardOrder::DESC, 1, vec![key(3, 1, 3), key(2, 1, 2), key(1, 1, 1)]).await.unwrap();
    let removed = [Change::Remove(user(2)), Change::Remove(user(99)), moved(9, 2, 1)];
    assert_eq!(ranks.apply(&board, BoardOrder::DESC, (1, 2), &removed).await.unwrap(), Applied::Done);
    let page = ranks.page(&board, Window::Top, 10, Some(user(2))).await.unwrap().unwrap();
    assert_eq!((page.total, page.me, keys(&page)), (2, None, vec![key(9, 2, 1), key(3, 1, 3)]));
    assert_eq!(
        ranks.apply(&board, BoardOrder::DESC, (2, 3), &[moved(4, 3, 2)]).await.unwrap(),
        Applied::Done
    );
    let page = ranks.page(&board, Window::Top, 10, Some(user(2))).await.unwrap().unwrap();
    assert_eq!(page.me, Some(Ranked { rank: 2, key: key(4, 3, 2) }));
    let everybody: Vec<_> = (1..=3).map(|number| Change::Remove(user(number))).collect();
    assert_eq!(ranks.apply(&board, BoardOrder::DESC, (3, 4), &everybody).await.unwrap(), Applied::Done);
    assert_eq!(ranks.page(&board, Window::Top, 10, None).await.unwrap().unwrap().total, 0);
}

/// Equal scores are told apart by each column in turn, and only then by time.
pub async fn tie_columns_decide_each_in_its_own_direction(ranks: &dyn Ranks) {
    let board = board("columns");
    let order = BoardOrder { order: Order::Asc, ties: TieOrders::new(&[Order::Desc, Order::Asc]).unwrap() };
    let with = |points, columns: [i64; 2], time, number| {
        let ties = Ties::new(&columns.map(|points| Score::new(points).unwrap())).unwrap();
        RankKey { ties, ..key(points, time, number) }
    };
    let (min, max) = (Score::MIN.points(), Score::MAX.points());
    let expected = vec![
        with(1, [-5, 9], 9, 9),
        with(2, [max, max], 9, 8),
        with(2, [7, min], 9, 7),
        with(2, [7, 3], 1, 6),
        with(2, [7, 3], 2, 5),
        with(2, [-7, 0], 0, 4),
        with(2, [min, min], 0, 3),
    ];
    ranks.load(&board, order, 1, expected.iter().rev().copied().collect()).await.unwrap();
    assert_eq!(keys(&page(ranks, &board, Window::Top, 10).await), expected);
    for (above, row) in expected.iter().enumerate() {
        let behind = page(ranks, &board, Window::After(*row), 10).await;
        assert_eq!(keys(&behind), expected[above + 1..]);
    }
    // Only a column changes, and the player moves by it.
    let up = with(2, [8, 0], 9, 3);
    assert_eq!(ranks.apply(&board, order, (1, 2), &[Change::Put(up)]).await.unwrap(), Applied::Done);
    let page = ranks.page(&board, Window::Top, 10, Some(user(3))).await.unwrap().unwrap();
    assert_eq!((page.total, page.me), (7, Some(Ranked { rank: 3, key: up })));
}
