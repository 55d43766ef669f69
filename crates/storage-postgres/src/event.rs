//! Events of the platform that were seen.

use std::collections::HashSet;

use async_trait::async_trait;
use domain::{EventId, EventSource, Timestamp};
use sqlx::PgConnection;
use storage::{EventRepository, StoreError};

use crate::error::At;

pub(crate) struct Events<'t> {
    pub(crate) connection: &'t mut PgConnection,
}

#[async_trait]
impl EventRepository for Events<'_> {
    async fn mark_seen(
        &mut self,
        events: &[(EventSource, EventId)],
        now: Timestamp,
    ) -> Result<Vec<bool>, StoreError> {
        const OPERATION: &str = "events.mark_seen";
        let (sources, event_ids) = columns(events);
        let added: Vec<(String, String)> = sqlx::query_as(
            "INSERT INTO seen_events (source, event_id, seen_at)
             SELECT source, event_id, $3
             FROM UNNEST($1::TEXT[], $2::TEXT[]) AS event (source, event_id)
             ORDER BY source, event_id
             ON CONFLICT (source, event_id) DO NOTHING
             RETURNING source, event_id",
        )
        .bind(sources)
        .bind(event_ids)
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
        let (sources, event_ids) = columns(events);
        sqlx::query(
            "DELETE FROM seen_events
             WHERE (source, event_id) IN (SELECT source, event_id FROM UNNEST($1::TEXT[], $2::TEXT[]) AS event (source, event_id))",
        )
        .bind(sources)
        .bind(event_ids)
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        Ok(())
    }
}

/// The two columns of a list of events.
fn columns(events: &[(EventSource, EventId)]) -> (Vec<&str>, Vec<&str>) {
    events.iter().map(|(source, event_id)| (source.as_str(), event_id.as_str())).unzip()
}
