//! Contracts of tournaments.

use std::{collections::BTreeMap, sync::Mutex};

use domain::{
    Locale, Operator, Order, Owner, TieOrders, Timestamp, Tournament, TournamentId,
    tournament::{Phase, Title, lifecycle::State, view::ListFilter},
};
use futures::future::join_all;

use crate::{
    Store,
    testsuite::fixtures::{
        HARD_TEXT, at, board_id, board_of, player_row, read, standing, tournament, tournament_id, user_id,
        write,
    },
    tournament::{Audience, Glance, TournamentRow, TournamentSearch, TournamentStatus},
};

async fn put(store: &dyn Store, tournaments: &[Tournament]) {
    write(store, async |transaction| {
        for tournament in tournaments {
            transaction.tournaments().upsert(tournament, at(0)).await.unwrap();
            transaction.boards().open(&[board_of(tournament)]).await.unwrap();
        }
    })
    .await;
}

async fn bump(store: &dyn Store, id: &str, new_players: i64) -> u64 {
    write(store, async |transaction| transaction.boards().bump(&board_id(id), new_players).await.unwrap())
        .await
}

async fn by_id(store: &dyn Store, id: &str) -> Option<TournamentRow> {
    read(store, async |transaction| transaction.tournaments().by_id(&tournament_id(id)).await.unwrap()).await
}

/// Everything is replaced but the board's version and its players.
pub async fn a_tournament_is_replaced_and_its_board_stays(store: &dyn Store) {
    let first = tournament("cup", 0);
    put(store, std::slice::from_ref(&first)).await;
    let row = TournamentRow {
        tournament: first,
        players: 0,
        has_scores: false,
        status: TournamentStatus::default(),
    };
    assert_eq!(by_id(store, "cup").await, Some(row));
    assert_eq!(bump(store, "cup", 2).await, 1);
    assert_eq!(bump(store, "cup", 0).await, 2);

    let title =
        BTreeMap::from([("en".to_owned(), HARD_TEXT.to_owned()), ("ru".to_owned(), "Кубок".to_owned())]);
    let second = Tournament {
        title: Title::new(title).unwrap(),
        operator: Operator::Latest,
        order: Order::Asc,
        ties: TieOrders::new(&[Order::Asc, Order::Desc]).unwrap(),
        ..tournament("cup", 7000)
    };
    put(store, std::slice::from_ref(&second)).await;
    let row = by_id(store, "cup").await.unwrap();
    assert_eq!(row.tournament.title.for_locale(Locale::En), HARD_TEXT);
    assert_eq!(
        row,
        TournamentRow {
            tournament: second,
            players: 2,
            has_scores: true,
            status: TournamentStatus::default()
        }
    );
    assert_eq!(by_id(store, "CUP").await, None);
}

/// Running ones by players, upcoming ones by start, finished ones by end, then by id; never more than the limit.
pub async fn lists_show_running_then_upcoming_then_finished(store: &dyn Store) {
    put(
        store,
        &[
            tournament("finished-b", -2000),
            tournament("finished-a", -2000),
            tournament("finished-last", -1000),
            tournament("upcoming-late", 600),
            tournament("upcoming-b", 1),
            tournament("upcoming-A", 1),
            tournament("running-few", -100),
            tournament("running-many", -200),
            tournament("running-from-now", 0),
        ],
    )
    .await;
    bump(store, "running-few", 1).await;
    bump(store, "running-many", 20).await;
    bump(store, "finished-b", 50).await;
    let list = async |limit| {
        let rows =
            read(store, async |transaction| transaction.tournaments().list(at(0), limit).await.unwrap())
                .await;
        rows.into_iter().map(|row| row.tournament.tournament_id.to_string()).collect::<Vec<_>>()
    };
    let expected = [
        "running-many",
        "running-few",
        "running-from-now",
        "upcoming-A",
        "upcoming-b",
        "upcoming-late",
        "finished-last",
        "finished-a",
        "finished-b",
    ];
    assert_eq!(list(100).await, expected);
    assert_eq!(list(4).await, expected[..4]);
}

