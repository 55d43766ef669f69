//! Contracts of final ranks.

use domain::{
    BoardId, BoardOrder, Operator, Order, Ranking, Score, Standing, TieOrders, Ties, Tournament,
    ranking::RankKey,
};

use crate::{
    BoxTransaction, Store,
    board::{BoardRow, BoardState, NewBoard, PlayerRow, Presence},
    result::{ResultRow, WRITE_MAX, Written},
    testsuite::fixtures::{
        at, board_id, board_of, player, player_row, read, score, standing, telegram_profile, tournament,
        user_id, write,
    },
};

fn ties(values: [i64; 2]) -> Ties {
    Ties::new(&values.map(|points| Score::new(points).unwrap())).unwrap()
}

/// Who stands on a board, in the order of another order than its own if need be.
async fn standings(transaction: &mut BoxTransaction, board: &BoardRow) -> Vec<RankKey> {
    let mut keys = transaction.boards().scan(&board.board_id, None, 100).await.unwrap();
    keys.sort_by(|left, right| left.compare(right, board.ranking.order));
    keys
}

/// Writes the ranks of a board, in this order, and returns how many there are. It is not final yet.
pub(super) async fn rank(
    transaction: &mut BoxTransaction,
    board_id: &BoardId,
    order: impl Into<BoardOrder>,
) -> usize {
    let mut board = transaction.boards().lock(board_id).await.unwrap().unwrap();
    board.ranking.order = order.into();
    let keys = standings(transaction, &board).await;
    transaction.results().begin(&board).await.unwrap();
    transaction.results().write(board_id, 0, &keys).await.unwrap();
    keys.len()
}

/// Makes a board final with these ranks.
async fn finish(transaction: &mut BoxTransaction, board_id: &BoardId) {
    assert!(transaction.results().finish(board_id, &[7; 32], at(50)).await.unwrap());
}

/// A board with players 1 to 5: 2 and 3 are equal in all but the time, 4 has the better tie columns.
async fn board(store: &dyn Store) -> BoardId {
    let cup = board_id("cup");
    write(store, async |transaction| {
        transaction.tournaments().upsert(&tournament("cup", 0), at(0)).await.unwrap();
        let next = NewBoard { board_id: board_id("cup.1"), ..board_of(&tournament("cup", 5000)) };
        transaction.boards().open(&[board_of(&tournament("cup", 0)), next]).await.unwrap();
        let profiles: Vec<_> = (1..=7).map(telegram_profile).collect();
        transaction.users().upsert_telegram(&profiles).await.unwrap();
        let with =
            |points, milliseconds, values| Standing { ties: ties(values), ..standing(points, milliseconds) };
        let standings = [
            (1, with(10, 5, [0, 0])),
            (2, with(20, 9, [1, 7])),
            (3, with(20, 8, [1, 7])),
            (4, with(20, 99, [1, 6])),
            (5, with(30, 1, [0, 0])),
        ];
        let mut rows: Vec<PlayerRow> = standings
            .iter()
            .map(|(user, standing)| player_row("cup", user_id(*user), *standing, 1))
            .collect();
        // Somebody who was taken off the board, and somebody on another board.
        let out = player_row("cup", user_id(7), standing(1000, 0), 1);
        rows.push(PlayerRow { presence: Presence::Disqualified, ..out });
        rows.push(player_row("cup.1", user_id(6), standing(99, 0), 1));
        transaction.boards().put_players(&rows).await.unwrap();
    })
    .await;
    cup
}

/// Ranks are those of the board's order: score, tie columns each in its direction, time.
pub async fn ranks_are_frozen_in_the_order_of_the_board(store: &dyn Store) {
    let cup = board(store).await;
    let order = BoardOrder { order: Order::Desc, ties: TieOrders::new(&[Order::Desc, Order::Asc]).unwrap() };
    let page = write(store, async |transaction| {
        assert_eq!(rank(transaction, &cup, order).await, 5);
        finish(transaction, &cup).await;
        transaction.results().page(&cup, 0, 10).await.unwrap()
    })
    .await;
    let ranks: Vec<_> = page.iter().map(|result| (result.rank, result.user_id.unwrap())).collect();
    assert_eq!(ranks, [(1, 5), (2, 4), (3, 3), (4, 2), (5, 1)].map(|(rank, user)| (rank, user_id(user))));
    let second = ResultRow {
        rank: 2,
        user_id: Some(user_id(4)),
        player: player(4),
        score: score(20),
        ties: ties([1, 6]),
        achieved_at: at(99),
        prize: None,
    };
    assert_eq!(page[1], second);
    // Ascending, without tie columns.
    write(store, async |transaction| {
        rank(transaction, &board_id("cup.1"), BoardOrder::ASC).await;
        finish(transaction, &board_id("cup.1")).await;
    })
    .await;
    read(store, async |transaction| {
        let mut results = transaction.results();
        assert_eq!(results.page(&cup, 1, 1).await.unwrap(), std::slice::from_ref(&second));
        assert_eq!(results.of_user(&cup, user_id(4)).await.unwrap(), Some(second));
        assert_eq!(results.of_user(&cup, user_id(6)).await.unwrap(), None);
        assert_eq!(results.page(&board_id("cup.1"), 0, 9).await.unwrap().len(), 1);
    })
    .await;
}

