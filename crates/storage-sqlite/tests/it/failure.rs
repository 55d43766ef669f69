//! What the store does when the file or the disk fails.

use std::time::Duration;

use domain::{BotId, Timestamp, UpdateId};
use sqlx::{Connection, Executor, SqliteConnection};
use storage::{Store, StoreError, inbox::NewUpdate};
use storage_sqlite::{Options, SqliteStore};

async fn store(path: &str, options: &Options) -> SqliteStore {
    let store = SqliteStore::open(path, options).await.unwrap();
    store.migrate().await.unwrap();
    store
}

fn large_update(update_id: i64) -> NewUpdate {
    NewUpdate {
        bot_id: BotId(1),
        update_id: UpdateId(update_id),
        chat_id: None,
        payload: format!("\"{}\"", "x".repeat(100_000)),
        received_at: Timestamp::from_millis(0),
    }
}

async fn add(store: &SqliteStore, update: NewUpdate) -> Result<u64, StoreError> {
    let mut transaction = store.begin_write().await?;
    let added = transaction.inbox().add_many(&[update]).await?;
    transaction.save().await?;
    Ok(added)
}

#[tokio::test]
async fn a_full_disk_is_unavailable_and_the_store_recovers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("podium.db");
    let path = path.to_str().unwrap();
    let store = store(path, &Options { page_count_max: Some(400), ..Options::default() }).await;

    let mut stored = 0;
    let error = loop {
        match add(&store, large_update(stored)).await {
            Ok(_) => stored += 1,
            Err(error) => break error,
        }
        assert!(stored < 100, "the file never became full");
    };
    assert!(error.is_temporary(), "{error:?}");
    assert!(add(&store, large_update(stored)).await.unwrap_err().is_temporary());

    // Small rows still fit.
    let small = NewUpdate { payload: "{}".to_owned(), ..large_update(1000) };
    assert_eq!(add(&store, small).await.unwrap(), 1);
    let stats = store.begin_read().await.unwrap().inbox().stats().await.unwrap();
    assert_eq!(stats.waiting, u64::try_from(stored).unwrap() + 1, "what failed left nothing behind");
}

#[tokio::test]
async fn a_file_that_another_process_holds_is_unavailable() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("podium.db");
    let path = path.to_str().unwrap();
    let store = store(path, &Options { busy_timeout: Duration::from_millis(50), ..Options::default() }).await;

    let mut other = SqliteConnection::connect(path).await.unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    let error = add(&store, large_update(1)).await.unwrap_err();
    assert!(error.is_temporary(), "{error:?}");
    other.execute("ROLLBACK").await.unwrap();
    assert_eq!(add(&store, large_update(1)).await.unwrap(), 1);
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("podium.db");
    let path = path.to_str().unwrap();
    // SQLite itself would wait for a minute.
    let options = Options {
        busy_timeout: Duration::from_mins(1),
        answer_timeout: Duration::from_millis(50),
        ..Options::default()
    };
    let store = store(path, &options).await;

    let mut other = SqliteConnection::connect(path).await.unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    let error = add(&store, large_update(1)).await.unwrap_err();
    assert!(error.is_temporary(), "{error:?}");
    other.execute("ROLLBACK").await.unwrap();
    assert_eq!(add(&store, large_update(1)).await.unwrap(), 1, "the writer is free again");
}

#[tokio::test]
async fn a_second_writer_waits_in_line_and_gives_up_in_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("podium.db");
    let options = Options { acquire_timeout: Duration::from_millis(50), ..Options::default() };
    let store = store(path.to_str().unwrap(), &options).await;

    let first = store.begin_write().await.unwrap();
    assert!(store.begin_write().await.err().unwrap().is_temporary());
    drop(first);
    assert!(store.begin_write().await.is_ok());
}

#[tokio::test]
async fn a_folder_that_is_missing_is_made_and_one_that_cant_be_is_unavailable() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a/b/podium.db");
    let url = format!("sqlite:{}", path.display());
    store(&url, &Options::default()).await.ping().await.unwrap();
    assert!(path.exists());

    let below_a_file = path.join("podium.db");
    let error = SqliteStore::open(below_a_file.to_str().unwrap(), &Options::default()).await.unwrap_err();
    assert!(error.is_temporary(), "{error:?}");
}

#[tokio::test]
async fn a_file_that_is_no_database_fails_for_good() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("podium.db");
    std::fs::write(
        &path,
        "This is a letter, and much longer than the header of a database would be. ".repeat(20),
    )
    .unwrap();
    let error = SqliteStore::open(path.to_str().unwrap(), &Options::default()).await.unwrap_err();
    assert!(!error.is_temporary(), "{error:?}");
}

#[tokio::test]
async fn closing_brings_the_log_back_into_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("podium.db");
    let store = store(path.to_str().unwrap(), &Options::default()).await;
    add(&store, large_update(1)).await.unwrap();
    store.begin_read().await.unwrap().inbox().stats().await.unwrap();
    assert!(folder.path().join("podium.db-wal").exists());
    store.close().await;
    assert!(!folder.path().join("podium.db-wal").exists());
}

#[tokio::test]
async fn every_commit_is_synced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("podium.db");
    let store = store(path.to_str().unwrap(), &Options::default()).await;
    // 2 is FULL; in WAL mode NORMAL (1) would lose acknowledged rows at a power cut.
    assert_eq!(store.synchronous().await.unwrap(), 2);
    let mut connection = SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut connection).await.unwrap();
    assert_eq!(mode, "wal");
}
