//! What players have said yes or no to.

use async_trait::async_trait;
use domain::{Consents, Timestamp, UserId};
use sqlx::FromRow;
use storage::{ConsentRepository, StoreError, consent::ConsentProof, stored};
use uuid::Uuid;

use crate::{connection::Connection, error::At};

const TABLE: &str = "consents";

pub(crate) struct ConsentLog<'t> {
    pub(crate) connection: &'t mut Connection,
}

#[derive(FromRow)]
struct Row {
    user_id: Uuid,
    kind: String,
    is_given: bool,
    text_version: i64,
    locale: String,
    channel: String,
    recorded_at: i64,
}

impl TryFrom<Row> for ConsentProof {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            user_id: UserId::from_uuid(row.user_id),
            kind: stored::consent_kind(&row.kind, TABLE, "kind")?,
            is_given: row.is_given,
            text_version: stored::unsigned(row.text_version, TABLE, "text_version")?,
            locale: stored::locale(&row.locale, TABLE, "locale")?,
            channel: stored::consent_channel(&row.channel, TABLE, "channel")?,
            recorded_at: Timestamp::from_millis(row.recorded_at),
        })
    }
}

#[async_trait]
impl ConsentRepository for ConsentLog<'_> {
    async fn state(&mut self, user_id: UserId) -> Result<Consents, StoreError> {
        let rows: Vec<(String, bool)> = sqlx::query_as(
            "SELECT kind, is_given
             FROM consents AS latest
             WHERE user_id = $1
               AND number = (SELECT MAX(number) FROM consents WHERE user_id = $1 AND kind = latest.kind)
             ORDER BY kind
             LIMIT 100",
        )
        .bind(user_id.as_uuid())
        .fetch_all(&mut *self.connection)
        .await
        .at("consents.state")?;
        stored::consents(&rows)
    }

    async fn record(&mut self, proof: &ConsentProof) -> Result<bool, StoreError> {
        const OPERATION: &str = "consents.record";
        // Answers of one person wait for each other: what holds is looked at before the next one is written.
        sqlx::query("SELECT user_id FROM users WHERE user_id = $1 FOR NO KEY UPDATE")
            .bind(proof.user_id.as_uuid())
            .execute(&mut *self.connection)
            .await
            .at(OPERATION)?;
        let result = sqlx::query(
            "INSERT INTO consents
               (user_id, kind, number, is_given, text_version, locale, channel, recorded_at)
             SELECT $1::UUID, $2::TEXT, COALESCE(MAX(number), 0) + 1, $3::BOOLEAN, $4::BIGINT, $5::TEXT, $6::TEXT,
               $7::BIGINT
             FROM consents
             WHERE user_id = $1 AND kind = $2
             HAVING COALESCE(
               (SELECT is_given FROM consents WHERE user_id = $1 AND kind = $2 ORDER BY number DESC LIMIT 1), FALSE
             ) <> $3",
        )
        .bind(proof.user_id.as_uuid())
        .bind(proof.kind.as_str())
        .bind(proof.is_given)
        .bind(i64::from(proof.text_version))
        .bind(proof.locale.tag())
        .bind(proof.channel.as_str())
        .bind(proof.recorded_at.as_millis())
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        Ok(result.rows_affected() == 1)
    }

    async fn proofs(&mut self, user_id: UserId, limit: u32) -> Result<Vec<ConsentProof>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT user_id, kind, is_given, text_version, locale, channel, recorded_at
             FROM consents
             WHERE user_id = $1
             ORDER BY recorded_at DESC, kind, number DESC
             LIMIT $2",
        )
        .bind(user_id.as_uuid())
        .bind(i64::from(limit))
        .fetch_all(&mut *self.connection)
        .await
        .at("consents.proofs")?;
        rows.into_iter().map(ConsentProof::try_from).collect()
    }
}
