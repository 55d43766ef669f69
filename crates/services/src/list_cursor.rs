//! The cursors of lists that are ordered by a time, and for one time by an id.

use std::{fmt::Display, str::FromStr};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::Timestamp;

/// The longest cursor that is looked at: the longest id is a board's, of 96 characters.
const BYTES_MAX: usize = 128;

/// Stands behind the row with this time and id.
pub(crate) fn encode(at: Timestamp, id: &impl Display) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}.{id}", at.as_millis()))
}

/// The time and the id behind which a page begins; `None` when it is no cursor of ours.
pub(crate) fn decode<I: FromStr>(cursor: &str) -> Option<(Timestamp, I)> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok().filter(|bytes| bytes.len() <= BYTES_MAX)?;
    let text = String::from_utf8(bytes).ok()?;
    let (at, id) = text.split_once('.')?;
    Some((Timestamp::from_millis(at.parse().ok()?), id.parse().ok()?))
}

/// Cuts what was read beyond `limit` off and says whether there was any: then a page follows.
pub(crate) fn cut<T>(rows: &mut Vec<T>, limit: u32) -> bool {
    let is_more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    is_more
}

#[cfg(test)]
mod tests {
    use domain::BoardId;

    use super::*;

    #[test]
    fn a_cursor_holds_a_time_and_an_id() {
        let board: BoardId = "cup.3.2".parse().unwrap();
        let at = Timestamp::from_millis(1700);
        assert_eq!(decode(&encode(at, &board)), Some((at, board)));
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        for text in ["", "1700", "x.cup", "1700.", "1700.no id"] {
            assert_eq!(decode::<BoardId>(&URL_SAFE_NO_PAD.encode(text)), None, "{text:?}");
        }
        assert_eq!(decode::<BoardId>("not base64!"), None);
        assert_eq!(decode::<BoardId>(&URL_SAFE_NO_PAD.encode(format!("1.{}", "x".repeat(200)))), None);
    }

    #[test]
    fn a_page_follows_only_when_more_was_read_than_is_shown() {
        let mut rows = vec![1, 2, 3];
        assert!(cut(&mut rows, 2));
        assert_eq!(rows, [1, 2]);
        assert!(!cut(&mut rows, 2));
        assert_eq!(rows, [1, 2]);
    }
}
