//! Whole numbers as each language writes them.

use domain::Locale;

/// The number with its digits grouped by the custom of `locale`, as `Intl.NumberFormat` does.
pub fn number(locale: Locale, value: u64) -> String {
    let mut output = String::new();
    write_number(&mut output, locale, value);
    output
}

/// Appends the number to `output`.
pub(crate) fn write_number(output: &mut String, locale: Locale, value: u64) {
    // Italian groups from five digits on.
    let (separator, grouped_from) = match locale {
        Locale::En => (',', 1_000),
        Locale::Ru => ('\u{a0}', 1_000),
        Locale::Fr => ('\u{202f}', 1_000),
        Locale::It => ('.', 10_000),
    };
    let digits = value.to_string();
    for (position, digit) in digits.char_indices() {
        if position > 0 && value >= grouped_from && (digits.len() - position).is_multiple_of(3) {
            output.push(separator);
        }
        output.push(digit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_digits_as_the_language_does() {
        let all = |value| Locale::ALL.map(|locale| number(locale, value));
        assert_eq!(all(999), ["999"; 4]);
        assert_eq!(all(1_234), ["1,234", "1\u{a0}234", "1\u{202f}234", "1234"]);
        assert_eq!(
            all(1_234_567),
            ["1,234,567", "1\u{a0}234\u{a0}567", "1\u{202f}234\u{202f}567", "1.234.567"]
        );
        assert_eq!(all(0), ["0"; 4]);
    }
}
