//! `/v1/tg/privacy…`: a copy of what is kept, and its erasure.

use axum::{
    Json,
    extract::State,
    http::{Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{Problem, session::PrivacyState};
use serde::{Deserialize, Serialize};
use services::{
    Services,
    limits::{self, Action, Subject},
    privacy::{self, download},
};
use utoipa::ToSchema;

use crate::http::{
    error::ApiError,
    extract::{ApiJson, ClientAddress, DownloadPath, SignedInSession},
};

/// The origin of Telegram's web client, which fetches a download by script.
const TELEGRAM_WEB: &str = "https://web.telegram.org";

/// Proof that the person has just opened the app.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FreshRequest {
    /// Raw init data, at most 300 s old, of the person whose session it is.
    init_data: String,
}

impl std::fmt::Debug for FreshRequest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("FreshRequest(…)")
    }
}

/// Where the export is.
#[derive(Serialize, ToSchema)]
pub struct ExportAnswer {
    /// An address for Telegram's `downloadFile`: good once, for 10 minutes.
    url: String,
}

impl std::fmt::Debug for ExportAnswer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ExportAnswer(…)")
    }
}

/// Whether an erasure is planned.
#[utoipa::path(
    get,
    path = "/v1/tg/privacy",
    tag = "privacy",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "When the caller will be erased; null when that is not planned", body = PrivacyState),
        (status = 401, description = "`unauthorized` or `token_expired`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn privacy(
    State(services): State<Services>,
    SignedInSession(session): SignedInSession,
) -> Result<impl IntoResponse, ApiError> {
    let state = privacy::state(&services, &session).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(state)))
}

/// Plans the erasure of the caller. Until then it can be taken back.
#[utoipa::path(
    post,
    path = "/v1/tg/privacy/erasure",
    tag = "privacy",
    security(("bearer" = [])),
    request_body = FreshRequest,
    responses(
        (status = 200, description = "When the caller will be erased", body = PrivacyState),
        (status = 400, description = "`bad_request` or `init_data_malformed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthorized`, `token_expired`, `init_data_invalid` or `init_data_stale`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`init_data_foreign`: of somebody else than the session", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn plan_erasure(
    State(services): State<Services>,
    SignedInSession(session): SignedInSession,
    ApiJson(request): ApiJson<FreshRequest>,
) -> Result<impl IntoResponse, ApiError> {
    let state = privacy::plan_erasure(&services, &session, &request.init_data).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(state)))
}

/// Takes a planned erasure back.
#[utoipa::path(
    delete,
    path = "/v1/tg/privacy/erasure",
    tag = "privacy",
    security(("bearer" = [])),
    responses(
        (status = 204, description = "No erasure is planned (any more)"),
        (status = 401, description = "`unauthorized` or `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn cancel_erasure(
    State(services): State<Services>,
    SignedInSession(session): SignedInSession,
) -> Result<StatusCode, ApiError> {
    privacy::cancel_erasure(&services, &session).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives out the address of the caller's export.
#[utoipa::path(
    post,
    path = "/v1/tg/privacy/export",
    tag = "privacy",
    security(("bearer" = [])),
    request_body = FreshRequest,
    responses(
        (status = 200, description = "Where the export is", body = ExportAnswer),
        (status = 400, description = "`bad_request` or `init_data_malformed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthorized`, `token_expired`, `init_data_invalid` or `init_data_stale`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`init_data_foreign`: of somebody else than the session", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn export(
    State(services): State<Services>,
    SignedInSession(session): SignedInSession,
    ApiJson(request): ApiJson<FreshRequest>,
) -> Result<impl IntoResponse, ApiError> {
    let url = download::give_out(&services, &session, &request.init_data).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(ExportAnswer { url })))
}

/// The export: good for one GET. A HEAD uses nothing up.
#[utoipa::path(
    get,
    path = "/v1/tg/privacy/export/{token}",
    tag = "privacy",
    params(("token" = String, Path, description = "From the address that was given out")),
    responses(
        (status = 200, description = "All that is kept of the person", content_type = "application/json"),
        (status = 404, description = "`download_unknown`", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "`download_expired` or `download_used`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn download_export(
    State(services): State<Services>,
    ClientAddress(address): ClientAddress,
    method: Method,
    DownloadPath(token): DownloadPath,
) -> Result<Response, ApiError> {
    limits::take(&services, Action::Privacy, Subject::Address(address)).await?;
    let body = if method == Method::HEAD {
        download::check(&token)?;
        Vec::new()
    } else {
        download::fetch(&services, &token).await?
    };
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CONTENT_DISPOSITION, r#"attachment; filename="podium-export.json""#),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, TELEGRAM_WEB),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    Ok((headers, body).into_response())
}
