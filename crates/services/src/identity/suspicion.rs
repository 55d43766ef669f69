//! What makes a launch suspicious: genuine init data that somebody else may have got hold of.
//!
//! Each rule is a reason with a weight in one table. No rule alone keeps out who could be honest; from [`THRESHOLD`] on the
//! launch counts as stale, and the player opens the app afresh with one tap, which a thief of old init data can't.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use bus::limits::{Rate, Verdict};
use domain::Timestamp;
use telegram::init_data::FUTURE_SKEW_MS;

use crate::{Services, limits, telemetry};

/// The weights from which on a launch must be repeated.
pub const THRESHOLD: u32 = 100;

/// A clock that is so far ahead of ours is rare; Telegram's own clocks agree with ours within a second or two.
const AHEAD_MS: i64 = 30_000;
/// Most launches are exchanged within seconds; later ones are reloads of a page that was open.
const FAR_MS: i64 = 300_000;
/// One person may change from one network to another while a launch is good, and back, and once more.
const NETWORKS_MAX: u32 = 3;

/// Why a launch is suspicious. One table: [`Reason::label`], [`Reason::weight`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// `auth_date` lies ahead of our clock, though not by so much that the data is refused.
    AuthDateFuture,
    /// `auth_date` lies far behind our clock, though the data is not stale yet.
    AuthDateFar,
    /// The same init data came from another network before.
    OtherNetwork,
    /// The same init data came from more networks than one person has.
    ManyNetworks,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 4] =
        [Self::AuthDateFuture, Self::AuthDateFar, Self::OtherNetwork, Self::ManyNetworks];

    /// The metric label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::AuthDateFuture => "auth_date_future",
            Self::AuthDateFar => "auth_date_far",
            Self::OtherNetwork => "other_network",
            Self::ManyNetworks => "many_networks",
        }
    }

    /// How much it counts.
    pub const fn weight(self) -> u32 {
        match self {
            Self::AuthDateFuture | Self::OtherNetwork => 60,
            Self::AuthDateFar => 40,
            Self::ManyNetworks => 100,
        }
    }
}

/// Who runs the network of an address. `None` for what is not known.
pub trait NetworkNames: Send + Sync + std::fmt::Debug {
    /// The number of the autonomous system.
    fn asn(&self, address: IpAddr) -> Option<u32>;
}

/// Why a launch is suspicious that was opened at `auth_date`, has the signature `fingerprint` and comes from `address`.
pub(crate) async fn reasons(
    services: &Services,
    auth_date: Timestamp,
    fingerprint: &[u8; 32],
    address: IpAddr,
) -> Vec<Reason> {
    if !services.settings().rate_limits {
        return Vec::new();
    }
    let mut reasons: Vec<Reason> = of_time(services.now().millis_since(auth_date)).into_iter().collect();
    reasons.extend(of_networks(services, fingerprint, address).await);
    for reason in &reasons {
        metrics::counter!(telemetry::SUSPICIONS_TOTAL, "reason" => reason.label()).increment(1);
    }
    if is_too_much(&reasons) {
        burn(services, fingerprint).await;
    }
    reasons
}

/// From now on this data is nobody's, wherever it comes from: a second try would be let in otherwise, for its network is
/// not a new one any more.
async fn burn(services: &Services, fingerprint: &[u8; 32]) {
    let now = services.now();
    let until = now.plus_ms(window_ms(services));
    if let Err(error) = services.token_buckets().close_gate(&burnt(services, fingerprint), until, now).await {
        tracing::warn!(error = %domain::ErrorChain(&error), "a launch can't be closed");
    }
}

fn burnt(services: &Services, fingerprint: &[u8; 32]) -> String {
    services.secrets().bucket("launch:burnt", &[fingerprint])
}

/// For how long init data can be good at all.
fn window_ms(services: &Services) -> i64 {
    services.settings().init_data_max_age_ms.saturating_add(FUTURE_SKEW_MS)
}

/// Whether reasons together weigh too much.
pub(crate) fn is_too_much(reasons: &[Reason]) -> bool {
    reasons.iter().map(|reason| reason.weight()).sum::<u32>() >= THRESHOLD
}

