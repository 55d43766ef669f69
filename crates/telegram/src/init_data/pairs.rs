//! The pairs of init data, decoded strictly.

use std::borrow::Cow;

use crate::init_data::{LEN_MAX, PAIRS_MAX, error::MalformedReason};

/// The longest key; Telegram's longest has 26 characters.
const KEY_LEN_MAX: usize = 64;

/// Decoded pairs, sorted by key, each key once.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Pairs<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Pairs<'a> {
    /// Splits and decodes. What could be read in two ways is refused.
    pub(crate) fn parse(raw: &'a str) -> Result<Self, MalformedReason> {
        if raw.is_empty() {
            return Err(MalformedReason::Empty);
        }
        if raw.len() > LEN_MAX {
            return Err(MalformedReason::TooLong);
        }
        let mut pairs = Vec::with_capacity(12);
        for part in raw.split('&') {
            if pairs.len() == PAIRS_MAX {
                return Err(MalformedReason::TooManyPairs);
            }
            let (key, value) = part.split_once('=').ok_or(MalformedReason::NotAPair)?;
            let (key, value) = (decode(key)?, decode(value)?);
            // A key with a `=` of its own would read like another key in the signed text.
            if key.is_empty()
                || key.len() > KEY_LEN_MAX
                || !key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
            {
                return Err(MalformedReason::Key);
            }
            pairs.push((key, value));
        }
        pairs.sort_unstable_by(|left, right| left.0.cmp(&right.0));
        if pairs.windows(2).any(|two| two[0].0 == two[1].0) {
            return Err(MalformedReason::DuplicateKey);
        }
        Ok(Self(pairs))
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        let index = self.0.binary_search_by(|pair| pair.0.as_ref().cmp(key)).ok()?;
        Some(self.0[index].1.as_ref())
    }

    /// The text that is signed: the wanted pairs as `key=value`, a line each, without a line break at the end.
    pub(crate) fn check_string(&self, is_wanted: impl Fn(&str) -> bool) -> String {
        let size = self.0.iter().map(|(key, value)| key.len() + value.len() + 2).sum();
        let mut text = String::with_capacity(size);
        for (key, value) in self.0.iter().filter(|(key, _)| is_wanted(key)) {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(key);
            text.push('=');
            text.push_str(value);
        }
        text
    }
}

/// Decodes `%xx` and `+`. Control characters are refused: the check string separates pairs by a line break, so a value
/// that contains one could pose as several pairs, or swallow one.
fn decode(text: &str) -> Result<Cow<'_, str>, MalformedReason> {
    let decoded = if text.bytes().any(|byte| byte == b'%' || byte == b'+') {
        let mut output = Vec::with_capacity(text.len());
        let mut bytes = text.bytes();
        while let Some(byte) = bytes.next() {
            output.push(match byte {
                b'+' => b' ',
                b'%' => {
                    let mut digit =
                        || bytes.next().and_then(hex_digit).ok_or(MalformedReason::PercentEncoding);
                    digit()? << 4 | digit()?
                }
                other => other,
            });
        }
        Cow::Owned(String::from_utf8(output).map_err(|_| MalformedReason::NotUtf8)?)
    } else {
        Cow::Borrowed(text)
    };
    if decoded.bytes().any(|byte| byte.is_ascii_control()) {
        return Err(MalformedReason::ControlCharacter);
    }
    Ok(decoded)
}

const fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}
