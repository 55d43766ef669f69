//! The console: who works there and what they may do, proven, allowed and written down.
//!
//! ```text
//! access token of a player ── open ──▶ session ── second factor (admins) ──▶ session that may do things
//!                                         │  30 minutes unused, 12 hours, sign-out, the end of the operator
//!                                         └──────────────────────────────▶ over
//! ```
//! Invariants: an [`Operator`] is made by [`authenticate`] alone; every use case here begins with
//! [`Operator::require`]; whatever an operator does, looking included, is a line of the audit log, written in the
//! transaction of what it tells; nothing personal is in such a line.

pub mod audit;
pub mod invitations;
mod label;
pub mod missions;
pub mod operators;
pub mod players;
pub mod second_factor;
pub mod session;
pub mod template;
mod token;
pub mod totp;
pub mod tournaments;
pub mod zone;

use domain::{
    AuditId, ErrorCode, OperatorId, Timestamp, TokenRefusal, UserId,
    audit::{ActorKind, AuditAction},
    console::{Permission, Role},
};
use serde_json::{Value, json};
use storage::{
    StoreError, Transaction,
    audit::{Actor, AuditEntry},
    session::TokenHash,
};

pub use self::session::{authenticate, open, sign_out};
use crate::{
    Services, boards::BoardError, identity::AuthError, limits::Limited, missions::MissionError,
    secrets::SecretError, tournaments::TournamentError,
};

/// Milliseconds after which a session that was not used is over.
pub const IDLE_MS: i64 = 30 * 60_000;
/// Milliseconds after which a session is over however much it is used.
pub const ABSOLUTE_MS: i64 = 12 * 3_600_000;

