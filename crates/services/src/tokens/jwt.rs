//! Making and checking access tokens.
//!
//! Signing is three lines over the key itself (RFC 7515, 5.1), because the library parses the private key anew for each
//! token, which costs as much as the signature. Checking, where mistakes are dangerous, is the library's.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{SessionId, UserId};
use jsonwebtoken::{Algorithm, Validation};
use serde::{Deserialize, Serialize};

use crate::{
    Services,
    telemetry::{self, Stopwatch},
    tokens::{ACCESS_TOKEN_SECONDS, KeyError},
};

/// Who may use the token: the Mini App and the APIs of a player.
const SCOPE_PLAYER: &str = "player";

/// A token is not good.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// Malformed, forged, or not for this service.
    #[error("the token is not valid")]
    Invalid,
    /// It was good once.
    #[error("the token has expired")]
    Expired,
    /// The keys can't be read.
    #[error("the token can't be checked or made")]
    Keys(#[source] KeyError),
}

/// A signed-in player, proven by a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    user_id: UserId,
    session_id: SessionId,
}

impl Session {
    /// Who.
    pub const fn user_id(&self) -> UserId {
        self.user_id
    }

    /// On which device.
    pub const fn session_id(&self) -> SessionId {
        self.session_id
    }
}

/// A bearer token.
#[derive(Clone)]
pub struct AccessToken(String);

impl AccessToken {
    /// The token's text, for the answer to the client.
    pub fn into_text(self) -> String {
        self.0
    }
}

impl std::fmt::Debug for AccessToken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("AccessToken(…)")
    }
}

#[derive(Serialize)]
struct IssuedClaims<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: UserId,
    sid: SessionId,
    scope: &'a str,
    iat: i64,
    exp: i64,
}

/// What is read of a token; issuer and audience are the library's to check.
#[derive(Deserialize)]
struct PresentedClaims {
    sub: UserId,
    sid: SessionId,
    scope: String,
    exp: i64,
}

/// The `aud` of our tokens.
const AUDIENCE: &str = "podium";

/// Signs a token for a session.
///
/// # Errors
/// [`TokenError::Keys`] when there is no key to sign with.
pub async fn issue(
    services: &Services,
    user_id: UserId,
    session_id: SessionId,
) -> Result<AccessToken, TokenError> {
    let key = services.keys().signing(services).await.map_err(TokenError::Keys)?;
    let now = services.now().as_secs();
    let claims = IssuedClaims {
        iss: &services.settings().public_url,
        aud: AUDIENCE,
        sub: user_id,
        sid: session_id,
        scope: SCOPE_PLAYER,
        iat: now,
        exp: now + i64::from(ACCESS_TOKEN_SECONDS),
    };
    let stopwatch = Stopwatch::start();
    let claims = serde_json::to_vec(&claims)
        .map_err(|_| TokenError::Keys(KeyError::Unusable { kid: key.kid.clone() }))?;
    let mut text = String::with_capacity(512);
    text.push_str(&key.encoded_header);
    text.push('.');
    URL_SAFE_NO_PAD.encode_string(claims, &mut text);
    let signature = key.signing.sign(text.as_bytes());
    text.push('.');
    URL_SAFE_NO_PAD.encode_string(signature.as_ref(), &mut text);
    metrics::histogram!(telemetry::JWT_ISSUE_SECONDS).record(stopwatch.seconds());
    Ok(AccessToken(text))
}

/// Checks a token: signature by the key it names, algorithm EdDSA alone, issuer, audience, scope, time.
///
/// # Errors
/// [`TokenError`] when it is not good.
pub async fn verify(services: &Services, token: &str) -> Result<Session, TokenError> {
    let header = jsonwebtoken::decode_header(token).map_err(|_| TokenError::Invalid)?;
    let kid = header.kid.ok_or(TokenError::Invalid)?;
    let key = services
        .keys()
        .verifying(services, &kid)
        .await
        .map_err(TokenError::Keys)?
        .ok_or(TokenError::Invalid)?;
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_audience(&[AUDIENCE]);
    validation.set_issuer(&[&services.settings().public_url]);
    // The library would ask the system's clock; the time is ours to check.
    validation.validate_exp = false;
    let claims = jsonwebtoken::decode::<PresentedClaims>(token, &key.verifying, &validation)
        .map_err(|_| TokenError::Invalid)?
        .claims;
    if claims.scope != SCOPE_PLAYER {
        return Err(TokenError::Invalid);
    }
    if services.now().as_secs() >= claims.exp {
        return Err(TokenError::Expired);
    }
    Ok(Session { user_id: claims.sub, session_id: claims.sid })
}
