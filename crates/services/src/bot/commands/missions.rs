//! `/missions`: what there is to do, how far one is, and a button for each reward that waits.

use domain::{
    Locale, Prize, Timestamp,
    mission::{MissionCard, MissionState, Missions, Unmet},
};
use i18n::{catalog, keys};
use telegram::keyboard::{InlineButton, InlineKeyboard, KeyboardError};

use crate::{
    Services,
    bot::{
        board_message::{Reader, text::line},
        choice::Choice,
        keyboards,
        reply::Reply,
    },
};

/// The missions that a message shows; the app has all of them.
const SHOWN_MAX: usize = 8;
/// The rewards that are named of a mission, and of what was claimed at once.
const NAMED_MAX: usize = 5;
/// The parts of a bar.
const PARTS: u16 = 10;
/// The most characters of a title on a button.
const LABEL_CHARACTERS_MAX: usize = 28;

/// The message.
pub(crate) fn message(services: &Services, reader: Reader, missions: &Missions) -> Reply {
    let texts = catalog(reader.locale);
    let is_shown = |card: &&MissionCard| card.state != MissionState::Expired;
    let shown: Vec<&MissionCard> = missions.missions.iter().filter(is_shown).take(SHOWN_MAX).collect();
    let text = if shown.is_empty() {
        texts.text(keys::bot::MISSIONS_NONE).to_owned()
    } else {
        let items = shown.iter().map(|card| item(card, reader.locale, services.now()));
        std::iter::once(texts.text(keys::bot::MISSIONS_TITLE).to_owned())
            .chain(items)
            .collect::<Vec<_>>()
            .join("\n\n")
    };
    Reply::text(text).with(keyboard(services, reader, &shown))
}

/// One mission: what it is called, how far it is, and what it brings.
fn item(card: &MissionCard, locale: Locale, now: Timestamp) -> String {
    let texts = catalog(locale);
    let title = card.title.for_locale(locale);
    let mut lines = Vec::with_capacity(3);
    match card.state {
        MissionState::Done => {
            lines.push(format!("🎁 {title}"));
            let what = listed(card.claimable.iter().map(|claimable| &claimable.what), locale);
            lines.push(keys::bot::missions_ready(texts, &what));
            return lines.join("\n");
        }
        MissionState::Claimed => {
            lines.push(format!("✅ {title}"));
            lines.push(texts.text(keys::bot::MISSIONS_DONE).to_owned());
        }
        MissionState::Locked => {
            lines.push(format!("🔒 {title}"));
            let why = match card.unmet {
                Some(Unmet::Linked) => keys::bot::MISSIONS_LOCKED_LINK,
                Some(Unmet::Kyc) => keys::bot::MISSIONS_LOCKED_KYC,
                Some(Unmet::Region) => keys::bot::MISSIONS_LOCKED,
                None if card.after.is_empty() => keys::bot::MISSIONS_LOCKED,
                None => keys::bot::MISSIONS_LOCKED_AFTER,
            };
            lines.push(texts.text(why).to_owned());
        }
        MissionState::Available | MissionState::InProgress | MissionState::Expired => {
            lines.push(title.to_owned());
            let (value, target) = match card.streak {
                Some(streak) => (streak.days.to_string(), streak.target.to_string()),
                None => (card.value.clone(), card.target.clone()),
            };
            let progress = keys::bot::missions_progress(texts, &target, &value);
            lines.push(format!("{} {progress}", bar(card.permille)));
        }
    }
    let mut notes = Vec::new();
    if card.state != MissionState::Claimed
        && let Some(prize) = &card.reward
    {
        notes.push(keys::bot::missions_reward(texts, &what(prize, locale)));
    }
    if card.state != MissionState::Locked
        && let Some(until) = card.period_ends_at.or(card.ends_at)
    {
        let left = i18n::duration(texts, until.millis_since(now));
        notes.push(match card.state {
            MissionState::Claimed if card.period_ends_at.is_some() => keys::bot::missions_again(texts, &left),
            MissionState::Claimed => return lines.join("\n"),
            _ => keys::bot::missions_left(texts, &left),
        });
    }
    if !notes.is_empty() {
        lines.push(notes.join(" · "));
    }
    lines.join("\n")
}

