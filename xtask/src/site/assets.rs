//! The site's files under names that change with their content, so that a browser may keep them for ever.

use std::collections::BTreeMap;
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
    parts: Parts,
}

/// The hashed files that each part of the app loads later.
pub type Parts = BTreeMap<String, Vec<String>>;

/// Stores what is loaded later under hashed names, and tells the page's JavaScript the names.
///
/// # Errors
/// When a file can't be read or written.
pub fn store_parts(glue: &Glue, package_dir: &Path) -> Result<Parts> {
    fs::create_dir_all(package_dir).with_context(|| format!("failed to make {}", package_dir.display()))?;
    let mut names = BTreeMap::new();
    for piece in glue.pieces() {
        let old = piece.file_name().context("a piece has no name")?.to_string_lossy().into_owned();
        names.insert(old, hashed_copy(piece, package_dir)?);
    }
    glue.link(&names)?;
    let file = |stem: &String| {
        names.get(&format!("{stem}.wasm")).cloned().with_context(|| format!("there is no piece {stem}"))
    };
    let files = |stems: &Vec<String>| stems.iter().map(file).collect::<Result<Vec<_>>>();
    glue.parts().iter().map(|(part, stems)| Ok((part.clone(), files(stems)?))).collect()
}

/// Stores the page's code under hashed names, together with the snippets that it imports.
///
/// # Errors
/// When a file can't be read or written.
pub fn store(glue: &Glue, parts: Parts, package_dir: &Path) -> Result<Names> {
    let names = Names {
        javascript: hashed_copy(&glue.javascript(), package_dir)?,
        wasm: hashed_copy(&glue.wasm(), package_dir)?,
        parts,
    };
    let snippets = glue.directory().join("snippets");
    // With esbuild they are part of the JavaScript; without it they are imported by their path, which holds a hash.
    if snippets.is_dir() && fs::read_to_string(glue.javascript())?.contains("./snippets/") {
        files::copy_tree(&snippets, &package_dir.join("snippets"))?;
    }
    Ok(names)
}

/// Copies `podium.js` or `podium_bg.wasm` to `podium.<hash>.<extension>`, `split_later.wasm` to
/// `later.<hash>.wasm`, and returns that name.
fn hashed_copy(path: &Path, package_dir: &Path) -> Result<String> {
    let content = fs::read(path).with_context(|| format!("failed to read {}", path.display()))?;
    let extension = path.extension().context("an asset has no extension")?.to_string_lossy();
    let stem = path.file_stem().context("an asset has no name")?.to_string_lossy();
    let stem = stem.strip_suffix("_bg").unwrap_or(&stem);
    let stem = stem.strip_prefix("split_").unwrap_or(stem);
    let name = format!("{stem}.{}.{extension}", content_hash(&content));
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
    let path = |name: &String| format!("/pkg/{name}");
    let parts = names.parts.iter().map(|(part, files)| (part, files.iter().map(path).collect::<Vec<_>>()));
    let manifest = serde_json::json!({
        "js": path(&names.javascript),
        "wasm": path(&names.wasm),
        "css": "style.css",
        "parts": parts.collect::<BTreeMap<_, _>>(),
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
        let path = directory.path().join("split_later.wasm");
        fs::write(&path, "").unwrap();
        assert_eq!(hashed_copy(&path, directory.path()).unwrap(), "later.e3b0c44298fc1c14.wasm");
    }

    #[test]
    fn the_manifest_names_the_assets() {
        let directory = tempfile::tempdir().unwrap();
        let names = Names {
            javascript: "podium.1.js".to_owned(),
            wasm: "podium.2.wasm".to_owned(),
            parts: Parts::from([("later".to_owned(), vec!["later.3.wasm".to_owned()])]),
        };
        write_manifest(&names, directory.path()).unwrap();
        let text = fs::read_to_string(directory.path().join("assets.json")).unwrap();
        let manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(manifest["js"], "/pkg/podium.1.js");
        assert_eq!(manifest["wasm"], "/pkg/podium.2.wasm");
        assert_eq!(manifest["css"], "style.css");
        assert_eq!(manifest["parts"]["later"][0], "/pkg/later.3.wasm");
    }
}