/// Somebody can't do something at the console.
#[derive(Debug, thiserror::Error)]
pub enum ConsoleError {
    /// No session of the console, or one that is over.
    #[error("no session of the console")]
    NotSignedIn,
    /// The person is no operator.
    #[error("the person is no operator")]
    Stranger,
    /// The second factor has not been shown in this session.
    #[error("the second factor was not shown")]
    SecondFactorNeeded,
    /// The role does not allow it.
    #[error("the role does not allow {}", permission.as_str())]
    Forbidden {
        /// What is missing.
        permission: Permission,
    },
    /// The code is wrong, or was used before.
    #[error("the code is not good")]
    CodeWrong,
    /// Too many wrong codes.
    #[error("too many wrong codes; the next one is looked at after {until}")]
    Locked {
        /// Until when.
        until: Timestamp,
    },
    /// The invitation is not taken.
    #[error("the invitation is not taken")]
    Invitation(#[source] TokenRefusal),
    /// There is nothing of that name.
    #[error("there is no such thing")]
    Unknown,
    /// The change is not one that may be made: to oneself, or to whom the settings name.
    #[error("this operator can't be changed so")]
    NotChangeable,
    /// A text is too long or empty.
    #[error("a field is not valid")]
    Invalid,
    /// Too many tries.
    #[error("too many tries")]
    Limited(#[source] Limited),
    /// The access token is not good.
    #[error("the access token is not good")]
    Auth(#[source] AuthError),
    /// The tournament can't be changed so.
    #[error("the tournament can't be changed so")]
    Tournament(#[source] TournamentError),
    /// A board can't be read.
    #[error("a board can't be read")]
    Board(#[source] BoardError),
    /// The mission can't be changed so.
    #[error("the mission can't be changed so")]
    Mission(#[source] MissionError),
    /// A secret can't be sealed or opened.
    #[error("a second factor can't be sealed or opened: was PODIUM_SECRET changed?")]
    Secret(#[source] SecretError),
    /// The database failed.
    #[error("the database failed while {doing}")]
    Store {
        /// What was being done.
        doing: &'static str,
        /// Why.
        #[source]
        source: StoreError,
    },
}

impl ConsoleError {
    /// What the client is told.
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::NotSignedIn => ErrorCode::Unauthorized,
            Self::Stranger | Self::SecondFactorNeeded | Self::Forbidden { .. } | Self::NotChangeable => {
                ErrorCode::Forbidden
            }
            Self::CodeWrong | Self::Invalid => ErrorCode::BadRequest,
            Self::Locked { .. } | Self::Limited(_) => ErrorCode::RateLimited,
            Self::Unknown => ErrorCode::NotFound,
            Self::Invitation(TokenRefusal::Unknown) => ErrorCode::OneTimeTokenUnknown,
            Self::Invitation(TokenRefusal::Reused) => ErrorCode::OneTimeTokenUsed,
            Self::Invitation(TokenRefusal::Expired) => ErrorCode::OneTimeTokenExpired,
            Self::Invitation(TokenRefusal::Foreign) => ErrorCode::OneTimeTokenForeign,
            Self::Auth(error) => error.code(),
            Self::Tournament(error) => error.code(),
            Self::Board(error) => error.code(),
            Self::Mission(error) => error.code(),
            Self::Store { source, .. } if source.is_temporary() => ErrorCode::Unavailable,
            Self::Secret(_) | Self::Store { .. } => ErrorCode::Internal,
        }
    }

    fn store(doing: &'static str) -> impl FnOnce(StoreError) -> Self {
        move |source| Self::Store { doing, source }
    }
}

/// How far a session is with the second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactorState {
    /// It was shown, or none is needed.
    Passed {
        /// Whether the operator has one.
        enrolled: bool,
    },
    /// It must be shown first.
    ToShow,
    /// It must be set up first.
    ToEnroll,
}

/// An operator with a session, proven by a cookie.
#[derive(Clone)]
pub struct Operator {
    id: OperatorId,
    label: String,
    role: Role,
    factor: FactorState,
    token_hash: TokenHash,
    form_key: String,
}

impl std::fmt::Debug for Operator {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Operator")
            .field("operator_id", &self.id)
            .field("role", &self.role)
            .field("factor", &self.factor)
            .finish_non_exhaustive()
    }
}

impl Operator {
    /// Which one.
    pub const fn operator_id(&self) -> OperatorId {
        self.id
    }

    /// What other operators call this one.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// What it may do, as far as its role says.
    pub const fn role(&self) -> Role {
        self.role
    }

    /// How far the session is with the second factor.
    pub const fn factor(&self) -> FactorState {
        self.factor
    }

    /// What every form of this session carries and no other site can know.
    pub fn form_key(&self) -> &str {
        &self.form_key
    }

    /// Whether `key` came from a form of this session.
    pub fn owns_form(&self, key: &str) -> bool {
        token::same(self.form_key.as_bytes(), key.as_bytes())
    }

    /// Whether this session may do it now: for what a page offers. What is done asks [`require`](Self::require).
    pub fn may(&self, permission: Permission) -> bool {
        matches!(self.factor, FactorState::Passed { .. }) && self.role.may(permission)
    }

    /// Refuses what this session may not do, and writes the refusal down.
    ///
    /// # Errors
    /// [`ConsoleError::SecondFactorNeeded`] or [`ConsoleError::Forbidden`].
    pub async fn require(&self, services: &Services, permission: Permission) -> Result<(), ConsoleError> {
        const DOING: &str = "writing down a refusal";
        if !matches!(self.factor, FactorState::Passed { .. }) {
            return Err(ConsoleError::SecondFactorNeeded);
        }
        if self.role.may(permission) {
            return Ok(());
        }
        let mut tx = services.store().begin_write().await.map_err(ConsoleError::store(DOING))?;
        let detail = json!({"permission": permission.as_str(), "role": self.role.as_str()});
        let line = self.line(services, AuditAction::ConsoleRefused, None, &detail);
        tx.audit().append(&[line]).await.map_err(ConsoleError::store(DOING))?;
        tx.save().await.map_err(ConsoleError::store(DOING))?;
        tracing::warn!(operator = %self.id, permission = permission.as_str(), "an operator was refused");
        Err(ConsoleError::Forbidden { permission })
    }

    /// A line of the audit log by this operator. `detail` holds codes, numbers and ids of ours alone.
    fn line(
        &self,
        services: &Services,
        action: AuditAction,
        subject: Option<UserId>,
        detail: &Value,
    ) -> AuditEntry {
        line(services, actor(self.id), action, subject, detail)
    }

    /// Writes a line of the audit log by this operator.
    async fn write(
        &self,
        services: &Services,
        tx: &mut dyn Transaction,
        action: AuditAction,
        subject: Option<UserId>,
        detail: &Value,
    ) -> Result<(), ConsoleError> {
        let line = self.line(services, action, subject, detail);
        tx.audit().append(&[line]).await.map_err(ConsoleError::store("writing to the audit log"))
    }
}

/// An operator as an actor of the audit log.
fn actor(operator_id: OperatorId) -> Actor {
    Actor { kind: ActorKind::Operator, id: Some(operator_id.to_string()) }
}

fn line(
    services: &Services,
    actor: Actor,
    action: AuditAction,
    subject: Option<UserId>,
    detail: &Value,
) -> AuditEntry {
    let now = services.now();
    AuditEntry {
        entry_id: AuditId::new(now, services.rng()),
        happened_at: now,
        actor,
        action,
        subject,
        detail: detail.to_string(),
    }
}
