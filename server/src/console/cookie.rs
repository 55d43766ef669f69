//! The cookies of the console: of a session, and of the time zone that a browser is in.
//!
//! `Lax`, not `Strict`: an operator who follows the bot's button to the console comes from elsewhere and is to arrive
//! signed in. A form from elsewhere carries no such cookie, and is refused by its key and its origin besides.

use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use services::console::{ABSOLUTE_MS, zone::ViewerZone};

use crate::settings::Settings;

const NAME: &str = "podium_console";
/// Browsers take a cookie of this prefix over TLS alone.
const SECURE_NAME: &str = "__Secure-podium_console";

/// The time zone, as a script of the pages has said it.
const ZONE_NAME: &str = "podium_zone";

/// The name, and what is behind the value. Without TLS there is the loopback alone: settings hold that.
const fn shape(is_secure: bool) -> (&'static str, &'static str) {
    if is_secure {
        (SECURE_NAME, "Path=/console; HttpOnly; SameSite=Lax; Secure")
    } else {
        (NAME, "Path=/console; HttpOnly; SameSite=Lax")
    }
}

fn is_secure(settings: &Settings) -> bool {
    settings.public_url.starts_with("https://")
}

/// What the session's cookie of a request holds.
pub(super) fn read<'a>(settings: &Settings, headers: &'a HeaderMap) -> Option<&'a str> {
    find(headers, shape(is_secure(settings)).0)
}

/// The time zone of whoever sends a request; UTC for one whose browser says none that there is.
pub(super) fn zone(headers: &HeaderMap) -> ViewerZone {
    find(headers, ZONE_NAME).and_then(ViewerZone::find).unwrap_or_default()
}

fn find<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(given, _)| *given == name)
        .map(|(_, value)| value)
}

/// The answer with a cookie that holds `token`.
pub(super) fn set(settings: &Settings, token: &str, response: Response) -> Response {
    with(settings, token, ABSOLUTE_MS / 1000, response)
}

/// The answer with a cookie that is over.
pub(super) fn clear(settings: &Settings, response: Response) -> Response {
    with(settings, "", 0, response)
}

fn with(settings: &Settings, value: &str, max_age_s: i64, mut response: Response) -> Response {
    let (name, rest) = shape(is_secure(settings));
    // Tokens are base64url: all of it fits a header.
    if let Ok(cookie) = HeaderValue::from_str(&format!("{name}={value}; Max-Age={max_age_s}; {rest}")) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_tls_the_cookie_is_secure_and_always_out_of_reach_of_scripts() {
        let (name, rest) = shape(true);
        assert!(name.starts_with("__Secure-") && rest.ends_with("; Secure"), "{rest}");
        for is_secure in [true, false] {
            let (_, rest) = shape(is_secure);
            assert!(rest.contains("Path=/console; HttpOnly; SameSite=Lax"), "{rest}");
        }
    }
}
