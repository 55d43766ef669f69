//! Bringing the log back into the file, on a connection of its own: beside the writer, who need not wait for it.
//!
//! SQLite's own way is that whoever commits beyond a number of pages copies them all and waits for two syncs of the
//! disk. Here that is only the [backstop](BACKSTOP_PAGES) of a log that grows faster than it is copied.
//!
//! Invariant: nothing depends on this task. What is committed is durable in the log; a log that was not copied is read
//! back when the file is next opened.

use std::{sync::Arc, time::Duration};

use sqlx::SqlitePool;
use tokio::{sync::Notify, task::AbortHandle, time};

/// The writer copies the log itself when it has so many pages (of 4096 bytes): the bound of its size under a load that
/// never pauses. Most of them are in the file by then.
pub(crate) const BACKSTOP_PAGES: u32 = 8000;

/// After how many pages in the log the next ones are copied without delay.
const BUSY_PAGES: i64 = 500;
const PAUSE: Duration = Duration::from_millis(500);
const PAUSE_WHEN_BUSY: Duration = Duration::from_millis(10);

/// The task. Dropped, it ends.
#[derive(Debug)]
pub(crate) struct Checkpoints {
    pool: SqlitePool,
    written: Arc<Notify>,
    task: AbortHandle,
}

impl Checkpoints {
    /// Starts the task. `pool` is its own, of one connection that may write; it is opened at the first checkpoint.
    pub(crate) fn start(pool: SqlitePool) -> Self {
        let written = Arc::new(Notify::new());
        let task = tokio::spawn(run(pool.clone(), Arc::clone(&written))).abort_handle();
        Self { pool, written, task }
    }

    /// Tells that something is being written.
    pub(crate) fn is_due(&self) {
        self.written.notify_one();
    }

    /// Ends the task and closes its connection.
    pub(crate) async fn close(&self) {
        self.task.abort();
        self.pool.close().await;
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn run(pool: SqlitePool, written: Arc<Notify>) {
    let mut pause = PAUSE;
    loop {
        written.notified().await;
        time::sleep(pause).await;
        // PASSIVE waits for nobody: what a reader still needs is left for the next time, and so is all on an error.
        let checkpoint: Result<(i64, i64, i64), _> =
            sqlx::query_as("PRAGMA wal_checkpoint(PASSIVE)").fetch_one(&pool).await;
        let pages = checkpoint.map_or(0, |(_is_busy, pages, _copied)| pages);
        pause = if pages >= BUSY_PAGES { PAUSE_WHEN_BUSY } else { PAUSE };
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use storage::Store as _;

    use crate::{Options, SqliteStore};

    #[tokio::test]
    async fn what_was_committed_comes_into_the_file_while_it_is_open() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("podium.db");
        let store = SqliteStore::open(path.to_str().unwrap(), &Options::default()).await.unwrap();
        store.migrate().await.unwrap();
        let mut transaction = store.begin_write().await.unwrap();
        transaction.settings().set("name", b"planted-in-the-file").await.unwrap();
        transaction.save().await.unwrap();

        let is_in_the_file = async {
            let planted = b"planted-in-the-file";
            while !std::fs::read(&path).unwrap().windows(planted.len()).any(|window| window == planted) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), is_in_the_file).await.unwrap();
    }
}
