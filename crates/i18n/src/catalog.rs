//! All texts of one language.

use std::sync::OnceLock;

use domain::{ErrorCode, Locale};

use crate::{generated, number::write_number, plural};

/// What separates the forms of a plural text; the build script joins them with it.
const FORM_SEPARATOR: char = '\u{1f}';

/// Names a text without placeholders. Only the generated constants in [`keys`](crate::keys) are keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key(pub(crate) u16);

/// What fills a placeholder.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Argument<'a> {
    /// Stands as it is.
    Text(&'a str),
    /// Is grouped by the language's custom.
    Number(u64),
}

/// The JSON is not what [`Catalog::page_json`] of this very version writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CatalogError {
    /// It is not a JSON array of texts.
    #[error("the texts are not a JSON array of strings")]
    Malformed,
    /// It was made by a version with other keys: the page must be loaded anew.
    #[error("the texts belong to another version of the page")]
    OtherVersion,
    /// They are in another language than the texts that are there.
    #[error("the texts are in another language")]
    OtherLanguage,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Texts {
    #[cfg(feature = "bundled")]
    Bundled(&'static [&'static str]),
    Received {
        page: Vec<String>,
        later: OnceLock<Vec<String>>,
    },
}

/// The texts of one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalog {
    locale: Locale,
    texts: Texts,
}

#[cfg(feature = "bundled")]
static BUNDLED: [Catalog; 4] = [
    Catalog { locale: Locale::En, texts: Texts::Bundled(&generated::EN) },
    Catalog { locale: Locale::Ru, texts: Texts::Bundled(&generated::RU) },
    Catalog { locale: Locale::Fr, texts: Texts::Bundled(&generated::FR) },
    Catalog { locale: Locale::It, texts: Texts::Bundled(&generated::IT) },
];

/// The texts of `locale`.
#[cfg(feature = "bundled")]
pub fn catalog(locale: Locale) -> &'static Catalog {
    match locale {
        Locale::En => &BUNDLED[0],
        Locale::Ru => &BUNDLED[1],
        Locale::Fr => &BUNDLED[2],
        Locale::It => &BUNDLED[3],
    }
}

impl Catalog {
    /// The texts that the server put into the page.
    ///
    /// # Errors
    /// When `json` is anything else, or comes from a version with other keys.
    pub fn from_json(json: &str) -> Result<Self, CatalogError> {
        Self::from_texts(serde_json::from_str(json).map_err(|_| CatalogError::Malformed)?)
    }

    /// The same from the parsed array, for a page that has a parser of its own.
    ///
    /// # Errors
    /// When the texts come from a version with other keys.
    pub fn from_texts(texts: Vec<String>) -> Result<Self, CatalogError> {
        let (locale, page) = received(texts, generated::PAGE_LEN)?;
        Ok(Self { locale, texts: Texts::Received { page, later: OnceLock::new() } })
    }

    /// Takes in the texts of the pages that are loaded later, as [`Catalog::later_json`] writes them. They come to a
    /// catalog that is in use already; nothing that is shown changes.
    ///
    /// # Errors
    /// When the texts come from a version with other keys, or are in another language.
    pub fn add_later(&self, texts: Vec<String>) -> Result<(), CatalogError> {
        let (locale, texts) = received(texts, generated::LATER_LEN)?;
        if locale != self.locale {
            return Err(CatalogError::OtherLanguage);
        }
        match &self.texts {
            #[cfg(feature = "bundled")]
            Texts::Bundled(_) => {}
            // What is there already is the same.
            Texts::Received { later, .. } => drop(later.set(texts)),
        }
        Ok(())
    }

    /// Whether the texts of the pages that are loaded later are there.
    pub fn has_later(&self) -> bool {
        match &self.texts {
            #[cfg(feature = "bundled")]
            Texts::Bundled(_) => true,
            Texts::Received { later, .. } => later.get().is_some(),
        }
    }

    /// What [`Catalog::from_json`] reads: the texts `app.*` and `error.*` in the order of their keys, then the language
    /// and a fingerprint of the keys. Safe inside a `<script>` element: no `<` stands in it unescaped.
    #[cfg(feature = "bundled")]
    pub fn page_json(&self) -> String {
        self.json(0, generated::PAGE_LEN)
    }

    /// The same of the texts `later.*`, for [`Catalog::add_later`].
    #[cfg(feature = "bundled")]
    pub fn later_json(&self) -> String {
        self.json(generated::PAGE_LEN, generated::LATER_LEN)
    }

    #[cfg(feature = "bundled")]
    fn json(&self, from: usize, count: usize) -> String {
        let texts = (from..from + count).map(|index| self.raw(index));
        let all = texts.chain([self.locale.tag(), generated::FINGERPRINT]).collect::<Vec<_>>();
        // Text alone always serialises.
        serde_json::to_string(&all).unwrap_or_default().replace('<', "\\u003c")
    }

    /// The language.
    pub const fn locale(&self) -> Locale {
        self.locale
    }

    /// A fixed text.
    pub fn text(&self, key: Key) -> &str {
        self.raw(usize::from(key.0))
    }

    /// What a player is told for an error code.
    pub fn error(&self, code: ErrorCode) -> &str {
        self.text(generated::error_key(code))
    }

    fn raw(&self, index: usize) -> &str {
        match &self.texts {
            #[cfg(feature = "bundled")]
            Texts::Bundled(texts) => texts.get(index).copied().unwrap_or_default(),
            Texts::Received { page, later } => {
                let later = || later.get()?.get(index - generated::PAGE_LEN);
                page.get(index).or_else(later).map(String::as_str).unwrap_or_default()
            }
        }
    }

