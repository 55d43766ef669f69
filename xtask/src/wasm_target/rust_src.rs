//! The sources of the standard library, of exactly the Rust that compiles.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::progress;
use crate::wasm_target::{Rust, debian};

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
    let unpacked = progress::step("sources of the standard library, from Debian", || debian::unpack(&rust.version))?;
    let parent = rust.rustlib().join("src/rust");
    fs::create_dir_all(&parent).with_context(|| format!("failed to make {}", parent.display()))?;
    let aside = tempfile::Builder::new()
        .prefix(".library-")
        .tempdir_in(&parent)
        .with_context(|| format!("failed to make a folder in {}", parent.display()))?;
    let copy = aside.path().join("library");
    copy_tree(&unpacked, &copy)?;
    if library.exists() {
        // An incomplete copy that something else left; with ours beside it, it is of no use.
        fs::remove_dir_all(&library).with_context(|| format!("failed to remove {}", library.display()))?;
    }
    fs::rename(&copy, &library).with_context(|| format!("failed to move {} into place", library.display()))
}

/// Copies a folder with all that is in it.
fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("failed to make {}", to.display()))?;
    let entries = fs::read_dir(from).with_context(|| format!("failed to list {}", from.display()))?;
    for entry in entries {
        let entry = entry.with_context(|| format!("failed to list {}", from.display()))?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_tree(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target).with_context(|| format!("failed to copy to {}", target.display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_copied_whole() {
        let directory = tempfile::tempdir().unwrap();
        let from = directory.path().join("from");
        fs::create_dir_all(from.join("a/b")).unwrap();
        fs::write(from.join("a/b/c"), "text").unwrap();
        let to = directory.path().join("to");
        copy_tree(&from, &to).unwrap();
        assert_eq!(fs::read_to_string(to.join("a/b/c")).unwrap(), "text");
    }
}
