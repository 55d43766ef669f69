//! Rewards.

use std::collections::HashSet;

use async_trait::async_trait;
use domain::{RewardId, RewardSource, RewardState, Timestamp, UserId};
use sqlx::FromRow;
use storage::{
    RewardRepository, StoreError,
    reward::{REWARDS_MAX, RewardKey, RewardRow},
    stored,
};
use uuid::Uuid;

use crate::{column::column, connection::Connection, error::At};

const TABLE: &str = "rewards";

macro_rules! columns {
    () => {
        "reward_id, user_id, source, source_id, what, state, offered_at, expires_at, granted_at"
    };
}

pub(crate) struct Rewards<'t> {
    pub(crate) connection: &'t mut Connection,
}

#[derive(FromRow)]
struct Row {
    reward_id: Uuid,
    user_id: Uuid,
    source: String,
    source_id: String,
    what: String,
    state: String,
    offered_at: i64,
    expires_at: Option<i64>,
    granted_at: Option<i64>,
}

impl TryFrom<Row> for RewardRow {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let wrong = |column| StoreError::Inconsistent { table: TABLE, column };
        Ok(Self {
            reward_id: RewardId::from_uuid(row.reward_id),
            user_id: UserId::from_uuid(row.user_id),
            source: RewardSource::from_text(&row.source).ok_or(wrong("source"))?,
            source_id: row.source_id,
            what: serde_json::from_str(&row.what).map_err(|_| wrong("what"))?,
            state: RewardState::from_text(&row.state).ok_or(wrong("state"))?,
            offered_at: Timestamp::from_millis(row.offered_at),
            expires_at: row.expires_at.map(Timestamp::from_millis),
            granted_at: row.granted_at.map(Timestamp::from_millis),
        })
    }
}

