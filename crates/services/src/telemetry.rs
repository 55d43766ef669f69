//! The names of the metrics that use cases count. Labels come from closed lists only, never from a person or a path.

/// Sign-ins verified, by `method` and `result`.
pub const AUTH_VERIFICATIONS_TOTAL: &str = "auth_verifications_total";
/// Seconds that signing a token took.
pub const JWT_ISSUE_SECONDS: &str = "jwt_issue_seconds";
/// Refresh tokens that were used a second time.
pub const REFRESH_REUSE_TOTAL: &str = "refresh_reuse_total";
/// One-time tokens, by `action` and `result`.
pub const ONE_TIME_TOKENS_TOTAL: &str = "one_time_tokens_total";
/// Steps of the funnel, by `step`.
pub const FUNNEL_TOTAL: &str = "funnel_total";
/// Updates, by `result`: `new`, `duplicate`, `done`, `retried`, `dead`.
pub const WEBHOOK_UPDATES_TOTAL: &str = "webhook_updates_total";
/// Messages to Telegram, by `class` and `outcome`.
pub const TELEGRAM_SENDS_TOTAL: &str = "telegram_sends_total";
/// Looks at boards in chats, by `result`: `unchanged`, `edited`, `ended`, `gone`.
pub const BOARD_MESSAGES_TOTAL: &str = "board_messages_total";
/// Answers 429 of Telegram.
pub const TELEGRAM_FLOOD_WAITS_TOTAL: &str = "telegram_flood_waits_total";
/// Seconds that Telegram asked to wait.
pub const TELEGRAM_RETRY_AFTER_SECONDS: &str = "telegram_retry_after_seconds";
/// Age in seconds of the oldest row of a `queue` that is not done.
pub const QUEUE_OLDEST_AGE_SECONDS: &str = "queue_oldest_age_seconds";
/// Rows of a `queue` by `state`.
pub const QUEUE_DEPTH: &str = "queue_depth";
/// Boards whose ranks became final.
pub const TOURNAMENTS_FINALIZED_TOTAL: &str = "tournaments_finalized_total";
/// Players who took part, or could not, by `result`.
pub const TOURNAMENT_ENTRIES_TOTAL: &str = "tournament_entries_total";
/// Platform events, by `result`: `accepted`, `duplicate`, `rejected`.
pub const PLATFORM_EVENTS_TOTAL: &str = "platform_events_total";
/// What made launches suspicious, by `reason`.
pub const SUSPICIONS_TOTAL: &str = "suspicions_total";
/// Events posted to the platform, by `outcome`: `sent`, `retry`, `dead`.
pub const PLATFORM_WEBHOOK_SENDS_TOTAL: &str = "platform_webhook_sends_total";
/// Jobs that a worker began, by `kind`; each try counts.
pub const JOBS_CLAIMED_TOTAL: &str = "jobs_claimed_total";
/// Jobs that were done, by `kind`.
pub const JOBS_COMPLETED_TOTAL: &str = "jobs_completed_total";
/// Tries of jobs that failed, by `kind`.
pub const JOBS_FAILED_TOTAL: &str = "jobs_failed_total";
/// Jobs that were given up, by `kind`.
pub const JOBS_DEAD_TOTAL: &str = "jobs_dead_total";
/// Seconds that doing a job took, by `kind`.
pub const JOB_DURATION_SECONDS: &str = "job_duration_seconds";
/// Missions that were done, by `kind`.
pub const MISSIONS_COMPLETED_TOTAL: &str = "missions_completed_total";
/// Rewards, by `source` and `result`.
pub const REWARDS_TOTAL: &str = "rewards_total";
/// Viewers of live streams.
pub const SSE_CLIENTS: &str = "sse_clients";
/// Seconds from the page's request for a board to its answer, measured in the page.
pub const LEADERBOARD_RTT_SECONDS: &str = "leaderboard_rtt_seconds";

/// Measures a duration for a metric; nothing else may ask the system for the time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stopwatch(std::time::Instant);

impl Stopwatch {
    #[expect(clippy::disallowed_methods, reason = "a metric of duration, never a decision")]
    pub(crate) fn start() -> Self {
        Self(std::time::Instant::now())
    }

    pub(crate) fn seconds(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}