/// A board is frozen once: a second time fails and leaves what is there.
pub async fn ranks_are_frozen_once(store: &dyn Store) {
    let cup = board(store).await;
    let board = write(store, async |transaction| {
        rank(transaction, &cup, BoardOrder::DESC).await;
        finish(transaction, &cup).await;
        assert!(!transaction.results().finish(&cup, &[8; 32], at(60)).await.unwrap());
        transaction.boards().by_id(&cup).await.unwrap().unwrap()
    })
    .await;
    let mut transaction = store.begin_write().await.unwrap();
    let keys = standings(&mut transaction, &board).await;
    assert!(transaction.results().begin(&board).await.is_err());
    drop(transaction);
    let mut transaction = store.begin_write().await.unwrap();
    assert!(transaction.results().write(&cup, 5, &keys[..1]).await.is_err());
    drop(transaction);
    let mut transaction = store.begin_write().await.unwrap();
    assert!(transaction.results().remove_last(&cup, 1).await.is_err());
    drop(transaction);
    read(store, async |transaction| {
        assert_eq!(transaction.results().page(&cup, 0, 10).await.unwrap().len(), 5);
        let boards = transaction.periods().boards(&cup.tournament_id(), 0, None, 1).await.unwrap();
        assert_eq!((boards[0].is_final, boards[0].result_hash), (true, Some([7; 32])));
        assert_eq!(transaction.periods().boards_left(&cup.tournament_id(), 0).await.unwrap(), 0);
    })
    .await;
}