fn of_time(age_ms: i64) -> Option<Reason> {
    if age_ms < -AHEAD_MS {
        Some(Reason::AuthDateFuture)
    } else if age_ms > FAR_MS {
        Some(Reason::AuthDateFar)
    } else {
        None
    }
}

/// Counts the networks from which the same data comes. What is counted is shared by all nodes, and shows neither the data
/// nor the network. Where the shared store does not answer, nothing is suspicious.
async fn of_networks(services: &Services, fingerprint: &[u8; 32], address: IpAddr) -> Option<Reason> {
    let window_ms = window_ms(services);
    let now = services.now();
    let limits = services.token_buckets();
    if limits.gate_closed_ms(&burnt(services, fingerprint), now).await.ok()? > 0 {
        return Some(Reason::ManyNetworks);
    }
    let network = network(services.networks(), address);
    let pair = [fingerprint.as_slice(), &network].concat();
    if !limits::first(services, "launch:network", &pair, window_ms).await {
        return None;
    }
    if limits::first(services, "launch:first", fingerprint, window_ms).await {
        return None;
    }
    // The first network has not taken from this bucket, so it has one place less.
    let others = services.secrets().bucket("launch:networks", &[fingerprint]);
    let rate = Rate { burst: NETWORKS_MAX - 1, interval_ms: u32::try_from(window_ms).unwrap_or(u32::MAX) };
    match limits.take(&others, rate, now).await.ok()? {
        Verdict::Allowed => Some(Reason::OtherNetwork),
        Verdict::Wait { .. } => Some(Reason::ManyNetworks),
    }
}

/// What counts as one network: an autonomous system where it is known, else as much of the address as one provider is
/// likely to have. A phone on the move keeps its provider and not its address.
fn network(names: Option<&dyn NetworkNames>, address: IpAddr) -> Vec<u8> {
    let address = address.to_canonical();
    if let Some(asn) = names.and_then(|names| names.asn(address)) {
        return [b"asn".as_slice(), &asn.to_be_bytes()].concat();
    }
    match address {
        IpAddr::V4(address) => Ipv4Addr::from_bits(address.to_bits() >> 16 << 16).octets().to_vec(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 96 << 96).octets().to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_reason_alone_keeps_out_who_could_be_honest() {
        for reason in Reason::ALL.into_iter().filter(|reason| *reason != Reason::ManyNetworks) {
            assert!(!is_too_much(&[reason]), "{reason:?}");
        }
        assert!(is_too_much(&[Reason::ManyNetworks]));
        assert!(is_too_much(&[Reason::AuthDateFuture, Reason::OtherNetwork]));
        // What a stolen launch looks like. Whoever is honest opens the app afresh with one tap.
        assert!(is_too_much(&[Reason::AuthDateFar, Reason::OtherNetwork]));
        assert!(!is_too_much(&[]));
    }

    #[test]
    fn times_are_judged_by_their_distance() {
        for (age_ms, reason) in [
            (-30_001, Some(Reason::AuthDateFuture)),
            (-30_000, None),
            (0, None),
            (300_000, None),
            (300_001, Some(Reason::AuthDateFar)),
        ] {
            assert_eq!(of_time(age_ms), reason, "{age_ms}");
        }
    }

    #[derive(Debug)]
    struct Names;

    impl NetworkNames for Names {
        fn asn(&self, address: IpAddr) -> Option<u32> {
            (address != IpAddr::from([192, 0, 2, 1])).then_some(64_500)
        }
    }

    #[test]
    fn a_provider_is_one_network_however_many_addresses_it_has() {
        let of = |names, text: &str| network(names, text.parse().unwrap());
        assert_eq!(of(Some(&Names), "203.0.113.7"), of(Some(&Names), "2001:db8::1"));
        assert_ne!(of(Some(&Names), "203.0.113.7"), of(Some(&Names), "192.0.2.1"), "one that is not known");
        assert_eq!(of(None, "203.0.113.7"), of(None, "203.0.7.1"));
        assert_eq!(of(None, "203.0.113.7"), of(None, "::ffff:203.0.113.7"));
        assert_ne!(of(None, "203.0.113.7"), of(None, "203.1.113.7"));
        assert_eq!(of(None, "2001:db8:1::1"), of(None, "2001:db8:2::1"));
        assert_ne!(of(None, "2001:db8::1"), of(None, "2001:db9::1"));
    }
}
