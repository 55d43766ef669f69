//! The published vectors, and what must not get through.

use domain::{BotId, ChatId, TelegramUserId, Timestamp};
use hmac::Mac as _;

use crate::{
    init_data::{
        ChatType, FUTURE_SKEW_MS, InitData, InitDataError, InvalidReason, MalformedReason, PAIRS_MAX, sign,
        third_party, third_party::PublicKey, verify,
    },
    token::BotToken,
    verified::Verified,
};

const HOUR_MS: i64 = 3_600_000;

/// init-data-golang, `validate_test.go`.
const A: &str = "query_id=AAHdF6IQAAAAAN0XohDhrOrc&user=%7B%22id%22%3A279058397%2C%22first_name%22%3A%22Vladislav%22%2C%22last_name%22%3A%22Kibenko%22%2C%22username%22%3A%22vdkfrost%22%2C%22language_code%22%3A%22ru%22%2C%22is_premium%22%3Atrue%7D&auth_date=1662771648&hash=c501b71e775f74ce10e377dea85a7ea24ecd640b223ea86dfe453e0eaed2e2b2";
const TOKEN_A: &str = "5768337691:AAH5YkoiEuPk8-FZa32hStHTqXiLPtAEhx8";

/// telegram-apps, `init-data-node/src/entries/web.test.ts`: with a third-party signature of production.
const B: &str = "user=%7B%22id%22%3A279058397%2C%22first_name%22%3A%22Vladislav%20%2B%20-%20%3F%20%5C%2F%22%2C%22last_name%22%3A%22Kibenko%22%2C%22username%22%3A%22vdkfrost%22%2C%22language_code%22%3A%22ru%22%2C%22is_premium%22%3Atrue%2C%22allows_write_to_pm%22%3Atrue%2C%22photo_url%22%3A%22https%3A%5C%2F%5C%2Ft.me%5C%2Fi%5C%2Fuserpic%5C%2F320%5C%2F4FPEE4tmP3ATHa57u6MqTDih13LTOiMoKoLDRG4PnSA.svg%22%7D&chat_instance=8134722200314281151&chat_type=private&auth_date=1733584787&signature=zL-ucjNyREiHDE8aihFwpfR9aggP2xiAo3NSpfe-p7IbCisNlDKlo7Kb6G4D0Ao2mBrSgEk4maLSdv6MLIlADQ&hash=2174df5b000556d044f3f020384e879c8efcab55ddea2ced4eb752e93e7080d6";
const TOKEN_B: &str = "7342037359:AAFZehRPBRs8Seg40oDjTMIW8uTGPuW1zfQ";

/// init-data-golang, README: the same bot after its token was replaced.
const C_REST: &str = "&chat_instance=8134722200314281151&chat_type=private&auth_date=1733509682&signature=TYJxVcisqbWjtodPepiJ6ghziUL94-KNpG8Pau-X7oNNLNBM72APCpi_RKiUlBvcqo5L-LAxIc3dnTzcZX_PDg&hash=a433d8f9847bd6addcc563bff7cc82c89e97ea0d90c11fe5729cae6796a36d73";
const TOKEN_C: &str = "7342037359:AAHI25ES9xCOMPokpYoz-p8XVrZUdygo2J4";

/// aiogram, `tests/test_utils/test_web_app.py`.
const D: &str = "auth_date=1650385342&user=%7B%22id%22%3A42%2C%22first_name%22%3A%22Test%22%7D&query_id=test&hash=46d2ea5e32911ec8d30999b56247654460c0d20949b6277af519e76271182803";
const TOKEN_D: &str = "42:TEST";

/// aiogram: plus signs for blanks, a surrogate pair, and numbers and booleans as JSON strings.
const E: &str = "auth_date=1650385342&user=%7B%22id%22%3A+%22123456789%22%2C+%22first_name%22%3A+%22PlaceholderFirstName%22%2C+%22last_name%22%3A+%22PlaceholderLastName+%5Cud83c%5Cuddfa%5Cud83c%5Cudde6%22%2C+%22username%22%3A+%22Latand%22%2C+%22language_code%22%3A+%22en%22%2C+%22is_premium%22%3A+%22true%22%2C+%22allows_write_to_pm%22%3A+%22true%22%7D&query_id=test&hash=b3c8b293f14ad0f7f0abcf769aea1209a72295d30a87eb0e74df855d32e53bfe";

