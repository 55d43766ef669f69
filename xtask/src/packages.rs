//! Programs that come with the system: installed where we may, named where we may not.

use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::{backends, node, process, progress};

/// The longest that apt may take.
const APT_TIME_MAX: Duration = Duration::from_mins(15);

/// Programs and the Debian packages that bring them.
#[derive(Clone, Copy, Debug)]
pub struct Package {
    /// What Debian calls it; more than one name where the parts are apart.
    debian: &'static [&'static str],
    is_there: fn() -> bool,
}

/// The browser of the end-to-end tests.
pub const CHROMIUM: Package = Package { debian: &["chromium"], is_there: || chromium().is_some() };

/// Node with npm.
pub const NODE: Package = Package { debian: &["nodejs", "npm"], is_there: || node::lacking().is_none() };

/// The database of many machines.
pub const POSTGRESQL: Package =
    Package { debian: &["postgresql"], is_there: || backends::postgres::programs().is_some() };

/// The bus of many machines.
pub const REDIS: Package =
    Package { debian: &["redis-server"], is_there: || process::exists("redis-server") };

/// Medals and flags as phones have them, for the pictures of the documents.
pub const EMOJI: Package = Package { debian: &["fontconfig", "fonts-noto-color-emoji"], is_there: has_emoji };

/// Whether any font has emoji, by fontconfig's name for their language.
fn has_emoji() -> bool {
    let listed = Command::new("fc-list").args([":lang=und-zsye", "family"]).output();
    listed.is_ok_and(|listed| !listed.stdout.is_empty())
}

/// Where the browser is, by the names that distributions give it.
pub fn chromium() -> Option<std::path::PathBuf> {
    ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]
        .into_iter()
        .find_map(process::find)
}

/// Makes sure of some packages.
///
/// # Errors
/// When some are missing and can't be installed; the sentence names them.
pub fn ensure(packages: &[Package]) -> Result<()> {
    let missing = missing(packages);
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(" ");
    if !rustix::process::geteuid().is_root() || !process::exists("apt-get") {
        bail!("missing: {names}; install them (on Debian: sudo apt-get install {names})");
    }
    progress::step(&format!("apt-get install {names}"), || {
        let apt = |arguments: &[&str]| {
            let mut command = Command::new("apt-get");
            command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
            process::quiet(&mut command, APT_TIME_MAX)
        };
        apt(&["update"])?;
        apt(&[&["install", "--yes", "--no-install-recommends"], missing.as_slice()].concat())
    })?;
    let missing = self::missing(packages);
    if !missing.is_empty() {
        bail!("apt-get installed {names}, but these are still missing: {}", missing.join(" "));
    }
    Ok(())
}

/// The Debian names of what is not there.
fn missing(packages: &[Package]) -> Vec<&'static str> {
    packages
        .iter()
        .filter(|package| !(package.is_there)())
        .flat_map(|package| package.debian)
        .copied()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_missing_is_named() {
        let there = Package { debian: &["coreutils"], is_there: || true };
        let absent = Package { debian: &["one", "two"], is_there: || false };
        assert_eq!(missing(&[there, absent]), ["one", "two"]);
        assert_eq!(missing(&[there]), [""; 0]);
    }
}
