//! What a person may ask for: all that is kept of them, and that it is erased.

mod records;

use async_trait::async_trait;
use domain::{Timestamp, UserId};
use sqlx::FromRow;
use storage::{
    PrivacyRepository, StoreError,
    privacy::{
        Download, DownloadHash, Erasure, ErasureOutcome, MessageRecord, PersonalRecords, RankRecord,
        ScoreRecord,
    },
};
use uuid::Uuid;

use crate::{connection::Connection, error::At};

pub(crate) struct Privacy<'t> {
    pub(crate) connection: &'t mut Connection,
}

/// What is needed to find a person's rows.
#[derive(FromRow)]
struct Keys {
    #[sqlx(rename = "telegram_user_id")]
    person: Option<i64>,
    #[sqlx(rename = "platform_user_id")]
    account: Option<String>,
    #[sqlx(rename = "chat_id")]
    chat: Option<i64>,
}

impl Keys {
    /// The chats that may be the person's: the one that is known, and the one that Telegram numbers as it numbers them.
    fn chats(&self) -> [Option<i64>; 2] {
        [self.chat, self.person]
    }
}

#[derive(FromRow)]
struct DownloadRow {
    user_id: Uuid,
    expires_at: i64,
    used_at: Option<i64>,
}

/// Rows that name the user, and what removes them. What names them by `$2` and `$3` stands in the chat.
const OF_USER: [&str; 17] = [
    "DELETE FROM sessions WHERE user_id = $1",
    "DELETE FROM consents WHERE user_id = $1",
    "DELETE FROM downloads WHERE user_id = $1",
    "DELETE FROM campaign_arrivals WHERE user_id = $1",
    "DELETE FROM board_messages WHERE user_id = $1",
    "DELETE FROM score_events
     WHERE number IN (
       WITH RECURSIVE chain (number) AS (
         SELECT entry.last_event
         FROM boards
         JOIN board_entries AS entry ON entry.board_id = boards.board_id
         WHERE entry.user_id = $1 AND entry.last_event IS NOT NULL
         UNION ALL
         SELECT score_events.previous
         FROM chain
         JOIN score_events ON score_events.number = chain.number
         WHERE score_events.previous IS NOT NULL
       )
       SELECT number FROM chain
     )",
    "UPDATE board_entries SET last_event = NULL
     WHERE user_id = $1 AND board_id IN (SELECT board_id FROM boards)",
    "DELETE FROM rank_samples
     WHERE user_id = $1 AND board_id IN (SELECT board_id FROM boards)",
    "DELETE FROM one_time_tokens WHERE spent_by = $1",
    "DELETE FROM entries WHERE user_id = $1",
    "DELETE FROM tournament_wishes WHERE user_id = $1",
    "UPDATE board_results SET user_id = NULL WHERE user_id = $1",
    "DELETE FROM outgoing_messages WHERE user_id = $1 AND state <> 'sending'",
    "DELETE FROM rewards WHERE user_id = $1",
    "DELETE FROM mission_progress WHERE user_id = $1",
    "DELETE FROM mission_players WHERE user_id = $1",
    "DELETE FROM activity_events WHERE user_id = $1",
];

const OF_CHAT: [&str; 5] = [
    "DELETE FROM dialogues WHERE chat_id IN ($1, $2)",
    "DELETE FROM board_messages WHERE chat_id IN ($1, $2)",
    "DELETE FROM outgoing_messages WHERE chat_id IN ($1, $2)",
    "DELETE FROM inbox_updates WHERE chat_id IN ($1, $2)",
    "DELETE FROM one_time_tokens WHERE chat_id IN ($1, $2) OR telegram_user_id IN ($1, $2)",
];