/// sanvew/telegram-init-data, `InitDataUtilsTest.java`: a start parameter and a kind of chat.
const F: &str = "auth_date=1749945600&chat_type=group&query_id=AAHdF6IQAAAAAN0XohDhrOrc&start_param=referral123&user=%7B%22id%22%3A123456789%2C%22first_name%22%3A%22John%22%2C%22last_name%22%3A%22Doe%22%2C%22username%22%3A%22johndoe%22%2C%22language_code%22%3A%22en%22%2C%22is_bot%22%3Afalse%2C%22is_premium%22%3Atrue%2C%22allows_write_to_pm%22%3Atrue%2C%22photo_url%22%3A%22https%3A%2F%2Fexample.com%2Favatar%2F4843.jpg%22%7D&hash=d88ca7df91a7a28bb3b34857ed9e0ec4d99dfa2bf81fd9321e21e3abf84a8ae3";
const TOKEN_F: &str = "123456789:TEST_FAKE_BOT_TOKEN_EXAMPLE123456";

/// aiogram, `test_web_app_signature.py`: a third-party signature by a key of its own, and no hash.
const G: &str = "auth_date=1650385342&user=%7B%22id%22%3A42%2C%22first_name%22%3A%22Test%22%7D&query_id=test&signature=JQ0JR2tjC65yq_jNZV0wuJVX6J-SWPMV0mprUXG34g-NvxL4RcF1Rz5n4VVo00VRghEUBf5t___uoeb1-jU_Cw";
const KEY_G: &str = "4112765021341e5415e772cd65903f6b94e3ea1c2ab669e6d3e18ee2db00da61";

fn c() -> String {
    let (user, _) = B.split_once("&chat_instance").unwrap();
    format!("{user}{C_REST}")
}

fn tokens(texts: &[&str]) -> Vec<BotToken> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

/// Checks at the second of signing.
fn check(raw: &str, token: &str, auth_date: i64) -> Result<Verified<InitData>, InitDataError> {
    verify(raw, &tokens(&[token]), Timestamp::from_secs(auth_date), HOUR_MS)
}

fn key_g() -> PublicKey {
    PublicKey::from_bytes(hex::decode(KEY_G).unwrap().try_into().unwrap())
}

fn malformed(reason: MalformedReason) -> InitDataError {
    InitDataError::Malformed { reason }
}

const BAD_SIGNATURE: InitDataError = InitDataError::Invalid { reason: InvalidReason::Signature };

#[test]
fn vector_a_is_read() {
    let data = check(A, TOKEN_A, 1_662_771_648).unwrap();
    assert_eq!(data.bot_id, BotId(5_768_337_691));
    assert_eq!(data.user.id, TelegramUserId(279_058_397));
    assert_eq!(data.user.first_name, "Vladislav");
    assert_eq!(data.user.last_name.as_deref(), Some("Kibenko"));
    assert_eq!(data.user.username.as_deref(), Some("vdkfrost"));
    assert_eq!(data.user.language_code.as_deref(), Some("ru"));
    assert!(data.user.is_premium && !data.user.allows_write_to_pm && !data.user.is_bot);
    assert_eq!(data.query_id.as_deref(), Some("AAHdF6IQAAAAAN0XohDhrOrc"));
    assert_eq!(data.auth_date, Timestamp::from_secs(1_662_771_648));
    assert_eq!((data.start_param.as_deref(), data.chat_type, data.can_send_after), (None, None, None));
}

#[test]
fn vector_b_is_valid_only_with_its_signature() {
    let data = check(B, TOKEN_B, 1_733_584_787).unwrap();
    assert_eq!(data.user.first_name, "Vladislav + - ? /");
    assert_eq!(data.chat_type, Some(ChatType::Private));
    assert_eq!(data.chat_instance.as_deref(), Some("8134722200314281151"));
    let (before, rest) = B.split_once("&signature=").unwrap();
    let (_, hash) = rest.split_once('&').unwrap();
    assert_eq!(check(&format!("{before}&{hash}"), TOKEN_B, 1_733_584_787).unwrap_err(), BAD_SIGNATURE);
}

#[test]
fn the_order_of_the_pairs_does_not_matter() {
    let mut pairs = B.split('&').collect::<Vec<_>>();
    pairs.reverse();
    assert!(check(&pairs.join("&"), TOKEN_B, 1_733_584_787).is_ok());
}

