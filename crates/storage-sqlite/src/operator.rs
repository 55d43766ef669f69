//! Operators of the console, and their second factors.

use async_trait::async_trait;
use domain::{OperatorId, TelegramUserId, Timestamp, console::Role};
use sqlx::FromRow;
use storage::{
    OperatorRepository, StoreError,
    operator::{CodeHash, Operator, OperatorSource, SecondFactor},
    stored,
};
use uuid::Uuid;

use crate::{connection::Connection, error::At, list};

const TABLE: &str = "operators";
const IDS_MAX: usize = 100;

macro_rules! columns {
    () => {
        "operator_id, telegram_user_id, label, role, source, invited_by, created_at, ended_at"
    };
}

pub(crate) struct Operators<'t> {
    pub(crate) connection: &'t mut Connection,
}

#[derive(FromRow)]
struct Row {
    operator_id: Uuid,
    telegram_user_id: i64,
    label: String,
    role: String,
    source: String,
    invited_by: Option<Uuid>,
    created_at: i64,
    ended_at: Option<i64>,
}

impl TryFrom<Row> for Operator {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let inconsistent = |column| StoreError::Inconsistent { table: TABLE, column };
        Ok(Self {
            operator_id: OperatorId::from_uuid(row.operator_id),
            telegram_user_id: TelegramUserId(row.telegram_user_id),
            label: row.label,
            role: Role::from_text(&row.role).ok_or(inconsistent("role"))?,
            source: OperatorSource::from_text(&row.source).ok_or(inconsistent("source"))?,
            invited_by: row.invited_by.map(OperatorId::from_uuid),
            created_at: Timestamp::from_millis(row.created_at),
            ended_at: row.ended_at.map(Timestamp::from_millis),
        })
    }
}

#[derive(FromRow)]
struct FactorRow {
    sealed_secret: Vec<u8>,
    confirmed_at: Option<i64>,
    last_step: i64,
    failures: i64,
    locked_until: Option<i64>,
}

impl TryFrom<FactorRow> for SecondFactor {
    type Error = StoreError;

    fn try_from(row: FactorRow) -> Result<Self, StoreError> {
        Ok(Self {
            sealed_secret: row.sealed_secret,
            confirmed_at: row.confirmed_at.map(Timestamp::from_millis),
            last_step: row.last_step,
            failures: stored::unsigned(row.failures, "operator_second_factors", "failures")?,
            locked_until: row.locked_until.map(Timestamp::from_millis),
        })
    }
}

