//! One board in memory: keys in sorted chunks, counts over the chunks, and where each player stands.
//!
//! Invariant: the chunks, read one behind the other, are strictly ascending by [`RankKey::compare`]; no chunk is
//! empty; `counts` holds the chunks' lengths and `ends` their last keys; `standings` holds exactly the keys of the
//! chunks.
//!
//! A move costs two binary searches and two shifts within a chunk. Only when a chunk splits, merges or vanishes,
//! which a move does once in hundreds, are the counts (some thousand for a million players) laid out anew.

use std::{cmp::Ordering, collections::HashMap};

use domain::{BoardOrder, Score, Ties, Timestamp, UserId, ranking::RankKey};

use crate::ranks::{Ranked, TwoKeysOfOnePlayer, fenwick::Fenwick};

/// The longest chunk: 512 keys of 32 bytes are shifted in about the time that one cache miss takes.
const CHUNK_MAX: usize = 512;
/// How full a rebuilt board's chunks are: the first moves must not split every one of them.
const CHUNK_FILL: usize = 448;
/// A chunk that gets shorter than this looks for a neighbor to merge with.
const CHUNK_MIN: usize = 64;
/// The longest chunk that a merge makes, so that it is not split again at once.
const CHUNK_MERGED: usize = 384;

/// The ranks of one board.
#[derive(Debug)]
pub(super) struct Index {
    order: BoardOrder,
    chunks: Vec<Vec<RankKey>>,
    /// Side by side, so that finding a chunk does not touch the memory of a dozen others.
    ends: Vec<RankKey>,
    counts: Fenwick,
    standings: HashMap<UserId, (Score, Ties, Timestamp)>,
}

impl Index {
    /// The index of these keys, which come in any order.
    pub(super) fn build(order: BoardOrder, mut keys: Vec<RankKey>) -> Result<Self, TwoKeysOfOnePlayer> {
        keys.sort_unstable_by(|left, right| left.compare(right, order));
        let standings: HashMap<_, _> =
            keys.iter().map(|key| (key.user_id, (key.score, key.ties, key.achieved_at))).collect();
        if standings.len() != keys.len() {
            return Err(TwoKeysOfOnePlayer);
        }
        let chunks = keys
            .chunks(CHUNK_FILL)
            .map(|sorted| {
                // A lone chunk belongs to a small board, which need not pay for the room of a large one.
                let room = if keys.len() > CHUNK_FILL { CHUNK_MAX } else { sorted.len() };
                let mut chunk = Vec::with_capacity(room);
                chunk.extend_from_slice(sorted);
                chunk
            })
            .collect();
        let ends = keys.chunks(CHUNK_FILL).filter_map(|sorted| sorted.last().copied()).collect();
        let mut index = Self { order, chunks, ends, counts: Fenwick::default(), standings };
        index.recount();
        Ok(index)
    }

    /// The order in which they stand.
    pub(super) const fn order(&self) -> BoardOrder {
        self.order
    }

    /// How many players stand on the board.
    pub(super) fn len(&self) -> usize {
        self.standings.len()
    }

    /// Where a player stands.
    pub(super) fn standing(&self, user_id: UserId) -> Option<RankKey> {
        let (score, ties, achieved_at) = *self.standings.get(&user_id)?;
        Some(RankKey { score, ties, achieved_at, user_id })
    }

    /// Sets where a player stands.
    pub(super) fn put(&mut self, key: RankKey) {
        let standing = (key.score, key.ties, key.achieved_at);
        if let Some((score, ties, achieved_at)) = self.standings.insert(key.user_id, standing) {
            let old = RankKey { score, ties, achieved_at, user_id: key.user_id };
            if old == key {
                return;
            }
            self.remove(&old);
        }
        self.insert(key);
    }

    /// Takes a player off the board.
    pub(super) fn take_off(&mut self, user_id: UserId) {
        if let Some((score, ties, achieved_at)) = self.standings.remove(&user_id) {
            self.remove(&RankKey { score, ties, achieved_at, user_id });
        }
    }

    /// How many keys stand higher than `key`, which need not be on the board.
    pub(super) fn count_above(&self, key: &RankKey) -> usize {
        self.count_while(key, |other| other == Ordering::Less)
    }

    /// How many keys stand higher than `key` or are it.
    pub(super) fn count_through(&self, key: &RankKey) -> usize {
        self.count_while(key, |other| other != Ordering::Greater)
    }

