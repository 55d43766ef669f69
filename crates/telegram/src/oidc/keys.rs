//! The provider's keys (RFC 7517), each with the one algorithm that it may be used with.

use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse},
};
use serde::Deserialize;
use serde_json::Value;

/// The most keys that are looked at; a provider has two or three.
const KEYS_MAX: usize = 32;

/// The keys of a provider.
#[derive(Debug, Clone, Default)]
pub struct KeySet(Vec<Jwk>);

impl KeySet {
    /// Reads a JWKS; `None` when it is none. Keys of kinds that are not known here are left out: a provider may publish
    /// more than we need.
    pub fn parse(json: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Document {
            keys: Vec<Value>,
        }
        let document: Document = serde_json::from_str(json).ok()?;
        let keys = document.keys.into_iter().take(KEYS_MAX);
        Some(Self(keys.filter_map(|key| serde_json::from_value(key).ok()).collect()))
    }

    /// Whether there is a key of this name.
    pub fn has(&self, kid: &str) -> bool {
        self.0.iter().any(|key| key.common.key_id.as_deref() == Some(kid))
    }

    /// The key of this name and its algorithm. `None` when there is no such key, or none that may sign.
    pub(super) fn find(&self, kid: &str) -> Option<(DecodingKey, Algorithm)> {
        let key = self.0.iter().find(|key| key.common.key_id.as_deref() == Some(kid))?;
        let is_for_signatures =
            key.common.public_key_use.as_ref().is_none_or(|purpose| *purpose == PublicKeyUse::Signature);
        let algorithm = algorithm(key).filter(|_| is_for_signatures)?;
        Some((DecodingKey::from_jwk(key).ok()?, algorithm))
    }
}

/// The algorithm that the kind of the key allows. A key that says otherwise itself is not used.
fn algorithm(key: &Jwk) -> Option<Algorithm> {
    let fitting = match &key.algorithm {
        AlgorithmParameters::RSA(_) => Algorithm::RS256,
        AlgorithmParameters::EllipticCurve(curve) if curve.curve == EllipticCurve::P256 => Algorithm::ES256,
        AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519 => Algorithm::EdDSA,
        _ => return None,
    };
    let stated = key.common.key_algorithm;
    stated.is_none_or(|stated| stated.to_string() == format!("{fitting:?}")).then_some(fitting)
}
