//! The opaque cursor of a board's pages: the place behind which the next page begins. It names a score with its tie
//! columns, a time and a user, so that a page never repeats or skips a row because others have moved.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    Score, Ties, Timestamp, UserId,
    ranking::{RankKey, TIES_MAX},
};
use uuid::Uuid;

const NUMBERS: usize = 2 + TIES_MAX;
const BYTES: usize = NUMBERS * 8 + 16;

/// The cursor behind a row.
pub fn encode(key: &RankKey) -> String {
    let mut bytes = Vec::with_capacity(BYTES);
    let ties = key.ties.columns().iter().map(|value| value.points());
    for number in [key.score.points(), key.achieved_at.as_millis()].into_iter().chain(ties) {
        bytes.extend_from_slice(&number.to_be_bytes());
    }
    bytes.extend_from_slice(key.user_id.as_uuid().as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The row of a cursor; `None` when the text is no cursor.
pub fn decode(text: &str) -> Option<RankKey> {
    let bytes: [u8; BYTES] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
    let number = |at: usize| bytes.get(at * 8..at * 8 + 8)?.try_into().ok().map(i64::from_be_bytes);
    let score = |at: usize| Score::new(number(at)?).ok();
    let ties = (2..NUMBERS).map(score).collect::<Option<Vec<_>>>()?;
    Some(RankKey {
        score: score(0)?,
        ties: Ties::new(&ties)?,
        achieved_at: Timestamp::from_millis(number(1)?),
        user_id: UserId::from_uuid(Uuid::from_slice(&bytes[NUMBERS * 8..]).ok()?),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cursor_survives_its_text(
            points in prop::array::uniform4(-(1_i64 << 53)..=1_i64 << 53),
            time in any::<i64>(),
            user in any::<u128>(),
        ) {
            let [score, ties @ ..] = points.map(|points| Score::new(points).unwrap());
            let key = RankKey {
                score,
                ties: Ties::new(&ties).unwrap(),
                achieved_at: Timestamp::from_millis(time),
                user_id: UserId::from_uuid(Uuid::from_u128(user)),
            };
            prop_assert_eq!(decode(&encode(&key)), Some(key));
        }

        #[test]
        fn other_texts_are_refused(text in "\\PC{0,100}") {
            if let Some(key) = decode(&text) {
                prop_assert_eq!(encode(&key), text);
            }
        }
    }
}
