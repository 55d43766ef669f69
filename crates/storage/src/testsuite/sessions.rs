//! Contracts of sessions.

use domain::{SessionId, UserId, session::DeviceKind};
use futures::future::join_all;

use crate::{
    Store,
    session::{Arrival, Familiarity, LiveSession, NewSession, SIGN_OUT, Session},
    testsuite::fixtures::{at, read, session, session_id, telegram_profile, write},
};

/// Stores a user and these sessions of theirs, made by number.
async fn store_sessions(store: &dyn Store, numbers: &[u8]) -> UserId {
    write(store, async |transaction| {
        let owner =
            transaction.users().upsert_telegram(&[telegram_profile(1)]).await.unwrap().remove(0).user_id;
        let sessions: Vec<NewSession> = numbers.iter().map(|number| session(*number, owner)).collect();
        transaction.sessions().add_many(&sessions).await.unwrap();
        owner
    })
    .await
}

async fn by_number(store: &dyn Store, number: u8) -> Option<Session> {
    read(store, async |transaction| transaction.sessions().by_id(session_id(number.into())).await.unwrap())
        .await
}

/// What was stored is found; what was not is not.
pub async fn a_session_is_found_as_it_was_stored(store: &dyn Store) {
    let owner = store_sessions(store, &[1, 2]).await;
    let expected = Session {
        session_id: session_id(2),
        user_id: owner,
        refresh_hash: [2; 32],
        previous_hash: None,
        method: "init_data".to_owned(),
        expires_at: at(60_000),
        ended: None,
    };
    assert_eq!(by_number(store, 2).await.as_ref(), Some(&expected));
    let locked =
        write(store, async |transaction| transaction.sessions().lock(session_id(2)).await.unwrap()).await;
    assert_eq!(locked, Some(expected));
    assert_eq!(by_number(store, 3).await, None);
    assert_eq!(
        write(store, async |transaction| transaction.sessions().lock(session_id(3)).await.unwrap()).await,
        None
    );
    write(store, async |transaction| transaction.sessions().add_many(&[]).await.unwrap()).await;
}

/// A refresh sets both hashes and the expiry, of one session alone.
pub async fn rotation_keeps_the_hash_before(store: &dyn Store) {
    store_sessions(store, &[1, 2]).await;
    write(store, async |transaction| {
        let mut sessions = transaction.sessions();
        sessions.rotate(session_id(1), [9; 32], [1; 32], at(5), at(90_000)).await.unwrap();
    })
    .await;
    let rotated = by_number(store, 1).await.unwrap();
    assert_eq!(
        (rotated.refresh_hash, rotated.previous_hash, rotated.expires_at),
        ([9; 32], Some([1; 32]), at(90_000))
    );
    assert_eq!(by_number(store, 2).await.unwrap().previous_hash, None);
}

/// Ending is told once and keeps the first reason.
pub async fn a_session_ends_once(store: &dyn Store) {
    store_sessions(store, &[1]).await;
    write(store, async |transaction| {
        let mut sessions = transaction.sessions();
        assert!(sessions.end(session_id(1), at(7), "logout").await.unwrap());
        assert!(!sessions.end(session_id(1), at(8), "reuse").await.unwrap());
        assert!(!sessions.end(session_id(2), at(8), "reuse").await.unwrap());
    })
    .await;
    assert_eq!(by_number(store, 1).await.unwrap().ended, Some((at(7), "logout".to_owned())));
}

/// A refresh of an ended or missing session fails, and not as something to try again.
pub async fn an_ended_session_is_not_rotated(store: &dyn Store) {
    store_sessions(store, &[1]).await;
    for number in [1, 2] {
        let mut transaction = store.begin_write().await.unwrap();
        transaction.sessions().end(session_id(1), at(7), "logout").await.unwrap();
        let result =
            transaction.sessions().rotate(session_id(number), [9; 32], [1; 32], at(8), at(90_000)).await;
        assert!(!result.unwrap_err().is_temporary());
    }
}

