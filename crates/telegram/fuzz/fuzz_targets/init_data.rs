//! No init data makes the verifier panic, and whatever it accepts was signed.

#![no_main]

use domain::Timestamp;
use libfuzzer_sys::fuzz_target;
use telegram::{BotToken, init_data};

fuzz_target!(|raw: &str| {
    let Ok(token) = "42:TEST".parse::<BotToken>() else { return };
    let now = Timestamp::from_secs(1_700_000_000);
    // A fuzzer can't guess an HMAC: an accepted input is a hole.
    assert!(init_data::verify(raw, std::slice::from_ref(&token), now, i64::MAX).is_err());
    let key = init_data::third_party::PublicKey::TEST;
    assert!(init_data::third_party::verify(raw, token.bot_id(), key, now, i64::MAX).is_err());

    // Signed, the same text as a value must come through unless it has a control character or is too long.
    let user = r#"{"id":1,"first_name":"x"}"#;
    let signed =
        init_data::sign(&[("auth_date", "1700000000"), ("user", user), ("start_param", raw)], &token);
    let is_fine = signed.len() <= init_data::LEN_MAX && !raw.bytes().any(|byte| byte.is_ascii_control());
    match init_data::verify(&signed, &[token], now, 0) {
        Ok(data) => assert!(is_fine && data.start_param.as_deref() == Some(raw)),
        Err(_) => assert!(!is_fine),
    }
});
