//! The opaque cursor of a board's pages: the place behind which the next page begins. It names a score, a time and a
//! user, so that a page never repeats or skips a row because others have moved.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{Score, Timestamp, UserId, ranking::RankKey};
use uuid::Uuid;

const BYTES: usize = 32;

/// The cursor behind a row.
pub fn encode(key: &RankKey) -> String {
    let mut bytes = [0; BYTES];
    bytes[..8].copy_from_slice(&key.score.points().to_be_bytes());
    bytes[8..16].copy_from_slice(&key.achieved_at.as_millis().to_be_bytes());
    bytes[16..].copy_from_slice(key.user_id.as_uuid().as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The row of a cursor; `None` when the text is no cursor.
pub fn decode(text: &str) -> Option<RankKey> {
    let bytes: [u8; BYTES] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
    let number = |from: usize| bytes[from..from + 8].try_into().ok().map(i64::from_be_bytes);
    Some(RankKey {
        score: Score::new(number(0)?).ok()?,
        achieved_at: Timestamp::from_millis(number(8)?),
        user_id: UserId::from_uuid(Uuid::from_slice(&bytes[16..]).ok()?),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cursor_survives_its_text(points in -(1_i64 << 53)..=1_i64 << 53, time in any::<i64>(), user in any::<u128>()) {
            let key = RankKey {
                score: Score::new(points).unwrap(),
                achieved_at: Timestamp::from_millis(time),
                user_id: UserId::from_uuid(Uuid::from_u128(user)),
            };
            prop_assert_eq!(decode(&encode(&key)), Some(key));
        }

        #[test]
        fn other_texts_are_refused(text in "\\PC{0,60}") {
            if let Some(key) = decode(&text) {
                prop_assert_eq!(encode(&key), text);
            }
        }
    }
}
