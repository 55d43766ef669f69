//! The opaque cursor of a board's pages: the place behind which the next page begins. It names a score with its tie
//! columns, a time and a user, so that a page never repeats or skips a row because others have moved.
//!
//! Invariant: nobody but the server reads it. It names a user by the id that stays with them, whatever name and key boards
//! show them under; in the open it would tell who hides behind which name. So it is sealed, for its own board alone, and
//! no two are alike.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    BoardId, Score, Ties, Timestamp, UserId,
    ranking::{RankKey, TIES_MAX},
};
use uuid::Uuid;

use crate::Services;

const NUMBERS: usize = 2 + TIES_MAX;
const BYTES: usize = NUMBERS * 8 + 16;

/// The cursor behind a row of a board.
pub(crate) fn seal(services: &Services, board: &BoardId, key: &RankKey) -> String {
    URL_SAFE_NO_PAD.encode(services.secrets().seal_cursor(board, &encode(key), services.rng()))
}

/// The row of a cursor; `None` when the text is no cursor of this board.
pub(crate) fn open(services: &Services, board: &BoardId, text: &str) -> Option<RankKey> {
    decode(&services.secrets().open_cursor(board, &URL_SAFE_NO_PAD.decode(text).ok()?).ok()?)
}

fn encode(key: &RankKey) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(BYTES);
    let ties = key.ties.columns().iter().map(|value| value.points());
    for number in [key.score.points(), key.achieved_at.as_millis()].into_iter().chain(ties) {
        bytes.extend_from_slice(&number.to_be_bytes());
    }
    bytes.extend_from_slice(key.user_id.as_uuid().as_bytes());
    bytes
}

fn decode(bytes: &[u8]) -> Option<RankKey> {
    let bytes: &[u8; BYTES] = bytes.try_into().ok()?;
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
        fn a_cursor_survives_its_bytes(
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
        fn other_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            if let Some(key) = decode(&bytes) {
                prop_assert_eq!(encode(&key), bytes);
            }
        }
    }
}
