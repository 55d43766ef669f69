//! The demo platform's missions (`missions.json`), and what its players do for them.
//!
//! Invariant: a player who joins has a past of a few days, so that every kind of mission has something to show at once.

use domain::{Rng as _, SeededRng, Timestamp};
use serde_json::{Value, json};

const DAY_MS: i64 = 24 * 3_600_000;
/// Missions count from so long ago.
const BEGUN_DAYS: i64 = 30;
/// What every mission counts.
const ROUND: &str = "round.finished";
const GAMES: [&str; 4] = ["galaxy", "coins", "laps", "derby"];
/// The days before today on which a new player has played: two of five were missed.
const PAST_DAYS: [i64; 3] = [1, 3, 5];

/// The missions, as data of `platform.mission.upserted`.
#[expect(clippy::expect_used, reason = "the file is part of the program, and a test reads it")]
pub fn missions(now: Timestamp) -> Vec<Value> {
    let starts_at = now.plus_ms(-BEGUN_DAYS * DAY_MS);
    let mut missions: Vec<Value> =
        serde_json::from_str(include_str!("missions.json")).expect("the missions are a list in JSON");
    for mission in &mut missions {
        mission["starts_at"] = json!(starts_at);
    }
    missions
}

/// What players do.
#[derive(Debug)]
pub struct Quests {
    rng: SeededRng,
    ticks: u64,
}

impl Quests {
    /// Players who have done nothing yet.
    pub fn new(seed: u64) -> Self {
        Self { rng: SeededRng::new(seed ^ 0x6d69_7373), ticks: 0 }
    }

    /// What a player has done before they joined: data of `platform.activity`, and when.
    pub fn past(&mut self, platform_user_id: &str, now: Timestamp) -> Vec<(Timestamp, Value)> {
        PAST_DAYS.map(|days| (now.plus_ms(-days * DAY_MS), self.round(platform_user_id))).into()
    }

    /// What one of `guests` does next; most of the time nobody does anything.
    pub fn next(&mut self, guests: &[String]) -> Option<Value> {
        self.ticks += 1;
        if !self.ticks.is_multiple_of(5) {
            return None;
        }
        let at = usize::try_from(self.below(u64::try_from(guests.len()).ok()?)).ok()?;
        let guest = guests.get(at)?.clone();
        Some(self.round(&guest))
    }

    fn round(&mut self, platform_user_id: &str) -> Value {
        let game = usize::try_from(self.below(GAMES.len() as u64)).unwrap_or_default();
        json!({
            "platform_user_id": platform_user_id,
            "activity": ROUND,
            "amount": 10 + self.below(90),
            "fields": {"game": GAMES[game], "won": self.below(3) > 0},
        })
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.rng.next_u64() % limit.max(1)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_kind_of_mission_is_there_and_podium_takes_each() {
        let missions = missions(Timestamp::from_millis(1_796_000_000_000));
        let mut kinds = BTreeSet::new();
        for data in missions {
            let mission: domain::mission::Mission = serde_json::from_value(data.clone()).unwrap();
            mission.check().unwrap_or_else(|invalid| panic!("{invalid}: {data}"));
            kinds.insert(mission.kind);
        }
        assert_eq!(kinds.len(), domain::mission::MissionKind::ALL.len());
    }

    #[test]
    fn the_same_seed_makes_the_same_rounds_and_only_guests_play() {
        let guests = ["a".to_owned(), "b".to_owned()];
        let (mut one, mut other) = (Quests::new(7), Quests::new(7));
        let played: Vec<Value> = (0..200).filter_map(|_| one.next(&guests)).collect();
        let again: Vec<Value> = (0..200).filter_map(|_| other.next(&guests)).collect();
        assert_eq!(played, again);
        assert_eq!(played.len(), 40);
        let who: BTreeSet<&str> =
            played.iter().filter_map(|round| round["platform_user_id"].as_str()).collect();
        assert_eq!(who, BTreeSet::from(["a", "b"]));
        assert_eq!(Quests::new(1).next(&[]), None);
    }
}
