//! What a board of the page does with what comes.

use domain::{Operator, Score, Tournament, ranking::Order, tournament::Title};
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
        board: "cup".parse().unwrap(),
        tournament_id: "cup".parse().unwrap(),
        version,
        total: entries.len() as u64,
        entries,
        me: None,
        next_cursor: None,
    }
}

fn cup(order: Order) -> TournamentCard {
    let tournament = Tournament {
        tournament_id: "cup".parse().unwrap(),
        title: Title::from_wire(vec![("en".to_owned(), "Cup".to_owned())]),
        starts_at: Timestamp::from_millis(1000),
        ends_at: Timestamp::from_millis(2000),
        operator: Operator::Best,
        order,
        ties: domain::TieOrders::default(),
    };
    TournamentCard { tournament, phase: Phase::Running, players: 3 }
}

fn store_of(me: &str, order: Order, entries: Vec<BoardEntry>) -> BoardStore {
    store_on(&cup(order), me, entries)
}

fn store_on(card: &TournamentCard, me: &str, entries: Vec<BoardEntry>) -> BoardStore {
    let me = Player { first_name: "Ada".to_owned(), alias: me.to_owned(), player: me.parse().unwrap() };
    BoardStore::new(page(7, entries), card, Session::in_state(SignIn::In(me)))
}

fn store(me: &str) -> BoardStore {
    store_of(me, Order::Desc, vec![entry(1, "p_a", 30), entry(2, "p_b", 20), entry(3, "p_c", 10)])
}

