//! `POST /v1/tg/login`: the fields of the Login Widget for a session.

use axum::{Json, extract::State, http::header, response::IntoResponse};
use domain::{Problem, session::SignedIn};
use serde::Deserialize;
use services::{
    Services, identity,
    limits::{self, Action, Subject},
};
use telegram::login_widget::LoginFields;
use utoipa::ToSchema;

use crate::http::{
    error::ApiError,
    extract::{ApiJson, ClientAddress, ClientDevice},
};

/// What the Login Widget hands to a page, exactly as it came. All fields are signed, also ones that are not listed here.
#[derive(Deserialize, ToSchema)]
#[schema(value_type = LoginRequestFields)]
#[serde(transparent)]
pub struct LoginRequest(LoginFields);

/// The fields that are known.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the call; the fields are read by the verifier")]
struct LoginRequestFields {
    /// Telegram's number of the person.
    id: i64,
    /// The first name.
    first_name: String,
    /// The last name.
    last_name: Option<String>,
    /// The name behind the @.
    username: Option<String>,
    /// The address of the person's picture.
    photo_url: Option<String>,
    /// Seconds since 1970.
    auth_date: i64,
    /// The signature.
    hash: String,
}

impl std::fmt::Debug for LoginRequest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("LoginRequest(…)")
    }
}

/// Signs a person in outside Telegram. Init data is not accepted here, and these fields not by exchange.
#[utoipa::path(
    post,
    path = "/v1/tg/login",
    tag = "sign-in",
    request_body = LoginRequestFields,
    responses(
        (status = 200, description = "Signed in", body = SignedIn),
        (status = 400, description = "`login_malformed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`login_invalid`, `login_stale` or `login_used`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn login(
    State(services): State<Services>,
    ClientAddress(address): ClientAddress,
    ClientDevice(device): ClientDevice,
    ApiJson(LoginRequest(fields)): ApiJson<LoginRequest>,
) -> Result<impl IntoResponse, ApiError> {
    limits::take(&services, Action::Exchange, Subject::Address(address)).await?;
    let signed_in = identity::login(&services, &fields, device).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(signed_in)))
}
