//! Where somebody goes on after signing in.
//!
//! Invariant: whatever an address asks for, a person who signs in stays on this site: else a link to our own sign-in
//! could end on a page of somebody else that looks like ours.

/// Where people go who did not say where.
pub const HOME: &str = "/app";

/// The longest path that is kept.
const LEN_MAX: usize = 256;

/// The path that is asked for, when it is one of this site; else [`HOME`].
pub fn safe(asked: Option<&str>) -> &str {
    asked.filter(|path| is_own(path)).unwrap_or(HOME)
}

/// Browsers read `//host` and `/\host` as other hosts, and drop line breaks before they look; so only plain paths of
/// plain letters pass, and none that leads back to where it came from.
fn is_own(path: &str) -> bool {
    let is_plain = |byte: u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.' | b'~' | b'?' | b'=' | b'&')
    };
    let is_below = |prefix: &str| {
        path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
    };
    path.len() <= LEN_MAX
        && path.bytes().all(is_plain)
        && !path.contains("//")
        && ["/app", "/console", "/t"].iter().any(|prefix| is_below(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_this_site_are_kept() {
        for path in
            ["/app", "/app/", "/app/t/cup", "/console", "/console/players?q=a&limit=5", "/t/cup/rules"]
        {
            assert_eq!(safe(Some(path)), path);
        }
    }

    #[test]
    fn nothing_leads_away() {
        let elsewhere = [
            "https://evil.example/",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/app//evil.example",
            "/app\\evil.example",
            "/app@evil.example",
            "/app:80",
            "/%2fevil.example",
            "/app\r\nlocation: https://evil.example",
            "\t//evil.example",
            " /app",
            "javascript:alert(1)",
            "data:text/html,x",
            "app",
            "",
            "/apple",
            "/login",
            "/login?next=/login",
            "/v1/tg/oidc/start",
            "/app#x",
        ];
        for path in elsewhere {
            assert_eq!(safe(Some(path)), HOME, "{path:?}");
        }
        assert_eq!(safe(Some(&format!("/app/{}", "x".repeat(300)))), HOME);
        assert_eq!(safe(None), HOME);
    }
}