impl Privacy<'_> {
    /// Whether something of the person is under way whose end would write of them again.
    async fn is_busy(&mut self, keys: &Keys) -> Result<bool, StoreError> {
        let [chat, person] = keys.chats();
        sqlx::query_scalar(
            "SELECT
               EXISTS (SELECT 1 FROM inbox_updates WHERE state = 'running' AND chat_id IN ($1, $2))
               OR EXISTS (SELECT 1 FROM outgoing_messages WHERE state = 'sending' AND chat_id IN ($1, $2))",
        )
        .bind(chat)
        .bind(person)
        .fetch_one(&mut *self.connection)
        .await
        .at("privacy.erase")
    }

    async fn remove_rows(&mut self, user_id: UserId, keys: &Keys) -> Result<(), StoreError> {
        const OPERATION: &str = "privacy.erase";
        for statement in OF_USER {
            sqlx::query(statement)
                .bind(user_id.as_uuid())
                .execute(&mut *self.connection)
                .await
                .at(OPERATION)?;
        }
        // The platform need not hear any more of somebody who is nobody.
        sqlx::query("DELETE FROM outgoing_events WHERE subject = $1")
            .bind(user_id.to_string())
            .execute(&mut *self.connection)
            .await
            .at(OPERATION)?;
        let [chat, person] = keys.chats();
        for statement in OF_CHAT {
            sqlx::query(statement)
                .bind(chat)
                .bind(person)
                .execute(&mut *self.connection)
                .await
                .at(OPERATION)?;
        }
        sqlx::query("DELETE FROM one_time_tokens WHERE platform_user_id = $1")
            .bind(&keys.account)
            .execute(&mut *self.connection)
            .await
            .at(OPERATION)?;
        // A dead letter from a group may name the person too. Few are dead; one too many that goes is better than one
        // too few.
        if let Some(person) = keys.person {
            sqlx::query("DELETE FROM inbox_updates WHERE state = 'dead' AND payload LIKE $1")
                .bind(format!("%{person}%"))
                .execute(&mut *self.connection)
                .await
                .at(OPERATION)?;
        }
        Ok(())
    }

    async fn scores(
        &mut self,
        statement: &'static str,
        user_id: UserId,
        limit: u32,
    ) -> Result<Vec<ScoreRecord>, StoreError> {
        let rows: Vec<(String, i64, i64)> = sqlx::query_as(statement)
            .bind(user_id.as_uuid())
            .bind(limit)
            .fetch_all(&mut *self.connection)
            .await
            .at("privacy.records")?;
        let record = |(board_id, score, at)| ScoreRecord { board_id, score, at: Timestamp::from_millis(at) };
        Ok(rows.into_iter().map(record).collect())
    }

    async fn ranks(&mut self, user_id: UserId, limit: u32) -> Result<Vec<RankRecord>, StoreError> {
        // As standings, they are kept by board.
        let rows: Vec<(String, i64, i64)> = sqlx::query_as(
            "SELECT sample.board_id, sample.rank, sample.at
             FROM boards
             JOIN rank_samples AS sample ON sample.board_id = boards.board_id
             WHERE sample.user_id = $1
             ORDER BY sample.at DESC, sample.board_id
             LIMIT $2",
        )
        .bind(user_id.as_uuid())
        .bind(i64::from(limit))
        .fetch_all(&mut *self.connection)
        .await
        .at("privacy.records")?;
        let record = |(board_id, rank, at)| RankRecord { board_id, rank, at: Timestamp::from_millis(at) };
        Ok(rows.into_iter().map(record).collect())
    }

    async fn messages(&mut self, keys: &Keys, limit: u32) -> Result<Vec<MessageRecord>, StoreError> {
        let [chat, person] = keys.chats();
        let rows: Vec<(i64, String, String)> = sqlx::query_as(
            "SELECT created_at, state, payload
             FROM outgoing_messages
             WHERE chat_id IN ($1, $2)
             ORDER BY outgoing_id DESC
             LIMIT $3",
        )
        .bind(chat)
        .bind(person)
        .bind(limit)
        .fetch_all(&mut *self.connection)
        .await
        .at("privacy.records")?;
        let record = |(created_at, state, payload)| MessageRecord {
            created_at: Timestamp::from_millis(created_at),
            state,
            payload,
        };
        Ok(rows.into_iter().map(record).collect())
    }
}

