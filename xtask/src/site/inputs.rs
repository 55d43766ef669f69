//! Whether a site has to be built again: only where something that goes into it has changed.
//!
//! Cargo is the judge for Rust; what counts here is the WASM that it left, the other files, and this tool itself.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

use crate::site::optional_tools::Tools;
use crate::{files, workspace};

/// A hash over all that goes into the site.
///
/// # Errors
/// When a file can't be read.
pub fn fingerprint(compiled: &Path, tools: &Tools) -> Result<String> {
    let mut inputs = vec![
        std::env::current_exe().context("this program does not know where it is")?,
        workspace::root().join("xtask/package-lock.json"),
        compiled.to_owned(),
    ];
    for folder in ["style", "public"] {
        let folder = workspace::root().join(folder);
        if folder.is_dir() {
            inputs.extend(files::all_below(&folder)?);
        }
    }
    of_files(&inputs, &tools.describe())
}

/// A hash over the names and contents of some files.
fn of_files(paths: &[PathBuf], rest: &str) -> Result<String> {
    let mut hash = Sha256::new();
    for path in paths {
        let content = fs::read(path).with_context(|| format!("failed to read {}", path.display()))?;
        hash.update(path.as_os_str().as_encoded_bytes());
        // The length keeps a name and the content after it apart.
        hash.update(content.len().to_le_bytes());
        hash.update(&content);
    }
    hash.update(rest);
    Ok(hex::encode(hash.finalize()))
}

/// Whether the site that is there was made from these inputs.
pub fn are_recorded(fingerprint: &str) -> bool {
    fs::read_to_string(record_path()).is_ok_and(|recorded| recorded == fingerprint)
}

/// Remembers what the site was made from.
///
/// # Errors
/// When the record can't be written.
pub fn record(fingerprint: &str) -> Result<()> {
    let path = record_path();
    fs::create_dir_all(workspace::scratch_dir()).context("failed to make the scratch folder")?;
    fs::write(&path, fingerprint).with_context(|| format!("failed to write {}", path.display()))
}

/// Beside the site, not in it: what is in it is handed out.
fn record_path() -> PathBuf {
    workspace::scratch_dir().join("site.inputs")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fingerprint_sees_names_contents_and_tools() {
        let directory = tempfile::tempdir().unwrap();
        let [a, b] = ["a", "b"].map(|name| directory.path().join(name));
        fs::write(&a, "1").unwrap();
        fs::write(&b, "1").unwrap();
        let first = of_files(std::slice::from_ref(&a), "").unwrap();
        assert_eq!(first, of_files(std::slice::from_ref(&a), "").unwrap());
        assert_ne!(first, of_files(&[b], "").unwrap());
        assert_ne!(first, of_files(std::slice::from_ref(&a), "wasm-opt").unwrap());
        fs::write(&a, "2").unwrap();
        assert_ne!(first, of_files(&[a], "").unwrap());
    }
}
