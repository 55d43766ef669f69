//! From Rust to the files that a browser loads: the WASM, the pieces of it that come later, and the JavaScript that
//! binds them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use crate::site::split::{self, Split};
use crate::site::trim;
use crate::wasm_target::TARGET;
use crate::{process, workspace};

/// The profile that makes it small.
const PROFILE: &str = "wasm-release";

/// Between flags for rustc; not a space, because a folder's name may have one.
const FLAG_SEPARATOR: &str = "\u{1f}";

/// What the page's files are called before their hash.
const NAME: &str = "podium";

/// The page's code in a folder of its own, before it is hashed and stored.
#[derive(Debug)]
pub struct Glue {
    directory: tempfile::TempDir,
    split: Split,
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

    /// The pieces that are loaded later.
    pub fn pieces(&self) -> &[PathBuf] {
        &self.split.pieces
    }

    /// Which pieces each part of the app needs, by their file names without extension.
    pub const fn parts(&self) -> &BTreeMap<String, Vec<String>> {
        &self.split.parts
    }

    /// The WASM and its pieces.
    pub fn all_wasm(&self) -> impl Iterator<Item = PathBuf> {
        std::iter::once(self.wasm()).chain(self.split.pieces.iter().cloned())
    }

    /// Makes the JavaScript whole: with the loader of the pieces in it, which bear `names` by now.
    ///
    /// # Errors
    /// When the JavaScript is not what this version of the libraries writes.
    pub fn link(&self, names: &BTreeMap<String, String>) -> Result<()> {
        let path = self.javascript();
        let bound = fs::read_to_string(&path).context("failed to read the JavaScript")?;
        let linked = self.split.link(&bound, names)?;
        fs::write(&path, trim::classes(&linked)).context("failed to write the JavaScript")
    }
}

/// Compiles the page and returns the WASM as cargo leaves it.
///
/// # Errors
/// When it does not compile.
pub fn compile() -> Result<PathBuf> {
    let mut command = process::cargo();
    command
        .args(["build", "--package", "frontend", "--lib", "--target", TARGET, "--profile", PROFILE])
        .env("CARGO_ENCODED_RUSTFLAGS", flags()?);
    process::run_build(&mut command)?;
    let wasm = workspace::target_dir().join(TARGET).join(PROFILE).join("frontend.wasm");
    if !wasm.is_file() {
        bail!("cargo built the page, but there is no {}", wasm.display());
    }
    Ok(wasm)
}

/// Keeps this machine's folders out of what players load: equal sources make equal files everywhere, and nobody learns
/// where they were built. The relocations say what calls what, which is what the WASM is split by.
fn flags() -> Result<String> {
    let cargo_home = match std::env::var_os("CARGO_HOME") {
        Some(directory) => PathBuf::from(directory),
        None => std::env::home_dir().context("this user has no home folder")?.join(".cargo"),
    };
    Ok([(cargo_home.join("registry/src"), "/crates"), (workspace::root().to_owned(), "/podium")]
        .map(|(folder, name)| format!("--remap-path-prefix={}={name}", folder.display()))
        .into_iter()
        .chain(["-Clink-arg=--emit-relocs".to_owned()])
        .collect::<Vec<_>>()
        .join(FLAG_SEPARATOR))
}

/// Makes the JavaScript side with the very library that the page's `wasm-bindgen` belongs to.
///
/// # Errors
/// When the WASM can't be bound.
pub fn bind(compiled: &Path) -> Result<Glue> {
    let directory =
        tempfile::tempdir_in(workspace::target_dir()).context("failed to make a folder for the bindings")?;
    let split = split::split(compiled, directory.path())?;
    trim::bodies(&split.main)?;
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(&split.main)
        .out_name(NAME)
        .web(true)
        .context("wasm-bindgen can't make an ES module")?
        .typescript(false)
        // The pieces reach the main module's memory and function table by these.
        .keep_lld_exports(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        // The loader passes the hashed address of the WASM itself.
        .omit_default_module_path(true)
        .generate(directory.path())
        .context("wasm-bindgen failed")?;
    let glue = Glue { directory, split };
    trim::exports(&glue.wasm())?;
    Ok(glue)
}
