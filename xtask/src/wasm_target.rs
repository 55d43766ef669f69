//! Makes sure that this Rust can compile for the browser, with rustup's server and without it.
//!
//! Invariant: the sysroot is either untouched or complete. Whatever is put into it is copied aside first and then
//! renamed; two runs at once wait for each other.

mod debian;
mod rust_src;
mod standard_library;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::{process, progress, workspace};

/// What the page is compiled for.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// An ordinary machine needs seconds; one that can't reach the server shall not wait much longer.
const RUSTUP_TIME_MAX: Duration = Duration::from_mins(2);

/// Makes sure of the target, in the cheapest way that works.
///
/// # Errors
/// When no way works; the message says what each of them said.
pub fn ensure() -> Result<()> {
    let rust = Rust::detect()?;
    if rust.has_target() {
        return Ok(());
    }
    let _lock = lock()?;
    if rust.has_target() {
        return Ok(());
    }
    remove_compiled(&workspace::target_dir())?;
    let Err(rustup_error) = progress::step("rustup target add", || add_by_rustup(&rust)) else {
        return Ok(());
    };
    progress::note("rustup could not add the target, so the standard library is built from its sources");
    build_from_sources(&rust).with_context(|| {
        format!("{TARGET} could not be added by rustup either: {rustup_error:#}").replace('\n', " ")
    })
}

/// Removes what was compiled for the target: it was against another standard library, and cargo, which sees the same
/// Rust, would use it on and fail to find crates.
fn remove_compiled(target_dir: &Path) -> Result<()> {
    match fs::remove_dir_all(target_dir.join(TARGET)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).context("failed to remove what was compiled for the browser before")
        }
        _ => Ok(()),
    }
}

/// The Rust that compiles this workspace.
#[derive(Debug)]
struct Rust {
    /// For example `1.95.0`.
    version: String,
    /// Where its libraries are.
    sysroot: PathBuf,
}

impl Rust {
    /// Asks `rustc`, from the root of the checkout, so that rust-toolchain.toml counts.
    fn detect() -> Result<Self> {
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let ask = |arguments: &[&str]| {
            process::output(Command::new(&rustc).args(arguments).current_dir(workspace::root()))
                .context("Rust is not installed as it should be: see https://rustup.rs")
        };
        let version = release(&ask(&["-vV"])?).context("rustc does not name its release")?;
        let sysroot = PathBuf::from(ask(&["--print", "sysroot"])?.trim());
        Ok(Self { version, sysroot })
    }

    /// Where the target's libraries belong.
    fn target_dir(&self) -> PathBuf {
        self.rustlib().join(TARGET)
    }

    /// Where the libraries of all targets are.
    fn rustlib(&self) -> PathBuf {
        self.sysroot.join("lib/rustlib")
    }

    /// Whether the target's standard library is there.
    fn has_target(&self) -> bool {
        has_library(&self.target_dir().join("lib"), "libstd-")
    }
}

/// Whether a folder has an rlib of this name.
fn has_library(directory: &Path, prefix: &str) -> bool {
    let Ok(entries) = fs::read_dir(directory) else { return false };
    entries.flatten().any(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with(prefix) && name.ends_with(".rlib")
    })
}

/// The release in the answer of `rustc -vV`.
fn release(verbose_version: &str) -> Option<String> {
    verbose_version.lines().find_map(|line| line.strip_prefix("release: ")).map(str::to_owned)
}

/// One run at a time: the others wait, and then find it done.
fn lock() -> Result<File> {
    let directory = workspace::scratch_dir();
    fs::create_dir_all(&directory).with_context(|| format!("failed to make {}", directory.display()))?;
    let path = directory.join("wasm-target.lock");
    let file = File::create(&path).with_context(|| format!("failed to make {}", path.display()))?;
    file.lock().with_context(|| format!("failed to lock {}", path.display()))?;
    Ok(file)
}

/// The ordinary way.
fn add_by_rustup(rust: &Rust) -> Result<()> {
    if !process::exists("rustup") {
        bail!("rustup is not installed");
    }
    let mut command = Command::new("rustup");
    // One attempt: where the server is out of reach, more of them only take time.
    command.args(["target", "add", TARGET]).current_dir(workspace::root()).env("RUSTUP_MAX_RETRIES", "0");
    process::quiet(&mut command, RUSTUP_TIME_MAX)?;
    if !rust.has_target() {
        bail!("rustup says that it added {TARGET}, but {} has none", rust.sysroot.display());
    }
    Ok(())
}

/// The way without rustup's server.
fn build_from_sources(rust: &Rust) -> Result<()> {
    let rustlib = rust.rustlib();
    tempfile::tempfile_in(&rustlib).with_context(|| {
        format!("{} can't be written to: run `cargo xtask wasm-target` once as its owner", rustlib.display())
    })?;
    rust_src::ensure(rust)?;
    standard_library::build(rust)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A standard library that was made anew has other names; what stands on the old one can't be used on.
    #[test]
    fn what_was_compiled_against_another_library_goes() {
        let folder = tempfile::tempdir().unwrap();
        let old = folder.path().join(TARGET).join("wasm-release/deps");
        fs::create_dir_all(&old).unwrap();
        remove_compiled(folder.path()).unwrap();
        assert!(!folder.path().join(TARGET).exists());
        remove_compiled(folder.path()).unwrap();
    }

    #[test]
    fn the_release_is_read_from_the_verbose_version() {
        let answer =
            "rustc 1.95.0 (59807616e 2026-04-14)\nbinary: rustc\nrelease: 1.95.0\nLLVM version: 22.1.2\n";
        assert_eq!(release(answer).as_deref(), Some("1.95.0"));
        assert_eq!(release("rustc 1.95.0"), None);
    }

    #[test]
    fn a_target_counts_only_with_its_standard_library() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("libcore-0123.rlib"), "").unwrap();
        assert!(!has_library(directory.path(), "libstd-"));
        fs::write(directory.path().join("libstd-0123.rlib"), "").unwrap();
        assert!(has_library(directory.path(), "libstd-"));
    }
}
