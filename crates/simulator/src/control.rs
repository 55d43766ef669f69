//! The control API under `/_sim/`, for tests and for the page. Documented in the README.
//!
//! Invariant: only pages of this very origin may call it, so that no web page that happens to be open can.

mod demo;
mod events;
mod faults;
mod inline;
mod people;
mod watch;

use axum::{
    Json, Router,
    extract::Request,
    http::StatusCode,
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::json;

use crate::simulator::Simulator;

/// A refusal with one sentence.
#[derive(Debug)]
pub struct Refusal(StatusCode, String);

impl Refusal {
    /// A refusal with a status.
    pub fn new(status: StatusCode, reason: impl std::fmt::Display) -> Self {
        Self(status, reason.to_string())
    }

    /// 404 for a person who is not there.
    pub fn no_user() -> Self {
        Self::new(StatusCode::NOT_FOUND, "there is no user with this id")
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, Json(json!({"error": self.1}))).into_response()
    }
}

/// All routes.
pub fn routes() -> Router<Simulator> {
    Router::new()
        .route("/users", get(people::list).post(people::create))
        .route("/users/{id}/messages", post(people::write))
        .route("/users/{id}/callbacks", post(people::press))
        .route("/users/{id}/block", post(people::block))
        .route("/users/{id}/unblock", post(people::unblock))
        .route("/users/{id}/contact", post(people::contact))
        .route("/users/{id}/write_access", post(people::write_access))
        .route("/users/{id}/web_app_data", post(people::web_app_data))
        .route("/users/{id}/prepared/{prepared_id}", post(people::share))
        .route("/users/{id}/inline", post(inline::ask))
        .route("/users/{id}/inline/choose", post(inline::choose))
        .route("/users/{id}/messages/{message_id}/delete", post(inline::delete))
        .route("/inline/{id}", get(inline::found))
        .route("/users/{id}/launch", get(people::launch))
        .route("/chats/{id}", get(watch::chat))
        .route("/callbacks/{id}", get(watch::callback))
        .route("/load", post(people::load))
        .route("/state", get(watch::state))
        .route("/calls", get(watch::calls))
        .route("/bot", get(watch::bot))
        .route("/events", get(events::stream))
        .route("/faults", get(faults::get_faults).post(faults::set_faults))
        .route("/limits", get(faults::get_limits).post(faults::set_limits))
        .route("/script", get(faults::get_script).post(faults::set_script))
        .route("/reset", post(faults::reset))
        .route("/demo", get(demo::state))
        .route("/demo/score", post(demo::score))
        .route("/demo/pause", post(demo::pause))
        .route("/demo/resume", post(demo::resume))
        .layer(middleware::from_fn(same_origin))
}

async fn same_origin(request: Request, next: Next) -> Response {
    let site = request.headers().get("sec-fetch-site").and_then(|value| value.to_str().ok());
    if matches!(site, Some("cross-site" | "same-site")) {
        return Refusal::new(StatusCode::FORBIDDEN, "another site may not steer the simulator")
            .into_response();
    }
    next.run(request).await
}
