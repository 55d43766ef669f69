//! The rows below the live window, which the player asks for a page at a time.
//!
//! Invariant: window and tail together show every player once, in places without a gap. A frame of the live stream
//! says who has come into the window and who has left it, and [`follow`] hands those over; what moves within the tail
//! no frame says, so the tail is asked for anew when the board has moved, at most every two seconds for each page.

use std::{cell::RefCell, rc::Rc};

use domain::{
    ErrorCode,
    board::{BoardEntry, BoardPage, LIVE_ROWS, LiveSnapshot, PAGE_LIMIT_MAX},
};

use crate::{
    board::{BoardStore, pace::Pace},
    net::Call,
    reactive,
    session::send_signed,
    visible::Visible,
};

/// How many rows one press brings.
const PAGE_ROWS: usize = 50;
/// The most rows that are shown: a slow phone draws no more without a stutter. The rows around the player's own, and
/// that one itself, are in sight wherever they are.
pub(crate) const ROWS_MAX: usize = 500;
const PAUSE_MS: i32 = 2000;

/// How many rows the next press brings to `store`.
pub(crate) fn next_rows(store: BoardStore) -> usize {
    store.rest().min(PAGE_ROWS)
}

/// Brings the next page of rows.
///
/// # Errors
/// Why it can't be had.
pub(crate) async fn load_more(store: BoardStore) -> Result<(), ErrorCode> {
    store.set_loading(true);
    let outcome = bring(store, PAGE_ROWS).await;
    store.set_loading(false);
    outcome
}

/// Keeps the tail of `store` current for as long as the calling page is shown.
pub(super) fn keep_tail(store: BoardStore, visible: Visible) {
    let pace = Rc::new(RefCell::new(Pace::default()));
    reactive::effect(move || {
        store.version();
        let pages = store.asked().div_ceil(PAGE_LIMIT_MAX as usize);
        if pages > 0 && visible.get() {
            let ask = move || {
                reactive::spawn(async move {
                    // After a failure what is shown stays, and the next frame asks again.
                    let _ = bring(store, 0).await;
                });
            };
            Pace::soon(&pace, PAUSE_MS * i32::try_from(pages).unwrap_or(1), Box::new(ask));
        }
    });
}

