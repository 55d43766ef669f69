//! Which score comes next, so that the race is worth watching: neighbors overtake each other, the leader changes, and
//! the people of the simulated Telegram climb.
//!
//! Invariant: the same seed and the same calls make the same race. Podium alone keeps the real board; this one only
//! guesses it.

use std::collections::BTreeMap;

use domain::{Rng as _, SeededRng};

use crate::demo::cast::RUNNING;

/// How a tournament of the race is scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// More is better, the best one counts.
    High,
    /// What is posted is added.
    Sum,
    /// Less is better, the best one counts.
    Low,
}

const RULES: [Rule; 3] = [Rule::High, Rule::Sum, Rule::Low];

/// A score to be posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// The tournament.
    pub tournament_id: &'static str,
    /// The player, by the platform's id.
    pub platform_user_id: String,
    /// The score.
    pub score: i64,
}

/// The race.
#[derive(Debug)]
pub struct Race {
    rng: SeededRng,
    boards: [BTreeMap<String, i64>; 3],
    ticks: u64,
}

impl Race {
    /// A race in which nobody has a score.
    pub fn new(seed: u64) -> Self {
        Self { rng: SeededRng::new(seed), boards: Default::default(), ticks: 0 }
    }

    /// The first scores of a player in so many of the running tournaments, the busiest first.
    pub fn enter(&mut self, platform_user_id: &str, tournaments: usize) -> Vec<Next> {
        (0..RULES.len().min(tournaments))
            .map(|board| {
                let score = match RULES[board] {
                    Rule::High => 400 + self.below(900) * 10,
                    Rule::Sum => 20 + self.below(600),
                    Rule::Low => 96_000 + self.below(14_000),
                };
                self.note(board, platform_user_id, score)
            })
            .collect()
    }

    /// A score of a tournament that is over.
    pub fn past(&mut self) -> i64 {
        1000 + self.below(900) * 10
    }

    /// The next score. Every fourth is for one of `guests`, the people of the simulated Telegram, where there are any.
    pub fn next(&mut self, guests: &[String]) -> Option<Next> {
        self.ticks += 1;
        let board = match self.below(20) {
            0..12 => 0,
            12..17 => 1,
            _ => 2,
        };
        let guest = (self.ticks.is_multiple_of(4) && !guests.is_empty())
            .then(|| self.pick(guests.len()))
            .and_then(|at| guests.get(at).cloned());
        let rule = RULES[board];
        let ranked = self.ranked(board);
        let at = match &guest {
            Some(guest) => ranked.iter().position(|(id, _)| id == guest)?,
            // The front of the field is what people look at, so it moves most.
            None => self.pick(ranked.len().min(12)).max(self.pick(ranked.len().min(40)) / 2),
        };
        let (id, own) = ranked.get(at)?.clone();
        let score = match rule {
            Rule::Sum => 3 + self.below(45),
            Rule::High | Rule::Low => {
                // Aim a little past the player one to three places ahead; at the front, past oneself.
                let ahead = at.saturating_sub(1 + self.pick(3));
                let target = ranked.get(ahead).map_or(own, |(_, score)| *score);
                let step = if rule == Rule::High { 10 + self.below(90) } else { 20 + self.below(180) };
                // Now and then an attempt falls short, as attempts do.
                let step = if self.below(6) == 0 { -step } else { step };
                if rule == Rule::High { target + step } else { (target - step).max(61_000) }
            }
        };
        Some(self.note(board, &id, score))
    }

    fn note(&mut self, board: usize, platform_user_id: &str, score: i64) -> Next {
        let standing = self.boards[board].get(platform_user_id).copied();
        let new = match (RULES[board], standing) {
            (_, None) => score,
            (Rule::High, Some(old)) => old.max(score),
            (Rule::Low, Some(old)) => old.min(score),
            (Rule::Sum, Some(old)) => old + score,
        };
        self.boards[board].insert(platform_user_id.to_owned(), new);
        Next { tournament_id: RUNNING[board], platform_user_id: platform_user_id.to_owned(), score }
    }

    fn ranked(&self, board: usize) -> Vec<(String, i64)> {
        let mut ranked: Vec<(String, i64)> =
            self.boards[board].iter().map(|(id, score)| (id.clone(), *score)).collect();
        match RULES[board] {
            Rule::Low => ranked.sort_by_key(|(_, score)| *score),
            Rule::High | Rule::Sum => ranked.sort_by_key(|(_, score)| -*score),
        }
        ranked
    }

    fn pick(&self, count: usize) -> usize {
        let below = self.below(i64::try_from(count).unwrap_or(i64::MAX));
        usize::try_from(below).unwrap_or_default()
    }

    fn below(&self, limit: i64) -> i64 {
        let limit = u64::try_from(limit).unwrap_or_default().max(1);
        i64::try_from(self.rng.next_u64() % limit).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn race(seed: u64) -> Race {
        let mut race = Race::new(seed);
        for number in 0..60 {
            race.enter(&format!("p{number}"), 3);
        }
        race
    }

    #[test]
    fn the_same_seed_makes_the_same_race() {
        let (mut one, mut other) = (race(7), race(7));
        for _ in 0..200 {
            assert_eq!(one.next(&[]), other.next(&[]));
        }
    }

    #[test]
    fn the_lead_changes_and_a_guest_climbs() {
        let mut race = race(1);
        race.enter("guest", 3);
        let leader = |race: &Race| race.ranked(0)[0].0.clone();
        let place = |race: &Race| race.ranked(0).iter().position(|(id, _)| id == "guest").unwrap();
        let (mut changes, mut last, start) = (0, leader(&race), place(&race));
        for _ in 0..600 {
            race.next(&["guest".to_owned()]);
            let now = leader(&race);
            changes += u32::from(now != last);
            last = now;
        }
        assert!(changes > 5, "the lead changed {changes} times");
        assert!(place(&race) < start.max(1) || place(&race) == 0);
    }
}
