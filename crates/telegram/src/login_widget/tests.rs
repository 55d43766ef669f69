//! The published vector, and everything that must be refused.

use super::*;
use crate::init_data;

const TOKEN: &str = "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11";
const SIGNED_AT: i64 = 1_565_810_688;
const VECTOR: &str = r#"{"id":42,"first_name":"John","last_name":"Smith","username":"username",
    "photo_url":"https://t.me/i/userpic/320/picname.jpg","auth_date":1565810688,
    "hash":"c303db2b5a06fe41d23a9b14f7c545cfc11dcc7473c07c9c5034ae60062461ce"}"#;

fn token(text: &str) -> BotToken {
    text.parse().unwrap()
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_secs(SIGNED_AT + seconds)
}

fn check(json: &str, now: Timestamp) -> Result<Verified<WidgetLogin>, LoginError> {
    verify(&serde_json::from_str(json).unwrap(), &[token(TOKEN)], now, 600_000)
}

fn is_malformed(json: &str) -> bool {
    matches!(check(json, at(0)), Err(LoginError::Malformed { .. }))
}

#[test]
fn the_published_vector_is_accepted_and_read() {
    let login = check(VECTOR, at(0)).unwrap();
    assert_eq!((login.id, login.bot_id), (TelegramUserId(42), BotId(123_456)));
    assert_eq!((login.first_name.as_str(), login.username.as_deref()), ("John", Some("username")));
    assert_eq!(login.auth_date, at(0));
}

#[test]
fn numbers_may_come_as_text() {
    let text = VECTOR.replace("42,", "\"42\",").replace("1565810688", "\"1565810688\"");
    assert!(check(&text, at(0)).is_ok());
}

#[test]
fn a_previous_token_is_taken_while_it_is_given() {
    let fields: LoginFields = serde_json::from_str(VECTOR).unwrap();
    let both = [token("123456:the-token-that-came-after-it"), token(TOKEN)];
    assert!(verify(&fields, &both, at(0), 600_000).is_ok());
    assert_eq!(verify(&fields, &both[..1], at(0), 600_000).unwrap_err(), LoginError::Signature);
    assert_eq!(verify(&fields, &[], at(0), 600_000).unwrap_err(), LoginError::Signature);
}

#[test]
fn what_was_changed_is_refused() {
    for (from, to) in [("42,", "43,"), ("John", "Jane"), ("565810688", "565810689"), ("c303", "c304")] {
        assert_eq!(check(&VECTOR.replace(from, to), at(0)).unwrap_err(), LoginError::Signature, "{to}");
    }
    let less = VECTOR.replace(r#""last_name":"Smith","#, "");
    assert_eq!(check(&less, at(0)).unwrap_err(), LoginError::Signature);
    let more = VECTOR.replace('{', r#"{"is_admin":"true","#);
    assert_eq!(check(&more, at(0)).unwrap_err(), LoginError::Signature);
}

#[test]
fn its_time_must_be_now() {
    assert!(check(VECTOR, at(600)).is_ok());
    assert_eq!(check(VECTOR, at(601)).unwrap_err(), LoginError::Stale);
    assert!(check(VECTOR, at(-300)).is_ok());
    assert_eq!(check(VECTOR, at(-301)).unwrap_err(), LoginError::Future);
}

#[test]
fn what_can_be_read_in_two_ways_is_malformed() {
    assert!(is_malformed("{}"));
    assert!(is_malformed(&VECTOR.replace("c303", "")));
    assert!(is_malformed(&VECTOR.replace("c303", "zzzz")));
    assert!(is_malformed(&VECTOR.replace('{', r#"{"id":43,"#)), "a key twice");
    assert!(is_malformed(&VECTOR.replace("John", "John\\nid=43")), "a line break");
    assert!(is_malformed(&VECTOR.replace("\"username\":", "\"user=name\":")));
    assert!(is_malformed(&VECTOR.replace("John", &"J".repeat(3000))));
    let many: Vec<String> = (0..17).map(|number| format!(r#""x{number}":"y""#)).collect();
    assert!(is_malformed(&format!("{{{}}}", many.join(","))));
    for nonsense in ["[]", "\"\"", r#"{"id":true}"#, r#"{"id":{}}"#, r#"{"id":null}"#] {
        assert!(serde_json::from_str::<LoginFields>(nonsense).is_err(), "{nonsense}");
    }
}

#[test]
fn a_genuine_login_without_a_person_is_malformed() {
    let now = SIGNED_AT.to_string();
    for fields in [
        vec![("auth_date", now.as_str()), ("first_name", "A")],
        vec![("auth_date", now.as_str()), ("id", "42")],
        vec![("auth_date", now.as_str()), ("id", "0"), ("first_name", "A")],
        vec![("auth_date", now.as_str()), ("id", "-1"), ("first_name", "A")],
        vec![("auth_date", now.as_str()), ("id", "4503599627370496"), ("first_name", "A")],
        vec![("id", "42"), ("first_name", "A")],
        vec![("auth_date", "soon"), ("id", "42"), ("first_name", "A")],
    ] {
        let signed = sign(&fields, &token(TOKEN));
        let result = verify(&signed, &[token(TOKEN)], at(0), 600_000);
        assert!(matches!(result, Err(LoginError::Malformed { .. })), "{fields:?}");
    }
}

/// The two are signed by different keys: whoever gets hold of one can't use it as the other.
#[test]
fn init_data_is_no_login_and_a_login_is_no_init_data() {
    let date = SIGNED_AT.to_string();
    let user = r#"{"id":42,"first_name":"John"}"#;
    let fields = [("user", user), ("auth_date", date.as_str()), ("id", "42"), ("first_name", "John")];
    let tokens = [token(TOKEN)];

    let as_init_data = init_data::sign(&fields, &tokens[0]);
    assert!(init_data::verify(&as_init_data, &tokens, at(0), 600_000).is_ok());
    let hash = as_init_data.rsplit_once("hash=").unwrap().1;
    let presented = LoginFields::new(fields.into_iter().chain([("hash", hash)]));
    assert_eq!(verify(&presented, &tokens, at(0), 600_000).unwrap_err(), LoginError::Signature);

    let login = sign(&fields, &tokens[0]);
    assert!(verify(&login, &tokens, at(0), 600_000).is_ok());
    let hash = login.iter().find(|(key, _)| *key == "hash").unwrap().1;
    let presented = as_init_data.replace(as_init_data.rsplit_once("hash=").unwrap().1, hash);
    assert!(matches!(
        init_data::verify(&presented, &tokens, at(0), 600_000),
        Err(init_data::InitDataError::Invalid { .. })
    ));
}

#[test]
fn nothing_personal_prints() {
    let fields: LoginFields = serde_json::from_str(VECTOR).unwrap();
    let login = check(VECTOR, at(0)).unwrap();
    let error = check(&VECTOR.replace("John", "Jane"), at(0)).unwrap_err();
    let printed = format!("{fields:?} {login:?} {error:?} {error}");
    for personal in ["John", "Jane", "Smith", "username", "42,", "c303db"] {
        assert!(!printed.contains(personal), "{printed}");
    }
}
