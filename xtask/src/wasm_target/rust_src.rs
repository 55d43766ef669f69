//! The sources of the standard library, of exactly the Rust that compiles.

use std::fs;

use anyhow::{Context as _, Result};

use crate::wasm_target::{Rust, debian};
use crate::{files, progress};

/// Makes sure that the toolchain has its own sources.
///
/// # Errors
/// When Debian's package can't be had.
pub fn ensure(rust: &Rust) -> Result<()> {
    let library = rust.rustlib().join("src/rust/library");
    // Cargo reads the lock file first, so what lacks it is no complete copy.
    if library.join("Cargo.lock").is_file() && library.join("std/Cargo.toml").is_file() {
        return Ok(());
    }
    let unpacked =
        progress::step("sources of the standard library, from Debian", || debian::unpack(&rust.version))?;
    let parent = rust.rustlib().join("src/rust");
    fs::create_dir_all(&parent).with_context(|| format!("failed to make {}", parent.display()))?;
    let aside = tempfile::Builder::new()
        .prefix(".rust-src-")
        .tempdir_in(&parent)
        .with_context(|| format!("failed to make a folder in {}", parent.display()))?;
    let copy = aside.path().join("library");
    files::copy_tree(&unpacked, &copy)?;
    if library.exists() {
        // An incomplete copy that something else left; with ours beside it, it is of no use.
        fs::remove_dir_all(&library).with_context(|| format!("failed to remove {}", library.display()))?;
    }
    fs::rename(&copy, &library).with_context(|| format!("failed to move {} into place", library.display()))
}
