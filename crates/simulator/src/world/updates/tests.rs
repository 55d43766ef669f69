//! The order, the delays and the end of updates.

use serde_json::json;

use crate::world::updates::{Delivery, LIFETIME_MS, Retry, Updates};

const AT_ONCE: Retry = Retry { after_s: None, spread_s: 0, scale: 1.0 };

fn queue_of(chats: &[i64]) -> Updates {
    let mut updates = Updates::new(0);
    for chat in chats {
        updates.queue(*chat, "message", json!({}), 0);
    }
    updates
}

fn ids(deliveries: &[Delivery]) -> Vec<i64> {
    deliveries.iter().map(|delivery| delivery.update_id).collect()
}

#[test]
fn one_update_of_a_chat_is_in_flight_while_others_run_beside_it() {
    let mut updates = queue_of(&[1, 1, 2]);
    let first = updates.take_deliveries(0, 40);
    assert_eq!(ids(&first), [1, 3]);
    assert!(updates.take_deliveries(0, 40).is_empty());
    updates.delivered(&first[0]);
    assert_eq!(ids(&updates.take_deliveries(0, 40)), [2]);
}

#[test]
fn no_more_are_in_flight_than_allowed() {
    let mut updates = queue_of(&[1, 2, 3]);
    assert_eq!(updates.take_deliveries(0, 2).len(), 2);
    assert_eq!(updates.in_flight(), 2);
}

#[test]
fn delays_grow_after_one_retry_at_once() {
    let delays: Vec<i64> = (1..=9).map(|failures| AT_ONCE.delay_ms(failures) / 1000).collect();
    assert_eq!(delays, [0, 2, 4, 8, 16, 32, 60, 60, 60]);
    assert_eq!(Retry { spread_s: 59, ..AT_ONCE }.delay_ms(30), 119_000);
}

#[test]
fn retry_after_is_honored_up_to_an_hour() {
    assert_eq!(Retry { after_s: Some(90), ..AT_ONCE }.delay_ms(1), 90_000);
    assert_eq!(Retry { after_s: Some(7200), scale: 0.001, ..AT_ONCE }.delay_ms(1), 3600);
}

#[test]
fn a_failed_update_holds_its_chat_and_nobody_else() {
    let mut updates = queue_of(&[1, 1]);
    let first = updates.take_deliveries(0, 40);
    updates.failed(&first[0], Retry { after_s: Some(5), ..AT_ONCE }, 0);
    updates.queue(2, "message", json!({}), 0);
    assert_eq!(ids(&updates.take_deliveries(4999, 40)), [3]);
    assert_eq!(updates.next_retry_at_ms(), Some(5000));
    assert_eq!(ids(&updates.take_deliveries(5000, 40)), [1]);
}

#[test]
fn confirming_by_offset_also_frees_a_chat_that_waits() {
    let mut updates = queue_of(&[1, 1]);
    let first = updates.take_deliveries(0, 40);
    updates.failed(&first[0], Retry { after_s: Some(5), ..AT_ONCE }, 0);
    updates.confirm(2);
    assert_eq!(updates.next_retry_at_ms(), None);
    assert_eq!(ids(&updates.take_deliveries(0, 40)), [2]);
}

#[test]
fn a_negative_offset_keeps_the_last_ones() {
    let mut updates = queue_of(&[1, 2, 3]);
    updates.confirm(-1);
    assert_eq!(updates.oldest(100, 0), [json!({"update_id": 3, "message": {}})]);
}

#[test]
fn dropping_all_while_one_is_in_flight_lets_the_chat_go_on() {
    let mut updates = queue_of(&[1, 1]);
    let first = updates.take_deliveries(0, 40);
    updates.drop_all();
    assert_eq!((updates.pending(), updates.dropped_total), (0, 2));
    updates.delivered(&first[0]);
    assert_eq!(updates.delivered_total, 0);
    updates.queue(1, "message", json!({}), 0);
    assert_eq!(ids(&updates.take_deliveries(0, 40)), [3]);
}

#[test]
fn an_update_is_given_up_after_a_day() {
    let mut updates = queue_of(&[1]);
    assert_eq!(updates.oldest(10, LIFETIME_MS - 1).len(), 1);
    assert!(updates.oldest(10, LIFETIME_MS).is_empty());
    assert_eq!(updates.dropped_total, 1);
}
