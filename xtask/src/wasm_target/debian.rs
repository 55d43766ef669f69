//! Debian's package `rust-src`: the sources of a Rust release, on a mirror that most servers reach.
//!
//! Invariant: the machine's own apt is not touched. Lists and packages live below `target/`, nothing is installed,
//! and the machine needs no further source.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::{process, workspace};

/// Where a recent `rust-src` is found, the smallest list first.
const SUITES: [&str; 4] = ["trixie-backports", "trixie", "forky", "sid"];

/// The mirror that is asked where the machine names none of Debian.
const MIRROR_DEFAULT: &str = "http://deb.debian.org/debian";

/// Debian's own keys.
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// The longest that one call of apt may take.
const APT_TIME_MAX: Duration = Duration::from_mins(3);

/// Downloads and unpacks the sources of this release, and returns the folder `library`.
///
/// # Errors
/// When apt is missing, the mirror can't be reached, or no suite has this release.
pub fn unpack(version: &str) -> Result<PathBuf> {
    if !process::exists("apt-get") || !process::exists("dpkg") {
        bail!(
            "install the sources of Rust {version} (`rustup component add rust-src`) and run this again: \
             there is no apt here to fetch them from Debian"
        );
    }
    let apt = Apt::prepare(&workspace::scratch_dir().join("apt"), &mirror(Path::new("/etc/apt")))?;
    let mut problems = Vec::new();
    for suite in SUITES {
        match apt.fetch(suite, version) {
            Ok(Some(package)) => return extract(&package, version),
            Ok(None) => problems.push(format!("{suite} has no rust-src {version}")),
            Err(error) => problems.push(format!("{suite}: {error:#}")),
        }
    }
    bail!(
        "no Debian suite gave the sources of Rust {version}; install them (`rustup component add rust-src`) and run \
         this again ({})",
        problems.join("; ")
    )
}

/// Unpacks the package without installing it.
fn extract(package: &Path, version: &str) -> Result<PathBuf> {
    let directory = workspace::scratch_dir().join("rust-src");
    if directory.exists() {
        fs::remove_dir_all(&directory)
            .with_context(|| format!("failed to remove {}", directory.display()))?;
    }
    process::quiet(Command::new("dpkg").arg("-x").arg(package).arg(&directory), APT_TIME_MAX)?;
    let library = directory.join(format!("usr/src/rustc-{version}/library"));
    if !library.is_dir() {
        bail!("{} has no folder {}", package.display(), library.display());
    }
    Ok(library)
}

/// An apt of our own.
struct Apt {
    directory: PathBuf,
    mirror: String,
}

impl Apt {
    /// Makes the folders that apt wants to find.
    fn prepare(directory: &Path, mirror: &str) -> Result<Self> {
        for folder in ["lists/partial", "cache/archives/partial"] {
            let path = directory.join(folder);
            fs::create_dir_all(&path).with_context(|| format!("failed to make {}", path.display()))?;
        }
        Ok(Self { directory: directory.to_owned(), mirror: mirror.to_owned() })
    }

    /// Downloads `rust-src` of this release from one suite. `None` when the suite has another release.
    fn fetch(&self, suite: &str, version: &str) -> Result<Option<PathBuf>> {
        let source = format!("deb [signed-by={KEYRING}] {} {suite} main\n", self.mirror);
        fs::write(self.directory.join("sources.list"), source)
            .context("failed to write the list of sources")?;
        process::quiet(self.command("apt-get").arg("update"), APT_TIME_MAX)?;
        let table = process::output(self.command("apt-cache").args(["madison", "rust-src"]))?;
        let Some(package_version) = newest_of_release(&table, version) else { return Ok(None) };
        let packages = self.directory.join("packages");
        if packages.exists() {
            fs::remove_dir_all(&packages)
                .with_context(|| format!("failed to remove {}", packages.display()))?;
        }
        fs::create_dir_all(&packages).with_context(|| format!("failed to make {}", packages.display()))?;
        let mut download = self.command("apt-get");
        download.args(["download", &format!("rust-src={package_version}")]).current_dir(&packages);
        process::quiet(&mut download, APT_TIME_MAX)?;
        let entries =
            fs::read_dir(&packages).with_context(|| format!("failed to list {}", packages.display()))?;
        let package = entries
            .flatten()
            .map(|entry| entry.path())
            .find(|path| path.extension().is_some_and(|e| e == "deb"));
        Ok(Some(package.context("apt-get download left no package")?))
    }

