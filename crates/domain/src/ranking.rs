//! The rules of ranking: how a score changes a standing and which standing is higher.
//!
//! Invariant: the outcome does not depend on the order in which events arrive, only on their times (a sum that was held
//! at the limits of a score excepted); an event that changes nothing moves nobody. `best` compares a score with its tie
//! columns as one tuple, so that what stands on a board was played in one go.

use std::cmp::Ordering;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

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
    /// Compares two scores: `Less` is the better one.
    pub fn compare(self, left: Score, right: Score) -> Ordering {
        match self {
            Self::Desc => right.cmp(&left),
            Self::Asc => left.cmp(&right),
        }
    }
}

/// The most columns that decide between equal scores.
pub const TIES_MAX: usize = 3;

/// Which of two values in a tie column is better, for up to [`TIES_MAX`] columns, the weightiest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct TieOrders([Option<Order>; TIES_MAX]);

impl TieOrders {
    /// The orders of some columns; `None` when there are too many.
    pub fn new(orders: &[Order]) -> Option<Self> {
        let mut columns = [None; TIES_MAX];
        for (at, order) in orders.iter().enumerate() {
            *columns.get_mut(at)? = Some(*order);
        }
        Some(Self(columns))
    }

    /// Whether there are no tie columns.
    pub fn is_empty(&self) -> bool {
        self.0[0].is_none()
    }

    /// How many columns there are.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// The order of each column.
    pub fn iter(&self) -> impl Iterator<Item = Order> {
        self.0.into_iter().flatten()
    }
}

impl Serialize for TieOrders {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for TieOrders {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let orders = Vec::deserialize(deserializer)?;
        Self::new(&orders).ok_or_else(|| D::Error::custom("too many tie columns"))
    }
}

/// A player's values in the tie columns. Columns that a board does not have are 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Ties([Score; TIES_MAX]);

impl Ties {
    /// The values of some columns; `None` when there are too many.
    pub fn new(values: &[Score]) -> Option<Self> {
        let mut columns = [Score::default(); TIES_MAX];
        for (at, value) in values.iter().enumerate() {
            *columns.get_mut(at)? = *value;
        }
        Some(Self(columns))
    }

    /// The values of all columns.
    pub const fn columns(&self) -> &[Score; TIES_MAX] {
        &self.0
    }

    fn saturating_add(mut self, other: Self) -> Self {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine = mine.saturating_add(theirs);
        }
        self
    }
}

/// What stands higher on a board: the better score, then the better value in each tie column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BoardOrder {
    /// Which score is better.
    pub order: Order,
    /// What decides between equal scores, before time does.
    pub ties: TieOrders,
}

impl BoardOrder {
    /// More is better, without tie columns.
    pub const DESC: Self = Self { order: Order::Desc, ties: TieOrders([None; TIES_MAX]) };
    /// Less is better, without tie columns.
    pub const ASC: Self = Self { order: Order::Asc, ties: TieOrders([None; TIES_MAX]) };

    /// Compares two results as one tuple each: `Less` is the better one.
    pub fn compare(self, left: (Score, &Ties), right: (Score, &Ties)) -> Ordering {
        let by_score = self.order.compare(left.0, right.0);
        let columns = self.ties.iter().zip(left.1.0.into_iter().zip(right.1.0));
        columns
            .fold(by_score, |so_far, (order, (left, right))| so_far.then_with(|| order.compare(left, right)))
    }
}

impl From<Order> for BoardOrder {
    /// An order without tie columns.
    fn from(order: Order) -> Self {
        match order {
            Order::Desc => Self::DESC,
            Order::Asc => Self::ASC,
        }
    }
}

/// How the scores of a player become a standing, and standings ranks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ranking {
    /// How several scores become one.
    pub operator: Operator,
    /// What stands higher.
    pub order: BoardOrder,
}

/// One score of a player, as it was played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Played {
    /// The points.
    pub score: Score,
    /// The values in the tie columns.
    pub ties: Ties,
    /// When it happened.
    pub at: Timestamp,
}

/// What a player has reached in a tournament.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The score that counts.
    pub score: Score,
    /// The values in the tie columns that belong to it.
    pub ties: Ties,
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
    /// The standing follows from the player's whole history alone (see [`Ranking::of_history`]): the event is older
    /// than the newest one of a `latest` board, or the first that adds something to a sum of nothing.
    NeedsHistory,
}

