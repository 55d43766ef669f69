//! Headers that every answer of the API carries. Pages have their own: see [`crate::pages`].

use axum::http::{HeaderName, HeaderValue, header};
use tower_http::set_header::SetResponseHeaderLayer;

type Set = SetResponseHeaderLayer<HeaderValue>;

/// Nothing of the API is to be sniffed, framed or referred from.
///
/// One layer of four: the router keeps each layer that it is given behind a pointer of its own.
pub fn api_headers() -> (Set, Set, Set, Set) {
    let set = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    (
        set(header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        set(header::X_FRAME_OPTIONS, "DENY"),
        set(header::REFERRER_POLICY, "no-referrer"),
        set(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    )
}
