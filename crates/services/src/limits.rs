//! How often one address or one person may do what: one table.

use std::net::{IpAddr, Ipv6Addr};

use bus::limits::{Rate, Verdict};

use crate::{Services, secrets::Secrets};

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Signing in: by init data, by the widget, at the end of OpenID Connect.
    Exchange,
    /// Beginning a sign-in by OpenID Connect.
    OidcStart,
    /// Refreshing a token or signing out.
    Refresh,
    /// Changing one's own settings: consents, devices.
    Account,
    /// Exporting or erasing oneself.
    Privacy,
    /// Reporting measurements of the page.
    Telemetry,
    /// Showing one-time tokens, linking and unlinking, going to the cabinet.
    Link,
    /// Looking for boards in inline mode.
    Inline,
    /// Sharing a board.
    Share,
    /// Opening a session of the console.
    ConsoleSession,
}

/// Who is limited.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'a> {
    /// A network address.
    Address(IpAddr),
    /// A person or session, by an id of ours or an alias: never an id of Telegram in the clear.
    Person(&'a str),
}

/// The caller must wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many calls; try again in {retry_after_ms} ms")]
pub struct Limited {
    /// Milliseconds until the call may succeed.
    pub retry_after_ms: u64,
}

impl Action {
    /// What its buckets' keys begin with.
    const fn purpose(self, subject: Subject<'_>) -> &'static str {
        match (self, subject) {
            (Self::Exchange, Subject::Address(_)) => "exchange:ip",
            (Self::Exchange, Subject::Person(_)) => "exchange:person",
            (Self::OidcStart, Subject::Address(_)) => "oidc:ip",
            (Self::OidcStart, Subject::Person(_)) => "oidc:person",
            (Self::Refresh, Subject::Address(_)) => "refresh:ip",
            (Self::Refresh, Subject::Person(_)) => "refresh:person",
            (Self::Account, Subject::Address(_)) => "account:ip",
            (Self::Account, Subject::Person(_)) => "account:person",
            (Self::Privacy, Subject::Address(_)) => "privacy:ip",
            (Self::Privacy, Subject::Person(_)) => "privacy:person",
            (Self::Telemetry, Subject::Address(_)) => "telemetry:ip",
            (Self::Telemetry, Subject::Person(_)) => "telemetry:person",
            (Self::Link, Subject::Address(_)) => "link:ip",
            (Self::Link, Subject::Person(_)) => "link:person",
            (Self::Inline, Subject::Address(_)) => "inline:ip",
            (Self::Inline, Subject::Person(_)) => "inline:person",
            (Self::Share, Subject::Address(_)) => "share:ip",
            (Self::Share, Subject::Person(_)) => "share:person",
            (Self::ConsoleSession, Subject::Address(_)) => "console_session:ip",
            (Self::ConsoleSession, Subject::Person(_)) => "console_session:person",
        }
    }

    /// An address stands for many people (an office, a mobile carrier), so it may do more than one person.
    const fn rate(self, subject: Subject<'_>) -> Rate {
        match (self, subject) {
            (Self::Exchange | Self::Refresh | Self::Account, Subject::Address(_)) => {
                Rate { burst: 120, interval_ms: 500 }
            }
            (Self::Privacy, Subject::Address(_)) => Rate { burst: 30, interval_ms: 10_000 },
            (Self::Privacy, Subject::Person(_)) => Rate { burst: 6, interval_ms: 600_000 },
            (Self::Account, Subject::Person(_)) => Rate { burst: 30, interval_ms: 2_000 },
            (Self::Exchange | Self::OidcStart, Subject::Person(_)) => Rate { burst: 20, interval_ms: 3_000 },
            (Self::Link, Subject::Person(_)) => Rate { burst: 20, interval_ms: 6_000 },
            (Self::Refresh | Self::Share, Subject::Person(_)) => Rate { burst: 10, interval_ms: 6_000 },
            // A query a keystroke.
            (Self::Inline, Subject::Person(_)) => Rate { burst: 40, interval_ms: 500 },
            (
                Self::OidcStart | Self::Telemetry | Self::Link | Self::Inline | Self::Share,
                Subject::Address(_),
            ) => Rate { burst: 60, interval_ms: 1_000 },
            (Self::Telemetry, Subject::Person(_)) => Rate { burst: 6, interval_ms: 10_000 },
            (Self::ConsoleSession, Subject::Address(_)) => Rate { burst: 40, interval_ms: 2_000 },
            (Self::ConsoleSession, Subject::Person(_)) => Rate { burst: 10, interval_ms: 10_000 },
        }
    }
}

/// Takes one call from what `subject` may still do.
///
/// # Errors
/// [`Limited`] when it has done too much. When the shared store of limits does not answer, the call passes: a player
/// kept out is worse than a limit missed.
pub async fn take(services: &Services, action: Action, subject: Subject<'_>) -> Result<(), Limited> {
    if !services.settings().rate_limits {
        return Ok(());
    }
    let key = bucket(services.secrets(), action, subject);
    match services.token_buckets().take(&key, action.rate(subject), services.now()).await {
        Ok(Verdict::Allowed) => Ok(()),
        Ok(Verdict::Wait { retry_after_ms }) => Err(Limited { retry_after_ms }),
        Err(error) => {
            tracing::warn!(error = %domain::ErrorChain(&error), "limits can't be read; the call passes");
            Ok(())
        }
    }
}

/// Whether `value` comes for the first time within `window_ms`. Not a limit that can be switched off: what is good once is
/// good once. Where the shared store does not answer, it passes; what stands behind it is signed and fresh all the same.
pub(crate) async fn first(services: &Services, purpose: &'static str, value: &[u8], window_ms: i64) -> bool {
    let interval_ms = u32::try_from(window_ms).unwrap_or(u32::MAX);
    let key = services.secrets().bucket(purpose, &[value]);
    match services.token_buckets().take(&key, Rate { burst: 1, interval_ms }, services.now()).await {
        Ok(verdict) => verdict == Verdict::Allowed,
        Err(error) => {
            tracing::warn!(error = %domain::ErrorChain(&error), "what was used can't be read; it passes");
            true
        }
    }
}

/// The key of a subject's bucket; it shows neither address nor person.
fn bucket(secrets: &Secrets, action: Action, subject: Subject<'_>) -> String {
    let purpose = action.purpose(subject);
    match subject {
        Subject::Address(address) => match Network::of(address).0 {
            IpAddr::V4(network) => secrets.bucket(purpose, &[&network.octets()]),
            IpAddr::V6(network) => secrets.bucket(purpose, &[&network.octets()]),
        },
        Subject::Person(person) => secrets.bucket(purpose, &[person.as_bytes()]),
    }
}

/// What counts as one address: one household has a /64 of IPv6 addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network(IpAddr);

impl Network {
    /// The network of an address.
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(address) => IpAddr::V4(address),
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_household_count_as_one() {
        let network = |text: &str| Network::of(text.parse().unwrap());
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::2"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:203.0.113.7"), network("203.0.113.7"));
    }

    #[test]
    fn a_bucket_shows_nobody_s_address() {
        let secrets = Secrets::derive(&[7; 32]).unwrap();
        let of = |text: &str| bucket(&secrets, Action::Exchange, Subject::Address(text.parse().unwrap()));
        assert!(of("203.0.113.7").starts_with("exchange:ip:"));
        assert!(!of("203.0.113.7").contains("203.0.113.7"));
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2::2"));
        assert_ne!(of("203.0.113.7"), of("203.0.113.8"));
    }
}