#[test]
fn while_a_token_is_replaced_both_are_taken() {
    for (raw, auth_date) in [(B.to_owned(), 1_733_584_787), (c(), 1_733_509_682)] {
        let now = Timestamp::from_secs(auth_date);
        assert!(verify(&raw, &tokens(&[TOKEN_B, TOKEN_C]), now, HOUR_MS).is_ok());
    }
    assert_eq!(check(&c(), TOKEN_B, 1_733_509_682).unwrap_err(), BAD_SIGNATURE);
    assert_eq!(verify(B, &[], Timestamp::from_secs(1_733_584_787), HOUR_MS).unwrap_err(), BAD_SIGNATURE);
}

#[test]
fn vectors_d_and_f_are_read() {
    assert_eq!(check(D, TOKEN_D, 1_650_385_342).unwrap().user.id, TelegramUserId(42));
    let data = check(F, TOKEN_F, 1_749_945_600).unwrap();
    assert_eq!((data.start_param.as_deref(), data.chat_type), (Some("referral123"), Some(ChatType::Group)));
    assert_eq!(data.user.photo_url.as_deref(), Some("https://example.com/avatar/4843.jpg"));
}

#[test]
fn vector_e_is_genuine_but_its_user_is_not_in_telegrams_form() {
    assert_eq!(check(E, TOKEN_D, 1_650_385_342).unwrap_err(), malformed(MalformedReason::User));
    let tampered = E.replace("query_id=test", "query_id=tost");
    assert_eq!(check(&tampered, TOKEN_D, 1_650_385_342).unwrap_err(), BAD_SIGNATURE);
}

#[test]
fn third_party_signatures_are_checked_with_telegrams_key() {
    for (raw, auth_date) in [(B.to_owned(), 1_733_584_787), (c(), 1_733_509_682)] {
        let now = Timestamp::from_secs(auth_date);
        let check = |bot_id, key| third_party::verify(&raw, BotId(bot_id), key, now, HOUR_MS);
        assert_eq!(check(7_342_037_359, PublicKey::PRODUCTION).unwrap().user.id, TelegramUserId(279_058_397));
        assert_eq!(check(7_342_037_360, PublicKey::PRODUCTION).unwrap_err(), BAD_SIGNATURE);
        assert_eq!(check(7_342_037_359, PublicKey::TEST).unwrap_err(), BAD_SIGNATURE);
    }
}

#[test]
fn vector_g_needs_no_hash() {
    let now = Timestamp::from_secs(1_650_385_342);
    assert_eq!(
        third_party::verify(G, BotId(42), key_g(), now, HOUR_MS).unwrap().query_id.as_deref(),
        Some("test")
    );
    let later = now.plus_ms(HOUR_MS + 1);
    assert_eq!(third_party::verify(G, BotId(42), key_g(), later, HOUR_MS).unwrap_err(), InitDataError::Stale);
    let tampered = G.replace("Test", "Tess");
    assert_eq!(third_party::verify(&tampered, BotId(42), key_g(), now, HOUR_MS).unwrap_err(), BAD_SIGNATURE);
    for (signature, reason) in [
        ("", MalformedReason::SignatureMissing),
        ("&signature=", MalformedReason::SignatureNotBase64),
        ("&signature=JQ0J", MalformedReason::SignatureNotBase64),
        ("&signature=***", MalformedReason::SignatureNotBase64),
    ] {
        let (before, _) = G.split_once("&signature=").unwrap();
        let raw = format!("{before}{signature}");
        assert_eq!(
            third_party::verify(&raw, BotId(42), key_g(), now, HOUR_MS).unwrap_err(),
            malformed(reason)
        );
    }
}

