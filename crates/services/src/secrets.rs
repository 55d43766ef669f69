//! Keys for aliases, refresh tokens and sealed values, all derived from the one secret of the server, which is not in
//! the database. Names have keys apart: see [`personal`].

pub mod personal;

use aws_lc_rs::aead::{AES_256_GCM, AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use domain::{BoardId, Rng, TelegramUserId};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::secrets::personal::PersonalKeys;

/// The fewest bytes that a server's secret may have.
pub const SECRET_BYTES_MIN: usize = 32;

/// Keys derived from `PODIUM_SECRET`.
pub struct Secrets {
    aliases: [u8; 32],
    buckets: [u8; 32],
    refresh: [u8; 32],
    one_time: [u8; 32],
    sealing: LessSafeKey,
    /// Of pages of boards there are so many that random nonces may repeat, which AES-GCM does not bear and AES-GCM-SIV
    /// does (RFC 8452).
    cursors: LessSafeKey,
    personal: PersonalKeys,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secrets(…)")
    }
}

/// The server's secret can't be used.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// Fewer than [`SECRET_BYTES_MIN`] bytes.
    #[error("the secret has fewer than {SECRET_BYTES_MIN} bytes")]
    TooShort,
    /// A sealed value was made with another secret, or was changed.
    #[error("a sealed value can't be opened: it was made with another secret, or changed")]
    CannotOpen,
    /// The cipher refused.
    #[error("the cipher refused")]
    Cipher,
}

impl Secrets {
    /// Derives the keys.
    ///
    /// # Errors
    /// [`SecretError::TooShort`] below [`SECRET_BYTES_MIN`] bytes.
    pub fn derive(secret: &[u8]) -> Result<Self, SecretError> {
        Self::derive_with(secret, &[])
    }

    /// Derives the keys; those of names from secrets of their own, the present one first.
    ///
    /// # Errors
    /// [`SecretError::TooShort`] when one of the secrets has less than [`SECRET_BYTES_MIN`] bytes.
    pub fn derive_with(secret: &[u8], personal: &[&[u8]]) -> Result<Self, SecretError> {
        if secret.len() < SECRET_BYTES_MIN {
            return Err(SecretError::TooShort);
        }
        let sealing = UnboundKey::new(&AES_256_GCM, &hmac_sha256(secret, &[b"podium sealing v1"]))
            .map_err(|_| SecretError::Cipher)?;
        let cursors = UnboundKey::new(&AES_256_GCM_SIV, &hmac_sha256(secret, &[b"podium board cursor v1"]))
            .map_err(|_| SecretError::Cipher)?;
        Ok(Self {
            aliases: hmac_sha256(secret, &[b"podium log alias v1"]),
            buckets: hmac_sha256(secret, &[b"podium bucket v1"]),
            refresh: hmac_sha256(secret, &[b"podium refresh token v1"]),
            one_time: hmac_sha256(secret, &[b"podium one-time token v1"]),
            sealing: LessSafeKey::new(sealing),
            cursors: LessSafeKey::new(cursors),
            personal: PersonalKeys::derive(personal, secret)?,
        })
    }

    /// The keys of names.
    pub const fn personal(&self) -> &PersonalKeys {
        &self.personal
    }

    /// What a log shows of a person at Telegram: the same for the same person, meaningless without the secret.
    pub fn alias(&self, telegram_user_id: TelegramUserId) -> String {
        let tag = hmac_sha256(&self.aliases, &[&telegram_user_id.0.to_be_bytes()]);
        format!("t_{}", hex::encode(&tag[..6]))
    }

    /// The key of a shared bucket or gate: the same for the same `parts`, meaningless without the secret. Buckets may
    /// be in a Redis that others read and keep copies of, and ids of chats and addresses are personal. 16 bytes, so
    /// that no two ever share a bucket.
    pub(crate) fn bucket(&self, purpose: &'static str, parts: &[&[u8]]) -> String {
        let message: Vec<&[u8]> = std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()).collect();
        let tag = hmac_sha256(&self.buckets, &message);
        format!("{purpose}:{}", hex::encode(&tag[..16]))
    }

    /// The tag that tells a refresh token of ours from a made-up one, before the database is asked.
    pub(crate) fn refresh_tag(&self, body: &[u8]) -> [u8; 32] {
        hmac_sha256(&self.refresh, &[body])
    }

    /// What is stored of a one-time token: whoever reads the database can neither spend it nor check a guess.
    pub(crate) fn one_time_hash(&self, token: &[u8]) -> [u8; 32] {
        hmac_sha256(&self.one_time, &[token])
    }

    /// Encrypts a value for the database (AES-256-GCM); `purpose` must be the same when it is opened.
    ///
    /// # Errors
    /// [`SecretError::Cipher`] when the cipher refuses, which it does not for values of our sizes.
    pub fn seal(&self, purpose: &'static str, value: &[u8], rng: &dyn Rng) -> Result<Vec<u8>, SecretError> {
        seal_with(&self.sealing, purpose.as_bytes(), value, rng)
    }

    /// Decrypts a sealed value.
    ///
    /// # Errors
    /// [`SecretError::CannotOpen`] when it was made with another secret or purpose, or was changed.
    pub fn open(&self, purpose: &'static str, sealed: &[u8]) -> Result<Vec<u8>, SecretError> {
        open_with(&self.sealing, purpose.as_bytes(), sealed)
    }

    /// Encrypts what a cursor of a board says. No two of them are alike.
    #[expect(clippy::expect_used, reason = "AES-GCM-SIV takes any text below 64 GiB (RFC 8452, 6)")]
    pub(crate) fn seal_cursor(&self, board: &BoardId, value: &[u8], rng: &dyn Rng) -> Vec<u8> {
        seal_with(&self.cursors, board.as_str().as_bytes(), value, rng).expect("a cursor is short")
    }

    /// Decrypts it.
    ///
    /// # Errors
    /// [`SecretError::CannotOpen`] when it was made with another secret or for another board, or was changed.
    pub(crate) fn open_cursor(&self, board: &BoardId, sealed: &[u8]) -> Result<Vec<u8>, SecretError> {
        open_with(&self.cursors, board.as_str().as_bytes(), sealed)
    }
}

