//! Making tokens, for the platform and for Podium itself.

use domain::{
    LinkTarget, PlatformUserId, TelegramUserId, TokenAction, TokenId, TournamentId,
    audit::AuditAction,
    handoff::CabinetPage,
    token::{IssuedToken, MaskedAccount},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use storage::{
    BoxTransaction, StoreError,
    audit::Actor,
    one_time_token::{NewOneTimeToken, OneTimeToken, TokenRequest},
};
use telegram::link;

use crate::{
    Services, audit,
    links::{LinkError, code::OneTimeCode, spend::count},
    platform::PlatformKey,
};

const SEAL_PURPOSE: &str = "one-time token";

/// What a platform asks for.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenOrder {
    /// What the token does.
    pub action: TokenAction,
    /// Whose account; needed to link.
    #[serde(default)]
    pub platform_user_id: Option<PlatformUserId>,
    /// The account as the person is shown it, masked; needed to link.
    #[serde(default)]
    pub platform_account: Option<MaskedAccount>,
    /// The person at Telegram for whom alone it is, when that is known.
    #[serde(default)]
    pub telegram_user_id: Option<TelegramUserId>,
    /// What `open_tournament` opens.
    #[serde(default)]
    pub tournament_id: Option<TournamentId>,
    /// What `open_mission` opens.
    #[serde(default)]
    pub mission_id: Option<LinkTarget>,
    /// At which step `open_kyc` goes on.
    #[serde(default)]
    pub step: Option<LinkTarget>,
}

impl std::fmt::Debug for TokenOrder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("TokenOrder").field("action", &self.action).finish_non_exhaustive()
    }
}

/// What a token does it with, as it is stored.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct TokenPayload {
    /// The account, masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<MaskedAccount>,
    /// The tournament, mission or step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<LinkTarget>,
    /// The page of the cabinet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<CabinetPage>,
}

impl std::fmt::Debug for TokenPayload {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("TokenPayload(…)")
    }
}

impl TokenPayload {
    /// What a stored token does it with.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when it can't be read.
    pub fn of(token: &OneTimeToken) -> Result<Self, StoreError> {
        serde_json::from_str(&token.payload)
            .map_err(|_| StoreError::Inconsistent { table: "one_time_tokens", column: "payload" })
    }
}

/// A token to make.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// What it does.
    pub action: TokenAction,
    /// What with.
    pub payload: TokenPayload,
    /// Whose account.
    pub platform_user_id: Option<PlatformUserId>,
    /// For whom alone.
    pub telegram_user_id: Option<TelegramUserId>,
    /// Who makes it.
    pub by: Actor,
}

/// Makes a token within a transaction. `request` is the call that asked for it, if one did, as `(key, hash)`.
///
/// # Errors
/// [`LinkError::Secret`], [`LinkError::Store`].
pub async fn make(
    services: &Services,
    tx: &mut BoxTransaction,
    new: NewToken,
    request: Option<(String, [u8; 32])>,
) -> Result<(OneTimeCode, TokenId), LinkError> {
    let now = services.now();
    let code = OneTimeCode::new(services.rng());
    let request = match request {
        None => None,
        Some((key, hash)) => {
            let sealed_token = services
                .secrets()
                .seal(SEAL_PURPOSE, code.to_text().as_bytes(), services.rng())
                .map_err(LinkError::Secret)?;
            Some(TokenRequest { key, hash, sealed_token })
        }
    };
    let token = NewOneTimeToken {
        token_id: TokenId::new(now, services.rng()),
        token_hash: code.hash(services.secrets()),
        action: new.action,
        payload: json!(new.payload).to_string(),
        platform_user_id: new.platform_user_id,
        telegram_user_id: new.telegram_user_id,
        request,
        created_at: now,
        expires_at: now.plus_ms(new.action.lifetime_ms()),
    };
    tx.one_time_tokens().add(&token).await?;
    let detail = json!({"token_id": token.token_id, "action": token.action});
    audit::record(services, &mut **tx, new.by, AuditAction::TokenIssued, None, &detail).await?;
    count(Some(new.action), "issued");
    Ok((code, token.token_id))
}

