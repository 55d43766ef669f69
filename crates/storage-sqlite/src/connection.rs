//! The connection of a transaction. A disk that hangs answers nothing: so each wait for an answer has a limit, in the one
//! place that every statement passes.
//!
//! Invariant: begin, every statement and save end in time for whoever waits. The thread that SQLite works on is not
//! ended by that; until it is free again, the next transaction waits for a connection, in time too.

use std::{future::Future, io, pin::pin, task::Poll, time::Duration};

use futures::{
    FutureExt, StreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use sqlx::{
    Describe, Either, Execute, Executor, SqlStr, Sqlite, SqlitePool, Transaction,
    sqlite::{SqliteQueryResult, SqliteRow, SqliteStatement, SqliteTypeInfo},
};
use tokio::time;

/// A connection with an open transaction. Dropped, it is rolled back.
#[derive(Debug)]
pub(crate) struct Connection {
    transaction: Transaction<'static, Sqlite>,
    answer_timeout: Duration,
}

impl Connection {
    /// Takes a connection and begins a transaction by `statement`.
    pub(crate) async fn begin(
        pool: &SqlitePool,
        statement: &'static str,
        answer_timeout: Duration,
    ) -> Result<Self, sqlx::Error> {
        let transaction = within(answer_timeout, pool.begin_with(statement)).await?;
        Ok(Self { transaction, answer_timeout })
    }

    /// Ends the transaction and keeps what was done.
    pub(crate) async fn save(self) -> Result<(), sqlx::Error> {
        within(self.answer_timeout, self.transaction.commit()).await
    }
}

impl<'c> Executor<'c> for &'c mut Connection {
    type Database = Sqlite;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, Result<Either<SqliteQueryResult, SqliteRow>, sqlx::Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Sqlite>,
    {
        let mut rows = self.transaction.fetch_many(query);
        let mut over = time::sleep(self.answer_timeout).boxed();
        stream::poll_fn(move |context| match rows.poll_next_unpin(context) {
            Poll::Pending => over.poll_unpin(context).map(|()| Some(Err(no_answer()))),
            ready @ Poll::Ready(_) => ready,
        })
        .boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<SqliteRow>, sqlx::Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Sqlite>,
    {
        within(self.answer_timeout, self.transaction.fetch_optional(query)).boxed()
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [SqliteTypeInfo],
    ) -> BoxFuture<'e, Result<SqliteStatement, sqlx::Error>>
    where
        'c: 'e,
    {
        within(self.answer_timeout, self.transaction.prepare_with(sql, parameters)).boxed()
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<Sqlite>, sqlx::Error>>
    where
        'c: 'e,
    {
        within(self.answer_timeout, self.transaction.describe(sql)).boxed()
    }
}

/// Waits for an answer for `limit` at most.
pub(crate) async fn within<T>(
    limit: Duration,
    answer: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    let answer = pin!(answer);
    time::timeout(limit, answer).await.unwrap_or_else(|_| Err(no_answer()))
}

fn no_answer() -> sqlx::Error {
    sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, "no answer in time"))
}
