//! The exporter, its buckets, and what each metric is for.

use std::time::Duration;

use anyhow::Context;
use metrics::{Label, counter, describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use storage::job::JobKind;
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

/// The values that labels take: each combination is a series.
type Labels = &'static [(&'static str, &'static [&'static str])];

/// A counter, what it is for, and its series when they are known beforehand.
struct Counter(&'static str, &'static str, &'static [Labels]);

/// The series of a counter without labels.
const ONE: &[Labels] = &[&[]];

/// A series for each kind of job.
const JOB_KINDS: Labels = &[("kind", JobKind::LABELS)];

/// Every counter. A series that appears only when it is first counted has no rate at that moment, and an alert over it
/// misses the first failure; so what is known beforehand is there from the start.
const COUNTERS: [Counter; 21] = [
    Counter(
        names::TELEGRAM_WEBHOOK_RESPONSES_TOTAL,
        "Answers to Telegram's webhook calls",
        &[&[("status", &["200", "400", "401", "413", "500", "503"])]],
    ),
    Counter(
        names::WEBHOOK_UPDATES_TOTAL,
        "Updates taken, done, retried and given up",
        &[&[("result", &["new", "duplicate", "done", "retried", "dead"])]],
    ),
    Counter(
        names::TELEGRAM_SENDS_TOTAL,
        "Messages to Telegram by class and outcome",
        &[
            &[
                ("class", &["reply", "notice", "mass"]),
                ("outcome", &["sent", "blocked", "failed", "ambiguous", "retry", "flood_wait", "moot"]),
            ],
            &[("class", &["any"]), ("outcome", &["ambiguous"])],
        ],
    ),
    Counter(
        names::BOARD_MESSAGES_TOTAL,
        "Looks at boards in chats that keep themselves up to date",
        &[&[("result", &["unchanged", "edited", "ended", "gone"])]],
    ),
    Counter(names::TELEGRAM_FLOOD_WAITS_TOTAL, "Answers 429 of Telegram", ONE),
    Counter(
        names::AUTH_VERIFICATIONS_TOTAL,
        "Sign-ins by method and result",
        &[
            &[("method", &["init_data"]), ("result", &["ok", "malformed", "invalid", "stale", "suspicious"])],
            &[("method", &["widget"]), ("result", &["ok", "malformed", "invalid", "stale", "used"])],
            &[
                ("method", &["oidc"]),
                (
                    "result",
                    &["ok", "malformed", "invalid", "stale", "used", "state", "refused", "off", "provider"],
                ),
            ],
            &[("method", &["refresh"]), ("result", &["ok", "invalid", "reuse"])],
            &[("method", &["fresh"]), ("result", &["ok", "malformed", "invalid", "stale", "foreign"])],
        ],
    ),
    Counter(
        names::SUSPICIONS_TOTAL,
        "What made launches suspicious",
        &[&[("reason", &["auth_date_future", "auth_date_far", "other_network", "many_networks"])]],
    ),
    Counter(names::REFRESH_REUSE_TOTAL, "Refresh tokens that were used twice", ONE),
    // Its labels depend on the routes.
    Counter(names::HTTP_REQUESTS_TOTAL, "Requests by route, method and status", &[]),
    Counter(
        names::PLATFORM_EVENTS_TOTAL,
        "Events of the platform by result",
        &[&[("result", &["accepted", "duplicate", "rejected"])]],
    ),
    Counter(
        names::PLATFORM_WEBHOOK_SENDS_TOTAL,
        "Events posted to the platform by outcome",
        &[&[("outcome", &["sent", "retry", "dead"])]],
    ),
    Counter(
        names::ONE_TIME_TOKENS_TOTAL,
        "One-time tokens by action and result",
        &[
            &[
                (
                    "action",
                    &[
                        "link",
                        "sign_in",
                        "open_tournament",
                        "open_mission",
                        "open_kyc",
                        "console_invitation",
                        "handoff",
                        "join",
                    ],
                ),
                ("result", &["issued", "spent", "reused", "expired", "foreign", "declined"]),
            ],
            &[("action", &["unknown"]), ("result", &["unknown"])],
        ],
    ),
    Counter(names::JOBS_CLAIMED_TOTAL, "Jobs begun by kind, each try", &[JOB_KINDS]),
    Counter(names::JOBS_COMPLETED_TOTAL, "Jobs done by kind", &[JOB_KINDS]),
    Counter(names::JOBS_FAILED_TOTAL, "Tries of jobs that failed by kind", &[JOB_KINDS]),
    Counter(names::JOBS_DEAD_TOTAL, "Jobs given up by kind", &[JOB_KINDS]),
    Counter(
        names::MISSIONS_COMPLETED_TOTAL,
        "Missions that were done, once for each player and period",
        &[&[("kind", &["one_off", "daily", "weekly", "streak", "achievement"])]],
    ),
    Counter(names::TOURNAMENTS_FINALIZED_TOTAL, "Boards whose ranks became final", ONE),
    Counter(
        names::TOURNAMENT_ENTRIES_TOTAL,
        "Players who took part in a tournament by what brought them, and who could not",
        &[&[(
            "result",
            &["app", "chat", "score", "platform", "full", "not_eligible", "closed", "entries_used", "failed"],
        )]],
    ),
    Counter(
        names::REWARDS_TOTAL,
        "Rewards by what they are for and what became of them",
        &[&[
            ("source", &["tournament", "mission", "achievement"]),
            (
                "result",
                &["offered", "granted", "repeated", "revoked", "expired", "foreign", "not_linked", "failed"],
            ),
        ]],
    ),
    Counter(
        names::FUNNEL_TOTAL,
        "Steps from opening the app to its target",
        &[&[("step", &["open", "authorised", "target"])]],
    ),
];

/// Tells what each metric is for, and begins the counters at 0.
fn describe() {
    for Counter(name, what, series) in COUNTERS {
        describe_counter!(name, what);
        for labels in series.iter().flat_map(|labels| combinations(labels)) {
            counter!(name, labels).increment(0);
        }
    }
    describe_histogram!(
        names::TELEGRAM_WEBHOOK_ACK_SECONDS,
        "Seconds until an update is durable and acknowledged"
    );
    describe_gauge!(names::QUEUE_OLDEST_AGE_SECONDS, "Age of the oldest row that is not done");
    describe_gauge!(names::QUEUE_DEPTH, "Rows by state");
    describe_histogram!(names::TELEGRAM_RETRY_AFTER_SECONDS, "Seconds that Telegram asked to wait");
    describe_histogram!(names::JOB_DURATION_SECONDS, "Seconds that doing a job took");
    describe_histogram!(names::JWT_ISSUE_SECONDS, "Seconds that signing a token took");
    describe_histogram!(names::HTTP_REQUEST_DURATION_SECONDS, "Seconds that requests took");
    describe_histogram!(
        names::LEADERBOARD_RTT_SECONDS,
        "Seconds from the page's request for a board to its answer"
    );
    describe_gauge!(names::SSE_CLIENTS, "Viewers of live boards");
    gauge!(names::SSE_CLIENTS).set(0.0);
    describe_gauge!(names::HTTP_CONNECTIONS, "Open connections by listener");
}

/// Every combination of the values of some labels.
fn combinations(labels: Labels) -> Vec<Vec<Label>> {
    labels.iter().fold(vec![Vec::new()], |series, (key, values)| {
        let with = |value: &'static str, labels: &[Label]| {
            [labels, &[Label::from_static_parts(key, value)]].concat()
        };
        series.iter().flat_map(|labels| values.iter().map(|value| with(value, labels))).collect()
    })
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

#[cfg(test)]
mod tests {
    use services::telemetry::TELEGRAM_SENDS_TOTAL;
    use storage::outbox::{Outcome, OutgoingClass};

    use super::*;

    /// What the first scrape shows.
    fn first_scrape() -> String {
        let recorder = PrometheusBuilder::new().build_recorder();
        metrics::with_local_recorder(&recorder, describe);
        recorder.handle().render()
    }

    #[test]
    fn every_series_that_is_known_beforehand_is_there_with_0() {
        let text = first_scrape();
        for Counter(name, _, series) in COUNTERS {
            let expected: usize = series.iter().map(|labels| combinations(labels).len()).sum();
            let of_counter =
                |line: &&str| line.starts_with(&format!("{name}{{")) || *line == format!("{name} 0");
            let lines: Vec<_> = text.lines().filter(of_counter).collect();
            assert_eq!(lines.len(), expected, "{name} in {text}");
            assert!(lines.iter().all(|line| line.ends_with(" 0")), "{lines:?}");
        }
        assert!(text.contains("auth_verifications_total{method=\"refresh\",result=\"reuse\"} 0"), "{text}");
        assert!(text.contains("sse_clients 0"), "{text}");
    }

    #[test]
    fn the_table_has_every_class_and_outcome_of_a_message() {
        let text = first_scrape();
        let outcomes =
            [Outcome::Sent { message_id: None }, Outcome::Blocked, Outcome::Failed, Outcome::Ambiguous];
        for class in OutgoingClass::ALL {
            for outcome in outcomes {
                let (class, outcome) = (class.label(), outcome.label());
                let series = format!("{TELEGRAM_SENDS_TOTAL}{{class=\"{class}\",outcome=\"{outcome}\"}} 0");
                assert!(text.contains(&series), "{series} is not in {text}");
            }
        }
    }
}
