//! The merge of a light profile into a user of the platform.

use domain::UserId;
use sqlx::{AssertSqlSafe, FromRow};
use storage::{StoreError, follow, stored};

use super::Users;
use crate::error::At;

/// What a light profile leaves to the user who takes it over.
#[derive(FromRow)]
struct TakenRow {
    telegram_user_id: Option<i64>,
    first_name: Option<String>,
    username: Option<String>,
    locale: String,
    locale_source: String,
    chat_id: Option<i64>,
    reachability: String,
    contact_asked_at: Option<i64>,
    erase_after: Option<i64>,
}

impl Users<'_> {
    /// Lets a user of the platform take over a light profile, with all that hangs on it.
    pub(super) async fn merge(&mut self, light: UserId, into: UserId) -> Result<(), StoreError> {
        const OPERATION: &str = "users.merge_light";
        // Whoever signs in at this moment holds the row, or waits for this: no session comes between what follows and
        // the end of the light profile.
        sqlx::query("SELECT user_id FROM users WHERE user_id = $1 FOR UPDATE")
            .bind(light.as_uuid())
            .execute(&mut *self.connection)
            .await
            .at(OPERATION)?;
        for what in follow::FOLLOWS {
            // Table and column are constants of this program.
            if let Some(yield_to) = what.yields() {
                sqlx::query(AssertSqlSafe(yield_to))
                    .bind(light.as_uuid())
                    .bind(into.as_uuid())
                    .execute(&mut *self.connection)
                    .await
                    .at(OPERATION)?;
            }
            let (give, remove) = what.statements();
            sqlx::query(AssertSqlSafe(give))
                .bind(light.as_uuid())
                .bind(into.as_uuid())
                .execute(&mut *self.connection)
                .await
                .at(OPERATION)?;
            if let Some(remove) = remove {
                sqlx::query(AssertSqlSafe(remove))
                    .bind(light.as_uuid())
                    .execute(&mut *self.connection)
                    .await
                    .at(OPERATION)?;
            }
        }
        // The light row goes first, for its Telegram id is unique.
        let taken: Option<TakenRow> = sqlx::query_as(
            "DELETE FROM users
             WHERE user_id = $1 AND platform_user_id IS NULL
             RETURNING telegram_user_id, first_name, username, locale, locale_source, chat_id, reachability,
               contact_asked_at, erase_after",
        )
        .bind(light.as_uuid())
        .fetch_optional(&mut *self.connection)
        .await
        .at(OPERATION)?;
        let Some(taken) = taken else {
            return stored::ensure_free(0, OPERATION, "users.platform_user_id");
        };
        let result = sqlx::query(
            "UPDATE users
             SET telegram_user_id = $2, first_name = $3, username = $4, locale = $5, locale_source = $6, chat_id = $7,
               reachability = $8, contact_asked_at = COALESCE(contact_asked_at, $9),
               erase_after = COALESCE($10, erase_after)
             WHERE user_id = $1 AND telegram_user_id IS NULL",
        )
        .bind(into.as_uuid())
        .bind(taken.telegram_user_id)
        .bind(taken.first_name)
        .bind(taken.username)
        .bind(taken.locale)
        .bind(taken.locale_source)
        .bind(taken.chat_id)
        .bind(taken.reachability)
        .bind(taken.contact_asked_at)
        .bind(taken.erase_after)
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        stored::ensure_free(result.rows_affected(), OPERATION, "users.telegram_user_id")
    }
}