/// Several refreshes with the same token at once: `lock` lets one of them see it as current, the others the successor.
pub async fn of_refreshes_at_once_one_wins(store: &dyn Store) {
    store_sessions(store, &[1]).await;
    let refresh = async |number: u8| {
        let mut transaction = store.begin_write().await.unwrap();
        let current = transaction.sessions().lock(session_id(1)).await.unwrap().unwrap();
        let wins = current.refresh_hash == [1; 32];
        if wins {
            // A further round trip, so that without the lock another would read in between.
            assert!(transaction.sessions().by_id(session_id(1)).await.unwrap().is_some());
            let mut sessions = transaction.sessions();
            sessions.rotate(session_id(1), [100 + number; 32], [1; 32], at(1), at(90_000)).await.unwrap();
        }
        transaction.save().await.unwrap();
        wins
    };
    let wins = join_all((0..8).map(&refresh)).await;
    assert_eq!(wins.iter().filter(|wins| **wins).count(), 1);
}

/// Sessions go when they ended or expired long enough ago, the longest ago first.
pub async fn over_sessions_are_removed(store: &dyn Store) {
    store_sessions(store, &[1, 2, 3, 4]).await;
    write(store, async |transaction| {
        let mut sessions = transaction.sessions();
        sessions.end(session_id(1), at(20), "logout").await.unwrap();
        sessions.end(session_id(2), at(10), "logout").await.unwrap();
        sessions.rotate(session_id(3), [9; 32], [3; 32], at(5), at(90_000)).await.unwrap();
    })
    .await;
    let remove = async |before, limit| {
        write(store, async |transaction| transaction.sessions().remove_over(before, limit).await.unwrap())
            .await
    };
    assert_eq!(remove(at(10), 10).await, 0);
    assert_eq!(remove(at(21), 1).await, 1);
    assert_eq!(by_number(store, 2).await, None);
    assert_eq!(remove(at(60_001), 10).await, 2);
    assert!(by_number(store, 3).await.is_some(), "a refresh moves the expiry");
    assert_eq!(by_number(store, 4).await, None, "what was never refreshed expires");
}

async fn live(store: &dyn Store, owner: UserId, milliseconds: i64, limit: u32) -> Vec<LiveSession> {
    read(store, async |transaction| {
        transaction.sessions().live_of(owner, at(milliseconds), limit).await.unwrap()
    })
    .await
}

fn ids(sessions: &[LiveSession]) -> Vec<SessionId> {
    sessions.iter().map(|session| session.session_id).collect()
}

/// What a person sees of their devices: what is not over, the one used last first, nobody else's.
pub async fn live_sessions_are_listed_the_one_used_last_first(store: &dyn Store) {
    let owner = store_sessions(store, &[1, 2, 3, 4]).await;
    write(store, async |transaction| {
        let other =
            transaction.users().upsert_telegram(&[telegram_profile(2)]).await.unwrap().remove(0).user_id;
        let mut sessions = transaction.sessions();
        sessions.add_many(&[session(9, other)]).await.unwrap();
        sessions.end(session_id(1), at(5), SIGN_OUT).await.unwrap();
        sessions.rotate(session_id(2), [9; 32], [2; 32], at(7), at(90_000)).await.unwrap();
    })
    .await;
    let listed = live(store, owner, 10, 10).await;
    assert_eq!(ids(&listed), [session_id(2), session_id(4), session_id(3)]);
    let expected = LiveSession {
        session_id: session_id(2),
        method: "init_data".to_owned(),
        device: DeviceKind::Ios,
        created_at: at(0),
        refreshed_at: at(7),
    };
    assert_eq!(listed[0], expected);
    assert_eq!(ids(&live(store, owner, 10, 1).await), [session_id(2)]);
    assert_eq!(ids(&live(store, owner, 60_000, 10).await), [session_id(2)], "the others have expired");
}