    /// Up to `limit` rows behind the first `skip` ones.
    pub(super) fn rows(&self, skip: usize, limit: usize) -> Vec<Ranked> {
        let (position, offset) = self.counts.locate(skip);
        let keys = self.chunks.get(position..).unwrap_or_default().iter().flatten();
        (skip as u64 + 1..)
            .zip(keys.skip(offset).take(limit))
            .map(|(rank, key)| Ranked { rank, key: *key })
            .collect()
    }

    fn count_while(&self, key: &RankKey, wanted: impl Fn(Ordering) -> bool) -> usize {
        let position = self.position_of(key);
        let within = self
            .chunks
            .get(position)
            .map_or(0, |chunk| chunk.partition_point(|other| wanted(other.compare(key, self.order))));
        self.counts.sum_before(position) + within
    }

    /// The first chunk that does not end above `key`: the one that holds it, if any does.
    fn position_of(&self, key: &RankKey) -> usize {
        self.ends.partition_point(|end| end.compare(key, self.order) == Ordering::Less)
    }

    fn insert(&mut self, key: RankKey) {
        if self.chunks.is_empty() {
            self.chunks.push(vec![key]);
            self.ends.push(key);
            self.recount();
            return;
        }
        // A key below all others goes to the end of the last chunk.
        let mut position = self.position_of(&key).min(self.chunks.len() - 1);
        if self.chunks[position].len() >= CHUNK_MAX {
            let lower = self.chunks[position].split_off(CHUNK_MAX / 2);
            self.chunks.insert(position + 1, lower);
            self.ends.insert(position, self.chunks[position][CHUNK_MAX / 2 - 1]);
            self.recount();
            position = self.position_of(&key).min(self.chunks.len() - 1);
        }
        let order = self.order;
        let chunk = &mut self.chunks[position];
        let at = chunk.partition_point(|other| other.compare(&key, order) == Ordering::Less);
        if at == chunk.len() {
            self.ends[position] = key;
        }
        chunk.insert(at, key);
        self.counts.increment(position);
    }

    fn remove(&mut self, key: &RankKey) {
        let position = self.position_of(key);
        let order = self.order;
        let Some(chunk) = self.chunks.get_mut(position) else { return };
        let Ok(at) = chunk.binary_search_by(|other| other.compare(key, order)) else { return };
        chunk.remove(at);
        if let Some(end) = chunk.last()
            && at == chunk.len()
        {
            self.ends[position] = *end;
        }
        let length = chunk.len();
        self.counts.decrement(position);
        if length < CHUNK_MIN {
            self.shrink(position, length);
        }
    }

    /// Keeps the number of chunks in step with the number of keys.
    fn shrink(&mut self, position: usize, length: usize) {
        let fits = |neighbor: &Vec<RankKey>| neighbor.len() + length <= CHUNK_MERGED;
        let upper = if length == 0 {
            self.chunks.remove(position);
            self.ends.remove(position);
            self.recount();
            return;
        } else if self.chunks.get(position + 1).is_some_and(fits) {
            position
        } else if position > 0 && fits(&self.chunks[position - 1]) {
            position - 1
        } else {
            return;
        };
        let lower = self.chunks.remove(upper + 1);
        self.chunks[upper].extend(lower);
        self.ends.remove(upper);
        self.recount();
    }

    fn recount(&mut self) {
        self.counts = Fenwick::new(self.chunks.iter().map(Vec::len));
    }
}

#[cfg(test)]
mod tests {
    use domain::{Rng, SeededRng};
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn key(points: i64, milliseconds: i64, user: u128) -> RankKey {
        RankKey {
            score: Score::new(points).unwrap(),
            ties: Ties::default(),
            achieved_at: Timestamp::from_millis(milliseconds),
            user_id: UserId::from_uuid(Uuid::from_u128(user)),
        }
    }

    /// What the index must equal: a plain list that is sorted anew for each question.
    #[derive(Debug, Default)]
    struct Model(HashMap<UserId, RankKey>);

    impl Model {
        fn sorted(&self, order: BoardOrder) -> Vec<RankKey> {
            let mut keys: Vec<_> = self.0.values().copied().collect();
            keys.sort_by(|left, right| left.compare(right, order));
            keys
        }
    }

