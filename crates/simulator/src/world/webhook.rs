//! Where updates are sent to, and what is known of how that went.

use reqwest::Url;
use serde_json::{Value, json};

use crate::api::error::ApiError;

/// The kinds of updates that a bot gets when it did not choose.
const KINDS_LEFT_OUT_BY_DEFAULT: [&str; 3] = ["chat_member", "message_reaction", "message_reaction_count"];
const PORTS: [u16; 4] = [80, 88, 443, 8443];
/// When a webhook has answered 410 for this long, it is removed.
const GONE_AFTER_MS: i64 = 23 * 3_600_000;

/// An address that takes updates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The address.
    pub url: Url,
    /// What the header `X-Telegram-Bot-Api-Secret-Token` says.
    pub secret_token: Option<String>,
    /// How many updates may be in flight.
    pub max_connections: usize,
}

impl Target {
    /// Checks what `setWebhook` was given, as Telegram does.
    ///
    /// # Errors
    /// With the real server's words for a bad address, port or secret.
    pub fn new(
        url: &str,
        secret_token: Option<String>,
        max_connections: Option<i64>,
    ) -> Result<Self, ApiError> {
        let parsed = Url::parse(url).map_err(|_| bad("invalid webhook URL specified"))?;
        let is_loopback = is_loopback(&parsed);
        if parsed.scheme() != "https" && !(parsed.scheme() == "http" && is_loopback) {
            return Err(bad("bad webhook: An HTTPS URL must be provided for webhook"));
        }
        if !is_loopback && !parsed.port_or_known_default().is_some_and(|port| PORTS.contains(&port)) {
            return Err(bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"));
        }
        if let Some(secret) = &secret_token {
            if secret.len() > 256 {
                return Err(bad("secret token is too long"));
            }
            if !secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-') {
                return Err(bad("secret token contains unallowed characters"));
            }
        }
        let max_connections = usize::try_from(max_connections.unwrap_or(40).clamp(1, 100)).unwrap_or(40);
        Ok(Self {
            url: parsed,
            secret_token: secret_token.filter(|secret| !secret.is_empty()),
            max_connections,
        })
    }
}

fn bad(reason: &str) -> ApiError {
    ApiError::bad_request(reason)
}

/// Whether an address leads to this very machine.
pub fn is_loopback(url: &Url) -> bool {
    url.host_str().is_some_and(|host| {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    })
}

/// The webhook and the kinds of updates that the bot wants.
#[derive(Debug, Default)]
pub struct Webhook {
    /// Where updates go; none while the bot polls.
    pub target: Option<Target>,
    /// The chosen kinds; none while the bot did not choose.
    pub allowed_updates: Option<Vec<String>>,
    /// Counts changes, so that an answer to an earlier address is recognized.
    pub generation: u64,
    /// When the last delivery failed, in seconds, and why.
    pub last_error: Option<(i64, String)>,
    /// When `setWebhook` was last called, in milliseconds.
    pub last_set_at_ms: Option<i64>,
    gone_since_ms: Option<i64>,
}

impl Webhook {
    /// Whether the bot wants updates of a kind.
    pub fn wants(&self, kind: &str) -> bool {
        match &self.allowed_updates {
            Some(kinds) => kinds.iter().any(|wanted| wanted == kind),
            None => !KINDS_LEFT_OUT_BY_DEFAULT.contains(&kind),
        }
    }

    /// Takes the bot's choice of kinds. No choice keeps the earlier one, an empty one goes back to the default.
    pub fn choose(&mut self, kinds: Option<Vec<String>>) {
        match kinds {
            Some(kinds) if kinds.is_empty() => self.allowed_updates = None,
            Some(kinds) => self.allowed_updates = Some(kinds),
            None => {}
        }
    }

    /// Sends updates to another address, or to none.
    pub fn change(&mut self, target: Option<Target>) {
        self.target = target;
        self.generation += 1;
        self.last_error = None;
        self.gone_since_ms = None;
    }

    /// Notes an answer with a status; removes the webhook when it has been gone (410) for 23 hours.
    pub fn note_status(&mut self, status: u16, now_ms: i64) {
        if status != 410 {
            self.gone_since_ms = None;
        } else if now_ms - *self.gone_since_ms.get_or_insert(now_ms) >= GONE_AFTER_MS {
            self.change(None);
        }
    }

    /// The Bot API's `WebhookInfo`.
    pub fn to_api(&self, pending: usize) -> Value {
        let mut info = json!({
            "url": self.target.as_ref().map_or("", |target| target.url.as_str()),
            "has_custom_certificate": false,
            "pending_update_count": pending,
        });
        if let Some(target) = &self.target {
            info["max_connections"] = json!(target.max_connections);
            if let Some(host) = target.url.host_str().filter(|host| host.parse::<std::net::IpAddr>().is_ok())
            {
                info["ip_address"] = json!(host);
            }
        }
        if let Some((date, message)) = &self.last_error {
            info["last_error_date"] = json!(date);
            info["last_error_message"] = json!(message);
        }
        if let Some(kinds) = &self.allowed_updates {
            info["allowed_updates"] = json!(kinds);
        }
        info
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(url: &str, secret: Option<&str>) -> Option<String> {
        Target::new(url, secret.map(str::to_owned), None).err().map(|error| error.description)
    }

    #[test]
    fn http_and_odd_ports_are_for_this_machine_alone() {
        for good in [
            "https://example.com/hook",
            "https://example.com:8443/",
            "http://127.0.0.1:3000/telegram/webhook",
            "http://localhost:1/x",
            "http://[::1]:1/x",
        ] {
            assert_eq!(refusal(good, None), None, "{good}");
        }
        for bad in ["http://example.com/hook", "https://example.com:3000/", "ftp://127.0.0.1/", "hook"] {
            assert!(refusal(bad, None).is_some(), "{bad}");
        }
    }

    #[test]
    fn a_secret_is_checked_like_telegram_does() {
        let url = "https://example.com/";
        assert_eq!(refusal(url, Some("aZ0_-")), None);
        assert_eq!(refusal(url, Some(&"a".repeat(257))).unwrap(), "Bad Request: secret token is too long");
        assert_eq!(
            refusal(url, Some("a b")).unwrap(),
            "Bad Request: secret token contains unallowed characters"
        );
    }

    #[test]
    fn a_webhook_that_is_gone_for_23_hours_is_removed() {
        let mut webhook = Webhook::default();
        webhook.change(Target::new("https://example.com/", None, None).ok());
        webhook.note_status(410, 0);
        webhook.note_status(410, GONE_AFTER_MS - 1);
        assert!(webhook.target.is_some());
        webhook.note_status(410, GONE_AFTER_MS);
        assert!(webhook.target.is_none());
    }

    #[test]
    fn the_choice_of_kinds_stays_until_it_is_changed() {
        let mut webhook = Webhook::default();
        assert!(webhook.wants("my_chat_member") && !webhook.wants("chat_member"));
        webhook.choose(Some(vec!["message".to_owned()]));
        webhook.choose(None);
        assert!(webhook.wants("message") && !webhook.wants("callback_query"));
        webhook.choose(Some(Vec::new()));
        assert!(webhook.wants("callback_query"));
    }
}
