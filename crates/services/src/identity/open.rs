//! Opening a session for a person whom Telegram has vouched for, whichever way they came. Sessions of many sign-ins share
//! one commit.

use domain::{
    Reachability, SessionId, TelegramUserId,
    session::{DeviceKind, SignedIn},
};
use storage::user::TelegramProfile;

use crate::{
    Services,
    identity::{
        AuthError, me::describe, profile::telegram_profile, refresh_token::RefreshToken, sign_in::SignIn,
    },
    limits::{self, Action, Subject},
    telemetry,
    tokens::{ACCESS_TOKEN_SECONDS, jwt},
};

/// How somebody has signed in. The text is stored with the session and is a metric label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// By the init data of a launch.
    InitData,
    /// By the Login Widget.
    Widget,
    /// By OpenID Connect.
    Oidc,
}

impl Method {
    /// The stored text and metric label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::InitData => "init_data",
            Self::Widget => "widget",
            Self::Oidc => "oidc",
        }
    }
}

/// Counts a verification by its method and result.
pub(crate) fn count(method: Method, result: &'static str) {
    metrics::counter!(telemetry::AUTH_VERIFICATIONS_TOTAL, "method" => method.label(), "result" => result)
        .increment(1);
}

/// Takes one sign-in from what a person may still do.
pub(crate) async fn limit(services: &Services, telegram_user_id: TelegramUserId) -> Result<(), AuthError> {
    limits::take(services, Action::Exchange, Subject::Person(&services.secrets().alias(telegram_user_id)))
        .await
        .map_err(AuthError::Limited)
}

/// Opens a session on a `device`.
pub(crate) async fn open(
    services: &Services,
    method: Method,
    device: DeviceKind,
    profile: TelegramProfile,
) -> Result<SignedIn, AuthError> {
    let telegram_user_id = profile.telegram_user_id;
    let session_id = SessionId::new(services.now(), services.rng());
    let refresh_token = RefreshToken::new(session_id, services.secrets(), services.rng());
    let sign_in =
        SignIn { session_id, refresh_hash: refresh_token.hash(), method: method.label(), device, profile };
    let user = services.sign_ins().store(sign_in).await.map_err(AuthError::Busy)?;
    let jwt = jwt::issue(services, user.user_id, session_id).await?;
    metrics::counter!(telemetry::FUNNEL_TOTAL, "step" => "authorised").increment(1);
    tracing::debug!(
        person = %services.secrets().alias(telegram_user_id),
        method = method.label(),
        "a person has signed in"
    );
    Ok(SignedIn {
        jwt: jwt.into_text(),
        expires_in: ACCESS_TOKEN_SECONDS,
        refresh_token: refresh_token.to_text(),
        user: describe(services, user, telegram_user_id),
    })
}

/// The profile of somebody who signs in outside Telegram. Only a launch says which language a person's Telegram speaks,
/// and only there the first name stands alone; so of somebody who is known already, both stay as they are.
pub(crate) async fn profile_outside(
    services: &Services,
    telegram_user_id: TelegramUserId,
    name: &str,
    username: Option<&str>,
) -> Result<TelegramProfile, AuthError> {
    let mut tx = services.store().begin_read().await.map_err(AuthError::store("reading a user"))?;
    let known =
        tx.users().by_telegram_id(telegram_user_id).await.map_err(AuthError::store("reading a user"))?;
    drop(tx);
    let known_name = known.as_ref().and_then(|user| services.secrets().personal().first_name(user));
    let name = known_name.unwrap_or_else(|| name.to_owned());
    let language = known.map(|user| user.locale.tag());
    Ok(telegram_profile(services, telegram_user_id, &name, username, language, None, Reachability::Unknown))
}
