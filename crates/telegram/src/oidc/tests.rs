//! ID tokens of every allowed kind, and everything that must be refused.

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rand::SystemRandom,
    rsa::{KeyPair, KeySize},
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use domain::{TelegramUserId, Timestamp};
use jsonwebtoken::{Algorithm, EncodingKey, Header, jwk::Jwk};
use serde_json::{Value, json};

use crate::oidc::{
    Asked, Expected, IdTokenError, KeySet, OidcClient,
    id_token::{key_id, verify},
};

const ISSUER: &str = "https://oauth.telegram.org";
const NOW: Timestamp = Timestamp::from_secs(1_795_000_000);

struct Signer {
    kid: String,
    algorithm: Algorithm,
    key: EncodingKey,
    jwk: Value,
}

impl Signer {
    fn eddsa(kid: &str) -> Self {
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap();
        let x = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": kid, "x": x});
        let key = EncodingKey::from_ed_der(pkcs8.as_ref());
        Self { kid: kid.to_owned(), algorithm: Algorithm::EdDSA, key, jwk }
    }

    fn es256(kid: &str) -> Self {
        let key =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
        Self::of(kid, Algorithm::ES256, EncodingKey::from_ec_der(key.as_ref()))
    }

    fn rs256(kid: &str) -> Self {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let der = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).unwrap();
        let pem = format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            STANDARD.encode(der.as_ref())
        );
        Self::of(kid, Algorithm::RS256, EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap())
    }

    fn of(kid: &str, algorithm: Algorithm, key: EncodingKey) -> Self {
        let mut jwk = Jwk::from_encoding_key(&key, algorithm).unwrap();
        jwk.common.key_id = Some(kid.to_owned());
        Self { kid: kid.to_owned(), algorithm, key, jwk: serde_json::to_value(jwk).unwrap() }
    }

    fn jwk(&self) -> Value {
        self.jwk.clone()
    }

    fn sign(&self, claims: &Value) -> String {
        self.sign_as(self.algorithm, claims)
    }

    fn sign_as(&self, algorithm: Algorithm, claims: &Value) -> String {
        let header = Header { kid: Some(self.kid.clone()), ..Header::new(algorithm) };
        jsonwebtoken::encode(&header, claims, &self.key).unwrap()
    }
}

fn set(keys: &[Value]) -> KeySet {
    KeySet::parse(&json!({"keys": keys}).to_string()).unwrap()
}

