//! How far players are with missions.

use async_trait::async_trait;
use domain::{
    MissionId, Timestamp, UserId,
    mission::{Day, Progress},
};
use sqlx::FromRow;
use storage::{
    MissionProgressRepository, StoreError,
    mission_progress::{MissionStats, ProgressKey, ProgressRow, ROWS_MAX},
    stored,
};
use uuid::Uuid;

use crate::{connection::Connection, error::At, list};

const TABLE: &str = "mission_progress";

macro_rules! columns {
    () => {
        "user_id, mission_id, period, progress, tiers, done_at, version"
    };
}

pub(crate) struct MissionProgress<'t> {
    pub(crate) connection: &'t mut Connection,
}

#[derive(FromRow)]
struct Row {
    user_id: Uuid,
    mission_id: String,
    period: i32,
    progress: String,
    tiers: i32,
    done_at: Option<i64>,
    version: i64,
}

impl TryFrom<Row> for ProgressRow {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let progress: Progress = serde_json::from_str(&row.progress)
            .map_err(|_| StoreError::Inconsistent { table: TABLE, column: "progress" })?;
        Ok(Self {
            user_id: UserId::from_uuid(row.user_id),
            mission_id: stored::parse(row.mission_id, TABLE, "mission_id")?,
            period: Day(row.period),
            progress,
            tiers: stored::unsigned(row.tiers.into(), TABLE, "tiers")?,
            done_at: row.done_at.map(Timestamp::from_millis),
            version: stored::unsigned(row.version, TABLE, "version")?,
        })
    }
}

