//! The live stream: one task a board makes frames, every viewer gets the same bytes.
//!
//! A frame covers the first [`LIVE_ROWS`] rows. Frames are coalesced to at most one in [`FRAME_MS`]. A viewer that
//! falls behind loses frames and is given a snapshot; a viewer that comes back with the id of a recent frame is given
//! what it missed.
//!
//! A board is watched for more than its rows. When another period is shown by now in the place of its own, viewers are
//! told, and again until they leave. When the tournament is no longer for those who it was for, all
//! streams end, and who comes back is asked again who they are.

mod frame;
mod viewers;
mod watch;

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use bus::{ranks::Window, signals::Signal};
use bytes::Bytes;
use domain::{
    BoardId,
    board::{LIVE_ROWS, LiveDelta, LiveSnapshot},
};
use futures::{Stream, stream};
use tokio::sync::broadcast::{self, error::RecvError};

pub use self::frame::{Frame, version_of};
use self::{
    frame::{About, Nothing, Over, encode},
    viewers::ViewersOf,
    watch::{Watch, outlook},
};
use crate::{
    Services,
    boards::{BoardError, SeenBoard, index, read},
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
pub const BEHIND_MAX: usize = 16;

/// How long a viewer hears nothing before it is told that the stream is open, so that proxies keep it so.
pub const HEARTBEAT: Duration = Duration::from_secs(15);

/// What it is told then: a comment.
pub const STILL_HERE: Bytes = Bytes::from_static(b": still here\n\n");

/// One viewer's stream.
#[derive(Debug)]
pub struct Subscription {
    /// What to send first: a snapshot, or the deltas that the viewer missed.
    pub first: Vec<Frame>,
    /// What comes then.
    next: broadcast::Receiver<Frame>,
    board: Arc<LiveBoard>,
}

impl Subscription {
    /// The board.
    pub fn board_id(&self) -> &BoardId {
        &self.board.board_id
    }

    /// The version that the board is at.
    pub fn version(&self) -> u64 {
        self.board.state().snapshot.version
    }

    /// What comes behind `first`, for as long as the board is followed; the whole window, where the viewer was too slow
    /// for what came.
    pub fn into_frames(self) -> impl Stream<Item = Frame> + Send {
        stream::unfold(self, |mut subscription| async {
            match subscription.next.recv().await {
                Ok(frame) => Some((frame, subscription)),
                Err(RecvError::Lagged(_)) => {
                    // Frames are sent under this lock, so that none falls between the window and what follows on it.
                    let whole = {
                        let state = subscription.board.state();
                        subscription.next = subscription.next.resubscribe();
                        state.whole()
                    };
                    Some((whole, subscription))
                }
                Err(RecvError::Closed) => None,
            }
        })
    }
}

/// The boards that this node has viewers for.
#[derive(Debug, Default)]
pub(crate) struct LiveHub {
    boards: tokio::sync::Mutex<HashMap<BoardId, Arc<LiveBoard>>>,
    /// What other nodes know this one by.
    node: OnceLock<u64>,
}

#[derive(Debug)]
struct LiveBoard {
    board_id: BoardId,
    state: Mutex<LiveState>,
    frames: broadcast::Sender<Frame>,
}

#[derive(Debug)]
struct LiveState {
    board_id: BoardId,
    snapshot: LiveSnapshot,
    history: VecDeque<(u64, Frame)>,
    viewers: u64,
    /// The period that is shown by now in the place of the board's own.
    next_period: Option<u32>,
}

impl LiveState {
    /// That the board is over, as a frame.
    fn over(&self) -> Option<Frame> {
        let about = About { board: &self.board_id, viewers: self.viewers };
        self.next_period.map(|period| encode("over", None, about, &Over { period }))
    }

    /// The whole window as a frame.
    fn whole(&self) -> Frame {
        let about = About { board: &self.board_id, viewers: self.viewers };
        encode("snapshot", Some(self.snapshot.version), about, &self.snapshot)
    }
}

impl LiveHub {
    /// How many viewers each board has on this node.
    pub(crate) async fn viewers_here(&self) -> Vec<(BoardId, u64)> {
        let boards = self.boards.lock().await;
        boards.iter().map(|(id, board)| (id.clone(), board.frames.receiver_count() as u64)).collect()
    }
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
        let about = About { board: &self.board_id, viewers: state.viewers };
        let frame = encode("delta", Some(delta.version), about, &delta);
        state.history.push_back((delta.from, frame.clone()));
        if state.history.len() > HISTORY_MAX {
            state.history.pop_front();
        }
        state.snapshot = next;
        // Sent under the lock, so that no viewer subscribes between the snapshot and this frame. No viewer is no error.
        let _ = self.frames.send(frame);
    }

    /// Notes what has come after the board, and tells the viewers.
    fn followed_by(&self, next_period: Option<u32>) {
        let mut state = self.state();
        state.next_period = next_period;
        if let Some(frame) = state.over() {
            let _ = self.frames.send(frame);
        }
    }

    /// Notes how many viewers there are, and tells them when nothing else does.
    fn seen_by(&self, viewers: u64) {
        let mut state = self.state();
        if state.viewers == viewers {
            return;
        }
        state.viewers = viewers;
        let about = About { board: &self.board_id, viewers };
        let _ = self.frames.send(encode("viewers", None, about, &Nothing {}));
    }
}

