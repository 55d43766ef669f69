//! The connection of a transaction. A host that vanished answers nothing, and the limits that the server keeps vanish
//! with it: so each wait for an answer has a limit here too, in the one place that every statement passes.
//!
//! Invariant: begin, every statement, save and the way back to the pool end in time. A connection that gave no answer is
//! closed and never handed out again.

use std::{future::Future, io, pin::pin, task::Poll, time::Duration};

use futures::{
    FutureExt, StreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use sqlx::{
    Describe, Either, Execute, Executor, PgConnection, PgPool, Postgres, SqlStr,
    pool::PoolConnection,
    postgres::{PgQueryResult, PgRow, PgStatement, PgTypeInfo},
};
use tokio::{runtime::Handle, time};

/// A connection, with an open transaction unless it is taken without one. Dropped, that is rolled back.
#[derive(Debug)]
pub(crate) struct Connection {
    /// Taken when this is dropped.
    pooled: Option<PoolConnection<Postgres>>,
    /// Whether a transaction is open.
    is_open: bool,
    answer_timeout: Duration,
}

impl Connection {
    /// Takes a connection and begins a transaction by `statement`.
    pub(crate) async fn begin(
        pool: &PgPool,
        statement: &'static str,
        answer_timeout: Duration,
    ) -> Result<Self, sqlx::Error> {
        let pooled = pool.acquire().await?;
        let mut connection = Self { pooled: Some(pooled), is_open: true, answer_timeout };
        connection.execute(statement).await?;
        Ok(connection)
    }

    /// Takes a connection on which each statement is a transaction by itself.
    pub(crate) async fn without_transaction(
        pool: &PgPool,
        answer_timeout: Duration,
    ) -> Result<Self, sqlx::Error> {
        Ok(Self { pooled: Some(pool.acquire().await?), is_open: false, answer_timeout })
    }

    /// Ends the transaction and keeps what was done.
    pub(crate) async fn save(mut self) -> Result<(), sqlx::Error> {
        self.execute("COMMIT").await?;
        self.is_open = false;
        Ok(())
    }

    #[expect(
        clippy::expect_used,
        reason = "only `drop` takes it, behind which nobody has a connection to ask"
    )]
    fn pooled(&mut self) -> &mut PgConnection {
        self.pooled.as_mut().expect("the connection is there until it is dropped")
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let Ok(runtime) = Handle::try_current() else { return };
        let Some(mut pooled) = self.pooled.take() else { return };
        let (is_open, limit) = (self.is_open, self.answer_timeout);
        runtime.spawn(async move {
            // Whatever was asked last is waited for as well, should nobody have waited for it.
            if is_open && within(limit, pooled.execute("ROLLBACK")).await.is_err() {
                pooled.close_on_drop();
                return;
            }
            // Without an answer the connection is dropped with this future, which frees its place in the pool.
            let _ = time::timeout(limit, pooled.return_to_pool()).await;
        });
    }
}

impl<'c> Executor<'c> for &'c mut Connection {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, Result<Either<PgQueryResult, PgRow>, sqlx::Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let limit = self.answer_timeout;
        let mut rows = self.pooled().fetch_many(query);
        let mut over = time::sleep(limit).boxed();
        stream::poll_fn(move |context| match rows.poll_next_unpin(context) {
            Poll::Pending => over.poll_unpin(context).map(|()| Some(Err(no_answer()))),
            ready @ Poll::Ready(_) => ready,
        })
        .boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<PgRow>, sqlx::Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        within(self.answer_timeout, self.pooled().fetch_optional(query)).boxed()
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, Result<PgStatement, sqlx::Error>>
    where
        'c: 'e,
    {
        within(self.answer_timeout, self.pooled().prepare_with(sql, parameters)).boxed()
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<Postgres>, sqlx::Error>>
    where
        'c: 'e,
    {
        within(self.answer_timeout, self.pooled().describe(sql)).boxed()
    }
}

/// Waits for an answer for `limit` at most.
async fn within<T>(
    limit: Duration,
    answer: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    let answer = pin!(answer);
    time::timeout(limit, answer).await.unwrap_or_else(|_| Err(no_answer()))
}

fn no_answer() -> sqlx::Error {
    sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, "no answer in time"))
}