#[test]
fn what_is_no_init_data_is_malformed() {
    let too_many = (0..=PAIRS_MAX).map(|index| format!("k{index}=v")).collect::<Vec<_>>().join("&");
    let too_long = format!("auth_date=1&x={}", "a".repeat(8 * 1024));
    for (raw, reason) in [
        ("", MalformedReason::Empty),
        ("invalid_format", MalformedReason::NotAPair),
        ("test&foo=bar=baz", MalformedReason::NotAPair),
        ("auth_date=1&&user=x", MalformedReason::NotAPair),
        ("=x&hash=abc", MalformedReason::Key),
        ("a%3Db=x&hash=abc", MalformedReason::Key),
        ("auth_date=1", MalformedReason::HashMissing),
        ("auth_date=1&hash=", MalformedReason::HashNotHex),
        ("auth_date=1&hash=abc", MalformedReason::HashNotHex),
        ("auth_date=AAA&hash=HHH", MalformedReason::HashNotHex),
        ("auth_date=1&auth_date=1&hash=abc", MalformedReason::DuplicateKey),
        ("auth_date=1&hash=abc&%68ash=abc", MalformedReason::DuplicateKey),
        ("auth_date=%", MalformedReason::PercentEncoding),
        ("auth_date=%4", MalformedReason::PercentEncoding),
        ("auth_date=%zz", MalformedReason::PercentEncoding),
        ("auth_date=%ff%fe", MalformedReason::NotUtf8),
        ("auth_date=%00", MalformedReason::ControlCharacter),
        (&too_many, MalformedReason::TooManyPairs),
        (&too_long, MalformedReason::TooLong),
    ] {
        assert_eq!(check(raw, TOKEN_D, 1).unwrap_err(), malformed(reason), "{raw:.80}");
    }
    let long_hash = format!("auth_date=1&hash={}", "a".repeat(66));
    assert_eq!(check(&long_hash, TOKEN_D, 1).unwrap_err(), malformed(MalformedReason::HashNotHex));
}

#[test]
fn a_wrong_token_and_a_changed_letter_are_invalid() {
    assert_eq!(check(A, TOKEN_B, 1_662_771_648).unwrap_err(), BAD_SIGNATURE);
    let tampered = A.replace("279058397", "279058398");
    assert_eq!(check(&tampered, TOKEN_A, 1_662_771_648).unwrap_err(), BAD_SIGNATURE);
    let more = format!("{A}&extra=1");
    assert_eq!(check(&more, TOKEN_A, 1_662_771_648).unwrap_err(), BAD_SIGNATURE);
}

#[test]
fn age_is_counted_from_both_sides() {
    let signed = Timestamp::from_secs(1_662_771_648);
    let at = |offset_ms| verify(A, &tokens(&[TOKEN_A]), signed.plus_ms(offset_ms), HOUR_MS);
    assert!(at(HOUR_MS).is_ok());
    assert_eq!(at(HOUR_MS + 1).unwrap_err(), InitDataError::Stale);
    assert!(at(-FUTURE_SKEW_MS).is_ok());
    assert_eq!(
        at(-FUTURE_SKEW_MS - 1).unwrap_err(),
        InitDataError::Invalid { reason: InvalidReason::Future }
    );
}

#[test]
fn the_signature_is_checked_before_the_age_and_before_the_user() {
    let token = &tokens(&[TOKEN_D])[0];
    let long_ago = |auth_date: &str, user: &str| sign(&[("auth_date", auth_date), ("user", user)], token);
    assert_eq!(check(&long_ago("1", "nonsense"), TOKEN_D, 1_700_000_000).unwrap_err(), InitDataError::Stale);
    assert_eq!(check(&long_ago("1", "nonsense"), "43:TEST", 1_700_000_000).unwrap_err(), BAD_SIGNATURE);
    for auth_date in ["", "x", "-1", "+1", "1.5", " 1", "99999999999999999999"] {
        let raw = long_ago(auth_date, "nonsense");
        let expected = malformed(MalformedReason::AuthDate);
        assert_eq!(check(&raw, TOKEN_D, 1).unwrap_err(), expected, "{auth_date:?}");
    }
    let without = sign(&[("user", "{}")], token);
    assert_eq!(check(&without, TOKEN_D, 1).unwrap_err(), malformed(MalformedReason::AuthDate));
}

#[test]
fn a_signed_user_that_can_not_be_one_is_malformed() {
    let token = &tokens(&[TOKEN_D])[0];
    for user in [
        "",
        "null",
        "[]",
        "{}",
        r#"{"id":1}"#,
        r#"{"id":0,"first_name":"x"}"#,
        r#"{"id":-5,"first_name":"x"}"#,
        r#"{"id":4503599627370496,"first_name":"x"}"#,
        r#"{"id":1,"id":2,"first_name":"x"}"#,
    ] {
        let raw = sign(&[("auth_date", "1"), ("user", user)], token);
        assert_eq!(check(&raw, TOKEN_D, 1).unwrap_err(), malformed(MalformedReason::User), "{user}");
    }
    let without = sign(&[("auth_date", "1")], token);
    assert_eq!(check(&without, TOKEN_D, 1).unwrap_err(), malformed(MalformedReason::User));
}

