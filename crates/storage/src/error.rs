//! What can go wrong with a database.

/// An error of the store, without anything that must not be shown or logged: never a row's content.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database can't take the call now: no connection in time, locked, shutting down, disk full. Try again later.
    #[error("the database is not available for {operation}")]
    Unavailable {
        /// What was tried, e.g. `inbox.claim`.
        operation: &'static str,
        /// The engine's own error.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The database has stopped a statement that took too long, the wait for a lock included. It may pass by itself, as it
    /// does when others held the lock; a statement that is too much for its time is stopped again.
    #[error("{operation} took too long")]
    TimedOut {
        /// What was tried.
        operation: &'static str,
        /// The engine's own error.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A row that must be unique exists already, or what should be linked is no longer free. What was looked at before
    /// has changed since: whoever starts anew sees it.
    #[error("{operation} met a row that exists already ({constraint})")]
    Conflict {
        /// What was tried.
        operation: &'static str,
        /// The constraint's name, e.g. `users.telegram_user_id`.
        constraint: String,
    },
    /// A stored value can't be read as what it should be.
    #[error("{table}.{column} holds a value that can't be read")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// Any other failure of the engine.
    #[error("the database failed at {operation}")]
    Failed {
        /// What was tried.
        operation: &'static str,
        /// The engine's own error.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// What an engine said, as plain text: its own error types keep details that hold rows.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct EngineMessage(String);

impl StoreError {
    /// An error that may pass by itself. `message` must hold nothing of a row.
    pub fn unavailable(operation: &'static str, message: impl Into<String>) -> Self {
        Self::Unavailable { operation, source: Box::new(EngineMessage(message.into())) }
    }

    /// A statement that the engine has stopped. `message` must hold nothing of a row.
    pub fn timed_out(operation: &'static str, message: impl Into<String>) -> Self {
        Self::TimedOut { operation, source: Box::new(EngineMessage(message.into())) }
    }

    /// An error that stays. `message` must hold nothing of a row.
    pub fn failed(operation: &'static str, message: impl Into<String>) -> Self {
        Self::Failed { operation, source: Box::new(EngineMessage(message.into())) }
    }

    /// Whether the same call may succeed later.
    pub const fn is_temporary(&self) -> bool {
        matches!(self, Self::Unavailable { .. } | Self::TimedOut { .. })
    }
}
