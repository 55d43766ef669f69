//! The keys that sign and verify, kept in memory and read anew from the database now and then.

use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::Timestamp;
use jsonwebtoken::DecodingKey;
use serde::Serialize;
use serde_json::json;
use storage::{
    StoreError, Transaction,
    job::{ClaimedJob, JobKind},
    signing_key::SigningKey,
};
use zeroize::Zeroizing;

use crate::{
    Services,
    jobs::{self, JobDone, JobError, JobHandler},
    secrets::SecretError,
    tokens::{ACCESS_TOKEN_SECONDS, PUBLISH_AHEAD_MS},
};

const SEALING_PURPOSE: &str = "signing key";

/// The lease that lets one node at a time make a key.
const LEASE: &str = "signing-key-rotation";

/// The key of the job that replaces the signing key.
const ROTATION: &str = "signing";

/// For how long a key is the newest.
const KEY_AGE_MS: i64 = 30 * 24 * 3_600_000;

/// How often a node reads the keys anew; less than [`PUBLISH_AHEAD_MS`].
const RELOAD_MS: i64 = 30_000;

/// How soon a node may read again because of a token with an unknown key: forged tokens must not cause a query each.
const RELOAD_UNKNOWN_MS: i64 = 5_000;

/// Keys can't be read, made or stored.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The database failed.
    #[error("signing keys can't be read or stored")]
    Store(#[source] StoreError),
    /// The stored key was sealed with another secret.
    #[error("the signing key {kid} can't be opened: was PODIUM_SECRET changed?")]
    Sealed {
        /// Which key.
        kid: String,
        /// Why.
        #[source]
        source: SecretError,
    },
    /// A key of the right shape could not be made or read.
    #[error("the signing key {kid} is not a usable Ed25519 key")]
    Unusable {
        /// Which key.
        kid: String,
    },
}

pub(crate) struct UsableKey {
    pub(crate) kid: String,
    /// The header of tokens that it signs, as it stands in them (RFC 7515, 3.1).
    pub(crate) encoded_header: String,
    pub(crate) signing: Ed25519KeyPair,
    pub(crate) verifying: DecodingKey,
    public_key: Vec<u8>,
    active_from: Timestamp,
}

struct KeySet {
    keys: Vec<Arc<UsableKey>>,
    read_at: Timestamp,
}

/// The keys of this node.
#[derive(Default)]
pub struct KeyRing {
    current: RwLock<Option<Arc<KeySet>>>,
    reading: tokio::sync::Mutex<()>,
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("KeyRing(…)")
    }
}

/// A key set (RFC 7517) with Ed25519 keys (RFC 8037).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Jwks {
    /// The keys, the newest first.
    pub keys: Vec<Jwk>,
}

/// One public key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Jwk {
    /// Always `OKP`.
    pub kty: &'static str,
    /// Always `Ed25519`.
    pub crv: &'static str,
    /// Always `EdDSA`.
    pub alg: &'static str,
    /// Always `sig`.
    #[serde(rename = "use")]
    pub usage: &'static str,
    /// The key's name.
    pub kid: String,
    /// The public key, base64url.
    pub x: String,
}

impl KeyRing {
    /// The key that signs at `now`.
    pub(crate) async fn signing(&self, services: &Services) -> Result<Arc<UsableKey>, KeyError> {
        let now = services.now();
        let set = self.fresh(services, RELOAD_MS).await?;
        let active = set.keys.iter().find(|key| key.active_from <= now);
        active.or(set.keys.first()).cloned().ok_or(KeyError::Unusable { kid: "(none)".to_owned() })
    }

    /// The key named `kid`, if it may still verify.
    pub(crate) async fn verifying(
        &self,
        services: &Services,
        kid: &str,
    ) -> Result<Option<Arc<UsableKey>>, KeyError> {
        let named = |set: &KeySet| set.keys.iter().find(|key| key.kid == kid).cloned();
        if let Some(key) = named(&*self.fresh(services, RELOAD_MS).await?) {
            return Ok(Some(key));
        }
        Ok(named(&*self.fresh(services, RELOAD_UNKNOWN_MS).await?))
    }

    /// The public keys, for everyone who verifies our tokens.
    ///
    /// # Errors
    /// [`KeyError`] when the keys can't be read.
    pub async fn jwks(&self, services: &Services) -> Result<Jwks, KeyError> {
        let set = self.fresh(services, RELOAD_MS).await?;
        let keys = set.keys.iter().map(|key| Jwk {
            kty: "OKP",
            crv: "Ed25519",
            alg: "EdDSA",
            usage: "sig",
            kid: key.kid.clone(),
            x: URL_SAFE_NO_PAD.encode(&key.public_key),
        });
        Ok(Jwks { keys: keys.collect() })
    }

    /// The keys, read within the last `max_age_ms`. One reader reads for all.
    async fn fresh(&self, services: &Services, max_age_ms: i64) -> Result<Arc<KeySet>, KeyError> {
        let held = || {
            let current = self.current.read().unwrap_or_else(PoisonError::into_inner).clone();
            current.filter(|set| services.now().millis_since(set.read_at).abs() < max_age_ms)
        };
        if let Some(set) = held() {
            return Ok(set);
        }
        let _reading = self.reading.lock().await;
        if let Some(set) = held() {
            return Ok(set);
        }
        let keys = match read_or_make(services).await {
            Ok(keys) => keys,
            // Keys that were good half a minute ago are good enough while the database is away; it is asked again when
            // they are this old anew.
            Err(error) => {
                let old = self.current.read().unwrap_or_else(PoisonError::into_inner).clone();
                let keys = old.ok_or(error)?.keys.clone();
                tracing::warn!("signing keys can't be read anew; those that are known are used");
                keys
            }
        };
        let set = Arc::new(KeySet { keys, read_at: services.now() });
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&set));
        Ok(set)
    }
}

