//! An amount as a decimal text: exact, and never a floating-point number on its way.
//!
//! Podium does no arithmetic with amounts and changes no balance: what the platform says is passed on as it was said.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use crate::id::Invalid;

/// The most digits in front of the point.
const WHOLE_DIGITS_MAX: usize = 18;
/// The most digits behind it.
const FRACTION_DIGITS_MAX: usize = 18;

/// An amount that is not negative, such as `12.50`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Amount(String);

impl Amount {
    /// The text form, as it came.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Amount {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        let (whole, fraction) =
            text.split_once('.').map_or((text.as_str(), None), |(whole, rest)| (whole, Some(rest)));
        let is_digits = |part: &str, max: usize| {
            (1..=max).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        let is_whole = is_digits(whole, WHOLE_DIGITS_MAX) && (whole == "0" || !whole.starts_with('0'));
        if !is_whole || !fraction.is_none_or(|part| is_digits(part, FRACTION_DIGITS_MAX)) {
            return Err(Invalid { kind: "amount" });
        }
        Ok(Self(text))
    }
}

impl FromStr for Amount {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::try_from(text.to_owned())
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_kept_as_it_was_said_and_nothing_else_is_one() {
        for good in ["0", "10", "0.5", "12.50", "999999999999999999.000000000000000001"] {
            assert_eq!(good.parse::<Amount>().unwrap().as_str(), good);
        }
        for bad in
            ["", ".", "1.", ".5", "01", "-1", "+1", "1e3", "1,5", " 1", "NaN", "1000000000000000000", "٣"]
        {
            assert!(bad.parse::<Amount>().is_err(), "{bad:?} was taken");
        }
        assert!(serde_json::from_str::<Amount>("12.5").is_err(), "a JSON number is not exact");
    }
}
