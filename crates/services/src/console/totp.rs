//! Time-based one-time passwords (RFC 6238): HMAC-SHA-1, six digits, steps of 30 seconds, which is what every
//! authenticator app speaks.

use aws_lc_rs::hmac;
use domain::{Rng, Timestamp};
use zeroize::Zeroizing;

use super::token::same;

const STEP_S: i64 = 30;
const DIGITS: u32 = 6;
/// Steps by which a clock may be off, and that a code may take on its way.
const SKEW: i64 = 1;
/// As long as the hash (RFC 4226, 4).
pub(super) const SECRET_BYTES: usize = 20;

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A new secret.
pub(super) fn new_secret(rng: &dyn Rng) -> Zeroizing<Vec<u8>> {
    let mut secret = Zeroizing::new(vec![0; SECRET_BYTES]);
    rng.fill(&mut secret);
    secret
}

/// The code of a time step.
fn code_of(secret: &[u8], step: i64) -> String {
    // SHA-1 is what RFC 6238 and the apps use; as a MAC it is not broken.
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    // Dynamic truncation (RFC 4226, 5.3).
    let offset = usize::from(tag.last().copied().unwrap_or_default() & 0x0f);
    let word = tag
        .get(offset..offset + 4)
        .map_or(0, |bytes| bytes.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte)) & 0x7fff_ffff);
    format!("{:0width$}", word % 10_u32.pow(DIGITS), width = DIGITS as usize)
}

/// The code that an authenticator shows at `now`: for tests of what shows one.
pub fn code_at(secret: &[u8], now: Timestamp) -> String {
    code_of(secret, now.as_secs().div_euclid(STEP_S))
}

/// The step of a good code, later than `last_step`: a code that was taken is never taken again, nor one before it.
pub(super) fn verify(secret: &[u8], code: &str, now: Timestamp, last_step: i64) -> Option<i64> {
    let current = now.as_secs().div_euclid(STEP_S);
    let code: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
    (current - SKEW..=current + SKEW)
        .filter(|step| *step > last_step)
        .find(|step| same(code_of(secret, *step).as_bytes(), code.as_bytes()))
}

/// Base 32 without padding (RFC 4648, 6), as authenticators take secrets.
pub fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    for chunk in bytes.chunks(5) {
        let mut word = [0; 8];
        word[3..3 + chunk.len()].copy_from_slice(chunk);
        let word = u64::from_be_bytes(word);
        for position in 0..(chunk.len() * 8).div_ceil(5) {
            text.push(char::from(ALPHABET[(word >> (35 - 5 * position) & 31) as usize]));
        }
    }
    text
}

/// The bytes behind base 32 text; `None` for anything else.
pub fn from_base32(text: &str) -> Option<Vec<u8>> {
    let (mut word, mut bits, mut bytes) = (0_u32, 0, Vec::new());
    for letter in text.bytes() {
        let value = ALPHABET.iter().position(|known| *known == letter)?;
        word = (word << 5 | u32::try_from(value).ok()?) & 0xffff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(word >> bits & 0xff).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: the SHA-1 column, of whose eight digits ours are the last six.
    #[test]
    fn the_codes_are_those_of_the_rfc() {
        let secret = b"12345678901234567890";
        for (seconds, code) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            assert_eq!(code_at(secret, Timestamp::from_secs(seconds)), code[2..], "{seconds}");
        }
    }

    #[test]
    fn a_code_is_good_for_a_step_to_either_side_and_once() {
        let secret = b"12345678901234567890";
        let at = |seconds: i64| Timestamp::from_secs(1_700_000_010 + seconds);
        let code = code_at(secret, at(0));
        let step = verify(secret, &code, at(0), 0).unwrap();
        assert_eq!(verify(secret, &format!(" {} {}", &code[..3], &code[3..]), at(0), 0), Some(step));
        assert_eq!(verify(secret, &code, at(30), 0), Some(step));
        assert_eq!(verify(secret, &code, at(-30), 0), Some(step));
        assert_eq!(verify(secret, &code, at(60), 0), None);
        assert_eq!(verify(secret, &code, at(-60), 0), None);
        assert_eq!(verify(secret, &code, at(0), step), None, "a code was taken twice");
        let before = code_at(secret, at(-30));
        assert_eq!(verify(secret, &before, at(0), step), None, "an older code was taken after a newer one");
        for bad in ["", "12345", "1234567", "abcdef"] {
            assert_eq!(verify(secret, bad, at(0), 0), None, "{bad}");
        }
    }

    #[test]
    fn base_32_is_that_of_the_rfc() {
        for (bytes, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(bytes.as_bytes()), text);
            assert_eq!(from_base32(text).as_deref(), Some(bytes.as_bytes()));
        }
        assert_eq!(from_base32("mzxw6"), None);
    }
}
