//! What is wrong with a field, in the operator's language.
//!
//! The rules say what is wrong in English, because that is what the platform is told. The console shows the same in four
//! languages: here stands which text of theirs says what. A test fills in forms with every mistake; what it does not
//! find here is shown in English.

use i18n::{Catalog, Key, keys::desk};
use services::console::tournaments::form::FieldError;

/// What the rules say, and the text that says it.
const REASONS: &[(&[&str], Key)] = &[
    (&["must be a whole number"], desk::WHY_NUMBER),
    (&["must be a whole number, 1 or more"], desk::WHY_COUNT),
    (&["must be a date and a time"], desk::WHY_MOMENT),
    (&["must be one of the choices"], desk::WHY_CHOICE),
    (&["must be 1 to 62 letters, digits, _ or -"], desk::WHY_ID),
    (
        &[
            "must be 1 to 120 characters; English is what other languages fall back to",
            "must hold 1 to 32 languages of 1 to 120 characters each",
            "must begin with a title of 1 to 120 characters",
        ],
        desk::WHY_TITLE,
    ),
    (&["must be later than the start", "must be later than starts_at"], desk::WHY_AFTER_START),
    (&["must be up to three of desc and asc"], desk::WHY_TIES),
    (&["is needed for tiers: they are made of cohorts"], desk::WHY_COHORT_NEEDED),
    (&["needs attempts_max: entering again gives new attempts"], desk::WHY_ATTEMPTS_NEEDED),
    (
        &[
            "must hold at most 300 codes such as DE or DE-BY",
            "names what is no code of ISO 3166, or more than 300",
        ],
        desk::WHY_REGIONS,
    ),
    (
        &[
            "must be a cron expression of at most 100 characters",
            "is not a cron expression of five fields that ever comes",
        ],
        desk::WHY_CRON,
    ),
    (
        &[
            "must be the name of a time zone",
            "is not the name of a time zone",
            "is not a zone of the IANA database",
        ],
        desk::WHY_ZONE,
    ),
    (&["must leave ten minutes between two resets"], desk::WHY_RESET_CLOSE),
    (&["needs reset: players rise and fall from one period to the next"], desk::WHY_RESET_NEEDED),
    (&["must be 0 in the highest tier"], desk::WHY_PROMOTE),
    (&["must be 0 in the lowest tier"], desk::WHY_DEMOTE),
    (&["must not promote and demote more players than a cohort has"], desk::WHY_TIER_MOVES),
    (
        &["must be at most 200 ranges", "is one range of prizes too many: 200 is the most"],
        desk::WHY_PRIZES_MANY,
    ),
    (&["is one tier too many: 20 is the most"], desk::WHY_TIERS_MANY),
    (&["must be 1 or more, and not behind to"], desk::WHY_PRIZE_RANKS),
    (&["must be at most 10000, and at most the size of a cohort"], desk::WHY_PRIZE_LAST),
    (
        &["must be the number of a tier, the lowest 0", "must name a tier by its number, the lowest 0"],
        desk::WHY_PRIZE_TIER,
    ),
    (&["must ascend and share no rank"], desk::WHY_PRIZES_ORDER),
    (
        &[
            "needs an amount beside a currency, and a title that is not empty",
            "has a currency without an amount, or a title that is empty or too long",
        ],
        desk::WHY_PRIZE,
    ),
    (&["needs rewards to be claim"], desk::WHY_CLAIM_MODE),
    (&["must hold 1 to 32 languages of 1 to 4000 characters each"], desk::WHY_RULES_TEXT),
    (&["must be an https address of at most 500 characters"], desk::WHY_COVER),
    (&["must be true where join says anything else"], desk::WHY_JOIN_REQUIRED),
    (&["must be before ends_at"], desk::WHY_BEFORE_END),
    (&["must not be behind ends_at"], desk::WHY_BY_END),
    (&["must be later than join.opens_at"], desk::WHY_AFTER_OPEN),
    (&["the tournament is over: only its texts can change"], desk::WHY_OVER),
    (
        &[
            "the tournament belongs to another owner",
            "belongs to the platform, which alone changes what the tournament is",
            "belongs to the platform, which alone changes what the mission is",
        ],
        desk::WHY_OWNED,
    ),
    (&["the tournament was canceled"], desk::WHY_CANCELED),
    (&["draft can't be true any more: the tournament was published"], desk::WHY_PUBLISHED),
    (&["can't change once there are scores"], desk::WHY_HAS_SCORES),
    (&["can't become more or fewer once there are scores"], desk::WHY_TIES_FIXED),
    (&["cohorts can't come or go once somebody has entered"], desk::WHY_COHORTS_FIXED),
    (&["must be later than the start of the period that is played"], desk::WHY_PERIOD_START),
    (&["is taken by another tournament", "is taken by another mission"], desk::WHY_TAKEN),
    (&["can't change"], desk::WHY_FIXED),
    (&["was changed meanwhile; open it again to see how"], desk::WHY_STALE),
    (
        &[
            "has more than five parts",
            "has more than three parts",
            "has more than a code, an amount and a title",
            "has more than an amount and a currency",
        ],
        desk::WHY_PARTS,
    ),
    (&["must begin with a rank, or two: 4-10"], desk::WHY_RANKS),
    (&["has a title of more than 120 characters"], desk::WHY_TITLE_LONG),
    (&["needs a code of the platform's, without spaces"], desk::WHY_CODE),
    (&["has an amount that is no number"], desk::WHY_AMOUNT),
    (&["has a currency that is none"], desk::WHY_CURRENCY),
    (&["must say by numbers how many rise and fall"], desk::WHY_TIER_COUNTS),
    (&["needs a target and a code"], desk::WHY_STEP),
    (&["must begin with a number"], desk::WHY_BEGINS_NUMBER),
    (&["must hold 1 to 32 languages of 1 to 600 characters each"], desk::WHY_DESCRIPTION),
    (&["names a mission twice, or more than 16"], desk::WHY_AFTER_TWICE),
    (&["names the mission itself", "leads back to the mission itself"], desk::WHY_AFTER_SELF),
    (&["names a mission that is not known"], desk::WHY_AFTER_UNKNOWN),
    (&["is for a streak alone"], desk::WHY_STREAK),
    (&["are for an achievement alone"], desk::WHY_ACHIEVEMENT),
    (&["is not for an achievement: its tiers have theirs"], desk::WHY_NOT_ACHIEVEMENT),
    (&["is missing"], desk::WHY_MISSING),
    (&["must grow from tier to tier"], desk::WHY_GROW),
    (&["names more than one of count, sum, distinct, in_a_row"], desk::WHY_ONE_WAY),
    (&["has more than 16 fields"], desk::WHY_FILTERS),
    (&["lists no value, or more than 100"], desk::WHY_VALUES),
    (&["has limits without min and max"], desk::WHY_LIMITS),
    (&["has a min above its max"], desk::WHY_MIN_MAX),
    (&["needs equals or breaks_on"], desk::WHY_ROW_NEEDS),
    (&["takes equals or breaks_on, not both"], desk::WHY_ROW_BOTH),
    (&["must be above 0"], desk::WHY_POSITIVE),
    (&["must be an object in JSON, such as {\"event\":\"bet\",\"target\":3}"], desk::WHY_RULE),
    (&["is not of the right type, or beyond its limits", "is not right"], desk::WHY_TYPE),
    (&["is not a field that is known here"], desk::WHY_UNKNOWN_FIELD),
    (&["would be one of more than 1000 missions that are not over"], desk::WHY_MISSIONS_MANY),
    (
        &["kind, time_zone, rule.event and what the rule measures can't change once players have begun"],
        desk::WHY_BEGUN,
    ),
];

