//! Signing in by OpenID Connect, outside Telegram.
//!
//! ```text
//! start ─▶ attempt (sealed, in the browser's cookie) + the provider's address
//!                                  │ the person confirms there
//! finish ◀─ code + state ──────────┘  attempt opens, state equal, code for a token, token checked ─▶ session
//! ```
//!
//! Nothing is stored here between the two: what must be remembered is in the browser that began, sealed, so that nobody
//! else's browser can finish. A state is good once.

mod attempt;
pub(crate) mod keys;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::session::{DeviceKind, SignedIn};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use telegram::{
    Verified,
    oidc::{Asked, Expected, IdTokenError, OidcLogin, OidcProvider, ProviderError, id_token},
};

pub use crate::identity::oidc::attempt::ATTEMPT_SECONDS;
use crate::{
    Services,
    identity::{
        AuthError, LoginFailure,
        oidc::attempt::Attempt,
        open::{Method, count, limit, open, profile_outside},
    },
    limits,
};

/// The longest code that is passed on.
const CODE_LEN_MAX: usize = 2048;

/// What the browser is sent away with.
#[derive(Clone)]
pub struct Started {
    /// Where the person signs in.
    pub url: String,
    /// What the browser must bring back, in a cookie that no script can read.
    pub attempt: String,
}

impl std::fmt::Debug for Started {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Started(…)")
    }
}

/// What a browser brings back.
#[derive(Clone, Copy)]
pub struct Brought<'a> {
    /// The cookie.
    pub attempt: Option<&'a str>,
    /// From the address.
    pub state: Option<&'a str>,
    /// From the address; absent when the person said no.
    pub code: Option<&'a str>,
}

impl std::fmt::Debug for Brought<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Brought(…)")
    }
}

/// Begins a sign-in, after which the person goes on at `next`.
///
/// # Errors
/// [`LoginFailure::Off`] when no provider is set.
pub fn start(services: &Services, next: &str) -> Result<Started, AuthError> {
    let provider = services.oidc().ok_or(LoginFailure::Off)?;
    let attempt = Attempt::new(services, next);
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(attempt.verifier.as_bytes()));
    let asked = Asked { state: &attempt.state, nonce: &attempt.nonce, code_challenge: &challenge };
    let url = provider.client().authorize_url(asked).ok_or(LoginFailure::Off)?;
    let sealed = attempt.seal(services).ok_or(LoginFailure::Off)?;
    Ok(Started { url: url.into(), attempt: sealed })
}

/// Ends a sign-in on a `device`: who it is, and where they go on.
///
/// # Errors
/// [`AuthError::Login`] says what is wrong.
pub async fn finish(
    services: &Services,
    brought: Brought<'_>,
    device: DeviceKind,
) -> Result<(SignedIn, String), AuthError> {
    let result = verified(services, brought).await;
    if let Err(AuthError::Login(failure)) = &result {
        count(Method::Oidc, failure.label());
        tracing::debug!(error = %domain::ErrorChain(failure), "a sign-in by OpenID Connect failed");
    }
    let (login, next) = result?;
    limit(services, login.id).await?;
    // Telegram gives the whole name in one.
    let first_name = login.name.split_whitespace().next().unwrap_or_default();
    let profile = profile_outside(services, login.id, first_name, login.username.as_deref()).await?;
    let signed_in = open(services, Method::Oidc, device, profile).await?;
    count(Method::Oidc, "ok");
    Ok((signed_in, next))
}

async fn verified(
    services: &Services,
    brought: Brought<'_>,
) -> Result<(Verified<OidcLogin>, String), AuthError> {
    let provider = services.oidc().ok_or(LoginFailure::Off)?;
    let attempt = brought.attempt.and_then(|sealed| Attempt::open(services, sealed));
    let attempt = attempt.ok_or(LoginFailure::State)?;
    let state = brought.state.unwrap_or_default();
    if !bool::from(state.as_bytes().ct_eq(attempt.state.as_bytes())) {
        return Err(LoginFailure::State.into());
    }
    let window_ms = i64::from(ATTEMPT_SECONDS) * 1000;
    if !limits::first(services, "oidc:once", attempt.state.as_bytes(), window_ms).await {
        return Err(LoginFailure::Used.into());
    }
    let code = brought.code.ok_or(LoginFailure::Refused)?;
    if code.is_empty() || code.len() > CODE_LEN_MAX {
        return Err(LoginFailure::Malformed.into());
    }
    let token = provider.id_token(code, &attempt.verifier).await.map_err(|error| match error {
        ProviderError::Refused => LoginFailure::Invalid,
        ProviderError::Answer { .. } | ProviderError::Unreachable => LoginFailure::Provider(error),
    })?;
    let login = check(services, provider, token.expose_secret(), &attempt.nonce).await?;
    Ok((login, attempt.next))
}

async fn check(
    services: &Services,
    provider: &dyn OidcProvider,
    token: &str,
    nonce: &str,
) -> Result<Verified<OidcLogin>, LoginFailure> {
    let kid = id_token::key_id(token).ok_or(LoginFailure::Malformed)?;
    let now = services.now();
    let keys = services.oidc_keys().with(provider, &kid, now).await.map_err(LoginFailure::Provider)?;
    let client = provider.client();
    let expected = Expected { issuer: &client.issuer, client_id: &client.client_id, nonce, now };
    id_token::verify(token, &keys, expected).map_err(|error| {
        tracing::warn!(error = %domain::ErrorChain(&error), "an ID token of the provider is not good");
        match error {
            IdTokenError::Malformed => LoginFailure::Malformed,
            IdTokenError::Expired => LoginFailure::Stale,
            IdTokenError::UnknownKey | IdTokenError::Signature | IdTokenError::Claims(_) => {
                LoginFailure::Invalid
            }
        }
    })
}
