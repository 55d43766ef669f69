//! The API's document is kept in `docs/openapi.json`, so that it changes on purpose alone.
//! `PODIUM_UPDATE_SNAPSHOTS=1 cargo test -p server --test it openapi` writes a new one.

use std::path::Path;

#[test]
fn the_document_is_the_one_that_was_reviewed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    let document = server::http::openapi::document_json().unwrap() + "\n";
    if std::env::var_os("PODIUM_UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, &document).unwrap();
    }
    let reviewed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        document == reviewed,
        "docs/openapi.json is not what the server serves; see the top of this file"
    );
}

#[test]
fn every_call_names_what_it_answers() {
    let document: serde_json::Value =
        serde_json::from_str(&server::http::openapi::document_json().unwrap()).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, call) in methods.as_object().unwrap() {
            let named = call["summary"].as_str().or(call["description"].as_str());
            assert!(named.is_some_and(|text| !text.is_empty()), "{method} {path} is not described");
            assert!(!call["responses"].as_object().unwrap().is_empty(), "{method} {path} has no answers");
        }
    }
}
