//! What a mission is: data that its owner writes, checked when it is saved.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::{
    condition::Condition,
    id::{MissionId, TimeZoneName},
    mission::{
        MissionKind,
        day::Day,
        rule::{Activity, Rule},
        streak::{DAYS_MAX, FREEZES_MAX},
        value::Quantity,
    },
    reward::Prize,
    time::Timestamp,
    tournament::Title,
};

/// The most characters of a description in one language.
pub const DESCRIPTION_CHARACTERS_MAX: usize = 600;
/// The most tiers.
pub const TIERS_MAX: usize = 20;
/// The most missions that come first.
pub const AFTER_MAX: usize = 16;
/// The longest time in which something can be claimed: two years.
pub const CLAIM_HOURS_MAX: u32 = 2 * 365 * 24;

/// A field of a mission and what is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{field} {reason}")]
pub struct MissionInvalid {
    /// Its path, e.g. `rule.target`.
    pub field: &'static str,
    /// What is wrong.
    pub reason: &'static str,
}

impl MissionInvalid {
    pub(crate) const fn new(field: &'static str, reason: &'static str) -> Self {
        Self { field, reason }
    }
}

/// A tier of an achievement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// How much it takes in all; more than the tier before.
    pub target: Quantity,
    /// What it is rewarded with.
    pub reward: Prize,
}

/// A mission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mission {
    /// Its id.
    pub mission_id: MissionId,
    /// What it is called, by language.
    pub title: Title,
    /// What is to be done, by language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Title>,
    /// How often it can be done.
    pub kind: MissionKind,
    /// What counts; of a streak: within one day.
    pub rule: Rule,
    /// Of a streak: how many days in a row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u16>,
    /// Of a streak: how many missed days it bears.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freezes: Option<u8>,
    /// Of an achievement: its tiers, the lowest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tiers: Vec<Tier>,
    /// What it is rewarded with; of an achievement the tiers say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reward: Option<Prize>,
    /// What must be done first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<MissionId>,
    /// The first moment that counts.
    pub starts_at: Timestamp,
    /// The first moment that no longer counts; none for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Timestamp>,
    /// For how many hours a reward can be claimed once it is done; none for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim_within_hours: Option<u32>,
    /// Where days and weeks begin at midnight.
    #[serde(default = "utc")]
    pub time_zone: TimeZoneName,
    /// Whom it is open to.
    #[serde(default)]
    pub condition: Condition,
}

#[expect(clippy::expect_used, reason = "a constant that is a valid name; a test reads it")]
fn utc() -> TimeZoneName {
    "UTC".parse().expect("a valid name")
}

impl Mission {
    /// The first day of the period to which a day belongs; one for all where a mission is done once.
    pub const fn period_of(&self, day: Day) -> Day {
        match self.kind {
            MissionKind::Daily => day,
            MissionKind::Weekly => day.monday(),
            MissionKind::OneOff | MissionKind::Streak | MissionKind::Achievement => Day(0),
        }
    }

    /// The first day behind a period; none where there is no end.
    pub const fn period_end(&self, period: Day) -> Option<Day> {
        match self.kind {
            MissionKind::Daily => Some(period.plus(1)),
            MissionKind::Weekly => Some(period.plus(7)),
            MissionKind::OneOff | MissionKind::Streak | MissionKind::Achievement => None,
        }
    }

    /// Whether an activity at `at` is within the time of the mission.
    pub fn is_on(&self, at: Timestamp) -> bool {
        at >= self.starts_at && self.ends_at.is_none_or(|end| at < end)
    }

    /// Whether an activity counts for it, or breaks its row.
    pub fn concerns(&self, activity: &Activity) -> bool {
        self.is_on(activity.at) && self.rule.concerns(activity)
    }

