//! `/login`, and the page at the end of a sign-in by OpenID Connect.
//!
//! Telegram's script for the widget is not loaded: it evaluates text, which our policy forbids, and all it does is lead to
//! the address that a plain link leads to. The widget's answer comes back in the fragment, which no server sees.

use app::ssr::{LoginNotice, LoginPage};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use domain::{ErrorCode, session::SignedIn};
use serde::Deserialize;
use url::Url;

use crate::{
    http::extract::ApiQuery,
    pages::{
        next, plain, qr,
        reader::Reader,
        security::{Fence, page},
    },
    state::AppState,
};

/// What an address of `/login` may say.
#[derive(Debug, Deserialize)]
pub struct LoginQuery {
    /// Where to go on.
    next: Option<String>,
}

/// `/login`.
pub async fn show(
    State(state): State<AppState>,
    query: Result<ApiQuery<LoginQuery>, crate::http::error::ApiError>,
    headers: HeaderMap,
) -> Response {
    // An address that can't be read asks for nothing in particular.
    let asked = query.ok().and_then(|ApiQuery(query)| query.next);
    ways(&state, &headers, next::safe(asked.as_deref()), None).await
}

/// The same after a sign-in that failed.
pub async fn failed(state: &AppState, headers: &HeaderMap, code: ErrorCode) -> Response {
    ways(state, headers, next::HOME, Some(code)).await
}

/// The end of a sign-in: the page hands the session to the tab and goes on.
pub fn handed(state: &AppState, headers: &HeaderMap, signed_in: &SignedIn, next: &str) -> Response {
    let reader = Reader::new(state, headers);
    let html = app::ssr::render_handed(
        reader.setting(&state.site),
        &signed_in.refresh_token,
        next::safe(Some(next)),
    );
    page(&state.settings, Fence::SignIn, StatusCode::OK, &reader.nonce, html)
}

async fn ways(state: &AppState, headers: &HeaderMap, next: &str, failure: Option<ErrorCode>) -> Response {
    let reader = Reader::new(state, headers);
    let catalog = i18n::catalog(reader.locale);
    let link = plain::bot_username(state).await.map(|bot| format!("https://t.me/{bot}?startapp"));
    let label = catalog.text(i18n::keys::site::LOGIN_QR);
    let shown = LoginPage {
        next: next.to_owned(),
        widget: widget_url(state, next),
        oidc: state.services.oidc().is_some().then(|| oidc_url(next)),
        qr: link.as_deref().and_then(|link| qr::svg(link, label, "login__qr")),
        telegram: link,
        notice: failure.map(|code| LoginNotice { code, text: catalog.error(code).to_owned() }),
    };
    let status = failure.map_or(StatusCode::OK, |code| {
        StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    });
    let html = app::ssr::render_login(reader.setting(&state.site), shown);
    page(&state.settings, Fence::SignIn, status, &reader.nonce, html)
}

/// Where the widget leads: Telegram asks there, and sends back here with the answer in the fragment.
fn widget_url(state: &AppState, next: &str) -> Option<String> {
    let bot_id = state.services.bot_id()?;
    let own = &state.settings.public_url;
    let mut back = Url::parse(&format!("{own}/login")).ok()?;
    back.query_pairs_mut().append_pair("next", next);
    let mut url = Url::parse(&format!("{}/auth", state.settings.telegram.login_url)).ok()?;
    url.query_pairs_mut()
        .append_pair("bot_id", &bot_id.0.to_string())
        .append_pair("origin", own)
        .append_pair("return_to", back.as_str());
    Some(url.into())
}

fn oidc_url(next: &str) -> String {
    // A safe path needs no encoding in a query but for what separates pairs.
    format!("/v1/tg/oidc/start?next={}", next.replace('&', "%26"))
}
