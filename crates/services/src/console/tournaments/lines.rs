//! Prizes and tiers as operators write them: one a line. Titles are English, what every other language falls back to.
//!
//! ```text
//! 1 | cup | 500 EUR | Champion          ranks | code | amount and currency | title | tier
//! 2-10 | free_spins | 50
//! 1-3 | badge | | | 2
//!
//! Bronze | 20 | 0                       title | how many rise | how many fall
//! ```

use std::collections::BTreeMap;

use domain::{
    Amount, Currency, mission,
    reward::Prize,
    tournament::{
        Title,
        cohort::{self, Tier},
        rules::{PRIZES_MAX, PrizeRange},
    },
};

/// Which line is wrong, from 1, and why.
pub(super) type Wrong = (usize, &'static str);

/// The parts of a line, without the spaces around them.
fn parts<const MAX: usize>(line: &str) -> Option<[&str; MAX]> {
    let mut parts = [""; MAX];
    for (at, part) in line.split('|').enumerate() {
        *parts.get_mut(at)? = part.trim();
    }
    Some(parts)
}

fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty())
}

/// A title in English, the language that every reader falls back to.
pub(super) fn title(text: &str) -> Option<Title> {
    Title::new(BTreeMap::from([("en".to_owned(), text.to_owned())]))
}

/// Reads prizes.
pub(super) fn read_prizes(text: &str) -> Result<Vec<PrizeRange>, Wrong> {
    let mut prizes = Vec::new();
    for (number, line) in lines(text) {
        if prizes.len() == PRIZES_MAX {
            return Err((number, "is one range of prizes too many: 200 is the most"));
        }
        prizes.push(read_prize(line).map_err(|why| (number, why))?);
    }
    Ok(prizes)
}

fn read_prize(line: &str) -> Result<PrizeRange, &'static str> {
    let [ranks, code, amount, text, tier] = parts::<5>(line).ok_or("has more than five parts")?;
    let (from, to) = ranks.split_once('-').unwrap_or((ranks, ranks));
    let rank = |text: &str| text.trim().parse::<u32>().map_err(|_| "must begin with a rank, or two: 4-10");
    let what = Prize { title: None, ..read_prize_of(code, amount)? };
    let title = match text {
        "" => None,
        text => Some(title(text).ok_or("has a title of more than 120 characters")?),
    };
    let tier = match tier {
        "" => None,
        tier => Some(tier.parse().map_err(|_| "must name a tier by its number, the lowest 0")?),
    };
    Ok(PrizeRange { from: rank(from)?, to: rank(to)?, tier, what: Prize { title, ..what } })
}

/// A prize by its code and, where there is one, its amount and currency: `500 EUR`.
fn read_prize_of(code: &str, amount: &str) -> Result<Prize, &'static str> {
    let code = code.parse().map_err(|_| "needs a code of the platform's, without spaces")?;
    let mut words = amount.split_whitespace();
    let amount = words.next().map(|word| word.parse().map_err(|_| "has an amount that is no number"));
    let currency = words.next().map(|word| word.parse().map_err(|_| "has a currency that is none"));
    if words.next().is_some() {
        return Err("has more than an amount and a currency");
    }
    Ok(Prize { code, amount: amount.transpose()?, currency: currency.transpose()?, title: None })
}

/// Prizes as lines.
pub(super) fn write_prizes(prizes: &[PrizeRange]) -> String {
    prizes.iter().map(write_prize).collect::<Vec<_>>().join("\n")
}

fn write_prize(range: &PrizeRange) -> String {
    let ranks =
        if range.from == range.to { range.from.to_string() } else { format!("{}-{}", range.from, range.to) };
    let title = range.what.title.as_ref().map(|title| title.for_locale(domain::Locale::En).to_owned());
    let parts = [
        ranks,
        range.what.code.to_string(),
        write_amount(&range.what),
        title.unwrap_or_default(),
        range.tier.map(|tier| tier.to_string()).unwrap_or_default(),
    ];
    joined(&parts)
}