async fn read_or_make(services: &Services) -> Result<Vec<Arc<UsableKey>>, KeyError> {
    let keys = read(services).await?;
    if !keys.is_empty() {
        return Ok(keys);
    }
    make(services, Why::FirstKey).await?;
    read(services).await
}

async fn read(services: &Services) -> Result<Vec<Arc<UsableKey>>, KeyError> {
    let mut tx = services.store().begin_read().await.map_err(KeyError::Store)?;
    let stored = tx.signing_keys().usable(services.now()).await.map_err(KeyError::Store)?;
    stored.into_iter().map(|key| open(services, key).map(Arc::new)).collect()
}

fn open(services: &Services, key: SigningKey) -> Result<UsableKey, KeyError> {
    let private_key = services
        .secrets()
        .open(SEALING_PURPOSE, &key.sealed_private_key)
        .map(Zeroizing::new)
        .map_err(|source| KeyError::Sealed { kid: key.kid.clone(), source })?;
    // Read once: reading it anew for each signature would cost as much as the signature.
    let signing =
        Ed25519KeyPair::from_pkcs8(&private_key).map_err(|_| KeyError::Unusable { kid: key.kid.clone() })?;
    Ok(UsableKey {
        // The name is hexadecimal: nothing in it needs an escape.
        encoded_header: URL_SAFE_NO_PAD
            .encode(format!(r#"{{"typ":"JWT","alg":"EdDSA","kid":"{}"}}"#, key.kid)),
        signing,
        verifying: DecodingKey::from_ed_der(&key.public_key),
        kid: key.kid,
        public_key: key.public_key,
        active_from: key.active_from,
    })
}

/// Makes a new signing key and lets the others retire once their last token has expired. Returns its name.
///
/// # Errors
/// [`KeyError`] when the key can't be made or stored.
pub async fn rotate(services: &Services) -> Result<String, KeyError> {
    make(services, Why::Rotation).await
}

/// Why a key is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    /// There is none; it signs at once. Nodes that start together on an empty database make one.
    FirstKey,
    /// It is to follow on another; it signs once everyone knows it.
    Rotation,
}

async fn make(services: &Services, why: Why) -> Result<String, KeyError> {
    let mut tx = services.store().begin_write().await.map_err(KeyError::Store)?;
    let kid = make_within(services, &mut *tx, why).await?;
    tx.save().await.map_err(KeyError::Store)?;
    Ok(kid)
}

async fn make_within(services: &Services, tx: &mut dyn Transaction, why: Why) -> Result<String, KeyError> {
    let now = services.now();
    // Held until the commit: whoever else wants to make a key waits here, and then sees this one.
    let owner = services.new_uuid();
    tx.leases().acquire(LEASE, owner, now, now.plus_ms(1)).await.map_err(KeyError::Store)?;
    let present = tx.signing_keys().usable(now).await.map_err(KeyError::Store)?;
    if let (Why::FirstKey, Some(first)) = (why, present.first()) {
        return Ok(first.kid.clone());
    }
    let (key, kid) = generate(services, now)?;
    let active_from = if present.is_empty() { now } else { now.plus_ms(PUBLISH_AHEAD_MS) };
    tx.signing_keys().add(&SigningKey { active_from, ..key }).await.map_err(KeyError::Store)?;
    let last_expiry = active_from.plus_ms(i64::from(ACCESS_TOKEN_SECONDS) * 1000 + RELOAD_MS);
    tx.signing_keys().retire_others(&kid, last_expiry).await.map_err(KeyError::Store)?;
    tx.leases().release(LEASE, owner).await.map_err(KeyError::Store)?;
    // However it was made, the next one follows a month behind it.
    let next_at = now.plus_ms(KEY_AGE_MS);
    jobs::plan(services, tx, JobKind::KeyRotation, ROTATION, next_at, &json!({}))
        .await
        .map_err(KeyError::Store)?;
    tracing::info!(key.kid = %kid, "a new signing key signs from {active_from}");
    Ok(kid)
}

/// The job that lets a new signing key follow on the last one.
pub(crate) struct Rotation;

#[async_trait]
impl JobHandler for Rotation {
    async fn run(
        &self,
        services: &Services,
        tx: &mut dyn Transaction,
        _job: &ClaimedJob,
        _now: Timestamp,
    ) -> Result<JobDone, JobError> {
        make_within(services, tx, Why::Rotation).await.map_err(|error| match error {
            KeyError::Store(source) => JobError::Store(source),
            error => JobError::failed("no new signing key could be made", error),
        })?;
        Ok(JobDone::quietly())
    }
}

/// A new key, sealed for the database, and its name.
fn generate(services: &Services, now: Timestamp) -> Result<(SigningKey, String), KeyError> {
    let mut seed = Zeroizing::new([0; 32]);
    services.rng().fill(&mut *seed);
    let mut name = [0; 8];
    services.rng().fill(&mut name);
    let kid = hex::encode(name);
    let unusable = || KeyError::Unusable { kid: kid.clone() };
    let pair = Ed25519KeyPair::from_seed_unchecked(&*seed).map_err(|_| unusable())?;
    let private_key = pair.to_pkcs8v1().map_err(|_| unusable())?;
    let sealed_private_key = services
        .secrets()
        .seal(SEALING_PURPOSE, private_key.as_ref(), services.rng())
        .map_err(|source| KeyError::Sealed { kid: kid.clone(), source })?;
    let key = SigningKey {
        kid: kid.clone(),
        sealed_private_key,
        public_key: pair.public_key().as_ref().to_vec(),
        created_at: now,
        active_from: now,
        retired_at: None,
    };
    Ok((key, kid))
}
