//! One id a request, in its log lines, in its problem documents, and taken over from the caller's trace.

use std::sync::Arc;

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, Method, StatusCode},
    middleware::Next,
    response::Response,
};
use tracing::Instrument;
use uuid::Uuid;

use crate::telemetry::{Stopwatch, names};

/// The path at which Telegram's updates come in. It may be a secret, so no metric or log shows it.
#[derive(Debug, Clone)]
pub struct WebhookPath(pub Option<Arc<str>>);

impl WebhookPath {
    fn is(&self, route: &str) -> bool {
        self.0.as_deref().is_some_and(|path| path.trim_end_matches('/') == route.trim_end_matches('/'))
    }
}

tokio::task_local! {
    static TRACE_ID: String;
}

/// The id of the request that is being served; empty outside one.
pub fn current_id() -> String {
    TRACE_ID.try_with(Clone::clone).unwrap_or_default()
}

/// Gives a request its id and span, counts and measures it, and writes its one log line.
pub async fn track(State(webhook): State<WebhookPath>, request: Request, next: Next) -> Response {
    let stopwatch = Stopwatch::start();
    let trace_id = from_caller(request.headers()).unwrap_or_else(random_id);
    let method = known_method(request.method());
    // The pattern, never the address: an address may hold a secret (the webhook's path), an id or a query.
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let is_webhook = webhook.is(&route);
    let route = if is_webhook { "webhook".to_owned() } else { route };
    let span =
        tracing::info_span!("request", trace_id = %trace_id, http.route = %route, http.method = method);
    let response = TRACE_ID.scope(trace_id, next.run(request).instrument(span.clone())).await;

    let status = response.status();
    let seconds = stopwatch.seconds();
    let label = status.as_str().to_owned();
    metrics::counter!(names::HTTP_REQUESTS_TOTAL, "route" => route.clone(), "method" => method, "status" => label.clone())
        .increment(1);
    metrics::histogram!(names::HTTP_REQUEST_DURATION_SECONDS, "route" => route.clone(), "method" => method)
        .record(seconds);
    if is_webhook {
        metrics::histogram!(names::TELEGRAM_WEBHOOK_ACK_SECONDS).record(seconds);
        metrics::counter!(names::TELEGRAM_WEBHOOK_RESPONSES_TOTAL, "status" => label).increment(1);
    }
    span.in_scope(|| log(status, seconds));
    response
}

fn log(status: StatusCode, seconds: f64) {
    let code = status.as_u16();
    if status.is_server_error() {
        tracing::warn!(http.status = code, duration_seconds = seconds, "request failed with {code}");
    } else {
        tracing::debug!(http.status = code, duration_seconds = seconds, "request answered with {code}");
    }
}

/// The trace id of `traceparent` (W3C Trace Context, 3.2): 32 lower-case hex digits, not all zero.
fn from_caller(headers: &HeaderMap) -> Option<String> {
    let value = headers.get("traceparent")?.to_str().ok()?;
    let mut parts = value.split('-');
    let (_version, trace_id) = (parts.next()?, parts.next()?);
    let is_valid = trace_id.len() == 32
        && trace_id.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        && trace_id.bytes().any(|byte| byte != b'0');
    is_valid.then(|| trace_id.to_owned())
}

fn random_id() -> String {
    let mut bytes = [0; 16];
    domain::Rng::fill(&crate::system::SystemRng, &mut bytes);
    Uuid::from_bytes(bytes).simple().to_string()
}

/// A client may invent methods; a label must not grow with them.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_s_trace_goes_on_and_nonsense_does_not() {
        let parsed = |value: &'static str| {
            from_caller(&HeaderMap::from_iter([("traceparent".parse().unwrap(), value.parse().unwrap())]))
        };
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(parsed(good).as_deref(), Some("4bf92f3577b34da6a3ce929d0e0e4736"));
        for bad in [
            "",
            "00-0",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-<script>aaaaaaaaaaaaaaaaaaaaaaaa-0-0",
        ] {
            assert_eq!(parsed(bad), None, "{bad}");
        }
    }
}
