//! Tools from npm that make the bundle a little smaller. Without Node the site is built all the same.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::{node, process, progress, workspace};

/// The longest that one of the tools may take.
const TIME_MAX: Duration = Duration::from_mins(5);

/// What rustc emits for this target; naming it keeps `wasm-opt` from using anything newer.
const WASM_FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Small as it is sent, not as it is unpacked: rustc has inlined what is worth it, and the copies that further inlining
/// makes cost 4 % in brotli. The first kilobyte of memory is the far end of the stack, where no object ever lies.
const WASM_OPTIMIZATIONS: [&str; 6] = [
    "-Oz",
    "--low-memory-unused",
    "--skip-pass=inlining-optimizing",
    "--skip-pass=local-cse",
    "--skip-pass=code-folding",
    "--skip-pass=simplify-locals",
];

/// The tools that are there.
#[derive(Debug)]
pub struct Tools {
    /// Makes the WASM smaller.
    pub wasm_opt: Option<WasmOpt>,
    /// Makes the JavaScript smaller.
    pub esbuild: Option<Esbuild>,
}

impl Tools {
    /// A word for the fingerprint: with other tools the site has other bytes.
    pub fn describe(&self) -> String {
        format!("wasm-opt {} esbuild {}", self.wasm_opt.is_some(), self.esbuild.is_some())
    }
}

/// `wasm-opt` of the npm package `binaryen`; Debian's is too old.
#[derive(Debug)]
pub struct WasmOpt(PathBuf);

impl WasmOpt {
    /// Rewrites the file in place.
    ///
    /// # Errors
    /// When the tool fails.
    pub fn optimize(&self, wasm: &Path) -> Result<()> {
        let optimized = wasm.with_extension("optimized");
        let mut command = Command::new("node");
        command.arg(&self.0).args(WASM_FEATURES).args(WASM_OPTIMIZATIONS).arg(wasm).arg("-o").arg(&optimized);
        process::quiet(&mut command, TIME_MAX)?;
        std::fs::rename(&optimized, wasm).context("failed to replace the WASM")
    }
}

/// `esbuild`, as a minifier and to draw the snippets in.
#[derive(Debug)]
pub struct Esbuild(PathBuf);

impl Esbuild {
    /// Rewrites the file in place.
    ///
    /// # Errors
    /// When the tool fails.
    pub fn minify(&self, javascript: &Path) -> Result<()> {
        let mut command = Command::new(&self.0);
        command
            .arg(javascript)
            .args(["--bundle", "--minify", "--format=esm", "--target=es2020", "--log-level=warning"])
            .args(["--allow-overwrite", &format!("--outfile={}", javascript.display())]);
        process::quiet(&mut command, TIME_MAX)
    }
}

/// Looks for the tools, and gets them where Node is there and they are not.
pub fn find() -> Tools {
    let packages = workspace::root().join("xtask");
    if let Err(error) = node::ensure_packages(&packages) {
        progress::note(&format!(
            "built without wasm-opt and minifier, a little larger: {}",
            first_line(&error)
        ));
    }
    let binaries = packages.join("node_modules");
    let existing = |path: &str| Some(binaries.join(path)).filter(|path| path.is_file());
    Tools {
        wasm_opt: existing("binaryen/bin/wasm-opt").map(WasmOpt),
        esbuild: existing(".bin/esbuild").map(Esbuild),
    }
}

/// The first line of an error; the rest is for those who need the tools.
fn first_line(error: &anyhow::Error) -> String {
    format!("{error:#}").lines().next().unwrap_or_default().to_owned()
}
