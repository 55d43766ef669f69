//! Operators of the console, and their second factors.
//!
//! An operator is a person at Telegram, not a user of Podium: who merges, unlinks or erases a player changes nothing
//! about who may work at the console.

use async_trait::async_trait;
use domain::{OperatorId, TelegramUserId, Timestamp, console::Role};

use crate::error::StoreError;

/// The hash of a recovery code.
pub type CodeHash = [u8; 32];

/// What an operator owes the place to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OperatorSource {
    /// The settings name the person: an admin for as long as they do.
    Settings,
    /// An invitation of another operator.
    Invitation,
}

impl OperatorSource {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Settings, Self::Invitation];

    /// The stored form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::Invitation => "invitation",
        }
    }

    /// The one of a stored form.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.as_str() == text)
    }
}

/// An operator.
#[derive(Clone, PartialEq, Eq)]
pub struct Operator {
    /// Its id.
    pub operator_id: OperatorId,
    /// Who it is at Telegram; unique.
    pub telegram_user_id: TelegramUserId,
    /// What other operators call this one; sealed, for it is a name as a rule.
    pub label: String,
    /// What it may do.
    pub role: Role,
    /// Why it is one.
    pub source: OperatorSource,
    /// Who invited it.
    pub invited_by: Option<OperatorId>,
    /// Since when.
    pub created_at: Timestamp,
    /// When it ceased to be one.
    pub ended_at: Option<Timestamp>,
}

impl std::fmt::Debug for Operator {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Operator")
            .field("operator_id", &self.operator_id)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// The second factor of an operator.
#[derive(Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// The secret, sealed by a key that is not in the database.
    pub sealed_secret: Vec<u8>,
    /// When a first code proved that the operator has it; it counts for nothing before.
    pub confirmed_at: Option<Timestamp>,
    /// The time step of the last code that was taken: no code of it or of an earlier one is taken again.
    pub last_step: i64,
    /// Wrong codes since the last good one.
    pub failures: u32,
    /// No code is looked at before this.
    pub locked_until: Option<Timestamp>,
}

impl std::fmt::Debug for SecondFactor {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("SecondFactor")
            .field("confirmed_at", &self.confirmed_at)
            .finish_non_exhaustive()
    }
}

/// Access to operators.
#[async_trait]
pub trait OperatorRepository: Send {
    /// Makes a person an operator, with everything as it is given but the id and the beginning, which stay when the
    /// person was one before. Returns the operator.
    async fn admit(&mut self, operator: &Operator) -> Result<Operator, StoreError>;

    /// The operator with an id, ended or not.
    async fn by_id(&mut self, operator_id: OperatorId) -> Result<Option<Operator>, StoreError>;

    /// The same, locked until the transaction ends.
    async fn lock(&mut self, operator_id: OperatorId) -> Result<Option<Operator>, StoreError>;

    /// The operator that a person at Telegram is, ended or not.
    async fn by_telegram_id(
        &mut self,
        telegram_user_id: TelegramUserId,
    ) -> Result<Option<Operator>, StoreError>;

    /// Operators by their ids, behind `after`; ended ones too.
    async fn list(&mut self, after: Option<OperatorId>, limit: u32) -> Result<Vec<Operator>, StoreError>;

    /// Changes the role of an operator that has not ended.
    async fn set_role(&mut self, operator_id: OperatorId, role: Role) -> Result<(), StoreError>;

    /// Ends an operator. Returns `false` when it had ended already or never was.
    async fn end(&mut self, operator_id: OperatorId, now: Timestamp) -> Result<bool, StoreError>;

    /// The second factor of an operator.
    async fn second_factor(&mut self, operator_id: OperatorId) -> Result<Option<SecondFactor>, StoreError>;

    /// Which of these operators have a confirmed second factor, by id. At most 100.
    async fn with_second_factor(&mut self, ids: &[OperatorId]) -> Result<Vec<OperatorId>, StoreError>;

    /// Stores the second factor of an operator in place of any other.
    async fn put_second_factor(
        &mut self,
        operator_id: OperatorId,
        factor: &SecondFactor,
    ) -> Result<(), StoreError>;

    /// Removes the second factor and the recovery codes of an operator. Returns `false` when there was none.
    async fn remove_second_factor(&mut self, operator_id: OperatorId) -> Result<bool, StoreError>;

    /// Replaces the recovery codes of an operator.
    async fn put_recovery_codes(
        &mut self,
        operator_id: OperatorId,
        hashes: &[CodeHash],
    ) -> Result<(), StoreError>;

    /// Spends a recovery code. Returns `false` when there is no such code (any more).
    async fn spend_recovery_code(
        &mut self,
        operator_id: OperatorId,
        hash: CodeHash,
    ) -> Result<bool, StoreError>;

    /// How many recovery codes are left.
    async fn recovery_codes_left(&mut self, operator_id: OperatorId) -> Result<u64, StoreError>;
}
