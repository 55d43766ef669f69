//! Sessions of the console: opened by a player's access token, carried by a cookie.

use domain::{
    OperatorId, TelegramUserId, Timestamp, TokenRefusal, UserId, audit::AuditAction, console::Role,
};
use serde_json::json;
use storage::{
    Transaction,
    audit::Actor,
    console_session::ConsoleSession,
    operator::{self, OperatorSource, SecondFactor},
};

use super::{
    ABSOLUTE_MS, ConsoleError, FactorState, IDLE_MS, Operator, invitations, label, line, token::ConsoleToken,
};
use crate::{
    Services,
    identity::{self, Session},
    limits::{self, Action, Subject},
};

/// How long a use may go unwritten: a page costs no write, and a session ends at most so much earlier than it should.
const TOUCH_MS: i64 = 60_000;

/// A session that was opened.
#[derive(Debug)]
pub struct Opened {
    /// What the cookie holds.
    pub token: ConsoleToken,
    /// Whether a second factor must be shown or set up before anything can be done.
    pub needs_second_factor: bool,
}

/// Opens a session for the person behind an access token, who must be an operator, or become one by an invitation.
///
/// # Errors
/// [`ConsoleError::Auth`] for a token that is not good; [`ConsoleError::Stranger`] for whoever is no operator, which is
/// written down; [`ConsoleError::Invitation`] for an invitation that is not taken.
pub async fn open(
    services: &Services,
    bearer: &str,
    invitation: Option<&str>,
) -> Result<Opened, ConsoleError> {
    const DOING: &str = "opening a session of the console";
    let session = identity::authenticate(services, bearer).await.map_err(ConsoleError::Auth)?;
    limits::take(services, Action::ConsoleSession, Subject::Person(&session.user_id().to_string()))
        .await
        .map_err(ConsoleError::Limited)?;
    let mut tx = services.store().begin_write().await.map_err(ConsoleError::store(DOING))?;
    let operator = match operator_behind(services, &mut *tx, &session, invitation).await? {
        Ok(operator) => operator,
        Err(refusal) => {
            let (actor, subject) = (Actor::player(session.user_id()), Some(session.user_id()));
            let line = line(services, actor, AuditAction::ConsoleSignInRefused, subject, &json!({}));
            tx.audit().append(&[line]).await.map_err(ConsoleError::store(DOING))?;
            tx.save().await.map_err(ConsoleError::store(DOING))?;
            return Err(refusal.map_or(ConsoleError::Stranger, ConsoleError::Invitation));
        }
    };
    let now = services.now();
    let token = ConsoleToken::new(services.rng());
    let row = ConsoleSession {
        token_hash: token.hash(),
        operator_id: operator.operator_id,
        session_id: session.session_id(),
        created_at: now,
        used_at: now,
        expires_at: now.plus_ms(ABSOLUTE_MS),
        second_factor_at: None,
    };
    tx.console_sessions().add(&row).await.map_err(ConsoleError::store(DOING))?;
    let factor =
        tx.operators().second_factor(operator.operator_id).await.map_err(ConsoleError::store(DOING))?;
    let opened = proven(services, &operator, &row, factor.as_ref(), &token);
    opened.write(services, &mut *tx, AuditAction::ConsoleSignedIn, None, &json!({})).await?;
    tx.save().await.map_err(ConsoleError::store(DOING))?;
    Ok(Opened { token, needs_second_factor: !matches!(opened.factor, FactorState::Passed { .. }) })
}