/// The same with three more players below the window.
fn long_store(me: &str) -> BoardStore {
    let store = store(me);
    let entries = store.window.now().unwrap().entries;
    store.take_page(BoardPage { total: 6, ..page(7, entries) });
    store
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
fn the_gap_is_what_lifts_the_player_onto_the_place_above() {
    // With 10 points more the two would be level, and who was there first stays above.
    Owner::new().with(|| assert_eq!(store("p_b").gap(), Some((11, 1))));
}

#[test]
fn on_equal_scores_one_point_is_missing_whatever_the_order() {
    for order in [Order::Desc, Order::Asc] {
        Owner::new().with(|| {
            let store = store_of("p_b", order, vec![entry(1, "p_a", 20), entry(2, "p_b", 20)]);
            assert_eq!(store.gap(), Some((1, 1)));
        });
    }
}

#[test]
fn on_equal_scores_nothing_is_said_where_tie_columns_have_decided() {
    let mut card = cup(Order::Desc);
    card.tournament.ties = domain::TieOrders::new(&[Order::Asc]).unwrap();
    let rows = || vec![entry(1, "p_a", 20), entry(2, "p_b", 20), entry(3, "p_c", 10)];
    Owner::new().with(|| {
        assert_eq!(store_on(&card, "p_b", rows()).gap(), None);
        assert_eq!(
            store_on(&card, "p_c", rows()).gap(),
            Some((11, 2)),
            "a better score is better at any rate"
        );
    });
}

#[test]
fn a_tournament_begins_and_ends_on_time() {
    Owner::new().with(|| {
        let store = store("p_b");
        let at =
            |ms| (store.has_begun(Timestamp::from_millis(ms)), store.is_over(Timestamp::from_millis(ms)));
        assert_eq!(
            [999, 1000, 1999, 2000].map(at),
            [(false, false), (true, false), (true, false), (true, true)]
        );
        // An operator has moved the end.
        store.set_course(Course { ends_at: Timestamp::from_millis(3000), ..store.course_now() });
        assert_eq!([2000, 3000].map(at), [(true, false), (true, true)]);
    });
}

#[test]
fn rows_that_were_asked_for_stand_below_the_window() {
    Owner::new().with(|| {
        let store = long_store("p_e");
        assert_eq!(store.rest(), 3);
        let around = BoardPage { me: Some(entry(5, "p_e", 5)), ..page(7, vec![entry(5, "p_e", 5)]) };
        assert!(store.take_around(around));
        assert_eq!(store.around().len(), 1);
        // From the top, as the first press asks.
        let entries = store.window.now().unwrap().entries.into_iter();
        let entries = entries.chain([entry(4, "p_d", 7), entry(5, "p_e", 5)]).collect();
        store.take_tail(entries, false);
        assert_eq!(store.rest(), 1);
        assert_eq!(store.around(), [], "the own row is on the board now");
        assert_eq!(store.player_behind(3).unwrap().as_str(), "p_d");
        // Behind what is there, as the next press does.
        store.take_tail(vec![entry(6, "p_f", 1)], true);
        assert_eq!(store.rest(), 0);
        let ranks: Vec<_> = ranking(store).into_iter().map(|(rank, _)| rank).collect();
        assert_eq!(ranks, [1, 2, 3, 4, 5, 6]);
        assert_eq!(store.me().unwrap().rank, 5);
        assert_eq!(store.gap(), Some((3, 4)));
    });
}

#[test]
fn nothing_of_one_board_is_left_on_the_next() {
    Owner::new().with(|| {
        let store = long_store("p_e");
        let around = BoardPage { me: Some(entry(5, "p_e", 5)), ..page(7, vec![entry(5, "p_e", 5)]) };
        assert!(store.take_around(around));
        store.take_tail(vec![entry(4, "p_d", 7)], false);
        store.set_asked(50, Some("c".to_owned()));
        let elsewhere = |entries| BoardPage { board: "cup.1.2".parse().unwrap(), ..page(7, entries) };
        let own = BoardPage { me: Some(entry(60, "p_e", 1)), ..elsewhere(vec![entry(60, "p_e", 1)]) };
        assert!(!store.take_around(own), "their place is on another board");
        assert_eq!((store.board_now().as_str(), store.me().unwrap().rank), ("cup", 5));
        store.take_page(elsewhere(vec![entry(1, "p_x", 3), entry(2, "p_a", 2)]));
        assert_eq!(store.board_now(), "cup.1.2");
        assert_eq!(ranking(store), [(1, "p_x".to_owned()), (2, "p_a".to_owned())]);
        assert_eq!((store.me(), store.lacks_me(), store.around()), (None, false, Vec::new()));
        assert_eq!((store.asked(), store.next_cursor(), store.rest()), (0, None, 0));
    });
}

#[test]
fn a_delta_moves_players_between_the_window_and_the_rows_below() {
    Owner::new().with(|| {
        let store = long_store("p_e");
        store.take_tail(vec![entry(4, "p_d", 7), entry(5, "p_e", 5)], false);
        let rows = store.rows.now();
        let delta = LiveDelta {
            from: 7,
            version: 8,
            total: 6,
            changed: vec![entry(1, "p_e", 50)],
            moved: vec![("p_a".parse().unwrap(), 2), ("p_b".parse().unwrap(), 3)],
            left: vec!["p_c".parse().unwrap()],
        };
        assert!(store.take_delta(delta));
        let expected = [(1, "p_e"), (2, "p_a"), (3, "p_b"), (4, "p_c"), (5, "p_d")];
        assert_eq!(ranking(store), expected.map(|(rank, alias)| (rank, alias.to_owned())));
        assert_eq!(rows[4].entry.now().rank, 1, "the row of the climber was not kept");
    });
}

#[test]
fn who_falls_out_of_the_window_stands_where_they_stood_last_and_not_where_they_came_from() {
    Owner::new().with(|| {
        let store = store("p_c");
        store.own.set(Some(entry(60, "p_c", 1)));
        assert_eq!(store.me().unwrap().rank, 3);
        let delta = LiveDelta {
            from: 7,
            version: 8,
            total: 60,
            changed: vec![entry(3, "p_d", 15)],
            moved: Vec::new(),
            left: vec!["p_c".parse().unwrap()],
        };
        assert!(store.take_delta(delta));
        assert_eq!(store.me().unwrap().rank, 3);
    });
}

#[test]
fn the_own_row_outside_the_window_comes_from_its_neighborhood() {
    Owner::new().with(|| {
        let store = store("p_z");
        assert_eq!(store.me(), None);
        let mut around = page(7, vec![entry(8, "p_y", 5), entry(9, "p_z", 2)]);
        around.me = Some(entry(9, "p_z", 2));
        assert!(store.take_around(around));
        assert_eq!(store.me().unwrap().rank, 9);
        assert_eq!(store.gap(), Some((4, 8)));
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
