//! The hash of a board's results, by which an auditor proves that nobody has changed a rank.
//!
//! SHA-256 over one line a rank, in the order of the ranks, each ended by a line feed:
//!
//! ```text
//! rank TAB player TAB score TAB ties TAB achieved_at
//! ```
//! `ties` are the values in the board's tie columns, with commas between them, empty without columns; `achieved_at` is in
//! milliseconds since 1970. All of it is what the API shows of results.

use std::fmt::Write;

use domain::BoardId;
use sha2::{Digest, Sha256};
use storage::{StoreError, Transaction, result::ResultRow};

/// How many ranks are read at once.
const PAGE: u32 = 10_000;

/// The canonical line of a rank. `columns` is how many tie columns the board has.
pub fn line(result: &ResultRow, columns: usize) -> String {
    let mut line = format!("{}\t{}\t{}\t", result.rank, result.player, result.score.points());
    for (number, value) in result.ties.columns().iter().take(columns).enumerate() {
        let comma = if number == 0 { "" } else { "," };
        // Writing to a string can't fail.
        let _ = write!(line, "{comma}{}", value.points());
    }
    let _ = writeln!(line, "\t{}", result.achieved_at.as_millis());
    line
}

/// How many ranks are written of a board that is about to become final, and their hash; read page by page.
///
/// # Errors
/// When the database fails.
pub(crate) async fn of_unseen(
    tx: &mut dyn Transaction,
    board: &BoardId,
    columns: usize,
) -> Result<(u64, [u8; 32]), StoreError> {
    let mut hash = Sha256::new();
    let mut after = 0;
    loop {
        let page = tx.results().unseen(board, after, PAGE).await?;
        for result in &page {
            hash.update(line(result, columns));
        }
        after = page.last().map_or(after, |last| last.rank);
        if page.len() < PAGE as usize {
            return Ok((after, hash.finalize().into()));
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::{Score, Ties, Timestamp};

    use super::*;

    #[test]
    fn the_line_is_the_documented_one() {
        let score = |points| Score::new(points).unwrap();
        let result = ResultRow {
            rank: 3,
            user_id: None,
            player: "p_abc".parse().unwrap(),
            score: score(-7),
            ties: Ties::new(&[score(1), score(-2)]).unwrap(),
            achieved_at: Timestamp::from_millis(1_767_225_600_123),
            prize: Some("{}".to_owned()),
        };
        assert_eq!(line(&result, 2), "3\tp_abc\t-7\t1,-2\t1767225600123\n");
        assert_eq!(line(&result, 0), "3\tp_abc\t-7\t\t1767225600123\n");
    }
}
