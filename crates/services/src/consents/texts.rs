//! What a player says yes to: the texts, and their version.
//!
//! A proof names the version, so the texts of a version never change: a test holds them against their digest. Whoever
//! changes a text raises [`TEXT_VERSION`] and keeps the old texts in the repository's history.

use domain::{ConsentKind, Locale};
use i18n::{Key, catalog, keys};

/// The version of the texts below.
pub const TEXT_VERSION: u32 = 1;

/// The name of a kind.
pub fn title(kind: ConsentKind, locale: Locale) -> &'static str {
    catalog(locale).text(keys_of(kind).0)
}

/// What exactly the player says yes to.
pub fn text(kind: ConsentKind, locale: Locale) -> &'static str {
    catalog(locale).text(keys_of(kind).1)
}

const fn keys_of(kind: ConsentKind) -> (Key, Key) {
    match kind {
        ConsentKind::Promotions => (keys::consent::PROMOTIONS_TITLE, keys::consent::PROMOTIONS_TEXT),
        ConsentKind::Tournaments => (keys::consent::TOURNAMENTS_TITLE, keys::consent::TOURNAMENTS_TEXT),
        ConsentKind::Payouts => (keys::consent::PAYOUTS_TITLE, keys::consent::PAYOUTS_TEXT),
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use sha2::{Digest, Sha256};

    use super::*;

    /// The digest of each version's texts in all languages.
    const DIGESTS: [(u32, &str); 1] =
        [(1, "b2613a68e29bd7179375226e42d2a332773271fad12ab01877a62d1e1ba2c2f4")];

    #[test]
    fn the_texts_of_a_version_never_change() {
        let mut all = String::new();
        for locale in Locale::ALL {
            for kind in ConsentKind::ALL {
                writeln!(all, "{}\n{}\n{}", locale.tag(), title(*kind, locale), text(*kind, locale)).unwrap();
            }
        }
        let digest = hex::encode(Sha256::digest(all));
        assert_eq!(DIGESTS.last(), Some(&(TEXT_VERSION, digest.as_str())), "raise TEXT_VERSION");
    }
}
