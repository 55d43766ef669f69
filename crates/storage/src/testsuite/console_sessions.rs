//! Contracts of the console's sessions.

use crate::{
    Store,
    console_session::ConsoleSession,
    testsuite::{
        fixtures::{at, read, session_id, write},
        operators::{operator, operator_id},
    },
};

/// A session of an operator that expires after a minute.
fn session(number: u8, owner: u8) -> ConsoleSession {
    ConsoleSession {
        token_hash: [number; 32],
        operator_id: operator_id(owner.into()),
        session_id: session_id(number.into()),
        created_at: at(0),
        used_at: at(0),
        expires_at: at(60_000),
        second_factor_at: None,
    }
}

async fn store_sessions(store: &dyn Store, sessions: &[ConsoleSession]) {
    write(store, async |transaction| {
        for number in [1, 2] {
            transaction.operators().admit(&operator(number)).await.unwrap();
        }
        for session in sessions {
            transaction.console_sessions().add(session).await.unwrap();
        }
    })
    .await;
}

async fn by_number(store: &dyn Store, number: u8) -> Option<ConsoleSession> {
    read(store, async |transaction| transaction.console_sessions().by_hash([number; 32]).await.unwrap()).await
}

/// What was stored is found by its hash alone; use is remembered.
pub async fn a_console_session_is_found_as_it_was_stored(store: &dyn Store) {
    let second = ConsoleSession { second_factor_at: Some(at(4)), ..session(2, 2) };
    store_sessions(store, &[session(1, 1), second.clone()]).await;
    assert_eq!(by_number(store, 1).await, Some(session(1, 1)));
    assert_eq!(by_number(store, 2).await.as_ref(), Some(&second));
    assert_eq!(by_number(store, 3).await, None);
    write(store, async |transaction| {
        transaction.console_sessions().touch([2; 32], at(9)).await.unwrap();
        transaction.console_sessions().touch([3; 32], at(9)).await.unwrap();
    })
    .await;
    assert_eq!(by_number(store, 2).await, Some(ConsoleSession { used_at: at(9), ..second }));
    assert_eq!(by_number(store, 1).await, Some(session(1, 1)));
}

/// One session goes, or all of an operator; the others stay.
pub async fn console_sessions_are_removed_by_hash_and_by_operator(store: &dyn Store) {
    store_sessions(store, &[session(1, 1), session(2, 1), session(3, 1), session(4, 2)]).await;
    write(store, async |transaction| {
        let mut sessions = transaction.console_sessions();
        assert!(sessions.remove([1; 32]).await.unwrap());
        assert!(!sessions.remove([1; 32]).await.unwrap());
        assert_eq!(sessions.remove_of(operator_id(1)).await.unwrap(), 2);
        assert_eq!(sessions.remove_of(operator_id(1)).await.unwrap(), 0);
    })
    .await;
    assert_eq!(by_number(store, 2).await, None);
    assert!(by_number(store, 4).await.is_some());
}

/// Sessions go when they expired long enough ago, the longest ago first.
pub async fn expired_console_sessions_are_removed(store: &dyn Store) {
    let early = ConsoleSession { expires_at: at(10), ..session(2, 1) };
    store_sessions(store, &[session(1, 1), early, ConsoleSession { expires_at: at(99), ..session(3, 1) }])
        .await;
    let remove = async |before, limit| {
        write(store, async |transaction| {
            transaction.console_sessions().remove_expired(before, limit).await.unwrap()
        })
        .await
    };
    assert_eq!(remove(at(10), 10).await, 0);
    assert_eq!(remove(at(100), 1).await, 1);
    assert_eq!(by_number(store, 2).await, None);
    assert_eq!(remove(at(100), 10).await, 1);
    assert!(by_number(store, 1).await.is_some());
}
