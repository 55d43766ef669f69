//! Contracts of what players have done.

use domain::UserId;

use crate::{
    Store,
    activity::{ACTIVITIES_MAX, ActivityRow},
    testsuite::fixtures::{HARD_TEXT, activity, at, read, user_id, write},
};

async fn add(store: &dyn Store, rows: &[ActivityRow]) {
    write(store, async |transaction| transaction.activities().add_many(rows).await.unwrap()).await;
}

async fn of_player(store: &dyn Store, owner: UserId, from: i64, until: i64, limit: u32) -> Vec<ActivityRow> {
    read(store, async |transaction| {
        transaction.activities().of_player(owner, at(from), at(until), limit).await.unwrap()
    })
    .await
}

fn numbers(rows: &[ActivityRow]) -> Vec<&str> {
    rows.iter().map(|row| row.event_id.as_str()).collect()
}

/// An event is kept once, with all its values.
pub async fn an_activity_is_kept_once_as_it_was(store: &dyn Store) {
    let mut hard = activity(1, 1, 5);
    let text = serde_json::to_string(&HARD_TEXT.replace('\u{1}', "")).unwrap();
    let fields = format!(r#"{{"text":{text},"number":-12.5,"flag":true,"amount":"99999999999.000001"}}"#);
    hard.fields = serde_json::from_str(&fields).unwrap();
    add(store, &[hard.clone(), activity(2, 1, 6)]).await;
    add(store, &[hard.clone(), activity(3, 1, 7)]).await;
    let found = of_player(store, user_id(1), 0, 100, 10).await;
    assert_eq!(found, [activity(3, 1, 7), activity(2, 1, 6), hard]);
}

/// What a player did in a time, the newest first.
pub async fn a_player_s_activities_are_found_by_time(store: &dyn Store) {
    add(store, &[activity(1, 1, 5), activity(2, 1, 6), activity(3, 1, 7), activity(4, 2, 6)]).await;
    assert_eq!(numbers(&of_player(store, user_id(1), 5, 7, 10).await), ["event-2", "event-1"]);
    assert_eq!(numbers(&of_player(store, user_id(1), 0, 100, 1).await), ["event-3"]);
    assert_eq!(numbers(&of_player(store, user_id(3), 0, 100, 10).await), Vec::<&str>::new());
}

/// What was done of one kind, by all, the oldest first, page by page without repeating or skipping any.
pub async fn activities_of_a_kind_are_met_once(store: &dyn Store) {
    let other = ActivityRow { activity: "login".parse().unwrap(), ..activity(9, 1, 6) };
    let rows = [
        activity(1, 2, 6),
        activity(2, 1, 6),
        activity(3, 1, 6),
        activity(4, 1, 5),
        activity(5, 1, 7),
        other,
    ];
    add(store, &rows).await;
    let kind = rows[0].activity.clone();
    let mut met: Vec<String> = Vec::new();
    let mut after = None;
    loop {
        let page = read(store, async |transaction| {
            transaction.activities().of_kind(&kind, at(6), after.as_ref(), 2).await.unwrap()
        })
        .await;
        let Some(last) = page.last() else { break };
        after = Some(last.cursor());
        met.extend(numbers(&page).into_iter().map(str::to_owned));
    }
    assert_eq!(met, ["event-2", "event-3", "event-1", "event-5"]);
}

/// What is old goes, the oldest first.
pub async fn old_activities_are_removed(store: &dyn Store) {
    add(store, &[activity(1, 1, 5), activity(2, 2, 4), activity(3, 1, 6)]).await;
    let remove = async |before, limit| {
        write(store, async |transaction| {
            transaction.activities().remove_old(at(before), limit).await.unwrap()
        })
        .await
    };
    assert_eq!(remove(4, 10).await, 0);
    assert_eq!(remove(6, 1).await, 1);
    assert_eq!(of_player(store, user_id(2), 0, 100, 10).await, []);
    assert_eq!(remove(6, 10).await, 1);
    assert_eq!(numbers(&of_player(store, user_id(1), 0, 100, 10).await), ["event-3"]);
}

/// A call is bounded.
pub async fn too_many_activities_are_refused(store: &dyn Store) {
    let rows: Vec<ActivityRow> = (0..=ACTIVITIES_MAX).map(|number| activity(number, 1, 5)).collect();
    write(store, async |transaction| {
        let mut activities = transaction.activities();
        assert!(activities.add_many(&rows).await.is_err());
        activities.add_many(&rows[1..]).await.unwrap();
        activities.add_many(&[]).await.unwrap();
    })
    .await;
    assert_eq!(of_player(store, user_id(1), 0, 100, 2000).await.len(), ACTIVITIES_MAX);
}
