//! Changing what stands on a board, in a transaction, and telling of it when that is committed.

use std::collections::HashMap;

use bus::{
    ranks::Change,
    signals::{ChangedBoards, Signal},
};
use domain::{BoardId, BoardOrder, UserId};
use storage::{
    StoreError, Transaction,
    board::{BoardBump, BoardRow, BoardState, PlayerRow, Presence},
};

use crate::{
    Services,
    boards::{chain, index},
};

/// A board that a transaction has changed: what the index and the viewers are told after the commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardChange {
    pub(crate) board_id: BoardId,
    /// The order of the board by now.
    pub(crate) order: BoardOrder,
    pub(crate) version: u64,
    pub(crate) changes: Vec<Change>,
}

/// Tells the rank index what a commit has changed, and then the viewers: by one hint, however many boards there are.
pub async fn tell(services: &Services, changes: Vec<BoardChange>) {
    if changes.is_empty() {
        return;
    }
    let mut boards = Vec::with_capacity(changes.len());
    for change in changes {
        index::apply(services, &change).await;
        boards.push(change.board_id);
    }
    services.signals().publish(Signal::Boards { boards: ChangedBoards::new(boards) });
}

/// The most boards on which a new name is shown at once. Whoever is on more of them that are not over is shown under it
/// there when the board changes next.
const SHOWING_MAX: u32 = 1_000;

/// Raises the version of every board that shows a user and whose ranks are not results yet, so that viewers see how
/// they are called now. It does so on boards of private tournaments too: hiding is for all who look.
pub(crate) async fn bump_boards_showing(
    tx: &mut dyn Transaction,
    user_id: UserId,
) -> Result<Vec<BoardChange>, StoreError> {
    let ids = tx.boards().showing(user_id, SHOWING_MAX).await?;
    let mut locked = tx.boards().lock_many(&ids).await?;
    // One may have become final while its lock was awaited.
    locked.retain(|board| board.state != BoardState::Final);
    let bump = |board: &BoardRow| BoardBump {
        board_id: board.board_id.clone(),
        is_changed: true,
        new_players: 0,
        new_scores: 0,
    };
    let bumps: Vec<BoardBump> = locked.iter().map(bump).collect();
    if !bumps.is_empty() {
        tx.boards().bump_many(&bumps).await?;
    }
    let change = |board: BoardRow| BoardChange {
        board_id: board.board_id,
        order: board.ranking.order,
        version: board.version + 1,
        changes: Vec::new(),
    };
    Ok(locked.into_iter().map(change).collect())
}

/// Stores the rows of players of a locked board, each with the row as it was; raises the board's version when somebody
/// sees a difference.
pub(crate) async fn store(
    tx: &mut dyn Transaction,
    board: &BoardRow,
    rows: Vec<(Option<PlayerRow>, PlayerRow)>,
) -> Result<Option<BoardChange>, StoreError> {
    let mut batch = Batch::default();
    for (before, after) in rows {
        batch.add(board, before.as_ref(), after);
    }
    Ok(batch.store(tx).await?.pop())
}

/// Rows of players of several boards, which are locked, on their way into the database.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    rows: Vec<PlayerRow>,
    bumps: HashMap<BoardId, BoardBump>,
    changes: HashMap<BoardId, BoardChange>,
}

impl Batch {
    /// Adds the row of a player, who had this row before.
    pub(crate) fn add(&mut self, board: &BoardRow, before: Option<&PlayerRow>, mut after: PlayerRow) {
        let key = |row: &PlayerRow| row.ranked().map(|standing| standing.key(row.user_id));
        let (old, new) = (before.and_then(key), key(&after));
        if before == Some(&after) {
            return;
        }
        let board_id = &board.board_id;
        let bump = self.bumps.entry(board_id.clone()).or_insert_with(|| BoardBump {
            board_id: board_id.clone(),
            is_changed: false,
            new_players: 0,
            new_scores: 0,
        });
        let attempts_before = before.map_or(0, |before| before.attempts);
        bump.new_scores += after.attempts.cast_signed() - attempts_before.cast_signed();
        if old == new {
            // What nobody sees is stored all the same, and is no change of the board.
            after.version = before.map_or(board.version, |before| before.version);
            self.rows.push(after);
            return;
        }
        let version = board.version + 1;
        after.version = version;
        let change = new.map_or(Change::Remove(after.user_id), Change::Put);
        self.rows.push(after);
        bump.is_changed = true;
        bump.new_players += i64::from(new.is_some()) - i64::from(old.is_some());
        let told = self.changes.entry(board_id.clone()).or_insert_with(|| BoardChange {
            board_id: board_id.clone(),
            order: board.ranking.order,
            version,
            changes: Vec::new(),
        });
        told.changes.push(change);
    }

    /// Stores the rows, and answers what the boards' readers are to be told.
    pub(crate) async fn store(self, tx: &mut dyn Transaction) -> Result<Vec<BoardChange>, StoreError> {
        if !self.rows.is_empty() {
            tx.boards().put_players(&self.rows).await?;
        }
        let is_felt = |bump: &BoardBump| bump.is_changed || bump.new_scores != 0;
        let bumps: Vec<BoardBump> = self.bumps.into_values().filter(is_felt).collect();
        if !bumps.is_empty() {
            tx.boards().bump_many(&bumps).await?;
        }
        Ok(self.changes.into_values().collect())
    }
}

/// Takes a player off a board. `None` when they were not on it, or its ranks are results already.
///
/// # Errors
/// When the database fails.
pub async fn take_out(
    _services: &Services,
    tx: &mut dyn Transaction,
    board_id: &BoardId,
    user_id: UserId,
) -> Result<Option<BoardChange>, StoreError> {
    let Some((board, row)) = row_of(tx, board_id, user_id).await? else { return Ok(None) };
    let after = PlayerRow { presence: Presence::Disqualified, ..row.clone() };
    store(tx, &board, vec![(Some(row), after)]).await
}

/// Puts a player back on a board, with what their scores come to. `None` when they were not taken off it, have no score
/// left, or the board's ranks are results already.
///
/// # Errors
/// When the database fails.
pub async fn put_back(
    _services: &Services,
    tx: &mut dyn Transaction,
    board_id: &BoardId,
    user_id: UserId,
) -> Result<Option<BoardChange>, StoreError> {
    let Some((board, row)) = row_of(tx, board_id, user_id).await? else { return Ok(None) };
    if row.presence != Presence::Disqualified {
        return Ok(None);
    }
    let allowed = PlayerRow { presence: Presence::OnBoard, ..row.clone() };
    let log = match row.last_event {
        Some(head) => chain::read(tx, head).await?,
        None => Vec::new(),
    };
    let after =
        if chain::is_whole(&log) { chain::recomputed(&allowed, board.ranking, &log) } else { allowed };
    store(tx, &board, vec![(Some(row), after)]).await
}

/// A player's row on a board that still changes, which is locked from here on.
async fn row_of(
    tx: &mut dyn Transaction,
    board_id: &BoardId,
    user_id: UserId,
) -> Result<Option<(BoardRow, PlayerRow)>, StoreError> {
    let board = tx.boards().lock(board_id).await?;
    let Some(board) = board.filter(|board| board.state != BoardState::Final) else { return Ok(None) };
    let row = tx.boards().players(&[(board_id.clone(), user_id)]).await?.pop();
    Ok(row.map(|row| (board, row)))
}
