//! The rules of ranking: how a score changes a standing and which standing is higher.
//!
//! Invariant: for `best` and `latest` the outcome does not depend on the order in which events arrive, only on their
//! times; an event that changes nothing moves nobody.

use std::cmp::Ordering;

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use crate::{
    id::{Invalid, UserId},
    time::Timestamp,
    tournament::Operator,
};

/// Points; an integer within ±2^53, so that JavaScript and Redis hold it exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
#[serde(transparent)]
pub struct Score(i64);

impl Score {
    /// The largest score.
    pub const MAX: Self = Self(1 << 53);
    /// The smallest score.
    pub const MIN: Self = Self(-(1 << 53));

    /// A score within the limits.
    ///
    /// # Errors
    /// [`Invalid`] beyond ±2^53.
    pub const fn new(points: i64) -> Result<Self, Invalid> {
        if points < Self::MIN.0 || points > Self::MAX.0 {
            return Err(Invalid { kind: "score" });
        }
        Ok(Self(points))
    }

    /// The points.
    pub const fn points(self) -> i64 {
        self.0
    }

    /// The sum, held at the limits.
    #[must_use]
    pub fn saturating_add(self, other: Self) -> Self {
        Self((self.0 + other.0).clamp(Self::MIN.0, Self::MAX.0))
    }
}

impl<'de> Deserialize<'de> for Score {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(i64::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// Which score is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// More is better.
    Desc,
    /// Less is better.
    Asc,
}

impl Order {
    /// Whether `left` is strictly better than `right`.
    pub fn is_better(self, left: Score, right: Score) -> bool {
        match self {
            Self::Desc => left > right,
            Self::Asc => left < right,
        }
    }
}

/// What a player has reached in a tournament.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The score that counts.
    pub score: Score,
    /// When that score was reached (the event's time).
    pub achieved_at: Timestamp,
    /// `latest`: the time of the player's newest event, beyond which no history is needed. Other operators do not ask
    /// for it: it is that of `achieved_at`, so that an event that counts for nothing changes nothing.
    pub newest_at: Timestamp,
}

/// What an event does to a standing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// This is the standing now. It may equal the old one.
    Standing(Standing),
    /// The event is older than the newest one of a `latest` board: the standing follows from the player's whole
    /// history (see [`latest_of_history`]).
    NeedsHistory,
}

/// Applies one score to a player's standing. `current` is `None` for the player's first score.
pub fn apply(
    operator: Operator,
    order: Order,
    current: Option<Standing>,
    score: Score,
    at: Timestamp,
) -> Applied {
    let Some(current) = current else {
        return Applied::Standing(Standing { score, achieved_at: at, newest_at: at });
    };
    let reached = |score, at| Standing { score, achieved_at: at, newest_at: at };
    let standing = match operator {
        Operator::Best if order.is_better(score, current.score) => reached(score, at),
        // The same best, reached earlier than known so far.
        Operator::Best if score == current.score && at < current.achieved_at => reached(score, at),
        Operator::Best => current,
        Operator::Sum => match current.score.saturating_add(score) {
            sum if sum == current.score => current,
            sum => reached(sum, current.achieved_at.max(at)),
        },
        Operator::Latest if at <= current.newest_at => return Applied::NeedsHistory,
        Operator::Latest if score == current.score => Standing { newest_at: at, ..current },
        Operator::Latest => reached(score, at),
    };
    Applied::Standing(standing)
}

/// The standing of a `latest` board from all events of a player, in any order. `None` without events. Of two events
/// with one time the better score is held to be the later one, so that arrival does not matter.
pub fn latest_of_history(order: Order, mut history: Vec<(Timestamp, Score)>) -> Option<Standing> {
    history.sort_by(|left, right| {
        left.0.cmp(&right.0).then_with(|| match order {
            Order::Desc => left.1.cmp(&right.1),
            Order::Asc => right.1.cmp(&left.1),
        })
    });
    let (newest_at, score) = *history.last()?;
    let achieved_at = history.iter().rev().take_while(|(_, other)| *other == score).last()?.0;
    Some(Standing { score, achieved_at, newest_at })
}

/// What decides a rank: the better score, then the earlier time, then the older account. No two players are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RankKey {
    /// The score that counts.
    pub score: Score,
    /// When it was reached.
    pub achieved_at: Timestamp,
    /// Whose it is.
    pub user_id: UserId,
}