    fn assert_whole(index: &Index, model: &Model) {
        let sorted = model.sorted(index.order);
        let flat: Vec<_> = index.chunks.iter().flatten().copied().collect();
        assert_eq!(flat, sorted);
        assert_eq!(index.len(), sorted.len());
        assert!(index.chunks.iter().all(|chunk| !chunk.is_empty() && chunk.len() <= CHUNK_MAX));
        let ends: Vec<_> = index.chunks.iter().filter_map(|chunk| chunk.last().copied()).collect();
        assert_eq!(index.ends, ends);
        for (position, chunk) in index.chunks.iter().enumerate() {
            assert_eq!(
                index.counts.sum_before(position + 1) - index.counts.sum_before(position),
                chunk.len()
            );
        }
        for (above, key) in sorted.iter().enumerate() {
            assert_eq!((index.count_above(key), index.count_through(key)), (above, above + 1));
            assert_eq!(index.standing(key.user_id), Some(*key));
        }
    }

    fn order(ascending: bool) -> BoardOrder {
        if ascending { BoardOrder::ASC } else { BoardOrder::DESC }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn a_random_history_ends_as_a_sorted_list_does(
            ascending in any::<bool>(),
            start in prop::collection::btree_map(0_u128..60, (-3_i64..3, 0_i64..3), 0..60),
            moves in prop::collection::vec((-3_i64..3, 0_i64..3, 0_u128..90), 0..150),
            probe in (-4_i64..4, -1_i64..4, 0_u128..100),
            skip in 0_usize..120,
            limit in 0_usize..120,
        ) {
            let start: Vec<_> = start.into_iter().map(|(user, (points, time))| key(points, time, user)).collect();
            let mut model = Model(start.iter().map(|key| (key.user_id, *key)).collect());
            let mut index = Index::build(order(ascending), start).unwrap();
            for (points, time, user) in moves {
                let key = key(points, time, user);
                model.0.insert(key.user_id, key);
                index.put(key);
            }
            assert_whole(&index, &model);
            let sorted = model.sorted(index.order);
            let probe = key(probe.0, probe.1, probe.2);
            let above = sorted.iter().filter(|other| other.compare(&probe, index.order) == Ordering::Less).count();
            prop_assert_eq!(index.count_above(&probe), above);
            let rows = index.rows(skip, limit);
            let expected: Vec<_> = sorted.iter().enumerate().skip(skip).take(limit)
                .map(|(above, key)| Ranked { rank: above as u64 + 1, key: *key }).collect();
            prop_assert_eq!(rows, expected);
        }
    }

    #[test]
    fn chunks_split_merge_and_vanish_without_losing_anyone() {
        for ascending in [false, true] {
            let rng = SeededRng::new(7);
            let mut model = Model::default();
            let mut index = Index::build(order(ascending), Vec::new()).unwrap();
            // Three tides: spread out, all into one narrow band, spread out again.
            for (round, width) in [(0, 100_000), (1, 3), (2, 100_000), (3, 1)] {
                for step in 0..4_000_u64 {
                    let points = i64::try_from(rng.next_u64() % width).unwrap() + round * 50_000;
                    let time = i64::try_from(rng.next_u64() % 4).unwrap();
                    let user = if round == 0 { u128::from(step) } else { u128::from(rng.next_u64() % 4_000) };
                    let key = key(points, time, user);
                    model.0.insert(key.user_id, key);
                    index.put(key);
                }
                assert_whole(&index, &model);
                assert!(index.chunks.len() < 80, "{} chunks for {} keys", index.chunks.len(), index.len());
            }
        }
    }

    #[test]
    fn a_move_that_changes_nothing_leaves_the_board_as_it_is() {
        let mut index = Index::build(BoardOrder::DESC, vec![key(1, 1, 1), key(2, 2, 2)]).unwrap();
        index.put(key(1, 1, 1));
        assert_eq!(
            index.rows(0, 9).iter().map(|row| row.key).collect::<Vec<_>>(),
            [key(2, 2, 2), key(1, 1, 1)]
        );
    }

    #[test]
    fn two_keys_of_one_player_are_refused() {
        assert_eq!(
            Index::build(BoardOrder::DESC, vec![key(1, 1, 1), key(2, 2, 1)]).unwrap_err(),
            TwoKeysOfOnePlayer
        );
    }
}
