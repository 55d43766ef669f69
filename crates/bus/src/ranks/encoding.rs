//! How a key is written in Redis.
//!
//! Invariant: a sorted set that ascends by weight, then by the bytes of the member, ascends by [`RankKey::compare`].
//!
//! The weight is the score, negated on a board where more is better: then both orders ascend and read alike. Scores
//! lie within ±2^53, which the set's doubles hold exactly. The member is the time, made to sort as bytes, and the
//! player.

use domain::{Order, Score, Timestamp, UserId, ranking::RankKey};
use uuid::Uuid;

/// Redis answered something that is no part of a board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a row of a board")]
pub(super) struct Malformed;

const TIME_BYTES: usize = 8;
const MEMBER_BYTES: usize = 24;

/// The time as bytes that sort as the times do.
pub(super) fn time_bytes(time: Timestamp) -> [u8; TIME_BYTES] {
    // Flipping the sign bit puts the times before 1970 in front.
    (time.as_millis() ^ i64::MIN).to_be_bytes()
}

/// The member of the sorted set.
pub(super) fn member(key: &RankKey) -> [u8; MEMBER_BYTES] {
    let mut bytes = [0; MEMBER_BYTES];
    bytes[..TIME_BYTES].copy_from_slice(&time_bytes(key.achieved_at));
    bytes[TIME_BYTES..].copy_from_slice(key.user_id.as_uuid().as_bytes());
    bytes
}

/// The score of the sorted set.
pub(super) fn weight(key: &RankKey, order: Order) -> i64 {
    match order {
        Order::Desc => -key.score.points(),
        Order::Asc => key.score.points(),
    }
}

/// One argument of the script that applies changes: the member, then the points in decimal. The script knows the
/// board's order and makes the weight of them.
pub(super) fn entry(key: &RankKey) -> Vec<u8> {
    let mut bytes = member(key).to_vec();
    bytes.extend_from_slice(key.score.points().to_string().as_bytes());
    bytes
}

/// The key behind a member and its weight.
pub(super) fn decode(member: &[u8], weight: &[u8], order: Order) -> Result<RankKey, Malformed> {
    let (time, user) = member.split_first_chunk::<TIME_BYTES>().ok_or(Malformed)?;
    let weight: i64 = std::str::from_utf8(weight).ok().and_then(|text| text.parse().ok()).ok_or(Malformed)?;
    let points = match order {
        Order::Desc => -weight,
        Order::Asc => weight,
    };
    Ok(RankKey {
        score: Score::new(points).map_err(|_| Malformed)?,
        achieved_at: Timestamp::from_millis(i64::from_be_bytes(*time) ^ i64::MIN),
        user_id: UserId::from_uuid(Uuid::from_slice(user).map_err(|_| Malformed)?),
    })
}

/// How an order is named in a board's meta data.
pub(super) const fn order_name(order: Order) -> &'static str {
    match order {
        Order::Desc => "desc",
        Order::Asc => "asc",
    }
}

/// The order of that name.
pub(super) fn order_of(name: &str) -> Result<Order, Malformed> {
    match name {
        "desc" => Ok(Order::Desc),
        "asc" => Ok(Order::Asc),
        _ => Err(Malformed),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_key() -> impl Strategy<Value = RankKey> {
        let points = prop_oneof![-2_i64..2, Score::MIN.points()..=Score::MAX.points()];
        let time = prop_oneof![-2_i64..2, any::<i64>()];
        (points, time, any::<u128>()).prop_map(|(points, time, user)| RankKey {
            score: Score::new(points).unwrap(),
            achieved_at: Timestamp::from_millis(time),
            user_id: UserId::from_uuid(Uuid::from_u128(user)),
        })
    }

    proptest! {
        #[test]
        fn a_key_sorts_in_redis_as_on_the_board(left in any_key(), right in any_key(), ascending in any::<bool>()) {
            let order = if ascending { Order::Asc } else { Order::Desc };
            let in_redis = |key: &RankKey| (weight(key, order), member(key));
            prop_assert_eq!(in_redis(&left).cmp(&in_redis(&right)), left.compare(&right, order));
        }

        #[test]
        fn a_key_survives_its_encoding(key in any_key(), ascending in any::<bool>()) {
            let order = if ascending { Order::Asc } else { Order::Desc };
            let weight = weight(&key, order).to_string();
            prop_assert_eq!(decode(&member(&key), weight.as_bytes(), order), Ok(key));
            prop_assert_eq!(order_of(order_name(order)), Ok(order));
        }

        #[test]
        fn nonsense_is_refused(member in prop::collection::vec(any::<u8>(), 0..40), weight in "\\PC{0,20}") {
            let decoded = decode(&member, weight.as_bytes(), Order::Asc);
            prop_assert!(decoded.is_err() || (member.len() == MEMBER_BYTES && weight.parse::<i64>().is_ok()));
        }
    }
}