impl RankKey {
    /// Compares two keys: `Less` stands higher on the board.
    pub fn compare(&self, other: &Self, order: Order) -> Ordering {
        let by_score = match order {
            Order::Desc => other.score.cmp(&self.score),
            Order::Asc => self.score.cmp(&other.score),
        };
        by_score
            .then_with(|| self.achieved_at.cmp(&other.achieved_at))
            .then_with(|| self.user_id.cmp(&other.user_id))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millis(milliseconds)
    }

    fn play(operator: Operator, order: Order, events: &[(i64, i64)]) -> Standing {
        let mut standing = None;
        let mut history = Vec::new();
        for (time, points) in events {
            let score = Score::new(*points).unwrap();
            history.push((at(*time), score));
            standing = match apply(operator, order, standing, score, at(*time)) {
                Applied::Standing(standing) => Some(standing),
                Applied::NeedsHistory => latest_of_history(order, history.clone()),
            };
        }
        standing.unwrap()
    }

    #[test]
    fn best_keeps_the_moment_it_was_first_reached() {
        let standing = play(Operator::Best, Order::Desc, &[(10, 5), (20, 9), (30, 9), (40, 1)]);
        assert_eq!((standing.score.points(), standing.achieved_at), (9, at(20)));
    }

    #[test]
    fn best_of_an_ascending_board_is_the_smallest() {
        assert_eq!(play(Operator::Best, Order::Asc, &[(10, 5), (20, 9), (30, 3)]).score.points(), 3);
    }

    #[test]
    fn adding_nothing_moves_nobody() {
        let standing = play(Operator::Sum, Order::Desc, &[(10, 5), (90, 0)]);
        assert_eq!((standing.score.points(), standing.achieved_at), (5, at(10)));
    }

    #[test]
    fn an_event_that_counts_for_nothing_changes_nothing() {
        let before = Standing { score: Score::new(5).unwrap(), achieved_at: at(10), newest_at: at(30) };
        for (operator, points, time) in [
            (Operator::Best, 4, 90),
            (Operator::Best, 5, 90),
            (Operator::Best, 5, 10),
            (Operator::Sum, 0, 90),
        ] {
            let score = Score::new(points).unwrap();
            let after = apply(operator, Order::Desc, Some(before), score, at(time));
            assert_eq!(after, Applied::Standing(before), "{operator:?} {points} at {time}");
        }
    }

    #[test]
    fn a_sum_stays_within_the_limits() {
        let top = Score::MAX.points();
        assert_eq!(play(Operator::Sum, Order::Desc, &[(1, top), (2, top)]).score, Score::MAX);
    }

    #[test]
    fn a_score_beyond_the_limits_is_refused() {
        assert!(Score::new((1 << 53) + 1).is_err());
        assert!(serde_json::from_str::<Score>("9007199254740993").is_err());
    }

    fn events() -> impl Strategy<Value = Vec<(i64, i64)>> {
        prop::collection::vec((0_i64..8, -3_i64..3), 1..8)
    }

    proptest! {
        #[test]
        fn arrival_does_not_matter(
            events in events(),
            seed in any::<u64>(),
            latest in any::<bool>(),
            ascending in any::<bool>(),
        ) {
            let operator = if latest { Operator::Latest } else { Operator::Best };
            let order = if ascending { Order::Asc } else { Order::Desc };
            let mut shuffled = events.clone();
            let length = shuffled.len();
            for index in 0..length {
                let other = usize::try_from(seed.rotate_left(u32::try_from(index).unwrap() * 7) % length as u64).unwrap();
                shuffled.swap(index, other);
            }
            prop_assert_eq!(play(operator, order, &events), play(operator, order, &shuffled));
        }

        #[test]
        fn the_order_is_total(left in (-3_i64..3, 0_i64..3, 0_u128..3), right in (-3_i64..3, 0_i64..3, 0_u128..3)) {
            let key = |(points, time, user): (i64, i64, u128)| RankKey {
                score: Score::new(points).unwrap(),
                achieved_at: at(time),
                user_id: UserId::from_uuid(uuid::Uuid::from_u128(user)),
            };
            for order in [Order::Asc, Order::Desc] {
                let forth = key(left).compare(&key(right), order);
                prop_assert_eq!(forth, key(right).compare(&key(left), order).reverse());
                prop_assert_eq!(forth == Ordering::Equal, left == right);
            }
        }
    }
}
