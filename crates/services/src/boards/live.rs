//! The live stream: one task a board makes frames, every viewer gets the same bytes.
//!
//! A frame covers the first [`LIVE_ROWS`] rows. Frames are coalesced to at most one in [`FRAME_MS`]. A viewer that
//! falls behind loses frames and is given a snapshot; a viewer that comes back with the id of a recent frame is given
//! what it missed.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bus::{ranks::Window, signals::Signal};
use bytes::Bytes;
use domain::{
    BoardId,
    board::{LIVE_ROWS, LiveDelta, LiveSnapshot},
};
use serde::Serialize;
use tokio::sync::broadcast;

use crate::{
    Services,
    boards::{BoardError, index, read},
};

/// The least milliseconds between two frames of a board.
pub const FRAME_MS: u64 = 250;

/// How long a board's task waits for a hint before it looks by itself.
const LOOK_MS: u64 = 2_000;

/// How long a board without viewers is kept warm.
const IDLE_LOOKS_MAX: u32 = 15;

/// How many past deltas are kept for viewers that come back.
const HISTORY_MAX: usize = 64;

/// How many frames a viewer may be behind before it gets a snapshot.
const BEHIND_MAX: usize = 16;

/// A frame as it goes over the wire (Server-Sent Events).
#[derive(Debug, Clone)]
pub struct Frame {
    /// The version that the board has after it.
    pub version: u64,
    /// `id`, `event` and `data` lines.
    pub bytes: Bytes,
}

/// One viewer's stream.
#[derive(Debug)]
pub struct Subscription {
    /// What to send first: a snapshot, or the deltas that the viewer missed.
    pub first: Vec<Frame>,
    /// What comes then.
    pub next: broadcast::Receiver<Frame>,
    board: Arc<LiveBoard>,
}

impl Subscription {
    /// A snapshot of now, for a viewer that fell behind.
    pub fn snapshot(&self) -> Frame {
        let state = self.board.state();
        encode("snapshot", state.snapshot.version, &state.snapshot)
    }
}

/// The boards that this node has viewers for.
#[derive(Debug, Default)]
pub(crate) struct LiveHub {
    boards: tokio::sync::Mutex<HashMap<BoardId, Arc<LiveBoard>>>,
}

#[derive(Debug)]
struct LiveBoard {
    state: Mutex<LiveState>,
    frames: broadcast::Sender<Frame>,
}

#[derive(Debug)]
struct LiveState {
    snapshot: LiveSnapshot,
    history: VecDeque<(u64, Frame)>,
}

impl LiveBoard {
    fn state(&self) -> std::sync::MutexGuard<'_, LiveState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts the next window in place and tells the viewers what has changed.
    fn advance(&self, next: LiveSnapshot) {
        let mut state = self.state();
        if next.version <= state.snapshot.version {
            return;
        }
        let delta: LiveDelta = state.snapshot.delta_to(&next);
        let frame = encode("delta", delta.version, &delta);
        state.history.push_back((delta.from, frame.clone()));
        if state.history.len() > HISTORY_MAX {
            state.history.pop_front();
        }
        state.snapshot = next;
        // Sent under the lock, so that no viewer subscribes between the snapshot and this frame. No viewer is no error.
        let _ = self.frames.send(frame);
    }
}

/// Subscribes a viewer to a board. `last_version` is what the viewer has seen last, when it comes back.
///
/// # Errors
/// [`BoardError`] when the board is unknown or the board can't be read.
pub async fn subscribe(
    services: &Services,
    board_id: &BoardId,
    last_version: Option<u64>,
) -> Result<Subscription, BoardError> {
    let mut opened = None;
    let (boards, board) = loop {
        let mut boards = services.live().boards.lock().await;
        if let Some(board) = boards.get(board_id).cloned() {
            break (boards, board);
        }
        if let Some((board, signals)) = opened.take() {
            let board: Arc<LiveBoard> = board;
            boards.insert(board_id.clone(), Arc::clone(&board));
            tokio::spawn(follow(services.clone(), board_id.clone(), Arc::clone(&board), signals));
            break (boards, board);
        }
        // Read without the lock: one slow board must not keep the viewers of all others waiting. Who comes second
        // takes what the first has put there.
        drop(boards);
        opened = Some(open(services, board_id).await?);
    };
    // The receiver counts as a viewer before the hub is let go, so that the board's task does not close it.
    let (first, next) = {
        let state = board.state();
        (frames_since(&state, last_version), board.frames.subscribe())
    };
    drop(boards);
    Ok(Subscription { first, next, board })
}

