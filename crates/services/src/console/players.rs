//! Players, as operators see them.
//!
//! Invariant: what is personal (names, ids of Telegram and of the platform) is read for those alone who have
//! [`Permission::ViewPersonal`], and what was searched for is never written down.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    Consents, KycLevel, OperatorId, PlatformUserId, PlayerKey, TelegramUserId, Timestamp, TokenAction,
    UserId, audit::AuditAction, console::Permission, token::TokenState,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
pub use storage::session::LiveSession;
use storage::{StoreError, Transaction, one_time_token::TokenOwner, user::User};

use super::{
    ConsoleError, IDLE_MS, Operator,
    audit::{AuditLine, named},
};
use crate::{Services, links::status::state_at};

/// The most players that a search shows.
pub const FOUND_MAX: usize = 25;
/// The most characters of a search.
pub const QUERY_CHARS_MAX: usize = 128;
const SEALING_PURPOSE: &str = "console search";
/// Sessions on a player's page.
const SESSIONS: u32 = 20;
/// One-time tokens on a player's page.
const TOKENS: u32 = 20;
/// Lines of the audit log on a player's page.
const LINES: u32 = 20;

/// What Telegram calls a player, opened; nothing for whoever may not see it.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Names {
    /// The first name.
    pub first_name: Option<String>,
    /// The user name.
    pub username: Option<String>,
}

impl Names {
    fn of(services: &Services, operator: &Operator, user: &User) -> Self {
        if !operator.may(Permission::ViewPersonal) {
            return Self::default();
        }
        let keys = services.secrets().personal();
        Self { first_name: keys.first_name(user), username: keys.username(user) }
    }
}

impl std::fmt::Debug for Names {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Names(…)")
    }
}

/// A player as a search shows them.
#[derive(Clone, PartialEq, Eq)]
pub struct PlayerLine {
    /// What is stored; without what is personal for whoever may not see it.
    pub user: User,
    /// What Telegram calls the player.
    pub names: Names,
}

impl std::fmt::Debug for PlayerLine {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("PlayerLine").field("user_id", &self.user.user_id).finish_non_exhaustive()
    }
}

/// One player.
#[derive(Clone, PartialEq, Eq)]
pub struct PlayerSheet {
    /// What is stored; without what is personal for whoever may not see it.
    pub user: User,
    /// What Telegram calls the player.
    pub names: Names,
    /// Whether the player is linked with the platform.
    pub is_linked: bool,
    /// Whether the player has a chat with the bot.
    pub has_chat: bool,
    /// Devices that are signed in, what the player has said yes to, one-time tokens; `None` for whoever may not see it.
    pub personal: Option<Personal>,
    /// What was done to the player, newest first; `None` for whoever may not read the log.
    pub lines: Option<Vec<AuditLine>>,
}

/// What only those see who may see who a player is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Personal {
    /// The sessions that are not over, the one used last first.
    pub sessions: Vec<LiveSession>,
    /// What the player has said yes to.
    pub consents: Consents,
    /// One-time tokens that were made for the player, or that they have shown or spent; the newest first.
    pub tokens: Vec<PlayerToken>,
}

/// A one-time token of a player. What it is worth is not here: nobody at the console can spend it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlayerToken {
    /// What it does.
    pub action: TokenAction,
    /// Where it stands.
    pub state: TokenState,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

impl std::fmt::Debug for PlayerSheet {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("PlayerSheet").field("user_id", &self.user.user_id).finish_non_exhaustive()
    }
}