/// Asks for `more` rows below those that are there. Without more, and where the edge of the window may have moved
/// since the page came, from the top.
async fn bring(store: BoardStore, more: usize) -> Result<(), ErrorCode> {
    // A page that is gone has no id any more.
    let Some(id) = store.id() else { return Ok(()) };
    let asked = store.asked();
    let mut cursor = store.next_cursor().filter(|_| more > 0);
    let appends = cursor.is_some();
    let rows = if appends { more } else { LIVE_ROWS as usize + asked + more };
    let mut entries = Vec::new();
    while entries.len() < rows {
        let limit = (rows - entries.len()).min(PAGE_LIMIT_MAX as usize);
        let mut url = format!("/v1/tournaments/{id}/board?limit={limit}");
        if let Some(cursor) = &cursor {
            url.push_str("&cursor=");
            url.push_str(cursor);
        }
        let mut page: BoardPage = send_signed(Call { url, ..Call::default() }).await?.read()?;
        if page.board.as_str() != store.board_now() {
            // The page is about to show that one.
            return Ok(());
        }
        entries.append(&mut page.entries);
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    // Where the player was faster, the next frame asks again.
    if more > 0 || (store.asked() == asked && !store.is_loading_now()) {
        store.take_tail(entries, appends);
        store.set_asked(asked + more, cursor);
    }
    Ok(())
}

/// What of `entries` stands below `window`, with the places that they have there.
pub(super) fn below(window: &LiveSnapshot, entries: Vec<BoardEntry>) -> Vec<BoardEntry> {
    let mut tail = Vec::new();
    for entry in entries {
        // Who has moved between two pages is on both.
        if !has(&window.entries, &entry) && !has(&tail, &entry) {
            tail.push(entry);
        }
    }
    place(window, tail)
}

/// `tail` once `window` has become `next`: who has come into the window is taken out, who has left it stands first.
pub(super) fn follow(
    mut tail: Vec<BoardEntry>,
    window: &LiveSnapshot,
    next: &LiveSnapshot,
) -> Vec<BoardEntry> {
    let mut first = 0;
    for entry in &window.entries {
        if !has(&next.entries, entry) {
            tail.insert(first, entry.clone());
            first += 1;
        }
    }
    tail.retain(|entry| !has(&next.entries, entry));
    place(next, tail)
}

fn has(entries: &[BoardEntry], entry: &BoardEntry) -> bool {
    entries.iter().any(|other| other.player == entry.player)
}

fn place(window: &LiveSnapshot, mut tail: Vec<BoardEntry>) -> Vec<BoardEntry> {
    let mut rank = window.entries.len() as u64;
    tail.truncate(usize::try_from(window.total.saturating_sub(rank)).unwrap_or(usize::MAX));
    for entry in &mut tail {
        rank += 1;
        entry.rank = rank;
    }
    tail
}

#[cfg(test)]
mod tests {
    use domain::{Score, Timestamp, ranking::Order};
    use proptest::prelude::*;

    use super::*;

    /// The board of players in this order, as a snapshot of all of it.
    fn board(players: &[u8]) -> LiveSnapshot {
        let entries = (1..).zip(players).map(|(rank, player)| BoardEntry {
            rank,
            player: format!("p_{player}").parse().unwrap(),
            alias: format!("Player {player}"),
            score: Score::new(1000 - i64::try_from(rank).unwrap()).unwrap(),
            achieved_at: Timestamp::from_millis(1),
        });
        LiveSnapshot {
            tournament_id: "cup".parse().unwrap(),
            version: 1,
            total: players.len() as u64,
            order: Order::Desc,
            entries: entries.collect(),
        }
    }

    fn window(players: &[u8], rows: usize) -> (LiveSnapshot, Vec<BoardEntry>) {
        let mut window = board(players);
        let tail = window.entries.split_off(rows.min(players.len()));
        (window, tail)
    }

    fn shown(window: &LiveSnapshot, tail: &[BoardEntry]) -> Vec<(u64, String)> {
        window.entries.iter().chain(tail).map(|entry| (entry.rank, entry.alias.clone())).collect()
    }

    #[test]
    fn who_climbs_into_the_window_changes_places_with_who_leaves_it() {
        let (before, tail) = window(&[1, 2, 3, 4, 5], 2);
        let (after, expected) = window(&[4, 1, 2, 3, 5], 2);
        let followed = follow(tail, &before, &after);
        assert_eq!(shown(&after, &followed), shown(&after, &expected));
    }

    #[test]
    fn rows_that_come_twice_or_stand_in_the_window_are_taken_once() {
        let (now, tail) = window(&[1, 2, 3, 4], 2);
        let pages = board(&[2, 3, 3, 4]).entries;
        assert_eq!(shown(&now, &below(&now, pages)), shown(&now, &tail));
    }

    #[test]
    fn no_more_rows_are_shown_than_there_are_players() {
        let (before, tail) = window(&[1, 2, 3, 4], 2);
        let mut after = board(&[1, 3]);
        after.total = 3;
        assert_eq!(follow(tail, &before, &after).len(), 1);
    }

    fn permutation() -> impl Strategy<Value = Vec<u8>> {
        Just((0..12).collect::<Vec<u8>>()).prop_shuffle()
    }

    proptest! {
        #[test]
        fn every_player_is_shown_once_and_places_have_no_gap(before in permutation(), after in permutation()) {
            let (old, tail) = window(&before, 4);
            let (new, _) = window(&after, 4);
            let tail = follow(tail, &old, &new);
            let ranks = new.entries.iter().chain(&tail).map(|entry| entry.rank).collect::<Vec<_>>();
            prop_assert_eq!(ranks, (1..=12).collect::<Vec<u64>>());
            let mut players =
                new.entries.iter().chain(&tail).map(|entry| entry.player.to_string()).collect::<Vec<_>>();
            players.sort();
            players.dedup();
            prop_assert_eq!(players.len(), 12);
            // An answer to the question for the rows heals whatever order the hand-over has left.
            let answered = below(&new, board(&after).entries);
            prop_assert_eq!(shown(&new, &answered), shown(&board(&after), &[]));
        }
    }
}
