//! The state of a board in the page.
//!
//! Invariant: a row of the page lives as long as its player is in the window; a new score or rank changes what stands
//! in the row and where it is, never the row itself. So a frame of the live stream touches what has changed and nothing
//! else.

use domain::{
    PlayerKey, TournamentId,
    board::{BoardEntry, BoardPage, LiveDelta, LiveSnapshot},
    ranking::Order,
};

use crate::{
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
    session: Session,
}

impl BoardStore {
    /// A board that shows `page`.
    pub(crate) fn new(page: BoardPage, order: Order, session: Session) -> Self {
        Self {
            rows: Shared::new(page.entries.iter().cloned().map(row).collect()),
            total: Shared::new(page.total),
            version: Shared::new(page.version),
            is_own_known: Shared::new(page.me.is_some()),
            own: Shared::new(page.me),
            around: Shared::new(Vec::new()),
            window: Shared::new(Some(LiveSnapshot {
                tournament_id: page.tournament_id,
                version: page.version,
                total: page.total,
                order,
                entries: page.entries,
            })),
            session,
        }
    }

    /// Whose board, unless its page is gone.
    pub(crate) fn id(self) -> Option<TournamentId> {
        self.window.now().map(|window| window.tournament_id)
    }

    /// The rows of the window, by rank.
    pub(crate) fn rows(self) -> Vec<Row> {
        self.rows.get()
    }

    /// How many players have a rank.
    pub(crate) fn total(self) -> u64 {
        self.total.get()
    }

    /// The version that is shown.
    pub(crate) fn version(self) -> u64 {
        self.version.get()
    }

    /// The player's own row, from the window when it is there.
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

    /// The rows around the player's own; empty while that is in the window.
    pub(crate) fn around(self) -> Vec<BoardEntry> {
        self.around.get()
    }

    /// Whether the window shows `player`.
    pub(crate) fn shows(self, player: &PlayerKey) -> bool {
        self.rows.now().iter().any(|row| row.player == *player)
    }

    /// How far it is to the place above: the points and that place.
    pub(crate) fn gap(self) -> Option<(u64, u64)> {
        let me = self.me()?;
        let above = me.rank.checked_sub(1).filter(|rank| *rank > 0)?;
        let in_window =
            self.rows.get().into_iter().map(|row| row.entry.get()).find(|entry| entry.rank == above);
        let neighbor =
            in_window.or_else(|| self.around.get().into_iter().find(|entry| entry.rank == above))?;
        Some((neighbor.score.points().abs_diff(me.score.points()), above))
    }

    /// The own row has come into the window.
    pub(crate) fn forget_around(self) {
        self.around.set(Vec::new());
    }

    /// Takes the player's own row and the rows around it.
    pub(crate) fn take_around(self, page: BoardPage) {
        let is_in_window = page.me.as_ref().is_some_and(|me| self.shows(&me.player));
        self.own.set(page.me);
        self.is_own_known.set(true);
        self.around.set(if is_in_window { Vec::new() } else { page.entries });
    }

    /// Shows a whole window.
    pub(crate) fn take_window(self, next: LiveSnapshot) {
        if self.id().as_ref() == Some(&next.tournament_id) {
            self.show(next);
        }
    }

    /// Shows a page from rank 1, as polling brings it.
    pub(crate) fn take_page(self, page: BoardPage) {
        let Some(window) = self.window.now() else { return };
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
    }

    /// Applies a change. Returns `false` when it does not follow on what is shown.
    #[must_use]
    pub(crate) fn take_delta(self, delta: LiveDelta) -> bool {
        let Some(mut next) = self.window.now() else { return true };
        let follows = next.apply(delta);
        if follows {
            self.show(next);
        }
        follows
    }

    fn show(self, next: LiveSnapshot) {
        let before = self.rows.now();
        let after =
            next.entries.iter().map(|entry| match before.iter().find(|row| row.player == entry.player) {
                Some(row) => {
                    row.entry.set(entry.clone());
                    row.clone()
                }
                None => row(entry.clone()),
            });
        self.rows.set(after.collect());
        self.total.set(next.total);
        let version = next.version;
        self.window.set(Some(next));
        self.version.set(version);
    }
}