#[test]
fn receiver_chat_and_unknown_keys_are_read() {
    let token = &tokens(&[TOKEN_D])[0];
    let user = r#"{"id":1,"first_name":"x"}"#;
    let pairs = [
        ("auth_date", "1"),
        ("user", user),
        ("receiver", r#"{"id":2,"first_name":"y","is_bot":true}"#),
        ("chat", r#"{"id":-3,"type":"supergroup","title":"t"}"#),
        ("chat_type", "community"),
        ("can_send_after", "10"),
        ("chat_join_request_query_id", "q"),
    ];
    let data = check(&sign(&pairs, token), TOKEN_D, 1).unwrap();
    assert!(data.receiver.as_ref().unwrap().is_bot);
    assert_eq!(data.chat.as_ref().unwrap().id, ChatId(-3));
    assert_eq!((data.chat_type, data.can_send_after), (Some(ChatType::Other), Some(10)));
    for (key, reason) in [("receiver", MalformedReason::Receiver), ("chat", MalformedReason::Chat)] {
        let raw = sign(&[("auth_date", "1"), ("user", user), (key, "5")], token);
        assert_eq!(check(&raw, TOKEN_D, 1).unwrap_err(), malformed(reason));
    }
}

/// The signed text separates pairs by line breaks. Whoever could put one into a value could take genuine init data and
/// cut its lines into pairs in another way, with the same hash.
#[test]
fn a_line_break_can_neither_hide_nor_forge_a_key() {
    let token = &tokens(&[TOKEN_D])[0];
    let user = r#"{"id":1,"first_name":"x"}"#;
    let genuine = sign(&[("auth_date", "1"), ("start_param", "s"), ("user", user)], token);
    let (_, hash) = genuine.rsplit_once('=').unwrap();

    // The line of `start_param` becomes part of `auth_date`'s value: the same signed text, one key less.
    let hidden = format!(
        "auth_date=1%0Astart_param%3Ds&user=%7B%22id%22%3A1%2C%22first_name%22%3A%22x%22%7D&hash={hash}"
    );
    assert_eq!(check(&hidden, TOKEN_D, 1).unwrap_err(), malformed(MalformedReason::ControlCharacter));

    // A value that was signed with a line break in it reads like two pairs. Telegram signs none such (inside JSON it
    // writes `\n`), and none is taken.
    let with_break = sign(&[("auth_date", "1"), ("start_param", &format!("s\nuser={user}"))], token);
    assert_eq!(check(&with_break, TOKEN_D, 1).unwrap_err(), malformed(MalformedReason::ControlCharacter));

    // A key with a line break or an equals sign of its own.
    for key in ["x%0Auser", "user%3D%7B%22id%22%3A1"] {
        let raw = format!("auth_date=1&{key}=y&hash={}", "0".repeat(64));
        assert!(matches!(check(&raw, TOKEN_D, 1).unwrap_err(), InitDataError::Malformed { .. }), "{key}");
    }
}

#[test]
fn the_hash_of_a_login_widget_is_not_accepted() {
    // The widget's key is the token's SHA-256, not the key that belongs to init data.
    use sha2::Digest as _;
    let key = sha2::Sha256::digest(TOKEN_D.as_bytes());
    let mut mac = <hmac::Hmac<sha2::Sha256> as hmac::KeyInit>::new_from_slice(&key).unwrap();
    mac.update(b"auth_date=1\nuser={\"id\":1,\"first_name\":\"x\"}");
    let hash = hex::encode(mac.finalize().into_bytes());
    let raw = format!("auth_date=1&user=%7B%22id%22%3A1%2C%22first_name%22%3A%22x%22%7D&hash={hash}");
    assert_eq!(check(&raw, TOKEN_D, 1).unwrap_err(), BAD_SIGNATURE);
}

#[test]
fn nothing_personal_prints() {
    let data = check(F, TOKEN_F, 1_749_945_600).unwrap();
    let printed = format!("{data:?} {:?} {:?}", data.user, data.chat);
    for secret in ["123456789,", "John", "Doe", "johndoe", "referral123", "AAHdF6"] {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
    let token = &tokens(&[TOKEN_D])[0];
    let error = check(&sign(&[("auth_date", "1"), ("user", "Ada")], token), TOKEN_D, 1).unwrap_err();
    assert!(!format!("{error:?} {error}").contains("Ada"));
}
