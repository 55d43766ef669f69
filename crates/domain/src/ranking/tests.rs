use proptest::prelude::*;

use super::*;

fn at(milliseconds: i64) -> Timestamp {
    Timestamp::from_millis(milliseconds)
}

fn score(points: i64) -> Score {
    Score::new(points).unwrap()
}

fn ties(columns: &[i64]) -> Ties {
    Ties::new(&columns.iter().map(|points| score(*points)).collect::<Vec<_>>()).unwrap()
}

/// A score of these points at this time, without ties.
fn played(time: i64, points: i64) -> Played {
    Played { score: score(points), ties: Ties::default(), at: at(time) }
}

fn ranking(operator: Operator, order: Order) -> Ranking {
    Ranking { operator, order: order.into() }
}

fn play(ranking: Ranking, events: &[Played]) -> Standing {
    let mut standing = None;
    for (count, event) in (1..).zip(events) {
        standing = match ranking.apply(standing, *event) {
            Applied::Standing(standing) => Some(standing),
            Applied::NeedsHistory => ranking.of_history(events[..count].to_vec()),
        };
    }
    standing.unwrap()
}

fn play_points(operator: Operator, order: Order, events: &[(i64, i64)]) -> Standing {
    let events: Vec<Played> = events.iter().map(|(time, points)| played(*time, *points)).collect();
    play(ranking(operator, order), &events)
}

#[test]
fn best_keeps_the_moment_it_was_first_reached() {
    let standing = play_points(Operator::Best, Order::Desc, &[(10, 5), (20, 9), (30, 9), (40, 1)]);
    assert_eq!((standing.score.points(), standing.achieved_at), (9, at(20)));
}

#[test]
fn best_of_an_ascending_board_is_the_smallest() {
    assert_eq!(play_points(Operator::Best, Order::Asc, &[(10, 5), (20, 9), (30, 3)]).score.points(), 3);
}

#[test]
fn peers_1_3_2_best_keeps_a_pair_that_was_played() {
    let order = BoardOrder { order: Order::Desc, ties: TieOrders::new(&[Order::Desc, Order::Asc]).unwrap() };
    let best = Ranking { operator: Operator::Best, order };
    let event = |time, points, columns: &[i64]| Played { ties: ties(columns), ..played(time, points) };
    // The second has the better tie columns, the third the better score: no standing is made of both.
    let standing = play(best, &[event(1, 50, &[7, 30]), event(2, 40, &[99, 1]), event(3, 60, &[1, 80])]);
    assert_eq!((standing.score, standing.ties, standing.achieved_at), (score(60), ties(&[1, 80]), at(3)));
    // Of equal scores each column decides in its own direction, the first one before the second.
    let standing = play(
        best,
        &[event(1, 60, &[5, 9]), event(2, 60, &[5, 8]), event(3, 60, &[4, 1]), event(4, 60, &[5, 8])],
    );
    assert_eq!((standing.ties, standing.achieved_at), (ties(&[5, 8]), at(2)));
}

#[test]
fn adding_nothing_moves_nobody() {
    let standing = play_points(Operator::Sum, Order::Desc, &[(10, 5), (90, 0)]);
    assert_eq!((standing.score.points(), standing.achieved_at), (5, at(10)));
}

#[test]
fn a_count_takes_every_event_for_one() {
    let standing = play_points(Operator::Count, Order::Desc, &[(10, 5), (90, 0), (40, -7)]);
    assert_eq!((standing.score.points(), standing.achieved_at), (3, at(90)));
}

#[test]
fn sums_and_counts_add_the_tie_columns_and_latest_takes_the_newest() {
    let order = BoardOrder { order: Order::Desc, ties: TieOrders::new(&[Order::Asc]).unwrap() };
    let event = |time, points, column| Played { ties: ties(&[column]), ..played(time, points) };
    let events = [event(10, 5, 100), event(30, 0, 20), event(20, 2, 3)];
    for (operator, points, column, time) in [
        (Operator::Sum, 7, 123, 30),
        (Operator::Count, 3, 123, 30),
        (Operator::Latest, 0, 20, 30),
        (Operator::Best, 5, 100, 10),
    ] {
        let standing = play(Ranking { operator, order }, &events);
        assert_eq!(
            (standing.score, standing.ties, standing.achieved_at),
            (score(points), ties(&[column]), at(time)),
            "{operator:?}"
        );
    }
}

