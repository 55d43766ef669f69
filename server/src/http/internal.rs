//! The internal listener: health and metrics. It is never exposed to the public.

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use metrics_exporter_prometheus::PrometheusHandle;
use services::Services;

use crate::stop::Stop;

/// What the internal routes are handed.
#[derive(Debug, Clone)]
pub struct InternalState {
    /// The use cases.
    pub services: Services,
    /// The exporter's side of the metrics.
    pub metrics: PrometheusHandle,
    /// How this process stops.
    pub stop: Stop,
}

/// `/health/live`, `/health/ready` and `/metrics`.
pub fn router(state: InternalState) -> Router {
    Router::new()
        .route("/health/live", get(live))
        .route("/health/ready", get(ready_internal))
        .route("/metrics", get(metrics))
        .with_state(state)
}

/// The process runs.
pub async fn live() -> StatusCode {
    StatusCode::OK
}

async fn ready_internal(State(state): State<InternalState>) -> StatusCode {
    ready(&state.services, &state.stop).await
}

/// The process can serve: it is not stopping, and the database answers.
pub async fn ready(services: &Services, stop: &Stop) -> StatusCode {
    if stop.draining.is_cancelled() {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    match services.store().ping().await {
        Ok(()) => StatusCode::OK,
        Err(error) => {
            tracing::warn!(
                error = %domain::ErrorChain(&error),
                "not ready: the database does not answer"
            );
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}

async fn metrics(State(state): State<InternalState>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], state.metrics.render())
}
