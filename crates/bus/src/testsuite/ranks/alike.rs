//! One random history, played into two implementations; every answer is compared.

use std::sync::atomic::{AtomicUsize, Ordering};

use domain::{
    BoardId, BoardOrder, Order, Rng, Score, SeededRng, TieOrders, Ties,
    ranking::{RankKey, TIES_MAX},
};

use super::{board, key, user};
use crate::ranks::{Applied, Change, Ranks, Window};

const STEPS: u64 = 120;

/// Plays the history of this seed into both and compares all that they answer. Scores, times and players are few, so
/// that ties, moves to the same place and keys that are gone come up often.
pub async fn answers_alike(left: &dyn Ranks, right: &dyn Ranks, seed: u64) {
    let history = History {
        rng: SeededRng::new(seed),
        columns: AtomicUsize::new(0),
        board: board(&format!("history-{seed}")),
    };
    for step in 0..STEPS {
        let context = format!("seed {seed}, step {step}");
        match history.below(12) {
            0 => history.load(left, right).await,
            1 if history.below(4) == 0 => {
                left.unload(&history.board).await.unwrap();
                right.unload(&history.board).await.unwrap();
            }
            _ => history.apply(left, right, &context).await,
        }
        history.compare(left, right, &context).await;
    }
}

struct History {
    rng: SeededRng,
    /// How many tie columns the board has that was loaded last.
    columns: AtomicUsize,
    board: BoardId,
}

impl History {
    fn below(&self, bound: u64) -> u64 {
        self.rng.next_u64() % bound
    }

    fn number(&self, from: i64, to: i64) -> i64 {
        from + i64::try_from(self.below((to - from).unsigned_abs())).unwrap()
    }

    fn key_of(&self, number: u128) -> RankKey {
        let ties: Vec<Score> = (0..self.columns.load(Ordering::Relaxed))
            .map(|_| Score::new(self.number(-1, 2)).unwrap())
            .collect();
        let key = key(self.number(-4, 5), self.number(-3, 4), number);
        RankKey { ties: Ties::new(&ties).unwrap(), ..key }
    }

    fn player(&self) -> u128 {
        self.below(40).into()
    }

    /// Different players, in no order.
    fn some_keys(&self, most: u64) -> Vec<RankKey> {
        let mut players: Vec<_> = (0..self.below(most + 1)).map(|_| self.player()).collect();
        players.sort_unstable_by_key(|number| number.wrapping_mul(0x9e37_79b9) % 41);
        players.dedup();
        players.into_iter().map(|number| self.key_of(number)).collect()
    }

    async fn version(&self, ranks: &dyn Ranks) -> u64 {
        ranks.version(&self.board).await.unwrap().unwrap_or(0)
    }

    async fn load(&self, left: &dyn Ranks, right: &dyn Ranks) {
        let direction = || if self.below(2) == 0 { Order::Desc } else { Order::Asc };
        let ties: Vec<Order> = (0..self.below(TIES_MAX as u64 + 1)).map(|_| direction()).collect();
        let order = BoardOrder { order: direction(), ties: TieOrders::new(&ties).unwrap() };
        let present = self.version(left).await;
        let version = (present + self.below(4)).saturating_sub(1);
        // A load that is older than the index is left out, and the board keeps its columns.
        if version >= present {
            self.columns.store(ties.len(), Ordering::Relaxed);
        }
        let keys = self.some_keys(40);
        left.load(&self.board, order, version, keys.clone()).await.unwrap();
        right.load(&self.board, order, version, keys).await.unwrap();
    }

    async fn apply(&self, left: &dyn Ranks, right: &dyn Ranks, context: &str) {
        let from = (self.version(left).await + self.below(10) / 8).saturating_sub(self.below(10) / 8);
        let version = from + 1 + self.below(2);
        let loaded = left.loaded(&self.board).await.unwrap();
        // Now and then the board has another order by now.
        let order = match loaded {
            Some(loaded) if self.below(20) > 0 => loaded.order,
            _ => BoardOrder::DESC,
        };
        let changes: Vec<Change> = self
            .some_keys(8)
            .into_iter()
            .map(|key| if self.below(4) == 0 { Change::Remove(key.user_id) } else { Change::Put(key) })
            .collect();
        let applied: [Applied; 2] = [
            left.apply(&self.board, order, (from, version), &changes).await.unwrap(),
            right.apply(&self.board, order, (from, version), &changes).await.unwrap(),
        ];
        assert_eq!(applied[0], applied[1], "{context}: {from} to {version}");
    }

    async fn compare(&self, left: &dyn Ranks, right: &dyn Ranks, context: &str) {
        let loaded = [left.loaded(&self.board).await.unwrap(), right.loaded(&self.board).await.unwrap()];
        assert_eq!(loaded[0], loaded[1], "{context}");
        let windows = [
            Window::Top,
            Window::After(self.key_of(self.player())),
            Window::Before(self.key_of(self.player())),
            Window::Around(user(self.player())),
        ];
        for window in windows {
            for limit in [0, 1, 2, 5, 100] {
                let me = (self.below(3) > 0).then(|| user(self.player()));
                let pages = [
                    left.page(&self.board, window, limit, me).await.unwrap(),
                    right.page(&self.board, window, limit, me).await.unwrap(),
                ];
                assert_eq!(pages[0], pages[1], "{context}: {limit} of {window:?}, me {me:?}");
            }
        }
    }
}
