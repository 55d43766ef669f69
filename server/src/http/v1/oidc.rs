//! `GET /v1/tg/oidc/start` and `GET /v1/tg/oidc/callback`: sign-in by OpenID Connect. A browser follows both; so failures
//! are pages, with the status that the code has.
//!
//! The cookie between the two is sealed, for these two paths alone, and gone after the callback. It says nothing and
//! grants nothing: it ties the answer to the browser that asked.

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::ErrorCode;
use serde::Deserialize;
use services::{
    identity::oidc::{self, ATTEMPT_SECONDS, Brought},
    limits::{self, Action, Subject},
};
use utoipa::IntoParams;

use crate::{
    http::{
        error::ApiError,
        extract::{ApiQuery, ClientAddress, ClientDevice},
    },
    pages::{login, next},
    state::AppState,
};

const COOKIE: &str = "podium_oidc";

/// What the address of a start may say.
#[derive(Debug, Deserialize, IntoParams)]
pub struct StartQuery {
    /// Where to go on after signing in: a path of this site.
    next: Option<String>,
}

/// What the provider puts into the address.
#[derive(Deserialize, IntoParams)]
pub struct CallbackQuery {
    /// Good once, for the ID token.
    code: Option<String>,
    /// What the start asked with.
    state: Option<String>,
}

impl std::fmt::Debug for CallbackQuery {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("CallbackQuery(…)")
    }
}

/// Sends a browser to the provider.
#[utoipa::path(
    get,
    path = "/v1/tg/oidc/start",
    tag = "sign-in",
    params(StartQuery),
    responses(
        (status = 303, description = "To the provider, with a cookie for the way back"),
        (status = 404, description = "A page: `login_off`", content_type = "text/html"),
        (status = 429, description = "A page: `rate_limited`", content_type = "text/html"),
    )
)]
pub(crate) async fn start(
    State(state): State<AppState>,
    ClientAddress(address): ClientAddress,
    ApiQuery(query): ApiQuery<StartQuery>,
    headers: HeaderMap,
) -> Response {
    let started = async {
        limits::take(&state.services, Action::OidcStart, Subject::Address(address)).await?;
        Ok::<_, ApiError>(oidc::start(&state.services, next::safe(query.next.as_deref()))?)
    };
    match started.await {
        Ok(started) => {
            let url = HeaderValue::from_str(&started.url);
            let (Ok(url), Ok(cookie)) = (url, cookie(&state, &started.attempt, ATTEMPT_SECONDS)) else {
                return login::failed(&state, &headers, ErrorCode::Internal).await;
            };
            let headers = [
                (header::LOCATION, url),
                (header::SET_COOKIE, cookie),
                (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
                (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
            ];
            (StatusCode::SEE_OTHER, headers).into_response()
        }
        Err(error) => error.on_page(login::failed(&state, &headers, error.code()).await),
    }
}

/// Signs a browser in that comes back from the provider. The page hands the session to the tab and goes on.
#[utoipa::path(
    get,
    path = "/v1/tg/oidc/callback",
    tag = "sign-in",
    params(CallbackQuery),
    responses(
        (status = 200, description = "A page that hands the session to the tab and goes on", content_type = "text/html"),
        (status = 400, description = "A page: `login_state_invalid` or `login_malformed`", content_type = "text/html"),
        (status = 401, description = "A page: `login_invalid`, `login_stale` or `login_used`", content_type = "text/html"),
        (status = 403, description = "A page: `login_refused`", content_type = "text/html"),
        (status = 404, description = "A page: `login_off`", content_type = "text/html"),
        (status = 429, description = "A page: `rate_limited`", content_type = "text/html"),
        (status = 503, description = "A page: `unavailable`", content_type = "text/html"),
    )
)]
pub(crate) async fn callback(
    State(state): State<AppState>,
    ClientAddress(address): ClientAddress,
    ClientDevice(device): ClientDevice,
    ApiQuery(query): ApiQuery<CallbackQuery>,
    headers: HeaderMap,
) -> Response {
    let attempt = attempt(&headers);
    let brought =
        Brought { attempt: attempt.as_deref(), state: query.state.as_deref(), code: query.code.as_deref() };
    let finished = async {
        limits::take(&state.services, Action::Exchange, Subject::Address(address)).await?;
        Ok::<_, ApiError>(oidc::finish(&state.services, brought, device).await?)
    };
    let mut response = match finished.await {
        Ok((signed_in, next)) => login::handed(&state, &headers, &signed_in, &next),
        Err(error) => error.on_page(login::failed(&state, &headers, error.code()).await),
    };
    if let Ok(gone) = cookie(&state, "", 0) {
        response.headers_mut().insert(header::SET_COOKIE, gone);
    }
    response
}

/// The cookie that a browser is given. `Lax`: it must come along when the provider sends the browser back.
fn cookie(
    state: &AppState,
    value: &str,
    seconds: u32,
) -> Result<HeaderValue, axum::http::header::InvalidHeaderValue> {
    let secure = if state.settings.public_url.starts_with("https://") { "; Secure" } else { "" };
    HeaderValue::from_str(&format!(
        "{COOKIE}={value}; Path=/v1/tg/oidc; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"
    ))
}

/// What the browser brings back.
fn attempt(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value.to_owned())
}
