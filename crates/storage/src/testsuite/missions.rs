//! Contracts of missions.

use domain::{MissionId, Owner, Timestamp, mission::Mission};
use futures::future::join_all;

use crate::{
    Store,
    mission::{MISSIONS_MAX, MissionRow},
    testsuite::fixtures::{HARD_TEXT, at, mission, read, write},
};

fn id(text: &str) -> MissionId {
    text.parse().unwrap()
}

async fn put(store: &dyn Store, mission: &Mission, owner: Owner) {
    told(store, mission, owner, None).await;
}

async fn told(store: &dyn Store, mission: &Mission, owner: Owner, told_at: Option<Timestamp>) {
    write(store, async |transaction| {
        transaction.missions().put(mission, owner, told_at, at(0)).await.unwrap();
    })
    .await;
}

async fn by_id(store: &dyn Store, mission_id: &str) -> Option<MissionRow> {
    read(store, async |transaction| transaction.missions().by_id(&id(mission_id)).await.unwrap()).await
}

async fn version(store: &dyn Store) -> u64 {
    read(store, async |transaction| transaction.missions().version().await.unwrap()).await
}

/// What an owner has written is read back unchanged; written again, it is replaced, and whose it is stays.
pub async fn a_mission_is_replaced_and_stays_its_owner_s(store: &dyn Store) {
    let title = HARD_TEXT.replace('\u{1}', "");
    let hard = format!(r#"{{"en":{}}}"#, serde_json::to_string(&title).unwrap());
    let first = Mission { title: serde_json::from_str(&hard).unwrap(), ..mission("daily-1") };
    put(store, &first, Owner::Console).await;
    let row = MissionRow { mission: first.clone(), owner: Owner::Console, stopped_at: None, told_at: None };
    assert_eq!(by_id(store, "daily-1").await, Some(row.clone()));
    assert_eq!(by_id(store, "Daily-1").await, None);
    write(store, async |transaction| {
        assert!(transaction.missions().set_stopped(&id("daily-1"), Some(at(3))).await.unwrap());
    })
    .await;
    let second = Mission { ends_at: Some(at(9)), ..mission("daily-1") };
    told(store, &second, Owner::Platform, Some(at(7))).await;
    let expected = MissionRow { mission: second, stopped_at: Some(at(3)), told_at: Some(at(7)), ..row };
    assert_eq!(by_id(store, "daily-1").await, Some(expected.clone()));
    let locked =
        write(store, async |transaction| transaction.missions().lock(&id("daily-1")).await.unwrap()).await;
    assert_eq!(locked, Some(expected));
}

/// Whoever remembers missions sees by one number that something has changed.
pub async fn each_change_of_a_mission_raises_the_version(store: &dyn Store) {
    assert_eq!(version(store).await, 0);
    put(store, &mission("a"), Owner::Platform).await;
    assert_eq!(version(store).await, 1);
    put(store, &mission("a"), Owner::Platform).await;
    assert_eq!(version(store).await, 2);
    let stop = async |mission_id: &str, stopped_at: Option<Timestamp>| {
        write(store, async |transaction| {
            transaction.missions().set_stopped(&id(mission_id), stopped_at).await.unwrap()
        })
        .await
    };
    assert!(stop("a", Some(at(1))).await);
    assert!(!stop("a", Some(at(2))).await, "it is stopped already");
    assert!(!stop("b", Some(at(1))).await, "there is none");
    assert_eq!(version(store).await, 3);
    assert!(stop("a", None).await);
    assert!(!stop("a", None).await);
    assert_eq!(version(store).await, 4);
    assert_eq!(by_id(store, "a").await.unwrap().stopped_at, None);
    let many: Vec<Mission> = (0..8).map(|number| mission(&format!("m-{number}"))).collect();
    join_all(many.iter().map(|mission| put(store, mission, Owner::Platform))).await;
    assert_eq!(version(store).await, 12);
}

/// Those that are over are left out; the others come by their ids, page by page.
pub async fn missions_that_are_not_over_are_listed(store: &dyn Store) {
    for (mission_id, ends_at) in [("b", None), ("a", Some(10)), ("d", Some(11)), ("c", None)] {
        let mission = Mission { ends_at: ends_at.map(at), ..mission(mission_id) };
        put(store, &mission, Owner::Platform).await;
    }
    let list = async |milliseconds, after: Option<&str>, limit| {
        let after = after.map(id);
        let rows = read(store, async |transaction| {
            transaction.missions().not_over(at(milliseconds), after.as_ref(), limit).await.unwrap()
        })
        .await;
        rows.into_iter().map(|row| row.mission.mission_id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(list(9, None, 10).await, ["a", "b", "c", "d"]);
    assert_eq!(list(10, None, 10).await, ["b", "c", "d"]);
    assert_eq!(list(11, None, 10).await, ["b", "c"]);
    assert_eq!(list(0, None, 2).await, ["a", "b"]);
    assert_eq!(list(0, Some("b"), 2).await, ["c", "d"]);
}

/// Some are found at once, whether over or not; what is none is left out, and a call is bounded.
pub async fn missions_are_found_by_their_ids(store: &dyn Store) {
    let over = Mission { ends_at: Some(at(1)), ..mission("over") };
    for one in [&mission("a"), &over, &mission("b")] {
        put(store, one, Owner::Platform).await;
    }
    let found = async |ids: &[MissionId]| {
        read(store, async |transaction| transaction.missions().by_ids(ids).await).await
    };
    let rows = found(&[id("over"), id("none"), id("a")]).await.unwrap();
    let ids: Vec<&str> = rows.iter().map(|row| row.mission.mission_id.as_str()).collect();
    assert_eq!(ids, ["a", "over"]);
    assert_eq!(rows[1].mission, over);
    assert!(found(&[]).await.unwrap().is_empty());
    let many: Vec<MissionId> = (0..=MISSIONS_MAX).map(|number| id(&format!("m{number}"))).collect();
    assert!(found(&many).await.is_err());
}
