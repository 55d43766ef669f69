//! The fields of a login as they arrive: a JSON object of texts and numbers.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};

/// The most fields that a login may have; Telegram sends seven.
const FIELDS_MAX: usize = 16;
/// The longest key and value, in bytes.
const KEY_LEN_MAX: usize = 64;
const VALUE_LEN_MAX: usize = 2048;

/// The fields of a login, unchecked, in the order in which they came. A key that stands twice is kept twice, so that the
/// check can refuse it. Prints nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct LoginFields(Vec<(String, String)>);

impl LoginFields {
    /// Fields by name.
    pub fn new<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self(fields.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect())
    }

    /// The fields, for tests and the simulator.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// The fields sorted by key, when they can be understood in one way alone.
    pub(super) fn checked(&self) -> Result<Vec<(&str, &str)>, &'static str> {
        if self.0.len() > FIELDS_MAX {
            return Err("it has too many fields");
        }
        let mut sorted: Vec<(&str, &str)> = self.iter().collect();
        sorted.sort_unstable();
        for (key, value) in &sorted {
            // A key with a `=`, or a value with a line break, would read like other fields in the signed text.
            let is_plain = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if key.is_empty() || key.len() > KEY_LEN_MAX || !is_plain {
                return Err("a key is no plain name");
            }
            if value.len() > VALUE_LEN_MAX {
                return Err("a value is too long");
            }
            if value.bytes().any(|byte| byte.is_ascii_control()) {
                return Err("it contains a control character");
            }
        }
        if sorted.windows(2).any(|two| two[0].0 == two[1].0) {
            return Err("a key stands in it twice");
        }
        Ok(sorted)
    }
}

impl fmt::Debug for LoginFields {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("LoginFields(…)")
    }
}

/// A value: Telegram's script gives `id` and `auth_date` as numbers, everything else as text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Value {
    Text(String),
    Number(i64),
}

impl<'de> Deserialize<'de> for LoginFields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = LoginFields;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("the fields of a login")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<LoginFields, A::Error> {
                let mut fields = Vec::new();
                while let Some((key, value)) = map.next_entry::<String, Value>()? {
                    // One more than allowed, so that the check sees that there are too many.
                    if fields.len() > FIELDS_MAX {
                        return Err(A::Error::custom("too many fields"));
                    }
                    let value = match value {
                        Value::Text(text) => text,
                        Value::Number(number) => number.to_string(),
                    };
                    fields.push((key, value));
                }
                Ok(LoginFields(fields))
            }
        }

        deserializer.deserialize_map(Fields)
    }
}
