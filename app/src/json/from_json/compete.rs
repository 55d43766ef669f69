//! Tournaments beyond the board of one.

use crate::{
    compete::wire::{
        Condition, Details, Entered, Entry, Final, History, Join, Mine, Past, Period, Periods, Person,
        Prepared, Prize, PrizeRange, Results, Reward, Sample, Samples, Tier, Tournaments,
    },
    json::{
        Value,
        from_json::{FromJson, field},
    },
};

structs! {
    Period { period, starts_at, ends_at, is_final }
    Periods { periods, next_cursor }
    PrizeRange { from, to, tier, what }
    Prize { code, amount, currency, title }
    Mine {
        entry, can_join, wants_reminder, attempts_allowed, attempts_used, result, movement, reward
    }
    Entry { entries, tier, is_disqualified }
    Final { rank, player, alias, score, prize }
    Results { players, result_hash, results, next_cursor }
    Reward { reward_id, what, state, expires_at }
    Sample { rank }
    Samples { samples }
    Tournaments { tournaments, next_cursor }
    Past { tournament_id, title, ended_at, rank, players, score, prize }
    History { results, next_cursor }
    Entered { tournaments }
    Prepared { prepared_message_id }
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