#[async_trait]
impl OperatorRepository for Operators<'_> {
    async fn admit(&mut self, operator: &Operator) -> Result<Operator, StoreError> {
        let row: Row = sqlx::query_as(concat!(
            "INSERT INTO operators
               (operator_id, telegram_user_id, label, role, source, invited_by, created_at, ended_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (telegram_user_id) DO UPDATE
             SET label = excluded.label,
               role = excluded.role,
               source = excluded.source,
               invited_by = excluded.invited_by,
               ended_at = excluded.ended_at
             RETURNING ",
            columns!()
        ))
        .bind(operator.operator_id.as_uuid())
        .bind(operator.telegram_user_id.0)
        .bind(&operator.label)
        .bind(operator.role.as_str())
        .bind(operator.source.as_str())
        .bind(operator.invited_by.map(OperatorId::as_uuid))
        .bind(operator.created_at.as_millis())
        .bind(operator.ended_at.map(Timestamp::as_millis))
        .fetch_one(&mut *self.connection)
        .await
        .at("operators.admit")?;
        Operator::try_from(row)
    }

    async fn by_id(&mut self, operator_id: OperatorId) -> Result<Option<Operator>, StoreError> {
        let row: Option<Row> =
            sqlx::query_as(concat!("SELECT ", columns!(), " FROM operators WHERE operator_id = $1"))
                .bind(operator_id.as_uuid())
                .fetch_optional(&mut *self.connection)
                .await
                .at("operators.by_id")?;
        row.map(Operator::try_from).transpose()
    }

    /// The only writer holds the whole file, so that nothing more has to be locked; PostgreSQL locks the row.
    async fn lock(&mut self, operator_id: OperatorId) -> Result<Option<Operator>, StoreError> {
        self.by_id(operator_id).await
    }

    async fn by_telegram_id(
        &mut self,
        telegram_user_id: TelegramUserId,
    ) -> Result<Option<Operator>, StoreError> {
        let row: Option<Row> =
            sqlx::query_as(concat!("SELECT ", columns!(), " FROM operators WHERE telegram_user_id = $1"))
                .bind(telegram_user_id.0)
                .fetch_optional(&mut *self.connection)
                .await
                .at("operators.by_telegram_id")?;
        row.map(Operator::try_from).transpose()
    }

    async fn list(&mut self, after: Option<OperatorId>, limit: u32) -> Result<Vec<Operator>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(concat!(
            "SELECT ",
            columns!(),
            " FROM operators
             WHERE operator_id > $1
             ORDER BY operator_id
             LIMIT $2"
        ))
        .bind(after.map_or(Uuid::nil(), OperatorId::as_uuid))
        .bind(i64::from(limit))
        .fetch_all(&mut *self.connection)
        .await
        .at("operators.list")?;
        rows.into_iter().map(Operator::try_from).collect()
    }

    async fn set_role(&mut self, operator_id: OperatorId, role: Role) -> Result<(), StoreError> {
        const OPERATION: &str = "operators.set_role";
        let result = sqlx::query(
            "UPDATE operators
             SET role = $2
             WHERE operator_id = $1 AND ended_at IS NULL",
        )
        .bind(operator_id.as_uuid())
        .bind(role.as_str())
        .execute(&mut *self.connection)
        .await
        .at(OPERATION)?;
        stored::ensure_one(result.rows_affected(), OPERATION)
    }

    async fn end(&mut self, operator_id: OperatorId, now: Timestamp) -> Result<bool, StoreError> {
        let result = sqlx::query(
            "UPDATE operators
             SET ended_at = $2
             WHERE operator_id = $1 AND ended_at IS NULL",
        )
        .bind(operator_id.as_uuid())
        .bind(now.as_millis())
        .execute(&mut *self.connection)
        .await
        .at("operators.end")?;
        Ok(result.rows_affected() == 1)
    }

    async fn second_factor(&mut self, operator_id: OperatorId) -> Result<Option<SecondFactor>, StoreError> {
        let row: Option<FactorRow> = sqlx::query_as(
            "SELECT sealed_secret, confirmed_at, last_step, failures, locked_until
             FROM operator_second_factors
             WHERE operator_id = $1",
        )
        .bind(operator_id.as_uuid())
        .fetch_optional(&mut *self.connection)
        .await
        .at("operators.second_factor")?;
        row.map(SecondFactor::try_from).transpose()
    }

    async fn with_second_factor(&mut self, ids: &[OperatorId]) -> Result<Vec<OperatorId>, StoreError> {
        const OPERATION: &str = "operators.with_second_factor";
        stored::at_most(IDS_MAX, ids.len(), OPERATION)?;
        let rows: Vec<(Uuid,)> = sqlx::query_as(
            "SELECT operator_id
             FROM operator_second_factors
             WHERE operator_id IN (SELECT unhex(value) FROM json_each($1)) AND confirmed_at IS NOT NULL
             ORDER BY operator_id
             LIMIT 100",
        )
        .bind(list::ids(ids.iter().map(|id| id.as_uuid())))
        .fetch_all(&mut *self.connection)
        .await
        .at(OPERATION)?;
        Ok(rows.into_iter().map(|(id,)| OperatorId::from_uuid(id)).collect())
    }

    async fn put_second_factor(
        &mut self,
        operator_id: OperatorId,
        factor: &SecondFactor,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO operator_second_factors
               (operator_id, sealed_secret, confirmed_at, last_step, failures, locked_until)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (operator_id) DO UPDATE
             SET sealed_secret = excluded.sealed_secret,
               confirmed_at = excluded.confirmed_at,
               last_step = excluded.last_step,
               failures = excluded.failures,
               locked_until = excluded.locked_until",
        )
        .bind(operator_id.as_uuid())
        .bind(&factor.sealed_secret)
        .bind(factor.confirmed_at.map(Timestamp::as_millis))
        .bind(factor.last_step)
        .bind(i64::from(factor.failures))
        .bind(factor.locked_until.map(Timestamp::as_millis))
        .execute(&mut *self.connection)
        .await
        .at("operators.put_second_factor")?;
        Ok(())
    }

    async fn remove_second_factor(&mut self, operator_id: OperatorId) -> Result<bool, StoreError> {
        const OPERATION: &str = "operators.remove_second_factor";
        sqlx::query("DELETE FROM operator_recovery_codes WHERE operator_id = $1")
            .bind(operator_id.as_uuid())
            .execute(&mut *self.connection)
            .await
            .at(OPERATION)?;
        let result = sqlx::query("DELETE FROM operator_second_factors WHERE operator_id = $1")
            .bind(operator_id.as_uuid())
            .execute(&mut *self.connection)
            .await
            .at(OPERATION)?;
        Ok(result.rows_affected() == 1)
    }

    async fn put_recovery_codes(
        &mut self,
        operator_id: OperatorId,
        hashes: &[CodeHash],
    ) -> Result<(), StoreError> {
        const OPERATION: &str = "operators.put_recovery_codes";
        stored::at_most(IDS_MAX, hashes.len(), OPERATION)?;
        sqlx::query("DELETE FROM operator_recovery_codes WHERE operator_id = $1")
            .bind(operator_id.as_uuid())
            .execute(&mut *self.connection)
            .await
            .at(OPERATION)?;
        for hash in hashes {
            sqlx::query("INSERT INTO operator_recovery_codes (operator_id, code_hash) VALUES ($1, $2)")
                .bind(operator_id.as_uuid())
                .bind(hash.as_slice())
                .execute(&mut *self.connection)
                .await
                .at(OPERATION)?;
        }
        Ok(())
    }

    async fn spend_recovery_code(
        &mut self,
        operator_id: OperatorId,
        hash: CodeHash,
    ) -> Result<bool, StoreError> {
        let result = sqlx::query(
            "DELETE FROM operator_recovery_codes
             WHERE operator_id = $1 AND code_hash = $2",
        )
        .bind(operator_id.as_uuid())
        .bind(hash.as_slice())
        .execute(&mut *self.connection)
        .await
        .at("operators.spend_recovery_code")?;
        Ok(result.rows_affected() == 1)
    }

    async fn recovery_codes_left(&mut self, operator_id: OperatorId) -> Result<u64, StoreError> {
        let left: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM operator_recovery_codes WHERE operator_id = $1")
                .bind(operator_id.as_uuid())
                .fetch_one(&mut *self.connection)
                .await
                .at("operators.recovery_codes_left")?;
        stored::unsigned(left, "operator_recovery_codes", "operator_id")
    }
}
