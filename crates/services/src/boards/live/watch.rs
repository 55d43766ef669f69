//! What becomes of a board that is watched: whether another period is shown in its place, and whom its tournament is for.

use domain::{BoardId, Timestamp};
use storage::tournament::Audience;

use super::LiveBoard;
use crate::{
    Services,
    boards::{
        BoardError,
        sight::{self, Outlook},
    },
};

/// How often it is looked whom a board is for and whether it is over.
const OUTLOOK_MS: i64 = 2_000;

/// How often viewers of a board that is over are told so.
const OVER_AGAIN_MS: i64 = 15_000;

/// What becomes of a board, looked at now and then.
pub(super) struct Watch {
    /// Whom the board was for.
    audience: Option<Audience>,
    looked_at: Timestamp,
    told_at: Option<Timestamp>,
}

impl Watch {
    pub(super) fn new(services: &Services) -> Self {
        // So long ago that it is looked at once.
        Self { audience: None, looked_at: services.now().plus_ms(-OUTLOOK_MS), told_at: None }
    }

    /// Looks, and tells the viewers of a board that is over. Returns whether the tournament is for fewer than it was.
    pub(super) async fn is_for_others(&mut self, services: &Services, board: &LiveBoard) -> bool {
        let now = services.now();
        if now.millis_since(self.looked_at) < OUTLOOK_MS {
            return false;
        }
        self.looked_at = now;
        let Outlook { audience, next_period } = match outlook(services, &board.board_id).await {
            Ok(outlook) => outlook,
            Err(error) => {
                tracing::warn!(
                    board.id = %board.board_id,
                    error = %domain::ErrorChain(&error),
                    "it can't be seen what becomes of a board that is watched"
                );
                return false;
            }
        };
        let is_new = board.state().next_period != next_period;
        if is_new || self.told_at.is_none_or(|told_at| now.millis_since(told_at) >= OVER_AGAIN_MS) {
            self.told_at = Some(now);
            board.followed_by(next_period);
        }
        let before = self.audience.replace(audience).unwrap_or(audience);
        [false, true]
            .into_iter()
            .any(|is_signed_in| before.admits(is_signed_in) && !audience.admits(is_signed_in))
    }
}

/// Whom a board is for by now, and what has come after it.
pub(super) async fn outlook(services: &Services, board_id: &BoardId) -> Result<Outlook, BoardError> {
    let doing = "looking at what becomes of a board";
    let mut tx = services.store().begin_read().await.map_err(BoardError::store(doing))?;
    sight::outlook(&mut *tx, board_id, services.now()).await.map_err(BoardError::store(doing))
}
