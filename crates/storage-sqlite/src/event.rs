//! Events of the platform that were seen.

use std::collections::HashSet;

use async_trait::async_trait;
use domain::{EventId, EventSource, Timestamp};
use sqlx::SqliteConnection;
use storage::{EventRepository, StoreError};

use crate::{error::At, list};

pub(crate) struct Events<'t> {
    pub(crate) connection: &'t mut SqliteConnection,
}

#[async_trait]
impl EventRepository for Events<'_> {
    async fn mark_seen(
        &mut self,
        events: &[(EventSource, EventId)],
        now: Timestamp,
    ) -> Result<Vec<bool>, StoreError> {
        const OPERATION: &str = "events.mark_seen";
        let rows = list::rows(events, OPERATION, |(source, event_id)| (source.as_str(), event_id.as_str()))?;
        let added: Vec<(String, String)> = sqlx::query_as(
            "INSERT INTO seen_events (source, event_id, seen_at)
             SELECT value ->> 0, value ->> 1, $2
             FROM json_each($1)
             WHERE true
             ON CONFLICT (source, event_id) DO NOTHING
             RETURNING source, event_id",
        )
        .bind(rows)
        .bind(now.as_millis())
        .fetch_all(&mut *self.connection)
        .await
        .at(OPERATION)?;
        let mut added: HashSet<(&str, &str)> =
            added.iter().map(|(source, event_id)| (source.as_str(), event_id.as_str())).collect();
        // Taken out at its first mention: an event that stands twice in the call is new once.
        Ok(events
            .iter()
            .map(|(source, event_id)| added.remove(&(source.as_str(), event_id.as_str())))
            .collect())
    }

    async fn forget(&mut self, events: &[(EventSource, EventId)]) -> Result<(), StoreError> {
        const OPERATION: &str = "events.forget";
        let rows = list::rows(events, OPERATION, |(source, event_id)| (source.as_str(), event_id.as_str()))?;
        sqlx::query(
            "DELETE FROM seen_events
             WHERE (source, event_id) IN (SELECT value ->> 0, value ->> 1 FROM json_each($1))",
        )
        .bind(rows)
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        Ok(())
    }
}
