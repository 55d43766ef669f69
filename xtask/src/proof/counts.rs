//! Counts tests in what cargo's and Playwright's runners print.

use std::fmt;
use std::ops::Add;

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Passed.
    pub passed: u64,
    /// Failed, or could not run.
    pub failed: u64,
}

impl Counts {
    /// Adds what one line of a runner's output says, if it sums tests up.
    pub fn read(&mut self, line: &str) {
        if let Some(counts) = cargo(line).or_else(|| playwright(line)) {
            *self = *self + counts;
        }
    }

    /// The part of a step in the sum: its tests, or one where it has none. A step that failed has at least one failure.
    pub fn of_step(self, succeeded: bool) -> Self {
        match (succeeded, self) {
            (true, Self { passed: 0, failed: 0 }) => Self { passed: 1, failed: 0 },
            (false, Self { passed, failed: 0 }) => Self { passed, failed: 1 },
            (_, counts) => counts,
        }
    }
}

impl Add for Counts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// `test result: ok. 21 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s`
fn cargo(line: &str) -> Option<Counts> {
    let (_, numbers) = line.trim_start().strip_prefix("test result: ")?.split_once(". ")?;
    let number = |what: &str| {
        numbers.split("; ").find_map(|part| part.strip_suffix(what)?.trim_end().parse::<u64>().ok())
    };
    Some(Counts { passed: number("passed")?, failed: number("failed")? })
}

/// `  12 passed (3.4s)`, `  1 failed`, `  2 did not run`: one line for each kind, at the end.
fn playwright(line: &str) -> Option<Counts> {
    // Tests print what they like at the start of a line; the runner indents by two.
    let (number, kind) = line.strip_prefix("  ")?.split_once(' ')?;
    let number = number.parse::<u64>().ok()?;
    let kind = kind.split(" (").next()?;
    match kind {
        "passed" => Some(Counts { passed: number, failed: 0 }),
        // A test that passes at the second attempt is not reliable, and one that was not run proves nothing.
        "failed" | "flaky" | "interrupted" | "did not run" => Some(Counts { passed: 0, failed: number }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(output: &str) -> (u64, u64) {
        let mut counts = Counts::default();
        output.lines().for_each(|line| counts.read(line));
        (counts.passed, counts.failed)
    }

    #[test]
    fn the_test_binaries_of_cargo_are_summed() {
        let output = "running 2 tests\ntest a ... ok\n\
            test result: ok. 21 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
            test result: FAILED. 3 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 9.00s\n\
               Doc-tests domain\n\
            test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.50s\n";
        assert_eq!(counted(output), (25, 2));
    }

    #[test]
    fn playwrights_summary_is_read() {
        let output = "Running 9 tests using 2 workers\n  ✓  1 a.spec.ts:3:5 › 5 passed (12ms)\n\
            \n  1 failed\n    [chromium] › a.spec.ts:9:5 › b\n  1 flaky\n  2 skipped\n  3 did not run\n  5 passed (1.2m)\n";
        assert_eq!(counted(output), (5, 5));
    }

    #[test]
    fn other_lines_count_nothing() {
        assert_eq!(counted("test result of the day\n12 passed\n  twelve passed\n  4 passed away\n"), (0, 0));
    }

    #[test]
    fn a_failed_step_always_has_a_failure() {
        let counts = Counts { passed: 4, failed: 0 };
        assert_eq!(counts.of_step(false), Counts { passed: 4, failed: 1 });
        assert_eq!(counts.of_step(true), counts);
        assert_eq!(Counts::default().of_step(true).to_string(), "1 passed, 0 failed");
    }
}
