//! Taking a token that somebody shows, and spending it.
//!
//! The answers, in this order: unknown, reused, expired, foreign. A token that was spent is `reused` whoever comes, because
//! a second use is what tells that a link was passed on.

use domain::{ChatId, TelegramUserId, TokenAction, TokenId, TokenRefusal, UserId, audit::AuditAction};
use serde_json::json;
use storage::{StoreError, Transaction, audit::Actor, one_time_token::OneTimeToken, user::User};

use crate::{
    Services, audit,
    links::{LinkError, code::OneTimeCode},
    telemetry,
};

/// Who shows a token, and where.
#[derive(Debug, Clone, Copy)]
pub struct Holder<'a> {
    /// Who.
    pub user: &'a User,
    /// Who, at Telegram.
    pub telegram_user_id: TelegramUserId,
    /// In which chat; none in the app.
    pub chat_id: Option<ChatId>,
}

/// What is shown.
#[derive(Debug, Clone, Copy)]
pub enum Shown<'a> {
    /// The token itself.
    Code(&'a OneTimeCode),
    /// The id that a question's buttons carry: only who was asked may answer.
    Id(TokenId),
}

/// Counts what became of a token.
pub(crate) fn count(action: Option<TokenAction>, result: &'static str) {
    let action = action.map_or("unknown", TokenAction::as_str);
    metrics::counter!(telemetry::ONE_TIME_TOKENS_TOTAL, "action" => action, "result" => result).increment(1);
}

/// Takes a token that can be spent now by `holder`, locked until the transaction ends, and binds it to them. `wanted` says
/// which actions the caller can do. A refusal is audited in the transaction, which is to be saved all the same.
///
/// # Errors
/// [`LinkError::Refused`] says why not; [`LinkError::Store`] when the database fails.
pub async fn take(
    services: &Services,
    tx: &mut dyn Transaction,
    shown: Shown<'_>,
    holder: Holder<'_>,
    wanted: fn(TokenAction) -> bool,
) -> Result<OneTimeToken, LinkError> {
    let found = match shown {
        Shown::Code(code) => tx.one_time_tokens().lock_by_hash(code.hash(services.secrets())).await?,
        Shown::Id(token_id) => tx.one_time_tokens().lock(token_id).await?,
    };
    let Some(token) = found.filter(|token| wanted(token.action)) else {
        count(None, TokenRefusal::Unknown.label());
        return Err(LinkError::Refused(TokenRefusal::Unknown));
    };
    // A button answers a question that was put to one person: an id alone opens nothing.
    let is_answer = matches!(shown, Shown::Id(_));
    if let Some(refusal) = refusal(services, &token, holder, is_answer) {
        let (actor, subject) = (Actor::player(holder.user.user_id), Some(holder.user.user_id));
        return Err(refuse(services, tx, &token, actor, subject, refusal).await?);
    }
    tx.one_time_tokens().bind(token.token_id, holder.telegram_user_id, holder.chat_id).await?;
    Ok(token)
}

/// Counts and audits a refusal, and gives the error that says it.
pub(super) async fn refuse(
    services: &Services,
    tx: &mut dyn Transaction,
    token: &OneTimeToken,
    actor: Actor,
    subject: Option<UserId>,
    refusal: TokenRefusal,
) -> Result<LinkError, StoreError> {
    count(Some(token.action), refusal.label());
    let detail = json!({"token_id": token.token_id, "action": token.action, "why": refusal.label()});
    audit::record(services, tx, actor, AuditAction::TokenRefused, subject, &detail).await?;
    Ok(LinkError::Refused(refusal))
}

fn refusal(
    services: &Services,
    token: &OneTimeToken,
    holder: Holder<'_>,
    is_answer: bool,
) -> Option<TokenRefusal> {
    let is_foreign = match token.telegram_user_id {
        Some(bound) => bound != holder.telegram_user_id,
        None => is_answer,
    };
    // What opens a page of an account is for that account's person alone; what links one is for who is not linked yet.
    let is_of_another_account = !token.action.is_link()
        && token.platform_user_id.is_some()
        && token.platform_user_id != holder.user.platform_user_id;
    if token.spent.is_some() {
        Some(TokenRefusal::Reused)
    } else if token.expires_at <= services.now() {
        Some(TokenRefusal::Expired)
    } else if is_foreign || is_of_another_account {
        Some(TokenRefusal::Foreign)
    } else {
        None
    }
}

/// Spends a token that was taken in this transaction, for `by`, who is who they are after what it did.
///
/// # Errors
/// When the database fails.
pub async fn spend(
    services: &Services,
    tx: &mut dyn Transaction,
    token: &OneTimeToken,
    by: &User,
) -> Result<(), StoreError> {
    tx.one_time_tokens().spend(token.token_id, by.user_id, services.now()).await?;
    count(Some(token.action), "spent");
    let detail = json!({"token_id": token.token_id, "action": token.action});
    let actor = Actor::player(by.user_id);
    audit::record(services, tx, actor, AuditAction::TokenSpent, Some(by.user_id), &detail).await
}

/// Ends a token that its holder has turned down.
///
/// # Errors
/// When the database fails.
pub async fn decline(
    services: &Services,
    tx: &mut dyn Transaction,
    token: &OneTimeToken,
    by: &User,
) -> Result<(), StoreError> {
    tx.one_time_tokens().void(token.token_id, services.now()).await?;
    count(Some(token.action), "declined");
    let detail = json!({"token_id": token.token_id, "action": token.action});
    let actor = Actor::player(by.user_id);
    audit::record(services, tx, actor, AuditAction::TokenDeclined, Some(by.user_id), &detail).await
}
