//! No text is carried along that nobody shows: translators would work for nothing, and the page would download it.

use std::{fs, path::Path};

/// The keys of `locales/en.json`, one a line by the file's own custom.
fn keys(root: &Path) -> Vec<String> {
    let text = fs::read_to_string(root.join("locales/en.json")).unwrap_or_default();
    text.lines()
        .filter_map(|line| line.trim().strip_prefix('"')?.split_once("\":"))
        .map(|(key, _)| key.to_owned())
        .collect()
}

/// All Rust below a folder, but for tests, and what cargo and npm have put there.
fn read_rust(folder: &Path, source: &mut String) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_foreign = ["target", "node_modules", "tests"].iter().any(|name| path.ends_with(name));
        if path.is_dir() && !is_foreign {
            read_rust(&path, source);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            source.push_str(&fs::read_to_string(&path).unwrap_or_default());
        }
    }
}

/// Whether `name` stands in `source` and ends where a word ends.
fn names(source: &str, name: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    source.match_indices(name).any(|(at, _)| !source[at + name.len()..].starts_with(is_part))
}

/// The keys that no code names: as a constant or as a function, behind `::`.
fn unused<'a>(keys: &'a [String], source: &str) -> Vec<&'a str> {
    let is_used = |key: &&str| {
        let name = key.split_once('.').map_or(*key, |(_, name)| name).replace('.', "_");
        // What an error code says is found by the code; `check_error_codes` holds the two together.
        key.starts_with("error.")
            || [name.to_uppercase(), name].iter().any(|name| names(source, &format!("::{name}")))
    };
    keys.iter().map(String::as_str).filter(|key| !is_used(key)).collect()
}

#[test]
fn every_text_is_shown_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut source = String::new();
    for folder in ["app", "server", "crates"] {
        read_rust(&root.join(folder), &mut source);
    }
    let keys = keys(&root);
    assert!(keys.len() > 100 && source.len() > 100_000, "the texts or the code were not found");
    assert_eq!(unused(&keys, &source), Vec::<&str>::new(), "take them out of locales/*.json, or show them");
}

#[test]
fn a_text_that_no_code_names_is_found() {
    let keys = ["app.me.won", "app.me.gap", "app.place", "error.offline"].map(str::to_owned);
    let source = "app::ME_WON app::me_gap(catalog) app::places app::PLACE_OF";
    assert_eq!(unused(&keys, source), ["app.place"]);
}
