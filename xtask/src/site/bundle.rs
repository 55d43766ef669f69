//! From Rust to the two files that a browser loads: the WASM and the JavaScript that binds it.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use crate::wasm_target::TARGET;
use crate::{process, workspace};

/// The profile that makes it small.
const PROFILE: &str = "wasm-release";

/// What the page's files are called before their hash.
const NAME: &str = "podium";

/// The page's code in a folder of its own, before it is hashed and stored.
#[derive(Debug)]
pub struct Glue {
    directory: tempfile::TempDir,
}

impl Glue {
    /// The folder; it also holds the snippets that crates bring along.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// The WASM.
    pub fn wasm(&self) -> PathBuf {
        self.directory().join(format!("{NAME}_bg.wasm"))
    }

    /// The JavaScript.
    pub fn javascript(&self) -> PathBuf {
        self.directory().join(format!("{NAME}.js"))
    }
}

/// Compiles the page and returns the WASM as cargo leaves it.
///
/// # Errors
/// When it does not compile.
pub fn compile() -> Result<PathBuf> {
    process::cargo_build(&["--package", "frontend", "--lib", "--target", TARGET, "--profile", PROFILE])?;
    let wasm = workspace::target_dir().join(TARGET).join(PROFILE).join("frontend.wasm");
    if !wasm.is_file() {
        bail!("cargo built the page, but there is no {}", wasm.display());
    }
    Ok(wasm)
}

/// Makes the JavaScript side with the very library that the page's `wasm-bindgen` belongs to.
///
/// # Errors
/// When the WASM can't be bound.
pub fn bind(compiled: &Path) -> Result<Glue> {
    let directory =
        tempfile::tempdir_in(workspace::target_dir()).context("failed to make a folder for the bindings")?;
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(compiled)
        .out_name(NAME)
        .web(true)
        .context("wasm-bindgen can't make an ES module")?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        // The loader passes the hashed address of the WASM itself.
        .omit_default_module_path(true)
        .generate(directory.path())
        .context("wasm-bindgen failed")?;
    Ok(Glue { directory })
}
