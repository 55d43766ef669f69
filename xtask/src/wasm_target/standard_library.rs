//! Builds the standard library for the browser and puts it where rustc looks for it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::wasm_target::{Rust, TARGET, has_library};
use crate::{process, progress, workspace};

/// Twenty seconds on an ordinary machine, with room for a slow one that also downloads.
const BUILD_TIME_MAX: Duration = Duration::from_mins(15);

/// The crate that pulls the standard library in; its own library is not copied.
const EMPTY_CRATE: &str = "empty_for_std";

/// The manifest of the empty crate: a workspace of its own, with the settings that the libraries are built with.
const EMPTY_MANIFEST: &str = r#"[package]
name = "empty_for_std"
version = "0.0.0"
edition = "2024"

[workspace]

[lib]
path = "lib.rs"

[profile.release]
opt-level = 3
panic = "abort"
lto = false
"#;

/// Builds the libraries and moves them into the sysroot.
///
/// # Errors
/// When the build fails or the sysroot can't be written to.
pub fn build(rust: &Rust) -> Result<()> {
    let directory = workspace::scratch_dir().join("std");
    fs::create_dir_all(&directory).with_context(|| format!("failed to make {}", directory.display()))?;
    fs::write(directory.join("Cargo.toml"), EMPTY_MANIFEST).context("failed to write the empty crate")?;
    fs::write(directory.join("lib.rs"), "#![no_std]\n").context("failed to write the empty crate")?;
    let target_dir = directory.join("target");
    progress::step("the standard library for the browser", || {
        let mut command = process::cargo();
        command
            .args(["build", "--release", "-Zbuild-std=std,panic_abort", "--target", TARGET])
            .current_dir(&directory)
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_TARGET_DIR", &target_dir)
            // Only this: flags that are meant for our own crates would end up in the libraries. Their messages name
            // their files, and players need not know the folders of this machine.
            .env(
                "CARGO_ENCODED_RUSTFLAGS",
                format!("--remap-path-prefix={}=/rust", rust.rustlib().display()),
            );
        for variable in ["RUSTFLAGS", "CARGO_BUILD_TARGET", "RUSTC_WRAPPER"] {
            command.env_remove(variable);
        }
        process::quiet(&mut command, BUILD_TIME_MAX)
    })?;
    install(&target_dir.join(TARGET).join("release/deps"), &rust.target_dir())?;
    fs::remove_dir_all(&directory).with_context(|| format!("failed to remove {}", directory.display()))
}

/// Copies the libraries aside and renames the folder into place.
fn install(libraries: &Path, target_dir: &Path) -> Result<()> {
    let rustlib = target_dir.parent().context("the sysroot has no folder for targets")?;
    let aside = tempfile::Builder::new()
        .prefix(".wasm32-")
        .tempdir_in(rustlib)
        .with_context(|| format!("failed to make a folder in {}", rustlib.display()))?;
    let copy = aside.path().join(TARGET);
    let lib = copy.join("lib");
    fs::create_dir_all(&lib).with_context(|| format!("failed to make {}", lib.display()))?;
    for path in rlibs(libraries)? {
        let name = path.file_name().context("a library has no name")?;
        fs::copy(&path, lib.join(name)).with_context(|| format!("failed to copy {}", path.display()))?;
    }
    for needed in ["libstd-", "libcore-", "liballoc-", "libpanic_abort-", "libcompiler_builtins-"] {
        if !has_library(&lib, needed) {
            bail!("the build of the standard library left no {needed}*.rlib");
        }
    }
    if target_dir.exists() {
        // It has no standard library, or we would not be here.
        fs::remove_dir_all(target_dir)
            .with_context(|| format!("failed to remove {}", target_dir.display()))?;
    }
    fs::rename(&copy, target_dir)
        .with_context(|| format!("failed to move {} into place", target_dir.display()))
}

/// The libraries in a folder of cargo's, without the empty crate's own.
fn rlibs(directory: &Path) -> Result<Vec<PathBuf>> {
    let entries =
        fs::read_dir(directory).with_context(|| format!("failed to list {}", directory.display()))?;
    Ok(entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rlib"))
        .filter(|path| !path.file_name().is_some_and(|name| name.to_string_lossy().contains(EMPTY_CRATE)))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn libraries(names: &[&str]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for name in names {
            fs::write(directory.path().join(name), "").unwrap();
        }
        directory
    }

    const ALL: [&str; 6] = [
        "libstd-1.rlib",
        "libcore-1.rlib",
        "liballoc-1.rlib",
        "libpanic_abort-1.rlib",
        "libcompiler_builtins-1.rlib",
        "libempty_for_std-1.rlib",
    ];

    #[test]
    fn the_libraries_replace_an_incomplete_target() {
        let from = libraries(&ALL);
        let rustlib = tempfile::tempdir().unwrap();
        let target = rustlib.path().join(TARGET);
        fs::create_dir_all(target.join("lib")).unwrap();
        fs::write(target.join("lib/leftover"), "").unwrap();
        install(from.path(), &target).unwrap();
        assert!(has_library(&target.join("lib"), "libstd-"));
        assert!(!has_library(&target.join("lib"), "libempty_for_std"));
        assert!(!target.join("lib/leftover").exists());
        assert_eq!(fs::read_dir(rustlib.path()).unwrap().count(), 1, "nothing is left aside");
    }

    #[test]
    fn an_incomplete_build_is_not_installed() {
        let from = libraries(&ALL[1..]);
        let rustlib = tempfile::tempdir().unwrap();
        let target = rustlib.path().join(TARGET);
        assert!(install(from.path(), &target).unwrap_err().to_string().contains("libstd-"));
        assert!(!target.exists());
    }
}
