//! Builds the site that the server hands out, by libraries: nothing has to be installed and no version has to match.
//!
//! Invariant: `target/site` is always a whole site. A new one is made aside and swapped in; a failed build leaves the
//! old one in place.

mod assets;
mod budget;
mod bundle;
mod compress;
mod inputs;
mod optional_tools;
mod split;
mod styles;
mod trim;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::{progress, wasm_target, workspace};

/// Builds the site where anything changed, and checks its size.
///
/// # Errors
/// When a step fails or the bundle is over its budget.
pub fn build() -> Result<()> {
    make()?;
    budget::check(&directory())
}

/// Builds the site where anything changed, however large: whoever wants to see it run is not to be stopped by bytes.
///
/// # Errors
/// When a step fails.
pub fn make() -> Result<()> {
    wasm_target::ensure()?;
    let compiled = progress::step("compile the page", bundle::compile)?;
    let tools = optional_tools::find();
    let site = directory();
    let inputs = inputs::fingerprint(&compiled, &tools)?;
    if site.join("assets.json").is_file() && inputs::are_recorded(&inputs) {
        progress::note("the site is up to date");
        return Ok(());
    }
    let aside = tempfile::Builder::new()
        .prefix(".site-")
        .tempdir_in(workspace::target_dir())
        .context("failed to make a folder in the target directory")?;
    assemble(&compiled, &tools, aside.path())?;
    swap(aside, &site)?;
    inputs::record(&inputs)
}

/// Where the server looks for the site.
pub fn directory() -> PathBuf {
    workspace::target_dir().join("site")
}

/// Makes a whole site in an empty folder.
fn assemble(compiled: &Path, tools: &optional_tools::Tools, site: &Path) -> Result<()> {
    let glue = progress::step("split it and bind it to JavaScript", || bundle::bind(compiled))?;
    if let Some(wasm_opt) = &tools.wasm_opt {
        progress::step("wasm-opt", || glue.all_wasm().try_for_each(|wasm| wasm_opt.optimize(&wasm)))?;
    }
    let parts = assets::store_parts(&glue, &site.join("pkg"))?;
    if let Some(esbuild) = &tools.esbuild {
        progress::step("minify the JavaScript", || esbuild.minify(&glue.javascript()))?;
    }
    let names = assets::store(&glue, parts, &site.join("pkg"))?;
    progress::step("style", || {
        styles::bundle(&workspace::root().join("style/main.css"), &site.join("style.css"))
    })?;
    assets::copy_public(&workspace::root().join("public"), site)?;
    progress::step("brotli and gzip", || compress::all_below(site))?;
    assets::write_manifest(&names, site)
}

/// Puts the new site in the place of the old one.
fn swap(new: tempfile::TempDir, site: &Path) -> Result<()> {
    let old = tempfile::Builder::new()
        .prefix(".site-old-")
        .tempdir_in(workspace::target_dir())
        .context("failed to make a folder in the target directory")?;
    if site.exists() {
        fs::rename(site, old.path().join("site")).context("failed to move the old site away")?;
    }
    fs::rename(new.keep(), site).with_context(|| format!("failed to move {} into place", site.display()))
}
