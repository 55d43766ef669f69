//! `GET /health/live` and `/health/ready`, for load balancers in front of the public listener.

use axum::{extract::State, http::StatusCode};

use crate::{http::internal, state::AppState};

/// The process runs.
#[utoipa::path(get, path = "/health/live", tag = "health", responses((status = 200, description = "It runs")))]
pub(crate) async fn live() -> StatusCode {
    internal::live().await
}

/// The process can serve.
#[utoipa::path(
    get,
    path = "/health/ready",
    tag = "health",
    responses((status = 200, description = "It can serve"), (status = 503, description = "The database does not answer, or the process is stopping"))
)]
pub(crate) async fn ready(State(state): State<AppState>) -> StatusCode {
    internal::ready(&state.services, &state.stop).await
}
