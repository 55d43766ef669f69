//! What the store does when the server fails it.

use std::time::Duration;

use storage::Store;
use storage_postgres::{Options, PostgresStore};

use crate::{database::Database, proxy::Proxy};

#[tokio::test]
async fn a_server_that_does_not_answer_is_unavailable() {
    // A port that was just free, and that nobody listens on.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let options = Options { acquire_timeout: Duration::from_millis(200), ..Options::default() };
    let url = format!("postgres://postgres@127.0.0.1:{port}/podium");
    let error = PostgresStore::connect(&url, &options).await.unwrap_err();
    assert!(error.is_temporary(), "{error:?}");
}

#[tokio::test]
async fn an_address_that_cant_be_read_is_not_repeated_in_the_error() {
    let error =
        PostgresStore::connect("postgres://podium:hunter2@[/podium", &Options::default()).await.unwrap_err();
    assert!(!error.is_temporary());
    assert!(!format!("{error:?}").contains("hunter2"));
}

#[tokio::test]
async fn no_connection_in_time_is_unavailable() {
    let database = Database::create().await;
    let options =
        Options { connections: 1, acquire_timeout: Duration::from_millis(100), ..Options::default() };
    let store = PostgresStore::connect(database.url(), &options).await.unwrap();
    let first = store.begin_write().await.unwrap();
    assert!(store.begin_read().await.err().unwrap().is_temporary());
    drop(first);
    assert!(store.begin_read().await.is_ok());
    store.close().await;
    database.drop().await;
}

#[tokio::test]
async fn a_lock_that_is_not_given_in_time_is_unavailable() {
    let database = Database::create().await;
    let options = Options { statement_timeout: Duration::from_millis(100), ..Options::default() };
    let store = PostgresStore::connect(database.url(), &options).await.unwrap();
    store.migrate().await.unwrap();
    let mut first = store.begin_write().await.unwrap();
    first.settings().set("name", b"first").await.unwrap();
    let mut second = store.begin_write().await.unwrap();
    let error = second.settings().set("name", b"second").await.unwrap_err();
    assert!(error.is_temporary(), "{error:?}");
    assert!(matches!(error, storage::StoreError::TimedOut { .. }), "{error:?}");
    drop((first, second));
    store.close().await;
    database.drop().await;
}

#[tokio::test]
async fn a_server_that_ends_connections_is_unavailable_and_the_store_recovers() {
    let database = Database::create().await;
    let store = PostgresStore::connect(database.url(), &Options::default()).await.unwrap();
    store.migrate().await.unwrap();
    let mut transaction = store.begin_write().await.unwrap();
    transaction.settings().set("name", b"value").await.unwrap();
    database.end_connections().await;
    let error = transaction.settings().get("name").await.unwrap_err();
    assert!(error.is_temporary(), "{error:?}");
    drop(transaction);
    let mut transaction = store.begin_read().await.unwrap();
    assert_eq!(transaction.settings().get("name").await.unwrap(), None, "what was not saved was not done");
    drop(transaction);
    store.close().await;
    database.drop().await;
}

#[tokio::test]
async fn an_error_holds_nothing_of_the_row() {
    let database = Database::create().await;
    let store = PostgresStore::connect(database.url(), &Options::default()).await.unwrap();
    store.migrate().await.unwrap();
    let mut transaction = store.begin_write().await.unwrap();
    // Not JSON: PostgreSQL repeats the row in the details of its error.
    let error = transaction
        .dialogues()
        .put(domain::BotId(1), domain::ChatId(424_242), "a secret", domain::Timestamp::from_millis(0))
        .await
        .unwrap_err();
    let shown = format!("{error:?} {error}");
    assert!(!shown.contains("secret") && !shown.contains("424242"), "{shown}");
    drop(transaction);
    store.close().await;
    database.drop().await;
}

/// A host that vanishes ends no connection and keeps none of its limits.
#[tokio::test]
async fn a_server_that_falls_silent_is_unavailable_and_the_store_recovers() {
    let database = Database::create().await;
    let proxy = Proxy::start(database.address()).await;
    let options =
        Options { connections: 1, answer_timeout: Duration::from_millis(200), ..Options::default() };
    let store = PostgresStore::connect(&database.url_by(proxy.address()), &options).await.unwrap();
    store.migrate().await.unwrap();

    let mut transaction = store.begin_write().await.unwrap();
    proxy.silence();
    let error = transaction.settings().get("name").await.unwrap_err();
    assert!(error.is_temporary(), "{error:?}");
    drop(transaction);

    // The only connection was given up, so there is room for another.
    let mut transaction = store.begin_write().await.unwrap();
    transaction.settings().set("name", b"value").await.unwrap();
    proxy.silence();
    let error = transaction.save().await.unwrap_err();
    assert!(error.is_temporary(), "{error:?}");

    store.begin_read().await.unwrap().settings().get("name").await.unwrap();
    store.close().await;
    database.drop().await;
}

/// Whoever asked may go away before the answer comes: nothing of the transaction stays, and its connection is used on.
#[tokio::test]
async fn a_statement_that_nobody_waits_for_leaves_nothing_behind() {
    let database = Database::create().await;
    let options = Options { connections: 2, ..Options::default() };
    let store = PostgresStore::connect(database.url(), &options).await.unwrap();
    store.migrate().await.unwrap();
    let mut first = store.begin_write().await.unwrap();
    first.settings().set("name", b"first").await.unwrap();
    let mut second = store.begin_write().await.unwrap();
    {
        // It waits for the lock that the first one holds.
        let mut settings = second.settings();
        let waiting = settings.set("name", b"second");
        assert!(tokio::time::timeout(Duration::from_millis(50), waiting).await.is_err());
    }
    drop(second);
    first.save().await.unwrap();
    for _ in 0..4 {
        let value = store.begin_write().await.unwrap().settings().get("name").await.unwrap();
        assert_eq!(value.as_deref(), Some(&b"first"[..]));
    }
    store.close().await;
    database.drop().await;
}
