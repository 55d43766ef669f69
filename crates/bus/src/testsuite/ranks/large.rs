//! A board that no longer fits into one of anything: chunks, calls, steps.

use std::collections::HashMap;

use domain::{BoardOrder, Rng, SeededRng, ranking::RankKey};

use super::{board, key, keys, puts, sorted, user};
use crate::ranks::{Applied, Ranked, Ranks, Window};

const PLAYERS: u64 = 100_000;

/// Loaded in one go, moved a few at a time, then many at a time; each time compared with a sorted list.
pub async fn a_hundred_thousand_players_are_ranked_and_moved(ranks: &dyn Ranks) {
    let board = board("large");
    let rng = SeededRng::new(42);
    let mut model = HashMap::new();
    let mut random_key = |number: u64| {
        let points = i64::try_from(rng.next_u64() % 1_000).unwrap();
        let key = key(points, i64::try_from(rng.next_u64() % 100).unwrap(), number.into());
        model.insert(key.user_id, key);
        key
    };
    ranks.load(&board, BoardOrder::DESC, 1, (0..PLAYERS).map(&mut random_key).collect()).await.unwrap();
    // The last number of moves is more than goes to Redis in one call.
    for (from, moves) in [(1, 1_u64), (2, 100), (3, 7_000)] {
        let changes: Vec<_> = (0..moves).map(|step| random_key(step * 13 % (PLAYERS + 50))).collect();
        assert_eq!(
            ranks.apply(&board, BoardOrder::DESC, (from, from + 1), &puts(&changes)).await.unwrap(),
            Applied::Done
        );
    }
    let expected = sorted(model.into_values().collect(), BoardOrder::DESC);
    for above in (0..expected.len()).step_by(9_973).chain([expected.len() - 1]) {
        assert_page(ranks, &board, &expected, above).await;
    }
}

async fn assert_page(ranks: &dyn Ranks, board: &domain::BoardId, expected: &[RankKey], above: usize) {
    let me = expected[above];
    let row = Some(Ranked { rank: above as u64 + 1, key: me });
    let behind = ranks.page(board, Window::After(me), 50, Some(me.user_id)).await.unwrap().unwrap();
    assert_eq!((behind.total, behind.version, behind.me), (expected.len() as u64, 4, row));
    assert_eq!(keys(&behind), expected[above + 1..expected.len().min(above + 51)]);
    let around =
        ranks.page(board, Window::Around(me.user_id), 11, Some(user(u128::MAX))).await.unwrap().unwrap();
    let first = above.saturating_sub(5).min(expected.len() - 11);
    assert_eq!(keys(&around), expected[first..first + 11]);
    assert_eq!(around.rows[0].rank, first as u64 + 1);
    assert_eq!(around.me, None);
}
