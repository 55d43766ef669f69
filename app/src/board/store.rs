//! The state of a board in the page.
//!
//! Invariant: a row of the page lives as long as its player is in the window; a new score or rank changes what stands
//! in the row and where it is, never the row itself. So a frame of the live stream touches what has changed and nothing
//! else.
//!
//! The live stream covers the window alone. Below it stands the tail: as many rows as the player has asked for. Frames
//! keep the two apart and without a gap ([`tail`]); what moves within the tail is asked for.

use domain::{
    PlayerKey, Timestamp, TournamentId,
    board::{BoardEntry, BoardPage, LiveDelta, LiveSnapshot, TournamentCard},
    tournament::Phase,
};

use crate::{
    board::{Course, tail},
    reactive::{Counted, Shared},
    session::Session,
};

/// A player's row.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// Whose.
    pub player: PlayerKey,
    /// What stands in it.
    pub entry: Counted<BoardEntry>,
}

impl PartialEq for Row {
    fn eq(&self, other: &Self) -> bool {
        self.player == other.player
    }
}

/// A board. Cheap to copy.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BoardStore {
    /// Which board of the tournament.
    board: Shared<String>,
    window: Shared<Option<LiveSnapshot>>,
    rows: Shared<Vec<Row>>,
    total: Shared<u64>,
    version: Shared<u64>,
    /// The player's own row as the server last gave it.
    own: Shared<Option<BoardEntry>>,
    /// Whether the server has said whether there is one.
    is_own_known: Shared<bool>,
    /// The rows around it, when it is outside the window.
    around: Shared<Vec<BoardEntry>>,
    /// The rows below the window.
    tail: Shared<Vec<BoardEntry>>,
    /// How many of them the player has asked for.
    asked: Shared<u64>,
    /// Where the next ones begin.
    next_cursor: Shared<Option<String>>,
    /// Whether they are on their way.
    is_loading: Shared<bool>,
    /// When its tournament takes place.
    course: Shared<Course>,
    /// Whether more than the score decides between its players.
    has_ties: bool,
    /// How many watch it; 0 when that is not known.
    viewers: Shared<u64>,
    session: Session,
}

impl BoardStore {
    /// The board of `card`'s tournament, showing `page`.
    pub(crate) fn new(page: BoardPage, card: &TournamentCard, session: Session) -> Self {
        Self {
            board: Shared::new(page.board.as_str().to_owned()),
            rows: Shared::new(page.entries.iter().cloned().map(row).collect()),
            total: Shared::new(page.total),
            version: Shared::new(page.version),
            is_own_known: Shared::new(page.me.is_some()),
            own: Shared::new(page.me),
            around: Shared::new(Vec::new()),
            tail: Shared::new(Vec::new()),
            asked: Shared::new(0),
            next_cursor: Shared::new(None),
            is_loading: Shared::new(false),
            course: Shared::new(Course::of(card)),
            has_ties: !card.tournament.ties.is_empty(),
            viewers: Shared::new(0),
            window: Shared::new(Some(LiveSnapshot {
                tournament_id: page.tournament_id,
                version: page.version,
                total: page.total,
                order: card.tournament.order,
                entries: page.entries,
            })),
            session,
        }
    }

    /// Which board it is; the reader runs again when another one is shown.
    pub(crate) fn board(self) -> String {
        self.board.get()
    }

    /// Which board it is, once.
    pub(crate) fn board_now(self) -> String {
        self.board.now()
    }

    /// Whose board, unless its page is gone.
    pub(crate) fn id(self) -> Option<TournamentId> {
        self.window.now().map(|window| window.tournament_id)
    }

    /// Whether scores have counted at `now`.
    pub(crate) fn has_begun(self, now: Timestamp) -> bool {
        self.course().phase(now) != Phase::Upcoming
    }

    /// Whether the tournament is over at `now`.
    pub(crate) fn is_over(self, now: Timestamp) -> bool {
        matches!(self.course().phase(now), Phase::Finished | Phase::Canceled)
    }

    /// When the tournament takes place; the reader runs again when that changes.
    pub(crate) fn course(self) -> Course {
        self.course.get()
    }

