//! Tournaments beyond the board of one.

use crate::{
    compete::wire::{
        Condition, Details, Entered, Entry, Final, Join, Mine, Past, Period, Person, Prepared, Prize,
        PrizeRange, Reward, Tier,
    },
    json::{
        Value,
        from_json::{FromJson, field},
    },
};

structs! {
    Period { period, starts_at, ends_at, is_final }
    PrizeRange { from, to, tier, what }
    Prize { code, amount, currency, title }
    Mine {
        board, entry, can_join, wants_reminder, attempts_allowed, attempts_used, result, movement, reward
    }
    Entry { entries, tier, is_disqualified }
    Final { rank, player, alias, score, prize }
    Reward { reward_id, what, state, expires_at }
    Past { tournament_id, title, ended_at, rank, players, score, prize }
    Entered { tournaments }
    Prepared { prepared_message_id }
}

impl FromJson for Value {
    fn from_json(value: &Value) -> Option<Self> {
        Some(value.clone())
    }
}

/// A field that is left out when there is nothing to say.
fn lax<T: FromJson + Default>(value: &Value, name: &str) -> T {
    field(value, name).unwrap_or_default()
}

impl FromJson for Details {
    fn from_json(value: &Value) -> Option<Self> {
        let cohorts = value.field("cohorts");
        Some(Self {
            phase: field(value, "phase")?,
            is_frozen: field(value, "is_frozen")?,
            period: field(value, "period")?,
            join: field(value, "join")?,
            entries: field(value, "entries")?,
            attempts_max: field(value, "attempts_max")?,
            condition: field(value, "condition")?,
            has_periods: matches!(value.field("reset"), Some(Value::Object(_))),
            tiers: cohorts.map(|cohorts| lax(cohorts, "tiers")).unwrap_or_default(),
            prizes: lax(value, "prizes"),
            has_claims: lax::<String>(value, "rewards") == "claim",
            claim_days: field(value, "claim_days")?,
            rules_text: field(value, "rules_text")?,
            cover: field(value, "cover")?,
        })
    }
}

impl FromJson for Join {
    fn from_json(value: &Value) -> Option<Self> {
        Some(Self {
            required: lax(value, "required"),
            opens_at: field(value, "opens_at")?,
            closes_at: field(value, "closes_at")?,
            size_max: field(value, "size_max")?,
            entries_max: field(value, "entries_max")?,
        })
    }
}

impl FromJson for Condition {
    fn from_json(value: &Value) -> Option<Self> {
        Some(Self {
            linked: lax(value, "linked"),
            kyc_at_least: lax(value, "kyc_at_least"),
            regions: lax(value, "regions"),
        })
    }
}

impl FromJson for Tier {
    fn from_json(value: &Value) -> Option<Self> {
        Some(Self {
            title: field(value, "title")?,
            promote: lax(value, "promote"),
            demote: lax(value, "demote"),
        })
    }
}

