//! The demo platform's missions, and what its players do for them.
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

/// A title in the languages of the demo platform: English, Russian, French, Italian.
type Words = [&'static str; 4];

/// The missions, as data of `platform.mission.upserted`.
pub fn missions(now: Timestamp) -> Vec<Value> {
    let starts_at = now.plus_ms(-BEGUN_DAYS * DAY_MS);
    let coins = |amount: u32| {
        let title = title([
            &format!("{amount} coins"),
            &format!("{amount} монет"),
            &format!("{amount} pièces"),
            &format!("{amount} monete"),
        ]);
        json!({"code": "coins", "amount": amount.to_string(), "title": title})
    };
    let mission = |id: &str, kind: &str, names: Words, texts: Words, more: Value| {
        let mut data = json!({
            "mission_id": id, "kind": kind, "starts_at": starts_at,
            "title": title(names), "description": title(texts),
        });
        if let (Some(data), Value::Object(more)) = (data.as_object_mut(), more) {
            data.extend(more);
        }
        data
    };
    vec![
        mission(
            "daily-rounds",
            "daily",
            ["Warm-up", "Разминка", "Échauffement", "Riscaldamento"],
            [
                "Finish 5 rounds today",
                "Завершите 5 раундов сегодня",
                "Terminez 5 manches aujourd’hui",
                "Finisci 5 partite oggi",
            ],
            json!({"rule": {"event": ROUND, "target": 5}, "reward": coins(50)}),
        ),
        mission(
            "daily-wins",
            "daily",
            ["Hot hand", "Полоса удач", "Main heureuse", "Mano calda"],
            [
                "Win 3 rounds in a row",
                "Выиграйте 3 раунда подряд",
                "Gagnez 3 manches d’affilée",
                "Vinci 3 partite di fila",
            ],
            json!({
                "rule": {"event": ROUND, "in_a_row": {"field": "won", "equals": true}, "target": 3},
                "reward": coins(80), "claim_within_hours": 48,
            }),
        ),
        mission(
            "weekly-points",
            "weekly",
            ["Collector", "Коллекционер", "Collection", "Collezionista"],
            [
                "Collect 2,500 points this week",
                "Соберите 2500 очков за неделю",
                "Récoltez 2 500 points cette semaine",
                "Raccogli 2500 punti questa settimana",
            ],
            json!({"rule": {"event": ROUND, "sum": {"field": "amount"}, "target": 2500}, "reward": coins(300)}),
        ),
        mission(
            "week-of-play",
            "streak",
            ["A week of play", "Неделя игры", "Une semaine de jeu", "Una settimana di gioco"],
            [
                "Finish a round on 7 days in a row",
                "Играйте 7 дней подряд",
                "Jouez 7 jours de suite",
                "Gioca 7 giorni di fila",
            ],
            json!({"rule": {"event": ROUND, "target": 1}, "days": 7, "freezes": 3, "reward": coins(500)}),
        ),
        mission(
            "first-win",
            "one_off",
            ["First win", "Первая победа", "Première victoire", "Prima vittoria"],
            ["Win a round", "Выиграйте раунд", "Gagnez une manche", "Vinci una partita"],
            json!({"rule": {"event": ROUND, "where": {"won": true}, "target": 1}, "reward": coins(20)}),
        ),
        mission(
            "all-games",
            "one_off",
            ["All-rounder", "Мастер на все руки", "Touche-à-tout", "Tuttofare"],
            ["Play all 4 games", "Сыграйте во все 4 игры", "Jouez aux 4 jeux", "Prova tutti e 4 i giochi"],
            json!({
                "rule": {"event": ROUND, "distinct": {"field": "game"}, "target": 4},
                "reward": coins(100), "after": ["first-win"],
            }),
        ),
        mission(
            "champion",
            "one_off",
            ["Champion", "Чемпион", "En tête", "Campione"],
            ["Win 25 rounds", "Выиграйте 25 раундов", "Gagnez 25 manches", "Vinci 25 partite"],
            json!({
                "rule": {"event": ROUND, "where": {"won": true}, "target": 25},
                "reward": coins(400), "after": ["all-games"],
            }),
        ),
        mission(
            "veteran",
            "achievement",
            ["Veteran", "Ветеран", "Vétéran", "Veterano"],
            [
                "Finish rounds, as many as you like",
                "Завершайте раунды",
                "Terminez des manches",
                "Finisci partite",
            ],
            json!({
                "rule": {"event": ROUND},
                "tiers": [
                    {"target": 10, "reward": coins(30)},
                    {"target": 50, "reward": coins(150)},
                    {"target": 250, "reward": coins(900)},
                ],
            }),
        ),
    ]
}

fn title([en, ru, fr, it]: [&str; 4]) -> Value {
    json!({"en": en, "ru": ru, "fr": fr, "it": it})
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