    /// When the tournament takes place, once.
    pub(crate) fn course_now(self) -> Course {
        self.course.now()
    }

    /// Takes what is known by now of when the tournament takes place.
    pub(crate) fn set_course(self, course: Course) {
        self.course.set(course);
    }

    /// All rows that are shown, by rank.
    pub(crate) fn rows(self) -> Vec<Row> {
        self.rows.get()
    }

    /// How many players have a rank.
    pub(crate) fn total(self) -> u64 {
        self.total.get()
    }

    /// How many players have a rank, once.
    pub(crate) fn total_now(self) -> u64 {
        self.total.now()
    }

    /// How many watch it; 0 when that is not known.
    pub(crate) fn viewers(self) -> u64 {
        self.viewers.get()
    }

    /// Notes how many watch it.
    pub(super) fn set_viewers(self, viewers: u64) {
        self.viewers.set(viewers);
    }

    /// The version that is shown.
    pub(crate) fn version(self) -> u64 {
        self.version.get()
    }

    /// The player's own row, from the board when it is there.
    pub(crate) fn me(self) -> Option<BoardEntry> {
        let player = self.session.player()?;
        match self.rows.get().into_iter().find(|row| row.player == player) {
            Some(row) => Some(row.entry.get()),
            None => self.own.get().filter(|own| own.player == player),
        }
    }

    /// Whether the player certainly has no row.
    pub(crate) fn lacks_me(self) -> bool {
        self.is_own_known.get() && self.me().is_none()
    }

    /// The rows around the player's own; empty while that is on the board.
    pub(crate) fn around(self) -> Vec<BoardEntry> {
        self.around.get()
    }

    /// Whether the board shows `player`.
    pub(crate) fn shows(self, player: &PlayerKey) -> bool {
        self.rows.now().iter().any(|row| row.player == *player)
    }

    /// How far it is to the place above: the points that lift the player onto it, and that place. On equal scores the
    /// one who was there first stands higher, so that drawing level is one point short. Where tie columns decide between
    /// equal scores, the page does not know what is missing.
    pub(crate) fn gap(self) -> Option<(u64, u64)> {
        let me = self.me()?;
        let above = me.rank.checked_sub(1).filter(|rank| *rank > 0)?;
        let in_window =
            self.rows.get().into_iter().map(|row| row.entry.get()).find(|entry| entry.rank == above);
        let neighbor =
            in_window.or_else(|| self.around.get().into_iter().find(|entry| entry.rank == above))?;
        match neighbor.score.points().abs_diff(me.score.points()) {
            0 if self.has_ties => None,
            points => Some((points + 1, above)),
        }
    }

    /// The own row has come onto the board.
    pub(crate) fn forget_around(self) {
        self.around.set(Vec::new());
    }

    /// Takes the player's own row and the rows around it. Returns `false`, changing nothing, when their place is on another
    /// board.
    #[must_use]
    pub(crate) fn take_around(self, page: BoardPage) -> bool {
        if page.board.as_str() != self.board.now() {
            return false;
        }
        let is_shown = page.me.as_ref().is_some_and(|me| self.shows(&me.player));
        self.own.set(page.me);
        self.is_own_known.set(true);
        self.around.set(if is_shown { Vec::new() } else { page.entries });
        true
    }

    /// Whether more rows are on their way; the reader runs again when that changes.
    pub(crate) fn is_loading(self) -> bool {
        self.is_loading.get()
    }

    /// Whether more rows are on their way, once.
    pub(crate) fn is_loading_now(self) -> bool {
        self.is_loading.now()
    }

    /// Says whether more rows are on their way.
    pub(super) fn set_loading(self, is_loading: bool) {
        self.is_loading.set(is_loading);
    }

    /// How many rows the player has asked for below the window, once.
    pub(super) fn asked(self) -> usize {
        usize::try_from(self.asked.now()).unwrap_or_default()
    }

    /// Where the rows below those that are shown begin, once.
    pub(super) fn next_cursor(self) -> Option<String> {
        self.next_cursor.now()
    }