/// There is no board to lock or to raise without its tournament.
pub async fn a_missing_tournament_has_no_board(store: &dyn Store) {
    let mut transaction = store.begin_write().await.unwrap();
    assert_eq!(transaction.tournaments().lock(&tournament_id("none")).await.unwrap(), None);
    assert_eq!(transaction.boards().lock(&board_id("none")).await.unwrap(), None);
    assert_eq!(transaction.boards().by_id(&board_id("none")).await.unwrap(), None);
    assert!(!transaction.boards().bump(&board_id("none"), 1).await.unwrap_err().is_temporary());
}

/// Several that raise a board at once get versions without gaps or repeats, committed in their order.
pub async fn versions_are_committed_in_their_order(store: &dyn Store) {
    put(store, &[tournament("cup", 0)]).await;
    let committed = Mutex::new(Vec::new());
    let raise = async || {
        for _ in 0..5 {
            let mut transaction = store.begin_write().await.unwrap();
            let version = transaction.boards().bump(&board_id("cup"), 1).await.unwrap();
            // A further round trip between the change and its commit, in which nobody may overtake.
            assert!(transaction.tournaments().by_id(&tournament_id("cup")).await.unwrap().is_some());
            committed.lock().unwrap().push(version);
            transaction.save().await.unwrap();
        }
    };
    join_all((0..6).map(|_| raise())).await;
    assert_eq!(committed.into_inner().unwrap(), (1..=30).collect::<Vec<_>>());
    let row =
        read(store, async |transaction| transaction.boards().by_id(&board_id("cup")).await.unwrap()).await;
    assert_eq!(row.map(|row| (row.version, row.players)), Some((30, 30)));
}

/// Whoever locks a board before reading it overwrites nobody.
pub async fn locked_boards_lose_no_update(store: &dyn Store) {
    put(store, &[tournament("cup", 0)]).await;
    let cup = board_id("cup");
    let add_one = async || {
        write(store, async |transaction| {
            let version = transaction.boards().lock(&cup).await.unwrap().unwrap().version;
            let old = transaction.boards().players(&[(cup.clone(), user_id(1))]).await.unwrap();
            let points = old.first().map_or(0, |row| row.standing.score.points());
            let row = player_row("cup", user_id(1), standing(points + 1, 0), version + 1);
            transaction.boards().put_players(&[row]).await.unwrap();
            assert_eq!(transaction.boards().bump(&cup, 0).await.unwrap(), version + 1);
        })
        .await;
    };
    join_all((0..10).map(|_| add_one())).await;
    let rows = read(store, async |transaction| {
        transaction.boards().players(&[(cup.clone(), user_id(1))]).await.unwrap()
    })
    .await;
    assert_eq!(rows, [player_row("cup", user_id(1), standing(10, 0), 10)]);
}

/// By id, each once, the unknown ones left out; too many are a mistake of the caller.
pub async fn tournaments_are_found_by_their_ids(store: &dyn Store) {
    put(store, &[tournament("b", 0), tournament("a", 0), tournament("c", 0)]).await;
    bump(store, "c", 3).await;
    let by_ids = async |ids: &[&str]| {
        let ids: Vec<_> = ids.iter().map(|id| tournament_id(id)).collect();
        read(store, async |transaction| transaction.tournaments().by_ids(&ids).await).await
    };
    let found = by_ids(&["c", "nowhere", "a", "c"]).await.unwrap();
    assert_eq!(
        found,
        [
            TournamentRow {
                tournament: tournament("a", 0),
                players: 0,
                has_scores: false,
                status: TournamentStatus::default()
            },
            TournamentRow {
                tournament: tournament("c", 0),
                players: 3,
                has_scores: true,
                status: TournamentStatus::default()
            },
        ]
    );
    let ids = [tournament_id("c"), tournament_id("nowhere"), tournament_id("a")];
    let held = write(store, async |transaction| transaction.tournaments().hold(&ids).await.unwrap()).await;
    assert_eq!(held, found);
    assert_eq!(by_ids(&[]).await.unwrap(), []);
    assert!(by_ids(&vec!["a"; 1000]).await.is_ok());
    assert!(by_ids(&vec!["a"; 1001]).await.is_err());
}

