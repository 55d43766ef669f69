//! When an event that was not taken is tried again: one table.

/// Seconds between the tries of an event: soon after a hiccup, twice a day during a long outage. About 2 days and
/// 16 hours in all; after the last one the event is given up.
pub const DELAYS_S: [u32; 13] =
    [5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800, 43_200, 43_200, 43_200, 43_200];

/// Milliseconds until the try behind `attempt` (1 for the first), with up to a tenth of chance added, so that events
/// that failed together don't come back together; `None` when it was the last.
pub fn delay_ms(attempt: u32, chance: u64) -> Option<i64> {
    let index = usize::try_from(attempt.checked_sub(1)?).ok()?;
    let delay_ms = i64::from(*DELAYS_S.get(index)?) * 1000;
    let jitter_ms = chance % (delay_ms.unsigned_abs() / 10 + 1);
    Some(delay_ms + i64::try_from(jitter_ms).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_and_end_within_three_days() {
        assert!(DELAYS_S.is_sorted());
        let longest: i64 = (1..=13).map(|attempt| delay_ms(attempt, u64::MAX).unwrap()).sum();
        assert!((60 * 3_600_000..=72 * 3_600_000).contains(&longest), "{longest}");
        assert_eq!(delay_ms(14, 0), None);
        assert_eq!(delay_ms(0, 0), None);
    }

    #[test]
    fn chance_adds_at_most_a_tenth() {
        for chance in [0, 1, 499, 500, 501, u64::MAX] {
            let delay = delay_ms(1, chance).unwrap();
            assert!((5_000..=5_500).contains(&delay), "{delay}");
        }
    }
}
