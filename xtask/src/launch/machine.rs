//! What the machine must have before a build of minutes is worth starting.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::launch::Options;

/// Room for the databases and logs of a day.
const SPACE_BYTES_MIN: u64 = 500 << 20;

/// Room for a build from nothing.
const SPACE_BYTES_MIN_FIRST_BUILD: u64 = 6 << 30;

/// Fails when something listens where we want to.
///
/// # Errors
/// The sentence names the port and the way out.
pub fn check_ports(options: &Options) -> Result<()> {
    check_port(options.listen, "--listen")?;
    check_port(options.internal_listen, "--internal-listen")?;
    check_port(options.simulator_listen, "--simulator-listen")
}

/// Fails when this address can't be listened on.
fn check_port(address: SocketAddr, option: &str) -> Result<()> {
    match TcpListener::bind(address) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            bail!(
                "port {} is taken by another program: end it, or give another address by {option}",
                address.port()
            )
        }
        Err(error) => bail!("{address} can't be listened on ({error}): give another address by {option}"),
    }
}

/// Fails when a disk is nearly full.
///
/// # Errors
/// The sentence names the folder and how much is missing.
pub fn check_space(folders: &[&Path]) -> Result<()> {
    for folder in folders {
        let first_build =
            !folder.exists() || folder.ends_with("target") && !folder.join("debug/podium").exists();
        let needed = if first_build { SPACE_BYTES_MIN_FIRST_BUILD } else { SPACE_BYTES_MIN };
        // The folder may not be there yet; then its parent tells.
        let existing = folder.ancestors().find(|path| path.exists()).context("there is no root folder")?;
        let statistics = rustix::fs::statvfs(existing)
            .with_context(|| format!("failed to look at the disk of {}", existing.display()))?;
        let free = statistics.f_bavail.saturating_mul(statistics.f_frsize);
        if let Some(sentence) = too_full(folder, free, needed) {
            bail!("{sentence}");
        }
    }
    Ok(())
}

/// What is said when there is too little room.
fn too_full(folder: &Path, free: u64, needed: u64) -> Option<String> {
    (free < needed).then(|| {
        format!(
            "the disk of {} is nearly full: {} MB are free and {} MB are needed",
            folder.display(),
            free >> 20,
            needed >> 20
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_named_with_the_way_out() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap();
        let error = check_port(address, "--listen").unwrap_err().to_string();
        assert!(error.contains(&address.port().to_string()) && error.contains("--listen"), "{error}");
        drop(taken);
        check_port(address, "--listen").unwrap();
    }

    #[test]
    fn a_full_disk_is_one_sentence_with_the_numbers() {
        let sentence = too_full(Path::new("data"), 100 << 20, 500 << 20).unwrap();
        assert_eq!(sentence, "the disk of data is nearly full: 100 MB are free and 500 MB are needed");
        assert_eq!(too_full(Path::new("data"), 500 << 20, 500 << 20), None);
    }
}
