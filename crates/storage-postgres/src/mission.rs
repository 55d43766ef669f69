//! Missions as their owners have written them.
//!
//! The number that grows with every change stands in `counters`.

use async_trait::async_trait;
use domain::{MissionId, Owner, Timestamp, mission::Mission};
use sqlx::FromRow;
use storage::{
    MissionRepository, StoreError,
    mission::{MISSIONS_MAX, MissionRow},
    stored,
};

use crate::{connection::Connection, error::At};

const TABLE: &str = "missions";

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT owner, definition, stopped_at, told_at FROM missions ", $rest)
    };
}

pub(crate) struct MissionRows<'t> {
    pub(crate) connection: &'t mut Connection,
}

#[derive(FromRow)]
struct Row {
    owner: String,
    definition: String,
    stopped_at: Option<i64>,
    told_at: Option<i64>,
}

impl TryFrom<Row> for MissionRow {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let wrong = |column| StoreError::Inconsistent { table: TABLE, column };
        Ok(Self {
            mission: serde_json::from_str(&row.definition).map_err(|_| wrong("definition"))?,
            owner: Owner::from_text(&row.owner).ok_or(wrong("owner"))?,
            stopped_at: row.stopped_at.map(Timestamp::from_millis),
            told_at: row.told_at.map(Timestamp::from_millis),
        })
    }
}

impl MissionRows<'_> {
    /// Notes that a mission has changed. Whoever changes another one waits here for the end of this
    /// transaction, so that numbers are committed in their order.
    async fn bump(&mut self, operation: &'static str) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO counters (name, value)
             VALUES ('missions_version', 1)
             ON CONFLICT (name) DO UPDATE SET value = counters.value + 1",
        )
        .execute(&mut *self.connection)
        .await
        .at(operation)?;
        Ok(())
    }
}

#[async_trait]
impl MissionRepository for MissionRows<'_> {
    async fn version(&mut self) -> Result<u64, StoreError> {
        let version: Option<i64> =
            sqlx::query_scalar("SELECT value FROM counters WHERE name = 'missions_version'")
                .fetch_optional(&mut *self.connection)
                .await
                .at("missions.version")?;
        stored::unsigned(version.unwrap_or_default(), "counters", "value")
    }

    async fn put(
        &mut self,
        mission: &Mission,
        owner: Owner,
        told_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const OPERATION: &str = "missions.put";
        let definition = serde_json::to_string(mission)
            .map_err(|error| StoreError::failed(OPERATION, error.to_string()))?;
        sqlx::query(
            "INSERT INTO missions (mission_id, owner, definition, ends_at, told_at, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $6)
             ON CONFLICT (mission_id) DO UPDATE
             SET definition = excluded.definition,
               ends_at = excluded.ends_at,
               told_at = excluded.told_at,
               updated_at = excluded.updated_at",
        )
        .bind(mission.mission_id.as_str())
        .bind(owner.as_str())
        .bind(definition)
        .bind(mission.ends_at.map(Timestamp::as_millis))
        .bind(told_at.map(Timestamp::as_millis))
        .bind(now.as_millis())
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        self.bump(OPERATION).await
    }

    async fn lock(&mut self, mission_id: &MissionId) -> Result<Option<MissionRow>, StoreError> {
        let row: Option<Row> = sqlx::query_as(select!("WHERE mission_id = $1 FOR UPDATE"))
            .bind(mission_id.as_str())
            .fetch_optional(&mut *self.connection)
            .await
            .at("missions.lock")?;
        row.map(MissionRow::try_from).transpose()
    }

    async fn by_id(&mut self, mission_id: &MissionId) -> Result<Option<MissionRow>, StoreError> {
        let row: Option<Row> = sqlx::query_as(select!("WHERE mission_id = $1"))
            .bind(mission_id.as_str())
            .fetch_optional(&mut *self.connection)
            .await
            .at("missions.by_id")?;
        row.map(MissionRow::try_from).transpose()
    }

    async fn by_ids(&mut self, mission_ids: &[MissionId]) -> Result<Vec<MissionRow>, StoreError> {
        const OPERATION: &str = "missions.by_ids";
        stored::at_most(MISSIONS_MAX as usize, mission_ids.len(), OPERATION)?;
        let mission_ids: Vec<&str> = mission_ids.iter().map(MissionId::as_str).collect();
        let rows: Vec<Row> = sqlx::query_as(select!(
            "WHERE mission_id = ANY($1)
             ORDER BY mission_id
             LIMIT 1000"
        ))
        .bind(mission_ids)
        .fetch_all(&mut *self.connection)
        .await
        .at(OPERATION)?;
        rows.into_iter().map(MissionRow::try_from).collect()
    }

    async fn not_over(
        &mut self,
        at: Timestamp,
        after: Option<&MissionId>,
        limit: u32,
    ) -> Result<Vec<MissionRow>, StoreError> {
        // No id is empty, so the empty text stands before all.
        let rows: Vec<Row> = sqlx::query_as(select!(
            "WHERE (ends_at IS NULL OR ends_at > $1) AND mission_id > $2
             ORDER BY mission_id
             LIMIT $3"
        ))
        .bind(at.as_millis())
        .bind(after.map_or("", MissionId::as_str))
        .bind(i64::from(limit))
        .fetch_all(&mut *self.connection)
        .await
        .at("missions.not_over")?;
        rows.into_iter().map(MissionRow::try_from).collect()
    }

    async fn set_stopped(
        &mut self,
        mission_id: &MissionId,
        stopped_at: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        const OPERATION: &str = "missions.set_stopped";
        let result = sqlx::query(
            "UPDATE missions
             SET stopped_at = $2
             WHERE mission_id = $1 AND (stopped_at IS NULL) <> ($2::BIGINT IS NULL)",
        )
        .bind(mission_id.as_str())
        .bind(stopped_at.map(Timestamp::as_millis))
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        let has_changed = result.rows_affected() == 1;
        if has_changed {
            self.bump(OPERATION).await?;
        }
        Ok(has_changed)
    }
}
