//! `/oauth/auth`: the page that asks who you are. The answer, a person's id or `none`, is posted, so that no address of a
//! browser has it; a program may put it into the address as `user` and is answered at once.

use std::fmt::Write as _;

use axum::{
    Form,
    extract::{Query, State},
    http::{HeaderName, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use reqwest::Url;
use serde::Deserialize;

use crate::{
    html::escape,
    oauth::{CODES_MAX, Code, widget},
    simulator::Simulator,
    world::users::User,
};

/// The most people that the page shows.
const SHOWN_MAX: usize = 500;

/// What the address says: of the widget, or of OpenID Connect.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Asked {
    bot_id: Option<String>,
    return_to: Option<String>,
    client_id: Option<String>,
    redirect_uri: Option<String>,
    response_type: Option<String>,
    scope: Option<String>,
    state: Option<String>,
    nonce: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
    user: Option<String>,
}

impl Asked {
    /// Where the browser goes back to; a sentence when the address makes no sense.
    fn back(&self, simulator: &Simulator) -> Result<Url, &'static str> {
        let bot_id = simulator.config().token.split(':').next().unwrap_or_default();
        let client = self.bot_id.as_deref().or(self.client_id.as_deref());
        if client != Some(bot_id) {
            return Err("there is no such bot");
        }
        let back = if self.bot_id.is_some() { &self.return_to } else { &self.redirect_uri };
        let back = back.as_deref().and_then(|text| Url::parse(text).ok()).ok_or("there is no way back")?;
        if self.bot_id.is_none() {
            if self.response_type.as_deref() != Some("code") {
                return Err("response_type must be code");
            }
            if !self.scope.as_deref().unwrap_or_default().split(' ').any(|scope| scope == "openid") {
                return Err("scope must have openid");
            }
            if self.code_challenge.is_some() && self.code_challenge_method.as_deref() != Some("S256") {
                return Err("code_challenge_method must be S256");
            }
        }
        Ok(back)
    }
}

/// Asks, or answers.
pub(super) async fn ask(
    State(simulator): State<Simulator>,
    Query(asked): Query<Asked>,
    axum::extract::RawQuery(query): axum::extract::RawQuery,
) -> Response {
    let back = match asked.back(&simulator) {
        Ok(back) => back,
        Err(reason) => return (StatusCode::BAD_REQUEST, reason).into_response(),
    };
    respond(&simulator, &asked, back, asked.user.as_deref(), query.as_deref())
}

/// What the page posts.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    user: String,
}

/// Answers.
pub(super) async fn answer(
    State(simulator): State<Simulator>,
    Query(asked): Query<Asked>,
    Form(answer): Form<Answer>,
) -> Response {
    match asked.back(&simulator) {
        Ok(back) => respond(&simulator, &asked, back, Some(&answer.user), None),
        Err(reason) => (StatusCode::BAD_REQUEST, reason).into_response(),
    }
}

fn respond(
    simulator: &Simulator,
    asked: &Asked,
    back: Url,
    user: Option<&str>,
    query: Option<&str>,
) -> Response {
    match user {
        None => page(simulator, query.unwrap_or_default()),
        Some("none") => declined(asked, back),
        Some(user) => {
            let user = user.parse().ok().and_then(|id| simulator.world().users.get(id).cloned());
            match user {
                Some(user) => confirmed(simulator, asked, back, &user),
                None => (StatusCode::NOT_FOUND, "there is no such person").into_response(),
            }
        }
    }
}

fn declined(asked: &Asked, mut back: Url) -> Response {
    if asked.bot_id.is_some() {
        back.set_fragment(Some("tgAuthResult=false"));
    } else {
        back.query_pairs_mut().append_pair("error", "access_denied");
        back.query_pairs_mut().extend_pairs(asked.state.iter().map(|state| ("state", state)));
    }
    Redirect::to(back.as_str()).into_response()
}

fn confirmed(simulator: &Simulator, asked: &Asked, mut back: Url, user: &User) -> Response {
    let now = simulator.now();
    if asked.bot_id.is_some() {
        let fields = widget::fields(user, now.as_secs(), &simulator.config().token);
        back.set_fragment(Some(&widget::fragment(&fields)));
        return Redirect::to(back.as_str()).into_response();
    }
    let mut state = simulator.oauth().state();
    state.codes.retain(|_, code| now.as_millis() - code.made_at_ms < super::token::CODE_MS);
    if state.codes.len() >= CODES_MAX {
        return (StatusCode::TOO_MANY_REQUESTS, "too many codes wait").into_response();
    }
    state.codes_total += 1;
    let text = format!("code-{}", state.codes_total);
    let code = Code {
        user_id: user.id,
        client_id: asked.client_id.clone().unwrap_or_default(),
        redirect_uri: asked.redirect_uri.clone().unwrap_or_default(),
        nonce: asked.nonce.clone(),
        challenge: asked.code_challenge.clone(),
        made_at_ms: now.as_millis(),
    };
    state.codes.insert(text.clone(), code);
    back.query_pairs_mut().append_pair("code", &text);
    back.query_pairs_mut().extend_pairs(asked.state.iter().map(|state| ("state", state)));
    Redirect::to(back.as_str()).into_response()
}

fn page(simulator: &Simulator, query: &str) -> Response {
    let query = escape(query);
    let mut people = String::new();
    for user in simulator.world().users.iter().take(SHOWN_MAX) {
        // Writing to a string can't fail.
        let _ = write!(
            people,
            "<li><button name=\"user\" value=\"{0}\" data-testid=\"login-user-{0}\">{1}</button></li>",
            user.id,
            escape(&user.first_name)
        );
    }
    let html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width,initial-scale=1\"><title>Simulated log in</title><link rel=\"icon\" \
         href=\"/page/icon.svg\"></head><body><h1>Who are you?</h1><form method=\"post\" \
         action=\"?{query}\"><ul>{people}</ul><p><button name=\"user\" value=\"none\" \
         data-testid=\"login-decline\">Nobody</button></p></form></body></html>"
    );
    let headers: [(HeaderName, &str); 3] = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; img-src 'self'; frame-ancestors 'none'"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, html).into_response()
}