/// Players by alias (how it begins), by an id of ours, and, with [`Permission::ViewPersonal`], by the whole id of the
/// platform or of Telegram. At most [`FOUND_MAX`].
///
/// # Errors
/// [`ConsoleError::Forbidden`] without [`Permission::ViewPlayers`]; [`ConsoleError::Invalid`] for an empty or long query.
pub async fn search(
    services: &Services,
    operator: &Operator,
    query: &str,
) -> Result<Vec<PlayerLine>, ConsoleError> {
    const DOING: &str = "searching for players";
    operator.require(services, Permission::ViewPlayers).await?;
    let query = query.trim();
    if query.is_empty() || query.chars().count() > QUERY_CHARS_MAX {
        return Err(ConsoleError::Invalid);
    }
    let mut tx = services.store().begin_write().await.map_err(ConsoleError::store(DOING))?;
    let mut found = by_ids(&mut *tx, operator, query).await?;
    let limit = u32::try_from(FOUND_MAX).unwrap_or(u32::MAX);
    found.extend(tx.users().by_alias(query, None, limit).await.map_err(ConsoleError::store(DOING))?);
    let mut players: Vec<PlayerLine> = Vec::new();
    for user in found {
        let is_new = players.iter().all(|player| player.user.user_id != user.user_id);
        if is_new && players.len() < FOUND_MAX {
            let names = Names::of(services, operator, &user);
            players.push(PlayerLine { user: visible(operator, user), names });
        }
    }
    let detail = json!({"found": players.len()});
    operator.write(services, &mut *tx, AuditAction::PlayersSearched, None, &detail).await?;
    tx.save().await.map_err(ConsoleError::store(DOING))?;
    Ok(players)
}

/// Whom the query names by an id.
async fn by_ids(
    tx: &mut dyn Transaction,
    operator: &Operator,
    query: &str,
) -> Result<Vec<User>, ConsoleError> {
    const DOING: &str = "searching for players";
    let mut found = Vec::new();
    if let Ok(player) = query.parse::<PlayerKey>() {
        found.extend(tx.users().by_player(&player).await.map_err(ConsoleError::store(DOING))?);
    }
    if let Ok(user_id) = query.parse::<UserId>() {
        found.extend(tx.users().by_id(user_id).await.map_err(ConsoleError::store(DOING))?);
    }
    if !operator.may(Permission::ViewPersonal) {
        return Ok(found);
    }
    if let Ok(platform_user_id) = query.parse::<PlatformUserId>() {
        let users = tx.users().by_platform_ids(&[platform_user_id]).await;
        found.extend(users.map_err(ConsoleError::store(DOING))?);
    }
    if let Ok(number) = query.parse::<i64>() {
        let user = tx.users().by_telegram_id(TelegramUserId(number)).await;
        found.extend(user.map_err(ConsoleError::store(DOING))?);
    }
    Ok(found)
}

/// What stands in the address of a search in place of what was typed: sealed, for this operator, for as long as a session
/// may be idle.
///
/// # Errors
/// [`ConsoleError::Invalid`] for an empty or long query; [`ConsoleError::Secret`] when it can't be sealed.
pub fn keep_query(services: &Services, operator: &Operator, query: &str) -> Result<String, ConsoleError> {
    let query = query.trim();
    if query.is_empty() || query.chars().count() > QUERY_CHARS_MAX {
        return Err(ConsoleError::Invalid);
    }
    let kept = KeptQuery {
        operator_id: operator.operator_id(),
        until: services.now().plus_ms(IDLE_MS),
        query: query.to_owned(),
    };
    let json = serde_json::to_vec(&kept).map_err(|_| ConsoleError::Invalid)?;
    let sealed = services.secrets().seal(SEALING_PURPOSE, &json, services.rng());
    Ok(URL_SAFE_NO_PAD.encode(sealed.map_err(ConsoleError::Secret)?))
}

/// What was typed, behind the address of a search; `None` when it is not this operator's, or no longer kept.
pub fn kept_query(services: &Services, operator: &Operator, address: &str) -> Option<String> {
    let sealed = URL_SAFE_NO_PAD.decode(address).ok()?;
    let json = services.secrets().open(SEALING_PURPOSE, &sealed).ok()?;
    let kept: KeptQuery = serde_json::from_slice(&json).ok()?;
    let is_good = kept.operator_id == operator.operator_id() && services.now() < kept.until;
    is_good.then_some(kept.query)
}

#[derive(Serialize, Deserialize)]
struct KeptQuery {
    operator_id: OperatorId,
    until: Timestamp,
    query: String,
}

