//! The four languages that Podium speaks.

use serde::{Deserialize, Serialize};

/// A language of the texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// English, also for every language that Podium does not speak.
    #[default]
    En,
    /// Russian.
    Ru,
    /// French.
    Fr,
    /// Italian.
    It,
}

impl Locale {
    /// Every locale, the fallback first.
    pub const ALL: [Self; 4] = [Self::En, Self::Ru, Self::Fr, Self::It];

    /// The locale for an IETF language tag such as Telegram's `language_code` (`ru`, `pt-br`); the fallback when it is
    /// not one of ours.
    pub fn from_tag(tag: &str) -> Self {
        let language = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|locale| language.eq_ignore_ascii_case(locale.tag())).unwrap_or_default()
    }

    /// The best locale for an `Accept-Language` header (RFC 9110, 12.5.4).
    pub fn from_accept_language(header: &str) -> Self {
        let mut best = (0.0, Self::default());
        for item in header.split(',') {
            let mut parts = item.split(';');
            let tag = parts.next().unwrap_or_default().trim();
            let quality = parts
                .find_map(|part| part.trim().strip_prefix("q="))
                .map_or(1.0, |text| text.parse().unwrap_or(0.0));
            let locale = Self::from_tag(tag);
            let is_ours = locale != Self::default() || tag.to_ascii_lowercase().starts_with("en");
            if is_ours && quality > best.0 {
                best = (quality, locale);
            }
        }
        best.1
    }

    /// The IETF tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ru => "ru",
            Self::Fr => "fr",
            Self::It => "it",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_does_not_hide_the_language() {
        assert_eq!(Locale::from_tag("ru-RU"), Locale::Ru);
        assert_eq!(Locale::from_tag("pt-br"), Locale::En);
    }

    #[test]
    fn the_highest_quality_that_we_speak_wins() {
        assert_eq!(Locale::from_accept_language("de, it;q=0.8, fr;q=0.9"), Locale::Fr);
        assert_eq!(Locale::from_accept_language("de"), Locale::En);
        assert_eq!(Locale::from_accept_language(""), Locale::En);
    }
}
