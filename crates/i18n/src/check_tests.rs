//! What the build refuses.

use crate::check::{Table, check, check_error_codes};

fn two(english: &str, russian: &str) -> Result<Table, Vec<String>> {
    check(&[("en", english.to_owned()), ("ru", russian.to_owned())])
}

fn refusal(english: &str, russian: &str) -> String {
    two(english, russian).unwrap_err().join("; ")
}

#[test]
fn files_that_fit_are_put_together_with_the_keys_of_the_page_first() {
    let table = two(
        r#"{"bot.b": "Hi", "app.a": {"one": "{who}: one", "other": "{who}: {count}"}}"#,
        r#"{"app.a": {"one": "1: {who}", "few": "{count}: {who}", "many": "много: {who}", "other": "x: {who}"}, "bot.b": "Ы"}"#,
    )
    .unwrap();
    assert_eq!(table.keys.iter().map(|key| key.name.as_str()).collect::<Vec<_>>(), ["app.a", "bot.b"]);
    assert_eq!(table.texts[0].1, ["{1}: one\u{1f}{1}: {0}", "Hi"]);
    assert_eq!(table.texts[1].1, ["1: {1}\u{1f}{0}: {1}\u{1f}много: {1}", "Ы"]);
}

#[test]
fn a_missing_and_an_extra_key_are_named() {
    assert_eq!(refusal(r#"{"bot.a": "x"}"#, "{}"), "locales/ru.json: `bot.a` is missing");
    assert_eq!(refusal("{}", r#"{"bot.a": "x"}"#), "locales/ru.json: `bot.a` is extra: en.json lacks it");
}

#[test]
fn differing_placeholders_are_named() {
    assert_eq!(
        refusal(r#"{"bot.a": "x {name}"}"#, r#"{"bot.a": "x {nmae}"}"#),
        "locales/ru.json: `bot.a` has the placeholders [{nmae}] where en.json has [{name}]"
    );
    assert_eq!(
        refusal(r#"{"bot.a": "x {n#}"}"#, r#"{"bot.a": "x {n}"}"#),
        "locales/ru.json: `bot.a` has the placeholders [{n}] where en.json has [{n#}]"
    );
}

#[test]
fn missing_and_needless_plural_forms_are_named() {
    let english = r#"{"bot.a": {"one": "x", "other": "y"}}"#;
    assert_eq!(
        refusal(english, r#"{"bot.a": {"one": "x", "other": "y"}}"#),
        "locales/ru.json: `bot.a` lacks the plural forms few, many"
    );
    assert_eq!(
        refusal(english, r#"{"bot.a": {"one": "x", "two": "x", "few": "y", "many": "z"}}"#),
        "locales/ru.json: `bot.a` has the plural form two, which this language has not"
    );
    assert_eq!(
        refusal(english, r#"{"bot.a": "x"}"#),
        "locales/ru.json: `bot.a` has no plural forms, but en.json has them"
    );
}

#[test]
fn forms_that_take_different_arguments_are_refused() {
    let found = refusal(r#"{"bot.a": {"one": "x {who}", "other": "y"}}"#, r#"{"bot.a": "x"}"#);
    assert!(found.contains("has other placeholders in its form other"), "{found}");
}

#[test]
fn a_text_that_can_not_be_read_back_is_refused() {
    for (text, expected) in [
        ("x {", "a brace without its partner"),
        ("x }", "a brace without its partner"),
        ("x {}", "no name in lower case"),
        ("x {Name}", "no name in lower case"),
        ("x {a} {a#}", "both with and without #"),
        (" ", "is empty"),
        ("x {count}", "no plural forms"),
    ] {
        let file = format!(r#"{{"bot.a": "{text}"}}"#);
        let found = refusal(&file, &file);
        assert!(found.contains(expected), "{text:?}: {found}");
    }
}

#[test]
fn a_key_that_stands_twice_or_has_no_area_is_refused() {
    assert!(refusal(r#"{"bot.a": "x", "bot.a": "y"}"#, r#"{"bot.a": "x"}"#).contains("stands there twice"));
    assert!(refusal(r#"{"title": "x"}"#, r#"{"title": "x"}"#).contains("is no key"));
    let same = r#"{"bot.a.b": "x", "bot.a_b": "y"}"#;
    assert!(refusal(same, same).contains("the same name in Rust"));
}

#[test]
fn what_is_no_json_is_refused_with_its_place() {
    assert!(refusal("{", "{}").starts_with("locales/en.json: EOF"));
}

#[test]
fn error_texts_and_error_codes_must_be_the_same_set() {
    let file = r#"{"error.a": "x", "error.b": "y"}"#;
    let table = two(file, file).unwrap();
    let codes = [("a", "A".to_owned()), ("c", "C".to_owned())];
    assert_eq!(
        check_error_codes(&table, &codes),
        [
            "locales/*.json: `error.c` is missing, but domain::ErrorCode has it",
            "locales/*.json: `error.b` names no domain::ErrorCode"
        ]
    );
}
