//! Reading parts of a board.

use domain::{BoardOrder, Order, Score, ranking::RankKey};

use super::{board, key, keys, moved, page, puts, ranks_of, sorted, user};
use crate::ranks::{Applied, PAGE_ROWS_MAX, Ranked, Ranks, Window};

/// On both orders; ranks count 1, 2, 3 … on ties too.
pub async fn the_better_score_then_the_earlier_time_then_the_older_account_stands_higher(ranks: &dyn Ranks) {
    let standing = vec![
        key(5, 2, 1),
        key(5, 1, 9),
        key(-7, 1, 2),
        key(5, 2, 3),
        key(8, 9, 4),
        key(0, 3, 5),
        key(0, -3, 6),
    ];
    let expected = [(BoardOrder::DESC, [4, 9, 1, 3, 6, 5, 2]), (BoardOrder::ASC, [2, 6, 5, 9, 1, 3, 4])];
    for (order, users) in expected {
        let board = board(match order.order {
            Order::Desc => "ties-desc",
            Order::Asc => "ties-asc",
        });
        ranks.load(&board, order, 1, standing.clone()).await.unwrap();
        let page = ranks.page(&board, Window::Top, 10, Some(user(3))).await.unwrap().unwrap();
        assert_eq!(
            page.rows.iter().map(|row| row.key.user_id).collect::<Vec<_>>(),
            users.map(user),
            "{order:?}"
        );
        assert_eq!(ranks_of(&page), [1, 2, 3, 4, 5, 6, 7]);
        let rank = users.iter().position(|number| *number == 3).unwrap() as u64 + 1;
        assert_eq!(page.me, Some(Ranked { rank, key: key(5, 2, 3) }));
    }
}

/// No score and no time is rounded, and neighbors at the limits stay apart.
pub async fn scores_and_times_are_exact_to_their_limits(ranks: &dyn Ranks) {
    let (min, max) = (Score::MIN.points(), Score::MAX.points());
    let standing = vec![
        key(max, 1, 1),
        key(max - 1, 1, 2),
        key(min, 1, 3),
        key(min + 1, 1, 4),
        key(0, i64::MIN, 5),
        key(0, i64::MAX, 6),
        key(0, -1, 7),
        key(0, 0, 0),
        key(0, 0, u128::MAX),
    ];
    for (order, name) in [(BoardOrder::DESC, "limits-desc"), (BoardOrder::ASC, "limits-asc")] {
        let board = board(name);
        ranks.load(&board, order, 1, Vec::new()).await.unwrap();
        assert_eq!(ranks.apply(&board, order, (1, 2), &puts(&standing)).await.unwrap(), Applied::Done);
        let expected = sorted(standing.clone(), order);
        assert_eq!(keys(&page(ranks, &board, Window::Top, 100).await), expected);
        for (above, key) in expected.iter().enumerate() {
            let behind = page(ranks, &board, Window::After(*key), 100).await;
            assert_eq!(keys(&behind), expected[above + 1..], "{order:?} behind {key:?}");
        }
    }
}

/// As a reader goes on from the last row seen.
pub async fn pages_follow_one_another_without_gap_or_repetition(ranks: &dyn Ranks) {
    let board = board("cursor");
    // Few scores and times, so that pages end within ties.
    let standing: Vec<_> =
        (0..50).map(|number| key(number % 3, number / 3 % 4, number.unsigned_abs().into())).collect();
    ranks.load(&board, BoardOrder::DESC, 1, standing.clone()).await.unwrap();
    for limit in [1, 7, 50] {
        let mut seen = page(ranks, &board, Window::Top, limit).await;
        let mut all = seen.rows.clone();
        while let Some(last) = seen.rows.last() {
            seen = page(ranks, &board, Window::After(last.key), limit).await;
            all.extend(seen.rows.iter().copied());
        }
        assert_eq!(
            all.iter().map(|row| row.key).collect::<Vec<_>>(),
            sorted(standing.clone(), BoardOrder::DESC)
        );
        assert_eq!(all.iter().map(|row| row.rank).collect::<Vec<_>>(), (1..=50).collect::<Vec<_>>());
    }
}

/// Going back from any row leads through the same rows; what stands above the first one is nothing.
pub async fn peers_1_3_6_a_page_before_a_row_is_the_one_that_led_there(ranks: &dyn Ranks) {
    let board = board("back");
    let standing: Vec<_> =
        (0..30).map(|number| key(number % 3, number / 3 % 4, number.unsigned_abs().into())).collect();
    ranks.load(&board, BoardOrder::DESC, 1, standing.clone()).await.unwrap();
    let all = sorted(standing, BoardOrder::DESC);
    for (above, row) in all.iter().enumerate() {
        for limit in [0, 1, 7, 30] {
            let before = page(ranks, &board, Window::Before(*row), limit).await;
            let first = above.saturating_sub(limit as usize);
            assert_eq!(keys(&before), all[first..above], "{limit} above rank {}", above + 1);
            assert_eq!(ranks_of(&before), (first as u64 + 1..=above as u64).collect::<Vec<_>>());
        }
    }
    // A key that is gone: the rows above the place where it would stand.
    let gone = page(ranks, &board, Window::Before(key(-9, 0, 99)), 2).await;
    assert_eq!(keys(&gone), all[28..]);
}

