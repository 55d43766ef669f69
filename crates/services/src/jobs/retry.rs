//! When a job that failed is tried again.

/// The tries that a job has: the last one about 35 minutes after the first, longer than most outages that are no fault
/// of the job's.
pub const ATTEMPTS_MAX: u32 = 12;
/// The longest wait between two tries.
const DELAY_MS_MAX: i64 = 15 * 60_000;

/// Milliseconds until the try behind `attempt` (1 for the first): twice as long each time, with up to a tenth of chance
/// added, so that jobs that failed together don't come back together.
pub fn delay_ms(attempt: u32, chance: u64) -> i64 {
    let delay_ms = (1_000_i64 << attempt.saturating_sub(1).min(20)).min(DELAY_MS_MAX);
    let jitter_ms = chance % (delay_ms.unsigned_abs() / 10 + 1);
    delay_ms + i64::try_from(jitter_ms).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_up_to_a_bound() {
        let delays: Vec<i64> = (1..ATTEMPTS_MAX).map(|attempt| delay_ms(attempt, 0)).collect();
        assert_eq!(&delays[..5], [1_000, 2_000, 4_000, 8_000, 16_000]);
        assert_eq!(delays.last(), Some(&DELAY_MS_MAX));
        assert!(delays.is_sorted());
        let minutes = delays.iter().sum::<i64>() / 60_000;
        assert!((30..40).contains(&minutes), "{minutes}");
        assert_eq!(delay_ms(u32::MAX, 0), DELAY_MS_MAX);
    }

    #[test]
    fn chance_adds_at_most_a_tenth() {
        for chance in [0, 1, 99, 100, 101, u64::MAX] {
            assert!((1_000..=1_100).contains(&delay_ms(1, chance)));
        }
    }
}