/// Subscribes a viewer to a board. `last_version` is what the viewer has seen last, when it comes back.
///
/// # Errors
/// [`BoardError`] when the board is gone or can't be read.
pub async fn subscribe(
    services: &Services,
    seen: &SeenBoard,
    last_version: Option<u64>,
) -> Result<Subscription, BoardError> {
    let board_id = seen.board_id();
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
        opened = Some(open(services, seen).await?);
    };
    // The receiver counts as a viewer before the hub is let go, so that the board's task does not close it.
    let (first, next) = {
        let state = board.state();
        let mut first = frames_since(&state, last_version);
        first.extend(state.over());
        (first, board.frames.subscribe())
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
    vec![state.whole()]
}

type Opened = (Arc<LiveBoard>, broadcast::Receiver<Signal>);

async fn open(services: &Services, seen: &SeenBoard) -> Result<Opened, BoardError> {
    let board_id = seen.board_id();
    // Registered before the first look, so that no change falls between them.
    let signals = services.signals().subscribe();
    let snapshot = match look(services, board_id, None).await? {
        Some(snapshot) => snapshot,
        None if seen.is_there() => return Err(BoardError::Unknown),
        None => LiveSnapshot {
            tournament_id: board_id.tournament_id(),
            version: 0,
            total: 0,
            order: seen.order(),
            entries: Vec::new(),
        },
    };
    let next_period = outlook(services, board_id).await?.next_period;
    let (frames, _) = broadcast::channel(BEHIND_MAX);
    let state =
        LiveState { board_id: board_id.clone(), snapshot, history: VecDeque::new(), viewers: 1, next_period };
    let board = Arc::new(LiveBoard { board_id: board_id.clone(), state: Mutex::new(state), frames });
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
    let mut viewers = ViewersOf::new(&services);
    let mut watch = Watch::new(&services);
    loop {
        let hints = changed(&services, &mut signals, &board_id, &mut viewers);
        let hint = tokio::time::timeout(Duration::from_millis(LOOK_MS), hints).await;
        if hint == Ok(Hint::Closed) {
            break;
        }
        let known = board.state().snapshot.version;
        match look(&services, &board_id, Some(known)).await {
            Ok(Some(next)) => board.advance(next),
            // It has not changed, or nobody has been placed on it yet.
            Ok(None) => {}
            Err(error) => tracing::warn!(
                board.id = %board_id,
                error = %domain::ErrorChain(&error),
                "a live frame could not be made"
            ),
        }
        board.seen_by(viewers.count(&services, &board));
        if watch.is_for_others(&services, &board).await {
            let mut boards = services.live().boards.lock().await;
            boards.remove(&board_id);
            // Under the lock, so that nobody comes behind it. No viewer is no error.
            let _ = board.frames.send(Frame::end());
            return;
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
async fn changed(
    services: &Services,
    signals: &mut broadcast::Receiver<Signal>,
    board_id: &BoardId,
    viewers: &mut ViewersOf,
) -> Hint {
    loop {
        match signals.recv().await {
            Ok(Signal::Boards { boards }) if boards.may_have(board_id) => return Hint::Changed,
            Ok(Signal::Viewers { board_id: seen, node, viewers: count }) if seen == *board_id => {
                viewers.heard(node, count, services.now());
            }
            // It comes before the hint of the board that shows it.
            Ok(Signal::Names { users }) => services.names().forget(&users),
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return Hint::Changed,
            Err(RecvError::Closed) => return Hint::Closed,
        }
    }
}

/// The window as it is now; `None` when the board is not there, or at the version that is `known` already: a hint may
/// be about many boards, of which this need not be one.
async fn look(
    services: &Services,
    board_id: &BoardId,
    known: Option<u64>,
) -> Result<Option<LiveSnapshot>, BoardError> {
    let doing = "reading a live board";
    let mut tx = services.store().begin_read().await.map_err(BoardError::store(doing))?;
    let row = tx.boards().by_id(board_id).await.map_err(BoardError::store(doing))?;
    drop(tx);
    let Some(row) = row.filter(|row| known.is_none_or(|known| row.version > known)) else { return Ok(None) };
    let order = row.ranking.order.order;
    let mut page = read::ranked(services, board_id, Window::Top, LIVE_ROWS, None).await?;
    if page.version < row.version && index::reconcile(services, &row).await? {
        page = read::ranked(services, board_id, Window::Top, LIVE_ROWS, None).await?;
    }
    let (entries, _) = read::named(services, &page).await?;
    Ok(Some(LiveSnapshot {
        tournament_id: board_id.tournament_id(),
        version: page.version,
        total: page.total,
        order,
        entries,
    }))
}
