//! A file of an earlier version, with rows, is brought up to date.

use std::path::Path;

use sqlx::{AssertSqlSafe, Connection, SqliteConnection, migrate::Migrator};
use storage::{
    Store,
    testsuite::old_rows::{MIGRATIONS, statements, survive},
};
use storage_sqlite::{Options, SqliteStore};

/// The migrations of the earlier version, as it had them.
async fn earlier(folder: &Path) -> Migrator {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    for file in std::fs::read_dir(all).unwrap() {
        let file = file.unwrap();
        let name = file.file_name().into_string().unwrap();
        if MIGRATIONS.contains(&name[..4].parse().unwrap()) {
            std::fs::copy(file.path(), folder.join(name)).unwrap();
        }
    }
    Migrator::new(folder).await.unwrap()
}

#[tokio::test]
async fn boards_of_an_earlier_version_keep_their_rows_and_ranks() {
    let folder = tempfile::tempdir().unwrap();
    let migrations = tempfile::tempdir().unwrap();
    let path = folder.path().join("podium.db");
    let path = path.to_str().unwrap();
    let mut connection = SqliteConnection::connect(&format!("sqlite:{path}?mode=rwc")).await.unwrap();
    earlier(migrations.path()).await.run(&mut connection).await.unwrap();
    for statement in statements(|user_id| format!("x'{}'", user_id.as_uuid().simple())) {
        sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();

    let store = SqliteStore::open(path, &Options::default()).await.unwrap();
    assert!(!store.is_migrated().await.unwrap());
    store.migrate().await.unwrap();
    survive(&store).await;
    store.close().await;
}