/// Makes a token for the platform. The same call, by its id and body, is answered alike while the token is not spent.
///
/// # Errors
/// [`LinkError::Malformed`], [`LinkError::CallReused`], [`LinkError::NoBot`]; [`LinkError::Refused`] when the call comes
/// again after its token was spent.
pub async fn issue(
    services: &Services,
    _key: &PlatformKey,
    call_id: &str,
    body: &[u8],
) -> Result<IssuedToken, LinkError> {
    let order: TokenOrder = serde_json::from_slice(body)
        .map_err(|_| LinkError::Malformed("the body is not an order of a token in JSON"))?;
    let new = check(order)?;
    let bot = services.bot_identity().username(services).await?.ok_or(LinkError::NoBot)?;
    let hash: [u8; 32] = Sha256::digest(body).into();
    let mut tx = services.store().begin_write().await?;
    let known = tx.one_time_tokens().by_request(call_id).await?;
    if let Some(known) = known {
        drop(tx);
        return again(services, &bot, &known, hash);
    }
    let action = new.action;
    let (code, token_id) = make(services, &mut tx, new, Some((call_id.to_owned(), hash))).await?;
    tx.save().await?;
    let expires_at = services.now().plus_ms(action.lifetime_ms());
    answer(&bot, &code.to_text(), token_id, expires_at)
}

/// The answer to a call that came before.
fn again(
    services: &Services,
    bot: &str,
    known: &OneTimeToken,
    hash: [u8; 32],
) -> Result<IssuedToken, LinkError> {
    let Some(request) = &known.request else {
        return Err(LinkError::Refused(domain::TokenRefusal::Reused));
    };
    if request.hash != hash {
        return Err(LinkError::CallReused);
    }
    let text = services.secrets().open(SEAL_PURPOSE, &request.sealed_token).map_err(LinkError::Secret)?;
    answer(bot, &String::from_utf8_lossy(&text), known.token_id, known.expires_at)
}

fn answer(
    bot: &str,
    token: &str,
    token_id: TokenId,
    expires_at: domain::Timestamp,
) -> Result<IssuedToken, LinkError> {
    let links = (link::start_link(bot, token), link::startapp_link(bot, None, token));
    let (Ok(url_start), Ok(url_startapp)) = links else { return Err(LinkError::NoBot) };
    Ok(IssuedToken { token: token.to_owned(), token_id, url_start, url_startapp, expires_at })
}

/// What an order comes to.
fn check(order: TokenOrder) -> Result<NewToken, LinkError> {
    let target = match order.action {
        TokenAction::Link | TokenAction::SignIn => {
            if order.platform_user_id.is_none() || order.platform_account.is_none() {
                return Err(LinkError::Malformed(
                    "a link needs platform_user_id and platform_account, masked",
                ));
            }
            None
        }
        TokenAction::OpenTournament => {
            let id =
                order.tournament_id.ok_or(LinkError::Malformed("open_tournament needs tournament_id"))?;
            Some(id.into())
        }
        TokenAction::OpenMission => {
            Some(order.mission_id.ok_or(LinkError::Malformed("open_mission needs mission_id"))?)
        }
        TokenAction::OpenKyc => order.step,
        TokenAction::ConsoleInvitation => {
            return Err(LinkError::Malformed("the platform invites nobody to the console"));
        }
        TokenAction::Handoff => return Err(LinkError::Malformed("a hand-over begins in the app")),
        TokenAction::Join => return Err(LinkError::Malformed("a tournament is joined from the chat")),
    };
    if order.telegram_user_id.is_some_and(|id| id.0 <= 0 || id.0 >= 1 << 52) {
        return Err(LinkError::Malformed("telegram_user_id is not an id of a person"));
    }
    Ok(NewToken {
        action: order.action,
        payload: TokenPayload { account: order.platform_account, target, page: None },
        platform_user_id: order.platform_user_id,
        telegram_user_id: order.telegram_user_id,
        by: Actor::platform(),
    })
}
