//! The figures as people read them, on the terminal and in docs/BENCHMARKS.md.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use anyhow::{Context as _, Result};

use crate::bench::machine;
use crate::workspace;

/// One line of the table.
#[derive(Clone, Debug)]
pub struct Row {
    /// What was measured.
    pub what: &'static str,
    /// Our figure, with its unit.
    pub ours: String,
    /// The figure it is compared with: a peer's, or the target.
    pub compared_with: String,
    /// Ours as a multiple of the other, or how far we are from the target.
    pub ratio: String,
}

impl Row {
    /// A figure beside a peer's, where more is better.
    pub fn beside_peer(what: &'static str, unit: &str, ours: f64, peer: &str, theirs: f64) -> Self {
        Self {
            what,
            ours: format!("{}{unit}", number(ours)),
            compared_with: format!("{peer}: {}{unit}", number(theirs)),
            ratio: format!("{:.2} ×", ours / theirs),
        }
    }

    /// A figure beside its target.
    pub fn beside_target(what: &'static str, unit: &str, ours: f64, target: f64) -> Self {
        Self {
            what,
            ours: format!("{}{unit}", number(ours)),
            compared_with: format!("target: {}{unit}", number(target)),
            ratio: format!("{:.2} ×", ours / target),
        }
    }
}

/// Three digits that mean something, thousands apart by a space.
fn number(value: f64) -> String {
    if value < 10.0 {
        return format!("{value:.2}");
    }
    if value < 100.0 {
        return format!("{value:.1}");
    }
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// The rows as a table in Markdown.
pub fn table(rows: &[Row]) -> String {
    let mut text = "| what | ours | compared with | ratio |\n|---|---|---|---|\n".to_owned();
    for row in rows {
        let _ = writeln!(text, "| {} | {} | {} | {} |", row.what, row.ours, row.compared_with, row.ratio);
    }
    text
}

/// Writes the sections that were measured now; the others stay as they are.
///
/// # Errors
/// When the document can't be written.
pub fn write(measured: &[(&'static str, Vec<Row>)]) -> Result<()> {
    let path = workspace::root().join("docs/BENCHMARKS.md");
    let existing = fs::read_to_string(&path).unwrap_or_default();
    let mut sections = sections(&existing);
    let machine = machine::describe();
    for (name, rows) in measured {
        let section = format!("`cargo xtask bench {name}` on {machine}\n\n{}", table(rows));
        sections.insert((*name).to_owned(), section);
    }
    fs::write(&path, document(&sections)).with_context(|| format!("failed to write {}", path.display()))
}

/// The sections of a document, by their headings.
fn sections(document: &str) -> BTreeMap<String, String> {
    document
        .split("\n## ")
        .skip(1)
        .filter_map(|part| part.split_once('\n'))
        .map(|(heading, text)| (heading.trim().to_owned(), text.trim().to_owned() + "\n"))
        .collect()
}

/// The whole document.
fn document(sections: &BTreeMap<String, String>) -> String {
    let mut text = "# Benchmarks\n\n\
        Written by `cargo xtask bench`. Server, load and peer share one machine; a peer is measured in the same run, its\n\
        rounds between ours, and medians are shown. Ratios carry over to other machines, absolute figures do not.\n"
        .to_owned();
    for (name, section) in sections {
        let _ = write!(text, "\n## {name}\n\n{section}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_as_many_digits_as_mean_something() {
        assert_eq!(
            ["1.30", "27.5", "999", "31 250", "1 000 000"],
            [1.3, 27.46, 999.4, 31_250.0, 1e6].map(number)
        );
    }

    #[test]
    fn a_section_that_was_not_measured_stays() {
        let row = Row::beside_peer("updates", "/s", 30_000.0, "grammY", 20_000.0);
        let mut first = BTreeMap::new();
        first.insert("webhook".to_owned(), table(std::slice::from_ref(&row)));
        first.insert("start".to_owned(), "old\n".to_owned());
        let text = document(&first);
        assert!(text.contains("| updates | 30 000/s | grammY: 20 000/s | 1.50 × |"), "{text}");
        assert_eq!(sections(&text), first);
    }
}
