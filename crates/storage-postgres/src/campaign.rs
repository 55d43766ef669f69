//! Campaign codes.

use async_trait::async_trait;
use domain::{CampaignCode, Timestamp, UserId};
use storage::{CampaignRepository, StoreError, campaign::Campaign, stored};

use crate::{connection::Connection, error::At};

const TABLE: &str = "campaign_codes";

pub(crate) struct Campaigns<'t> {
    pub(crate) connection: &'t mut Connection,
}

#[async_trait]
impl CampaignRepository for Campaigns<'_> {
    async fn put(&mut self, campaign: &Campaign) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO campaign_codes (code, target, created_at, expires_at)
             VALUES ($1, $2, $3, $4)
             ON CONFLICT (code) DO UPDATE
             SET target = excluded.target, expires_at = excluded.expires_at",
        )
        .bind(campaign.code.as_str())
        .bind(&campaign.target)
        .bind(campaign.created_at.as_millis())
        .bind(campaign.expires_at.map(Timestamp::as_millis))
        .execute(&mut *self.connection)
        .await
        .at("campaigns.put")?;
        Ok(())
    }

    async fn by_code(&mut self, code: &CampaignCode) -> Result<Option<Campaign>, StoreError> {
        let row: Option<(String, String, i64, Option<i64>)> = sqlx::query_as(
            "SELECT code, target, created_at, expires_at
             FROM campaign_codes
             WHERE code = $1",
        )
        .bind(code.as_str())
        .fetch_optional(&mut *self.connection)
        .await
        .at("campaigns.by_code")?;
        row.map(|(code, target, created_at, expires_at)| {
            Ok(Campaign {
                code: stored::parse(code, TABLE, "code")?,
                target,
                created_at: Timestamp::from_millis(created_at),
                expires_at: expires_at.map(Timestamp::from_millis),
            })
        })
        .transpose()
    }

    async fn arrive(
        &mut self,
        code: &CampaignCode,
        user_id: UserId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let result = sqlx::query(
            "INSERT INTO campaign_arrivals (code, user_id, arrived_at)
             VALUES ($1, $2, $3)
             ON CONFLICT (code, user_id) DO NOTHING",
        )
        .bind(code.as_str())
        .bind(user_id.as_uuid())
        .bind(now.as_millis())
        .execute(&mut *self.connection)
        .await
        .at("campaigns.arrive")?;
        Ok(result.rows_affected() == 1)
    }

    async fn arrivals(&mut self, code: &CampaignCode) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar(
            "SELECT COUNT(*)
             FROM campaign_arrivals
             WHERE code = $1",
        )
        .bind(code.as_str())
        .fetch_one(&mut *self.connection)
        .await
        .at("campaigns.arrivals")?;
        stored::unsigned(count, "campaign_arrivals", "code")
    }
}
