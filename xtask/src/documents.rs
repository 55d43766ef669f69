//! What the documents say about the house is true as far as a machine can tell: their links lead to files that are
//! there, and the tests that they name exist.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Folders that hold nothing of ours.
const SKIPPED: &[&str] = &["target", "node_modules", "data", "test-results", "playwright-report"];

/// The files of a kind below a folder.
fn files(folder: &Path, kind: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !name.starts_with('.') && !SKIPPED.contains(&name.as_str()) {
                files(&path, kind, found);
            }
        } else if path.extension().is_some_and(|extension| extension == kind) {
            found.push(path);
        }
    }
}

/// Where the links of a text lead, without those that leave the house.
fn targets(text: &str) -> impl Iterator<Item = &str> {
    let links = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    let paths = links.map(|(target, _)| target.split('#').next().unwrap_or_default());
    paths.filter(|path| !path.is_empty() && !path.contains(':') && !path.contains(' '))
}

#[test]
fn every_link_of_a_document_leads_to_a_file() {
    let root = crate::workspace::root();
    let mut found = Vec::new();
    files(root, "md", &mut found);
    assert!(found.contains(&root.join("ARCHITECTURE.md")), "{found:?}");
    let mut broken = Vec::new();
    for document in found {
        let text = fs::read_to_string(&document).unwrap();
        let folder = document.parent().unwrap();
        let dead = targets(&text).filter(|target| !folder.join(target).exists());
        broken.extend(dead.map(|target| format!("{}: {target}", document.display())));
    }
    assert!(broken.is_empty(), "links that lead nowhere: {broken:#?}");
}

/// Names of tests in a text: words in backticks that are as long as a sentence.
fn named_tests(text: &str) -> impl Iterator<Item = &str> {
    let quoted = text.split('`').skip(1).step_by(2);
    let names = quoted.map(|path| path.rsplit("::").next().unwrap_or_default());
    let is_name = |name: &&str| name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    names.filter(is_name).filter(|name| name.matches('_').count() >= 4)
}

#[test]
fn every_test_that_a_document_names_is_there() {
    let root = crate::workspace::root();
    let mut sources = Vec::new();
    files(root, "rs", &mut sources);
    let code: Vec<String> = sources.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let is_there = |name: &str| code.iter().any(|text| text.contains(&format!("fn {name}(")));
    let mut count = 0;
    let mut missing = Vec::new();
    for document in ["ARCHITECTURE.md", "docs/COMPARISON.md"] {
        let text = fs::read_to_string(root.join(document)).unwrap();
        let names: Vec<&str> = named_tests(&text).collect();
        count += names.len();
        missing.extend(
            names.into_iter().filter(|name| !is_there(name)).map(|name| format!("{document}: {name}")),
        );
    }
    assert!(count > 40, "only {count} names were found");
    assert!(missing.is_empty(), "tests that are not there: {missing:#?}");
}
