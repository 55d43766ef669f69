//! Takes the code that pages load later out of the WASM of the first route (docs/adr/0018).
//!
//! The app says what is loaded later by `wasm_split`; here the linker's output is cut along those functions, and the
//! loader that fetches the pieces becomes part of the page's JavaScript.
//!
//! Invariant: a piece fits the one main module that it was cut from. Both bear their content's hash, and the JavaScript
//! names the pieces, so that a page never mixes two builds.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};

/// What the loader is called where the main module imports it.
const LOADER: &str = "__wasm_split.js";

/// Fetches a piece, and gives up in time: a player who waits is asked whether to try again.
const FETCH: &str = r"const fetchPart = (name) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 15000);
    return fetch(new URL(name, import.meta.url), { signal: controller.signal });
};
";

/// The WASM in pieces.
#[derive(Debug)]
pub struct Split {
    /// What every page loads; wasm-bindgen takes it from here.
    pub main: PathBuf,
    /// The pieces, not yet hashed.
    pub pieces: Vec<PathBuf>,
    /// Which pieces each part of the app needs, by their file names without extension.
    pub parts: BTreeMap<String, Vec<String>>,
    /// The JavaScript that loads them.
    loader: String,
}

/// Cuts the WASM that cargo has left into pieces in `directory`.
///
/// # Errors
/// When it was linked without relocations, or a file can't be read or written.
pub fn split(compiled: &Path, directory: &Path) -> Result<Split> {
    let input = fs::read(compiled).with_context(|| format!("failed to read {}", compiled.display()))?;
    let main = directory.join("main.wasm");
    let mut options = wasm_split_cli_support::Options::new(&input);
    options.output_dir = directory;
    options.main_out_path = &main;
    let split = wasm_split_cli_support::transform(options)
        .map_err(|report| anyhow!("the WASM can't be split: {report:#}"))?;
    let path = directory.join(LOADER);
    let loader = fs::read_to_string(&path).with_context(|| format!("failed to read {}", path.display()))?;
    // In an order of its own: equal sources make equal files.
    let parts = split.prefetch_map.into_iter().collect();
    Ok(Split { main, pieces: split.split_modules, parts, loader })
}

impl Split {
    /// The page's JavaScript with the loader in it. `names` are the hashed names of the pieces by the old ones.
    ///
    /// # Errors
    /// When the JavaScript is not what this version of the libraries writes.
    pub fn link(&self, javascript: &str, names: &BTreeMap<String, String>) -> Result<String> {
        let (import, rest) = javascript
            .split_once('\n')
            .filter(|(line, _)| line.contains(LOADER))
            .context("the JavaScript does not begin by importing the loader")?;
        let namespace = import
            .strip_prefix("import * as ")
            .and_then(|import| import.split_once(' '))
            .map(|(name, _)| name)
            .context("the loader is not imported under a name")?;
        let mut loader = String::from(FETCH);
        let mut exports = Vec::new();
        for line in self.loader.lines().filter(|line| !line.starts_with("import ")) {
            let own = line.strip_prefix("export ").unwrap_or(line);
            if own.len() < line.len() {
                exports.push(own.split_whitespace().nth(1).context("the loader exports nothing by name")?);
            }
            loader.push_str(own);
            loader.push('\n');
        }
        for (piece, name) in names {
            let fetch = format!("fetch(new URL(\"./{piece}\", import.meta.url))");
            if !loader.contains(&fetch) {
                return Err(anyhow!("the loader does not load {piece} as it is known to"));
            }
            loader = loader.replace(&fetch, &format!("fetchPart(\"./{name}\")"));
        }
        Ok(format!("{loader}const {namespace} = {{ {} }};\n{rest}", exports.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOADER_TEXT: &str = "import { initSync } from \"./main.js\";\n\nfunction makeLoad(f) { return f; }\n\
                               export const load_later = makeLoad(() => fetch(new URL(\"./split_later.wasm\", import.meta.url)));\n";

    fn a_split() -> Split {
        Split {
            main: PathBuf::new(),
            pieces: Vec::new(),
            parts: BTreeMap::new(),
            loader: LOADER_TEXT.to_owned(),
        }
    }

    fn names(piece: &str) -> BTreeMap<String, String> {
        BTreeMap::from([(piece.to_owned(), "later.1.wasm".to_owned())])
    }

    #[test]
    fn the_loader_becomes_part_of_the_page() {
        let page = "import * as import1 from \"./__wasm_split.js\"\n\nuse(import1);\n";
        let linked = a_split().link(page, &names("split_later.wasm")).unwrap();
        assert!(!linked.contains("import *") && !linked.contains("export ") && !linked.contains("./main.js"));
        assert!(linked.contains("fetchPart(\"./later.1.wasm\")"), "{linked}");
        assert!(linked.contains("const import1 = { load_later };\n\nuse(import1);"), "{linked}");
    }

    #[test]
    fn a_loader_of_another_shape_is_refused() {
        let page = "import * as import1 from \"./__wasm_split.js\"\n";
        assert!(a_split().link(page, &names("chunk_1.wasm")).is_err());
        assert!(a_split().link("const a = 1;\n", &names("split_later.wasm")).is_err());
    }
}
