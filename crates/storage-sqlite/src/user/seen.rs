//! People as Telegram tells of them: added at first sight, refreshed when something is new.

use std::collections::{HashMap, HashSet};

use storage::{
    StoreError, stored,
    user::{SealedText, TelegramProfile, User},
};

use super::{Row, TABLE, Users};
use crate::{error::At, list};

/// A row that says the same is not written again within this time.
const SEEN_AGAIN_MS: i64 = 3_600_000;

impl Users<'_> {
    /// Adds or refreshes people, answered in the order of the call.
    pub(super) async fn see(&mut self, profiles: &[TelegramProfile]) -> Result<Vec<User>, StoreError> {
        let mut rows = self.as_known(profiles).await?;
        let known: HashSet<Option<i64>> = rows.iter().map(|row| row.telegram_user_id).collect();
        let news: Vec<&TelegramProfile> =
            profiles.iter().filter(|profile| !known.contains(&Some(profile.telegram_user_id.0))).collect();
        if !news.is_empty() {
            rows.extend(self.refresh(&news).await?);
        }
        in_order_of(profiles, rows)
    }

    /// People of whom nothing new is told and who were seen not long ago: most of those who sign in. A row that is not
    /// written again costs no page of the log.
    async fn as_known(&mut self, profiles: &[TelegramProfile]) -> Result<Vec<Row>, StoreError> {
        const OPERATION: &str = "users.as_known";
        let rows = list::rows(profiles, OPERATION, |profile| {
            (
                profile.telegram_user_id.0,
                profile.first_name.as_str(),
                profile.username.as_ref().map(SealedText::as_str),
                profile.locale.tag(),
                profile.chat_id.map(|chat| chat.0),
                profile.seen_at.as_millis(),
                profile.reachability.as_str(),
            )
        })?;
        sqlx::query_as(concat!(
            "SELECT ",
            columns!(),
            " FROM json_each($1) JOIN users ON telegram_user_id = value ->> 0
             WHERE first_name = value ->> 1
               AND username IS value ->> 2
               AND locale = value ->> 3
               AND locale_source = 'telegram'
               AND (value ->> 4 IS NULL OR chat_id = value ->> 4)
               AND (reachability = value ->> 6
                 OR value ->> 4 IS NULL
                   AND (value ->> 6 = 'unknown' OR reachability NOT IN ('unknown', 'needs_start')))
               AND updated_at BETWEEN (value ->> 5) - $2 AND value ->> 5
             ORDER BY telegram_user_id
             LIMIT $3"
        ))
        .bind(rows)
        .bind(SEEN_AGAIN_MS)
        .bind(stored::signed(profiles.len() as u64))
        .fetch_all(&mut *self.connection)
        .await
        .at(OPERATION)
    }

    async fn refresh(&mut self, profiles: &[&TelegramProfile]) -> Result<Vec<Row>, StoreError> {
        const OPERATION: &str = "users.upsert_telegram";
        let rows = list::rows(profiles, OPERATION, |profile| {
            (
                list::hex(profile.new_user_id.as_uuid()),
                profile.telegram_user_id.0,
                profile.new_player.as_str(),
                profile.new_alias.as_str(),
                profile.first_name.as_str(),
                profile.username.as_ref().map(SealedText::as_str),
                profile.locale.tag(),
                profile.chat_id.map(|chat| chat.0),
                profile.seen_at.as_millis(),
                profile.reachability.as_str(),
            )
        })?;
        sqlx::query_as(concat!(
            "INSERT INTO users
               (user_id, telegram_user_id, player, alias, first_name, username, locale, locale_source, chat_id,
                reachability, created_at, updated_at)
             SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
               'telegram', value ->> 7, value ->> 9, value ->> 8, value ->> 8
             FROM json_each($1)
             WHERE true
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
        .bind(rows)
        .fetch_all(&mut *self.connection)
        .await
        .at(OPERATION)
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
