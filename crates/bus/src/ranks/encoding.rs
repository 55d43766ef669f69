//! How a key is written in Redis.
//!
//! Invariant: a sorted set that ascends by weight, then by the bytes of the member, ascends by [`RankKey::compare`].
//!
//! The weight is the score, negated on a board where more is better: then both orders ascend and read alike. Scores
//! lie within ±2^53, which the set's doubles hold exactly. The member is the tie columns that the board has, the time,
//! both made to sort as bytes, and the player.

use domain::{
    BoardOrder, Order, Score, TieOrders, Ties, Timestamp, UserId,
    ranking::{RankKey, TIES_MAX},
};
use uuid::Uuid;

use crate::ranks::Change;

/// Redis answered something that is no part of a board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a row of a board")]
pub(super) struct Malformed;

const NUMBER_BYTES: usize = 8;
#[cfg(test)]
const PLAYER_BYTES: usize = 16;

/// A number as bytes that sort as the numbers do.
fn bytes_of(number: i64) -> [u8; NUMBER_BYTES] {
    // Flipping the sign bit puts the negative ones in front.
    (number ^ i64::MIN).to_be_bytes()
}

fn number_of(bytes: [u8; NUMBER_BYTES]) -> i64 {
    i64::from_be_bytes(bytes) ^ i64::MIN
}

/// The bytes of a tie column, smaller for the better value: turned over, they sort the other way round.
const fn turned(bytes: [u8; NUMBER_BYTES], order: Order) -> [u8; NUMBER_BYTES] {
    match order {
        Order::Desc => (!u64::from_be_bytes(bytes)).to_be_bytes(),
        Order::Asc => bytes,
    }
}

/// What stands in front of the player in a member.
pub(super) fn prefix(key: &RankKey, order: BoardOrder) -> Vec<u8> {
    let mut bytes = Vec::with_capacity((TIES_MAX + 3) * NUMBER_BYTES);
    for (order, value) in order.ties.iter().zip(key.ties.columns()) {
        bytes.extend_from_slice(&turned(bytes_of(value.points()), order));
    }
    bytes.extend_from_slice(&bytes_of(key.achieved_at.as_millis()));
    bytes
}

/// The member of the sorted set.
pub(super) fn member(key: &RankKey, order: BoardOrder) -> Vec<u8> {
    let mut bytes = prefix(key, order);
    bytes.extend_from_slice(key.user_id.as_uuid().as_bytes());
    bytes
}

/// The score of the sorted set.
pub(super) fn weight(key: &RankKey, order: Order) -> i64 {
    match order {
        Order::Desc => -key.score.points(),
        Order::Asc => key.score.points(),
    }
}

/// A key as the scripts take it (`key.lua`), which know the board's order and make member and weight of it.
pub(super) fn entry(key: &RankKey) -> Vec<u8> {
    let mut bytes = bytes_of(key.achieved_at.as_millis()).to_vec();
    bytes.extend_from_slice(key.user_id.as_uuid().as_bytes());
    for value in key.ties.columns() {
        bytes.extend_from_slice(&bytes_of(value.points()));
    }
    bytes.extend_from_slice(key.score.points().to_string().as_bytes());
    bytes
}

/// One argument of the script that applies changes: an entry, or nothing but the player who left the board.
pub(super) fn change(change: &Change) -> Vec<u8> {
    match change {
        Change::Put(key) => entry(key),
        Change::Remove(user_id) => user_id.as_uuid().as_bytes().to_vec(),
    }
}

