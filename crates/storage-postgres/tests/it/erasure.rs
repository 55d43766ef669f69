//! After an erasure a dump of the whole database holds nothing of the person.

use std::fmt::Write;

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use storage::{
    Store,
    personal::COLUMNS,
    testsuite::planted::{PLANTED, erase, plant},
};
use storage_postgres::{Options, PostgresStore};

use crate::database::Database;

/// Every row of every table, as text.
async fn dump(url: &str) -> String {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let mut dump = String::new();
    for (table, _) in COLUMNS {
        let rows: Vec<String> =
            sqlx::query_scalar(AssertSqlSafe(format!("SELECT {table}::TEXT FROM {table} LIMIT 10000")))
                .fetch_all(&mut connection)
                .await
                .unwrap();
        writeln!(dump, "{table}: {}", rows.join(" | ")).unwrap();
    }
    connection.close().await.unwrap();
    dump
}

#[tokio::test]
async fn no_planted_value_is_in_a_dump_after_the_erasure() {
    let database = Database::create().await;
    let store = PostgresStore::connect(database.url(), &Options::default()).await.unwrap();
    store.migrate().await.unwrap();
    let (person, _) = plant(&store).await;
    let before = dump(database.url()).await;
    for planted in PLANTED {
        assert!(before.contains(planted), "{planted} was not planted:\n{before}");
    }
    erase(&store, person).await;
    let after = dump(database.url()).await;
    for planted in PLANTED {
        assert!(!after.contains(planted), "{planted} is left:\n{after}");
    }
    assert!(after.contains("First 2"), "somebody else is left alone");
    store.close().await;
    database.drop().await;
}

#[tokio::test]
async fn an_update_that_is_done_holds_neither_words_nor_chat() {
    let database = Database::create().await;
    let store = PostgresStore::connect(database.url(), &Options::default()).await.unwrap();
    store.migrate().await.unwrap();
    plant(&store).await;
    let mut connection = PgConnection::connect(database.url()).await.unwrap();
    let rows: Vec<(i64, String, Option<i64>)> = sqlx::query_as(
        "SELECT update_id, payload, chat_id FROM inbox_updates WHERE state = 'done' ORDER BY update_id LIMIT 10",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    assert_eq!(rows, [(1, String::new(), None)]);
    connection.close().await.unwrap();
    store.close().await;
    database.drop().await;
}
