//! People.

use async_trait::async_trait;
use domain::{ChatId, KycLevel, PlatformUserId, PlayerKey, Reachability, TelegramUserId, Timestamp, UserId};
use sqlx::FromRow;
use storage::{
    StoreError, UserRepository, stored,
    user::{PlatformProfile, SealedText, StoredNames, TelegramProfile, User},
};
use uuid::Uuid;

use crate::{column::column, connection::Connection, error::At};

const TABLE: &str = "users";
const IDS_MAX: usize = 1000;

macro_rules! columns {
    () => {
        "user_id, telegram_user_id, platform_user_id, player, alias, first_name, username, locale, chat_id, \
         reachability, contact_confirmed, region, kyc_level, created_at, erase_after"
    };
}

// Behind the macro, which they use.
mod merge;
mod seen;

pub(crate) struct Users<'t> {
    pub(crate) connection: &'t mut Connection,
}

#[derive(FromRow)]
struct Row {
    user_id: Uuid,
    telegram_user_id: Option<i64>,
    platform_user_id: Option<String>,
    player: String,
    alias: String,
    first_name: Option<String>,
    username: Option<String>,
    locale: String,
    chat_id: Option<i64>,
    reachability: String,
    contact_confirmed: bool,
    region: Option<String>,
    kyc_level: String,
    created_at: i64,
    erase_after: Option<i64>,
}

impl TryFrom<Row> for User {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let platform_user_id =
            row.platform_user_id.map(|id| stored::parse(id, TABLE, "platform_user_id")).transpose()?;
        Ok(Self {
            user_id: UserId::from_uuid(row.user_id),
            telegram_user_id: row.telegram_user_id.map(TelegramUserId),
            platform_user_id,
            player: stored::parse(row.player, TABLE, "player")?,
            alias: row.alias,
            first_name: row.first_name.map(SealedText::from_stored),
            username: row.username.map(SealedText::from_stored),
            locale: stored::locale(&row.locale, TABLE, "locale")?,
            chat_id: row.chat_id.map(ChatId),
            reachability: Reachability::from_text(&row.reachability)
                .ok_or(StoreError::Inconsistent { table: TABLE, column: "reachability" })?,
            contact_confirmed: row.contact_confirmed,
            region: row.region,
            kyc_level: KycLevel::from_text(&row.kyc_level)
                .ok_or(StoreError::Inconsistent { table: TABLE, column: "kyc_level" })?,
            created_at: Timestamp::from_millis(row.created_at),
            erase_after: row.erase_after.map(Timestamp::from_millis),
        })
    }
}

