//! What is counted and measured of each request.
//!
//! A metric is looked up by its labels, which are texts; for a request that takes some microseconds that is dear. So
//! the handles of each route, method and status are kept.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use axum::http::StatusCode;
use metrics::{Counter, Histogram};

use crate::telemetry::names;

/// The route that stands for the address of Telegram's updates, which may be a secret.
const WEBHOOK: &str = "webhook";

/// The metrics of requests. Cheap to clone.
#[derive(Clone)]
pub struct RequestMetrics {
    webhook_path: Option<Arc<str>>,
    routes: Arc<RwLock<HashMap<Arc<str>, Vec<Answers>>>>,
}

/// Answers of one route with one method and one status.
#[derive(Clone)]
struct Answers {
    method: &'static str,
    status: StatusCode,
    total: Counter,
    seconds: Histogram,
    webhook: Option<(Counter, Histogram)>,
}

impl std::fmt::Debug for RequestMetrics {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("RequestMetrics(…)")
    }
}

impl RequestMetrics {
    /// Nothing is counted yet. `webhook_path` is where Telegram's updates come in.
    pub fn new(webhook_path: Option<&str>) -> Self {
        Self { webhook_path: webhook_path.map(Into::into), routes: Arc::default() }
    }

    /// What logs and labels call a route: its pattern, and for the webhook a fixed word.
    pub fn name<'route>(&self, pattern: &'route str) -> &'route str {
        let is_webhook = self
            .webhook_path
            .as_deref()
            .is_some_and(|path| path.trim_end_matches('/') == pattern.trim_end_matches('/'));
        if is_webhook { WEBHOOK } else { pattern }
    }

    /// Counts an answer. `route` is a [`name`](Self::name).
    pub fn record(&self, route: &str, method: &'static str, status: StatusCode, seconds: f64) {
        if !self.record_known(route, method, status, seconds) {
            let answers = Answers::register(route, method, status);
            answers.record(seconds);
            let mut routes = self.routes.write().unwrap_or_else(PoisonError::into_inner);
            routes.entry(route.into()).or_default().push(answers);
        }
    }

    fn record_known(&self, route: &str, method: &'static str, status: StatusCode, seconds: f64) -> bool {
        let routes = self.routes.read().unwrap_or_else(PoisonError::into_inner);
        let known = routes
            .get(route)
            .and_then(|all| all.iter().find(|answers| answers.method == method && answers.status == status));
        if let Some(answers) = known {
            answers.record(seconds);
        }
        known.is_some()
    }
}

impl Answers {
    fn register(route: &str, method: &'static str, status: StatusCode) -> Self {
        let label = status.as_str().to_owned();
        let webhook = (route == WEBHOOK).then(|| {
            let total = metrics::counter!(names::TELEGRAM_WEBHOOK_RESPONSES_TOTAL, "status" => label.clone());
            (total, metrics::histogram!(names::TELEGRAM_WEBHOOK_ACK_SECONDS))
        });
        let route = route.to_owned();
        Self {
            method,
            status,
            total: metrics::counter!(names::HTTP_REQUESTS_TOTAL, "route" => route.clone(), "method" => method, "status" => label),
            seconds: metrics::histogram!(names::HTTP_REQUEST_DURATION_SECONDS, "route" => route, "method" => method),
            webhook,
        }
    }

    fn record(&self, seconds: f64) {
        self.total.increment(1);
        self.seconds.record(seconds);
        if let Some((total, acknowledged)) = &self.webhook {
            total.increment(1);
            acknowledged.record(seconds);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_the_webhook_is_never_a_name() {
        let metrics = RequestMetrics::new(Some("/hook/s3cret/"));
        assert_eq!(metrics.name("/hook/s3cret"), "webhook");
        assert_eq!(metrics.name("/hook/s3cret/"), "webhook");
        assert_eq!(metrics.name("/v1/tg/me"), "/v1/tg/me");
        assert_eq!(RequestMetrics::new(None).name("/hook"), "/hook");
    }
}
