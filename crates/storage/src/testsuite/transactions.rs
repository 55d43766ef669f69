//! Contracts of the store and its transactions.

use futures::join;

use crate::{
    Store,
    testsuite::fixtures::{read, update, write},
};

/// What is not saved was never done.
pub async fn unsaved_changes_leave_no_trace(store: &dyn Store) {
    let mut transaction = store.begin_write().await.unwrap();
    transaction.settings().set("kept", b"no").await.unwrap();
    transaction.inbox().add_many(&[update(1, 1)]).await.unwrap();
    drop(transaction);

    // The next writer is not hindered, and finds nothing.
    let value = write(store, async |transaction| transaction.settings().get("kept").await.unwrap()).await;
    assert_eq!(value, None);
    let stats = read(store, async |transaction| transaction.inbox().stats().await.unwrap()).await;
    assert_eq!(stats.waiting, 0);
}

/// A transaction builds on what it did itself.
pub async fn a_transaction_sees_its_own_changes(store: &dyn Store) {
    write(store, async |transaction| {
        transaction.settings().set("name", b"value").await.unwrap();
        assert_eq!(transaction.settings().get("name").await.unwrap().as_deref(), Some(&b"value"[..]));
    })
    .await;
}

/// A transaction that reads is not disturbed by what others save meanwhile.
pub async fn a_read_sees_one_state(store: &dyn Store) {
    write(store, async |transaction| transaction.settings().set("name", b"old").await.unwrap()).await;
    let mut reader = store.begin_read().await.unwrap();
    assert_eq!(reader.settings().get("name").await.unwrap().as_deref(), Some(&b"old"[..]));

    write(store, async |transaction| transaction.settings().set("name", b"new").await.unwrap()).await;
    assert_eq!(reader.settings().get("name").await.unwrap().as_deref(), Some(&b"old"[..]));
    drop(reader);

    let value = read(store, async |transaction| transaction.settings().get("name").await.unwrap()).await;
    assert_eq!(value.as_deref(), Some(&b"new"[..]));
}

/// A transaction that reads can't write.
pub async fn a_read_refuses_to_write(store: &dyn Store) {
    let mut reader = store.begin_read().await.unwrap();
    let error = reader.settings().set("name", b"value").await.unwrap_err();
    assert!(!error.is_temporary(), "{error}");
    drop(reader);
    let value = read(store, async |transaction| transaction.settings().get("name").await.unwrap()).await;
    assert_eq!(value, None);
}

/// Processes that start at once migrate once, and rows stay.
pub async fn migrating_again_changes_nothing(store: &dyn Store) {
    write(store, async |transaction| transaction.settings().set("name", b"value").await.unwrap()).await;
    let (first, second) = join!(store.migrate(), store.migrate());
    first.unwrap();
    second.unwrap();
    assert!(store.is_migrated().await.unwrap());
    let value = read(store, async |transaction| transaction.settings().get("name").await.unwrap()).await;
    assert_eq!(value.as_deref(), Some(&b"value"[..]));
}

/// After `close` every call fails as one that may be tried elsewhere.
pub async fn a_closed_store_is_unavailable(store: &dyn Store) {
    store.ping().await.unwrap();
    store.close().await;
    assert!(store.ping().await.unwrap_err().is_temporary());
    assert!(store.begin_write().await.err().unwrap().is_temporary());
    assert!(store.begin_read().await.err().unwrap().is_temporary());
}
