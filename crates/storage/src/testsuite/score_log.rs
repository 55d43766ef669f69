//! Contracts of the log of scores.

use domain::{Score, Ties};

use crate::{
    Store,
    score_log::{EventSlice, ScoreEvent},
    testsuite::fixtures::{at, board_of, read, score, score_event, tournament, user_id, write},
};

async fn add(store: &dyn Store, events: &[ScoreEvent]) {
    write(store, async |transaction| transaction.score_log().add(events).await.unwrap()).await;
}

async fn reserve(store: &dyn Store, count: u32) -> Vec<i64> {
    write(store, async |transaction| transaction.score_log().reserve(count).await.unwrap()).await
}

/// Every field comes back as it was written, corrections and scores declared void included.
pub async fn rows_of_the_log_are_kept_as_they_were_said(store: &dyn Store) {
    let numbers = reserve(store, 3).await;
    let ties = Ties::new(&[Score::MIN, Score::MAX, score(-1)]).unwrap();
    let first =
        ScoreEvent { result: Some((Score::MIN, ties)), ..score_event(numbers[0], "cup.1.2", user_id(1), 0) };
    let second = ScoreEvent {
        corrects: Some(numbers[0]),
        previous: Some(numbers[0]),
        received_at: at(99),
        ..score_event(numbers[1], "cup.1.2", user_id(1), 7)
    };
    let void = ScoreEvent { result: None, previous: Some(numbers[1]), ..second.clone() };
    let void = ScoreEvent { number: numbers[2], ..void };
    add(store, &[]).await;
    add(store, &[first.clone(), second.clone(), void.clone()]).await;
    let log =
        read(store, async |transaction| transaction.score_log().chains(&[numbers[2]], 10).await.unwrap())
            .await;
    assert_eq!(log, [void, second, first]);
}

/// Only the rows of the chains that were asked for, the newest first, each chain up to the limit.
pub async fn a_chain_leads_from_its_head_to_the_first_row(store: &dyn Store) {
    let numbers = reserve(store, 9).await;
    let at_place = |place: usize, owner, previous: Option<usize>| ScoreEvent {
        previous: previous.map(|place| numbers[place]),
        ..score_event(numbers[place], "cup", user_id(owner), 1)
    };
    // Two players whose scores came in turns, and one who has a score alone.
    let mut events = vec![at_place(0, 1, None), at_place(1, 2, None), at_place(8, 3, None)];
    for place in 2..8 {
        events.push(at_place(place, 1 + (place % 2) as u128, Some(place - 2)));
    }
    add(store, &events).await;
    let chains = async |heads: &[usize], limit| {
        let heads: Vec<i64> = heads.iter().map(|place| numbers[*place]).collect();
        let rows =
            read(store, async |transaction| transaction.score_log().chains(&heads, limit).await.unwrap())
                .await;
        rows.iter()
            .map(|row| numbers.iter().position(|number| *number == row.number).unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(chains(&[6], 10).await, [6, 4, 2, 0]);
    assert_eq!(chains(&[7, 8], 10).await, [8, 7, 5, 3, 1]);
    assert_eq!(chains(&[6, 7], 2).await, [7, 6, 5, 4]);
    assert_eq!(chains(&[4], 10).await, [4, 2, 0], "rows behind the head are not in its chain");
    assert_eq!(chains(&[], 10).await, [0; 0]);
    write(store, async |transaction| transaction.score_log().remove(&[numbers[2]]).await.unwrap()).await;
    assert_eq!(chains(&[6], 10).await, [6, 4], "a chain ends where a row was removed");
    assert!(
        read(store, async |transaction| transaction.score_log().chains(&[1; 1001], 1).await).await.is_err()
    );
}

/// Numbers ascend and are given once, though what they were for was not saved, or was removed.
pub async fn numbers_are_never_given_again(store: &dyn Store) {
    let first = reserve(store, 3).await;
    assert_eq!(first.len(), 3);
    let events: Vec<ScoreEvent> =
        first.iter().map(|number| score_event(*number, "cup", user_id(1), 1)).collect();
    add(store, &events).await;
    write(store, async |transaction| transaction.score_log().remove(&first).await.unwrap()).await;
    let second = reserve(store, 2).await;
    let all = [first, second].concat();
    assert!(all.is_sorted() && all.windows(2).all(|pair| pair[0] < pair[1]), "{all:?}");
    assert_eq!(reserve(store, 0).await, [0; 0]);
}

/// Only rows of boards that ended long enough ago are found, in bounded steps that lead through the whole log.
pub async fn rows_of_boards_long_over_are_found(store: &dyn Store) {
    // They end at 1000 and at 1001.
    write(store, async |transaction| {
        for (board, start) in [("over", 0), ("late", 1)] {
            let tournament = tournament(board, start);
            transaction.tournaments().upsert(&tournament, at(0)).await.unwrap();
            transaction.boards().open(&[board_of(&tournament)]).await.unwrap();
        }
    })
    .await;
    let numbers = reserve(store, 5).await;
    let boards = ["over", "late", "over", "late", "over"];
    let events: Vec<ScoreEvent> = numbers
        .iter()
        .zip(boards)
        .map(|(number, board)| score_event(*number, board, user_id(1), 1))
        .collect();
    add(store, &events).await;
    let old = async |before, after, limit| {
        read(store, async |transaction| transaction.score_log().old(before, after, limit).await.unwrap())
            .await
    };
    let [first, second, third, _, fifth] = numbers[..] else { panic!("five numbers were asked for") };
    assert_eq!(old(at(1000), 0, 10).await, EventSlice { old: vec![], next: None });
    assert_eq!(old(at(1001), 0, 10).await, EventSlice { old: vec![first, third, fifth], next: None });
    assert_eq!(old(at(1001), 0, 2).await, EventSlice { old: vec![first], next: Some(second) });
    assert_eq!(old(at(1001), second, 2).await.old, [third]);
    assert_eq!(old(at(9999), second, 10).await.old.len(), 3);
    write(store, async |transaction| {
        transaction.score_log().remove(&[first, third]).await.unwrap();
        assert!(transaction.score_log().remove(&vec![0; 10_001]).await.is_err());
    })
    .await;
    assert_eq!(old(at(1001), 0, 10).await.old, [fifth]);
}
