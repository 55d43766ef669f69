//! The ranks that a player has had when they looked.
//!
//! Invariant: they are of one player. Another one, who signs in on the same page, begins with none.

use domain::PlayerKey;

/// How many ranks are remembered; each is two pixels of the line.
const SAMPLES_MAX: usize = 40;

/// Ranks of a player, the first one first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Samples {
    whose: Option<PlayerKey>,
    ranks: Vec<u64>,
}

impl Samples {
    /// Those of `player`, as far as there are.
    pub(super) fn of(self, player: &PlayerKey) -> Self {
        if self.whose.as_ref() == Some(player) {
            self
        } else {
            Self { whose: Some(player.clone()), ranks: Vec::new() }
        }
    }

    /// With the rank that `player` has now.
    #[must_use]
    pub(super) fn with(self, player: &PlayerKey, rank: u64) -> Self {
        let mut samples = self.of(player);
        if samples.ranks.last() != Some(&rank) {
            while samples.ranks.len() >= SAMPLES_MAX {
                samples.ranks.remove(0);
            }
            samples.ranks.push(rank);
        }
        samples
    }

    /// With the ranks that `player` had before the page was opened: the line goes on from where it was left.
    #[must_use]
    pub(super) fn after(self, player: &PlayerKey, earlier: Vec<u64>) -> Self {
        let mut samples = self.of(player);
        if samples.ranks.len() < 2 {
            let seen = std::mem::replace(&mut samples.ranks, earlier);
            samples.ranks.extend(seen);
            samples.ranks.dedup();
        }
        samples
    }

    /// The ranks.
    pub(super) fn ranks(&self) -> &[u64] {
        &self.ranks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> PlayerKey {
        text.parse().unwrap()
    }

    fn seen(ranks: &[u64]) -> Samples {
        ranks.iter().fold(Samples::default(), |samples, rank| samples.with(&key("p_ann"), *rank))
    }

    #[test]
    fn a_rank_is_remembered_when_it_is_another_and_the_first_ones_are_forgotten() {
        assert_eq!(seen(&[3, 3, 2]).ranks(), [3, 2]);
        let many: Vec<u64> = (0..=SAMPLES_MAX as u64).collect();
        assert_eq!(seen(&many).ranks(), &many[1..]);
    }

    #[test]
    fn the_line_goes_on_from_where_it_was_left() {
        assert_eq!(seen(&[4]).after(&key("p_ann"), vec![9, 4]).ranks(), [9, 4]);
        assert_eq!(seen(&[4, 3]).after(&key("p_ann"), vec![9, 4]).ranks(), [4, 3]);
    }

    #[test]
    fn another_player_on_the_same_page_begins_with_none() {
        let anns = seen(&[5, 4]);
        assert!(anns.clone().of(&key("p_ben")).ranks().is_empty());
        assert_eq!(anns.clone().with(&key("p_ben"), 7).ranks(), [7]);
        assert_eq!(anns.after(&key("p_ben"), vec![9, 8]).ranks(), [9, 8]);
    }
}
