//! What the person at the terminal sees: one line for each step, with its time, on standard error.

use std::time::Duration;

use anyhow::Result;

use crate::clock::Stopwatch;

/// Runs one step and prints a line when it starts and its time when it has succeeded.
///
/// # Errors
/// Whatever the step fails with.
pub fn step<T>(title: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("  {title} …");
    let stopwatch = Stopwatch::start();
    let result = work()?;
    eprintln!("  {title}: done in {}", seconds(stopwatch.elapsed()));
    Ok(result)
}

/// Prints a line that is no step.
pub fn note(text: &str) {
    eprintln!("  {text}");
}

/// A duration as people read it: `0.4 s`, `12.0 s`, `3 min 07 s`.
pub fn seconds(duration: Duration) -> String {
    let total = duration.as_secs();
    if total < 60 {
        format!("{:.1} s", duration.as_secs_f64())
    } else {
        format!("{} min {:02} s", total / 60, total % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_say_them() {
        assert_eq!(seconds(Duration::from_millis(420)), "0.4 s");
        assert_eq!(seconds(Duration::from_secs(187)), "3 min 07 s");
    }
}
