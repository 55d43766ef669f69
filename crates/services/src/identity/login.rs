//! Signing in by the Login Widget, outside Telegram.
//!
//! A login is good once: it passes through a browser's address, whose history others may read.

use domain::session::{DeviceKind, SignedIn};
use telegram::login_widget::{self, LoginError, LoginFields};

use crate::{
    Services,
    identity::{
        AuthError, LoginFailure,
        open::{Method, count, limit, open, profile_outside},
    },
    limits,
};

/// Signs a person in by the fields that the widget has handed to the page, on a `device`.
///
/// # Errors
/// [`AuthError::Login`] says whether they are malformed, forged, stale or used before.
pub async fn login(
    services: &Services,
    fields: &LoginFields,
    device: DeviceKind,
) -> Result<SignedIn, AuthError> {
    let max_age_ms = services.settings().init_data_max_age_ms;
    let verified = login_widget::verify(fields, &services.settings().bot_tokens, services.now(), max_age_ms);
    let login = verified.map_err(|error| {
        let failure = match error {
            LoginError::Malformed { .. } => LoginFailure::Malformed,
            LoginError::Signature | LoginError::Future => LoginFailure::Invalid,
            LoginError::Stale => LoginFailure::Stale,
        };
        count(Method::Widget, failure.label());
        failure
    })?;
    limit(services, login.id).await?;
    // It may be presented until it is stale, a clock that is behind included.
    let window_ms = max_age_ms.saturating_add(telegram::init_data::FUTURE_SKEW_MS);
    if !limits::first(services, "login:once", &login.fingerprint, window_ms).await {
        count(Method::Widget, LoginFailure::Used.label());
        return Err(LoginFailure::Used.into());
    }
    let profile = profile_outside(services, login.id, &login.first_name, login.username.as_deref()).await?;
    let signed_in = open(services, Method::Widget, device, profile).await?;
    count(Method::Widget, "ok");
    Ok(signed_in)
}
