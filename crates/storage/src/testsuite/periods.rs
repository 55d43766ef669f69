//! Contracts of periods.

use std::sync::atomic::{AtomicU32, Ordering};

use domain::{BoardId, TournamentId};
use futures::future::join_all;

use crate::{
    BoxTransaction, Store,
    board::NewBoard,
    period::{PeriodRow, PeriodState},
    testsuite::fixtures::{at, read, tournament, tournament_id, write},
};

fn cup() -> TournamentId {
    tournament_id("cup")
}

/// Period `number` of the cup, a second long each, the first from 0 on.
async fn open(transaction: &mut BoxTransaction, number: u32) {
    let start = i64::from(number) * 1000;
    let window = (at(start), at(start + 1000));
    transaction.periods().put(&cup(), number, window, PeriodState::Open).await.unwrap();
}

async fn cup_with_periods(store: &dyn Store, periods: u32) {
    write(store, async |transaction| {
        transaction.tournaments().upsert(&tournament("cup", 0), at(0)).await.unwrap();
        for number in 0..periods {
            open(transaction, number).await;
        }
    })
    .await;
}

async fn by_number(store: &dyn Store, number: u32) -> Option<PeriodRow> {
    read(store, async |transaction| transaction.periods().by_number(&cup(), number).await.unwrap()).await
}

fn number(period: Option<PeriodRow>) -> Option<u32> {
    period.map(|period| period.period)
}

/// A period is found by a moment within its window, and as the one that is shown at a moment.
pub async fn a_period_is_found_by_a_moment(store: &dyn Store) {
    cup_with_periods(store, 3).await;
    write(store, async |transaction| {
        let mut periods = transaction.periods();
        let at_moment = [-1, 0, 999, 1000, 2999, 3000];
        let mut found = Vec::new();
        for moment in at_moment {
            found.push(number(periods.at(&cup(), at(moment)).await.unwrap()));
        }
        assert_eq!(found, [None, Some(0), Some(0), Some(1), Some(2), None]);
        // Between periods, and behind all of them, the last one that was played; before all of them the first one.
        periods.put(&cup(), 7, (at(9000), at(9500)), PeriodState::Open).await.unwrap();
        let mut current = Vec::new();
        for moment in [-1, 0, 1000, 2999, 3000, 8999, 9000, 9999] {
            current.push(number(periods.current(&cup(), at(moment)).await.unwrap()).unwrap());
        }
        assert_eq!(current, [0, 0, 1, 2, 2, 2, 7, 7]);
        assert_eq!(number(periods.current(&tournament_id("none"), at(5)).await.unwrap()), None);
    })
    .await;
}

/// A period is found as the latest, as the oldest that is open, by its state and in a list.
pub async fn periods_are_found_by_where_they_stand(store: &dyn Store) {
    cup_with_periods(store, 3).await;
    write(store, async |transaction| {
        let mut periods = transaction.periods();
        periods.put(&cup(), 0, (at(0), at(1000)), PeriodState::Closed).await.unwrap();
        assert_eq!(number(periods.latest(&cup()).await.unwrap()), Some(2));
        assert_eq!(number(periods.oldest_open(&cup()).await.unwrap()), Some(1));
        assert_eq!(number(periods.latest(&tournament_id("none")).await.unwrap()), None);
        let not_final = async |periods: &mut dyn crate::PeriodRepository| {
            let rows = periods.not_final(&cup()).await.unwrap();
            rows.into_iter().map(|period| period.period).collect::<Vec<_>>()
        };
        assert_eq!(not_final(&mut *periods).await, [0, 1, 2]);
        assert_eq!(periods.unfinished(&cup()).await.unwrap(), 3);
        periods.put(&cup(), 0, (at(0), at(1000)), PeriodState::Final).await.unwrap();
        assert_eq!(periods.unfinished(&cup()).await.unwrap(), 2);
        assert_eq!(not_final(&mut *periods).await, [1, 2]);
        let listed = async |periods: &mut dyn crate::PeriodRepository, before| {
            let page = periods.list(&cup(), before, 2).await.unwrap();
            page.into_iter().map(|period| period.period).collect::<Vec<_>>()
        };
        assert_eq!(listed(&mut *periods, None).await, [2, 1]);
        assert_eq!(listed(&mut *periods, Some(1)).await, [0]);
    })
    .await;
}

