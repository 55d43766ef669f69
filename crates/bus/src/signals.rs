//! Hints from node to node: "look, there is something new". A hint may be lost; whoever waits for one also looks by
//! itself now and then.

mod boards;
pub mod in_process;
pub mod redis;

use async_trait::async_trait;
use domain::{BoardId, UserId};
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;

pub use crate::signals::boards::{BOARDS_NAMED_MAX, ChangedBoards};

/// How many hints a receiver may lag behind before it loses the oldest.
const CAPACITY: usize = 1_024;

/// A hint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Signal {
    /// Boards have changed: one hint for all that a commit has touched, lest a commit that touches thousands fill
    /// every receiver.
    Boards {
        /// Which.
        boards: ChangedBoards,
    },
    /// Missions of some players look different.
    Missions {
        /// Whose.
        players: Vec<UserId>,
    },
    /// How many viewers a board has on one node.
    Viewers {
        /// Which board.
        board_id: BoardId,
        /// Which node: a number that it has made up.
        node: u64,
        /// How many.
        viewers: u64,
    },
    /// Boards show some by another name.
    Names {
        /// Whom: a few hundred at most.
        users: Vec<UserId>,
    },
    /// Updates came in.
    Inbox,
    /// Rows wait to be sent.
    Outbox,
    /// Jobs are due.
    Jobs,
}

/// Hints to and from all nodes, this one included.
#[async_trait]
pub trait Signals: Send + Sync + std::fmt::Debug {
    /// Tells every node; never fails and never waits for the network.
    fn publish(&self, signal: Signal);

    /// All hints from now on. A receiver that lags behind loses the oldest ones and is told so.
    fn subscribe(&self) -> broadcast::Receiver<Signal>;
}
