//! The contracts of `storage::testsuite`, each on a file of its own.

use async_trait::async_trait;
use storage::{Store, testsuite::Fixture};
use storage_sqlite::{Options, SqliteStore};
use tempfile::TempDir;

pub struct File {
    store: SqliteStore,
    /// Removed when the test ends.
    _folder: TempDir,
}

#[async_trait]
impl Fixture for File {
    fn store(&self) -> &dyn Store {
        &self.store
    }

    async fn finish(self) {
        self.store.close().await;
    }
}

pub async fn file() -> File {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("podium.db");
    let store = SqliteStore::open(path.to_str().unwrap(), &Options::default()).await.unwrap();
    assert!(!store.is_migrated().await.unwrap());
    store.migrate().await.unwrap();
    File { store, _folder: folder }
}

storage::contract_suite!(crate::contract::file);