/// Another window is that of the period's boards too; entries and cohorts stay.
pub async fn a_moved_period_moves_its_boards(store: &dyn Store) {
    cup_with_periods(store, 2).await;
    write(store, async |transaction| {
        let boards = [(0, 0), (0, 2), (1, 0)].map(|(period, cohort)| NewBoard {
            board_id: BoardId::of(&cup(), period, cohort),
            tier: 3,
            starts_at: at(0),
            ends_at: at(1000),
        });
        transaction.boards().open(&boards).await.unwrap();
        assert!(transaction.periods().count_in(&cup(), 0, 2, None).await.unwrap());
        transaction.periods().put(&cup(), 0, (at(5), at(77)), PeriodState::Open).await.unwrap();
    })
    .await;
    let period = by_number(store, 0).await.unwrap();
    assert_eq!((period.starts_at, period.ends_at, period.entries), (at(5), at(77), 2));
    read(store, async |transaction| {
        for (period, cohort, end) in [(0, 0, 77), (0, 2, 77), (1, 0, 1000)] {
            let board = transaction.boards().by_id(&BoardId::of(&cup(), period, cohort)).await.unwrap();
            assert_eq!(board.unwrap().ends_at, at(end), "{period}.{cohort}");
        }
        let mut periods = transaction.periods();
        let boards = periods.boards(&cup(), 0, None, 10).await.unwrap();
        let ids: Vec<&str> = boards.iter().map(|board| board.board_id.as_str()).collect();
        assert_eq!(ids, ["cup", "cup.0.2"]);
        assert_eq!((boards[0].tier, boards[0].is_final, boards[0].result_hash), (3, false, None));
        assert_eq!(periods.boards(&cup(), 0, Some(0), 10).await.unwrap().len(), 1);
        assert_eq!(periods.boards(&cup(), 0, None, 1).await.unwrap().len(), 1);
        assert_eq!(periods.boards_left(&cup(), 0).await.unwrap(), 2);
    })
    .await;
}

/// However many come at once, no more are counted in than there is room for.
pub async fn a_full_period_takes_nobody(store: &dyn Store) {
    cup_with_periods(store, 1).await;
    let taken = AtomicU32::new(0);
    let come = async || {
        let mut transaction = store.begin_write().await.unwrap();
        if transaction.periods().count_in(&cup(), 0, 1, Some(7)).await.unwrap() {
            transaction.save().await.unwrap();
            taken.fetch_add(1, Ordering::SeqCst);
        }
    };
    join_all((0..12).map(|_| come())).await;
    assert_eq!(taken.into_inner(), 7);
    assert_eq!(by_number(store, 0).await.unwrap().entries, 7);
    write(store, async |transaction| {
        let mut periods = transaction.periods();
        assert!(!periods.count_in(&cup(), 0, 1, Some(7)).await.unwrap());
        assert!(
            !periods.count_in(&cup(), 9, 1, None).await.unwrap(),
            "a period that is not there has no place"
        );
        assert!(periods.count_in(&cup(), 0, 3, None).await.unwrap());
    })
    .await;
}

/// Cohorts fill one after another, each tier its own, and never beyond their size, also when many come at once.
pub async fn a_cohort_fills_before_the_next_is_opened(store: &dyn Store) {
    cup_with_periods(store, 1).await;
    let come = async |tier: u32| {
        write(store, async |transaction| {
            let mut periods = transaction.periods();
            assert!(periods.count_in(&cup(), 0, 1, None).await.unwrap());
            periods.take_cohort(&cup(), 0, tier, 3).await.unwrap()
        })
        .await
    };
    let mut placed = join_all((0..20).map(|turn| come(turn % 2))).await;
    placed.sort_unstable();
    let mut sizes = std::collections::BTreeMap::<u32, u32>::new();
    for (cohort, _) in &placed {
        *sizes.entry(*cohort).or_default() += 1;
    }
    assert_eq!(sizes.keys().copied().collect::<Vec<_>>(), (1..=8).collect::<Vec<_>>());
    assert_eq!(sizes.values().filter(|size| **size == 3).count(), 6, "{sizes:?}");
    assert_eq!(sizes.values().filter(|size| **size == 1).count(), 2, "{sizes:?}");
    assert_eq!(placed.iter().filter(|(_, is_new)| *is_new).count(), 8);
    assert_eq!(by_number(store, 0).await.unwrap().cohorts, 8);
}