fn frames_since(state: &LiveState, last_version: Option<u64>) -> Vec<Frame> {
    if let Some(last) = last_version {
        if last == state.snapshot.version {
            return Vec::new();
        }
        if let Some(position) = state.history.iter().position(|(from, _)| *from == last) {
            return state.history.iter().skip(position).map(|(_, frame)| frame.clone()).collect();
        }
    }
    vec![encode("snapshot", state.snapshot.version, &state.snapshot)]
}

type Opened = (Arc<LiveBoard>, broadcast::Receiver<Signal>);

async fn open(services: &Services, board_id: &BoardId) -> Result<Opened, BoardError> {
    // Registered before the first look, so that no change falls between them.
    let signals = services.signals().subscribe();
    let snapshot = look(services, board_id).await?;
    let (frames, _) = broadcast::channel(BEHIND_MAX);
    let board =
        Arc::new(LiveBoard { state: Mutex::new(LiveState { snapshot, history: VecDeque::new() }), frames });
    Ok((board, signals))
}

/// Makes frames for as long as there are viewers.
async fn follow(
    services: Services,
    board_id: BoardId,
    board: Arc<LiveBoard>,
    mut signals: broadcast::Receiver<Signal>,
) {
    let mut idle_looks = 0;
    loop {
        let hint =
            tokio::time::timeout(Duration::from_millis(LOOK_MS), changed(&mut signals, &board_id)).await;
        if hint == Ok(Hint::Closed) {
            break;
        }
        match look(&services, &board_id).await {
            Ok(next) => board.advance(next),
            Err(error) => tracing::warn!(
                board.id = %board_id,
                error = %domain::ErrorChain(&error),
                "a live frame could not be made"
            ),
        }
        idle_looks = if board.frames.receiver_count() == 0 { idle_looks + 1 } else { 0 };
        if idle_looks >= IDLE_LOOKS_MAX {
            let mut boards = services.live().boards.lock().await;
            // A viewer may have come while the lock was awaited.
            if board.frames.receiver_count() == 0 {
                boards.remove(&board_id);
                return;
            }
        }
        tokio::time::sleep(Duration::from_millis(FRAME_MS)).await;
    }
    services.live().boards.lock().await.remove(&board_id);
}

#[derive(Debug, PartialEq, Eq)]
enum Hint {
    Changed,
    Closed,
}

/// Waits for a hint about one board; a hint that was lost counts as one.
async fn changed(signals: &mut broadcast::Receiver<Signal>, board_id: &BoardId) -> Hint {
    loop {
        match signals.recv().await {
            Ok(Signal::Board { board_id: changed, .. }) if changed == *board_id => {
                return Hint::Changed;
            }
            Ok(_) => {}
            Err(broadcast::error::RecvError::Lagged(_)) => return Hint::Changed,
            Err(broadcast::error::RecvError::Closed) => return Hint::Closed,
        }
    }
}

/// The window as it is now.
async fn look(services: &Services, board_id: &BoardId) -> Result<LiveSnapshot, BoardError> {
    let doing = "reading a live board";
    let mut tx = services.store().begin_read().await.map_err(BoardError::store(doing))?;
    let row = tx.boards().by_id(board_id).await.map_err(BoardError::store(doing))?;
    drop(tx);
    let row = row.ok_or(BoardError::Unknown)?;
    let order = row.ranking.order.order;
    let mut page = read::ranked(services, board_id, Window::Top, LIVE_ROWS, None).await?;
    if page.version < row.version && index::reconcile(services, board_id, row.version).await? {
        page = read::ranked(services, board_id, Window::Top, LIVE_ROWS, None).await?;
    }
    let (entries, _) = read::named(services, &page).await?;
    Ok(LiveSnapshot {
        tournament_id: board_id.tournament_id(),
        version: page.version,
        total: page.total,
        order,
        entries,
    })
}

fn encode<T: Serialize>(event: &'static str, version: u64, data: &T) -> Frame {
    // Our own types, whose serialisation has no way to fail; an empty frame would only make the viewer poll.
    let json = serde_json::to_string(data).unwrap_or_default();
    Frame { version, bytes: Bytes::from(format!("id: {version}\nevent: {event}\ndata: {json}\n\n")) }
}