    /// Until when what is done at `now` can be claimed.
    pub fn claim_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.claim_within_hours.map(|hours| now.plus_ms(i64::from(hours) * 3_600_000))
    }

    /// How much each tier takes; one for what is no achievement.
    pub fn targets(&self) -> Vec<Quantity> {
        match self.kind {
            MissionKind::Achievement => self.tiers.iter().map(|tier| tier.target).collect(),
            MissionKind::Streak => vec![Quantity::whole(self.days.unwrap_or_default().into())],
            MissionKind::OneOff | MissionKind::Daily | MissionKind::Weekly => {
                vec![self.rule.target.unwrap_or_default()]
            }
        }
    }

    /// What a tier, from 1, is rewarded with; what is no achievement has one.
    pub fn reward_of(&self, tier: u16) -> Option<&Prize> {
        match self.kind {
            MissionKind::Achievement => Some(&self.tiers.get(usize::from(tier).checked_sub(1)?)?.reward),
            _ if tier == 1 => self.reward.as_ref(),
            _ => None,
        }
    }

    /// Whether progress with one is progress with the other: what can't be changed once players have begun.
    pub fn adds_up_as(&self, other: &Self) -> bool {
        self.kind == other.kind && self.time_zone == other.time_zone && self.rule.adds_up_as(&other.rule)
    }

    /// Checks what the types don't. That the time zone exists, and that `after` leads nowhere back, is asked where all
    /// missions and zones are known.
    ///
    /// # Errors
    /// [`MissionInvalid`] names the first field that is wrong.
    pub fn check(&self) -> Result<(), MissionInvalid> {
        let wrong = |field, reason| Err(MissionInvalid::new(field, reason));
        if !self.title.is_valid() {
            return wrong("title", "must hold 1 to 32 languages of 1 to 120 characters each");
        }
        if self.description.as_ref().is_some_and(|text| !text.fits(DESCRIPTION_CHARACTERS_MAX)) {
            return wrong("description", "must hold 1 to 32 languages of 1 to 600 characters each");
        }
        self.rule.check()?;
        self.check_kind()?;
        let distinct: HashSet<&MissionId> = self.after.iter().collect();
        if self.after.len() > AFTER_MAX || distinct.len() != self.after.len() {
            return wrong("after", "names a mission twice, or more than 16");
        }
        if self.after.contains(&self.mission_id) {
            return wrong("after", "names the mission itself");
        }
        if self.ends_at.is_some_and(|end| end <= self.starts_at) {
            return wrong("ends_at", "must be later than starts_at");
        }
        if self.claim_within_hours.is_some_and(|hours| !(1..=CLAIM_HOURS_MAX).contains(&hours)) {
            return wrong("claim_within_hours", "must be 1 to 17520");
        }
        match self.condition.invalid_field() {
            Some(field) => wrong(field, "names what is no code of ISO 3166, or more than 300"),
            None => Ok(()),
        }
    }

    fn check_kind(&self) -> Result<(), MissionInvalid> {
        let wrong = |field, reason| Err(MissionInvalid::new(field, reason));
        let is_streak = self.kind == MissionKind::Streak;
        if is_streak && !self.days.is_some_and(|days| (2..=DAYS_MAX).contains(&days)) {
            return wrong("days", "must be 2 to 366");
        }
        if !is_streak && self.days.is_some() {
            return wrong("days", "is for a streak alone");
        }
        if !is_streak && self.freezes.is_some() {
            return wrong("freezes", "is for a streak alone");
        }
        if self.freezes.is_some_and(|freezes| freezes > FREEZES_MAX) {
            return wrong("freezes", "must be at most 30");
        }
        if self.kind == MissionKind::Achievement {
            return self.check_tiers();
        }
        if !self.tiers.is_empty() {
            return wrong("tiers", "are for an achievement alone");
        }
        match &self.rule.target {
            None => return wrong("rule.target", "is missing"),
            Some(target) => self.rule.check_target(*target, "rule.target")?,
        }
        match &self.reward {
            None => wrong("reward", "is missing"),
            Some(reward) if reward.check().is_err() => {
                wrong("reward", "has a currency without an amount, or a title that is empty or too long")
            }
            Some(_) => Ok(()),
        }
    }

    fn check_tiers(&self) -> Result<(), MissionInvalid> {
        let wrong = |field, reason| Err(MissionInvalid::new(field, reason));
        if self.rule.target.is_some() {
            return wrong("rule.target", "is not for an achievement: its tiers have theirs");
        }
        if self.reward.is_some() {
            return wrong("reward", "is not for an achievement: its tiers have theirs");
        }
        if !(1..=TIERS_MAX).contains(&self.tiers.len()) {
            return wrong("tiers", "must be 1 to 20");
        }
        for tier in &self.tiers {
            self.rule.check_target(tier.target, "tiers.target")?;
            if tier.reward.check().is_err() {
                return wrong(
                    "tiers.reward",
                    "has a currency without an amount, or a title that is empty or too long",
                );
            }
        }
        if self.tiers.windows(2).any(|pair| pair[0].target >= pair[1].target) {
            return wrong("tiers.target", "must grow from tier to tier");
        }
        Ok(())
    }

    /// Checks that the missions that come first are known, and that none of them waits for this one. `others` says of
    /// every mission what comes first for it.
    ///
    /// # Errors
    /// [`MissionInvalid`] on `after`.
    pub fn check_chain(&self, others: &HashMap<MissionId, Vec<MissionId>>) -> Result<(), MissionInvalid> {
        let mut open: Vec<&MissionId> = self.after.iter().collect();
        if open.iter().any(|id| !others.contains_key(*id)) {
            return Err(MissionInvalid::new("after", "names a mission that is not known"));
        }
        let mut seen: HashSet<&MissionId> = HashSet::new();
        while let Some(id) = open.pop() {
            if *id == self.mission_id {
                return Err(MissionInvalid::new("after", "leads back to the mission itself"));
            }
            if seen.insert(id) {
                open.extend(others.get(id).into_iter().flatten());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// A mission that is valid, with some fields replaced; null removes one.
    pub(crate) fn mission(kind: &str, replaced: &Value) -> Mission {
        let mut all = json!({
            "mission_id": "m", "title": {"en": "M"}, "kind": kind, "starts_at": "2026-01-01T00:00:00Z",
            "rule": {"event": "bet", "target": 3}, "reward": {"code": "badge"},
        });
        if kind == "streak" {
            all["days"] = json!(3);
        }
        if kind == "achievement" {
            all["rule"] = json!({"event": "bet"});
            all["reward"] = Value::Null;
            all["tiers"] = json!([
                {"target": 2, "reward": {"code": "bronze"}}, {"target": 5, "reward": {"code": "gold"}},
            ]);
        }
        for (field, value) in replaced.as_object().unwrap() {
            all[field] = value.clone();
        }
        let all = all.as_object_mut().unwrap();
        all.retain(|_, value| !value.is_null());
        serde_json::from_value(Value::Object(all.clone())).unwrap()
    }

    #[test]
    fn each_kind_is_valid_and_survives_its_json() {
        for kind in MissionKind::ALL {
            let mission = mission(kind.as_str(), &json!({}));
            assert_eq!(mission.check(), Ok(()), "{kind:?}");
            assert_eq!(mission.time_zone.as_str(), "UTC");
            let json = serde_json::to_string(&mission).unwrap();
            assert_eq!(serde_json::from_str::<Mission>(&json).unwrap(), mission);
        }
    }

    #[test]
    fn the_field_that_is_wrong_is_named() {
        let long = "a".repeat(601);
        let cases = [
            ("one_off", json!({"title": {}}), "title"),
            ("one_off", json!({"description": {"en": long}}), "description"),
            ("one_off", json!({"rule": {"event": "bet"}}), "rule.target"),
            ("one_off", json!({"rule": {"event": "bet", "target": 0}}), "rule.target"),
            (
                "one_off",
                json!({"rule": {"event": "bet", "distinct": {"field": "a"}, "target": 1001}}),
                "rule.target",
            ),
            ("one_off", json!({"reward": null}), "reward"),
            ("one_off", json!({"reward": {"code": "cash", "currency": "EUR"}}), "reward"),
            ("one_off", json!({"days": 3}), "days"),
            ("one_off", json!({"freezes": 1}), "freezes"),
            ("one_off", json!({"tiers": [{"target": 1, "reward": {"code": "a"}}]}), "tiers"),
            ("one_off", json!({"after": ["a", "a"]}), "after"),
            ("one_off", json!({"after": ["m"]}), "after"),
            ("one_off", json!({"ends_at": "2026-01-01T00:00:00Z"}), "ends_at"),
            ("one_off", json!({"claim_within_hours": 0}), "claim_within_hours"),
            ("streak", json!({"days": 1}), "days"),
            ("streak", json!({"days": null}), "days"),
            ("streak", json!({"freezes": 31}), "freezes"),
            ("achievement", json!({"tiers": []}), "tiers"),
            ("achievement", json!({"reward": {"code": "a"}}), "reward"),
            ("achievement", json!({"rule": {"event": "bet", "target": 1}}), "rule.target"),
            (
                "achievement",
                json!({"tiers": [{"target": 2, "reward": {"code": "a"}}, {"target": 2, "reward": {"code": "b"}}]}),
                "tiers.target",
            ),
            ("achievement", json!({"tiers": [{"target": -2, "reward": {"code": "a"}}]}), "tiers.target"),
        ];
        for (kind, replaced, field) in cases {
            assert_eq!(mission(kind, &replaced).check().unwrap_err().field, field, "{replaced}");
        }
    }

    #[test]
    fn chains_lead_somewhere_known_and_never_back() {
        let id = |text: &str| -> MissionId { text.parse().unwrap() };
        let others = HashMap::from([
            (id("a"), vec![]),
            (id("b"), vec![id("a")]),
            (id("c"), vec![id("m"), id("a")]),
            (id("d"), vec![id("c"), id("b")]),
        ]);
        let check = |after: &[&str]| mission("one_off", &json!({"after": after})).check_chain(&others);
        assert_eq!(check(&[]), Ok(()));
        assert_eq!(check(&["a", "b"]), Ok(()));
        assert_eq!(check(&["x"]).unwrap_err().reason, "names a mission that is not known");
        for back in ["c", "d"] {
            assert_eq!(check(&[back]).unwrap_err().reason, "leads back to the mission itself", "{back}");
        }
    }

    #[test]
    fn periods_are_days_and_weeks() {
        let day = Day(20_460);
        let period = |kind: &str| {
            let mission = mission(kind, &json!({}));
            let period = mission.period_of(day);
            (period, mission.period_end(period))
        };
        assert_eq!(period("daily"), (day, Some(Day(20_461))));
        assert_eq!(period("weekly"), (Day(20_458), Some(Day(20_465))));
        for once in ["one_off", "streak", "achievement"] {
            assert_eq!(period(once), (Day(0), None));
        }
    }
}
