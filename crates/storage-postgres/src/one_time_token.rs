//! One-time tokens.

use async_trait::async_trait;
use domain::{ChatId, TelegramUserId, Timestamp, TokenAction, TokenId, UserId};
use sqlx::FromRow;
use storage::{
    OneTimeTokenRepository, StoreError,
    one_time_token::{NewOneTimeToken, OneTimeToken, TokenOwner, TokenRequest},
    session::TokenHash,
    stored,
};
use uuid::Uuid;

use crate::{connection::Connection, error::At};

const TABLE: &str = "one_time_tokens";

macro_rules! find {
    ($condition:literal) => {
        concat!(
            "SELECT token_id, action, payload, platform_user_id, telegram_user_id, chat_id, request_key, request_hash,
               sealed_token, created_at, expires_at, spent_at, spent_by
             FROM one_time_tokens
             WHERE ",
            $condition
        )
    };
}

const OF_PERSON: &str = find!(
    "spent_by = $1 OR telegram_user_id = $2 OR platform_user_id = $3
     ORDER BY token_id DESC
     LIMIT $4"
);

pub(crate) struct OneTimeTokens<'t> {
    pub(crate) connection: &'t mut Connection,
}

#[derive(FromRow)]
struct Row {
    token_id: Uuid,
    action: String,
    payload: String,
    platform_user_id: Option<String>,
    telegram_user_id: Option<i64>,
    chat_id: Option<i64>,
    request_key: Option<String>,
    request_hash: Option<Vec<u8>>,
    sealed_token: Option<Vec<u8>>,
    created_at: i64,
    expires_at: i64,
    spent_at: Option<i64>,
    spent_by: Option<Uuid>,
}

impl TryFrom<Row> for OneTimeToken {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let action = TokenAction::from_text(&row.action)
            .ok_or(StoreError::Inconsistent { table: TABLE, column: "action" })?;
        let request = match (row.request_key, row.request_hash, row.sealed_token) {
            (Some(key), Some(hash), Some(sealed_token)) => Some(TokenRequest {
                key,
                hash: stored::token_hash(hash, TABLE, "request_hash")?,
                sealed_token,
            }),
            _ => None,
        };
        Ok(Self {
            token_id: TokenId::from_uuid(row.token_id),
            action,
            payload: row.payload,
            platform_user_id: row
                .platform_user_id
                .map(|id| stored::parse(id, TABLE, "platform_user_id"))
                .transpose()?,
            telegram_user_id: row.telegram_user_id.map(TelegramUserId),
            chat_id: row.chat_id.map(ChatId),
            request,
            created_at: Timestamp::from_millis(row.created_at),
            expires_at: Timestamp::from_millis(row.expires_at),
            spent: row.spent_at.map(Timestamp::from_millis).zip(row.spent_by.map(UserId::from_uuid)),
        })
    }
}