/// What is wrong: the sentence, and whether it is English for want of a better one.
pub(super) struct Told {
    pub(super) text: String,
    pub(super) is_foreign: bool,
}

/// What an error of a field says.
pub(super) fn told(catalog: &Catalog, error: &FieldError) -> Told {
    let known = reason(catalog, &error.what);
    let is_foreign = known.is_none();
    let mut text = known.unwrap_or_else(|| error.what.clone());
    if let Some(part) = &error.part {
        text = format!("{part}: {text}");
    }
    if let Some(line) = error.line {
        text = desk::why_line(catalog, &line.to_string(), &text);
    }
    Told { text, is_foreign }
}

fn reason(catalog: &Catalog, what: &str) -> Option<String> {
    let known = REASONS.iter().find(|(reasons, _)| reasons.contains(&what));
    known.map(|(_, key)| catalog.text(*key).to_owned()).or_else(|| limits(catalog, what))
}

/// The reasons that are alike but for their numbers.
fn limits(catalog: &Catalog, what: &str) -> Option<String> {
    let number =
        |text: &str| (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(());
    if let Some(most) = what.strip_prefix("must be a whole number of at most ") {
        let (most, _why) = most.split_once(',').unwrap_or((most, ""));
        return number(most).map(|()| desk::why_whole_most(catalog, most));
    }
    let numbers = what.strip_prefix("must be ")?;
    if let Some(most) = numbers.strip_prefix("at most ") {
        return number(most).map(|()| desk::why_most(catalog, most));
    }
    let (from, to) = numbers.split_once(" to ")?;
    number(from).and(number(to)).map(|()| desk::why_range(catalog, from, to))
}

#[cfg(test)]
mod tests {
    use domain::Locale;
    use services::console::{
        missions::form::MissionForm, tournaments::form::TournamentForm, zone::ViewerZone,
    };

    use super::*;

    /// Forms that are right but for the fields that a case names.
    fn tournament(more: &[(&str, &str)]) -> Vec<FieldError> {
        let held = |name: &str| match name {
            "tournament_id" => "cup",
            "title.en" => "Cup",
            "starts_at" => "2026-03-29T20:00",
            "ends_at" => "2026-04-05T20:00",
            "operator" => "best",
            "order" => "desc",
            _ => "",
        };
        let own = |name: &str| more.iter().find(|(field, _)| *field == name).map(|(_, text)| *text);
        let form = TournamentForm::new(|name| own(name).unwrap_or_else(|| held(name)));
        form.read(&ViewerZone::default()).unwrap_err()
    }

    fn mission(more: &[(&str, &str)]) -> Vec<FieldError> {
        let held = |name: &str| match name {
            "mission_id" => "three_bets",
            "title.en" => "Three bets",
            "kind" => "daily",
            "rule" => r#"{"event":"bet","target":3}"#,
            "reward" => "free_spins | 5",
            "starts_at" => "2026-03-29T20:00",
            "time_zone" => "Europe/Rome",
            _ => "",
        };
        let own = |name: &str| more.iter().find(|(field, _)| *field == name).map(|(_, text)| *text);
        let form = MissionForm::new(|name| own(name).unwrap_or_else(|| held(name)));
        form.read(&ViewerZone::default()).unwrap_err()
    }

    /// Every mistake is told in every language, and in none of the others' words.
    fn is_told(errors: &[FieldError]) {
        for error in errors {
            for locale in Locale::ALL {
                let told = told(i18n::catalog(locale), error);
                assert!(!told.is_foreign, "{error:?}");
                assert!(!told.text.is_empty());
            }
        }
    }

    #[test]
    fn every_mistake_in_a_tournament_is_told_in_every_language() {
        let long = "x".repeat(4_001);
        let many = |line: &str, times: usize| vec![line; times].join("\n");
        let [prizes, tiers, regions] = [many("1 | cup", 201), many("A | 1 | 1", 21), many("DE", 301)];
        let cases: Vec<Vec<(&str, &str)>> = vec![
            vec![("tournament_id", "two words")],
            vec![("title.en", "")],
            vec![("starts_at", "soon")],
            vec![("ends_at", "2026-03-29T20:00")],
            vec![("operator", "worst")],
            vec![("ties", "desc desc desc desc")],
            vec![("reset.cron", "often")],
            vec![("reset.cron", long.as_str())],
            vec![("reset.cron", "* * * * *")],
            vec![("reset.cron", "0 20 * * *"), ("reset.zone", "Mars")],
            vec![("reset.cron", "0 20 * * *"), ("reset.zone", long.as_str())],
            vec![("join.opens_at", "2026-03-01T00:00")],
            vec![("join.required", "on"), ("join.opens_at", "2026-05-01T00:00")],
            vec![("join.required", "on"), ("join.closes_at", "2026-05-01T00:00")],
            vec![
                ("join.required", "on"),
                ("join.opens_at", "2026-04-02T00:00"),
                ("join.closes_at", "2026-04-01T00:00"),
            ],
            vec![("join.size_max", "0")],
            vec![("join.required", "on"), ("join.entries_max", "3")],
            vec![("join.required", "on"), ("join.entries_max", "101")],
            vec![("attempts_max", "2000000")],
            vec![("condition.regions", "Germany")],
            vec![("condition.regions", regions.as_str())],
            vec![("condition.kyc_at_least", "all")],
            vec![("cohorts.size", "101")],
            vec![("cohorts.tiers", "A | 0 | 0")],
            vec![("cohorts.size", "9"), ("cohorts.tiers", "A | 1 | 0\nB | 0 | 1")],
            vec![("cohorts.size", "9"), ("cohorts.tiers", "A | 1 | 0\nB | 1 | 1")],
            vec![("cohorts.size", "9"), ("cohorts.tiers", "A | 1 | 1\nB | 0 | 1")],
            vec![("cohorts.size", "9"), ("cohorts.tiers", "A | 1 | 0\nB | 9 | 9\nC")],
            vec![("cohorts.tiers", tiers.as_str())],
            vec![("cohorts.tiers", "| 1 | 1")],
            vec![("cohorts.tiers", "A | many")],
            vec![("cohorts.tiers", "A | 1 | 1 | 1")],
            vec![("prizes", prizes.as_str())],
            vec![("prizes", "first | cup")],
            vec![("prizes", "1 | two words")],
            vec![("prizes", "1 | cup | much")],
            vec![("prizes", "1 | cup | 5 two-words-and-€")],
            vec![("prizes", "1 | cup | 5 EUR more")],
            vec![("prizes", "1 | cup | 5 | a | 1 | 1")],
            vec![("prizes", "1 | cup | 5 | a | low")],
            vec![("prizes", "1 | cup | 5 | a | 1")],
            vec![("prizes", "0 | cup")],
            vec![("prizes", "1-10001 | cup")],
            vec![("prizes", "1 | cup\n1 | cup")],
            vec![("claim_days", "3")],
            vec![("claim_days", "366"), ("rewards", "claim")],
            vec![("rewards", "never")],
            vec![("rules_text.en", long.as_str())],
            vec![("cover", "http://cdn.example/a.png")],
            vec![("finish_notice", "some")],
        ];
        for case in cases {
            is_told(&tournament(&case));
        }
    }

    #[test]
    fn every_mistake_in_a_mission_is_told_in_every_language() {
        let long = "x".repeat(601);
        let many = (0..17).map(|number| format!("m{number}")).collect::<Vec<_>>().join(" ");
        let mut cases: Vec<Vec<(&str, &str)>> = vec![
            vec![("mission_id", "two words")],
            vec![("title.en", "")],
            vec![("description.en", long.as_str())],
            vec![("kind", "yearly")],
            vec![("rule", "none")],
            vec![("days", "x")],
            vec![("days", "3")],
            vec![("kind", "streak"), ("days", "1")],
            vec![("freezes", "3")],
            vec![("kind", "streak"), ("days", "5"), ("freezes", "31")],
            vec![("tiers", "1 | a")],
            vec![("tiers", "1")],
            vec![("tiers", "many | a")],
            vec![("kind", "achievement"), ("tiers", "1 | a")],
            vec![("reward", "")],
            vec![("reward", "two words")],
            vec![("reward", "a | 5 | b | c")],
            vec![("starts_at", "")],
            vec![("ends_at", "2026-03-29T19:00")],
            vec![("time_zone", "Mars")],
            vec![("condition.regions", "Germany")],
            vec![("condition.kyc_at_least", "all")],
            vec![("claim_within_hours", "0")],
            vec![("after", "three_bets")],
            vec![("after", many.as_str())],
        ];
        let rules = [
            r#"{"target":3}"#,
            r#"{"event":"bet"}"#,
            r#"{"event":"bet","target":0}"#,
            r#"{"event":"bet","target":1.5}"#,
            r#"{"event":"bet","target":3,"more":1}"#,
            r#"{"event":"bet","target":"many"}"#,
            r#"{"event":"bet","target":3,"distinct":"game","sum":"stake"}"#,
            r#"{"event":"bet","target":1001,"distinct":"game"}"#,
            r#"{"event":"bet","target":3,"where":{"game":[]}}"#,
            r#"{"event":"bet","target":3,"where":{"stake":{"min":5,"max":1}}}"#,
        ];
        cases.extend(rules.map(|rule| vec![("rule", rule)]));
        for case in cases {
            is_told(&mission(&case));
        }
        let steps = |tiers: &'static str| {
            let rule = ("rule", r#"{"event":"bet"}"#);
            mission(&[("kind", "achievement"), ("reward", ""), rule, ("tiers", tiers)])
        };
        is_told(&steps(""));
        is_told(&steps("5 | a\n3 | a"));
    }

    #[test]
    fn a_line_a_part_and_a_number_are_named() {
        let text = |error: &FieldError, locale| told(i18n::catalog(locale), error).text;
        let [error] = &tournament(&[("prizes", "1 | cup\nlast | cup")])[..] else { panic!("not one error") };
        assert_eq!(text(error, Locale::En), "Line 2: Must begin with a rank, or two: 4-10.");
        let [error] = &mission(&[("rule", r#"{"event":"bet","target":3,"where":{"a":[]}}"#)])[..] else {
            panic!("not one error")
        };
        assert_eq!(text(error, Locale::It), "rule.where: Non elenca valori, o più di 100.");
        let [error] = &tournament(&[("attempts_max", "2000000")])[..] else { panic!("not one error") };
        assert_eq!(text(error, Locale::Fr), "Doit être compris entre 1 et 1000000.");
    }
}
