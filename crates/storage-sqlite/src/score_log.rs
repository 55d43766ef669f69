//! The log of scores.

use async_trait::async_trait;
use domain::{Timestamp, UserId, ranking::TIES_MAX};
use sqlx::FromRow;
use storage::{
    ScoreLogRepository, StoreError,
    score_log::{EventSlice, ScoreEvent},
    stored,
};
use uuid::Uuid;

use crate::{connection::Connection, error::At, list};

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
        // The highest number that was ever given, which a removal does not turn back.
        let last: Option<i64> =
            sqlx::query_scalar("SELECT seq FROM sqlite_sequence WHERE name = 'score_events' LIMIT 1")
                .fetch_optional(&mut *self.connection)
                .await
                .at("score_log.reserve")?;
        let last = last.unwrap_or_default();
        Ok((last + 1..=last + i64::from(count)).collect())
    }

    async fn add(&mut self, events: &[ScoreEvent]) -> Result<(), StoreError> {
        const OPERATION: &str = "score_log.add";
        let rows = list::rows(events, OPERATION, |event| {
            let ties = event.result.map(|(_, ties)| stored::tie_columns(&ties));
            let [tie_1, tie_2, tie_3] = ties.map_or([None; TIES_MAX], |ties| ties.map(Some));
            let whose = (event.board_id.as_str(), list::hex(event.user_id.as_uuid()));
            let what = (event.result.map(|(score, _)| score.points()), tie_1, tie_2, tie_3);
            let times = (event.happened_at.as_millis(), event.received_at.as_millis());
            let links = (event.corrects, event.previous);
            (event.number, whose, event.source.as_str(), event.event_id.as_str(), what, times, links)
        })?;
        sqlx::query(
            "WITH told (item) AS MATERIALIZED (SELECT value FROM json_each($1))
             INSERT INTO score_events
               (number, board_id, user_id, source, event_id, score, tie_1, tie_2, tie_3, happened_at, received_at,
                corrects, previous)
             SELECT item ->> 0, item ->> '$[1][0]', unhex(item ->> '$[1][1]'), item ->> 2, item ->> 3,
               item ->> '$[4][0]', item ->> '$[4][1]', item ->> '$[4][2]', item ->> '$[4][3]',
               item ->> '$[5][0]', item ->> '$[5][1]', item ->> '$[6][0]', item ->> '$[6][1]'
             FROM told",
        )
        .bind(rows)
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
               SELECT value, 1 FROM json_each($1)
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
        .bind(serde_json::Value::from(heads).to_string())
        .bind(limit)
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
        .bind(limit)
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
        sqlx::query("DELETE FROM score_events WHERE number IN (SELECT value FROM json_each($1))")
            .bind(serde_json::Value::from(numbers).to_string())
            .execute(&mut *self.connection)
            .await
            .at(OPERATION)?;
        Ok(())
    }
}