/// The operator that a signed-in player is, or why not: there may have been an invitation. Whom the settings name becomes
/// one here, or an admin again.
async fn operator_behind(
    services: &Services,
    tx: &mut dyn Transaction,
    session: &Session,
    invitation: Option<&str>,
) -> Result<Result<operator::Operator, Option<TokenRefusal>>, ConsoleError> {
    const DOING: &str = "looking for an operator";
    // Access tokens outlive their session by some minutes; a session of the console is not to be had by such a one.
    let stored = tx.sessions().by_id(session.session_id()).await.map_err(ConsoleError::store(DOING))?;
    if stored.is_none_or(|stored| stored.ended.is_some()) {
        return Err(ConsoleError::Auth(identity::AuthError::Unauthorized));
    }
    let user = tx.users().by_id(session.user_id()).await.map_err(ConsoleError::store(DOING))?;
    let Some((user, telegram_user_id)) = user.and_then(|user| user.telegram_user_id.map(|id| (user, id)))
    else {
        return Ok(Err(None));
    };
    let known = tx.operators().by_telegram_id(telegram_user_id).await.map_err(ConsoleError::store(DOING))?;
    if let Some(operator) = known.clone().filter(|operator| is_one(services, operator)) {
        return Ok(Ok(operator));
    }
    if !is_named_by_settings(services, telegram_user_id) {
        let Some(text) = invitation else { return Ok(Err(None)) };
        let accepted = invitations::accept(services, tx, text, user.user_id, telegram_user_id).await?;
        return Ok(accepted.map_err(Some));
    }
    let label = services.secrets().personal().first_name(&user).unwrap_or(user.alias);
    admit(
        services,
        tx,
        Admission {
            telegram_user_id,
            user_id: user.user_id,
            label: &label,
            role: Role::Admin,
            source: OperatorSource::Settings,
            invited_by: None,
        },
    )
    .await
    .map(Ok)
}

/// Who becomes an operator.
pub(super) struct Admission<'a> {
    pub(super) telegram_user_id: TelegramUserId,
    pub(super) user_id: UserId,
    pub(super) label: &'a str,
    pub(super) role: Role,
    pub(super) source: OperatorSource,
    pub(super) invited_by: Option<OperatorId>,
}

/// Makes a person an operator and writes it down.
pub(super) async fn admit(
    services: &Services,
    tx: &mut dyn Transaction,
    admission: Admission<'_>,
) -> Result<operator::Operator, ConsoleError> {
    const DOING: &str = "admitting an operator";
    let now = services.now();
    let operator = operator::Operator {
        operator_id: OperatorId::new(now, services.rng()),
        telegram_user_id: admission.telegram_user_id,
        label: label::seal(services, admission.label)?,
        role: admission.role,
        source: admission.source,
        invited_by: admission.invited_by,
        created_at: now,
        ended_at: None,
    };
    let admitted = tx.operators().admit(&operator).await.map_err(ConsoleError::store(DOING))?;
    let detail = json!({
        "operator": admitted.operator_id.to_string(),
        "role": admitted.role.as_str(),
        "source": admitted.source.as_str(),
    });
    let line = line(
        services,
        Actor::player(admission.user_id),
        AuditAction::OperatorAdmitted,
        Some(admission.user_id),
        &detail,
    );
    tx.audit().append(&[line]).await.map_err(ConsoleError::store(DOING))?;
    Ok(admitted)
}

/// Whether a row makes somebody an operator now: whom the settings named is one for as long as they do.
pub(super) fn is_one(services: &Services, operator: &operator::Operator) -> bool {
    let still_named = match operator.source {
        OperatorSource::Settings => is_named_by_settings(services, operator.telegram_user_id),
        OperatorSource::Invitation => true,
    };
    operator.ended_at.is_none() && still_named
}

pub(super) fn is_named_by_settings(services: &Services, person: TelegramUserId) -> bool {
    services.settings().admin_ids.contains(&person)
}

