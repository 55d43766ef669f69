//! The funnel from opening the app to a target: a join, a claim, or the way to the cabinet.

use crate::{Services, identity::Session, limits, telemetry};

/// A session counts once on its way to a target, however often it gets there.
const WINDOW_MS: i64 = 24 * 3_600_000;

/// Counts that a session has reached a target.
pub(crate) async fn target(services: &Services, session: &Session) {
    if limits::first(services, "funnel:target", session.session_id().as_uuid().as_bytes(), WINDOW_MS).await {
        metrics::counter!(telemetry::FUNNEL_TOTAL, "step" => "target").increment(1);
    }
}