/// The key behind a member and its weight.
pub(super) fn decode(member: &[u8], weight: &[u8], order: BoardOrder) -> Result<RankKey, Malformed> {
    let mut rest = member;
    let mut next = || {
        let (bytes, behind) = rest.split_first_chunk::<NUMBER_BYTES>().ok_or(Malformed)?;
        rest = behind;
        Ok(*bytes)
    };
    let mut values = [Score::default(); TIES_MAX];
    for (value, order) in values.iter_mut().zip(order.ties.iter()) {
        *value = Score::new(number_of(turned(next()?, order))).map_err(|_| Malformed)?;
    }
    let time = number_of(next()?);
    let weight: i64 = std::str::from_utf8(weight).ok().and_then(|text| text.parse().ok()).ok_or(Malformed)?;
    let points = match order.order {
        Order::Desc => weight.checked_neg().ok_or(Malformed)?,
        Order::Asc => weight,
    };
    Ok(RankKey {
        score: Score::new(points).map_err(|_| Malformed)?,
        ties: Ties::new(&values).ok_or(Malformed)?,
        achieved_at: Timestamp::from_millis(time),
        user_id: UserId::from_uuid(Uuid::from_slice(rest).map_err(|_| Malformed)?),
    })
}

/// How an order is named in a board's meta data: a letter for the score and one for each tie column.
pub(super) fn order_name(order: BoardOrder) -> String {
    let letter = |order| match order {
        Order::Desc => 'd',
        Order::Asc => 'a',
    };
    std::iter::once(order.order).chain(order.ties.iter()).map(letter).collect()
}

/// The order of that name.
pub(super) fn order_of(name: &str) -> Result<BoardOrder, Malformed> {
    let order = |letter| match letter {
        'd' => Ok(Order::Desc),
        'a' => Ok(Order::Asc),
        _ => Err(Malformed),
    };
    let orders = name.chars().map(order).collect::<Result<Vec<_>, _>>()?;
    let (order, ties) = orders.split_first().ok_or(Malformed)?;
    Ok(BoardOrder { order: *order, ties: TieOrders::new(ties).ok_or(Malformed)? })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_points() -> impl Strategy<Value = Score> {
        prop_oneof![-2_i64..2, Score::MIN.points()..=Score::MAX.points()]
            .prop_map(|points| Score::new(points).unwrap())
    }

    fn any_order() -> impl Strategy<Value = BoardOrder> {
        let order = prop_oneof![Just(Order::Asc), Just(Order::Desc)];
        (order.clone(), prop::collection::vec(order, 0..=TIES_MAX))
            .prop_map(|(order, ties)| BoardOrder { order, ties: TieOrders::new(&ties).unwrap() })
    }

    /// A key of a board with this order.
    fn any_key(order: BoardOrder) -> impl Strategy<Value = RankKey> {
        let ties = prop::collection::vec(any_points(), order.ties.len());
        let time = prop_oneof![-2_i64..2, any::<i64>()];
        (any_points(), ties, time, any::<u128>()).prop_map(|(score, ties, time, user)| RankKey {
            score,
            ties: Ties::new(&ties).unwrap(),
            achieved_at: Timestamp::from_millis(time),
            user_id: UserId::from_uuid(Uuid::from_u128(user)),
        })
    }

    fn two_keys() -> impl Strategy<Value = (BoardOrder, RankKey, RankKey)> {
        any_order().prop_flat_map(|order| (Just(order), any_key(order), any_key(order)))
    }

    proptest! {
        #[test]
        fn a_key_sorts_in_redis_as_on_the_board((order, left, right) in two_keys(), same_score in any::<bool>()) {
            let right = if same_score { RankKey { score: left.score, ..right } } else { right };
            let in_redis = |key: &RankKey| (weight(key, order.order), member(key, order));
            prop_assert_eq!(in_redis(&left).cmp(&in_redis(&right)), left.compare(&right, order));
        }

        #[test]
        fn a_key_survives_its_encoding((order, key, _) in two_keys()) {
            let weight = weight(&key, order.order).to_string();
            prop_assert_eq!(decode(&member(&key, order), weight.as_bytes(), order), Ok(key));
            prop_assert_eq!(order_of(&order_name(order)), Ok(order));
        }

        #[test]
        fn nonsense_is_refused(
            order in any_order(),
            member in prop::collection::vec(any::<u8>(), 0..60),
            weight in "\\PC{0,20}",
        ) {
            let bytes = (order.ties.len() + 1) * NUMBER_BYTES + PLAYER_BYTES;
            let decoded = decode(&member, weight.as_bytes(), order);
            prop_assert!(decoded.is_err() || (member.len() == bytes && weight.parse::<i64>().is_ok()));
        }
    }
}
