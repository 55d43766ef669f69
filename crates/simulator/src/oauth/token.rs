//! `POST /oauth/token`: a code for an ID token.

use axum::{
    Form, Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{
    oauth::{OauthFaults, id_token, issuer},
    simulator::Simulator,
};

/// Milliseconds for which a code is good.
pub(super) const CODE_MS: i64 = 60_000;
/// Seconds for which an ID token is good.
const ID_TOKEN_SECONDS: i64 = 3_600;

#[derive(Deserialize)]
pub(super) struct Request {
    grant_type: String,
    code: String,
    redirect_uri: String,
    client_id: String,
    #[serde(default)]
    code_verifier: String,
}

/// Exchanges a code.
pub(super) async fn exchange(
    State(simulator): State<Simulator>,
    headers: HeaderMap,
    Form(request): Form<Request>,
) -> Response {
    let refuse = |status, error| (status, Json(json!({"error": error}))).into_response();
    let now = simulator.now();
    let mut state = simulator.oauth().state();
    if state.faults.down {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let secret = &simulator.config().oidc_client_secret;
    let basic = format!("Basic {}", STANDARD.encode(format!("{}:{secret}", request.client_id)));
    if headers.get(header::AUTHORIZATION).is_none_or(|value| value.as_bytes() != basic.as_bytes()) {
        return refuse(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    if request.grant_type != "authorization_code" {
        return refuse(StatusCode::BAD_REQUEST, "unsupported_grant_type");
    }
    // Good once: whoever tries it uses it up.
    let code = state.codes.remove(&request.code).filter(|code| {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&request.code_verifier));
        code.client_id == request.client_id
            && code.redirect_uri == request.redirect_uri
            && code.challenge.as_ref().is_none_or(|expected| *expected == challenge)
            && now.as_millis() - code.made_at_ms < CODE_MS
    });
    let (faults, key_number) = (state.faults.clone(), state.key_number);
    drop(state);
    let user = code.as_ref().and_then(|code| simulator.world().users.get(code.user_id).cloned());
    let (Some(code), Some(user)) = (code, user) else {
        return refuse(StatusCode::BAD_REQUEST, "invalid_grant");
    };
    let names = [Some(user.first_name.clone()), user.last_name.clone()];
    let mut claims = json!({
        "iss": issuer(&headers),
        "aud": code.client_id,
        "sub": format!("simulated-{}", user.id),
        "id": user.id,
        "name": names.into_iter().flatten().collect::<Vec<_>>().join(" "),
        "iat": now.as_secs(),
        "exp": now.as_secs() + ID_TOKEN_SECONDS,
    });
    if let Some(nonce) = code.nonce {
        claims["nonce"] = json!(nonce);
    }
    if let Some(username) = user.username {
        claims["preferred_username"] = json!(username);
    }
    spoil(&mut claims, &faults);
    let id_token = id_token::sign(&claims, key_number, faults.forged);
    let answer = json!({
        "access_token": "simulated-access-token",
        "token_type": "Bearer",
        "expires_in": ID_TOKEN_SECONDS,
        "id_token": id_token,
    });
    ([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response()
}

fn spoil(claims: &mut Value, faults: &OauthFaults) {
    let Some(claims) = claims.as_object_mut() else { return };
    for (name, value) in &faults.claims {
        if value.is_null() {
            claims.remove(name);
        } else {
            claims.insert(name.clone(), value.clone());
        }
    }
}
