//! Values of activities: texts, exact numbers, yes and no.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::id::Invalid;

/// The most bytes of a text.
pub const TEXT_BYTES_MAX: usize = 256;

const FRACTION_DIGITS: usize = 6;
const ONE: i64 = 1_000_000;
const INVALID: Invalid = Invalid { kind: "number" };

/// A number with six digits behind the point, exact: sums must not depend on the order in which they are made. It lies
/// within ±9 223 372 036 854.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Quantity(i64);

impl Quantity {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// A whole number; held at the limits.
    pub const fn whole(number: i64) -> Self {
        Self(number.saturating_mul(ONE))
    }

    /// A number from its millionths.
    pub const fn from_millionths(millionths: i64) -> Self {
        Self(millionths)
    }

    /// The number in millionths.
    pub const fn millionths(self) -> i64 {
        self.0
    }

    /// The sum; held at the limits.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The whole number that it is, if it is one.
    pub const fn as_whole(self) -> Option<i64> {
        if self.0 % ONE == 0 { Some(self.0 / ONE) } else { None }
    }

    /// How much of `whole` this is, in thousandths from 0 to 1000; rounded down, so that all is all.
    pub fn permille_of(self, whole: Self) -> u16 {
        if self >= whole || whole.0 <= 0 {
            return 1000;
        }
        let share = i128::from(self.0.max(0)) * 1000 / i128::from(whole.0);
        u16::try_from(share).unwrap_or(1000)
    }
}

impl FromStr for Quantity {
    type Err = Invalid;

    /// Reads a decimal. Digits beyond the sixth behind the point are cut off.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let (is_negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !is_digits(whole) || !is_digits(fraction) {
            return Err(INVALID);
        }
        let whole: i64 = whole.parse().map_err(|_| INVALID)?;
        let kept: String = fraction.chars().chain("000000".chars()).take(FRACTION_DIGITS).collect();
        let fraction: i64 = kept.parse().map_err(|_| INVALID)?;
        let millionths =
            whole.checked_mul(ONE).and_then(|whole| whole.checked_add(fraction)).ok_or(INVALID)?;
        Ok(Self(if is_negative { -millionths } else { millionths }))
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millionths = self.0.unsigned_abs();
        let (whole, fraction) = (millionths / ONE.unsigned_abs(), millionths % ONE.unsigned_abs());
        let sign = if self.0 < 0 { "-" } else { "" };
        if fraction == 0 {
            return write!(formatter, "{sign}{whole}");
        }
        let fraction = format!("{fraction:06}");
        write!(formatter, "{sign}{whole}.{}", fraction.trim_end_matches('0'))
    }
}

impl fmt::Debug for Quantity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.as_whole() {
            Some(whole) => serializer.serialize_i64(whole),
            None => serializer.collect_str(self),
        }
    }
}

impl<'de> Deserialize<'de> for Quantity {
    /// From a JSON number, or from a decimal text where a number would not be exact.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match FieldValue::deserialize(deserializer)? {
            FieldValue::Number(number) => Ok(number),
            FieldValue::Text(text) => text.parse().map_err(de::Error::custom),
            FieldValue::Flag(_) => Err(de::Error::custom(INVALID)),
        }
    }
}

/// The value of a field.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FieldValue {
    /// A text of at most [`TEXT_BYTES_MAX`] bytes.
    Text(String),
    /// A number.
    Number(Quantity),
    /// Yes or no.
    Flag(bool),
}

impl FieldValue {
    /// The number that it is: a text that is a decimal counts as one, for amounts are sent as texts.
    pub fn quantity(&self) -> Option<Quantity> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.parse().ok(),
            Self::Flag(_) => None,
        }
    }

    /// A number that stands for the value: different ones have different numbers, but for one pair in a great many.
    pub fn digest(&self) -> u64 {
        match self {
            Self::Text(text) => digest([b"t", text.as_bytes()]),
            Self::Number(number) => digest([b"n".as_slice(), &number.0.to_be_bytes()]),
            Self::Flag(flag) => digest([b"f".as_slice(), &[u8::from(*flag)]]),
        }
    }
}

/// FNV-1a over the parts, stirred once more so that its low bits are as good as its high ones. Nothing secret rests on it.
pub fn digest<const PARTS: usize>(parts: [&[u8]; PARTS]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for part in parts {
        // The end of a part counts too: ("a", "bc") is not ("ab", "c").
        for byte in part.iter().copied().map(u64::from).chain([256]) {
            hash = (hash ^ byte).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    // 63 bits: readers of JSON that know signed numbers alone read it too.
    (hash ^ (hash >> 31)) >> 1
}

impl Serialize for FieldValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => {
                if let Some(whole) = number.as_whole() {
                    return serializer.serialize_i64(whole);
                }
                let text = number.to_string();
                // As a number of JSON where that is exact, so that it is read back as one.
                match text.parse::<f64>() {
                    Ok(float) if float.to_string() == text => serializer.serialize_f64(float),
                    _ => serializer.serialize_str(&text),
                }
            }
            Self::Flag(flag) => serializer.serialize_bool(*flag),
        }
    }
}

