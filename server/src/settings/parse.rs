//! What a variable's text means. An error names the variable and what is wrong with it, never its content.

use anyhow::{bail, ensure};
use domain::TelegramUserId;
use url::Url;

/// An http or https address.
pub(super) fn address(name: &'static str, text: &str) -> anyhow::Result<Url> {
    let url = Url::parse(text).map_err(|_| anyhow::anyhow!("{name} is not an address"))?;
    ensure!(
        matches!(url.scheme(), "http" | "https") && url.has_host(),
        "{name} is not an http or https address"
    );
    Ok(url)
}

/// Whether an address is on this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(domain)) => domain == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// On or off; `default` when it is not set.
pub(super) fn switch(name: &'static str, text: Option<&str>, default: bool) -> anyhow::Result<bool> {
    match text.map(str::to_ascii_lowercase).as_deref() {
        None => Ok(default),
        Some("true" | "on" | "1" | "yes") => Ok(true),
        Some("false" | "off" | "0" | "no") => Ok(false),
        Some(_) => bail!("{name} must be true or false"),
    }
}

/// A whole number.
pub(super) fn number<N: std::str::FromStr>(name: &'static str, text: &str) -> anyhow::Result<N> {
    text.trim().parse().map_err(|_| anyhow::anyhow!("{name} must be a whole number"))
}

/// Ids of people, separated by commas or spaces.
pub(super) fn ids(name: &'static str, text: Option<&str>) -> anyhow::Result<Vec<TelegramUserId>> {
    let parts = text.unwrap_or_default().split([',', ' ']).filter(|part| !part.is_empty());
    parts.map(|part| number(name, part).map(TelegramUserId)).collect()
}

/// Origins, separated by spaces.
pub(super) fn origins(name: &'static str, text: Option<&str>) -> anyhow::Result<Vec<String>> {
    let parts = text.unwrap_or_default().split_ascii_whitespace();
    parts.map(|part| Ok(address(name, part)?.origin().ascii_serialization())).collect()
}
