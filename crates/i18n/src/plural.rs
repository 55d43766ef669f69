//! Which form of a text goes with a number: the cardinal rules of CLDR 46 for whole numbers.

use domain::Locale;

/// The position of the form for `count` among the forms of `locale`: one, other in English; one, few, many in Russian;
/// one, many, other in French and Italian.
pub const fn form(locale: Locale, count: u64) -> usize {
    match locale {
        Locale::En => (count != 1) as usize,
        Locale::Ru => match (count % 10, count % 100) {
            (1, rest) if rest != 11 => 0,
            (2..=4, rest) if rest < 12 || rest > 14 => 1,
            _ => 2,
        },
        Locale::Fr => romance(count < 2, count),
        Locale::It => romance(count == 1, count),
    }
}

/// French and Italian say "1 000 000 de joueurs": full millions have a form of their own.
const fn romance(is_one: bool, count: u64) -> usize {
    if is_one {
        0
    } else if count != 0 && count.is_multiple_of(1_000_000) {
        1
    } else {
        2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `Intl.PluralRules` of ICU answers, as the names of the forms.
    const NUMBERS: [u64; 16] = [0, 1, 2, 4, 5, 11, 12, 14, 21, 22, 25, 101, 111, 1_000, 1_000_000, 2_000_001];

    fn names(locale: Locale) -> [&'static str; 16] {
        NUMBERS.map(|count| crate::check::forms(locale.tag())[form(locale, count)])
    }

    #[test]
    fn english_knows_one_and_other() {
        let mut expected = ["other"; 16];
        expected[1] = "one";
        assert_eq!(names(Locale::En), expected);
    }

    #[test]
    fn russian_knows_one_few_and_many() {
        assert_eq!(
            names(Locale::Ru),
            [
                "many", "one", "few", "few", "many", "many", "many", "many", "one", "few", "many", "one",
                "many", "many", "many", "one"
            ]
        );
    }

    #[test]
    fn french_counts_zero_as_one_and_has_a_form_for_millions() {
        let mut expected = ["other"; 16];
        expected[0] = "one";
        expected[1] = "one";
        expected[14] = "many";
        assert_eq!(names(Locale::Fr), expected);
    }

    #[test]
    fn italian_has_a_form_for_millions() {
        let mut expected = ["other"; 16];
        expected[1] = "one";
        expected[14] = "many";
        assert_eq!(names(Locale::It), expected);
    }
}