#[async_trait]
impl RewardRepository for Rewards<'_> {
    async fn add_many(&mut self, rewards: &[RewardRow]) -> Result<Vec<bool>, StoreError> {
        const OPERATION: &str = "rewards.add_many";
        stored::at_most(REWARDS_MAX, rewards.len(), OPERATION)?;
        let what = rewards
            .iter()
            .map(|reward| serde_json::to_string(&reward.what))
            .collect::<Result<Vec<String>, _>>()
            .map_err(|error| StoreError::failed(OPERATION, error.to_string()))?;
        let added: Vec<Uuid> = sqlx::query_scalar(
            "INSERT INTO rewards
               (reward_id, user_id, source, source_id, what, state, offered_at, expires_at, granted_at)
             SELECT reward_id, user_id, source, source_id, what, state, offered_at, expires_at, granted_at
             FROM UNNEST($1::UUID[], $2::UUID[], $3::TEXT[], $4::TEXT[], $5::TEXT[], $6::TEXT[], $7::BIGINT[],
                 $8::BIGINT[], $9::BIGINT[])
               AS reward (reward_id, user_id, source, source_id, what, state, offered_at, expires_at, granted_at)
             ORDER BY user_id, source, source_id, reward_id
             ON CONFLICT (user_id, source, source_id) DO NOTHING
             RETURNING reward_id",
        )
        .bind(column(rewards, |reward| reward.reward_id.as_uuid()))
        .bind(column(rewards, |reward| reward.user_id.as_uuid()))
        .bind(column(rewards, |reward| reward.source.as_str()))
        .bind(column(rewards, |reward| reward.source_id.as_str()))
        .bind(what)
        .bind(column(rewards, |reward| reward.state.as_str()))
        .bind(column(rewards, |reward| reward.offered_at.as_millis()))
        .bind(column(rewards, |reward| reward.expires_at.map(Timestamp::as_millis)))
        .bind(column(rewards, |reward| reward.granted_at.map(Timestamp::as_millis)))
        .fetch_all(&mut *self.connection)
        .await
        .at(OPERATION)?;
        let added: HashSet<Uuid> = added.into_iter().collect();
        Ok(rewards.iter().map(|reward| added.contains(&reward.reward_id.as_uuid())).collect())
    }

    async fn by_id(&mut self, reward_id: RewardId) -> Result<Option<RewardRow>, StoreError> {
        let row: Option<Row> =
            sqlx::query_as(concat!("SELECT ", columns!(), " FROM rewards WHERE reward_id = $1"))
                .bind(reward_id.as_uuid())
                .fetch_optional(&mut *self.connection)
                .await
                .at("rewards.by_id")?;
        row.map(RewardRow::try_from).transpose()
    }

    async fn by_keys(&mut self, keys: &[RewardKey]) -> Result<Vec<RewardRow>, StoreError> {
        const OPERATION: &str = "rewards.by_keys";
        stored::at_most(REWARDS_MAX, keys.len(), OPERATION)?;
        let rows: Vec<Row> = sqlx::query_as(concat!(
            "SELECT ",
            columns!(),
            " FROM rewards
             WHERE (user_id, source, source_id) IN (
               SELECT user_id, source, source_id
               FROM UNNEST($1::UUID[], $2::TEXT[], $3::TEXT[]) AS key (user_id, source, source_id)
             )
             ORDER BY reward_id
             LIMIT 1000"
        ))
        .bind(column(keys, |(user_id, ..)| user_id.as_uuid()))
        .bind(column(keys, |(_, source, _)| source.as_str()))
        .bind(column(keys, |(.., source_id)| source_id.as_str()))
        .fetch_all(&mut *self.connection)
        .await
        .at(OPERATION)?;
        rows.into_iter().map(RewardRow::try_from).collect()
    }

    async fn of_user(
        &mut self,
        user_id: UserId,
        before: Option<RewardId>,
        limit: u32,
    ) -> Result<Vec<RewardRow>, StoreError> {
        // The largest UUID stands behind every id.
        let before = before.map_or(Uuid::max(), RewardId::as_uuid);
        let rows: Vec<Row> = sqlx::query_as(concat!(
            "SELECT ",
            columns!(),
            " FROM rewards
             WHERE user_id = $1 AND reward_id < $2
             ORDER BY reward_id DESC
             LIMIT $3"
        ))
        .bind(user_id.as_uuid())
        .bind(before)
        .bind(i64::from(limit))
        .fetch_all(&mut *self.connection)
        .await
        .at("rewards.of_user")?;
        rows.into_iter().map(RewardRow::try_from).collect()
    }

    async fn offered(
        &mut self,
        user_id: UserId,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<RewardRow>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(concat!(
            "SELECT ",
            columns!(),
            " FROM rewards
             WHERE user_id = $1 AND state = 'offered' AND source <> 'tournament'
               AND (expires_at IS NULL OR expires_at > $2)
             ORDER BY reward_id
             LIMIT $3"
        ))
        .bind(user_id.as_uuid())
        .bind(now.as_millis())
        .bind(i64::from(limit))
        .fetch_all(&mut *self.connection)
        .await
        .at("rewards.offered")?;
        rows.into_iter().map(RewardRow::try_from).collect()
    }

    async fn set_state(
        &mut self,
        reward_id: RewardId,
        from: RewardState,
        to: RewardState,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let granted_at = (to == RewardState::Granted).then(|| now.as_millis());
        let result = sqlx::query(
            "UPDATE rewards
             SET state = $3, granted_at = COALESCE($4, granted_at)
             WHERE reward_id = $1 AND state = $2",
        )
        .bind(reward_id.as_uuid())
        .bind(from.as_str())
        .bind(to.as_str())
        .bind(granted_at)
        .execute(&mut *self.connection)
        .await
        .at("rewards.set_state")?;
        Ok(result.rows_affected() == 1)
    }

    async fn expire(&mut self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let result = sqlx::query(
            "UPDATE rewards
             SET state = 'expired'
             WHERE reward_id IN (
               SELECT reward_id
               FROM rewards
               WHERE state = 'offered' AND expires_at IS NOT NULL AND expires_at <= $1
               ORDER BY expires_at, reward_id
               LIMIT $2
               FOR UPDATE SKIP LOCKED
             )",
        )
        .bind(now.as_millis())
        .bind(i64::from(limit))
        .execute(&mut *self.connection)
        .await
        .at("rewards.expire")?;
        Ok(result.rows_affected())
    }
}
