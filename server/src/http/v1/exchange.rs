//! `POST /v1/tg/exchange`: init data for a session.

use axum::{Json, extract::State, http::header, response::IntoResponse};
use domain::{Problem, session::SignedIn};
use serde::Deserialize;
use services::{
    Services, identity,
    limits::{self, Action, Subject},
};
use utoipa::ToSchema;

use crate::http::{
    error::ApiError,
    extract::{ApiJson, ClientAddress, ClientDevice},
};

/// What a launch of the Mini App is handed by Telegram.
#[derive(Deserialize, ToSchema)]
pub struct ExchangeRequest {
    /// The raw init data, exactly as Telegram gave it.
    init_data: String,
}

impl std::fmt::Debug for ExchangeRequest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ExchangeRequest(…)")
    }
}

/// Signs a player in.
#[utoipa::path(
    post,
    path = "/v1/tg/exchange",
    tag = "sign-in",
    request_body = ExchangeRequest,
    responses(
        (status = 200, description = "Signed in", body = SignedIn),
        (status = 400, description = "`init_data_malformed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`init_data_invalid` or `init_data_stale`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn exchange(
    State(services): State<Services>,
    ClientAddress(address): ClientAddress,
    ClientDevice(device): ClientDevice,
    ApiJson(request): ApiJson<ExchangeRequest>,
) -> Result<impl IntoResponse, ApiError> {
    limits::take(&services, Action::Exchange, Subject::Address(address)).await?;
    let signed_in = identity::sign_in(&services, &request.init_data, device).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(signed_in)))
}
