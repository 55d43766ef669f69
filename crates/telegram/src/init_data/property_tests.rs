//! What holds for any input.

use domain::Timestamp;
use proptest::{collection::btree_map, prelude::*};

use crate::{
    init_data::{InitDataError, pairs::Pairs, sign, third_party, third_party::PublicKey, verify},
    token::BotToken,
};

const USER: &str = r#"{"id":42,"first_name":"Ada + & = % \n ✓"}"#;

fn token() -> BotToken {
    "42:TEST".parse().unwrap()
}

fn check(raw: &str) -> Result<(), InitDataError> {
    verify(raw, &[token()], Timestamp::from_secs(1_700_000_000), 1_000).map(drop)
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(raw in "\\PC{0,300}") {
        prop_assert!(check(&raw).is_err());
    }

    #[test]
    fn no_text_that_looks_like_it_makes_it_panic(raw in "([a-z_=&%+0-9\n]|%[0-9a-f]{2}|hash=|user=|auth_date=){0,60}") {
        prop_assert!(check(&raw).is_err());
        let now = Timestamp::from_secs(1_700_000_000);
        prop_assert!(third_party::verify(&raw, token().bot_id(), PublicKey::TEST, now, 1_000).is_err());
    }

    #[test]
    fn what_was_signed_is_read_back(values in btree_map("x[a-z_]{0,10}", "[^\u{0}-\u{1f}\u{7f}]{0,40}", 0..10)) {
        let mut pairs = vec![("user", USER), ("auth_date", "1700000000")];
        pairs.extend(values.iter().map(|(key, value)| (key.as_str(), value.as_str())));
        let raw = sign(&pairs, &token());
        prop_assert_eq!(check(&raw), Ok(()));
        let parsed = Pairs::parse(&raw).unwrap();
        for (key, value) in pairs {
            prop_assert_eq!(parsed.get(key), Some(value));
        }
    }

    /// Percent-encoding has several forms of the same text, and hexadecimal digits two: nothing else may pass.
    #[test]
    fn no_other_byte_passes_unless_it_means_the_same(index in any::<prop::sample::Index>(), byte in 0_u8..128, value in "[ -~]{0,20}") {
        let raw = sign(&[("user", USER), ("auth_date", "1700000000"), ("x", &value)], &token());
        let mut changed = raw.clone().into_bytes();
        let at = index.index(changed.len());
        changed[at] = byte;
        let changed = String::from_utf8(changed).unwrap();
        if check(&changed).is_ok() {
            let text = |raw: &str| Pairs::parse(raw).map(|pairs| pairs.check_string(|key| key != "hash"));
            prop_assert_eq!(text(&changed), text(&raw));
        }
    }

    #[test]
    fn another_token_signs_otherwise(secret in "[A-Za-z0-9_-]{20,40}") {
        let raw = sign(&[("user", USER), ("auth_date", "1700000000")], &format!("42:{secret}").parse().unwrap());
        prop_assert!(check(&raw).is_err());
    }
}
