//! `POST /v1/telemetry`: what the page measured. No ids, bounded numbers.

use std::time::Duration;

use axum::{extract::State, http::StatusCode};
use domain::{ErrorCode, Problem};
use serde::Deserialize;
use services::{
    Services,
    limits::{self, Action, Subject},
};
use utoipa::ToSchema;

use crate::{
    http::{
        error::ApiError,
        extract::{ApiJson, ClientAddress},
    },
    telemetry::names,
};

/// The samples that one report may hold.
const SAMPLES_MAX: usize = 16;

/// What the page measured since its last report.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TelemetryReport {
    /// Milliseconds from a request for a board to its answer; at most 16.
    #[serde(default)]
    rtt_ms: Vec<u32>,
    /// Whether the app was launched since.
    #[serde(default)]
    opened: bool,
}

/// Takes a report of the page.
#[utoipa::path(
    post,
    path = "/v1/telemetry",
    tag = "page",
    request_body = TelemetryReport,
    responses(
        (status = 204, description = "Taken"),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn telemetry(
    State(services): State<Services>,
    ClientAddress(address): ClientAddress,
    ApiJson(report): ApiJson<TelemetryReport>,
) -> Result<StatusCode, ApiError> {
    limits::take(&services, Action::Telemetry, Subject::Address(address)).await?;
    if report.rtt_ms.len() > SAMPLES_MAX {
        return Err(ApiError::new(ErrorCode::BadRequest).with_detail("rtt_ms holds at most 16 samples"));
    }
    for milliseconds in report.rtt_ms {
        let seconds = Duration::from_millis(milliseconds.min(60_000).into()).as_secs_f64();
        metrics::histogram!(names::LEADERBOARD_RTT_SECONDS).record(seconds);
    }
    if report.opened {
        metrics::counter!(names::FUNNEL_TOTAL, "step" => "open").increment(1);
    }
    Ok(StatusCode::NO_CONTENT)
}