/// A random nonce, and behind it the value, encrypted and bound to `bound_to`.
fn seal_with(
    key: &LessSafeKey,
    bound_to: &[u8],
    value: &[u8],
    rng: &dyn Rng,
) -> Result<Vec<u8>, SecretError> {
    let mut nonce = [0; NONCE_LEN];
    rng.fill(&mut nonce);
    let mut body = value.to_vec();
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(bound_to), &mut body)
        .map_err(|_| SecretError::Cipher)?;
    Ok([nonce.as_slice(), &body].concat())
}

fn open_with(key: &LessSafeKey, bound_to: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SecretError> {
    let (nonce, body) = sealed.split_at_checked(NONCE_LEN).ok_or(SecretError::CannotOpen)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SecretError::CannotOpen)?;
    let mut body = body.to_vec();
    let opened =
        key.open_in_place(nonce, Aad::from(bound_to), &mut body).map_err(|_| SecretError::CannotOpen)?;
    Ok(opened.to_vec())
}

/// HMAC-SHA256 over the parts, one behind the other.
pub(crate) fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = hmac_of(key);
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// An HMAC-SHA256 that waits for its message.
pub(crate) fn hmac_of(key: &[u8]) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length (RFC 2104, 3)")]
    Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length")
}

#[cfg(test)]
mod tests {
    use domain::SeededRng;

    use super::*;

    #[test]
    fn a_sealed_value_opens_with_its_secret_and_purpose_alone() {
        let secrets = Secrets::derive(&[7; 32]).unwrap();
        let sealed = secrets.seal("key", b"value", &SeededRng::new(1)).unwrap();
        assert_eq!(secrets.open("key", &sealed).unwrap(), b"value");
        assert!(secrets.open("other", &sealed).is_err());
        assert!(Secrets::derive(&[8; 32]).unwrap().open("key", &sealed).is_err());
        assert!(secrets.open("key", &sealed[..5]).is_err());
    }

    #[test]
    fn a_cursor_opens_for_its_board_and_secret_alone_and_is_never_the_same() {
        let secrets = Secrets::derive(&[7; 32]).unwrap();
        let [cup, other]: [BoardId; 2] = ["cup", "cup.1"].map(|text| text.parse().unwrap());
        let rng = SeededRng::new(1);
        let sealed = secrets.seal_cursor(&cup, b"value", &rng);
        assert_eq!(secrets.open_cursor(&cup, &sealed).unwrap(), b"value");
        assert!(secrets.open_cursor(&other, &sealed).is_err());
        assert!(Secrets::derive(&[8; 32]).unwrap().open_cursor(&cup, &sealed).is_err());
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(secrets.open_cursor(&cup, &changed).is_err(), "{at}");
        }
        assert_ne!(secrets.seal_cursor(&cup, b"value", &rng), sealed);
    }

    #[test]
    fn an_alias_hides_the_id_and_depends_on_the_secret() {
        let id = TelegramUserId(279_058_397);
        let alias = Secrets::derive(&[7; 32]).unwrap().alias(id);
        assert!(!alias.contains("279058397"));
        assert_eq!(alias, Secrets::derive(&[7; 32]).unwrap().alias(id));
        assert_ne!(alias, Secrets::derive(&[8; 32]).unwrap().alias(id));
    }

    #[test]
    fn a_short_secret_is_refused() {
        assert!(matches!(Secrets::derive(&[7; 31]), Err(SecretError::TooShort)));
    }

    #[test]
    fn a_bucket_hides_its_parts_and_depends_on_them_its_purpose_and_the_secret() {
        let bucket = |secret: u8, purpose, id: i64| {
            Secrets::derive(&[secret; 32]).unwrap().bucket(purpose, &[&id.to_be_bytes()])
        };
        let one = bucket(7, "send:chat", 279_058_397);
        assert_eq!(one, bucket(7, "send:chat", 279_058_397));
        assert!(one.starts_with("send:chat:") && !one.contains("279058397"), "{one}");
        assert_ne!(one, bucket(7, "send:chat", 279_058_398));
        assert_ne!(one, bucket(8, "send:chat", 279_058_397));
        assert_ne!(one.rsplit(':').next(), bucket(7, "send:bot", 279_058_397).rsplit(':').next());
    }
}
