//! One id a request, in its log lines, in its problem documents, and taken over from the caller's trace.

use std::sync::{
    LazyLock,
    atomic::{AtomicU64, Ordering},
};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, Method, StatusCode},
    middleware::Next,
    response::Response,
};
use tracing::Instrument;

use crate::telemetry::{RequestMetrics, Stopwatch};

/// The id of a request, as in W3C Trace Context: 16 bytes, shown as 32 hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct TraceId(u128);

impl std::fmt::Display for TraceId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:032x}", self.0)
    }
}

tokio::task_local! {
    static TRACE_ID: TraceId;
}

/// The id of the request that is being served; empty outside one.
pub fn current_id() -> String {
    TRACE_ID.try_with(ToString::to_string).unwrap_or_default()
}

/// Gives a request its id and span, counts and measures it, and writes its one log line.
pub async fn track(State(metrics): State<RequestMetrics>, request: Request, next: Next) -> Response {
    let stopwatch = Stopwatch::start();
    let trace_id = TraceId::from_caller(request.headers()).unwrap_or_else(TraceId::fresh);
    let method = known_method(request.method());
    // The pattern, never the address: an address may hold a secret (the webhook's path), an id or a query.
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let route = metrics.name(matched.as_ref().map_or("unmatched", MatchedPath::as_str));
    let span =
        tracing::info_span!("request", trace_id = %trace_id, http.route = %route, http.method = method);
    let response = TRACE_ID.scope(trace_id, next.run(request).instrument(span.clone())).await;

    let status = response.status();
    let seconds = stopwatch.seconds();
    metrics.record(route, method, status, seconds);
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

impl TraceId {
    /// The trace id of `traceparent` (W3C Trace Context, 3.2): 32 lower-case hex digits, not all zero.
    fn from_caller(headers: &HeaderMap) -> Option<Self> {
        let value = headers.get("traceparent")?.to_str().ok()?;
        let mut parts = value.split('-');
        let (_version, trace_id) = (parts.next()?, parts.next()?);
        let is_lower_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if trace_id.len() != 32 || !trace_id.bytes().all(is_lower_hex) {
            return None;
        }
        u128::from_str_radix(trace_id, 16).ok().filter(|number| *number != 0).map(Self)
    }

    /// An id that no other request has: it names, it protects nothing, so that only the process's own half is random.
    fn fresh() -> Self {
        static PROCESS: LazyLock<u64> = LazyLock::new(|| {
            let mut bytes = [0; 8];
            domain::Rng::fill(&crate::system::SystemRng, &mut bytes);
            u64::from_ne_bytes(bytes)
        });
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(u128::from(*PROCESS) << 64 | u128::from(NEXT.fetch_add(1, Ordering::Relaxed)))
    }
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
            TraceId::from_caller(&HeaderMap::from_iter([(
                "traceparent".parse().unwrap(),
                value.parse().unwrap(),
            )]))
            .map(|id| id.to_string())
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