fn row(entry: BoardEntry) -> Row {
    Row { player: entry.player.clone(), entry: Counted::new(entry) }
}

#[cfg(test)]
mod tests {
    use domain::{Score, Timestamp};
    use leptos::prelude::Owner;

    use super::*;
    use crate::session::{Player, SignIn};

    fn entry(rank: u64, player: &str, points: i64) -> BoardEntry {
        BoardEntry {
            rank,
            player: player.parse().unwrap(),
            alias: player.to_owned(),
            score: Score::new(points).unwrap(),
            achieved_at: Timestamp::from_millis(points),
        }
    }

    fn page(version: u64, entries: Vec<BoardEntry>) -> BoardPage {
        BoardPage {
            tournament_id: "cup".parse().unwrap(),
            version,
            total: entries.len() as u64,
            entries,
            me: None,
            next_cursor: None,
        }
    }

    fn store(me: &str) -> BoardStore {
        let me = Player { first_name: "Ada".to_owned(), alias: me.to_owned(), player: me.parse().unwrap() };
        let entries = vec![entry(1, "p_a", 30), entry(2, "p_b", 20), entry(3, "p_c", 10)];
        BoardStore::new(page(7, entries), Order::Desc, Session::in_state(SignIn::In(me)))
    }

    fn ranking(store: BoardStore) -> Vec<(u64, String)> {
        let rows = store.rows.now();
        rows.iter().map(|row| (row.entry.now().rank, row.entry.now().alias)).collect()
    }

    #[test]
    fn a_delta_moves_rows_without_replacing_them() {
        Owner::new().with(|| {
            let store = store("p_c");
            let before = store.rows.now();
            let delta = LiveDelta {
                from: 7,
                version: 8,
                total: 3,
                changed: vec![entry(1, "p_c", 40)],
                moved: vec![("p_a".parse().unwrap(), 2), ("p_b".parse().unwrap(), 3)],
                left: Vec::new(),
            };
            assert!(store.take_delta(delta));
            assert_eq!(ranking(store), [(1, "p_c".into()), (2, "p_a".into()), (3, "p_b".into())]);
            assert_eq!(before[2].entry.now().rank, 1, "the old row was not kept");
            assert_eq!(store.me().unwrap().rank, 1);
            assert_eq!(store.gap(), None);
        });
    }

    #[test]
    fn a_delta_that_does_not_follow_changes_nothing() {
        Owner::new().with(|| {
            let store = store("p_c");
            let delta = LiveDelta {
                from: 6,
                version: 9,
                total: 0,
                changed: Vec::new(),
                moved: Vec::new(),
                left: vec!["p_a".parse().unwrap()],
            };
            assert!(!store.take_delta(delta));
            assert_eq!(ranking(store).len(), 3);
        });
    }

    #[test]
    fn the_gap_is_counted_to_the_place_above() {
        Owner::new().with(|| assert_eq!(store("p_b").gap(), Some((10, 1))));
    }

    #[test]
    fn the_own_row_outside_the_window_comes_from_its_neighborhood() {
        Owner::new().with(|| {
            let store = store("p_z");
            assert_eq!(store.me(), None);
            let mut around = page(7, vec![entry(8, "p_y", 5), entry(9, "p_z", 2)]);
            around.me = Some(entry(9, "p_z", 2));
            store.take_around(around);
            assert_eq!(store.me().unwrap().rank, 9);
            assert_eq!(store.gap(), Some((3, 8)));
        });
    }

    #[test]
    fn a_window_of_another_tournament_is_not_shown() {
        Owner::new().with(|| {
            let store = store("p_b");
            let mut other = page(9, Vec::new());
            other.tournament_id = "other".parse().unwrap();
            store.take_page(other);
            assert_eq!(ranking(store).len(), 3);
        });
    }
}
