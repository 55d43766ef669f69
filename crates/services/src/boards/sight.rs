//! Who may see which board, and which board of a tournament is theirs.
//!
//! Invariant: whatever is shown of a tournament's boards is shown of a [`SeenBoard`], and only this room makes one: for a
//! reader who may see the tournament. Whoever may not is answered as if there was no such tournament.

use domain::{BoardId, Order, Timestamp, TournamentId, UserId};
use storage::{
    StoreError, Transaction,
    tournament::{Audience, TournamentRow},
};

use crate::{Services, boards::BoardError, console::Operator};

/// The cohort that is opened first in each period.
const FIRST_COHORT: u32 = 1;

/// Which of a tournament's boards is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wanted {
    /// The period; none: the one that is played, between two of them the last one that was, before the start the first.
    pub period: Option<u32>,
    /// The cohort; none: that of the viewer's entry in the period, of whoever has none the first one, and where there are
    /// no cohorts the board that all players share.
    pub cohort: Option<u32>,
}

/// A board that its reader may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenBoard {
    board_id: BoardId,
    viewer: Option<UserId>,
    order: Order,
    is_there: bool,
}

impl SeenBoard {
    /// Any board, for an operator, who has shown that they may see tournaments.
    pub const fn by_operator(_: &Operator, board_id: BoardId) -> Self {
        Self { board_id, viewer: None, order: Order::Desc, is_there: true }
    }

    /// Which.
    pub const fn board_id(&self) -> &BoardId {
        &self.board_id
    }

    /// Whose own row is shown with it.
    pub const fn viewer(&self) -> Option<UserId> {
        self.viewer
    }

    /// Which score is better.
    pub(crate) const fn order(&self) -> Order {
        self.order
    }

    /// Whether it is stored: the first cohort's is when somebody is placed there.
    pub(crate) const fn is_there(&self) -> bool {
        self.is_there
    }
}

/// The board that a viewer sees of a tournament.
///
/// # Errors
/// [`BoardError::Unknown`] when there is no such board, or no such tournament, that the viewer may see.
pub async fn board(
    services: &Services,
    tournament_id: &TournamentId,
    viewer: Option<UserId>,
    wanted: Wanted,
) -> Result<SeenBoard, BoardError> {
    let doing = "looking for a board";
    let mut tx = services.store().begin_read().await.map_err(BoardError::store(doing))?;
    let seen = within(&mut *tx, tournament_id, viewer, wanted, services.now()).await;
    seen.map_err(BoardError::store(doing))?.ok_or(BoardError::Unknown)
}

/// A board by its name.
///
/// # Errors
/// As [`board`].
pub async fn named(
    services: &Services,
    board_id: &BoardId,
    viewer: Option<UserId>,
) -> Result<SeenBoard, BoardError> {
    let wanted = Wanted { period: Some(board_id.period()), cohort: Some(board_id.cohort()) };
    board(services, &board_id.tournament_id(), viewer, wanted).await
}

/// A tournament, with all that is stored of it, if the viewer may see it.
pub(crate) async fn tournament(
    tx: &mut dyn Transaction,
    tournament_id: &TournamentId,
    viewer: Option<UserId>,
) -> Result<Option<TournamentRow>, StoreError> {
    let row = tx.tournaments().by_id(tournament_id).await?;
    Ok(row.filter(|row| row.audience().admits(viewer.is_some())))
}

/// As [`board`], in a transaction. `None` where that answers [`BoardError::Unknown`].
pub(crate) async fn within(
    tx: &mut dyn Transaction,
    tournament_id: &TournamentId,
    viewer: Option<UserId>,
    wanted: Wanted,
    now: Timestamp,
) -> Result<Option<SeenBoard>, StoreError> {
    let glance = tx.tournaments().glance(tournament_id).await?;
    let Some(glance) = glance.filter(|glance| glance.audience.admits(viewer.is_some())) else {
        return Ok(None);
    };
    let period = match wanted.period {
        Some(number) => tx.periods().by_number(tournament_id, number).await?,
        None => tx.periods().current(tournament_id, now).await?,
    };
    let number = wanted.period.or(period.as_ref().map(|period| period.period)).unwrap_or_default();
    let has_placed = period.as_ref().is_some_and(|period| period.cohorts > 0);
    let cohort = match (wanted.cohort, viewer) {
        (Some(cohort), _) => cohort,
        (None, Some(user_id)) if has_placed => {
            let entry = tx.entries().of_users(tournament_id, number, &[user_id]).await?.pop();
            entry.map(|entry| entry.cohort).filter(|cohort| *cohort > 0).unwrap_or(FIRST_COHORT)
        }
        (None, None) if has_placed => FIRST_COHORT,
        (None, _) => 0,
    };
    let seen = |cohort, is_there| {
        let board_id = BoardId::of(tournament_id, number, cohort);
        SeenBoard { board_id, viewer, order: glance.order, is_there }
    };
    let wanted_one = seen(cohort, true);
    if let Some(board) = tx.boards().by_id(&wanted_one.board_id).await? {
        return Ok(Some(SeenBoard { order: board.ranking.order.order, ..wanted_one }));
    }
    // A period whose players are divided has no board before the first of them is placed; then it is the first cohort's.
    let may_come = period.is_some() && !has_placed && (wanted.cohort.is_none() || cohort == FIRST_COHORT);
    let is_divided = may_come && (cohort == 0 || tx.boards().by_id(&seen(0, true).board_id).await?.is_none());
    Ok(is_divided.then(|| seen(FIRST_COHORT, false)))
}

/// For whom a board is now, and which period has come after its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Outlook {
    /// Who may see it.
    pub(crate) audience: Audience,
    /// The period that is shown by now in the place of the board's own.
    pub(crate) next_period: Option<u32>,
}

/// What has become of a board that is watched.
pub(crate) async fn outlook(
    tx: &mut dyn Transaction,
    board_id: &BoardId,
    now: Timestamp,
) -> Result<Outlook, StoreError> {
    let tournament_id = board_id.tournament_id();
    let glance = tx.tournaments().glance(&tournament_id).await?;
    let current = tx.periods().current(&tournament_id, now).await?;
    Ok(Outlook {
        audience: glance.map_or(Audience::Nobody, |glance| glance.audience),
        next_period: current.map(|period| period.period).filter(|period| *period > board_id.period()),
    })
}