#[async_trait]
impl OneTimeTokenRepository for OneTimeTokens<'_> {
    async fn add(&mut self, token: &NewOneTimeToken) -> Result<(), StoreError> {
        let request = token.request.as_ref();
        sqlx::query(
            "INSERT INTO one_time_tokens
               (token_id, token_hash, action, payload, platform_user_id, telegram_user_id, request_key, request_hash,
                sealed_token, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(token.token_id.as_uuid())
        .bind(token.token_hash.as_slice())
        .bind(token.action.as_str())
        .bind(&token.payload)
        .bind(token.platform_user_id.as_ref().map(domain::PlatformUserId::as_str))
        .bind(token.telegram_user_id.map(|id| id.0))
        .bind(request.map(|request| request.key.as_str()))
        .bind(request.map(|request| request.hash.as_slice()))
        .bind(request.map(|request| request.sealed_token.as_slice()))
        .bind(token.created_at.as_millis())
        .bind(token.expires_at.as_millis())
        .execute(&mut *self.connection)
        .await
        .at("one_time_tokens.add")?;
        Ok(())
    }

    async fn by_id(&mut self, token_id: TokenId) -> Result<Option<OneTimeToken>, StoreError> {
        let row: Option<Row> = sqlx::query_as(find!("token_id = $1"))
            .bind(token_id.as_uuid())
            .fetch_optional(&mut *self.connection)
            .await
            .at("one_time_tokens.by_id")?;
        row.map(OneTimeToken::try_from).transpose()
    }

    /// Each of the three has an index, so that no others' tokens are read.
    async fn of_person(
        &mut self,
        owner: TokenOwner<'_>,
        limit: u32,
    ) -> Result<Vec<OneTimeToken>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(OF_PERSON)
            .bind(owner.user_id.as_uuid())
            .bind(owner.telegram_user_id.map(|id| id.0))
            .bind(owner.platform_user_id.map(domain::PlatformUserId::as_str))
            .bind(i64::from(limit))
            .fetch_all(&mut *self.connection)
            .await
            .at("one_time_tokens.of_person")?;
        rows.into_iter().map(OneTimeToken::try_from).collect()
    }

    async fn by_request(&mut self, request_key: &str) -> Result<Option<OneTimeToken>, StoreError> {
        let row: Option<Row> = sqlx::query_as(find!("request_key = $1"))
            .bind(request_key)
            .fetch_optional(&mut *self.connection)
            .await
            .at("one_time_tokens.by_request")?;
        row.map(OneTimeToken::try_from).transpose()
    }

    async fn lock(&mut self, token_id: TokenId) -> Result<Option<OneTimeToken>, StoreError> {
        let row: Option<Row> = sqlx::query_as(find!("token_id = $1 FOR UPDATE"))
            .bind(token_id.as_uuid())
            .fetch_optional(&mut *self.connection)
            .await
            .at("one_time_tokens.lock")?;
        row.map(OneTimeToken::try_from).transpose()
    }

    async fn lock_by_hash(&mut self, token_hash: TokenHash) -> Result<Option<OneTimeToken>, StoreError> {
        let row: Option<Row> = sqlx::query_as(find!("token_hash = $1 FOR UPDATE"))
            .bind(token_hash.as_slice())
            .fetch_optional(&mut *self.connection)
            .await
            .at("one_time_tokens.lock_by_hash")?;
        row.map(OneTimeToken::try_from).transpose()
    }

    async fn bind(
        &mut self,
        token_id: TokenId,
        telegram_user_id: TelegramUserId,
        chat_id: Option<ChatId>,
    ) -> Result<(), StoreError> {
        const OPERATION: &str = "one_time_tokens.bind";
        let result = sqlx::query(
            "UPDATE one_time_tokens
             SET telegram_user_id = $2, chat_id = COALESCE(chat_id, $3)
             WHERE token_id = $1 AND (telegram_user_id IS NULL OR telegram_user_id = $2)",
        )
        .bind(token_id.as_uuid())
        .bind(telegram_user_id.0)
        .bind(chat_id.map(|chat| chat.0))
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        stored::ensure_free(result.rows_affected(), OPERATION, "one_time_tokens.telegram_user_id")
    }

    async fn spend(&mut self, token_id: TokenId, by: UserId, now: Timestamp) -> Result<bool, StoreError> {
        let result = sqlx::query(
            "UPDATE one_time_tokens
             SET spent_at = $3, spent_by = $2, sealed_token = NULL
             WHERE token_id = $1 AND spent_at IS NULL",
        )
        .bind(token_id.as_uuid())
        .bind(by.as_uuid())
        .bind(now.as_millis())
        .execute(&mut *self.connection)
        .await
        .at("one_time_tokens.spend")?;
        Ok(result.rows_affected() == 1)
    }

    async fn void(&mut self, token_id: TokenId, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE one_time_tokens
             SET expires_at = LEAST(expires_at, $2), sealed_token = NULL
             WHERE token_id = $1 AND spent_at IS NULL",
        )
        .bind(token_id.as_uuid())
        .bind(now.as_millis())
        .execute(&mut *self.connection)
        .await
        .at("one_time_tokens.void")?;
        Ok(())
    }

    async fn remove_expired(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let result = sqlx::query(
            "WITH old AS (
               SELECT token_id
               FROM one_time_tokens
               WHERE expires_at < $1
               ORDER BY expires_at, token_id
               LIMIT $2
               FOR UPDATE SKIP LOCKED
             )
             DELETE FROM one_time_tokens
             WHERE token_id IN (SELECT token_id FROM old)",
        )
        .bind(before.as_millis())
        .bind(i64::from(limit))
        .execute(&mut *self.connection)
        .await
        .at("one_time_tokens.remove_expired")?;
        Ok(result.rows_affected())
    }
}