    /// A call of apt that sees our folders alone.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let directory = self.directory.display();
        for option in [
            format!("Dir::Etc::sourcelist={directory}/sources.list"),
            "Dir::Etc::sourceparts=/dev/null".to_owned(),
            "Dir::Etc::preferencesparts=/dev/null".to_owned(),
            format!("Dir::State::lists={directory}/lists"),
            format!("Dir::Cache={directory}/cache"),
            // The download user may not be able to enter the checkout.
            "APT::Sandbox::User=root".to_owned(),
            "Acquire::Languages=none".to_owned(),
            "Acquire::Retries=2".to_owned(),
            "Acquire::http::Timeout=20".to_owned(),
            "Acquire::https::Timeout=20".to_owned(),
            "APT::Get::List-Cleanup=1".to_owned(),
        ] {
            command.arg("-o").arg(option);
        }
        command.env("LC_ALL", "C").env("DEBIAN_FRONTEND", "noninteractive");
        command
    }
}

/// The mirror of Debian that this machine uses.
fn mirror(etc_apt: &Path) -> String {
    let mut files = vec![etc_apt.join("sources.list")];
    if let Ok(entries) = fs::read_dir(etc_apt.join("sources.list.d")) {
        let mut parts: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        parts.sort();
        files.extend(parts);
    }
    files
        .iter()
        .filter_map(|path| fs::read_to_string(path).ok())
        .find_map(|text| mirror_in(&text))
        .unwrap_or_else(|| MIRROR_DEFAULT.to_owned())
}

/// The first mirror of Debian's main archive in a list of sources, in the one-line style or in the deb822 style.
fn mirror_in(sources: &str) -> Option<String> {
    sources
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with("deb ") || line.starts_with("URIs:"))
        .flat_map(str::split_whitespace)
        .find(|word| {
            let archive = word.trim_end_matches('/');
            (archive.starts_with("http://") || archive.starts_with("https://"))
                && archive.ends_with("/debian")
        })
        .map(|word| word.trim_end_matches('/').to_owned())
}

/// The newest version of a release in the table of `apt-cache madison`.
fn newest_of_release(table: &str, release: &str) -> Option<String> {
    // The table is sorted, the newest version first.
    table
        .lines()
        .filter_map(|line| line.split('|').nth(1))
        .map(str::trim)
        .find(|version| {
            version
                .strip_prefix(release)
                .is_some_and(|rest| rest.starts_with(['+', '-', '~']) || rest.is_empty())
        })
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mirror_is_found_in_both_styles_of_sources() {
        let deb822 = "Types: deb\n# http://snapshot.debian.org/archive/debian/20250520T000000Z\n\
                      URIs: https://mirror.example/debian/\nSuites: bookworm\n";
        assert_eq!(mirror_in(deb822).as_deref(), Some("https://mirror.example/debian"));
        let one_line = "deb https://packages.example/apt tools main\n\
                        deb [signed-by=/k.gpg] http://ftp.example.org/debian bookworm main\n";
        assert_eq!(mirror_in(one_line).as_deref(), Some("http://ftp.example.org/debian"));
        assert_eq!(mirror_in("URIs: http://deb.debian.org/debian-security\n# deb http://x/debian y\n"), None);
    }

    #[test]
    fn a_machine_without_a_debian_mirror_uses_the_default() {
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(mirror(directory.path()), MIRROR_DEFAULT);
        fs::create_dir(directory.path().join("sources.list.d")).unwrap();
        fs::write(directory.path().join("sources.list.d/a.sources"), "URIs: http://near.example/debian\n")
            .unwrap();
        assert_eq!(mirror(directory.path()), "http://near.example/debian");
    }

    #[test]
    fn only_the_very_release_is_taken() {
        let table = "rust-src | 1.96.0+dfsg1-1 | http://x sid/main all Packages\n\
                     rust-src | 1.95.0+dfsg1-2~bpo13+1 | http://x trixie-backports/main amd64 Packages\n\
                     rust-src | 1.95.0+dfsg1-1~bpo13+1 | http://x trixie-backports/main amd64 Packages\n";
        assert_eq!(newest_of_release(table, "1.95.0").as_deref(), Some("1.95.0+dfsg1-2~bpo13+1"));
        assert_eq!(newest_of_release(table, "1.9"), None);
        assert_eq!(newest_of_release(table, "1.94.0"), None);
    }
}
