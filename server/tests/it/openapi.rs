//! The API's document is kept as a snapshot, so that it changes on purpose alone. `INSTA_UPDATE=always cargo test -p
//! server --test it openapi` takes a new one.

#[test]
fn the_document_is_the_one_that_was_reviewed() {
    insta::with_settings!({prepend_module_to_snapshot => false, snapshot_path => "../../../docs", omit_expression => true}, {
        insta::assert_snapshot!("openapi", server::http::openapi::document_json().unwrap());
    });
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
