//! The headers that fence a page in.
//!
//! Under `/app` Telegram's web clients must be able to frame the page, so there it says who may and sends no
//! `X-Frame-Options`, which could not; everywhere else nobody may.

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

use crate::settings::Settings;

/// Telegram's web clients.
const TELEGRAM_FRAMES: [&str; 4] = [
    "https://web.telegram.org",
    "https://webk.telegram.org",
    "https://webz.telegram.org",
    "https://*.telegram.org",
];

const PERMISSIONS: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
                           magnetometer=(), microphone=(), midi=(), payment=(), usb=()";

/// Where a page may be shown and what it may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fence {
    /// A page of the app: Telegram may frame it, and its script runs.
    App,
    /// A page that stands still, on its own.
    Plain,
    /// A page outside Telegram that signs somebody in: a script of ours alone, which calls us alone.
    SignIn,
}

/// A page with its headers.
pub fn page(settings: &Settings, fence: Fence, status: StatusCode, nonce: &str, html: String) -> Response {
    let mut response = (status, Html(html)).into_response();
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &str| {
        // Settings are checked to be origins when they are read, and the rest is ours: all of it fits a header.
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set(header::CONTENT_SECURITY_POLICY, &policy(settings, fence, nonce));
    if fence != Fence::App {
        set(header::X_FRAME_OPTIONS, "DENY");
    }
    set(header::REFERRER_POLICY, "no-referrer");
    set(header::VARY, "accept-language");
    set_common(settings, headers);
    response
}

/// What every page has around it, of the app and of the console: nothing is kept or guessed, no device is asked for, and
/// where there is TLS there is nothing else.
pub(crate) fn set_common(settings: &Settings, headers: &mut HeaderMap) {
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(header::CACHE_CONTROL, "no-store");
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(HeaderName::from_static("permissions-policy"), PERMISSIONS);
    if settings.public_url.starts_with("https://") {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains");
    }
}

fn policy(settings: &Settings, fence: Fence, nonce: &str) -> String {
    policy_of(fence, nonce, &settings.telegram.web_app_js, &settings.frame_ancestors)
}

/// The Content-Security-Policy of a page.
fn policy_of(fence: Fence, nonce: &str, telegram_script: &str, more_frames: &[String]) -> String {
    // The covers of tournaments are wherever their organizers keep pictures. They are fetched without a referrer.
    let pictures = if fence == Fence::App { "https:" } else { "https://t.me" };
    let common = format!(
        "default-src 'none'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: {pictures}; object-src 'none'; \
         base-uri 'none'; form-action 'none'"
    );
    match fence {
        Fence::Plain => format!("{common}; frame-ancestors 'none'"),
        Fence::SignIn => {
            format!("{common}; script-src 'nonce-{nonce}'; connect-src 'self'; frame-ancestors 'none'")
        }
        Fence::App => {
            let script = origin(telegram_script);
            let frames = TELEGRAM_FRAMES.into_iter().chain(more_frames.iter().map(String::as_str));
            let frames = frames.collect::<Vec<_>>().join(" ");
            format!(
                "{common}; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval' {script}; connect-src 'self'; \
                 frame-ancestors {frames}"
            )
        }
    }
}

/// The origin of an address; nothing for what is none.
fn origin(address: &str) -> String {
    url::Url::parse(address).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = "https://telegram.org/js/telegram-web-app.js?64";

    #[test]
    fn the_app_may_be_framed_by_telegram_and_run_its_script() {
        assert_eq!(
            policy_of(Fence::App, "abc", SCRIPT, &[]),
            "default-src 'none'; style-src 'self' 'nonce-abc'; img-src 'self' data: https:; object-src 'none'; \
             base-uri 'none'; form-action 'none'; script-src 'self' 'nonce-abc' 'wasm-unsafe-eval' \
             https://telegram.org; connect-src 'self'; frame-ancestors https://web.telegram.org \
             https://webk.telegram.org https://webz.telegram.org https://*.telegram.org"
        );
    }

    #[test]
    fn development_adds_its_own_frame_and_script_origin() {
        let policy = policy_of(
            Fence::App,
            "abc",
            "http://127.0.0.1:8081/telegram-web-app.js",
            &["http://127.0.0.1:8081".to_owned()],
        );
        assert!(policy.contains("'wasm-unsafe-eval' http://127.0.0.1:8081;"), "{policy}");
        assert!(policy.ends_with("https://*.telegram.org http://127.0.0.1:8081"), "{policy}");
    }

    #[test]
    fn a_sign_in_page_runs_our_script_alone_and_may_not_be_framed() {
        let policy = policy_of(Fence::SignIn, "abc", SCRIPT, &["http://127.0.0.1:8081".to_owned()]);
        assert!(
            policy.ends_with("; script-src 'nonce-abc'; connect-src 'self'; frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(!policy.contains("telegram.org") && !policy.contains("eval"), "{policy}");
    }

    #[test]
    fn other_pages_run_nothing_and_may_not_be_framed() {
        assert_eq!(
            policy_of(Fence::Plain, "abc", SCRIPT, &["http://127.0.0.1:8081".to_owned()]),
            "default-src 'none'; style-src 'self' 'nonce-abc'; img-src 'self' data: https://t.me; object-src 'none'; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        );
    }
}