/// One player, and that the operator looked.
///
/// # Errors
/// [`ConsoleError::Forbidden`] without [`Permission::ViewPlayers`]; [`ConsoleError::Unknown`].
pub async fn look(
    services: &Services,
    operator: &Operator,
    player: &PlayerKey,
) -> Result<PlayerSheet, ConsoleError> {
    const DOING: &str = "looking at a player";
    operator.require(services, Permission::ViewPlayers).await?;
    let mut tx = services.store().begin_write().await.map_err(ConsoleError::store(DOING))?;
    let user = find(&mut *tx, player, DOING).await?;
    let personal = if operator.may(Permission::ViewPersonal) {
        Some(personal(services, &mut *tx, &user).await.map_err(ConsoleError::store(DOING))?)
    } else {
        None
    };
    let lines = if operator.may(Permission::ViewAudit) {
        let lines = tx.audit().by_subject(user.user_id, None, None, LINES).await;
        Some(named(services, &mut *tx, lines.map_err(ConsoleError::store(DOING))?).await?)
    } else {
        None
    };
    operator.write(services, &mut *tx, AuditAction::PlayerViewed, Some(user.user_id), &json!({})).await?;
    tx.save().await.map_err(ConsoleError::store(DOING))?;
    Ok(PlayerSheet {
        is_linked: user.platform_user_id.is_some(),
        has_chat: user.chat_id.is_some(),
        names: Names::of(services, operator, &user),
        user: visible(operator, user),
        personal,
        lines,
    })
}

async fn personal(
    services: &Services,
    tx: &mut dyn Transaction,
    user: &User,
) -> Result<Personal, StoreError> {
    let now = services.now();
    let owner = TokenOwner {
        user_id: user.user_id,
        telegram_user_id: user.telegram_user_id,
        platform_user_id: user.platform_user_id.as_ref(),
    };
    let tokens = tx.one_time_tokens().of_person(owner, TOKENS).await?;
    let tokens = tokens.iter().map(|token| PlayerToken {
        action: token.action,
        state: state_at(token, now),
        created_at: token.created_at,
        expires_at: token.expires_at,
    });
    let tokens = tokens.collect();
    let sessions = tx.sessions().live_of(user.user_id, now, SESSIONS).await?;
    let consents = tx.consents().state(user.user_id).await?;
    Ok(Personal { sessions, consents, tokens })
}

/// Ends all sessions of a player. Returns how many.
///
/// # Errors
/// [`ConsoleError::Forbidden`] without [`Permission::EndSessions`]; [`ConsoleError::Unknown`].
pub async fn end_sessions(
    services: &Services,
    operator: &Operator,
    player: &PlayerKey,
) -> Result<u64, ConsoleError> {
    const DOING: &str = "ending the sessions of a player";
    operator.require(services, Permission::EndSessions).await?;
    let mut tx = services.store().begin_write().await.map_err(ConsoleError::store(DOING))?;
    let user = find(&mut *tx, player, DOING).await?;
    let ended = tx.sessions().end_of_user(user.user_id, services.now(), "operator").await;
    let ended = ended.map_err(ConsoleError::store(DOING))?;
    let detail = json!({"ended": ended});
    operator.write(services, &mut *tx, AuditAction::PlayerSessionsEnded, Some(user.user_id), &detail).await?;
    tx.save().await.map_err(ConsoleError::store(DOING))?;
    Ok(ended)
}

async fn find(
    tx: &mut dyn Transaction,
    player: &PlayerKey,
    doing: &'static str,
) -> Result<User, ConsoleError> {
    let user = tx.users().by_player(player).await.map_err(ConsoleError::store(doing))?;
    user.ok_or(ConsoleError::Unknown)
}

/// The user without what the operator may not see.
fn visible(operator: &Operator, user: User) -> User {
    if operator.may(Permission::ViewPersonal) {
        return user;
    }
    User {
        telegram_user_id: None,
        platform_user_id: None,
        first_name: None,
        username: None,
        chat_id: None,
        region: None,
        kyc_level: KycLevel::None,
        ..user
    }
}
