//! The size budget: every byte before the first tap is waited for on a phone.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::site::compress;
use crate::{files, progress};

/// A part of the page's code and how much of it there may be, in brotli.
#[derive(Debug)]
struct Budget {
    what: &'static str,
    size_bytes_max: u64,
    files: fn(&Path) -> Result<Vec<PathBuf>>,
}

/// How much there may be, measured as it is sent (docs/adr/0004, docs/adr/0018, docs/adr/0026).
const BUDGETS: [Budget; 2] = [
    Budget { what: "JS and WASM of the first route", size_bytes_max: 130 * 1024, files: first_route },
    Budget { what: "JS and WASM of all the player's pages", size_bytes_max: 180 * 1024, files: all_code },
];

/// Prints the sizes and compares them with the budget.
///
/// # Errors
/// When a part is over its budget.
pub fn check(site: &Path) -> Result<()> {
    for path in all_code(site)?.into_iter().chain([site.join("style.css")]) {
        let name = path.strip_prefix(site).unwrap_or(&path).display();
        progress::note(&format!(
            "{name}: {} raw, {} brotli",
            kilobytes(size(&path)?),
            kilobytes(sent(&path)?)
        ));
    }
    let mut over = Vec::new();
    for budget in &BUDGETS {
        let mut size_bytes = 0;
        for path in (budget.files)(site)? {
            size_bytes += sent(&path)?;
        }
        let line = verdict(budget, size_bytes);
        progress::note(&line);
        if size_bytes > budget.size_bytes_max {
            over.push(line);
        }
    }
    if !over.is_empty() {
        bail!("over the size budget: {}", over.join("; "));
    }
    Ok(())
}

/// One line about a part.
fn verdict(budget: &Budget, size_bytes: u64) -> String {
    format!(
        "{}: {} of {} ({size_bytes} of {} bytes)",
        budget.what,
        kilobytes(size_bytes),
        kilobytes(budget.size_bytes_max),
        budget.size_bytes_max
    )
}

/// The two files that the page names in its head.
fn first_route(site: &Path) -> Result<Vec<PathBuf>> {
    let text = fs::read_to_string(site.join("assets.json")).context("the site has no assets.json")?;
    let manifest: serde_json::Value = serde_json::from_str(&text).context("assets.json is no JSON")?;
    ["js", "wasm"]
        .into_iter()
        .map(|key| {
            let address = manifest[key].as_str().with_context(|| format!("assets.json has no {key}"))?;
            Ok(site.join(address.trim_start_matches('/')))
        })
        .collect()
}

/// All code of the site, whenever it is loaded.
fn all_code(site: &Path) -> Result<Vec<PathBuf>> {
    let mut code = files::all_below(&site.join("pkg"))?;
    code.retain(|path| path.extension().is_some_and(|extension| extension == "js" || extension == "wasm"));
    Ok(code)
}

/// What goes over the wire: the brotli sibling where there is one.
fn sent(path: &Path) -> Result<u64> {
    let sibling = compress::sibling(path, "br");
    if sibling.is_file() { size(&sibling) } else { size(path) }
}

/// The size of a file.
fn size(path: &Path) -> Result<u64> {
    Ok(fs::metadata(path).with_context(|| format!("failed to look at {}", path.display()))?.len())
}

/// A size as people read it, in units of 1024 bytes with one digit after the point.
fn kilobytes(size_bytes: u64) -> String {
    let tenths = (size_bytes * 10).div_ceil(1024);
    format!("{}.{} KB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A site whose JS and WASM weigh this much together.
    fn site_of(size_bytes: usize) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        let write = |name: &str, content: &[u8]| fs::write(directory.path().join(name), content).unwrap();
        fs::create_dir(directory.path().join("pkg")).unwrap();
        write("assets.json", br#"{"js":"/pkg/a.js","wasm":"/pkg/a.wasm","css":"style.css"}"#);
        write("style.css", b"");
        write("pkg/a.js", b"larger than its sibling, which is what counts");
        write("pkg/a.js.br", b"1234");
        write("pkg/a.wasm", &vec![0; size_bytes - 4]);
        directory
    }

    #[test]
    fn a_bundle_within_its_budget_passes() {
        check(site_of(130 * 1024).path()).unwrap();
    }

    #[test]
    fn one_byte_too_many_fails_with_the_numbers() {
        let error = check(site_of(130 * 1024 + 1).path()).unwrap_err().to_string();
        assert!(error.contains("133121 of 133120 bytes"), "{error}");
        assert!(!error.contains("all the player's pages"), "{error}");
    }

    #[test]
    fn code_of_later_pages_counts_for_all_pages() {
        let site = site_of(100 * 1024);
        fs::write(site.path().join("pkg/later.wasm"), vec![0; 81 * 1024]).unwrap();
        let error = check(site.path()).unwrap_err().to_string();
        assert!(error.contains("all the player's pages"), "{error}");
        assert!(!error.contains("first route"), "{error}");
    }

    #[test]
    fn sizes_are_rounded_up() {
        assert_eq!(kilobytes(1024), "1.0 KB");
        assert_eq!(kilobytes(1025), "1.1 KB");
    }
}