/// All others end, those of other people do not.
pub async fn other_sessions_of_a_user_are_ended(store: &dyn Store) {
    let owner = store_sessions(store, &[1, 2, 3]).await;
    let ended = write(store, async |transaction| {
        let other =
            transaction.users().upsert_telegram(&[telegram_profile(2)]).await.unwrap().remove(0).user_id;
        let mut sessions = transaction.sessions();
        sessions.add_many(&[session(9, other)]).await.unwrap();
        sessions.end(session_id(3), at(5), SIGN_OUT).await.unwrap();
        sessions.end_others(owner, session_id(1), at(6), "ended_by_owner").await.unwrap()
    })
    .await;
    assert_eq!(ended, 1);
    assert_eq!(by_number(store, 1).await.unwrap().ended, None);
    assert_eq!(by_number(store, 2).await.unwrap().ended, Some((at(6), "ended_by_owner".to_owned())));
    assert_eq!(by_number(store, 3).await.unwrap().ended, Some((at(5), SIGN_OUT.to_owned())));
    assert_eq!(by_number(store, 9).await.unwrap().ended, None);
}

/// A way of signing in is familiar by method and device; one that was thrown out is not.
pub async fn a_familiar_way_of_signing_in_is_recognized(store: &dyn Store) {
    let owner = store_sessions(store, &[1, 2]).await;
    let arrival = |user_id, method, device| Arrival { user_id, method, device };
    let recognize = async |arrivals: &[Arrival]| {
        read(store, async |transaction| transaction.sessions().recognize(arrivals).await.unwrap()).await
    };
    let same = arrival(owner, "init_data", DeviceKind::Ios);
    let arrivals = [
        arrival(owner, "widget", DeviceKind::Ios),
        same,
        arrival(owner, "init_data", DeviceKind::Android),
        arrival(UserId::from_uuid(session_id(77).as_uuid()), "init_data", DeviceKind::Ios),
    ];
    assert_eq!(
        recognize(&arrivals).await,
        [Familiarity::New, Familiarity::Known, Familiarity::New, Familiarity::Stranger]
    );
    assert_eq!(recognize(&[]).await, []);
    write(store, async |transaction| {
        let mut sessions = transaction.sessions();
        sessions.end(session_id(1), at(5), SIGN_OUT).await.unwrap();
        sessions.end(session_id(2), at(5), "ended_by_owner").await.unwrap();
    })
    .await;
    assert_eq!(recognize(&[same]).await, [Familiarity::Known], "a device that signed out comes back");
    let third = store_third(store, owner).await;
    assert_eq!(recognize(&[third]).await, [Familiarity::New], "a device that was thrown out is news");
}

/// A session of another kind that its owner ends from elsewhere.
async fn store_third(store: &dyn Store, owner: UserId) -> Arrival {
    write(store, async |transaction| {
        let third = NewSession { method: "widget", device: DeviceKind::Linux, ..session(3, owner) };
        let mut sessions = transaction.sessions();
        sessions.add_many(std::slice::from_ref(&third)).await.unwrap();
        sessions.end(third.session_id, at(6), "ended_by_owner").await.unwrap();
        Arrival { user_id: owner, method: third.method, device: third.device }
    })
    .await
}

/// All of a user's sessions end at once, or move to another user; nobody else's do.
pub async fn all_sessions_of_a_user_end_or_move(store: &dyn Store) {
    let owner = store_sessions(store, &[1, 2, 3]).await;
    let other = write(store, async |transaction| {
        let other =
            transaction.users().upsert_telegram(&[telegram_profile(9)]).await.unwrap().remove(0).user_id;
        transaction.sessions().add_many(&[session(9, other)]).await.unwrap();
        transaction.sessions().end(session_id(1), at(5), "logout").await.unwrap();
        other
    })
    .await;
    let end = async |now| {
        write(store, async |transaction| {
            transaction.sessions().end_of_user(owner, at(now), "sign_out_all").await.unwrap()
        })
        .await
    };
    assert_eq!(end(7).await, 2);
    assert_eq!(end(8).await, 0);
    assert_eq!(by_number(store, 1).await.unwrap().ended, Some((at(5), "logout".to_owned())));
    assert_eq!(by_number(store, 2).await.unwrap().ended, Some((at(7), "sign_out_all".to_owned())));
    assert_eq!(by_number(store, 9).await.unwrap().ended, None);

    write(store, async |transaction| transaction.sessions().give_all(owner, other).await.unwrap()).await;
    for number in [1, 2, 3, 9] {
        assert_eq!(by_number(store, number).await.unwrap().user_id, other);
    }
}
