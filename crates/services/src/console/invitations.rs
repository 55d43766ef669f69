//! Invitations: how somebody becomes an operator whom the settings do not name.
//!
//! Invariant: an invitation is a one-time token, spent in the transaction that makes the operator; it holds for as long as
//! whoever made it may still invite. The link has it behind `#`, so that no server and no log sees it in an address.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    OperatorId, TelegramUserId, TokenAction, TokenId, TokenRefusal, UserId,
    audit::AuditAction,
    console::{Permission, Role},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use storage::{
    StoreError, Transaction,
    audit::Actor,
    one_time_token::{NewOneTimeToken, OneTimeToken},
    operator::{self, OperatorSource},
    session::TokenHash,
};

use super::{
    ConsoleError, Operator, label, line,
    session::{Admission, admit, is_one},
};
use crate::{Services, telemetry};

/// 256 random bits: a plain hash of such a token can't be searched.
const BYTES: usize = 32;
const DOING: &str = "making or taking an invitation";

/// What an invitation says.
#[derive(Serialize, Deserialize)]
struct Payload {
    by: OperatorId,
    role: String,
    label: String,
}

/// Makes an invitation. Returns the link, which is shown this once.
///
/// # Errors
/// [`ConsoleError::Forbidden`] without [`Permission::ManageOperators`]; [`ConsoleError::Invalid`] for a name that is empty
/// or too long.
pub async fn invite(
    services: &Services,
    operator: &Operator,
    name: &str,
    role: Role,
) -> Result<String, ConsoleError> {
    operator.require(services, Permission::ManageOperators).await?;
    let name = name.trim();
    if name.is_empty() || name.chars().count() > label::CHARS_MAX || name.chars().any(char::is_control) {
        return Err(ConsoleError::Invalid);
    }
    let mut bytes = [0; BYTES];
    services.rng().fill(&mut bytes);
    let now = services.now();
    let payload = Payload {
        by: operator.operator_id(),
        role: role.as_str().to_owned(),
        label: label::seal(services, name)?,
    };
    let token = NewOneTimeToken {
        token_id: TokenId::new(now, services.rng()),
        token_hash: Sha256::digest(bytes).into(),
        action: TokenAction::ConsoleInvitation,
        payload: serde_json::to_string(&payload).map_err(|_| ConsoleError::Invalid)?,
        platform_user_id: None,
        telegram_user_id: None,
        request: None,
        created_at: now,
        expires_at: now.plus_ms(TokenAction::ConsoleInvitation.lifetime_ms()),
    };
    let mut tx = services.store().begin_write().await.map_err(ConsoleError::store(DOING))?;
    tx.one_time_tokens().add(&token).await.map_err(ConsoleError::store(DOING))?;
    let detail = json!({"token": token.token_id.to_string(), "role": role.as_str()});
    operator.write(services, &mut *tx, AuditAction::OperatorInvited, None, &detail).await?;
    tx.save().await.map_err(ConsoleError::store(DOING))?;
    count("issued");
    Ok(format!("{}/console/enter#{}", services.settings().public_url, URL_SAFE_NO_PAD.encode(bytes)))
}

/// Takes an invitation for a person, within a transaction that is saved in either case.
pub(super) async fn accept(
    services: &Services,
    tx: &mut dyn Transaction,
    text: &str,
    user_id: UserId,
    telegram_user_id: TelegramUserId,
) -> Result<Result<operator::Operator, TokenRefusal>, ConsoleError> {
    let found = match hash(text) {
        Some(hash) => tx.one_time_tokens().lock_by_hash(hash).await.map_err(ConsoleError::store(DOING))?,
        None => None,
    };
    let Some(token) = found.filter(|token| token.action == TokenAction::ConsoleInvitation) else {
        count(TokenRefusal::Unknown.label());
        return Ok(Err(TokenRefusal::Unknown));
    };
    let actor = Actor::player(user_id);
    let payload: Payload = serde_json::from_str(&token.payload).map_err(|_| unreadable())?;
    let role = Role::from_text(&payload.role).ok_or_else(unreadable)?;
    if let Some(refusal) = refusal(services, tx, &token, payload.by).await? {
        count(refusal.label());
        let detail = json!({"token": token.token_id.to_string(), "why": refusal.label()});
        let line = line(services, actor, AuditAction::TokenRefused, Some(user_id), &detail);
        tx.audit().append(&[line]).await.map_err(ConsoleError::store(DOING))?;
        return Ok(Err(refusal));
    }
    let now = services.now();
    tx.one_time_tokens().spend(token.token_id, user_id, now).await.map_err(ConsoleError::store(DOING))?;
    let detail = json!({"token": token.token_id.to_string()});
    let spent = line(services, actor, AuditAction::TokenSpent, Some(user_id), &detail);
    tx.audit().append(&[spent]).await.map_err(ConsoleError::store(DOING))?;
    let admission = Admission {
        telegram_user_id,
        user_id,
        label: &label::open(services, &payload.label),
        role,
        source: OperatorSource::Invitation,
        invited_by: Some(payload.by),
    };
    let operator = admit(services, tx, admission).await?;
    count("spent");
    Ok(Ok(operator))
}

/// Why an invitation is not taken.
async fn refusal(
    services: &Services,
    tx: &mut dyn Transaction,
    token: &OneTimeToken,
    by: OperatorId,
) -> Result<Option<TokenRefusal>, ConsoleError> {
    if token.spent.is_some() {
        return Ok(Some(TokenRefusal::Reused));
    }
    let by = tx.operators().by_id(by).await.map_err(ConsoleError::store(DOING))?;
    let holds = by.is_some_and(|by| is_one(services, &by) && by.role.may(Permission::ManageOperators));
    Ok((!holds || token.expires_at <= services.now()).then_some(TokenRefusal::Expired))
}

fn hash(text: &str) -> Option<TokenHash> {
    // Longer texts are not worth decoding.
    let bytes: [u8; BYTES] =
        (text.len() <= 2 * BYTES).then(|| URL_SAFE_NO_PAD.decode(text).ok())??.try_into().ok()?;
    Some(Sha256::digest(bytes).into())
}

fn unreadable() -> ConsoleError {
    let source = StoreError::Inconsistent { table: "one_time_tokens", column: "payload" };
    ConsoleError::Store { doing: DOING, source }
}

fn count(result: &'static str) {
    let action = TokenAction::ConsoleInvitation.as_str();
    metrics::counter!(telemetry::ONE_TIME_TOKENS_TOTAL, "action" => action, "result" => result).increment(1);
}