    /// Remembers how many rows were asked for, and where the next ones begin.
    pub(super) fn set_asked(self, asked: usize, next_cursor: Option<String>) {
        self.asked.set(asked as u64);
        self.next_cursor.set(next_cursor);
    }

    /// How many rows are shown, once.
    pub(super) fn shown(self) -> usize {
        self.rows.now().len()
    }

    /// The player in the row behind the first `rows`, once.
    pub(super) fn player_behind(self, rows: usize) -> Option<PlayerKey> {
        Some(self.rows.now().get(rows)?.player.clone())
    }

    /// How many rows can be had beyond those that are shown, as far as a page goes.
    pub(crate) fn rest(self) -> usize {
        let shown = self.rows.get().len();
        usize::try_from(self.total.get()).unwrap_or(usize::MAX).min(tail::ROWS_MAX).saturating_sub(shown)
    }

    /// Shows `entries` below the window, as a whole or behind those that are there.
    pub(super) fn take_tail(self, mut entries: Vec<BoardEntry>, appends: bool) {
        let Some(window) = self.window.now() else { return };
        let mut tail = if appends { self.tail.now() } else { Vec::new() };
        tail.append(&mut entries);
        self.tail.set(tail::below(&window, tail));
        self.draw(&window.entries);
        if self.session.player_now().is_some_and(|player| self.shows(&player)) {
            self.forget_around();
        }
    }

    /// Shows a whole window.
    pub(crate) fn take_window(self, next: LiveSnapshot) {
        if self.id().as_ref() == Some(&next.tournament_id) {
            self.show(next);
        }
    }

    /// Shows a page from rank 1, which may be that of another board of the tournament.
    pub(crate) fn take_page(self, page: BoardPage) {
        let Some(window) = self.window.now() else { return };
        let board = page.board.as_str().to_owned();
        if board != self.board.now() {
            self.tail.set(Vec::new());
            self.set_asked(0, None);
            self.forget_around();
            self.own.set(None);
            self.is_own_known.set(false);
        }
        if page.me.is_some() {
            self.own.set(page.me);
        }
        self.take_window(LiveSnapshot {
            tournament_id: page.tournament_id,
            version: page.version,
            total: page.total,
            order: window.order,
            entries: page.entries,
        });
        self.board.set(board);
    }

    /// Applies a change. Returns `false` when it does not follow on what is shown.
    #[must_use]
    pub(crate) fn take_delta(self, delta: LiveDelta) -> bool {
        let Some(mut next) = self.window.now() else { return true };
        let follows = next.apply(delta);
        if follows {
            // Who falls out of the window stood here last, until it is known where they are.
            if let Some(player) = self.session.player_now()
                && let Some(row) = self.rows.now().into_iter().find(|row| row.player == player)
            {
                self.own.set(Some(row.entry.now()));
            }
            self.show(next);
        }
        follows
    }

    fn show(self, next: LiveSnapshot) {
        let tail = self.tail.now();
        if !tail.is_empty()
            && let Some(window) = self.window.now()
        {
            self.tail.set(tail::follow(tail, &window, &next));
        }
        self.draw(&next.entries);
        self.total.set(next.total);
        let version = next.version;
        self.window.set(Some(next));
        self.version.set(version);
    }

    /// Puts the rows of the window and of the tail on the board, each in the row that its player has already.
    fn draw(self, window: &[BoardEntry]) {
        let before = self.rows.now();
        let mut after = Vec::new();
        for entries in [window, &self.tail.now()] {
            for entry in entries {
                // Most rows are where they were, or next to it.
                let near = after.len().saturating_sub(2).min(before.len());
                let is_its = |row: &&Row| row.player == entry.player;
                let kept = before[near..].iter().find(is_its).or_else(|| before.iter().find(is_its));
                after.push(match kept {
                    Some(row) => {
                        row.entry.set(entry.clone());
                        row.clone()
                    }
                    None => row(entry.clone()),
                });
            }
        }
        self.rows.set(after);
    }
}

fn row(entry: BoardEntry) -> Row {
    Row { player: entry.player.clone(), entry: Counted::new(entry) }
}

#[cfg(test)]
mod tests;
