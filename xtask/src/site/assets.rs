//! The site's files under names that change with their content, so that a browser may keep them for ever.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

use crate::files;
use crate::site::bundle::Glue;

/// Long enough that two versions never share a name.
const HASH_DIGITS: usize = 16;

/// The hashed names, as `assets.json` tells them to the server.
#[derive(Debug)]
pub struct Names {
    javascript: String,
    wasm: String,
}

/// Stores the page's code under hashed names, together with the snippets that it imports.
///
/// # Errors
/// When a file can't be read or written.
pub fn store(glue: &Glue, package_dir: &Path) -> Result<Names> {
    fs::create_dir_all(package_dir).with_context(|| format!("failed to make {}", package_dir.display()))?;
    let names = Names {
        javascript: hashed_copy(&glue.javascript(), package_dir)?,
        wasm: hashed_copy(&glue.wasm(), package_dir)?,
    };
    let snippets = glue.directory().join("snippets");
    // With esbuild they are part of the JavaScript; without it they are imported by their path, which holds a hash.
    if snippets.is_dir() && fs::read_to_string(glue.javascript())?.contains("./snippets/") {
        files::copy_tree(&snippets, &package_dir.join("snippets"))?;
    }
    Ok(names)
}

/// Copies `podium.js` or `podium_bg.wasm` to `podium.<hash>.<extension>` and returns that name.
fn hashed_copy(path: &Path, package_dir: &Path) -> Result<String> {
    let content = fs::read(path).with_context(|| format!("failed to read {}", path.display()))?;
    let extension = path.extension().context("an asset has no extension")?.to_string_lossy();
    let name = format!("podium.{}.{extension}", content_hash(&content));
    let target = package_dir.join(&name);
    fs::write(&target, content).with_context(|| format!("failed to write {}", target.display()))?;
    Ok(name)
}

/// The first digits of a file's SHA-256.
pub fn content_hash(content: &[u8]) -> String {
    let mut digits = hex::encode(Sha256::digest(content));
    digits.truncate(HASH_DIGITS);
    digits
}

/// Copies what is handed out as it is. A project without such files is fine.
///
/// # Errors
/// When a file can't be read or written.
pub fn copy_public(public: &Path, site: &Path) -> Result<()> {
    if public.is_dir() { files::copy_tree(public, site) } else { Ok(()) }
}

/// Tells the server the names.
///
/// # Errors
/// When the file can't be written.
pub fn write_manifest(names: &Names, site: &Path) -> Result<()> {
    let manifest = serde_json::json!({
        "js": format!("/pkg/{}", names.javascript),
        "wasm": format!("/pkg/{}", names.wasm),
        "css": "style.css",
    });
    fs::write(site.join("assets.json"), format!("{manifest}\n")).context("failed to write assets.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_changes_with_the_content_alone() {
        assert_eq!(content_hash(b""), "e3b0c44298fc1c14");
        assert_ne!(content_hash(b"a"), content_hash(b"b"));
    }

    #[test]
    fn an_asset_keeps_its_extension() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("podium_bg.wasm");
        fs::write(&path, "").unwrap();
        let name = hashed_copy(&path, directory.path()).unwrap();
        assert_eq!(name, "podium.e3b0c44298fc1c14.wasm");
        assert!(directory.path().join(name).is_file());
    }

    #[test]
    fn the_manifest_names_the_assets() {
        let directory = tempfile::tempdir().unwrap();
        let names = Names { javascript: "podium.1.js".to_owned(), wasm: "podium.2.wasm".to_owned() };
        write_manifest(&names, directory.path()).unwrap();
        let text = fs::read_to_string(directory.path().join("assets.json")).unwrap();
        let manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(manifest["js"], "/pkg/podium.1.js");
        assert_eq!(manifest["wasm"], "/pkg/podium.2.wasm");
        assert_eq!(manifest["css"], "style.css");
    }
}