impl Ranking {
    /// Applies one score to a player's standing. `current` is `None` for the player's first score.
    pub fn apply(self, current: Option<Standing>, played: Played) -> Applied {
        let played = self.counted(played);
        let Some(current) = current else {
            return Applied::Standing(played.as_standing());
        };
        let standing = match self.operator {
            Operator::Best => match self.compare(&played, &current) {
                Ordering::Less => played.as_standing(),
                // The same best, reached earlier than known so far.
                Ordering::Equal if played.at < current.achieved_at => played.as_standing(),
                Ordering::Equal | Ordering::Greater => current,
            },
            Operator::Sum | Operator::Count => {
                let score = current.score.saturating_add(played.score);
                let ties = current.ties.saturating_add(played.ties);
                if (score, ties) == (current.score, current.ties) {
                    if played.is_nothing() && is_nothing(current.score, &current.ties) {
                        return Applied::NeedsHistory;
                    }
                    return Applied::Standing(current);
                }
                // Whether this sum of nothing was reached by adding something is not known here.
                if is_nothing(current.score, &current.ties) {
                    return Applied::NeedsHistory;
                }
                let at = current.achieved_at.max(played.at);
                Standing { score, ties, achieved_at: at, newest_at: at }
            }
            Operator::Latest if played.at <= current.newest_at => return Applied::NeedsHistory,
            Operator::Latest if (played.score, played.ties) == (current.score, current.ties) => {
                Standing { newest_at: played.at, ..current }
            }
            Operator::Latest => played.as_standing(),
        };
        Applied::Standing(standing)
    }

    /// The standing from all scores of a player, in any order. `None` without scores.
    ///
    /// Of two scores with one time the better one is held to be the later one, so that arrival does not matter.
    pub fn of_history(self, mut history: Vec<Played>) -> Option<Standing> {
        for played in &mut history {
            *played = self.counted(*played);
        }
        history.sort_by(|left, right| {
            let by_time = left.at.cmp(&right.at);
            by_time.then_with(|| self.order.compare(right.result(), left.result()))
        });
        let first = *history.first()?;
        let last = *history.last()?;
        Some(match self.operator {
            Operator::Best => {
                // `min_by` takes the first of equal ones, which is the earliest.
                history
                    .iter()
                    .min_by(|left, right| self.order.compare(left.result(), right.result()))?
                    .as_standing()
            }
            Operator::Sum | Operator::Count => {
                let (mut score, mut ties) = (Score::default(), Ties::default());
                for played in &history {
                    (score, ties) = (score.saturating_add(played.score), ties.saturating_add(played.ties));
                }
                // What adds nothing reaches nothing.
                let at = history.iter().rfind(|played| !played.is_nothing()).unwrap_or(&first).at;
                Standing { score, ties, achieved_at: at, newest_at: at }
            }
            Operator::Latest => {
                let same = history.iter().rev().take_while(|other| other.result() == last.result());
                let achieved_at = same.last()?.at;
                Standing { achieved_at, ..last.as_standing() }
            }
        })
    }

    /// A score as it counts.
    fn counted(self, played: Played) -> Played {
        match self.operator {
            Operator::Count => Played { score: Score(1), ..played },
            Operator::Best | Operator::Sum | Operator::Latest => played,
        }
    }

    fn compare(self, played: &Played, standing: &Standing) -> Ordering {
        self.order.compare(played.result(), (standing.score, &standing.ties))
    }
}

impl Played {
    const fn as_standing(&self) -> Standing {
        Standing { score: self.score, ties: self.ties, achieved_at: self.at, newest_at: self.at }
    }

    const fn result(&self) -> (Score, &Ties) {
        (self.score, &self.ties)
    }

    fn is_nothing(&self) -> bool {
        is_nothing(self.score, &self.ties)
    }
}

fn is_nothing(score: Score, ties: &Ties) -> bool {
    (score, ties) == (Score::default(), &Ties::default())
}

impl Standing {
    /// What decides the rank of the player who has this standing.
    pub const fn key(&self, user_id: UserId) -> RankKey {
        RankKey { score: self.score, ties: self.ties, achieved_at: self.achieved_at, user_id }
    }
}

/// What decides a rank: the better score, then the better value in each tie column, then the earlier time, then the
/// older account. No two players are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RankKey {
    /// The score that counts.
    pub score: Score,
    /// The values in the tie columns.
    pub ties: Ties,
    /// When it was reached.
    pub achieved_at: Timestamp,
    /// Whose it is.
    pub user_id: UserId,
}

impl RankKey {
    /// Compares two keys: `Less` stands higher on the board.
    pub fn compare(&self, other: &Self, order: BoardOrder) -> Ordering {
        order
            .compare((self.score, &self.ties), (other.score, &other.ties))
            .then_with(|| self.achieved_at.cmp(&other.achieved_at))
            .then_with(|| self.user_id.cmp(&other.user_id))
    }
}

#[cfg(test)]
mod tests;