/// What some rewards are, each named once: what a daily mission has given for a month is one thing.
pub(crate) fn listed<'r>(rewards: impl Iterator<Item = &'r Prize>, locale: Locale) -> String {
    let mut names: Vec<String> = Vec::new();
    for name in rewards.map(|reward| what(reward, locale)) {
        if names.contains(&name) {
            continue;
        }
        if names.len() == NAMED_MAX {
            names.push("…".to_owned());
            break;
        }
        names.push(name);
    }
    names.join(", ")
}

/// How far something is, in ten parts. What is begun shows one, and what is not done never shows all.
fn bar(permille: u16) -> String {
    let full = match permille {
        0 => 0,
        1000.. => PARTS,
        _ => (permille * PARTS / 1000).clamp(1, PARTS - 1),
    };
    let part = |index| if index < full { '▰' } else { '▱' };
    (0..PARTS).map(part).collect()
}

/// What a reward is, in the reader's words.
pub(crate) fn what(prize: &Prize, locale: Locale) -> String {
    if let Some(title) = &prize.title {
        return title.for_locale(locale).to_owned();
    }
    match (&prize.amount, &prize.currency) {
        (Some(amount), Some(currency)) => format!("{} {currency}", amount.as_str()),
        (Some(amount), None) => format!("{} × {}", amount.as_str(), prize.code),
        (None, _) => prize.code.to_string(),
    }
}

