//! How long requests took, all of them: a mean hides what a player feels.

use std::time::Duration;

/// Latencies in microseconds.
#[derive(Clone, Debug, Default)]
pub struct Latencies(Vec<u32>);

impl Latencies {
    /// Adds one.
    pub fn add(&mut self, latency: Duration) {
        self.0.push(u32::try_from(latency.as_micros()).unwrap_or(u32::MAX));
    }

    /// Adds those of another connection.
    pub fn merge(&mut self, other: &Self) {
        self.0.extend_from_slice(&other.0);
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The latency in milliseconds that this many of a thousand stay below.
    pub fn quantile_ms(&mut self, per_mille: usize) -> f64 {
        if self.0.is_empty() {
            return 0.0;
        }
        self.0.sort_unstable();
        let index = (self.0.len() * per_mille).div_ceil(1000).clamp(1, self.0.len()) - 1;
        f64::from(self.0[index]) / 1000.0
    }
}

/// The middle one of some figures.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_sorted_latencies() {
        let mut latencies = Latencies::default();
        for milliseconds in (1..=100).rev() {
            latencies.add(Duration::from_millis(milliseconds));
        }
        let shown = |figure: f64| format!("{figure:.1}");
        assert_eq!(
            [500, 990, 1000].map(|share| shown(latencies.quantile_ms(share))),
            ["50.0", "99.0", "100.0"]
        );
        assert_eq!(shown(Latencies::default().quantile_ms(990)), "0.0");
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(format!("{:.1}", median(vec![9.0, 1.0, 5.0])), "5.0");
    }
}