struct ValueVisitor;

impl de::Visitor<'_> for ValueVisitor {
    type Value = FieldValue;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a text of at most 256 bytes, a number within ±9e12, or true or false")
    }

    fn visit_bool<E: de::Error>(self, flag: bool) -> Result<FieldValue, E> {
        Ok(FieldValue::Flag(flag))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<FieldValue, E> {
        number.checked_mul(ONE).map(|number| FieldValue::Number(Quantity(number))).ok_or(E::custom(INVALID))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<FieldValue, E> {
        i64::try_from(number).map_err(|_| E::custom(INVALID)).and_then(|number| self.visit_i64(number))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<FieldValue, E> {
        // The shortest decimal that is this number, which is what was written.
        number.to_string().parse().map(FieldValue::Number).map_err(E::custom)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<FieldValue, E> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(E::custom(Invalid { kind: "text" }));
        }
        Ok(FieldValue::Text(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for FieldValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn quantity(text: &str) -> Quantity {
        text.parse().unwrap()
    }

    #[test]
    fn numbers_are_exact() {
        for (text, millionths, shown) in [
            ("0", 0, "0"),
            ("3", 3_000_000, "3"),
            ("0.1", 100_000, "0.1"),
            ("-12.50", -12_500_000, "-12.5"),
            ("0.0000019", 1, "0.000001"),
            ("9223372036854", 9_223_372_036_854_000_000, "9223372036854"),
        ] {
            assert_eq!(quantity(text).millionths(), millionths, "{text}");
            assert_eq!(quantity(text).to_string(), shown);
        }
        for bad in ["", "-", ".5", "5.", "1e3", "+1", "9223372036855", "99999999999999999999", "1.2.3", "٣"]
        {
            assert!(bad.parse::<Quantity>().is_err(), "{bad}");
        }
        let json = |text: &str| serde_json::from_str::<Quantity>(text);
        assert_eq!(json("0.1").unwrap().plus(json("0.2").unwrap()), json("\"0.3\"").unwrap());
        assert_eq!(json("7").unwrap(), Quantity::whole(7));
        assert!(json("true").is_err() && json("1e30").is_err() && json("[1]").is_err());
    }

    #[test]
    fn a_share_is_all_only_when_it_is_all() {
        let permille = |part: &str, whole: &str| quantity(part).permille_of(quantity(whole));
        assert_eq!(permille("0", "3"), 0);
        assert_eq!(permille("1", "3"), 333);
        assert_eq!(permille("2.999999", "3"), 999);
        assert_eq!(permille("3", "3"), 1000);
        assert_eq!(permille("9000000000000", "3"), 1000);
        assert_eq!(permille("-1", "3"), 0);
    }

    #[test]
    fn values_are_what_json_says_they_are() {
        let read = |text: &str| serde_json::from_str::<FieldValue>(text).ok();
        assert_eq!(read("\"dice\""), Some(FieldValue::Text("dice".to_owned())));
        assert_eq!(read("2.5"), Some(FieldValue::Number(quantity("2.5"))));
        assert_eq!(read("true"), Some(FieldValue::Flag(true)));
        assert_eq!(read(&format!("\"{}\"", "a".repeat(257))), None);
        for bad in ["null", "[]", "{}", "18446744073709551615"] {
            assert_eq!(read(bad), None, "{bad}");
        }
        assert_eq!(read("\"12.5\"").unwrap().quantity(), Some(quantity("12.5")));
        assert_eq!(read("\"dice\"").unwrap().quantity(), None);
    }

    #[test]
    fn what_is_different_has_another_digest() {
        let values = ["\"1\"", "1", "true", "\"\"", "0", "false", "\"a\"", "0.000001"];
        let mut digests: Vec<u64> =
            values.iter().map(|text| serde_json::from_str::<FieldValue>(text).unwrap().digest()).collect();
        digests.sort_unstable();
        digests.dedup();
        assert_eq!(digests.len(), values.len());
        assert_ne!(digest([b"a", b"bc"]), digest([b"ab", b"c"]));
    }

    #[test]
    fn a_number_of_many_digits_is_read_to_its_last_one() {
        let json = "118525106658.60701";
        let value = serde_json::from_str::<FieldValue>(json).unwrap();
        assert_eq!(value.quantity(), Some(quantity(json)));
        assert_eq!(serde_json::to_string(&value).unwrap(), json);
    }

    proptest! {
        #[test]
        fn a_number_survives_its_text_and_its_json(millionths in -9_223_372_036_854_000_000_i64..=9_223_372_036_854_000_000) {
            let number = Quantity::from_millionths(millionths);
            prop_assert_eq!(number.to_string().parse(), Ok(number));
            let json = serde_json::to_string(&number).unwrap();
            prop_assert_eq!(serde_json::from_str::<Quantity>(&json).unwrap(), number);
            let value = FieldValue::Number(number);
            let json = serde_json::to_string(&value).unwrap();
            prop_assert_eq!(serde_json::from_str::<FieldValue>(&json).unwrap().quantity(), Some(number));
        }
    }
}
