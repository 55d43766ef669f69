//! Contracts of sessions.

use domain::UserId;
use futures::future::join_all;

use crate::{
    Store,
    session::{NewSession, Session},
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