#[test]
fn an_event_that_counts_for_nothing_changes_nothing() {
    let before = Standing { score: score(5), ties: Ties::default(), achieved_at: at(10), newest_at: at(30) };
    for (operator, points, time) in
        [(Operator::Best, 4, 90), (Operator::Best, 5, 90), (Operator::Best, 5, 10), (Operator::Sum, 0, 90)]
    {
        let after = ranking(operator, Order::Desc).apply(Some(before), played(time, points));
        assert_eq!(after, Applied::Standing(before), "{operator:?} {points} at {time}");
    }
}

#[test]
fn a_sum_stays_within_the_limits() {
    let top = Score::MAX.points();
    assert_eq!(play_points(Operator::Sum, Order::Desc, &[(1, top), (2, top)]).score, Score::MAX);
}

#[test]
fn a_score_beyond_the_limits_is_refused() {
    assert!(Score::new((1 << 53) + 1).is_err());
    assert!(serde_json::from_str::<Score>("9007199254740993").is_err());
}

#[test]
fn more_tie_columns_than_there_may_be_are_refused() {
    assert!(
        serde_json::from_str::<TieOrders>(r#"["asc","desc","asc"]"#).is_ok_and(|orders| orders.len() == 3)
    );
    assert!(serde_json::from_str::<TieOrders>(r#"["asc","desc","asc","asc"]"#).is_err());
    assert_eq!(Ties::new(&[Score::default(); 4]), None);
}

const OPERATORS: [Operator; 4] = [Operator::Best, Operator::Sum, Operator::Latest, Operator::Count];

fn orders() -> impl Strategy<Value = BoardOrder> {
    let order = prop_oneof![Just(Order::Asc), Just(Order::Desc)];
    (order.clone(), prop::collection::vec(order, 0..=TIES_MAX))
        .prop_map(|(order, ties)| BoardOrder { order, ties: TieOrders::new(&ties).unwrap() })
}

/// Scores of a board with these tie columns, of which many are alike.
fn events() -> impl Strategy<Value = (BoardOrder, Vec<Played>)> {
    orders().prop_flat_map(|order| {
        let columns = prop::collection::vec(-1_i64..2, order.ties.len());
        let event = (0_i64..8, -3_i64..3, columns)
            .prop_map(|(time, points, columns)| Played { ties: ties(&columns), ..played(time, points) });
        (Just(order), prop::collection::vec(event, 1..8))
    })
}

proptest! {
    #[test]
    fn arrival_does_not_matter((order, events) in events(), seed in any::<u64>(), operator in 0_usize..4) {
        let ranking = Ranking { operator: OPERATORS[operator], order };
        let mut shuffled = events.clone();
        let length = shuffled.len();
        for index in 0..length {
            let other = usize::try_from(seed.rotate_left(u32::try_from(index).unwrap() * 7) % length as u64).unwrap();
            shuffled.swap(index, other);
        }
        let standing = play(ranking, &events);
        prop_assert_eq!(standing, play(ranking, &shuffled));
        prop_assert_eq!(Some(standing), ranking.of_history(shuffled));
    }

    #[test]
    fn what_stands_as_best_or_latest_was_played((order, events) in events(), latest in any::<bool>()) {
        let operator = if latest { Operator::Latest } else { Operator::Best };
        let standing = play(Ranking { operator, order }, &events);
        let was_played = |event: &Played| {
            (event.score, event.ties, event.at) == (standing.score, standing.ties, standing.achieved_at)
        };
        prop_assert!(events.iter().any(was_played));
    }

    #[test]
    fn peers_1_3_1_the_order_is_total_and_never_a_matter_of_the_id_before_time(
        order in orders(),
        left in (-3_i64..3, prop::collection::vec(-1_i64..2, 3), 0_i64..3, 0_u128..3),
        right in (-3_i64..3, prop::collection::vec(-1_i64..2, 3), 0_i64..3, 0_u128..3),
    ) {
        let key = |(points, columns, time, user): (i64, Vec<i64>, i64, u128)| RankKey {
            score: score(points),
            ties: ties(&columns[..order.ties.len()]),
            achieved_at: at(time),
            user_id: UserId::from_uuid(uuid::Uuid::from_u128(user)),
        };
        let (left, right) = (key(left), key(right));
        let forth = left.compare(&right, order);
        prop_assert_eq!(forth, right.compare(&left, order).reverse());
        prop_assert_eq!(forth == Ordering::Equal, left == right);
        if (left.score, left.ties) == (right.score, right.ties) && left.achieved_at < right.achieved_at {
            prop_assert_eq!(forth, Ordering::Less, "the earlier score stands higher");
        }
    }
}
