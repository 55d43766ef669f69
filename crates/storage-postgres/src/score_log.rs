//! The log of scores.

use async_trait::async_trait;
use domain::{Timestamp, UserId};
use sqlx::FromRow;
use storage::{
    ScoreLogRepository, StoreError,
    score_log::{EventSlice, ScoreEvent},
    stored,
};
use uuid::Uuid;

use crate::{column::column, connection::Connection, error::At};

const HEADS_MAX: usize = 1000;
const REMOVED_MAX: usize = 10_000;

pub(crate) struct ScoreLog<'t> {
    pub(crate) connection: &'t mut Connection,
}

#[derive(FromRow)]
struct EventRow {
    number: i64,
    board_id: String,
    user_id: Uuid,
    source: String,
    event_id: String,
    score: Option<i64>,
    tie_1: Option<i64>,
    tie_2: Option<i64>,
    tie_3: Option<i64>,
    happened_at: i64,
    received_at: i64,
    corrects: Option<i64>,
    previous: Option<i64>,
}

impl TryFrom<EventRow> for ScoreEvent {
    type Error = StoreError;

    fn try_from(row: EventRow) -> Result<Self, StoreError> {
        const LOG: &str = "score_events";
        let ties = [row.tie_1, row.tie_2, row.tie_3].map(Option::unwrap_or_default);
        let result = row
            .score
            .map(|points| Ok((stored::score(points, LOG, "score")?, stored::ties(ties, LOG)?)))
            .transpose()?;
        Ok(Self {
            number: row.number,
            board_id: stored::parse(row.board_id, LOG, "board_id")?,
            user_id: UserId::from_uuid(row.user_id),
            source: stored::parse(row.source, LOG, "source")?,
            event_id: stored::parse(row.event_id, LOG, "event_id")?,
            result,
            happened_at: Timestamp::from_millis(row.happened_at),
            received_at: Timestamp::from_millis(row.received_at),
            corrects: row.corrects,
            previous: row.previous,
        })
    }
}

#[async_trait]
impl ScoreLogRepository for ScoreLog<'_> {
    async fn reserve(&mut self, count: u32) -> Result<Vec<i64>, StoreError> {
        sqlx::query_scalar("SELECT nextval('score_events_number') FROM generate_series(1, $1)")
            .bind(i64::from(count))
            .fetch_all(&mut *self.connection)
            .await
            .at("score_log.reserve")
    }

    async fn add(&mut self, events: &[ScoreEvent]) -> Result<(), StoreError> {
        const OPERATION: &str = "score_log.add";
        let tie =
            |event: &ScoreEvent, at: usize| event.result.map(|(_, ties)| stored::tie_columns(&ties)[at]);
        sqlx::query(
            "INSERT INTO score_events
               (number, board_id, user_id, source, event_id, score, tie_1, tie_2, tie_3, happened_at, received_at,
                corrects, previous)
             SELECT number, board_id, user_id, source, event_id, score, tie_1, tie_2, tie_3, happened_at, received_at,
               corrects, previous
             FROM UNNEST($1::BIGINT[], $2::TEXT[], $3::UUID[], $4::TEXT[], $5::TEXT[], $6::BIGINT[], $7::BIGINT[],
                 $8::BIGINT[], $9::BIGINT[], $10::BIGINT[], $11::BIGINT[], $12::BIGINT[], $13::BIGINT[])
               AS event (number, board_id, user_id, source, event_id, score, tie_1, tie_2, tie_3, happened_at,
                 received_at, corrects, previous)",
        )
        .bind(column(events, |event| event.number))
        .bind(column(events, |event| event.board_id.as_str()))
        .bind(column(events, |event| event.user_id.as_uuid()))
        .bind(column(events, |event| event.source.as_str()))
        .bind(column(events, |event| event.event_id.as_str()))
        .bind(column(events, |event| event.result.map(|(score, _)| score.points())))
        .bind(column(events, |event| tie(event, 0)))
        .bind(column(events, |event| tie(event, 1)))
        .bind(column(events, |event| tie(event, 2)))
        .bind(column(events, |event| event.happened_at.as_millis()))
        .bind(column(events, |event| event.received_at.as_millis()))
        .bind(column(events, |event| event.corrects))
        .bind(column(events, |event| event.previous))
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        Ok(())
    }

    async fn chains(&mut self, heads: &[i64], limit: u32) -> Result<Vec<ScoreEvent>, StoreError> {
        const OPERATION: &str = "score_log.chains";
        stored::at_most(HEADS_MAX, heads.len(), OPERATION)?;
        let rows: Vec<EventRow> = sqlx::query_as(
            "WITH RECURSIVE chain (number, length) AS (
               SELECT number, 1::BIGINT FROM UNNEST($1::BIGINT[]) AS head (number)
               UNION ALL
               SELECT score_events.previous, chain.length + 1
               FROM chain
               JOIN score_events ON score_events.number = chain.number
               WHERE score_events.previous IS NOT NULL AND chain.length < $2
             )
             SELECT score_events.number, board_id, user_id, source, event_id, score, tie_1, tie_2, tie_3, happened_at,
               received_at, corrects, previous
             FROM chain
             JOIN score_events ON score_events.number = chain.number
             ORDER BY score_events.number DESC",
        )
        .bind(heads)
        .bind(i64::from(limit))
        .fetch_all(&mut *self.connection)
        .await
        .at(OPERATION)?;
        rows.into_iter().map(ScoreEvent::try_from).collect()
    }

    async fn old(&mut self, before: Timestamp, after: i64, limit: u32) -> Result<EventSlice, StoreError> {
        let rows: Vec<(i64, bool)> = sqlx::query_as(
            "SELECT looked_at.number, boards.ends_at IS NULL OR boards.ends_at < $1
             FROM (
               SELECT number, board_id
               FROM score_events
               WHERE number > $2
               ORDER BY number
               LIMIT $3
             ) AS looked_at
             LEFT JOIN boards ON boards.board_id = looked_at.board_id
             ORDER BY looked_at.number",
        )
        .bind(before.as_millis())
        .bind(after)
        .bind(i64::from(limit))
        .fetch_all(&mut *self.connection)
        .await
        .at("score_log.old")?;
        let is_full = rows.len() == limit as usize;
        Ok(EventSlice {
            next: rows.last().filter(|_| is_full).map(|(number, _)| *number),
            old: rows.into_iter().filter(|(_, is_old)| *is_old).map(|(number, _)| number).collect(),
        })
    }

    async fn remove(&mut self, numbers: &[i64]) -> Result<(), StoreError> {
        const OPERATION: &str = "score_log.remove";
        stored::at_most(REMOVED_MAX, numbers.len(), OPERATION)?;
        sqlx::query("DELETE FROM score_events WHERE number = ANY($1)")
            .bind(numbers)
            .execute(&mut *self.connection)
            .await
            .at(OPERATION)?;
        Ok(())
    }
}