/// The operator behind a cookie.
///
/// # Errors
/// [`ConsoleError::NotSignedIn`] when the session is unknown or over, or its operator is none any more.
pub async fn authenticate(services: &Services, cookie: &str) -> Result<Operator, ConsoleError> {
    const DOING: &str = "reading a session of the console";
    let token = ConsoleToken::parse(cookie).ok_or(ConsoleError::NotSignedIn)?;
    let now = services.now();
    let mut tx = services.store().begin_read().await.map_err(ConsoleError::store(DOING))?;
    let row = tx
        .console_sessions()
        .by_hash(token.hash())
        .await
        .map_err(ConsoleError::store(DOING))?
        .filter(|row| is_open(row, now))
        .ok_or(ConsoleError::NotSignedIn)?;
    let opener = tx.sessions().by_id(row.session_id).await.map_err(ConsoleError::store(DOING))?;
    let operator = tx.operators().by_id(row.operator_id).await.map_err(ConsoleError::store(DOING))?;
    let factor = tx.operators().second_factor(row.operator_id).await.map_err(ConsoleError::store(DOING))?;
    drop(tx);
    if opener.is_none_or(|opener| opener.ended.is_some()) {
        return Err(ConsoleError::NotSignedIn);
    }
    let operator = operator.filter(|operator| is_one(services, operator)).ok_or(ConsoleError::NotSignedIn)?;
    if now.millis_since(row.used_at) >= TOUCH_MS {
        let mut tx = services.store().begin_write().await.map_err(ConsoleError::store(DOING))?;
        tx.console_sessions().touch(row.token_hash, now).await.map_err(ConsoleError::store(DOING))?;
        tx.save().await.map_err(ConsoleError::store(DOING))?;
    }
    Ok(proven(services, &operator, &row, factor.as_ref(), &token))
}

fn is_open(row: &ConsoleSession, now: Timestamp) -> bool {
    now < row.expires_at && now.millis_since(row.used_at) < IDLE_MS
}

/// What a session proves.
fn proven(
    services: &Services,
    operator: &operator::Operator,
    row: &ConsoleSession,
    factor: Option<&SecondFactor>,
    token: &ConsoleToken,
) -> Operator {
    let enrolled = factor.is_some_and(|factor| factor.confirmed_at.is_some());
    let factor = match (enrolled, row.second_factor_at, operator.role.needs_second_factor()) {
        (true, None, _) => FactorState::ToShow,
        (false, _, true) => FactorState::ToEnroll,
        (true, Some(_), _) | (false, _, false) => FactorState::Passed { enrolled },
    };
    Operator {
        id: operator.operator_id,
        label: label::open(services, &operator.label),
        role: operator.role,
        factor,
        token_hash: row.token_hash,
        form_key: token.form_key(),
    }
}

/// Gives a session that has shown the second factor a token of its own: who knew the one before gains nothing.
pub(super) async fn elevate(
    services: &Services,
    tx: &mut dyn Transaction,
    operator: &Operator,
) -> Result<ConsoleToken, ConsoleError> {
    const DOING: &str = "raising a session of the console";
    let row = tx.console_sessions().by_hash(operator.token_hash).await.map_err(ConsoleError::store(DOING))?;
    let row = row.ok_or(ConsoleError::NotSignedIn)?;
    tx.console_sessions().remove(row.token_hash).await.map_err(ConsoleError::store(DOING))?;
    let now = services.now();
    let token = ConsoleToken::new(services.rng());
    let raised =
        ConsoleSession { token_hash: token.hash(), used_at: now, second_factor_at: Some(now), ..row };
    tx.console_sessions().add(&raised).await.map_err(ConsoleError::store(DOING))?;
    Ok(token)
}

/// Closes a session, and with it the session of Podium that it was opened by: nothing else holds that one's token.
///
/// # Errors
/// [`ConsoleError::Store`] when the database fails.
pub async fn sign_out(services: &Services, operator: &Operator) -> Result<(), ConsoleError> {
    const DOING: &str = "closing a session of the console";
    let mut tx = services.store().begin_write().await.map_err(ConsoleError::store(DOING))?;
    let row = tx.console_sessions().by_hash(operator.token_hash).await.map_err(ConsoleError::store(DOING))?;
    if let Some(row) = row {
        let ended = tx.sessions().end(row.session_id, services.now(), "console").await;
        ended.map_err(ConsoleError::store(DOING))?;
    }
    tx.console_sessions().remove(operator.token_hash).await.map_err(ConsoleError::store(DOING))?;
    operator.write(services, &mut *tx, AuditAction::ConsoleSignedOut, None, &json!({})).await?;
    tx.save().await.map_err(ConsoleError::store(DOING))
}
