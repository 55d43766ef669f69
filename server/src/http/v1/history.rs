//! `/v1/tg/history`, `/v1/tg/entries`: what the caller has come to, and in what they take part.

use axum::{Json, extract::State, http::header, response::IntoResponse};
use domain::{
    Problem,
    tournament::view::{Entered, HistoryPage},
};
use serde::Deserialize;
use services::{Services, tournaments::history};
use utoipa::IntoParams;

use crate::http::{
    error::ApiError,
    extract::{ApiQuery, SignedInSession},
};

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
pub struct HistoryQuery {
    /// At most 100; 20 when left out.
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The caller's final ranks, the latest first.
#[utoipa::path(
    get,
    path = "/v1/tg/history",
    tag = "tournaments",
    security(("bearer" = [])),
    params(HistoryQuery),
    responses(
        (status = 200, description = "The ranks", body = HistoryPage),
        (status = 400, description = "`bad_request`: the cursor is not one of this list", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthorized` or `token_expired`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn history(
    State(services): State<Services>,
    SignedInSession(session): SignedInSession,
    ApiQuery(query): ApiQuery<HistoryQuery>,
) -> Result<impl IntoResponse, ApiError> {
    let limit = query.limit.unwrap_or(20);
    let page = history::page(&services, &session, query.cursor.as_deref(), limit).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(page)))
}

/// The tournaments in which the caller takes part, or has done so.
#[utoipa::path(
    get,
    path = "/v1/tg/entries",
    tag = "tournaments",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "Their ids", body = Entered),
        (status = 401, description = "`unauthorized` or `token_expired`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn entries(
    State(services): State<Services>,
    SignedInSession(session): SignedInSession,
) -> Result<impl IntoResponse, ApiError> {
    let entered = history::entered(&services, &session).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(entered)))
}
