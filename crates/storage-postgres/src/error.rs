//! From PostgreSQL's errors to the store's. What may pass by itself (no connection, shutting down, disk full, a lock that
//! was not given in time) is told apart from what stays. Details of an error are dropped: they hold rows.

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
        // A protocol error is what is left of a connection that the server ended in the middle of a message.
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => StoreError::unavailable(operation, error.to_string()),
        _ => StoreError::failed(operation, error.to_string()),
    }
}

fn from_database(operation: &'static str, error: &dyn DatabaseError) -> StoreError {
    let code = error.code().unwrap_or_default();
    if error.is_unique_violation() {
        return StoreError::Conflict {
            operation,
            constraint: error.constraint().unwrap_or_default().to_owned(),
        };
    }
    let message = format!("(code: {code}) {}", error.message());
    if code == STATEMENT_TIMEOUT {
        StoreError::timed_out(operation, message)
    } else if is_temporary(&code) {
        StoreError::unavailable(operation, message)
    } else {
        StoreError::failed(operation, message)
    }
}

/// A statement was stopped because of its time.
const STATEMENT_TIMEOUT: &str = "57014";

/// Whether an SQLSTATE tells of something that may pass by itself.
fn is_temporary(code: &str) -> bool {
    // Connection exceptions; disk full, out of memory, too many connections.
    matches!(code.get(..2), Some("08" | "53"))
        || matches!(
            code,
            // Serialization failure, deadlock, idle in transaction for too long, lock not available, shutting down (by
            // an administrator, after a crash), starting up.
            "40001" | "40P01" | "25P03" | "55P03" | "57P01" | "57P02" | "57P03"
        )
}
