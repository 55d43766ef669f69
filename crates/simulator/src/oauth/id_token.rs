//! ID tokens, signed by a key of the simulator's own. Written apart from `telegram::oidc`, so that the two check each other.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// The key with a number; it is known to everybody and opens nothing.
fn key(number: u32) -> SigningKey {
    SigningKey::from_bytes(&Sha256::digest(format!("simulated login, key {number}")).into())
}

fn kid(number: u32) -> String {
    format!("sim-{number}")
}

/// The public half, as it is published.
pub(super) fn jwk(number: u32) -> Value {
    let x = URL_SAFE_NO_PAD.encode(key(number).verifying_key().to_bytes());
    json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": kid(number), "x": x})
}

/// Signs claims. A forged token names a published key and is signed by another.
pub(super) fn sign(claims: &Value, number: u32, is_forged: bool) -> String {
    let header = json!({"alg": "EdDSA", "typ": "JWT", "kid": kid(number)});
    let text = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header.to_string()),
        URL_SAFE_NO_PAD.encode(claims.to_string())
    );
    let signer = if is_forged { key(u32::MAX) } else { key(number) };
    let signature = signer.sign(text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}