#[async_trait]
impl PrivacyRepository for Privacy<'_> {
    async fn plan_erasure(
        &mut self,
        user_id: UserId,
        erase_after: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let planned: Option<i64> = sqlx::query_scalar(
            "UPDATE users
             SET erase_after = COALESCE(erase_after, $2)
             WHERE user_id = $1 AND erased_at IS NULL
             RETURNING erase_after",
        )
        .bind(user_id.as_uuid())
        .bind(erase_after.as_millis())
        .fetch_optional(&mut *self.connection)
        .await
        .at("privacy.plan_erasure")?;
        Ok(planned.map(Timestamp::from_millis))
    }

    async fn cancel_erasure(&mut self, user_id: UserId) -> Result<bool, StoreError> {
        let result = sqlx::query(
            "UPDATE users
             SET erase_after = NULL
             WHERE user_id = $1 AND erase_after IS NOT NULL",
        )
        .bind(user_id.as_uuid())
        .execute(&mut *self.connection)
        .await
        .at("privacy.cancel_erasure")?;
        Ok(result.rows_affected() == 1)
    }

    async fn due_erasures(&mut self, now: Timestamp, limit: u32) -> Result<Vec<UserId>, StoreError> {
        let rows: Vec<Uuid> = sqlx::query_scalar(
            "SELECT user_id
             FROM users
             WHERE erase_after IS NOT NULL AND erase_after <= $1
             ORDER BY erase_after, user_id
             LIMIT $2",
        )
        .bind(now.as_millis())
        .bind(limit)
        .fetch_all(&mut *self.connection)
        .await
        .at("privacy.due_erasures")?;
        Ok(rows.into_iter().map(UserId::from_uuid).collect())
    }

    async fn erase(&mut self, erasure: &Erasure) -> Result<ErasureOutcome, StoreError> {
        const OPERATION: &str = "privacy.erase";
        let keys: Option<Keys> = sqlx::query_as(
            "SELECT telegram_user_id, platform_user_id, chat_id
             FROM users
             WHERE user_id = $1 AND erase_after <= $2",
        )
        .bind(erasure.user_id.as_uuid())
        .bind(erasure.erased_at.as_millis())
        .fetch_optional(&mut *self.connection)
        .await
        .at(OPERATION)?;
        let Some(keys) = keys else { return Ok(ErasureOutcome::NotDue) };
        if self.is_busy(&keys).await? {
            return Ok(ErasureOutcome::Busy);
        }
        self.remove_rows(erasure.user_id, &keys).await?;
        sqlx::query(
            "UPDATE users
             SET telegram_user_id = NULL, platform_user_id = NULL, player = $2, alias = $3, hidden_alias = NULL, first_name = NULL,
               username = NULL, locale = 'en', locale_source = 'none', chat_id = NULL, reachability = 'unknown',
               contact_confirmed = 0, contact_asked_at = NULL, region = NULL, kyc_level = 'none', kyc_at = NULL,
               erase_after = NULL, erased_at = $4, updated_at = $4
             WHERE user_id = $1",
        )
        .bind(erasure.user_id.as_uuid())
        .bind(erasure.player.as_str())
        .bind(&erasure.alias)
        .bind(erasure.erased_at.as_millis())
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        Ok(ErasureOutcome::Erased)
    }

    async fn records(&mut self, user_id: UserId, limit: u32) -> Result<PersonalRecords, StoreError> {
        const OPERATION: &str = "privacy.records";
        let keys: Option<Keys> = sqlx::query_as(
            "SELECT telegram_user_id, platform_user_id, chat_id FROM users WHERE user_id = $1",
        )
        .bind(user_id.as_uuid())
        .fetch_optional(&mut *self.connection)
        .await
        .at(OPERATION)?;
        let Some(keys) = keys else { return Ok(PersonalRecords::default()) };
        let campaigns: Vec<(String, i64)> = sqlx::query_as(
            "SELECT code, arrived_at
             FROM campaign_arrivals
             WHERE user_id = $1
             ORDER BY arrived_at DESC, code
             LIMIT $2",
        )
        .bind(user_id.as_uuid())
        .bind(limit)
        .fetch_all(&mut *self.connection)
        .await
        .at(OPERATION)?;
        // Standings are kept by board, so the boards are gone through rather than all standings.
        let standings = "SELECT entry.board_id, entry.score, entry.achieved_at
             FROM boards
             JOIN board_entries AS entry ON entry.board_id = boards.board_id
             WHERE entry.user_id = $1
             ORDER BY entry.achieved_at DESC, entry.board_id
             LIMIT $2";
        let past_scores = "WITH RECURSIVE chain (number) AS (
               SELECT entry.last_event
               FROM boards
               JOIN board_entries AS entry ON entry.board_id = boards.board_id
               WHERE entry.user_id = $1 AND entry.last_event IS NOT NULL
               UNION ALL
               SELECT score_events.previous
               FROM chain
               JOIN score_events ON score_events.number = chain.number
               WHERE score_events.previous IS NOT NULL
             )
             SELECT past.board_id, past.score, past.happened_at
             FROM chain
             JOIN score_events AS past ON past.number = chain.number
             WHERE past.score IS NOT NULL
             ORDER BY past.happened_at DESC, past.number DESC
             LIMIT $2";
        Ok(PersonalRecords {
            standings: self.scores(standings, user_id, limit).await?,
            past_scores: self.scores(past_scores, user_id, limit).await?,
            ranks: self.ranks(user_id, limit).await?,
            messages: self.messages(&keys, limit).await?,
            sessions: self.sessions(user_id, limit).await?,
            dialogues: self.dialogues(&keys, limit).await?,
            campaigns: campaigns.into_iter().map(|(code, at)| (code, Timestamp::from_millis(at))).collect(),
        })
    }

    async fn add_download(
        &mut self,
        hash: DownloadHash,
        user_id: UserId,
        created_at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO downloads (download_hash, user_id, created_at, expires_at)
             VALUES ($1, $2, $3, $4)",
        )
        .bind(hash.as_slice())
        .bind(user_id.as_uuid())
        .bind(created_at.as_millis())
        .bind(expires_at.as_millis())
        .execute(&mut *self.connection)
        .await
        .at("privacy.add_download")?;
        Ok(())
    }

    async fn use_download(
        &mut self,
        hash: DownloadHash,
        now: Timestamp,
    ) -> Result<Option<Download>, StoreError> {
        const OPERATION: &str = "privacy.use_download";
        let row: Option<DownloadRow> = sqlx::query_as(
            "SELECT user_id, expires_at, used_at
             FROM downloads
             WHERE download_hash = $1",
        )
        .bind(hash.as_slice())
        .fetch_optional(&mut *self.connection)
        .await
        .at(OPERATION)?;
        sqlx::query(
            "UPDATE downloads
             SET used_at = $2
             WHERE download_hash = $1 AND used_at IS NULL AND expires_at > $2",
        )
        .bind(hash.as_slice())
        .bind(now.as_millis())
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        Ok(row.map(|row| Download {
            user_id: UserId::from_uuid(row.user_id),
            expires_at: Timestamp::from_millis(row.expires_at),
            used_at: row.used_at.map(Timestamp::from_millis),
        }))
    }

    async fn remove_downloads(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let result = sqlx::query(
            "DELETE FROM downloads
             WHERE download_hash IN (
               SELECT download_hash
               FROM downloads
               WHERE expires_at < $1
               ORDER BY expires_at, download_hash
               LIMIT $2
             )",
        )
        .bind(before.as_millis())
        .bind(limit)
        .execute(&mut *self.connection)
        .await
        .at("privacy.remove_downloads")?;
        Ok(result.rows_affected())
    }
}
