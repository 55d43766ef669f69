//! A stand-in for `oauth.telegram.org`, under `/oauth`: the page that asks who you are, for the Login Widget and for OpenID
//! Connect, the token endpoint and the keys.
//!
//! Invariant: a code is good once, for a minute, for the client, the address and the PKCE verifier that it was made for; so
//! a server that forgets one of them fails here as it would fail with Telegram.

mod confirm;
mod id_token;
mod token;
mod widget;

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::simulator::Simulator;

/// The most codes that wait to be exchanged.
const CODES_MAX: usize = 1_000;

/// What goes wrong at the provider.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OauthFaults {
    /// Claims that replace those of the next ID tokens; null takes one away.
    pub claims: Map<String, Value>,
    /// Whether the next ID tokens are signed by a key that is not published, under the name of one that is.
    pub forged: bool,
    /// Whether the token endpoint and the keys answer 503.
    pub down: bool,
}

/// The provider.
#[derive(Debug, Default)]
pub(crate) struct Oauth(Mutex<OauthState>);

#[derive(Debug, Default)]
pub(crate) struct OauthState {
    codes: HashMap<String, Code>,
    codes_total: u64,
    /// How often the key was changed.
    key_number: u32,
    keys_asked: u64,
    faults: OauthFaults,
}

/// A code that waits to be exchanged.
#[derive(Debug, Clone)]
struct Code {
    user_id: i64,
    client_id: String,
    redirect_uri: String,
    nonce: Option<String>,
    challenge: Option<String>,
    made_at_ms: i64,
}

impl Oauth {
    fn state(&self) -> MutexGuard<'_, OauthState> {
        // A panic elsewhere leaves nothing half done that a reader could not bear.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Simulator {
    /// Gives the provider another key; the one before is no longer published.
    pub fn rotate_login_key(&self) {
        self.oauth().state().key_number += 1;
    }

    /// Makes things go wrong at the provider; replaces what was set before.
    pub fn set_oauth_faults(&self, faults: OauthFaults) {
        self.oauth().state().faults = faults;
    }

    /// How often the provider's keys were asked for.
    pub fn login_keys_asked(&self) -> u64 {
        self.oauth().state().keys_asked
    }
}

/// The routes.
pub(crate) fn routes() -> Router<Simulator> {
    Router::new()
        .route("/auth", get(confirm::ask).post(confirm::answer))
        .route("/token", post(token::exchange))
        .route("/.well-known/jwks.json", get(jwks))
        .route("/.well-known/openid-configuration", get(configuration))
}

/// The issuer, as the caller reaches it.
fn issuer(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
    format!("http://{host}/oauth")
}

async fn configuration(headers: HeaderMap) -> Json<Value> {
    let issuer = issuer(&headers);
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/auth"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": ["openid", "profile"],
    }))
}

async fn jwks(State(simulator): State<Simulator>) -> Response {
    let mut state = simulator.oauth().state();
    state.keys_asked += 1;
    if state.faults.down {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    // Telegram publishes keys of several kinds too, among them one that few libraries know.
    let other =
        json!({"kty": "EC", "crv": "secp256k1", "alg": "ES256K", "kid": "other", "x": "AA", "y": "AA"});
    Json(json!({"keys": [other, id_token::jwk(state.key_number)]})).into_response()
}
