//! Names at rest: sealed, so that a copy of the database says nobody's name.
//!
//! ```text
//! p1.<key id>.<base64url of nonce, ciphertext and tag>
//! ```
//! The keys are apart from those that seal signing keys: derived from secrets of their own, or from the server's secret
//! under a label of their own. A sealed text names its key, so that keys can be replaced one row after the other. It is
//! bound to the column and the person, so that it can't stand in another's row.
//!
//! The nonce is not random: it is a keyed digest of column, person and name (as in AES-SIV). Whoever is seen again under
//! the same name leaves the same row; equal names of two persons look unlike each other.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::TelegramUserId;
use storage::user::{SealedText, User};

use crate::secrets::{SECRET_BYTES_MIN, SecretError, hmac_sha256};

/// What every sealed text begins with.
const VERSION: &str = "p1.";

/// A column that holds a sealed name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    FirstName,
    Username,
}

impl Column {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::FirstName => b"users.first_name",
            Self::Username => b"users.username",
        }
    }
}

struct PersonalKey {
    /// Eight digits, public.
    id: String,
    sealing: LessSafeKey,
    nonces: [u8; 32],
}

impl PersonalKey {
    fn derive(secret: &[u8]) -> Result<Self, SecretError> {
        if secret.len() < SECRET_BYTES_MIN {
            return Err(SecretError::TooShort);
        }
        let sealing = hmac_sha256(secret, &[b"podium personal fields v1"]);
        let id = hmac_sha256(secret, &[b"podium personal key id v1"]);
        Ok(Self {
            id: hex::encode(&id[..4]),
            sealing: UnboundKey::new(&AES_256_GCM, &sealing)
                .map(LessSafeKey::new)
                .map_err(|_| SecretError::Cipher)?,
            nonces: hmac_sha256(secret, &[b"podium personal nonces v1"]),
        })
    }

    /// What every text that is sealed with it begins with.
    fn prefix(&self) -> String {
        format!("{VERSION}{}.", self.id)
    }
}

/// The keys of names: the present one seals, every one opens.
pub struct PersonalKeys {
    present: PersonalKey,
    earlier: Vec<PersonalKey>,
}

impl std::fmt::Debug for PersonalKeys {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("PersonalKeys(…)")
    }
}

impl PersonalKeys {
    /// Keys from secrets, the present one first. The server's own comes last, so that a server that is given keys of
    /// their own for the first time still opens what it sealed before.
    pub(crate) fn derive(given: &[&[u8]], server: &[u8]) -> Result<Self, SecretError> {
        let mut secrets = given.iter().copied().chain(std::iter::once(server));
        let present = PersonalKey::derive(secrets.next().unwrap_or(server))?;
        Ok(Self { present, earlier: secrets.map(PersonalKey::derive).collect::<Result<_, _>>()? })
    }

    /// Whether a text is sealed with the present key.
    pub fn is_current(&self, text: &SealedText) -> bool {
        text.as_str().starts_with(&self.present.prefix())
    }

    /// Seals a first name.
    pub fn seal_first_name(&self, person: TelegramUserId, name: &str) -> SealedText {
        self.seal(Column::FirstName, person, name)
    }

    /// Seals a user name.
    pub fn seal_username(&self, person: TelegramUserId, name: &str) -> SealedText {
        self.seal(Column::Username, person, name)
    }

    /// The first name of a user. A text that can't be opened is reported and is no name.
    pub fn first_name(&self, user: &User) -> Option<String> {
        self.open_of(Column::FirstName, user, user.first_name.as_ref())
    }

    /// The user name of a user, likewise.
    pub fn username(&self, user: &User) -> Option<String> {
        self.open_of(Column::Username, user, user.username.as_ref())
    }

    /// A first name from its stored form.
    ///
    /// # Errors
    /// [`SecretError::CannotOpen`] when its key is not there, or it was changed, or it is another's.
    pub fn open_first_name(&self, person: TelegramUserId, text: &SealedText) -> Result<String, SecretError> {
        self.open(Column::FirstName, person, text)
    }

    /// A user name from its stored form.
    ///
    /// # Errors
    /// As [`open_first_name`](Self::open_first_name).
    pub fn open_username(&self, person: TelegramUserId, text: &SealedText) -> Result<String, SecretError> {
        self.open(Column::Username, person, text)
    }

    fn open_of(&self, column: Column, user: &User, text: Option<&SealedText>) -> Option<String> {
        match self.open(column, user.telegram_user_id?, text?) {
            Ok(name) => Some(name),
            Err(error) => {
                tracing::error!(
                    user.id = %user.user_id,
                    error = %domain::ErrorChain(&error),
                    "a name can't be opened: is a personal key missing?"
                );
                None
            }
        }
    }

