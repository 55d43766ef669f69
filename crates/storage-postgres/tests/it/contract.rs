//! The contracts of `storage::testsuite`, each in a database of its own.

use async_trait::async_trait;
use storage::{Store, testsuite::Fixture};
use storage_postgres::{Options, PostgresStore};

use crate::database::Database;

pub struct Migrated {
    store: PostgresStore,
    database: Database,
}

#[async_trait]
impl Fixture for Migrated {
    fn store(&self) -> &dyn Store {
        &self.store
    }

    async fn finish(self) {
        self.store.close().await;
        self.database.drop().await;
    }
}

pub async fn migrated() -> Migrated {
    let database = Database::create().await;
    let store = PostgresStore::connect(database.url(), &Options::default()).await.unwrap();
    assert!(!store.is_migrated().await.unwrap());
    store.migrate().await.unwrap();
    Migrated { store, database }
}

storage::contract_suite!(crate::contract::migrated);
