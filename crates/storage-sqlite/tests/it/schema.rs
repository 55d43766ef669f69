//! The schema, compared with the snapshot that both engines share.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, Connection, SqliteConnection};
use storage::Store;
use storage_sqlite::{Options, SqliteStore};

#[tokio::test]
async fn tables_and_columns_are_those_of_the_snapshot() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("podium.db");
    let path = path.to_str().unwrap();
    let store = SqliteStore::open(path, &Options::default()).await.unwrap();
    store.migrate().await.unwrap();
    store.close().await;

    let mut connection = SqliteConnection::connect(path).await.unwrap();
    let columns: Vec<(String, String)> = sqlx::query_as(
        "SELECT tables.name, columns.name
         FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
         WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite_%' AND tables.name <> '_sqlx_migrations'
         ORDER BY tables.name, columns.name
         LIMIT 10000",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    let mut schema = BTreeMap::<String, Vec<String>>::new();
    for (table, column) in columns {
        schema.entry(table).or_default().push(column);
    }
    assert_eq!(storage::personal::differences(&schema), Vec::<String>::new());
    let expected: BTreeMap<String, Vec<String>> =
        serde_json::from_str(include_str!("../../../storage/schema.json")).unwrap();
    assert_eq!(
        schema,
        expected,
        "crates/storage/schema.json differs; it should be:\n{}",
        serde_json::to_string_pretty(&schema).unwrap()
    );
}

#[tokio::test]
async fn a_line_of_the_audit_log_can_not_be_changed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("podium.db");
    let path = path.to_str().unwrap();
    let store = SqliteStore::open(path, &Options::default()).await.unwrap();
    store.migrate().await.unwrap();
    store.close().await;
    let mut connection = SqliteConnection::connect(path).await.unwrap();
    sqlx::query(
        "INSERT INTO audit_log (entry_id, happened_at, actor_kind, action, detail)
         VALUES (randomblob(16), 1, 'system', 'token_spent', '{}')",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    let result = sqlx::query("UPDATE audit_log SET action = 'link_created'").execute(&mut connection).await;
    assert!(result.unwrap_err().to_string().contains("append-only"));
}

#[tokio::test]
async fn a_database_from_before_jobs_has_its_next_key_rotation_planned() {
    for (kept, expected) in [("WHERE TRUE", vec![2_592_000_007_i64]), ("WHERE FALSE", vec![])] {
        let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        let before = format!(
            "CREATE TABLE signing_keys AS SELECT column1 AS created_at FROM (VALUES (5), (7), (6)) {kept}"
        );
        sqlx::raw_sql(AssertSqlSafe(before)).execute(&mut connection).await.unwrap();
        sqlx::raw_sql(include_str!("../../migrations/0009_jobs.sql")).execute(&mut connection).await.unwrap();
        let planned: Vec<i64> = sqlx::query_scalar(
            "SELECT due_at FROM jobs WHERE kind = 'key_rotation' AND key = 'signing' AND run_at = due_at",
        )
        .fetch_all(&mut connection)
        .await
        .unwrap();
        assert_eq!(planned, expected);
    }
}