    /// The text at `index` with its placeholders filled. The form is chosen by `count`.
    #[inline(never)]
    pub(crate) fn fill(&self, index: usize, count: Option<u64>, arguments: &[Argument<'_>]) -> String {
        let mut rest = self.raw(index);
        if let Some(count) = count {
            rest = rest.split(FORM_SEPARATOR).nth(plural::form(self.locale, count)).unwrap_or_default();
        }
        let mut output = String::with_capacity(rest.len() + 16);
        while let Some((before, behind)) = rest.split_once('{') {
            output.push_str(before);
            // The build script writes exactly one digit between the braces.
            let position = behind.bytes().next().map_or(0, |digit| usize::from(digit.wrapping_sub(b'0')));
            match arguments.get(position) {
                Some(Argument::Text(text)) => output.push_str(text),
                Some(Argument::Number(number)) => write_number(&mut output, self.locale, *number),
                None => {}
            }
            rest = behind.get(2..).unwrap_or_default();
        }
        output.push_str(rest);
        output
    }
}

/// Takes apart what [`Catalog::json`] has put together.
fn received(mut texts: Vec<String>, count: usize) -> Result<(Locale, Vec<String>), CatalogError> {
    let trailer = texts.split_off(texts.len().saturating_sub(2));
    let [tag, fingerprint] = trailer.as_slice() else { return Err(CatalogError::Malformed) };
    if fingerprint != generated::FINGERPRINT || texts.len() != count {
        return Err(CatalogError::OtherVersion);
    }
    Ok((Locale::from_tag(tag), texts))
}

#[cfg(all(test, feature = "bundled"))]
mod tests {
    use super::*;
    use crate::keys;

    #[test]
    fn every_error_code_has_a_text_in_every_language() {
        for locale in Locale::ALL {
            for code in ErrorCode::ALL {
                assert!(!catalog(locale).error(*code).is_empty(), "{code} in {}", locale.tag());
            }
        }
        assert_ne!(
            catalog(Locale::En).error(ErrorCode::NotFound),
            catalog(Locale::En).error(ErrorCode::Internal)
        );
    }

    #[test]
    fn the_page_gets_the_same_texts_as_the_server_has() {
        for locale in Locale::ALL {
            let bundled = catalog(locale);
            let received = Catalog::from_json(&bundled.page_json()).unwrap();
            assert_eq!(received.locale(), locale);
            for code in ErrorCode::ALL {
                assert_eq!(received.error(*code), bundled.error(*code));
            }
            for count in [0, 1, 2, 5, 21, 1_000_000] {
                let players = |catalog| keys::app::board_players(catalog, count);
                assert_eq!(players(&received), players(bundled));
            }
        }
    }

    #[test]
    fn the_page_gets_no_text_of_the_chat_or_of_the_console() {
        let json = catalog(Locale::En).page_json();
        assert!(!json.contains(catalog(Locale::En).text(keys::console::REFUSED_TITLE)));
        assert!(!json.contains(catalog(Locale::En).text(keys::bot::START_HELLO).lines().next().unwrap()));
        assert!(!json.contains('<'));
    }

    #[test]
    fn later_texts_join_a_catalog_in_use() {
        let later_texts =
            |locale| serde_json::from_str::<Vec<String>>(&catalog(locale).later_json()).unwrap();
        let page = Catalog::from_json(&catalog(Locale::Fr).page_json()).unwrap();
        assert!(!page.has_later());
        assert_eq!(page.text(keys::later::PROFILE_SIGN_OUT), "");
        assert_eq!(page.add_later(later_texts(Locale::It)), Err(CatalogError::OtherLanguage));
        assert_eq!(page.add_later(vec!["fr".to_owned()]), Err(CatalogError::Malformed));
        page.add_later(later_texts(Locale::Fr)).unwrap();
        assert!(page.has_later());
        let key = keys::later::PROFILE_SIGN_OUT;
        assert_eq!(page.text(key), catalog(Locale::Fr).text(key));
        assert_eq!(page.text(keys::app::TITLE), catalog(Locale::Fr).text(keys::app::TITLE));
    }

    #[test]
    fn no_page_is_sent_the_texts_of_later_pages_at_first() {
        let text = catalog(Locale::En).text(keys::later::PROFILE_SIGN_OUT);
        assert!(!catalog(Locale::En).page_json().contains(text));
        assert!(catalog(Locale::En).later_json().contains(text));
    }

    #[test]
    fn texts_of_another_version_are_refused() {
        let json = catalog(Locale::En).page_json();
        assert_eq!(Catalog::from_json("{}"), Err(CatalogError::Malformed));
        assert_eq!(Catalog::from_json("[]"), Err(CatalogError::Malformed));
        assert_eq!(Catalog::from_json(r#"["en","00000000"]"#), Err(CatalogError::OtherVersion));
        assert_eq!(
            Catalog::from_json(&json.replacen('[', "[\"one more\",", 1)),
            Err(CatalogError::OtherVersion)
        );
    }

    #[test]
    fn russian_chooses_the_form_by_the_number() {
        let players = |count| keys::app::board_players(catalog(Locale::Ru), count);
        assert_eq!(
            [1, 3, 11, 12_345].map(players),
            ["1 игрок", "3 игрока", "11 игроков", "12\u{a0}345 игроков"]
        );
    }

    #[test]
    fn an_argument_is_never_read_as_a_placeholder() {
        let text = keys::bot::tournament_finished(catalog(Locale::En), "{0} {1}", "{title}");
        assert!(text.contains("{0} {1}") && text.contains("{title}"), "{text}");
    }
}
