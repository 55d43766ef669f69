use serde_json::{Value, json};

use super::*;

const WINDOW: (Timestamp, Timestamp) = (Timestamp::from_millis(1_000_000), Timestamp::from_millis(2_000_000));

fn read(json: Value) -> TournamentRules {
    serde_json::from_value(json).unwrap()
}

fn whole() -> Value {
    json!({
        "join": {"required": true, "opens_at": "1970-01-01T00:00:00Z", "closes_at": "1970-01-01T00:30:00Z",
            "size_max": 50, "entries_max": 3},
        "attempts_max": 10,
        "condition": {"linked": true, "kyc_at_least": "basic", "regions": ["DE"]},
        "reset": {"cron": "0 20 * * SUN", "zone": "Europe/Rome"},
        "cohorts": {"size": 30, "tiers": [
            {"title": {"en": "Bronze"}, "promote": 5}, {"title": {"en": "Silver"}, "promote": 0, "demote": 5}]},
        "prizes": [
            {"from": 1, "to": 1, "what": {"code": "cash", "amount": "100", "currency": "EUR"}},
            {"from": 2, "to": 10, "what": {"code": "spins", "amount": "20"}},
            {"from": 1, "to": 3, "tier": 1, "what": {"code": "gold"}},
        ],
        "rewards": "claim",
        "claim_days": 7,
        "rules_text": {"en": "Play fair."},
        "cover": "https://cdn.example/cup.webp",
        "is_private": true,
        "finish_notice": "everyone",
    })
}

#[test]
fn everything_survives_its_text_form_and_nothing_is_written_of_what_is_not_there() {
    let rules = read(whole());
    assert_eq!(rules.check(WINDOW), Ok(()));
    assert_eq!(read(serde_json::to_value(&rules).unwrap()), rules);
    assert_eq!(serde_json::to_value(TournamentRules::default()).unwrap(), json!({}));
    assert_eq!(TournamentRules::default().check(WINDOW), Ok(()));
}

/// Each case sets one field, by its path, and says which one is named.
#[test]
fn each_wrong_rule_names_its_field() {
    let prize = |from: u32, to: u32| json!({"from": from, "to": to, "what": {"code": "a"}});
    let cases = [
        ("/join/required", json!(false), "join.required"),
        ("/join/opens_at", json!("1970-01-01T00:33:20Z"), "join.opens_at"),
        ("/join/closes_at", json!("1970-01-01T00:33:21Z"), "join.closes_at"),
        ("/join/closes_at", json!("1970-01-01T00:00:00Z"), "join.closes_at"),
        ("/join/entries_max", json!(101), "join.entries_max"),
        ("/attempts_max", json!(1_000_001), "attempts_max"),
        ("/attempts_max", Value::Null, "join.entries_max"),
        ("/condition/regions", json!(["Germany"]), "condition.regions"),
        ("/reset/cron", json!(""), "reset.cron"),
        ("/reset/zone", json!(""), "reset.zone"),
        ("/reset", Value::Null, "cohorts.tiers"),
        ("/cohorts/size", json!(1), "cohorts.size"),
        ("/cohorts/tiers/1/promote", json!(1), "cohorts.tiers.promote"),
        ("/prizes", json!([prize(0, 1)]), "prizes.from"),
        ("/prizes", json!([prize(3, 2)]), "prizes.from"),
        ("/prizes", json!([prize(1, 31)]), "prizes.to"),
        ("/prizes", json!([prize(1, 3), prize(3, 4)]), "prizes"),
        ("/prizes", json!([prize(4, 5), prize(1, 2)]), "prizes"),
        ("/prizes/2/tier", json!(2), "prizes.tier"),
        ("/prizes/1/what", json!({"code": "a", "currency": "EUR"}), "prizes.what"),
        ("/rewards", json!("automatic"), "claim_days"),
        ("/claim_days", json!(366), "claim_days"),
        ("/rules_text", json!({}), "rules_text"),
        ("/rules_text/en", json!(" "), "rules_text"),
        ("/cover", json!("http://cdn.example/cup.webp"), "cover"),
        ("/cover", json!("https://cdn.example/\"><script>"), "cover"),
        ("/cover", json!("https://user@cdn.example/a"), "cover"),
        ("/cover", json!("https://localhost/a"), "cover"),
    ];
    for (path, value, field) in cases {
        let mut rules = whole();
        *rules.pointer_mut(path).unwrap() = value.clone();
        let invalid = read(rules).check(WINDOW).unwrap_err();
        assert_eq!(invalid.field, field, "{path} = {value}");
    }
}

#[test]
fn a_board_without_cohorts_has_at_most_ten_thousand_winners() {
    let prizes = |to: u32| json!({"prizes": [{"from": 1, "to": to, "what": {"code": "a"}}]});
    assert_eq!(read(prizes(10_000)).check(WINDOW), Ok(()));
    assert_eq!(read(prizes(10_001)).check(WINDOW).unwrap_err().field, "prizes.to");
}

#[test]
fn what_is_not_known_is_refused() {
    for unknown in [
        json!({"attemps_max": 3}),
        json!({"join": {"require": true}}),
        json!({"reset": {"cron": "@daily", "tz": "UTC"}}),
        json!({"attempts_max": 0}),
        json!({"rewards": "sometimes"}),
    ] {
        assert!(serde_json::from_value::<TournamentRules>(unknown.clone()).is_err(), "{unknown}");
    }
}

#[test]
fn a_rank_wins_the_prize_of_its_range_and_of_its_tier() {
    let rules = read(whole());
    let code = |tier, rank| rules.prize(tier, rank).map(|prize| prize.code.as_str().to_owned());
    assert_eq!(code(0, 1).as_deref(), Some("cash"));
    assert_eq!(code(0, 2).as_deref(), Some("spins"));
    assert_eq!(code(0, 10).as_deref(), Some("spins"));
    assert_eq!(code(0, 11), None);
    assert_eq!(code(1, 3).as_deref(), Some("gold"));
    assert_eq!(code(1, 4), None, "a tier with prizes of its own has no others");
    assert_eq!((rules.last_winner(0), rules.last_winner(1)), (10, 3));
    assert_eq!(TournamentRules::default().last_winner(0), 0);
}

#[test]
fn only_what_asks_something_of_a_player_asks_for_entries() {
    let asks = |json: Value| read(json).asks_entries();
    assert!(!asks(json!({})));
    assert!(!asks(json!({"prizes": [{"from": 1, "to": 1, "what": {"code": "a"}}]})));
    assert!(!asks(json!({"reset": {"cron": "0 0 * * *"}})));
    assert!(asks(json!({"join": {"required": true}})));
    assert!(asks(json!({"attempts_max": 3})));
    assert!(asks(json!({"cohorts": {"size": 10}})));
    assert!(asks(json!({"condition": {"linked": true}})));
}