async fn set(store: &dyn Store, id: &str, status: &TournamentStatus) {
    write(store, async |transaction| {
        transaction.tournaments().set_status(&tournament_id(id), status, at(5)).await.unwrap();
    })
    .await;
}

fn in_state(state: State) -> TournamentStatus {
    TournamentStatus { state, ..TournamentStatus::default() }
}

/// Where a tournament stands is stored beside its definition, and neither overwrites the other.
pub async fn a_status_is_kept_when_the_definition_changes(store: &dyn Store) {
    put(store, &[tournament("cup", 0)]).await;
    let rules =
        serde_json::from_str(r#"{"join":{"required":true},"attempts_max":3,"is_private":true}"#).unwrap();
    let status = TournamentStatus {
        owner: Owner::Console,
        state: State::Open,
        is_frozen: true,
        rules,
        asks_entries: true,
        reminded_for: Some(at(7)),
        revision: 4,
        told_ends_at: Some(at(99)),
        told_at: Some(at(3)),
        thawed_at: Some(at(4)),
    };
    set(store, "cup", &status).await;
    put(store, &[tournament("cup", 50)]).await;
    let row = by_id(store, "cup").await.unwrap();
    assert_eq!(row.status, status);
    assert_eq!(row.tournament.starts_at, at(50));
    assert_eq!(row.phase(at(49)), Phase::Upcoming);
    assert_eq!(row.audience(), Audience::SignedIn);
    let told = TournamentStatus { told_ends_at: None, thawed_at: None, ..status.clone() };
    set(store, "cup", &told).await;
    assert_eq!(by_id(store, "cup").await.unwrap().status, told);
    let mut transaction = store.begin_write().await.unwrap();
    let unknown = transaction.tournaments().set_status(&tournament_id("none"), &status, at(5)).await;
    assert!(unknown.is_err(), "a tournament that is not there has no status");
}

/// At a glance a tournament is for whom its whole row says.
pub async fn a_glance_tells_whom_a_tournament_is_for(store: &dyn Store) {
    let ascending = Tournament { order: Order::Asc, ..tournament("cup", 0) };
    put(store, &[ascending]).await;
    let glance = async |id: &str| {
        let id = tournament_id(id);
        read(store, async |transaction| transaction.tournaments().glance(&id).await.unwrap()).await
    };
    for (state, is_private, audience) in [
        (State::Running, false, Audience::Everybody),
        (State::Running, true, Audience::SignedIn),
        (State::Canceled, true, Audience::SignedIn),
        (State::Draft, false, Audience::Nobody),
        (State::Draft, true, Audience::Nobody),
    ] {
        let mut status = in_state(state);
        status.rules.is_private = is_private;
        set(store, "cup", &status).await;
        assert_eq!(glance("cup").await, Some(Glance { audience, order: Order::Asc }), "{state:?}");
        assert_eq!(by_id(store, "cup").await.unwrap().audience(), audience);
    }
    assert_eq!(glance("none").await, None);
    let admitted = [Audience::Everybody, Audience::SignedIn, Audience::Nobody]
        .map(|audience| (audience.admits(false), audience.admits(true)));
    assert_eq!(admitted, [(true, true), (false, true), (false, false)]);
}

/// Drafts and private ones are in no list; canceled ones are past.
pub async fn lists_leave_out_what_is_not_public(store: &dyn Store) {
    put(store, &[tournament("a", 0), tournament("b", 0), tournament("c", 0), tournament("d", 0)]).await;
    set(store, "b", &in_state(State::Draft)).await;
    set(store, "c", &in_state(State::Canceled)).await;
    let mut private = in_state(State::Running);
    private.rules.is_private = true;
    set(store, "d", &private).await;
    let (listed, live, past) = read(store, async |transaction| {
        let mut tournaments = transaction.tournaments();
        (
            tournaments.list(at(500), 10).await.unwrap(),
            tournaments.page(ListFilter::Live, at(500), None, 10).await.unwrap(),
            tournaments.page(ListFilter::Past, at(500), None, 10).await.unwrap(),
        )
    })
    .await;
    let ids = |rows: Vec<TournamentRow>| -> Vec<String> {
        rows.into_iter().map(|row| row.tournament.tournament_id.to_string()).collect()
    };
    assert_eq!(ids(listed), ["a", "c"]);
    assert_eq!(ids(live), ["a"]);
    assert_eq!(ids(past), ["c"]);
}

/// Each list has its order, and its pages follow on each other without a gap, also among equal times.
pub async fn pages_of_lists_follow_on_each_other(store: &dyn Store) {
    // Each lasts a second from its start.
    put(store, &[tournament("live-b", 0), tournament("live-a", 0), tournament("live-c", -500)]).await;
    put(store, &[tournament("soon-b", 900), tournament("soon-a", 900), tournament("later", 5000)]).await;
    put(store, &[tournament("past-b", -2000), tournament("past-a", -2000), tournament("older", -9000)]).await;
    let walk = async |filter: ListFilter| {
        let mut seen: Vec<String> = Vec::new();
        let mut after: Option<(Timestamp, TournamentId)> = None;
        loop {
            let page = read(store, async |transaction| {
                let after = after.as_ref().map(|(time, id)| (*time, id));
                transaction.tournaments().page(filter, at(100), after, 2).await.unwrap()
            })
            .await;
            let Some(last) = page.last() else { return seen };
            let time = match filter {
                ListFilter::Upcoming => last.tournament.starts_at,
                ListFilter::Live | ListFilter::Past => last.tournament.ends_at,
            };
            after = Some((time, last.tournament.tournament_id.clone()));
            seen.extend(page.iter().map(|row| row.tournament.tournament_id.to_string()));
        }
    };
    assert_eq!(walk(ListFilter::Live).await, ["live-c", "live-a", "live-b"]);
    assert_eq!(walk(ListFilter::Upcoming).await, ["soon-a", "soon-b", "later"]);
    assert_eq!(walk(ListFilter::Past).await, ["past-a", "past-b", "older"]);
}

/// Operators find what nobody else sees, by state, owner and a part of the id or a title, page by page.
pub async fn operators_find_tournaments_page_by_page(store: &dyn Store) {
    put(store, &[tournament("spring-cup", 0), tournament("autumn-cup", 500), tournament("a_race", 500)])
        .await;
    let mut ours = in_state(State::Draft);
    ours.owner = Owner::Console;
    set(store, "autumn-cup", &ours).await;
    let find = async |state: Option<State>, owner: Option<Owner>, text: &str| -> Vec<String> {
        let search = TournamentSearch { state, owner, text: text.to_owned() };
        let rows = read(store, async |transaction| {
            transaction.tournaments().search(&search, None, 10).await.unwrap()
        })
        .await;
        rows.into_iter().map(|row| row.tournament.tournament_id.to_string()).collect()
    };
    assert_eq!(find(None, None, "").await, ["a_race", "autumn-cup", "spring-cup"]);
    assert_eq!(find(Some(State::Draft), None, "").await, ["autumn-cup"]);
    assert_eq!(find(None, Some(Owner::Platform), "").await, ["a_race", "spring-cup"]);
    assert_eq!(find(None, None, "-CUP").await, ["autumn-cup", "spring-cup"]);
    assert_eq!(find(None, None, "cup A_").await, ["a_race"], "its title");
    assert_eq!(find(None, None, "n_cup").await, [""; 0], "what patterns give a meaning is a letter");
    assert_eq!(find(Some(State::Running), Some(Owner::Console), "cup").await, [""; 0]);
    let search = TournamentSearch::default();
    let (first, second) = read(store, async |transaction| {
        let first = transaction.tournaments().search(&search, None, 2).await.unwrap();
        let last = &first.last().unwrap().tournament;
        let after = Some((last.starts_at, &last.tournament_id));
        let second = transaction.tournaments().search(&search, after, 2).await.unwrap();
        (first.len(), second)
    })
    .await;
    assert_eq!(first, 2);
    assert_eq!(second.len(), 1);
    assert_eq!(second[0].tournament.tournament_id, tournament_id("spring-cup"));
}