/// The amount and the currency of a prize.
fn write_amount(prize: &Prize) -> String {
    let words = [prize.amount.as_ref().map(Amount::as_str), prize.currency.as_ref().map(Currency::as_str)];
    words.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Parts of a line, without empty ones at its end.
fn joined(parts: &[String]) -> String {
    let last = parts.iter().rposition(|part| !part.is_empty()).map_or(0, |last| last + 1);
    parts[..last].join(" | ")
}

/// Reads tiers.
pub(super) fn read_tiers(text: &str) -> Result<Vec<Tier>, Wrong> {
    let mut tiers = Vec::new();
    for (number, line) in lines(text) {
        if tiers.len() == cohort::TIERS_MAX {
            return Err((number, "is one tier too many: 20 is the most"));
        }
        let wrong = |why| (number, why);
        let [name, promote, demote] = parts::<3>(line).ok_or(wrong("has more than three parts"))?;
        let title = title(name).ok_or(wrong("must begin with a title of 1 to 120 characters"))?;
        let count = |text: &str| match text {
            "" => Ok(0),
            text => text.parse().map_err(|_| wrong("must say by numbers how many rise and fall")),
        };
        tiers.push(Tier { title, promote: count(promote)?, demote: count(demote)? });
    }
    Ok(tiers)
}

/// Tiers as lines.
pub(super) fn write_tiers(tiers: &[Tier]) -> String {
    let line = |tier: &Tier| {
        format!("{} | {} | {}", tier.title.for_locale(domain::Locale::En), tier.promote, tier.demote)
    };
    tiers.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Reads a prize that stands alone: `cash | 5 EUR | Gold`.
pub(in crate::console) fn read_prize_line(line: &str) -> Result<Prize, &'static str> {
    let [code, amount, text] = parts::<3>(line).ok_or("has more than a code, an amount and a title")?;
    let what = read_prize_of(code, amount)?;
    let named = match text {
        "" => None,
        text => Some(title(text).ok_or("has a title of more than 120 characters")?),
    };
    Ok(Prize { title: named, ..what })
}

/// A prize that stands alone.
pub(in crate::console) fn write_prize_line(prize: &Prize) -> String {
    let title = prize.title.as_ref().map(|title| title.for_locale(domain::Locale::En).to_owned());
    joined(&[prize.code.to_string(), write_amount(prize), title.unwrap_or_default()])
}

/// Reads the tiers of an achievement: `100 | cash | 5 EUR | Gold`.
pub(in crate::console) fn read_steps(text: &str) -> Result<Vec<mission::Tier>, Wrong> {
    let mut steps = Vec::new();
    for (number, line) in lines(text) {
        if steps.len() == mission::definition::TIERS_MAX {
            return Err((number, "is one tier too many: 20 is the most"));
        }
        let (target, reward) = line.split_once('|').ok_or((number, "needs a target and a code"))?;
        let target = target.trim().parse().map_err(|_| (number, "must begin with a number"))?;
        steps.push(mission::Tier { target, reward: read_prize_line(reward).map_err(|why| (number, why))? });
    }
    Ok(steps)
}

/// The tiers of an achievement.
pub(in crate::console) fn write_steps(steps: &[mission::Tier]) -> String {
    let line = |step: &mission::Tier| format!("{} | {}", step.target, write_prize_line(&step.reward));
    steps.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prizes_are_written_as_they_were_read() {
        let text = "1 | cup | 500 EUR | Champion\n2-10 | free_spins | 50\n11-20 | badge\n1-3 | badge | | | 2";
        let prizes = read_prizes(text).unwrap();
        assert_eq!(prizes.len(), 4);
        assert_eq!((prizes[1].from, prizes[1].to), (2, 10));
        assert_eq!(prizes[3].tier, Some(2));
        assert_eq!(read_prizes(&write_prizes(&prizes)).unwrap(), prizes, "{}", write_prizes(&prizes));
        assert_eq!(
            write_prizes(&prizes[..3]),
            "1 | cup | 500 EUR | Champion\n2-10 | free_spins | 50\n11-20 | badge"
        );
        assert!(read_prizes("\n  \n").unwrap().is_empty());
    }

    #[test]
    fn the_line_that_is_wrong_is_named() {
        for (text, line) in [
            ("first | cup", 1),
            ("1 | cup\n2 | two words", 2),
            ("1 | cup\n\n2 | cup | much", 3),
            ("1 | cup | 5 EUR more", 1),
            ("1 | cup | 5 | a | b", 1),
            ("1 | cup | 5 | a | 1 | 2", 1),
            ("1", 1),
        ] {
            assert_eq!(read_prizes(text).unwrap_err().0, line, "{text}");
        }
        for (text, line) in [("| 1 | 2", 1), ("Bronze | 1\nSilver | many", 2), ("A | 1 | 2 | 3", 1)] {
            assert_eq!(read_tiers(text).unwrap_err().0, line, "{text}");
        }
    }

    #[test]
    fn tiers_are_written_as_they_were_read() {
        let text = "Bronze | 20 | 0\nSilver | 10 | 10\nGold | 0 | 20";
        assert_eq!(write_tiers(&read_tiers(text).unwrap()), text);
        assert_eq!(read_tiers("Bronze").unwrap()[0].promote, 0);
    }
}