#[async_trait]
impl MissionProgressRepository for MissionProgress<'_> {
    async fn bump(&mut self, players: &[UserId]) -> Result<Vec<(UserId, u64)>, StoreError> {
        const OPERATION: &str = "mission_progress.bump";
        stored::at_most(ROWS_MAX, players.len(), OPERATION)?;
        let rows: Vec<(Uuid, i64)> = sqlx::query_as(
            "INSERT INTO mission_players (user_id, version)
             SELECT unhex(value), 1
             FROM json_each($1)
             WHERE true
             ON CONFLICT (user_id) DO UPDATE SET version = mission_players.version + 1
             RETURNING user_id, version",
        )
        .bind(list::ids(players.iter().map(|id| id.as_uuid())))
        .fetch_all(&mut *self.connection)
        .await
        .at(OPERATION)?;
        rows.into_iter()
            .map(|(user_id, version)| {
                let version = stored::unsigned(version, "mission_players", "version")?;
                Ok((UserId::from_uuid(user_id), version))
            })
            .collect()
    }

    async fn version(&mut self, user_id: UserId) -> Result<u64, StoreError> {
        let version: Option<i64> =
            sqlx::query_scalar("SELECT version FROM mission_players WHERE user_id = $1")
                .bind(user_id.as_uuid())
                .fetch_optional(&mut *self.connection)
                .await
                .at("mission_progress.version")?;
        stored::unsigned(version.unwrap_or_default(), "mission_players", "version")
    }

    async fn by_keys(&mut self, keys: &[ProgressKey]) -> Result<Vec<ProgressRow>, StoreError> {
        const OPERATION: &str = "mission_progress.by_keys";
        stored::at_most(ROWS_MAX, keys.len(), OPERATION)?;
        let keys = list::rows(keys, OPERATION, |(user_id, mission_id, period)| {
            (list::hex(user_id.as_uuid()), mission_id.as_str(), period.0)
        })?;
        let rows: Vec<Row> = sqlx::query_as(concat!(
            "SELECT ",
            columns!(),
            " FROM mission_progress
             WHERE (user_id, mission_id, period) IN (
               SELECT unhex(value ->> 0), value ->> 1, value ->> 2 FROM json_each($1)
             )
             ORDER BY user_id, mission_id, period
             LIMIT 1000"
        ))
        .bind(keys)
        .fetch_all(&mut *self.connection)
        .await
        .at(OPERATION)?;
        rows.into_iter().map(ProgressRow::try_from).collect()
    }

    async fn put_many(&mut self, rows: &[ProgressRow], now: Timestamp) -> Result<(), StoreError> {
        const OPERATION: &str = "mission_progress.put_many";
        stored::at_most(ROWS_MAX, rows.len(), OPERATION)?;
        let rows = list::rows(rows, OPERATION, |row| {
            (
                list::hex(row.user_id.as_uuid()),
                row.mission_id.as_str(),
                row.period.0,
                &row.progress,
                row.tiers,
                row.done_at.map(Timestamp::as_millis),
                stored::signed(row.version),
            )
        })?;
        sqlx::query(
            "INSERT INTO mission_progress
               (user_id, mission_id, period, progress, tiers, done_at, version, updated_at)
             SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value -> 3, value ->> 4, value ->> 5, value ->> 6, $2
             FROM json_each($1)
             WHERE true
             ON CONFLICT (user_id, mission_id, period) DO UPDATE
             SET progress = excluded.progress,
               tiers = excluded.tiers,
               done_at = excluded.done_at,
               version = excluded.version,
               updated_at = excluded.updated_at",
        )
        .bind(rows)
        .bind(now.as_millis())
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        Ok(())
    }

    async fn done(
        &mut self,
        players: &[UserId],
        missions: &[MissionId],
    ) -> Result<Vec<(UserId, MissionId)>, StoreError> {
        const OPERATION: &str = "mission_progress.done";
        stored::at_most(ROWS_MAX, players.len().max(missions.len()), OPERATION)?;
        let missions: serde_json::Value = missions.iter().map(MissionId::as_str).collect();
        let rows: Vec<(Uuid, String)> = sqlx::query_as(
            "SELECT DISTINCT user_id, mission_id
             FROM mission_progress
             WHERE user_id IN (SELECT unhex(value) FROM json_each($1))
               AND mission_id IN (SELECT value FROM json_each($2))
               AND done_at IS NOT NULL
             ORDER BY user_id, mission_id
             LIMIT 1000000",
        )
        .bind(list::ids(players.iter().map(|id| id.as_uuid())))
        .bind(missions.to_string())
        .fetch_all(&mut *self.connection)
        .await
        .at(OPERATION)?;
        rows.into_iter()
            .map(|(user_id, mission_id)| {
                Ok((UserId::from_uuid(user_id), stored::parse(mission_id, TABLE, "mission_id")?))
            })
            .collect()
    }

    async fn of_player(
        &mut self,
        user_id: UserId,
        from: Day,
        limit: u32,
    ) -> Result<Vec<ProgressRow>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(concat!(
            "SELECT ",
            columns!(),
            " FROM mission_progress
             WHERE user_id = $1 AND (period = 0 OR period >= $2)
             ORDER BY mission_id, period
             LIMIT $3"
        ))
        .bind(user_id.as_uuid())
        .bind(from.0)
        .bind(i64::from(limit))
        .fetch_all(&mut *self.connection)
        .await
        .at("mission_progress.of_player")?;
        rows.into_iter().map(ProgressRow::try_from).collect()
    }

    async fn has_any(&mut self, mission_id: &MissionId) -> Result<bool, StoreError> {
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM mission_progress WHERE mission_id = $1)")
            .bind(mission_id.as_str())
            .fetch_one(&mut *self.connection)
            .await
            .at("mission_progress.has_any")
    }

    async fn stats(&mut self, mission_id: &MissionId, period: Day) -> Result<MissionStats, StoreError> {
        let (begun, done): (i64, i64) = sqlx::query_as(
            "SELECT COUNT(*), COUNT(done_at)
             FROM mission_progress
             WHERE mission_id = $1 AND period = $2",
        )
        .bind(mission_id.as_str())
        .bind(period.0)
        .fetch_one(&mut *self.connection)
        .await
        .at("mission_progress.stats")?;
        Ok(MissionStats {
            begun: stored::unsigned(begun, TABLE, "user_id")?,
            done: stored::unsigned(done, TABLE, "done_at")?,
        })
    }

    async fn remove_old(&mut self, before: Day, limit: u32) -> Result<u64, StoreError> {
        const OPERATION: &str = "mission_progress.remove_old";
        // Nobody else writes between the two: a transaction that writes is alone.
        sqlx::query(
            "INSERT INTO mission_progress
               (user_id, mission_id, period, progress, tiers, done_at, version, updated_at)
             SELECT user_id, mission_id, 0, progress, 0, MIN(done_at), version, updated_at
             FROM (
               SELECT user_id, mission_id, progress, done_at, version, updated_at
               FROM mission_progress
               WHERE period <> 0 AND period < $1
               ORDER BY period, user_id, mission_id
               LIMIT $2
             )
             WHERE done_at IS NOT NULL
             GROUP BY user_id, mission_id
             ON CONFLICT (user_id, mission_id, period) DO NOTHING",
        )
        .bind(before.0)
        .bind(i64::from(limit))
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        let result = sqlx::query(
            "DELETE FROM mission_progress
             WHERE (user_id, mission_id, period) IN (
               SELECT user_id, mission_id, period
               FROM mission_progress
               WHERE period <> 0 AND period < $1
               ORDER BY period, user_id, mission_id
               LIMIT $2
             )",
        )
        .bind(before.0)
        .bind(i64::from(limit))
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        Ok(result.rows_affected())
    }
}
