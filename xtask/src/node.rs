//! Node packages: installed once for each folder, exactly as its lock file says.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::{process, progress};

/// The longest that an installation may take.
const INSTALL_TIME_MAX: Duration = Duration::from_mins(10);

/// Runs `npm ci` in a folder unless its packages are those of the lock file.
///
/// # Errors
/// When Node is missing or npm fails.
pub fn ensure_packages(directory: &Path) -> Result<()> {
    let lock = directory.join("package-lock.json");
    let wanted = fs::read(&lock).with_context(|| format!("failed to read {}", lock.display()))?;
    // npm keeps its own record there, but not in a form that says whether the lock file has changed since.
    let record = directory.join("node_modules/.installed-lock.json");
    if fs::read(&record).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    if let Some(sentence) = lacking() {
        bail!("{sentence}");
    }
    let name = directory.file_name().unwrap_or_default().to_string_lossy().into_owned();
    progress::step(&format!("npm ci in {name}"), || {
        let mut command = Command::new("npm");
        // No package of ours needs its install scripts.
        command.args(["ci", "--ignore-scripts", "--no-fund", "--no-audit", "--loglevel=error"]);
        process::quiet(command.current_dir(directory), INSTALL_TIME_MAX)
    })?;
    fs::write(&record, wanted).with_context(|| format!("failed to write {}", record.display()))
}

/// The oldest major version that the packages run on.
const MAJOR_MIN: u32 = 20;

/// What has to be done before Node can be used; `None` when all is well.
pub fn lacking() -> Option<String> {
    if !process::exists("npm") {
        return judge(None);
    }
    judge(process::output(Command::new("node").arg("--version")).ok().as_deref())
}

/// The same for an answer like `v20.11.1`.
fn judge(version: Option<&str>) -> Option<String> {
    let Some(version) = version else {
        return Some(format!(
            "Node is missing: install Node {MAJOR_MIN} or newer with npm (on Debian: apt install nodejs npm)"
        ));
    };
    let major =
        version.trim().trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    match major {
        Some(major) if major >= MAJOR_MIN => None,
        _ => Some(format!(
            "Node {} is too old: install Node {MAJOR_MIN} or newer (https://nodejs.org)",
            version.trim()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_node_and_none_are_told_apart() {
        assert_eq!(judge(Some("v20.11.1\n")), None);
        assert_eq!(judge(Some("v24.0.0\n")), None);
        assert!(judge(Some("v18.19.0\n")).unwrap().starts_with("Node v18.19.0 is too old"));
        assert!(judge(None).unwrap().starts_with("Node is missing"));
    }
}
