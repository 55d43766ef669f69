//! Where things are. Every path of the automation starts here, so that commands work from any directory.

use std::path::{Path, PathBuf};

/// The root of the checkout.
pub fn root() -> &'static Path {
    let manifest_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest_dir.parent().unwrap_or(manifest_dir)
}

/// Cargo's target directory: `CARGO_TARGET_DIR` where that is set, as cargo does it.
pub fn target_dir() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(directory) if !directory.is_empty() => root().join(directory),
        _ => root().join("target"),
    }
}

/// The automation's own folder below the target directory, for what may be thrown away at any time.
pub fn scratch_dir() -> PathBuf {
    target_dir().join("xtask")
}
