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
    if !process::exists("node") || !process::exists("npm") {
        bail!("Node is missing: install Node 18 or newer with npm (on Debian: apt install nodejs npm)");
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