fn claims() -> Value {
    let now = NOW.as_secs();
    json!({
        "iss": ISSUER, "aud": "1234", "sub": "opaque", "id": 279_058_397, "iat": now, "exp": now + 3600,
        "nonce": "n0nce", "name": "Ada Lovelace", "preferred_username": "ada",
    })
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

fn without(name: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

fn check(token: &str, keys: &KeySet) -> Result<TelegramUserId, IdTokenError> {
    let expected = Expected { issuer: ISSUER, client_id: "1234", nonce: "n0nce", now: NOW };
    verify(token, keys, expected).map(|login| login.id)
}

#[test]
fn each_algorithm_of_telegram_is_taken() {
    for signer in [Signer::rs256("a"), Signer::es256("b"), Signer::eddsa("c")] {
        let keys = set(&[signer.jwk()]);
        assert_eq!(check(&signer.sign(&claims()), &keys), Ok(TelegramUserId(279_058_397)));
    }
}

#[test]
fn the_person_is_read() {
    let signer = Signer::eddsa("a");
    let keys = set(&[signer.jwk()]);
    let expected = Expected { issuer: ISSUER, client_id: "1234", nonce: "n0nce", now: NOW };
    let login = verify(&signer.sign(&claims()), &keys, expected).unwrap();
    assert_eq!((login.name.as_str(), login.username.as_deref()), ("Ada Lovelace", Some("ada")));
    let as_text = signer.sign(&with("id", json!("279058397")));
    assert_eq!(check(&as_text, &keys), Ok(TelegramUserId(279_058_397)));
    assert_eq!(key_id(&as_text).as_deref(), Some("a"));
}

#[test]
fn keys_are_chosen_by_name_among_keys_that_nobody_here_knows() {
    let (one, two) = (Signer::eddsa("one"), Signer::es256("two"));
    let unknown = json!({"kty": "EC", "crv": "secp256k1", "kid": "k", "alg": "ES256K", "x": "AA", "y": "AA"});
    let keys = set(&[unknown, one.jwk(), json!("nonsense"), two.jwk()]);
    assert!(check(&one.sign(&claims()), &keys).is_ok());
    assert!(check(&two.sign(&claims()), &keys).is_ok());
    assert_eq!(check(&Signer::eddsa("three").sign(&claims()), &keys), Err(IdTokenError::UnknownKey));
    assert_eq!(check(&Signer::eddsa("one").sign(&claims()), &keys), Err(IdTokenError::Signature));
}

#[test]
fn the_token_does_not_choose_how_it_is_checked() {
    let signer = Signer::rs256("a");
    let jwk = signer.jwk();
    let keys = set(std::slice::from_ref(&jwk));
    // The same key with another digest, no signature at all, and the public key taken for a shared secret.
    assert_eq!(check(&signer.sign_as(Algorithm::RS512, &claims()), &keys), Err(IdTokenError::Signature));
    let body = URL_SAFE_NO_PAD.encode(claims().to_string());
    let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","kid":"a"}"#);
    assert_eq!(check(&format!("{none}.{body}."), &keys), Err(IdTokenError::Malformed));
    let shared = EncodingKey::from_secret(jwk["n"].as_str().unwrap().as_bytes());
    let header = Header { kid: Some("a".to_owned()), ..Header::new(Algorithm::HS256) };
    let confused = jsonwebtoken::encode(&header, &claims(), &shared).unwrap();
    assert_eq!(check(&confused, &keys), Err(IdTokenError::Signature));
}

#[test]
fn a_key_for_something_else_signs_nothing() {
    let signer = Signer::eddsa("a");
    for (name, value) in [("alg", json!("RS256")), ("use", json!("enc"))] {
        let mut jwk = signer.jwk();
        jwk[name] = value;
        assert_eq!(check(&signer.sign(&claims()), &set(&[jwk])), Err(IdTokenError::Signature), "{name}");
    }
}

#[test]
fn what_is_not_for_us_or_not_now_is_refused() {
    let signer = Signer::eddsa("a");
    let keys = set(&[signer.jwk()]);
    let now = NOW.as_secs();
    let wrong = [
        with("iss", json!("https://oauth.telegram.example")),
        with("iss", json!("https://oauth.telegram.org/")),
        with("aud", json!("12345")),
        with("aud", json!(["1234", "somebody else"])),
        with("nonce", json!("another")),
        with("iat", json!(now + 301)),
        with("nbf", json!(now + 301)),
        with("sub", json!("")),
        with("id", json!(0)),
        with("id", json!(-1)),
        with("id", json!(1_i64 << 52)),
        with("id", json!("ada")),
        with("id", json!(null)),
        without("iss"),
        without("aud"),
        without("nonce"),
        without("iat"),
        without("exp"),
        without("sub"),
        without("id"),
    ];
    for claims in wrong {
        let result = check(&signer.sign(&claims), &keys);
        assert!(matches!(result, Err(IdTokenError::Claims(_))), "{claims} {result:?}");
    }
    assert_eq!(check(&signer.sign(&with("exp", json!(now))), &keys), Err(IdTokenError::Expired));
    assert!(check(&signer.sign(&with("exp", json!(now + 1))), &keys).is_ok());
    assert!(check(&signer.sign(&with("aud", json!(["1234"]))), &keys).is_ok());
}

#[test]
fn what_was_changed_or_is_no_token_is_refused() {
    let signer = Signer::eddsa("a");
    let keys = set(&[signer.jwk()]);
    let token = signer.sign(&claims());
    let (head, signature) = token.rsplit_once('.').unwrap();
    let (header, _) = head.split_once('.').unwrap();
    let other = URL_SAFE_NO_PAD.encode(with("id", json!(1)).to_string());
    assert_eq!(check(&format!("{header}.{other}.{signature}"), &keys), Err(IdTokenError::Signature));
    assert_eq!(check(&format!("{head}."), &keys), Err(IdTokenError::Signature));
    for nonsense in ["", "a.b.c", "a", &format!("{token}{}", "x".repeat(20_000))] {
        assert_eq!(check(nonsense, &keys), Err(IdTokenError::Malformed));
    }
    let nameless = jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), &claims(), &signer.key).unwrap();
    assert_eq!(check(&nameless, &keys), Err(IdTokenError::Malformed));
}

#[test]
fn what_is_no_set_of_keys_is_none() {
    for nonsense in ["", "[]", "{}", r#"{"keys":{}}"#] {
        assert!(KeySet::parse(nonsense).is_none(), "{nonsense}");
    }
}

#[test]
fn a_person_is_sent_to_the_provider_with_a_state_a_nonce_and_a_challenge() {
    let client = OidcClient {
        issuer: ISSUER.to_owned(),
        client_id: "1234".to_owned(),
        client_secret: "hunter2".into(),
        redirect_uri: "https://podium.example/v1/tg/oidc/callback".to_owned(),
    };
    let asked = Asked { state: "st&te", nonce: "n", code_challenge: "c" };
    assert_eq!(
        client.authorize_url(asked).unwrap().as_str(),
        "https://oauth.telegram.org/auth?response_type=code&client_id=1234&redirect_uri=https%3A%2F%2Fpodium.\
         example%2Fv1%2Ftg%2Foidc%2Fcallback&scope=openid+profile&state=st%26te&nonce=n&code_challenge=c&\
         code_challenge_method=S256"
    );
    assert!(!format!("{client:?}").contains("hunter2"));
}
