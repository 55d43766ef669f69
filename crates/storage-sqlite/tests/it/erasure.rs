//! After an erasure a dump of the whole database holds nothing of the person.

use std::fmt::Write;

use sqlx::{AssertSqlSafe, Connection, SqliteConnection};
use storage::{
    Store,
    personal::COLUMNS,
    testsuite::planted::{PLANTED, erase, plant},
};
use storage_sqlite::{Options, SqliteStore};

/// Every value of every column, as text and, where it is bytes, as they are.
async fn dump(path: &str) -> String {
    let mut connection = SqliteConnection::connect(path).await.unwrap();
    let mut dump = String::new();
    for (table, columns) in COLUMNS {
        for (column, _) in *columns {
            let values: Vec<String> = sqlx::query_scalar(AssertSqlSafe(format!(
                "SELECT quote({column}) || COALESCE(' ' || CAST({column} AS TEXT), '') FROM {table} LIMIT 10000"
            )))
            .fetch_all(&mut connection)
            .await
            .unwrap();
            writeln!(dump, "{table}.{column}: {}", values.join(" | ")).unwrap();
        }
    }
    dump
}

#[tokio::test]
async fn no_planted_value_is_in_a_dump_after_the_erasure() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("podium.db");
    let path = path.to_str().unwrap();
    let store = SqliteStore::open(path, &Options::default()).await.unwrap();
    store.migrate().await.unwrap();
    let (person, _) = plant(&store).await;
    let before = dump(path).await;
    for planted in PLANTED {
        assert!(before.contains(planted), "{planted} was not planted:\n{before}");
    }
    erase(&store, person).await;
    let after = dump(path).await;
    for planted in PLANTED {
        assert!(!after.contains(planted), "{planted} is left:\n{after}");
    }
    assert!(after.contains("First 2"), "somebody else is left alone");
    store.close().await;
}

#[tokio::test]
async fn an_update_that_is_done_holds_neither_words_nor_chat() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("podium.db");
    let path = path.to_str().unwrap();
    let store = SqliteStore::open(path, &Options::default()).await.unwrap();
    store.migrate().await.unwrap();
    plant(&store).await;
    let mut connection = SqliteConnection::connect(path).await.unwrap();
    let rows: Vec<(i64, String, Option<i64>)> = sqlx::query_as(
        "SELECT update_id, payload, chat_id FROM inbox_updates WHERE state = 'done' ORDER BY update_id LIMIT 10",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    assert_eq!(rows, [(1, String::new(), None)]);
    store.close().await;
}