#[async_trait]
impl UserRepository for Users<'_> {
    async fn by_id(&mut self, user_id: UserId) -> Result<Option<User>, StoreError> {
        let row: Option<Row> =
            sqlx::query_as(concat!("SELECT ", columns!(), " FROM users WHERE user_id = $1"))
                .bind(user_id.as_uuid())
                .fetch_optional(&mut *self.connection)
                .await
                .at("users.by_id")?;
        row.map(User::try_from).transpose()
    }

    async fn by_telegram_id(&mut self, telegram_user_id: TelegramUserId) -> Result<Option<User>, StoreError> {
        let row: Option<Row> =
            sqlx::query_as(concat!("SELECT ", columns!(), " FROM users WHERE telegram_user_id = $1"))
                .bind(telegram_user_id.0)
                .fetch_optional(&mut *self.connection)
                .await
                .at("users.by_telegram_id")?;
        row.map(User::try_from).transpose()
    }

    async fn by_platform_ids(&mut self, ids: &[PlatformUserId]) -> Result<Vec<User>, StoreError> {
        const OPERATION: &str = "users.by_platform_ids";
        stored::at_most(IDS_MAX, ids.len(), OPERATION)?;
        let rows: Vec<Row> = sqlx::query_as(concat!(
            "SELECT ",
            columns!(),
            " FROM users
             WHERE platform_user_id = ANY($1)
             ORDER BY platform_user_id
             LIMIT 1000"
        ))
        .bind(column(ids, PlatformUserId::as_str))
        .fetch_all(&mut *self.connection)
        .await
        .at(OPERATION)?;
        rows.into_iter().map(User::try_from).collect()
    }

    async fn names(&mut self, ids: &[UserId]) -> Result<Vec<(UserId, PlayerKey, String)>, StoreError> {
        const OPERATION: &str = "users.names";
        stored::at_most(IDS_MAX, ids.len(), OPERATION)?;
        let rows: Vec<(Uuid, String, String)> = sqlx::query_as(
            "SELECT user_id, player, COALESCE(hidden_alias, alias)
             FROM users
             WHERE user_id = ANY($1)
             ORDER BY user_id
             LIMIT 1000",
        )
        .bind(column(ids, |id| id.as_uuid()))
        .fetch_all(&mut *self.connection)
        .await
        .at(OPERATION)?;
        rows.into_iter()
            .map(|(id, player, alias)| {
                Ok((UserId::from_uuid(id), stored::parse(player, TABLE, "player")?, alias))
            })
            .collect()
    }

    async fn hidden_alias(&mut self, user_id: UserId) -> Result<Option<String>, StoreError> {
        let alias: Option<Option<String>> =
            sqlx::query_scalar("SELECT hidden_alias FROM users WHERE user_id = $1")
                .bind(user_id.as_uuid())
                .fetch_optional(&mut *self.connection)
                .await
                .at("users.hidden_alias")?;
        Ok(alias.flatten())
    }

    async fn hide(
        &mut self,
        user_id: UserId,
        alias: Option<&str>,
        player: &PlayerKey,
    ) -> Result<(), StoreError> {
        const OPERATION: &str = "users.hide";
        let result = sqlx::query("UPDATE users SET hidden_alias = $2, player = $3 WHERE user_id = $1")
            .bind(user_id.as_uuid())
            .bind(alias)
            .bind(player.as_str())
            .execute(&mut *self.connection)
            .await
            .at(OPERATION)?;
        stored::ensure_one(result.rows_affected(), OPERATION)
    }

    async fn by_player(&mut self, player: &PlayerKey) -> Result<Option<User>, StoreError> {
        let row: Option<Row> =
            sqlx::query_as(concat!("SELECT ", columns!(), " FROM users WHERE player = $1"))
                .bind(player.as_str())
                .fetch_optional(&mut *self.connection)
                .await
                .at("users.by_player")?;
        row.map(User::try_from).transpose()
    }

    async fn by_alias(
        &mut self,
        beginning: &str,
        after: Option<(&str, UserId)>,
        limit: u32,
    ) -> Result<Vec<User>, StoreError> {
        let (alias, user_id) = after.map_or((beginning, Uuid::nil()), |(alias, id)| (alias, id.as_uuid()));
        let rows: Vec<Row> = sqlx::query_as(concat!(
            "SELECT ",
            columns!(),
            " FROM users
             WHERE alias COLLATE \"C\" >= $1 AND alias COLLATE \"C\" < $2 AND (alias COLLATE \"C\", user_id) > ($3, $4)
             ORDER BY alias COLLATE \"C\", user_id
             LIMIT $5"
        ))
        .bind(beginning)
        // The greatest character: every alias that begins so stands before it, in the order of bytes.
        .bind(format!("{beginning}\u{10ffff}"))
        .bind(alias)
        .bind(user_id)
        .bind(i64::from(limit))
        .fetch_all(&mut *self.connection)
        .await
        .at("users.by_alias")?;
        rows.into_iter().map(User::try_from).collect()
    }

    async fn upsert_telegram(&mut self, profiles: &[TelegramProfile]) -> Result<Vec<User>, StoreError> {
        self.see(profiles).await
    }

    async fn upsert_platform(&mut self, profile: &PlatformProfile) -> Result<User, StoreError> {
        let locale = profile.locale.unwrap_or_default();
        let locale_source = if profile.locale.is_some() { "platform" } else { "none" };
        let row: Row = sqlx::query_as(concat!(
            "INSERT INTO users
               (user_id, platform_user_id, player, alias, locale, locale_source, contact_confirmed, region,
                created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, COALESCE($8, FALSE), $9, $7, $7)
             ON CONFLICT (platform_user_id) DO UPDATE
             SET alias = excluded.alias,
               locale = CASE WHEN users.locale_source = 'telegram' OR excluded.locale_source = 'none'
                 THEN users.locale ELSE excluded.locale END,
               locale_source = CASE WHEN users.locale_source = 'telegram' OR excluded.locale_source = 'none'
                 THEN users.locale_source ELSE excluded.locale_source END,
               contact_confirmed = COALESCE($8, users.contact_confirmed),
               region = COALESCE(excluded.region, users.region),
               updated_at = excluded.updated_at
             RETURNING ",
            columns!()
        ))
        .bind(profile.new_user_id.as_uuid())
        .bind(profile.platform_user_id.as_str())
        .bind(profile.new_player.as_str())
        .bind(&profile.alias)
        .bind(locale.tag())
        .bind(locale_source)
        .bind(profile.seen_at.as_millis())
        .bind(profile.contact_confirmed)
        .bind(profile.region.as_deref())
        .fetch_one(&mut *self.connection)
        .await
        .at("users.upsert_platform")?;
        User::try_from(row)
    }

    async fn set_platform_id(
        &mut self,
        user_id: UserId,
        platform_user_id: &PlatformUserId,
        alias: &str,
    ) -> Result<(), StoreError> {
        const OPERATION: &str = "users.set_platform_id";
        let result = sqlx::query(
            "UPDATE users
             SET platform_user_id = $2, alias = $3
             WHERE user_id = $1 AND platform_user_id IS NULL",
        )
        .bind(user_id.as_uuid())
        .bind(platform_user_id.as_str())
        .bind(alias)
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        stored::ensure_free(result.rows_affected(), OPERATION, "users.platform_user_id")
    }

    async fn set_telegram_id(
        &mut self,
        user_id: UserId,
        telegram_user_id: TelegramUserId,
    ) -> Result<(), StoreError> {
        const OPERATION: &str = "users.set_telegram_id";
        let result = sqlx::query(
            "UPDATE users
             SET telegram_user_id = $2
             WHERE user_id = $1 AND telegram_user_id IS NULL",
        )
        .bind(user_id.as_uuid())
        .bind(telegram_user_id.0)
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        stored::ensure_free(result.rows_affected(), OPERATION, "users.telegram_user_id")
    }

    async fn names_after(
        &mut self,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<StoredNames>, StoreError> {
        let rows: Vec<(Uuid, i64, Option<String>, Option<String>)> = sqlx::query_as(
            "SELECT user_id, telegram_user_id, first_name, username
             FROM users
             WHERE user_id > $1 AND telegram_user_id IS NOT NULL
               AND (first_name IS NOT NULL OR username IS NOT NULL)
             ORDER BY user_id
             LIMIT $2",
        )
        .bind(after.map_or_else(Uuid::nil, UserId::as_uuid))
        .bind(i64::from(limit))
        .fetch_all(&mut *self.connection)
        .await
        .at("users.names_after")?;
        let names = |(user_id, telegram_user_id, first_name, username): (
            Uuid,
            i64,
            Option<String>,
            Option<String>,
        )| {
            StoredNames {
                user_id: UserId::from_uuid(user_id),
                telegram_user_id: TelegramUserId(telegram_user_id),
                first_name: first_name.map(SealedText::from_stored),
                username: username.map(SealedText::from_stored),
            }
        };
        Ok(rows.into_iter().map(names).collect())
    }

    async fn replace_names(&mut self, before: &StoredNames, after: &StoredNames) -> Result<bool, StoreError> {
        let result = sqlx::query(
            "UPDATE users
             SET first_name = $5, username = $6
             WHERE user_id = $1 AND telegram_user_id = $2 AND first_name IS NOT DISTINCT FROM $3 AND username IS NOT DISTINCT FROM $4",
        )
        .bind(before.user_id.as_uuid())
        .bind(before.telegram_user_id.0)
        .bind(before.first_name.as_ref().map(SealedText::as_str))
        .bind(before.username.as_ref().map(SealedText::as_str))
        .bind(after.first_name.as_ref().map(SealedText::as_str))
        .bind(after.username.as_ref().map(SealedText::as_str))
        .execute(&mut *self.connection)
        .await
        .at("users.replace_names")?;
        Ok(result.rows_affected() == 1)
    }

    async fn merge_light(&mut self, light: UserId, into: UserId) -> Result<(), StoreError> {
        self.merge(light, into).await
    }

    async fn set_contact_confirmed(&mut self, user_id: UserId, is_confirmed: bool) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE users
             SET contact_confirmed = $2
             WHERE user_id = $1",
        )
        .bind(user_id.as_uuid())
        .bind(is_confirmed)
        .execute(&mut *self.connection)
        .await
        .at("users.set_contact_confirmed")?;
        Ok(())
    }

    async fn set_region(&mut self, user_id: UserId, region: &str) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE users
             SET region = $2
             WHERE user_id = $1",
        )
        .bind(user_id.as_uuid())
        .bind(region)
        .execute(&mut *self.connection)
        .await
        .at("users.set_region")?;
        Ok(())
    }

    async fn set_kyc_level(
        &mut self,
        user_id: UserId,
        level: KycLevel,
        told_at: Timestamp,
    ) -> Result<bool, StoreError> {
        let result = sqlx::query(
            "UPDATE users
             SET kyc_level = $2, kyc_at = $3
             WHERE user_id = $1 AND (kyc_at IS NULL OR kyc_at <= $3)",
        )
        .bind(user_id.as_uuid())
        .bind(level.as_str())
        .bind(told_at.as_millis())
        .execute(&mut *self.connection)
        .await
        .at("users.set_kyc_level")?;
        Ok(result.rows_affected() == 1)
    }

    async fn ask_contact(&mut self, user_id: UserId, now: Timestamp) -> Result<bool, StoreError> {
        let result = sqlx::query(
            "UPDATE users
             SET contact_asked_at = $2
             WHERE user_id = $1 AND contact_asked_at IS NULL AND NOT contact_confirmed",
        )
        .bind(user_id.as_uuid())
        .bind(now.as_millis())
        .execute(&mut *self.connection)
        .await
        .at("users.ask_contact")?;
        Ok(result.rows_affected() == 1)
    }

    async fn set_reachability(
        &mut self,
        telegram_user_id: TelegramUserId,
        reachability: Reachability,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE users
             SET reachability = $2, updated_at = $3
             WHERE telegram_user_id = $1 AND reachability <> $2",
        )
        .bind(telegram_user_id.0)
        .bind(reachability.as_str())
        .bind(now.as_millis())
        .execute(&mut *self.connection)
        .await
        .at("users.set_reachability")?;
        Ok(())
    }

    async fn unlink(
        &mut self,
        user_id: UserId,
        telegram_user_id: TelegramUserId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const OPERATION: &str = "users.unlink";
        let result = sqlx::query(
            "UPDATE users
             SET telegram_user_id = NULL, first_name = NULL, username = NULL, chat_id = NULL, locale_source = 'none',
               reachability = 'unknown', updated_at = $3
             WHERE user_id = $1 AND telegram_user_id = $2 AND platform_user_id IS NOT NULL",
        )
        .bind(user_id.as_uuid())
        .bind(telegram_user_id.0)
        .bind(now.as_millis())
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        stored::ensure_free(result.rows_affected(), OPERATION, "users.telegram_user_id")
    }
}