impl FromJson for Person {
    fn from_json(value: &Value) -> Option<Self> {
        Some(Self {
            linked: field(value, "linked")?,
            has_cabinet: field(value, "has_cabinet")?,
            kyc: field(value.field("kyc")?, "level")?,
            reachability: field(value, "reachability")?,
        })
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    #![expect(clippy::unwrap_used, reason = "what helps tests may fail as they do")]

    use domain::tournament::{Phase, view};
    use serde::Serialize;

    use super::*;
    use crate::json;

    fn read<T: FromJson>(value: &impl Serialize) -> T {
        let text = serde_json::to_string(value).unwrap();
        json::read(&text).unwrap_or_else(|| panic!("{text} is not read"))
    }

    fn view_of<T: serde::de::DeserializeOwned>(text: &str) -> T {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn the_details_of_a_tournament_are_read_as_they_are_written() {
        let plain: view::TournamentDetails = view_of(
            r#"{"tournament_id":"cup","phase":"running","is_frozen":false,
                "period":{"period":0,"starts_at":"2026-01-01T00:00:00Z","ends_at":"2026-01-02T00:00:00Z",
                          "phase":"running","is_final":false},
                "join":{"required":true},"entries":3,"attempts_max":null,"condition":{},"reset":null,
                "cohorts":null,"prizes":[],"rewards":"automatic","claim_days":null,"rules_text":null,"cover":null}"#,
        );
        let details: Details = read(&plain);
        assert!(details.join.required && !details.has_periods && !details.has_claims);
        assert_eq!((details.phase.as_str(), details.entries), ("running", 3));

        let full: view::TournamentDetails = view_of(
            r#"{"tournament_id":"cup","phase":"finished","is_frozen":true,
                "period":{"period":4,"starts_at":"2026-01-01T00:00:00Z","ends_at":"2026-01-02T00:00:00Z",
                          "phase":"finished","is_final":true},
                "join":{"required":true,"opens_at":"2025-12-01T00:00:00Z","closes_at":"2026-01-01T12:00:00Z",
                        "size_max":9,"entries_max":2},
                "entries":3,"attempts_max":5,
                "condition":{"linked":true,"kyc_at_least":"basic","regions":["IT"]},
                "reset":{"cron":"0 0 * * *","zone":"UTC"},
                "cohorts":{"size":10,"tiers":[{"title":{"en":"Bronze"},"promote":2,"demote":0}]},
                "prizes":[{"from":1,"to":1,"tier":0,"what":{"code":"cash","amount":"10","currency":"EUR"}}],
                "rewards":"claim","claim_days":7,"rules_text":{"en":"Be fair."},"cover":"https://e.example/c.png"}"#,
        );
        let details: Details = read(&full);
        assert!(details.is_frozen && details.has_periods && details.has_claims && details.period.is_final);
        assert_eq!((details.join.size_max, details.join.entries_max), (Some(9), Some(2)));
        assert_eq!(details.condition.kyc_at_least, "basic");
        assert_eq!((details.tiers.len(), details.tiers[0].promote), (1, 2));
        assert_eq!(details.prizes[0].what.amount.as_deref(), Some("10"));
        assert!(details.rules_text.is_some() && details.cover.is_some());
    }

    #[test]
    fn what_a_player_has_is_read_as_it_is_written() {
        let mine: view::Mine = view_of(
            r#"{"tournament_id":"cup",
                "entry":{"period":0,"joined_at":"2026-01-01T00:00:00Z","entries":2,"board":"cup.0.1","cohort":1,
                         "tier":1,"is_disqualified":false},
                "board":"cup.0.1","can_join":false,"wants_reminder":true,"attempts_allowed":6,"attempts_used":2,
                "result":{"rank":2,"player":"p_abc","alias":"Nova","score":12,"achieved_at":"2026-01-01T00:00:01Z",
                          "prize":{"code":"badge"}},
                "movement":"promoted",
                "reward":{"reward_id":"rw_00000000000000000000000000000001","source":"tournament",
                          "source_id":"cup.0.1","what":{"code":"badge"},"state":"offered",
                          "offered_at":"2026-01-02T00:00:00Z"}}"#,
        );
        let read: Mine = read(&mine);
        assert_eq!(read.entry.map(|entry| (entry.entries, entry.tier)), Some((2, 1)));
        assert_eq!(read.result.map(|result| result.rank), Some(2));
        assert_eq!(read.movement.as_deref(), Some("promoted"));
        assert_eq!(read.reward.map(|reward| reward.state).as_deref(), Some("offered"));
    }

    #[test]
    fn the_history_is_read_as_it_is_written() {
        let page: view::HistoryPage = view_of(
            r#"{"results":[{"tournament_id":"cup","board":"cup","title":{"en":"Cup"},
                "ended_at":"2026-01-02T00:00:00Z","rank":1,"players":9,"score":12}],"next_cursor":"1.cup"}"#,
        );
        let past: Past = read(&page.results[0]);
        assert_eq!((past.rank, past.players), (1, 9));
        let entered = view::Entered { tournaments: vec!["cup".parse().unwrap()] };
        assert_eq!(read::<Entered>(&entered).tournaments, ["cup"]);
        assert_eq!(json::read::<Phase>("\"canceled\""), Some(Phase::Canceled));
    }
}
