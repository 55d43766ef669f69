//! Events of the platform that were seen.

use std::collections::HashSet;

use async_trait::async_trait;
use domain::{EventId, EventSource, Timestamp};
use storage::{
    EventRepository, StoreError,
    event::{EventKey, SeenSlice},
    stored,
};

use crate::{connection::Connection, error::At};

pub(crate) struct Events<'t> {
    pub(crate) connection: &'t mut Connection,
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

    async fn seen_before(
        &mut self,
        before: Timestamp,
        after: Option<&EventKey>,
        limit: u32,
    ) -> Result<SeenSlice, StoreError> {
        const TABLE: &str = "seen_events";
        // Neither is ever empty, so empty ones stand before all.
        let (source, event_id) =
            after.map_or(("", ""), |(source, event_id)| (source.as_str(), event_id.as_str()));
        let rows: Vec<(String, String, i64)> = sqlx::query_as(
            "SELECT source, event_id, seen_at
             FROM seen_events
             WHERE (source, event_id) > ($1, $2)
             ORDER BY source, event_id
             LIMIT $3",
        )
        .bind(source)
        .bind(event_id)
        .bind(i64::from(limit))
        .fetch_all(&mut *self.connection)
        .await
        .at("events.seen_before")?;
        let is_full = rows.len() as u64 == u64::from(limit);
        let key = |source: &str, event_id: &str| {
            let source = stored::parse(source.to_owned(), TABLE, "source")?;
            Ok((source, stored::parse(event_id.to_owned(), TABLE, "event_id")?))
        };
        let next = match rows.last() {
            Some((source, event_id, _)) if is_full => Some(key(source, event_id)?),
            _ => None,
        };
        let old = rows.iter().filter(|(.., seen_at)| *seen_at < before.as_millis());
        Ok(SeenSlice {
            old: old.map(|(source, event_id, _)| key(source, event_id)).collect::<Result<_, StoreError>>()?,
            next,
        })
    }
}

/// The two columns of a list of events.
fn columns(events: &[(EventSource, EventId)]) -> (Vec<&str>, Vec<&str>) {
    events.iter().map(|(source, event_id)| (source.as_str(), event_id.as_str())).unzip()
}
