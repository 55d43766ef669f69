//! Who plays and in what: invented names and cheerful tournaments.

use domain::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const FIRST: [&str; 20] = [
    "Swift", "Lucky", "Amber", "Cosmic", "Quiet", "Bold", "Velvet", "Frosty", "Golden", "Turbo", "Misty",
    "Neon", "Royal", "Sunny", "Wild", "Clever", "Silver", "Crimson", "Jolly", "Stormy",
];
const SECOND: [&str; 20] = [
    "Heron", "Otter", "Comet", "Falcon", "Panda", "Lynx", "Maple", "Rocket", "Badger", "Tiger", "Orchid",
    "Walrus", "Fox", "Pixel", "Raven", "Dolphin", "Wizard", "Cactus", "Penguin", "Koala",
];

/// How many invented people play.
pub const PEOPLE: usize = 60;
/// The tournaments that run, in the order in which they are busiest.
pub const RUNNING: [&str; 3] = ["galaxy-sprint", "coin-marathon", "fastest-lap"];
/// The tournament that is over.
pub const FINISHED: &str = "autumn-cup";
const UPCOMING: &str = "winter-derby";
const HOUR_MS: i64 = 3_600_000;

/// A player as the platform knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Player {
    /// The platform's id.
    pub platform_user_id: String,
    /// The public name.
    pub alias: String,
    /// The simulated Telegram user that they are.
    pub telegram_user_id: Option<i64>,
    /// Their language.
    pub locale: String,
}

impl Player {
    /// One of the invented people.
    pub fn invented(number: usize) -> Self {
        // Both steps are coprime to the lengths, so that all 60 names differ.
        let alias = format!(
            "{} {}",
            FIRST[number * 7 % FIRST.len()],
            SECOND[(number * 3 + number / 20) % SECOND.len()]
        );
        Self {
            platform_user_id: format!("demo-{:03}", number + 1),
            alias,
            telegram_user_id: None,
            locale: ["en", "ru", "fr", "it"][number % 4].to_owned(),
        }
    }

    /// The player that a simulated Telegram user is, always the same one.
    pub fn of_telegram(telegram_user_id: i64, language: &str) -> Self {
        let digest = Sha256::digest(format!("demo player {telegram_user_id}"));
        let pick = |at: usize, count: usize| usize::from(digest[at]) % count;
        Self {
            platform_user_id: format!("demo-{}", hex::encode(&digest[..6])),
            alias: format!("{} {} {}", FIRST[pick(6, 20)], SECOND[pick(7, 20)], 10 + pick(8, 90)),
            telegram_user_id: Some(telegram_user_id),
            locale: language.to_owned(),
        }
    }

    /// The data of `platform.user.upserted`.
    pub fn to_data(&self) -> Value {
        let mut data = json!({
            "platform_user_id": self.platform_user_id,
            "alias": self.alias,
            "locale": self.locale,
        });
        if let Some(id) = self.telegram_user_id {
            data["telegram_user_id"] = json!(id);
        }
        data
    }
}

/// When the tournaments of one run begin and end.
#[derive(Debug, Clone, Copy)]
pub struct Calendar {
    hour: Timestamp,
}

impl Calendar {
    /// The calendar of a run that begins at `now`.
    pub fn new(now: Timestamp) -> Self {
        Self { hour: now.plus_ms(-now.as_millis().rem_euclid(HOUR_MS)) }
    }

    /// Whether the running tournaments are about to end, so that a new calendar is needed.
    pub fn is_used_up(self, now: Timestamp) -> bool {
        now >= self.hour.plus_ms(5 * HOUR_MS)
    }

    /// When the finished tournament ended.
    pub fn finished_at(self) -> Timestamp {
        self.hour.plus_ms(-20 * HOUR_MS)
    }

    /// The data of `platform.tournament.upserted` for all that is not over.
    pub fn tournaments(self) -> Vec<Value> {
        let at = |hours: i64| self.hour.plus_ms(hours * HOUR_MS);
        vec![
            tournament(
                RUNNING[0],
                ["Galaxy Sprint", "Галактический спринт", "Sprint galactique", "Sprint galattico"],
                (at(-3), at(6), "best", "desc"),
            ),
            tournament(
                RUNNING[1],
                ["Coin Marathon", "Монетный марафон", "Marathon des pièces", "Maratona delle monete"],
                (at(-26), at(46), "sum", "desc"),
            ),
            tournament(
                RUNNING[2],
                ["Fastest Lap", "Самый быстрый круг", "Tour le plus rapide", "Giro più veloce"],
                (at(-5), at(19), "best", "asc"),
            ),
            tournament(
                UPCOMING,
                ["Winter Derby", "Зимнее дерби", "Derby d’hiver", "Derby d’inverno"],
                (at(30), at(78), "best", "desc"),
            ),
        ]
    }

    /// The finished tournament, open until `ends_at`: scores are taken only before the end, so it is opened, filled
    /// and closed.
    pub fn finished(self, ends_at: Timestamp) -> Value {
        tournament(
            FINISHED,
            ["Autumn Cup", "Осенний кубок", "Coupe d’automne", "Coppa d’autunno"],
            (self.hour.plus_ms(-92 * HOUR_MS), ends_at, "best", "desc"),
        )
    }
}

fn tournament(
    id: &str,
    titles: [&str; 4],
    (starts_at, ends_at, operator, order): (Timestamp, Timestamp, &str, &str),
) -> Value {
    let [en, ru, fr, it] = titles;
    json!({
        "tournament_id": id,
        "title": {"en": en, "ru": ru, "fr": fr, "it": it},
        "starts_at": starts_at,
        "ends_at": ends_at,
        "operator": operator,
        "order": order,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn all_invented_names_differ() {
        let names: BTreeSet<String> = (0..PEOPLE).map(|number| Player::invented(number).alias).collect();
        assert_eq!(names.len(), PEOPLE);
    }

    #[test]
    fn a_telegram_user_is_always_the_same_player() {
        assert_eq!(Player::of_telegram(7, "en"), Player::of_telegram(7, "en"));
        assert_ne!(
            Player::of_telegram(7, "en").platform_user_id,
            Player::of_telegram(8, "en").platform_user_id
        );
    }
}
