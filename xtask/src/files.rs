//! What several commands do with folders and files.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::process;

/// All files below a folder, in an order that never changes.
///
/// # Errors
/// When a folder can't be read.
pub fn all_below(directory: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![directory.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries =
            fs::read_dir(&folder).with_context(|| format!("failed to list {}", folder.display()))?;
        for entry in entries {
            let path = entry.with_context(|| format!("failed to list {}", folder.display()))?.path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    Ok(found)
}

/// Copies a folder with all that is in it.
///
/// # Errors
/// When something can't be read or written.
pub fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    for path in all_below(from)? {
        let target = to.join(path.strip_prefix(from).context("a file is outside its folder")?);
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent).with_context(|| format!("failed to make {}", parent.display()))?;
        }
        fs::copy(&path, &target).with_context(|| format!("failed to copy to {}", target.display()))?;
    }
    Ok(())
}

/// The last lines of a log, as far as it can be read.
pub fn tail(log: &Path, lines_max: usize) -> String {
    let content = fs::read(log).unwrap_or_default();
    process::last_lines(&String::from_utf8_lossy(&content), lines_max)
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
