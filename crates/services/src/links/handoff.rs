//! Handing a player over to the platform's site, and back to whom it brings.
//!
//! The address holds a one-time code and the page, nothing else. Whoever is not linked goes there without a code and signs
//! in as the site wants. The code is the platform's to spend: shown in the chat or the app it is unknown.

use domain::{
    LinkTarget, TokenAction, TokenRefusal,
    handoff::{CabinetPage, Handoff, HandoffAnswer},
};
use serde::Deserialize;
use storage::{Transaction, audit::Actor};

use crate::{
    Services, funnel,
    identity::{Session, current},
    links::{
        LinkError,
        code::OneTimeCode,
        issue::{NewToken, TokenPayload, make},
        link::limit,
        settle,
        spend::{refuse, spend},
    },
    platform::PlatformKey,
};

/// The way to the cabinet for the session's person. Identification may go on at a `step`.
///
/// # Errors
/// [`LinkError::NoCabinet`], [`LinkError::Malformed`], [`LinkError::Auth`], [`LinkError::Store`].
pub async fn hand_over(
    services: &Services,
    session: &Session,
    to: CabinetPage,
    step: Option<LinkTarget>,
) -> Result<HandoffAnswer, LinkError> {
    let cabinet = services.settings().cabinet_url.as_deref().ok_or(LinkError::NoCabinet)?;
    if step.is_some() && to != CabinetPage::Kyc {
        return Err(LinkError::Malformed("only kyc has steps"));
    }
    limit(services, session).await?;
    let mut tx = services.store().begin_write().await?;
    let user = current::user_of(&mut *tx, session).await?;
    let mut url = cabinet_page(cabinet, to);
    if let Some(step) = &step {
        url.push_str("&step=");
        url.push_str(step.as_str());
    }
    if user.platform_user_id.is_some() {
        let new = NewToken {
            action: TokenAction::Handoff,
            payload: TokenPayload { page: Some(to), target: step, account: None },
            platform_user_id: user.platform_user_id,
            telegram_user_id: user.telegram_user_id,
            by: Actor::player(user.user_id),
        };
        let (code, _) = make(services, &mut tx, new, None).await?;
        url.push_str("&code=");
        url.push_str(&code.to_text());
        tx.save().await?;
    }
    funnel::target(services, session).await;
    Ok(HandoffAnswer { url })
}

/// The address of a page of the cabinet, for everybody.
pub(crate) fn cabinet_page(cabinet: &str, to: CabinetPage) -> String {
    let separator = if cabinet.contains('?') { '&' } else { '?' };
    format!("{cabinet}{separator}to={}", to.as_str())
}

/// What the platform brings.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Brought {
    code: String,
}

/// Spends the code of a hand-over, for the platform to which it was brought.
///
/// # Errors
/// [`LinkError::Refused`] says why not; [`LinkError::Malformed`], [`LinkError::Store`].
pub async fn redeem(services: &Services, _key: &PlatformKey, body: &[u8]) -> Result<Handoff, LinkError> {
    let brought: Brought = serde_json::from_slice(body)
        .map_err(|_| LinkError::Malformed("the body is not {\"code\"} in JSON"))?;
    let mut tx = services.store().begin_write().await?;
    let result = redeem_within(services, &mut *tx, &brought.code).await;
    settle(tx, result).await
}

async fn redeem_within(
    services: &Services,
    tx: &mut dyn Transaction,
    code: &str,
) -> Result<Handoff, LinkError> {
    let unknown = LinkError::Refused(TokenRefusal::Unknown);
    let Some(code) = OneTimeCode::parse(code) else { return Err(unknown) };
    let found = tx.one_time_tokens().lock_by_hash(code.hash(services.secrets())).await?;
    let found = found.filter(|token| token.action == TokenAction::Handoff);
    let Some((token, account)) = found.and_then(|token| Some((token.clone(), token.platform_user_id?)))
    else {
        crate::links::spend::count(None, TokenRefusal::Unknown.label());
        return Err(unknown);
    };
    let owner = tx.users().by_platform_ids(std::slice::from_ref(&account)).await?.pop();
    // A link that has ended since takes nobody over.
    let owner = owner.filter(|user| user.telegram_user_id == token.telegram_user_id);
    let refusal = if token.spent.is_some() {
        Some(TokenRefusal::Reused)
    } else if token.expires_at <= services.now() {
        Some(TokenRefusal::Expired)
    } else if owner.is_none() {
        Some(TokenRefusal::Foreign)
    } else {
        None
    };
    let (Some(owner), None) = (owner, refusal) else {
        let refusal = refusal.unwrap_or(TokenRefusal::Foreign);
        return Err(refuse(services, tx, &token, Actor::platform(), None, refusal).await?);
    };
    spend(services, tx, &token, &owner).await?;
    let wanted = TokenPayload::of(&token)?;
    let to = wanted.page.unwrap_or(CabinetPage::Profile);
    Ok(Handoff { platform_user_id: account, user_id: owner.user_id, to, step: wanted.target })
}
