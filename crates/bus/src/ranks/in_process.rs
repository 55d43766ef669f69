//! Ranks in the memory of one process.
//!
//! Invariant: no lock is held across an await, and a board is read and changed under its own lock, so that every page
//! is of one version. Work that takes milliseconds runs on the blocking threads.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use async_trait::async_trait;
use domain::{BoardId, BoardOrder, UserId, ranking::RankKey};

use crate::{
    BusError,
    ranks::{
        Applied, Change, Loaded, PAGE_ROWS_MAX, RankPage, Ranked, Ranks, TwoKeysOfOnePlayer, Window,
        index::Index, rows_above,
    },
};

/// From this many keys on, the work would hold up other tasks of the thread by more than a millisecond.
const BLOCKING_FROM: usize = 1_000;

type Boards = HashMap<BoardId, Arc<RwLock<Board>>>;

/// The rank index of a single machine.
#[derive(Clone, Default)]
pub struct InProcessRanks {
    boards: Arc<RwLock<Boards>>,
}

#[derive(Debug)]
struct Board {
    version: u64,
    index: Index,
}

impl InProcessRanks {
    /// An index without boards.
    pub fn new() -> Self {
        Self::default()
    }

    fn board(&self, board: &BoardId) -> Option<Arc<RwLock<Board>>> {
        read(&self.boards).get(board).cloned()
    }

    /// Forgets a board whose index is earlier than `version` and in another order than it has then.
    fn forget_other_order(&self, board: &BoardId, order: BoardOrder, version: u64) {
        let mut boards = write(&self.boards);
        let is_other = boards.get(board).is_some_and(|present| {
            let present = read(present);
            present.version < version && present.index.order() != order
        });
        let forgotten = if is_other { boards.remove(board) } else { None };
        drop(boards);
        drop(forgotten);
    }

    fn replace(
        &self,
        board: &BoardId,
        order: BoardOrder,
        version: u64,
        keys: Vec<RankKey>,
    ) -> Result<(), TwoKeysOfOnePlayer> {
        let loaded = Board { version, index: Index::build(order, keys)? };
        let mut boards = write(&self.boards);
        let Some(present) = boards.get(board) else {
            boards.insert(board.clone(), Arc::new(RwLock::new(loaded)));
            return Ok(());
        };
        // Changed in place: an `apply` that found this board already must not write into one that nobody reads.
        let mut present = write(present);
        if present.version > version {
            return Ok(());
        }
        let replaced = std::mem::replace(&mut *present, loaded);
        drop(present);
        drop(boards);
        // Freeing a large board takes a while; nobody waits for it here.
        drop(replaced);
        Ok(())
    }
}

impl fmt::Debug for InProcessRanks {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("InProcessRanks")
            .field("boards", &read(&self.boards).len())
            .finish_non_exhaustive()
    }
}

impl Board {
    fn apply(&mut self, order: BoardOrder, (from, version): (u64, u64), changes: &[Change]) -> Applied {
        if self.version >= version {
            return Applied::Known { at: self.version };
        }
        if self.index.order() != order {
            return Applied::NotLoaded;
        }
        if self.version < from {
            return Applied::Gap { at: self.version };
        }
        for change in changes {
            match change {
                Change::Put(key) => self.index.put(*key),
                Change::Remove(user_id) => self.index.take_off(*user_id),
            }
        }
        self.version = version;
        Applied::Done
    }

    fn page(&self, window: Window, limit: u32, me: Option<UserId>) -> RankPage {
        let total = self.index.len();
        let limit = limit.min(PAGE_ROWS_MAX) as usize;
        let mut limit = limit;
        let skip = match window {
            Window::Top => Some(0),
            Window::After(key) => Some(self.index.count_through(&key)),
            Window::Before(key) => {
                let above = self.index.count_above(&key);
                limit = limit.min(above);
                Some(above - limit)
            }
            Window::Around(user_id) => self.index.standing(user_id).map(|key| {
                let above = self.index.count_above(&key);
                above.saturating_sub(rows_above(limit)).min(total.saturating_sub(limit))
            }),
        };
        RankPage {
            version: self.version,
            total: total as u64,
            rows: skip.map(|skip| self.index.rows(skip, limit)).unwrap_or_default(),
            me: me
                .and_then(|user_id| self.index.standing(user_id))
                .map(|key| Ranked { rank: self.index.count_above(&key) as u64 + 1, key }),
        }
    }
}

#[async_trait]
impl Ranks for InProcessRanks {
    async fn load(
        &self,
        board: &BoardId,
        order: BoardOrder,
        version: u64,
        keys: Vec<RankKey>,
    ) -> Result<(), BusError> {
        const OPERATION: &str = "ranks.load";
        if keys.len() < BLOCKING_FROM {
            return self.replace(board, order, version, keys).map_err(BusError::at(OPERATION));
        }
        let (ranks, board) = (self.clone(), board.clone());
        tokio::task::spawn_blocking(move || ranks.replace(&board, order, version, keys))
            .await
            .map_err(BusError::at(OPERATION))?
            .map_err(BusError::at(OPERATION))
    }

    async fn apply(
        &self,
        board: &BoardId,
        order: BoardOrder,
        versions: (u64, u64),
        changes: &[Change],
    ) -> Result<Applied, BusError> {
        let Some(present) = self.board(board) else { return Ok(Applied::NotLoaded) };
        let applied = if changes.len() < BLOCKING_FROM {
            write(&present).apply(order, versions, changes)
        } else {
            let (present, changes) = (Arc::clone(&present), changes.to_vec());
            tokio::task::spawn_blocking(move || write(&present).apply(order, versions, &changes))
                .await
                .map_err(BusError::at("ranks.apply"))?
        };
        if applied == Applied::NotLoaded {
            self.forget_other_order(board, order, versions.1);
        }
        Ok(applied)
    }

    async fn page(
        &self,
        board: &BoardId,
        window: Window,
        limit: u32,
        me: Option<UserId>,
    ) -> Result<Option<RankPage>, BusError> {
        Ok(self.board(board).map(|board| read(&board).page(window, limit, me)))
    }

    async fn loaded(&self, board: &BoardId) -> Result<Option<Loaded>, BusError> {
        Ok(self.board(board).map(|board| {
            let board = read(&board);
            Loaded { version: board.version, order: board.index.order() }
        }))
    }

    fn is_shared(&self) -> bool {
        false
    }

    async fn unload(&self, board: &BoardId) -> Result<(), BusError> {
        let unloaded = write(&self.boards).remove(board);
        drop(unloaded);
        Ok(())
    }
}

// No code of ours panics under these locks short of running out of memory; the next reader need not fail for it.
fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
