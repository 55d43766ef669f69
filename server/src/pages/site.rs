//! The built site (`target/site`), as `cargo xtask build` leaves it.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::Context;
use app::ssr::Assets;
use serde::Deserialize;

/// The built site. Read once, at the start.
#[derive(Debug)]
pub struct Site {
    assets: Assets,
    root: PathBuf,
}

/// `assets.json`.
#[derive(Debug, Deserialize)]
struct Manifest {
    js: String,
    wasm: String,
    css: String,
    /// The files that each part of the app loads later.
    #[serde(default)]
    parts: BTreeMap<String, Vec<String>>,
}

impl Site {
    /// Reads the site at `root`.
    ///
    /// # Errors
    /// One sentence when there is none, or when it is not whole.
    pub fn load(root: &Path) -> anyhow::Result<Self> {
        let manifest = std::fs::read(root.join("assets.json")).with_context(|| {
            format!(
                "there is no built site at {}: `cargo xtask build` makes one, PODIUM_SITE_ROOT says where",
                root.display()
            )
        })?;
        let mut manifest: Manifest =
            serde_json::from_slice(&manifest).context("assets.json of the built site can't be read")?;
        let css = std::fs::read_to_string(root.join(&manifest.css))
            .with_context(|| format!("the built site has no {}", manifest.css))?;
        // The paths go into a script and into attributes as they are.
        for path in [&manifest.js, &manifest.wasm].into_iter().chain(manifest.parts.values().flatten()) {
            let is_plain = path.starts_with("/pkg/")
                && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte));
            anyhow::ensure!(is_plain, "assets.json of the built site names a file outside /pkg/");
        }
        let later = manifest.parts.remove(app::LATER).unwrap_or_default();
        let assets = Assets { js: manifest.js, wasm: manifest.wasm, css, later };
        Ok(Self { assets, root: root.to_owned() })
    }

    /// A site without any file, for tests of everything else.
    pub fn empty() -> Self {
        let [js, wasm] = ["/pkg/none.js", "/pkg/none.wasm"].map(str::to_owned);
        let assets = Assets { js, wasm, css: String::new(), later: Vec::new() };
        Self { assets, root: PathBuf::from("target/site-that-is-not-there") }
    }

    /// What pages load.
    pub const fn assets(&self) -> &Assets {
        &self.assets
    }

    /// Where the files are.
    pub fn root(&self) -> &Path {
        &self.root
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(manifest: &str) -> anyhow::Result<Site> {
        let root = tempfile::tempdir()?;
        std::fs::write(root.path().join("assets.json"), manifest)?;
        std::fs::write(root.path().join("style.css"), ".row{color:red}")?;
        Site::load(root.path())
    }

    #[test]
    fn a_built_site_is_read() {
        let site = site(r#"{"js":"/pkg/a.1.js","wasm":"/pkg/a.2.wasm","css":"style.css"}"#).unwrap();
        assert_eq!(site.assets().css, ".row{color:red}");
        assert!(site.assets().later.is_empty());
    }

    #[test]
    fn the_files_of_later_pages_are_known() {
        let manifest =
            r#"{"js":"/pkg/a.js","wasm":"/pkg/a.wasm","css":"style.css","parts":{"later":["/pkg/b.wasm"]}}"#;
        assert_eq!(site(manifest).unwrap().assets().later, ["/pkg/b.wasm"]);
        let outside = manifest.replace("/pkg/b.wasm", "https://evil.example/b.wasm");
        assert!(site(&outside).is_err());
    }

    #[test]
    fn a_path_that_could_break_out_of_a_script_is_refused() {
        let error =
            site(r#"{"js":"/pkg/a\";alert(1)//.js","wasm":"/pkg/a.wasm","css":"style.css"}"#).unwrap_err();
        assert!(error.to_string().contains("outside /pkg/"), "{error}");
    }

    #[test]
    fn a_missing_site_says_how_to_make_one() {
        let error = Site::load(Path::new("/nonexistent")).unwrap_err();
        assert!(error.to_string().contains("cargo xtask build"), "{error}");
    }
}