/// A range of ranks is given a prize, and no other rank.
pub async fn a_range_of_ranks_wins_a_prize(store: &dyn Store) {
    let cup = board(store).await;
    let prizes = write(store, async |transaction| {
        rank(transaction, &cup, BoardOrder::DESC).await;
        finish(transaction, &cup).await;
        let mut results = transaction.results();
        results.set_prize(&cup, (2, 3), r#"{"code":"spins"}"#).await.unwrap();
        results.set_prize(&cup, (5, 9), r#"{"code":"badge"}"#).await.unwrap();
        let page = results.page(&cup, 0, 10).await.unwrap();
        page.into_iter().map(|result| result.prize).collect::<Vec<_>>()
    })
    .await;
    let (spins, badge) = (Some(r#"{"code":"spins"}"#.to_owned()), Some(r#"{"code":"badge"}"#.to_owned()));
    assert_eq!(prizes, [None, spins.clone(), spins, None, badge]);
}

/// A player's history holds final boards alone, the latest first, page by page.
pub async fn a_players_history_holds_their_final_ranks_the_latest_first(store: &dyn Store) {
    let cup = board(store).await;
    let again = board_id("again");
    write(store, async |transaction| {
        let later = tournament("again", 5000);
        transaction.tournaments().upsert(&later, at(0)).await.unwrap();
        let open = tournament("open", 9000);
        transaction.tournaments().upsert(&open, at(0)).await.unwrap();
        transaction.boards().open(&[board_of(&later), board_of(&open)]).await.unwrap();
        let mine = ["again", "open"].map(|board| player_row(board, user_id(2), standing(5, 1), 1));
        transaction.boards().put_players(&mine).await.unwrap();
        for board in [&cup, &again, &board_id("open")] {
            rank(transaction, board, BoardOrder::DESC).await;
        }
        for board in [&cup, &again] {
            finish(transaction, board).await;
        }
    })
    .await;
    read(store, async |transaction| {
        let all = transaction.results().history(user_id(2), None, 10).await.unwrap();
        let seen: Vec<_> = all.iter().map(|past| (&past.board_id, past.result.rank)).collect();
        assert_eq!(seen, [(&again, 1), (&cup, 3)]);
        assert!(all[0].ended_at > all[1].ended_at);
        assert_eq!(all[1].result.score, score(20));
        assert_eq!(transaction.results().history(user_id(2), None, 1).await.unwrap(), all[..1]);
        let behind = Some((all[0].ended_at, &all[0].board_id));
        assert_eq!(transaction.results().history(user_id(2), behind, 10).await.unwrap(), all[1..]);
        assert_eq!(transaction.results().history(user_id(9), None, 10).await.unwrap(), []);
    })
    .await;
}

/// Slices follow on each other, each once; until the board is final nobody sees what is written.
pub async fn ranks_are_written_in_slices_that_nobody_sees(store: &dyn Store) {
    let cup = board(store).await;
    let board = write(store, async |transaction| {
        let board = transaction.boards().lock(&cup).await.unwrap().unwrap();
        assert_eq!(transaction.results().written(&cup).await.unwrap(), None);
        transaction.results().begin(&board).await.unwrap();
        board
    })
    .await;
    let keys = read(store, async |transaction| standings(transaction, &board).await).await;
    write(store, async |transaction| transaction.results().write(&cup, 0, &keys[..2]).await.unwrap()).await;
    // The same slice again, one that leaves a rank out, and one without an end.
    for (after, keys) in [(0, &keys[..2]), (3, &keys[3..])] {
        let mut transaction = store.begin_write().await.unwrap();
        assert!(transaction.results().write(&cup, after, keys).await.is_err(), "{after}");
    }
    let mut transaction = store.begin_write().await.unwrap();
    assert!(transaction.results().write(&cup, 2, &vec![keys[2]; WRITE_MAX + 1]).await.is_err());
    drop(transaction);
    read(store, async |transaction| {
        let mut results = transaction.results();
        let expected = Written { version: board.version, ranking: board.ranking, ranks: 2 };
        assert!(expected.fits(&board));
        assert_eq!(results.written(&cup).await.unwrap(), Some(expected));
        let unseen = results.unseen(&cup, 0, 10).await.unwrap();
        let ranks: Vec<_> = unseen.iter().map(|result| (result.rank, result.user_id.unwrap())).collect();
        assert_eq!(ranks, [(1, keys[0].user_id), (2, keys[1].user_id)]);
        assert_eq!(results.unseen(&cup, 1, 10).await.unwrap(), unseen[1..]);
        assert_eq!(results.page(&cup, 0, 10).await.unwrap(), []);
        assert_eq!(results.of_user(&cup, keys[0].user_id).await.unwrap(), None);
        assert_eq!(results.history(keys[0].user_id, None, 10).await.unwrap(), []);
    })
    .await;
    write(store, async |transaction| {
        transaction.results().write(&cup, 2, &keys[2..]).await.unwrap();
        finish(transaction, &cup).await;
        assert_eq!(transaction.results().page(&cup, 0, 10).await.unwrap().len(), 5);
        assert!(transaction.results().of_user(&cup, keys[0].user_id).await.unwrap().is_some());
    })
    .await;
}

/// A board that changes in between is not made final with the ranks of before: they are removed, and written anew.
pub async fn ranks_of_an_earlier_version_become_no_results(store: &dyn Store) {
    let cup = board(store).await;
    write(store, async |transaction| {
        rank(transaction, &cup, BoardOrder::DESC).await;
        transaction.boards().bump(&cup, 0).await.unwrap();
        assert!(!transaction.results().finish(&cup, &[7; 32], at(50)).await.unwrap());
    })
    .await;
    let board = read(store, async |transaction| {
        let board = transaction.boards().by_id(&cup).await.unwrap().unwrap();
        let written = transaction.results().written(&cup).await.unwrap().unwrap();
        assert!(!written.fits(&board));
        assert_eq!((board.state, written.ranks), (BoardState::Open, 5));
        board
    })
    .await;
    let keys = read(store, async |transaction| standings(transaction, &board).await).await;
    for begins in [true, false] {
        let mut transaction = store.begin_write().await.unwrap();
        let mut results = transaction.results();
        let refused =
            if begins { results.begin(&board).await } else { results.write(&cup, 5, &keys[..1]).await };
        assert!(refused.is_err(), "ranks of before are left");
    }
    write(store, async |transaction| {
        assert_eq!(transaction.results().remove_last(&cup, 3).await.unwrap(), 2);
        let left = transaction.results().unseen(&cup, 0, 10).await.unwrap();
        assert_eq!(left.iter().map(|result| result.rank).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(transaction.results().remove_last(&cup, 3).await.unwrap(), 0);
        rank(transaction, &cup, BoardOrder::ASC).await;
        finish(transaction, &cup).await;
        let first = transaction.results().page(&cup, 0, 1).await.unwrap().pop().unwrap();
        assert_eq!(first.user_id, Some(user_id(1)));
    })
    .await;
}

/// A final board ranks as it did, whatever its tournament becomes; one that is played follows.
pub async fn a_final_board_keeps_the_order_that_it_had(store: &dyn Store) {
    let cup = board(store).await;
    let before = write(store, async |transaction| {
        let before = transaction.boards().lock(&cup).await.unwrap().unwrap();
        rank(transaction, &cup, before.ranking.order).await;
        finish(transaction, &cup).await;
        let ties = TieOrders::new(&[Order::Asc]).unwrap();
        let other = Tournament { operator: Operator::Sum, order: Order::Asc, ties, ..tournament("cup", 0) };
        transaction.tournaments().upsert(&other, at(9)).await.unwrap();
        let next = transaction.boards().by_id(&board_id("cup.1")).await.unwrap().unwrap();
        assert_eq!(next.ranking, other.ranking());
        before
    })
    .await;
    read(store, async |transaction| {
        let after = transaction.boards().by_id(&cup).await.unwrap().unwrap();
        let ranking = Ranking { operator: Operator::Best, order: BoardOrder::DESC };
        assert_eq!((after.state, after.ranking), (BoardState::Final, ranking));
        assert_eq!(after.ranking, before.ranking);
    })
    .await;
}
