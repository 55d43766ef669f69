//! From SQLite's errors to the store's. What may pass by itself (a lock, a full disk, no free connection) is told apart
//! from what stays.

use sqlx::{error::DatabaseError, migrate::MigrateError};
use storage::StoreError;

/// Names the operation at which an error happened.
pub(crate) trait At<T> {
    fn at(self, operation: &'static str) -> Result<T, StoreError>;
}

impl<T> At<T> for Result<T, sqlx::Error> {
    fn at(self, operation: &'static str) -> Result<T, StoreError> {
        self.map_err(|error| from_sqlx(operation, &error))
    }
}

impl<T> At<T> for Result<T, MigrateError> {
    fn at(self, operation: &'static str) -> Result<T, StoreError> {
        self.map_err(|error| match &error {
            MigrateError::Execute(source) | MigrateError::ExecuteMigration(source, _) => {
                from_sqlx(operation, source)
            }
            _ => StoreError::failed(operation, error.to_string()),
        })
    }
}

fn from_sqlx(operation: &'static str, error: &sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::Database(database) => from_database(operation, database.as_ref()),
        sqlx::Error::Io(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => StoreError::unavailable(operation, error.to_string()),
        _ => StoreError::failed(operation, error.to_string()),
    }
}

fn from_database(operation: &'static str, error: &dyn DatabaseError) -> StoreError {
    let message = error.to_string();
    if error.is_unique_violation() {
        // "UNIQUE constraint failed: users.telegram_user_id": names of columns, never values.
        let constraint = message.rsplit_once("failed: ").map_or("", |(_, columns)| columns).to_owned();
        return StoreError::Conflict { operation, constraint };
    }
    let code: i32 = error.code().and_then(|code| code.parse().ok()).unwrap_or_default();
    // An extended code's low byte is the plain one: BUSY, LOCKED, NOMEM, IOERR, FULL, CANTOPEN.
    match code & 0xff {
        5 | 6 | 7 | 10 | 13 | 14 => StoreError::unavailable(operation, message),
        _ => StoreError::failed(operation, message),
    }
}
