//! The exporter, its buckets, and what each metric is for.

use std::time::Duration;

use anyhow::Context;
use metrics::{describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use tokio_util::sync::CancellationToken;

use crate::telemetry::names;

/// Seconds; fine below 10 ms, where our targets are.
const SECONDS: [f64; 14] =
    [0.000_5, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 30.0];

const UPKEEP_EACH: Duration = Duration::from_secs(5);

/// Starts recording; the handle renders what `/metrics` answers.
///
/// # Errors
/// When a recorder is installed already.
pub fn install() -> anyhow::Result<PrometheusHandle> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
        .context("the histogram buckets are not valid")?
        .install_recorder()
        .context("metrics are recorded already")?;
    describe();
    Ok(handle)
}

/// Sums up what was recorded, again and again until `stopping`: without it samples pile up until somebody scrapes.
///
/// # Errors
/// Never; the signature is that of the server's parts.
pub async fn keep(handle: PrometheusHandle, stopping: CancellationToken) -> anyhow::Result<()> {
    loop {
        tokio::select! {
            () = stopping.cancelled() => return Ok(()),
            () = tokio::time::sleep(UPKEEP_EACH) => handle.run_upkeep(),
        }
    }
}

fn describe() {
    describe_histogram!(
        names::TELEGRAM_WEBHOOK_ACK_SECONDS,
        "Seconds until an update is durable and acknowledged"
    );
    describe_counter!(names::TELEGRAM_WEBHOOK_RESPONSES_TOTAL, "Answers to Telegram's webhook calls");
    describe_counter!(names::WEBHOOK_UPDATES_TOTAL, "Updates taken, done, retried and given up");
    describe_gauge!(names::QUEUE_OLDEST_AGE_SECONDS, "Age of the oldest row that is not done");
    describe_gauge!(names::QUEUE_DEPTH, "Rows by state");
    describe_counter!(names::TELEGRAM_SENDS_TOTAL, "Messages to Telegram by class and outcome");
    describe_counter!(names::TELEGRAM_FLOOD_WAITS_TOTAL, "Answers 429 of Telegram");
    describe_histogram!(names::TELEGRAM_RETRY_AFTER_SECONDS, "Seconds that Telegram asked to wait");
    describe_counter!(names::AUTH_VERIFICATIONS_TOTAL, "Sign-ins by method and result");
    describe_counter!(names::REFRESH_REUSE_TOTAL, "Refresh tokens that were used twice");
    describe_histogram!(names::JWT_ISSUE_SECONDS, "Seconds that signing a token took");
    describe_counter!(names::HTTP_REQUESTS_TOTAL, "Requests by route, method and status");
    describe_histogram!(names::HTTP_REQUEST_DURATION_SECONDS, "Seconds that requests took");
    describe_histogram!(
        names::LEADERBOARD_RTT_SECONDS,
        "Seconds from the page's request for a board to its answer"
    );
    describe_counter!(names::PLATFORM_EVENTS_TOTAL, "Events of the platform by result");
    describe_counter!(names::FUNNEL_TOTAL, "Steps from opening the app to its target");
    describe_gauge!(names::SSE_CLIENTS, "Viewers of live boards");
    describe_gauge!(names::HTTP_CONNECTIONS, "Open connections by listener");
}

/// Measures a duration for a metric; no decision may depend on it.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    /// Starts to measure.
    #[expect(clippy::disallowed_methods, reason = "a metric of duration, never a decision")]
    pub fn start() -> Self {
        Self(std::time::Instant::now())
    }

    /// Seconds since the start.
    pub fn seconds(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}
