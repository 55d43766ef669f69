//! Checking an ID token (OpenID Connect Core 1.0, 3.1.3.7).

use domain::{TelegramUserId, Timestamp};
use jsonwebtoken::{Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::Value;
use subtle::ConstantTimeEq as _;

use crate::{
    init_data::{FUTURE_SKEW_MS, USER_ID_END, digits},
    oidc::KeySet,
    verified::Verified,
};

/// The longest ID token that is looked at, in bytes.
const LEN_MAX: usize = 16 * 1024;

/// What an ID token must say.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// Who signed it.
    pub issuer: &'a str,
    /// For whom.
    pub client_id: &'a str,
    /// What was asked with.
    pub nonce: &'a str,
    /// When it is presented.
    pub now: Timestamp,
}

/// An ID token is not accepted. Contains nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdTokenError {
    /// It can't be read, or is too long.
    #[error("the ID token is malformed")]
    Malformed,
    /// It names a key that the provider does not have, as far as is known here.
    #[error("the ID token is signed by an unknown key")]
    UnknownKey,
    /// The signature does not fit, or its algorithm is not the key's.
    #[error("the ID token's signature is not valid")]
    Signature,
    /// It is of another issuer, for another client, or does not say who, when or until when.
    #[error("the ID token's claims are not valid: {0}")]
    Claims(&'static str),
    /// It was good once.
    #[error("the ID token has expired")]
    Expired,
}

/// Who signed in by OpenID Connect. Worth something only inside [`Verified`]. Prints nothing personal.
#[derive(Clone, PartialEq, Eq)]
pub struct OidcLogin {
    /// Telegram's number of the person.
    pub id: TelegramUserId,
    /// The name, first and last in one; may be empty.
    pub name: String,
    /// The name behind the @.
    pub username: Option<String>,
}

impl std::fmt::Debug for OidcLogin {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("OidcLogin(…)")
    }
}

/// What is read of the claims. Issuer and audience are the library's to check.
#[derive(Deserialize)]
struct Claims {
    aud: Value,
    sub: String,
    exp: i64,
    iat: i64,
    #[serde(default)]
    nbf: Option<i64>,
    #[serde(default)]
    nonce: Option<String>,
    id: Value,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    preferred_username: Option<String>,
}

/// The name of the key that an ID token says it is signed by; `None` when it can't be read.
pub fn key_id(token: &str) -> Option<String> {
    decode_header(token).ok()?.kid
}

/// Checks an ID token and reads it.
///
/// # Errors
/// [`IdTokenError`] says what is wrong; after [`IdTokenError::UnknownKey`] it is worth asking the provider for its keys
/// again.
pub fn verify(
    token: &str,
    keys: &KeySet,
    expected: Expected<'_>,
) -> Result<Verified<OidcLogin>, IdTokenError> {
    if token.len() > LEN_MAX {
        return Err(IdTokenError::Malformed);
    }
    let header = decode_header(token).map_err(|_| IdTokenError::Malformed)?;
    let kid = header.kid.ok_or(IdTokenError::Malformed)?;
    if !keys.has(&kid) {
        return Err(IdTokenError::UnknownKey);
    }
    let (key, algorithm) = keys.find(&kid).ok_or(IdTokenError::Signature)?;
    // The library would refuse it too; that the token has no say in this is worth saying twice.
    if header.alg != algorithm {
        return Err(IdTokenError::Signature);
    }
    let mut validation = Validation::new(algorithm);
    validation.set_issuer(&[expected.issuer]);
    validation.set_audience(&[expected.client_id]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    // Times are compared with the clock that is handed in, below.
    validation.validate_exp = false;
    validation.validate_nbf = false;
    let claims = decode::<Claims>(token, &key, &validation).map_err(|error| refusal(&error))?.claims;
    read(claims, expected)
}

fn refusal(error: &jsonwebtoken::errors::Error) -> IdTokenError {
    use jsonwebtoken::errors::ErrorKind;

    match error.kind() {
        ErrorKind::InvalidIssuer => IdTokenError::Claims("the issuer is another"),
        ErrorKind::InvalidAudience => IdTokenError::Claims("it is for somebody else"),
        ErrorKind::MissingRequiredClaim(_) | ErrorKind::Json(_) => IdTokenError::Claims("a claim is missing"),
        _ => IdTokenError::Signature,
    }
}

fn read(claims: Claims, expected: Expected<'_>) -> Result<Verified<OidcLogin>, IdTokenError> {
    // A token for several parties could be passed on by one of them.
    let is_for_us_alone = match &claims.aud {
        Value::String(_) => true,
        Value::Array(all) => all.len() == 1,
        _ => false,
    };
    if !is_for_us_alone {
        return Err(IdTokenError::Claims("it is for others too"));
    }
    if claims.sub.is_empty() {
        return Err(IdTokenError::Claims("it does not say who"));
    }
    let is_ahead = |seconds| Timestamp::from_secs(seconds).millis_since(expected.now) > FUTURE_SKEW_MS;
    if is_ahead(claims.iat) || claims.nbf.is_some_and(is_ahead) {
        return Err(IdTokenError::Claims("it is from the future"));
    }
    if Timestamp::from_secs(claims.exp) <= expected.now {
        return Err(IdTokenError::Expired);
    }
    let nonce = claims.nonce.unwrap_or_default();
    if !bool::from(nonce.as_bytes().ct_eq(expected.nonce.as_bytes())) {
        return Err(IdTokenError::Claims("it answers another question"));
    }
    // Telegram's `sub` is opaque; `id` is the number of the person, as a number or as text.
    let id = match &claims.id {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => digits(text),
        _ => None,
    };
    let id = id.filter(|id| (1..USER_ID_END).contains(id));
    Ok(Verified::vouch(OidcLogin {
        id: TelegramUserId(id.ok_or(IdTokenError::Claims("it has no id of a person"))?),
        name: claims.name.unwrap_or_default(),
        username: claims.preferred_username.filter(|name| !name.is_empty()),
    }))
}
