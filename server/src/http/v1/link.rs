//! `POST /v1/tg/link/preview` and `POST /v1/tg/link`: an account of the platform for the signed-in person.

use axum::{Json, extract::State, http::header, response::IntoResponse};
use domain::{Problem, session::Me, token::LinkQuestion};
use serde::Deserialize;
use services::{
    Services,
    limits::{self, Action, Subject},
    links,
};
use utoipa::ToSchema;

use crate::http::{
    error::ApiError,
    extract::{ApiJson, ClientAddress, SignedInSession},
};

/// A one-time token that somebody shows.
#[derive(Deserialize, ToSchema)]
pub struct PreviewRequest {
    /// The token, or the link that holds it.
    token: String,
}

/// A one-time token, and the proof that the person is there.
#[derive(Deserialize, ToSchema)]
pub struct LinkRequest {
    /// The token, or the link that holds it.
    token: String,
    /// The raw init data of a launch at most 5 minutes ago.
    init_data: String,
    /// Whether the link with another account ends for this one.
    #[serde(default)]
    replace: bool,
}

macro_rules! prints_its_name_alone {
    ($($name:ident),*) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )*};
}

prints_its_name_alone!(PreviewRequest, LinkRequest);

/// What a link would do, to be shown before the person says yes. Binds the token to the person.
#[utoipa::path(
    post,
    path = "/v1/tg/link/preview",
    tag = "linking",
    security(("bearer" = [])),
    request_body = PreviewRequest,
    responses(
        (status = 200, description = "What would be linked", body = LinkQuestion),
        (status = 401, description = "`unauthorized` or `token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`one_time_token_foreign`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`one_time_token_unknown`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`one_time_token_used`", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "`one_time_token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn preview(
    State(services): State<Services>,
    ClientAddress(address): ClientAddress,
    SignedInSession(session): SignedInSession,
    ApiJson(request): ApiJson<PreviewRequest>,
) -> Result<impl IntoResponse, ApiError> {
    limits::take(&services, Action::Link, Subject::Address(address)).await?;
    let question = links::preview(&services, &session, &request.token).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(question)))
}

/// Links an account. The session goes on under the linked user; refresh for a token that names it.
#[utoipa::path(
    post,
    path = "/v1/tg/link",
    tag = "linking",
    security(("bearer" = [])),
    request_body = LinkRequest,
    responses(
        (status = 200, description = "Linked", body = Me),
        (status = 400, description = "`init_data_malformed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthorized`, `token_expired`, `init_data_invalid` or `init_data_stale`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`init_data_foreign` or `one_time_token_foreign`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`one_time_token_unknown`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`one_time_token_used`; `account_taken` by another person; `telegram_id_taken`: another account is linked, and `replace` is not set", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "`one_time_token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn link(
    State(services): State<Services>,
    ClientAddress(address): ClientAddress,
    SignedInSession(session): SignedInSession,
    ApiJson(request): ApiJson<LinkRequest>,
) -> Result<impl IntoResponse, ApiError> {
    limits::take(&services, Action::Link, Subject::Address(address)).await?;
    let me = links::link(&services, &session, &request.token, &request.init_data, request.replace).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(me)))
}
