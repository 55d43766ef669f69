//! Who wants to be told of a tournament.

use async_trait::async_trait;
use domain::{Timestamp, TournamentId, UserId};
use storage::{StoreError, WishRepository, stored, wish::WishRow};
use uuid::Uuid;

use crate::{connection::Connection, error::At, list};

const TABLE: &str = "tournament_wishes";

pub(crate) struct Wishes<'t> {
    pub(crate) connection: &'t mut Connection,
}

/// What stands before every id.
fn behind(after: Option<UserId>) -> Vec<u8> {
    after.map(|id| id.as_uuid().into_bytes().to_vec()).unwrap_or_default()
}

#[async_trait]
impl WishRepository for Wishes<'_> {
    async fn add(
        &mut self,
        tournament_id: &TournamentId,
        user_id: UserId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let result = sqlx::query(
            "INSERT INTO tournament_wishes (tournament_id, user_id, asked_at)
             VALUES ($1, $2, $3)
             ON CONFLICT (tournament_id, user_id) DO NOTHING",
        )
        .bind(tournament_id.as_str())
        .bind(user_id.as_uuid())
        .bind(now.as_millis())
        .execute(&mut *self.connection)
        .await
        .at("wishes.add")?;
        Ok(result.rows_affected() == 1)
    }

    async fn remove(&mut self, tournament_id: &TournamentId, user_id: UserId) -> Result<bool, StoreError> {
        let result = sqlx::query("DELETE FROM tournament_wishes WHERE tournament_id = $1 AND user_id = $2")
            .bind(tournament_id.as_str())
            .bind(user_id.as_uuid())
            .execute(&mut *self.connection)
            .await
            .at("wishes.remove")?;
        Ok(result.rows_affected() == 1)
    }

    async fn is_there(&mut self, tournament_id: &TournamentId, user_id: UserId) -> Result<bool, StoreError> {
        sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM tournament_wishes WHERE tournament_id = $1 AND user_id = $2)",
        )
        .bind(tournament_id.as_str())
        .bind(user_id.as_uuid())
        .fetch_one(&mut *self.connection)
        .await
        .at("wishes.is_there")
    }

    async fn any(&mut self, tournament_id: &TournamentId) -> Result<bool, StoreError> {
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM tournament_wishes WHERE tournament_id = $1)")
            .bind(tournament_id.as_str())
            .fetch_one(&mut *self.connection)
            .await
            .at("wishes.any")
    }

    async fn mark_reminded(
        &mut self,
        tournament_id: &TournamentId,
        starts_at: Timestamp,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<(UserId, bool)>, StoreError> {
        const OPERATION: &str = "wishes.mark_reminded";
        let rows: Vec<(Uuid, Option<i64>)> = sqlx::query_as(
            "SELECT user_id, reminded_for
             FROM tournament_wishes
             WHERE tournament_id = $1 AND user_id > $2
             ORDER BY user_id
             LIMIT $3",
        )
        .bind(tournament_id.as_str())
        .bind(behind(after))
        .bind(i64::from(limit))
        .fetch_all(&mut *self.connection)
        .await
        .at(OPERATION)?;
        sqlx::query(
            "UPDATE tournament_wishes
             SET reminded_for = $2
             WHERE tournament_id = $1 AND user_id IN (SELECT unhex(value) FROM json_each($3))",
        )
        .bind(tournament_id.as_str())
        .bind(starts_at.as_millis())
        .bind(list::ids(rows.iter().map(|(user_id, _)| *user_id)))
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        let told = |reminded_for: Option<i64>| reminded_for == Some(starts_at.as_millis());
        Ok(rows
            .into_iter()
            .map(|(user_id, reminded_for)| (UserId::from_uuid(user_id), told(reminded_for)))
            .collect())
    }

    async fn page(
        &mut self,
        tournament_id: &TournamentId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<WishRow>, StoreError> {
        let rows: Vec<(Uuid, Option<String>, Option<i64>, Option<i64>)> = sqlx::query_as(
            "SELECT user_id, seen_board, seen_rank, told_at
             FROM tournament_wishes
             WHERE tournament_id = $1 AND user_id > $2
             ORDER BY user_id
             LIMIT $3",
        )
        .bind(tournament_id.as_str())
        .bind(behind(after))
        .bind(i64::from(limit))
        .fetch_all(&mut *self.connection)
        .await
        .at("wishes.page")?;
        rows.into_iter()
            .map(|(user_id, board, rank, told_at)| {
                let board = board.map(|board| stored::parse(board, TABLE, "seen_board")).transpose()?;
                let rank = rank.map(|rank| stored::unsigned(rank, TABLE, "seen_rank")).transpose()?;
                Ok(WishRow {
                    user_id: UserId::from_uuid(user_id),
                    seen: board.zip(rank),
                    told_at: told_at.map(Timestamp::from_millis),
                })
            })
            .collect()
    }

    async fn note(&mut self, tournament_id: &TournamentId, wish: &WishRow) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE tournament_wishes
             SET seen_board = $3, seen_rank = $4, told_at = $5
             WHERE tournament_id = $1 AND user_id = $2",
        )
        .bind(tournament_id.as_str())
        .bind(wish.user_id.as_uuid())
        .bind(wish.seen.as_ref().map(|(board, _)| board.as_str()))
        .bind(wish.seen.as_ref().map(|(_, rank)| stored::signed(*rank)))
        .bind(wish.told_at.map(Timestamp::as_millis))
        .execute(&mut *self.connection)
        .await
        .at("wishes.note")?;
        Ok(())
    }
}