/// The player behind whom a reader goes on has moved meanwhile, or was never there.
pub async fn a_page_follows_a_key_that_is_gone(ranks: &dyn Ranks) {
    let board = board("gone");
    ranks
        .load(&board, BoardOrder::DESC, 1, (1..=5).map(|n| key(n * 10, 1, n.unsigned_abs().into())).collect())
        .await
        .unwrap();
    assert_eq!(
        ranks.apply(&board, BoardOrder::DESC, (1, 2), &[moved(60, 2, 3)]).await.unwrap(),
        Applied::Done
    );
    let after = async |gone: RankKey| {
        let page = page(ranks, &board, Window::After(gone), 2).await;
        page.rows.iter().map(|row| (row.rank, row.key.score.points())).collect::<Vec<_>>()
    };
    assert_eq!(after(key(30, 1, 3)).await, [(4, 20), (5, 10)]);
    assert_eq!(after(key(99, 1, 77)).await, [(1, 60), (2, 50)]);
    assert_eq!(after(key(5, 1, 77)).await, []);
    // Within a tie: an earlier time, the same time and an older account, a later time.
    assert_eq!(after(key(20, 0, 2)).await, [(4, 20), (5, 10)]);
    assert_eq!(after(key(20, 1, 1)).await, [(4, 20), (5, 10)]);
    assert_eq!(after(key(20, 1, 2)).await, [(5, 10)]);
    assert_eq!(after(key(20, 2, 2)).await, [(5, 10)]);
}

/// In the middle, near both ends, and for nobody.
pub async fn a_player_stands_in_the_middle_where_there_is_room(ranks: &dyn Ranks) {
    let board = board("around");
    ranks
        .load(&board, BoardOrder::ASC, 1, (1..=9).map(|n| key(n, 1, n.unsigned_abs().into())).collect())
        .await
        .unwrap();
    let cases: [(u128, u32, &[u64]); 13] = [
        (5, 3, &[4, 5, 6]),
        (5, 4, &[3, 4, 5, 6]),
        (5, 1, &[5]),
        (5, 0, &[]),
        (1, 3, &[1, 2, 3]),
        (2, 5, &[1, 2, 3, 4, 5]),
        (9, 3, &[7, 8, 9]),
        (8, 5, &[5, 6, 7, 8, 9]),
        (9, 1, &[9]),
        (1, 9, &[1, 2, 3, 4, 5, 6, 7, 8, 9]),
        (9, 50, &[1, 2, 3, 4, 5, 6, 7, 8, 9]),
        (77, 3, &[]),
        (77, 0, &[]),
    ];
    for (number, limit, expected) in cases {
        let page = ranks
            .page(&board, Window::Around(user(number)), limit, Some(user(number)))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(ranks_of(&page), expected, "{limit} around {number}");
        assert_eq!(page.total, 9);
        assert_eq!(page.me.map(|me| u128::from(me.rank)), (number < 10).then_some(number));
    }
}

/// The total and the row of `me` are there all the same.
pub async fn a_limit_of_0_and_one_beyond_the_board_are_answered(ranks: &dyn Ranks) {
    let board = board("limit");
    ranks.load(&board, BoardOrder::DESC, 4, vec![key(1, 1, 1), key(2, 1, 2), key(3, 1, 3)]).await.unwrap();
    for window in [Window::Top, Window::After(key(9, 1, 9)), Window::Around(user(2))] {
        let none = ranks.page(&board, window, 0, Some(user(1))).await.unwrap().unwrap();
        assert_eq!((none.version, none.total, none.rows.len()), (4, 3, 0));
        assert_eq!(none.me, Some(Ranked { rank: 3, key: key(1, 1, 1) }));
        let all = ranks.page(&board, window, u32::MAX, Some(user(4))).await.unwrap().unwrap();
        assert_eq!(ranks_of(&all), [1, 2, 3]);
        assert_eq!(all.me, None);
    }
}

/// Nobody reads a whole large board at one go.
pub async fn a_page_is_bounded_whatever_limit_is_asked_for(ranks: &dyn Ranks) {
    let board = board("bounded");
    let players = i64::from(PAGE_ROWS_MAX) + 10;
    ranks
        .load(&board, BoardOrder::DESC, 1, (0..players).map(|n| key(n, 1, n.unsigned_abs().into())).collect())
        .await
        .unwrap();
    for window in [Window::Top, Window::After(key(players - 1, 1, 0)), Window::Around(user(500))] {
        assert_eq!(page(ranks, &board, window, u32::MAX).await.rows.len(), PAGE_ROWS_MAX as usize);
    }
}
