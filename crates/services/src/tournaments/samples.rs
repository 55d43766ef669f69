//! The line of a player's rank on their card: where they stood when they looked.
//!
//! A rank changes with every score of anybody, so that to write it down with scores would cost more than the scores
//! themselves. Whoever looks at their card is noted in memory instead, at most one look in five minutes. Now and then the
//! node asks the rank index where those stand who have looked, and writes down what has changed: a few rows, beside
//! every request and every score. What a process had noted when it died is missing in a line, and nowhere else.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use bus::ranks::Window;
use domain::{BoardId, Timestamp, UserId};
use storage::{
    StoreError,
    rank_sample::{GAP_MS, ROWS_MAX, RankSampleRow},
};

use crate::Services;

/// The most looks that a node remembers until it writes. Whoever comes behind is noted when they look again.
const LOOKS_MAX: usize = 5_000;

/// Who has looked on this node since it wrote last.
#[derive(Debug, Default)]
pub(crate) struct Looks(Mutex<BTreeSet<(BoardId, UserId)>>);

impl Looks {
    /// Notes that a player has looked at their place on a board that is played. `last` is their newest sample.
    pub(crate) fn note(&self, board: &BoardId, user_id: UserId, last: Option<Timestamp>, now: Timestamp) {
        if last.is_some_and(|last| now.millis_since(last) < GAP_MS) {
            return;
        }
        let mut looks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if looks.len() < LOOKS_MAX {
            looks.insert((board.clone(), user_id));
        }
    }

    fn take(&self) -> Vec<(BoardId, UserId)> {
        let looks = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        looks.into_iter().collect()
    }
}

/// Writes down where those stand who have looked. The index is asked before the transaction begins; a board that it does
/// not hold is loaded meanwhile, and its players are noted when they look again.
///
/// # Errors
/// When the database fails; what was noted is lost then.
pub async fn write(services: &Services) -> Result<(), StoreError> {
    let looks = services.looks().take();
    for looks in looks.chunks(ROWS_MAX) {
        let mut samples = Vec::with_capacity(looks.len());
        for (board, user_id) in looks {
            match services.ranks().page(board, Window::Top, 1, Some(*user_id)).await {
                Ok(Some(page)) => samples.extend(page.me.map(|me| RankSampleRow {
                    board_id: board.clone(),
                    user_id: *user_id,
                    at: services.now(),
                    rank: me.rank,
                })),
                Ok(None) => services.index().load_in_background(services, board),
                Err(error) => {
                    // It will not answer for the others either.
                    tracing::debug!(error = %domain::ErrorChain(&error), "the rank index says nobody's rank");
                    return Ok(());
                }
            }
        }
        if samples.is_empty() {
            continue;
        }
        let mut tx = services.store().begin_write().await?;
        tx.rank_samples().add(&samples).await?;
        tx.save().await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_is_noted_once_and_not_soon_behind_a_sample() {
        let looks = Looks::default();
        let board: BoardId = "cup".parse().unwrap();
        let user = |number| UserId::from_uuid(uuid::Uuid::from_u128(number));
        let now = Timestamp::from_millis(GAP_MS * 10);
        looks.note(&board, user(1), None, now);
        looks.note(&board, user(1), None, now);
        looks.note(&board, user(2), Some(now.plus_ms(1 - GAP_MS)), now);
        looks.note(&board, user(3), Some(now.plus_ms(-GAP_MS)), now);
        assert_eq!(looks.take(), [(board.clone(), user(1)), (board.clone(), user(3))]);
        assert_eq!(looks.take(), []);
    }

    #[test]
    fn looks_are_bounded() {
        let looks = Looks::default();
        let board: BoardId = "cup".parse().unwrap();
        for number in 0..LOOKS_MAX as u128 + 5 {
            let user_id = UserId::from_uuid(uuid::Uuid::from_u128(number));
            looks.note(&board, user_id, None, Timestamp::from_millis(0));
        }
        assert_eq!(looks.take().len(), LOOKS_MAX);
    }
}
