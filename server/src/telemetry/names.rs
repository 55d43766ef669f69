//! The names of all metrics. Those that use cases count are defined beside them.

pub use services::telemetry::{
    AUTH_VERIFICATIONS_TOTAL, BOARD_MESSAGES_TOTAL, FUNNEL_TOTAL, JOB_DURATION_SECONDS, JOBS_CLAIMED_TOTAL,
    JOBS_COMPLETED_TOTAL, JOBS_DEAD_TOTAL, JOBS_FAILED_TOTAL, JWT_ISSUE_SECONDS, LEADERBOARD_RTT_SECONDS,
    MISSIONS_COMPLETED_TOTAL, ONE_TIME_TOKENS_TOTAL, PLATFORM_EVENTS_TOTAL, PLATFORM_WEBHOOK_SENDS_TOTAL,
    QUEUE_DEPTH, QUEUE_OLDEST_AGE_SECONDS, REFRESH_REUSE_TOTAL, REWARDS_TOTAL, SSE_CLIENTS, SUSPICIONS_TOTAL,
    TELEGRAM_FLOOD_WAITS_TOTAL, TELEGRAM_RETRY_AFTER_SECONDS, TELEGRAM_SENDS_TOTAL, TOURNAMENT_ENTRIES_TOTAL,
    TOURNAMENTS_FINALIZED_TOTAL, WEBHOOK_UPDATES_TOTAL,
};

/// Seconds from the head of an update's request to its acknowledgement.
pub const TELEGRAM_WEBHOOK_ACK_SECONDS: &str = "telegram_webhook_ack_seconds";
/// Answers to Telegram, by `status`.
pub const TELEGRAM_WEBHOOK_RESPONSES_TOTAL: &str = "telegram_webhook_responses_total";
/// Requests, by `route`, `method` and `status`.
pub const HTTP_REQUESTS_TOTAL: &str = "http_requests_total";
/// Seconds that requests took, by `route` and `method`.
pub const HTTP_REQUEST_DURATION_SECONDS: &str = "http_request_duration_seconds";
/// Open connections, by `listener`: `public`, `internal`.
pub const HTTP_CONNECTIONS: &str = "http_connections";
