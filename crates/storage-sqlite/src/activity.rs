//! What players have done.

use async_trait::async_trait;
use domain::{ActivityName, Timestamp, UserId};
use sqlx::FromRow;
use storage::{
    ActivityRepository, StoreError,
    activity::{ACTIVITIES_MAX, ActivityCursor, ActivityRow},
    stored,
};
use uuid::Uuid;

use crate::{connection::Connection, error::At, list};

const TABLE: &str = "activity_events";

macro_rules! columns {
    () => {
        "user_id, happened_at, source, event_id, activity, fields"
    };
}

pub(crate) struct Activities<'t> {
    pub(crate) connection: &'t mut Connection,
}

#[derive(FromRow)]
struct Row {
    user_id: Uuid,
    happened_at: i64,
    source: String,
    event_id: String,
    activity: String,
    fields: String,
}

impl TryFrom<Row> for ActivityRow {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            user_id: UserId::from_uuid(row.user_id),
            source: stored::parse(row.source, TABLE, "source")?,
            event_id: stored::parse(row.event_id, TABLE, "event_id")?,
            activity: stored::parse(row.activity, TABLE, "activity")?,
            fields: serde_json::from_str(&row.fields)
                .map_err(|_| StoreError::Inconsistent { table: TABLE, column: "fields" })?,
            happened_at: Timestamp::from_millis(row.happened_at),
        })
    }
}

#[async_trait]
impl ActivityRepository for Activities<'_> {
    async fn add_many(&mut self, activities: &[ActivityRow]) -> Result<(), StoreError> {
        const OPERATION: &str = "activities.add_many";
        stored::at_most(ACTIVITIES_MAX, activities.len(), OPERATION)?;
        let rows = list::rows(activities, OPERATION, |row| {
            (
                list::hex(row.user_id.as_uuid()),
                row.happened_at.as_millis(),
                row.source.as_str(),
                row.event_id.as_str(),
                row.activity.as_str(),
                &row.fields,
            )
        })?;
        sqlx::query(
            "INSERT INTO activity_events (user_id, happened_at, source, event_id, activity, fields)
             SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, value ->> 4, value -> 5
             FROM json_each($1)
             WHERE true
             ON CONFLICT (user_id, happened_at, source, event_id) DO NOTHING",
        )
        .bind(rows)
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        Ok(())
    }

    async fn of_player(
        &mut self,
        user_id: UserId,
        from: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<ActivityRow>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(concat!(
            "SELECT ",
            columns!(),
            " FROM activity_events
             WHERE user_id = $1 AND happened_at >= $2 AND happened_at < $3
             ORDER BY happened_at DESC, source DESC, event_id DESC
             LIMIT $4"
        ))
        .bind(user_id.as_uuid())
        .bind(from.as_millis())
        .bind(until.as_millis())
        .bind(i64::from(limit))
        .fetch_all(&mut *self.connection)
        .await
        .at("activities.of_player")?;
        rows.into_iter().map(ActivityRow::try_from).collect()
    }

    async fn of_kind(
        &mut self,
        activity: &ActivityName,
        from: Timestamp,
        after: Option<&ActivityCursor>,
        limit: u32,
    ) -> Result<Vec<ActivityRow>, StoreError> {
        // No source and no id is empty and no user's id is nil, so that these stand before all.
        let (at, user_id, source, event_id) = after
            .map_or((from, Uuid::nil(), "", ""), |(at, user_id, source, event_id)| {
                (*at, user_id.as_uuid(), source.as_str(), event_id.as_str())
            });
        let rows: Vec<Row> = sqlx::query_as(concat!(
            "SELECT ",
            columns!(),
            " FROM activity_events
             WHERE activity = $1 AND happened_at >= $2
               AND (happened_at, user_id, source, event_id) > ($2, $3, $4, $5)
             ORDER BY happened_at, user_id, source, event_id
             LIMIT $6"
        ))
        .bind(activity.as_str())
        .bind(at.as_millis())
        .bind(user_id)
        .bind(source)
        .bind(event_id)
        .bind(i64::from(limit))
        .fetch_all(&mut *self.connection)
        .await
        .at("activities.of_kind")?;
        rows.into_iter().map(ActivityRow::try_from).collect()
    }

    async fn remove_old(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let result = sqlx::query(
            "DELETE FROM activity_events
             WHERE (user_id, happened_at, source, event_id) IN (
               SELECT user_id, happened_at, source, event_id
               FROM activity_events
               WHERE happened_at < $1
               ORDER BY happened_at, user_id, source, event_id
               LIMIT $2
             )",
        )
        .bind(before.as_millis())
        .bind(i64::from(limit))
        .execute(&mut *self.connection)
        .await
        .at("activities.remove_old")?;
        Ok(result.rows_affected())
    }
}