fn keyboard(
    services: &Services,
    reader: Reader,
    shown: &[&MissionCard],
) -> Result<InlineKeyboard, KeyboardError> {
    let texts = catalog(reader.locale);
    let mut rows = Vec::new();
    for card in shown.iter().filter(|card| card.state == MissionState::Done) {
        let title: String =
            line(card.title.for_locale(reader.locale)).chars().take(LABEL_CHARACTERS_MAX).collect();
        let label = keys::bot::missions_button_claim(texts, &title);
        let data = Choice::Claim(card.mission_id.clone()).to_data();
        rows.push(vec![InlineButton::callback(&label, &data)?]);
    }
    let open = texts.text(keys::bot::MISSIONS_BUTTON_OPEN);
    rows.push(vec![keyboards::open_button(services, reader.is_private, open, "/app/missions", None)?]);
    InlineKeyboard::new(rows)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use domain::{
        mission::{Claimable, MissionKind, StreakCard},
        tournament::Title,
    };

    use super::*;

    const HOUR_MS: i64 = 3_600_000;

    fn title(text: &str) -> Title {
        Title::new(BTreeMap::from([("en".to_owned(), text.to_owned())])).unwrap()
    }

    fn spins() -> Prize {
        serde_json::from_str(r#"{"code":"free_spins","amount":"20","title":{"en":"20 free spins"}}"#).unwrap()
    }

    fn card(state: MissionState) -> MissionCard {
        MissionCard {
            mission_id: "spins".parse().unwrap(),
            kind: MissionKind::Daily,
            title: title("Ten spins"),
            description: None,
            state,
            unmet: None,
            after: Vec::new(),
            value: "3".to_owned(),
            target: "10".to_owned(),
            permille: 300,
            streak: None,
            tiers: Vec::new(),
            period_ends_at: Some(Timestamp::from_millis(5 * HOUR_MS)),
            ends_at: None,
            reward: Some(spins()),
            claimable: Vec::new(),
        }
    }

    fn said(card: &MissionCard) -> String {
        item(card, Locale::En, Timestamp::from_millis(0))
    }

    #[test]
    fn a_mission_says_how_far_it_is_what_it_brings_and_how_long_there_is() {
        assert_eq!(
            said(&card(MissionState::InProgress)),
            "Ten spins\n▰▰▰▱▱▱▱▱▱▱ 3 of 10\nReward: 20 free spins · 5 hours left"
        );
        let streak = StreakCard { days: 2, target: 7, freezes_left: 1, freezes: 1, is_today_done: false };
        let streak = MissionCard { streak: Some(streak), permille: 285, ..card(MissionState::InProgress) };
        assert!(said(&streak).contains("▰▰▱▱▱▱▱▱▱▱ 2 of 7"), "{}", said(&streak));
    }

    #[test]
    fn what_waits_is_named_and_what_is_done_says_when_it_comes_again() {
        let claimable = Claimable {
            reward_id: domain::RewardId::from_uuid(uuid::Uuid::from_u128(1)),
            what: spins(),
            expires_at: None,
        };
        let done = MissionCard { claimable: vec![claimable], ..card(MissionState::Done) };
        assert_eq!(said(&done), "🎁 Ten spins\nReady to claim: 20 free spins");
        assert_eq!(said(&card(MissionState::Claimed)), "✅ Ten spins\nDone\nAgain in 5 hours");
        let once = MissionCard { period_ends_at: None, ..card(MissionState::Claimed) };
        assert_eq!(said(&once), "✅ Ten spins\nDone");
    }

    #[test]
    fn a_reward_that_waits_often_is_named_once_and_of_many_some_are() {
        let claimable = |number: u128, code: &str| Claimable {
            reward_id: domain::RewardId::from_uuid(uuid::Uuid::from_u128(number)),
            what: serde_json::from_str(&format!(r#"{{"code":"{code}"}}"#)).unwrap(),
            expires_at: None,
        };
        let month = (0..30).map(|day| claimable(day, ["spins", "cash"][usize::from(day % 2 == 0)])).collect();
        let done = MissionCard { claimable: month, ..card(MissionState::Done) };
        assert_eq!(said(&done), "🎁 Ten spins\nReady to claim: cash, spins");
        let many = (0..30).map(|day| claimable(day, &format!("p{day}"))).collect();
        let done = MissionCard { claimable: many, ..card(MissionState::Done) };
        assert_eq!(said(&done), "🎁 Ten spins\nReady to claim: p0, p1, p2, p3, p4, …");
    }

    #[test]
    fn a_time_that_is_left_has_the_right_case() {
        let minutes = |minutes: i64, locale| {
            item(
                &card(MissionState::InProgress),
                locale,
                Timestamp::from_millis(5 * HOUR_MS - minutes * 60_000),
            )
        };
        assert!(minutes(1, Locale::Ru).ends_with("Закончится через 1 минуту"), "{}", minutes(1, Locale::Ru));
        assert!(
            minutes(21, Locale::Ru).ends_with("Закончится через 21 минуту"),
            "{}",
            minutes(21, Locale::Ru)
        );
    }

    #[test]
    fn a_locked_mission_says_what_opens_it() {
        let locked = |unmet, after: &[&str]| {
            let after = after.iter().map(|id| id.parse().unwrap()).collect();
            said(&MissionCard { unmet, after, ..card(MissionState::Locked) })
        };
        assert!(locked(Some(Unmet::Linked), &[]).contains("/link"));
        assert!(locked(None, &["first"]).contains("Another mission comes first"));
    }

    #[test]
    fn a_bar_is_full_only_when_it_is_done_and_empty_only_before_the_beginning() {
        for (permille, full) in [(0, 0), (1, 1), (99, 1), (500, 5), (999, 9), (1000, 10), (1001, 10)] {
            assert_eq!(bar(permille).chars().filter(|part| *part == '▰').count(), full, "{permille}");
        }
    }

    #[test]
    fn a_reward_without_a_title_is_its_amount() {
        let read = |text: &str| what(&serde_json::from_str(text).unwrap(), Locale::En);
        assert_eq!(read(r#"{"code":"cash","amount":"10","currency":"EUR"}"#), "10 EUR");
        assert_eq!(read(r#"{"code":"badge"}"#), "badge");
    }
}
