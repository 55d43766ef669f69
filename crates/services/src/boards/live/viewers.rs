//! How many look at a board, over all nodes: each tells the others now and then, and is believed for a while.

use std::collections::HashMap;

use bus::signals::Signal;
use domain::Timestamp;

use super::LiveBoard;
use crate::Services;

/// How often a node tells the others how many viewers a board has on it.
const VIEWERS_TOLD_MS: i64 = 4_000;

/// For how long that is believed.
const VIEWERS_BELIEVED_MS: i64 = 15_000;

/// How many viewers a board has: here, and as other nodes tell.
pub(super) struct ViewersOf {
    node: u64,
    told_at: Option<Timestamp>,
    elsewhere: HashMap<u64, (u64, Timestamp)>,
}

impl ViewersOf {
    pub(super) fn new(services: &Services) -> Self {
        let node = *services.live().node.get_or_init(|| services.rng().next_u64());
        Self { node, told_at: None, elsewhere: HashMap::new() }
    }

    pub(super) fn heard(&mut self, node: u64, viewers: u64, now: Timestamp) {
        if node != self.node {
            self.elsewhere.insert(node, (viewers, now));
        }
    }

    /// Counts them, and tells the other nodes of those here now and then.
    pub(super) fn count(&mut self, services: &Services, board: &LiveBoard) -> u64 {
        let now = services.now();
        let here = board.frames.receiver_count() as u64;
        if self.told_at.is_none_or(|told_at| now.millis_since(told_at) >= VIEWERS_TOLD_MS) {
            self.told_at = Some(now);
            let (board_id, node) = (board.board_id.clone(), self.node);
            services.signals().publish(Signal::Viewers { board_id, node, viewers: here });
        }
        self.elsewhere.retain(|_, (_, heard_at)| now.millis_since(*heard_at) < VIEWERS_BELIEVED_MS);
        here + self.elsewhere.values().map(|(viewers, _)| viewers).sum::<u64>()
    }
}
