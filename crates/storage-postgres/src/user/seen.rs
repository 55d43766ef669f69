//! People as Telegram tells of them: added at first sight, refreshed when something is new.

use std::collections::HashMap;

use storage::{
    StoreError,
    user::{SealedText, TelegramProfile, User},
};

use super::{Row, TABLE, Users};
use crate::{column::column, error::At};

impl Users<'_> {
    /// Adds or refreshes people, answered in the order of the call.
    pub(super) async fn see(&mut self, profiles: &[TelegramProfile]) -> Result<Vec<User>, StoreError> {
        const OPERATION: &str = "users.upsert_telegram";
        let rows: Vec<Row> = sqlx::query_as(concat!(
            "INSERT INTO users
               (user_id, telegram_user_id, player, alias, first_name, username, locale, locale_source, chat_id,
                reachability, created_at, updated_at)
             SELECT user_id, telegram_user_id, player, alias, first_name, username, locale, 'telegram', chat_id,
               reachability, seen_at, seen_at
             FROM UNNEST($1::UUID[], $2::BIGINT[], $3::TEXT[], $4::TEXT[], $5::TEXT[], $6::TEXT[], $7::TEXT[],
                 $8::BIGINT[], $9::BIGINT[], $10::TEXT[])
               AS profile (user_id, telegram_user_id, player, alias, first_name, username, locale, chat_id, seen_at,
                 reachability)
             ORDER BY telegram_user_id
             ON CONFLICT (telegram_user_id) DO UPDATE
             SET first_name = excluded.first_name,
               username = excluded.username,
               locale = excluded.locale,
               locale_source = excluded.locale_source,
               chat_id = COALESCE(excluded.chat_id, users.chat_id),
               reachability = CASE
                 WHEN excluded.chat_id IS NOT NULL THEN excluded.reachability
                 WHEN excluded.reachability <> 'unknown' AND users.reachability IN ('unknown', 'needs_start')
                   THEN excluded.reachability
                 ELSE users.reachability END,
               updated_at = excluded.updated_at
             RETURNING ",
            columns!()
        ))
        .bind(column(profiles, |profile| profile.new_user_id.as_uuid()))
        .bind(column(profiles, |profile| profile.telegram_user_id.0))
        .bind(column(profiles, |profile| profile.new_player.as_str()))
        .bind(column(profiles, |profile| profile.new_alias.as_str()))
        .bind(column(profiles, |profile| profile.first_name.as_str()))
        .bind(column(profiles, |profile| profile.username.as_ref().map(SealedText::as_str)))
        .bind(column(profiles, |profile| profile.locale.tag()))
        .bind(column(profiles, |profile| profile.chat_id.map(|chat| chat.0)))
        .bind(column(profiles, |profile| profile.seen_at.as_millis()))
        .bind(column(profiles, |profile| profile.reachability.as_str()))
        .fetch_all(&mut *self.connection)
        .await
        .at(OPERATION)?;
        in_order_of(profiles, rows)
    }
}

/// RETURNING promises no order: brings the rows into that of the profiles.
fn in_order_of(profiles: &[TelegramProfile], rows: Vec<Row>) -> Result<Vec<User>, StoreError> {
    let mut by_id: HashMap<Option<i64>, Row> =
        rows.into_iter().map(|row| (row.telegram_user_id, row)).collect();
    profiles
        .iter()
        .map(|profile| {
            by_id
                .remove(&Some(profile.telegram_user_id.0))
                .ok_or(StoreError::Inconsistent { table: TABLE, column: "telegram_user_id" })
                .and_then(User::try_from)
        })
        .collect()
}