    #[expect(clippy::expect_used, reason = "AES-GCM takes any text below 64 GiB (NIST SP 800-38D, 5.2.1.1)")]
    fn seal(&self, column: Column, person: TelegramUserId, name: &str) -> SealedText {
        let key = &self.present;
        let bound = bound_to(column, person);
        let digest = hmac_sha256(&key.nonces, &[&bound, name.as_bytes()]);
        let mut nonce = [0; NONCE_LEN];
        nonce.copy_from_slice(&digest[..NONCE_LEN]);
        let mut body = name.as_bytes().to_vec();
        key.sealing
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(&bound), &mut body)
            .expect("a name is short");
        let mut text = key.prefix();
        URL_SAFE_NO_PAD.encode_string([nonce.as_slice(), &body].concat(), &mut text);
        SealedText::from_stored(text)
    }

    fn open(&self, column: Column, person: TelegramUserId, text: &SealedText) -> Result<String, SecretError> {
        // What was stored before names were sealed; `podium keys reseal` seals it.
        let Some(rest) = text.as_str().strip_prefix(VERSION) else { return Ok(text.as_str().to_owned()) };
        let (id, sealed) = rest.split_once('.').ok_or(SecretError::CannotOpen)?;
        let mut keys = std::iter::once(&self.present).chain(&self.earlier);
        let key = keys.find(|key| key.id == id).ok_or(SecretError::CannotOpen)?;
        let sealed = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| SecretError::CannotOpen)?;
        let (nonce, body) = sealed.split_at_checked(NONCE_LEN).ok_or(SecretError::CannotOpen)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SecretError::CannotOpen)?;
        let mut body = body.to_vec();
        let opened = key
            .sealing
            .open_in_place(nonce, Aad::from(bound_to(column, person)), &mut body)
            .map_err(|_| SecretError::CannotOpen)?;
        String::from_utf8(opened.to_vec()).map_err(|_| SecretError::CannotOpen)
    }
}

/// The column and the person, in a form in which no two pairs are alike.
fn bound_to(column: Column, person: TelegramUserId) -> Vec<u8> {
    [column.label(), b"\0", &person.0.to_be_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: TelegramUserId = TelegramUserId(42);
    const OLD: &[u8] = &[1; 32];
    const NEW: &[u8] = &[2; 32];
    const SERVER: &[u8] = &[3; 32];

    fn keys(given: &[&[u8]]) -> PersonalKeys {
        PersonalKeys::derive(given, SERVER).unwrap()
    }

    #[test]
    fn a_name_opens_for_its_column_and_person_alone() {
        let keys = keys(&[]);
        for name in ["Ada", "", "Ада 👩‍🚀", &"x".repeat(300)] {
            let sealed = keys.seal_first_name(ADA, name);
            assert!(name.is_empty() || !sealed.as_str().contains(name), "{sealed:?}");
            assert_eq!(keys.open_first_name(ADA, &sealed).unwrap(), name);
            assert!(keys.open_username(ADA, &sealed).is_err());
            assert!(keys.open_first_name(TelegramUserId(43), &sealed).is_err());
        }
    }

    #[test]
    fn a_changed_text_and_one_of_a_missing_key_do_not_open() {
        let sealed = keys(&[OLD]).seal_first_name(ADA, "Ada");
        assert!(keys(&[]).open_first_name(ADA, &sealed).is_err());
        for index in VERSION.len()..sealed.as_str().len() {
            let mut changed = sealed.as_str().to_owned().into_bytes();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            let changed = SealedText::from_stored(String::from_utf8(changed).unwrap());
            assert!(keys(&[OLD]).open_first_name(ADA, &changed).is_err(), "{index}");
        }
        for text in ["p1.", "p1.x", "p1.00000000.", "p1..AAAA"] {
            assert!(keys(&[OLD]).open_first_name(ADA, &SealedText::from_stored(text)).is_err());
        }
    }

    #[test]
    fn keys_are_replaced_while_all_names_stay_readable() {
        let before = keys(&[]).seal_first_name(ADA, "Ada");
        let old = keys(&[OLD]).seal_first_name(ADA, "Ada");
        let both = keys(&[NEW, OLD]);
        for text in [&before, &old, &SealedText::from_stored("Ada")] {
            assert_eq!(both.open_first_name(ADA, text).unwrap(), "Ada");
            assert!(!both.is_current(text));
        }
        assert!(both.is_current(&both.seal_first_name(ADA, "Ada")));
    }

    #[test]
    fn the_same_name_leaves_the_same_row_and_equal_names_of_two_do_not_show() {
        let keys = keys(&[]);
        let sealed = |person| keys.seal_first_name(person, "Ada");
        assert_eq!(sealed(ADA), sealed(ADA));
        assert_ne!(sealed(ADA).as_str()[12..], sealed(TelegramUserId(43)).as_str()[12..]);
        assert_ne!(sealed(ADA), keys.seal_first_name(ADA, "Adam"));
    }

    #[test]
    fn a_short_secret_is_refused() {
        assert!(matches!(PersonalKeys::derive(&[&[1; 31]], SERVER), Err(SecretError::TooShort)));
    }
}
