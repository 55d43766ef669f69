//! Missions and rewards as the server writes them.
//!
//! They are not copied into types: a card reads a field when it is drawn, which is a third of the code
//! (docs/adr/0004). The tests hold what is read against the types that the server writes.

use std::sync::Arc;

use domain::{
    ErrorCode, RewardSource, RewardState, Timestamp,
    mission::{MissionKind, MissionState, Unmet},
    tournament::Title,
};

use crate::{
    account::api,
    json::{FromJson, Value},
    texts::Texts,
};

/// Asks in the player's name; `posts`: to have something done. [`Value::Null`] where there is nothing to say.
///
/// # Errors
/// What the server says, or [`ErrorCode::Offline`].
pub(super) async fn ask(url: String, posts: bool) -> Result<Value, ErrorCode> {
    let reply = if posts { api::post(&url, "{}".to_owned()) } else { api::get(&url) };
    reply.await.0
}

/// A text; empty where there is none.
pub(super) fn text<'value>(value: &'value Value, name: &str) -> &'value str {
    match value.field(name) {
        Some(Value::Text(text)) => text,
        _ => "",
    }
}

/// A number; 0 where there is none.
pub(super) fn number(value: &Value, name: &str) -> u64 {
    value.field(name).and_then(u64::from_json).unwrap_or_default()
}

/// A list; empty where there is none.
pub(super) fn list<'value>(value: &'value Value, name: &str) -> &'value [Value] {
    match value.field(name) {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

/// A moment, if there is one.
pub(super) fn moment(value: &Value, name: &str) -> Option<Timestamp> {
    value.field(name).and_then(Timestamp::from_json)
}

/// A text in the player's language; empty where there is none.
pub(super) fn title(texts: Texts, value: &Value, name: &str) -> String {
    let title = value.field(name).and_then(Title::from_json);
    title.map(|title| title.for_locale(texts.locale()).to_owned()).unwrap_or_default()
}

/// A mission as the player sees it. Cheap to copy.
#[derive(Debug, Clone)]
pub(super) struct Card {
    /// What the server has written.
    pub value: Arc<Value>,
    /// Whether all that waits is shown as claimed.
    pub is_claimed: bool,
}

impl Card {
    /// A card as it came.
    pub(super) const fn new(value: Arc<Value>) -> Self {
        Self { value, is_claimed: false }
    }

    /// Its id.
    pub(super) fn id(&self) -> &str {
        text(&self.value, "mission_id")
    }

    /// How often it can be done.
    pub(super) fn kind(&self) -> MissionKind {
        self.value.field("kind").and_then(MissionKind::from_json).unwrap_or(MissionKind::OneOff)
    }

    /// Where the player stands.
    pub(super) fn state(&self) -> MissionState {
        if self.is_claimed {
            return match self.permille() {
                1000.. => MissionState::Claimed,
                0 => MissionState::Available,
                _ => MissionState::InProgress,
            };
        }
        self.value.field("state").and_then(MissionState::from_json).unwrap_or(MissionState::Expired)
    }

    /// How much is done.
    pub(super) fn permille(&self) -> u64 {
        number(&self.value, "permille")
    }

    /// The condition that keeps it locked.
    pub(super) fn unmet(&self) -> Option<Unmet> {
        self.value.field("unmet").and_then(Unmet::from_json)
    }

    /// Of a streak: its days.
    pub(super) fn streak(&self) -> Option<&Value> {
        self.value.field("streak")
    }

    /// What can be claimed.
    pub(super) fn claimable(&self) -> &[Value] {
        if self.is_claimed { &[] } else { list(&self.value, "claimable") }
    }

    /// Whether a tier is reached, and whether it is the next one.
    pub(super) fn tier(tier: &Value) -> (bool, bool) {
        let state = tier.field("state").and_then(MissionState::from_json);
        let is_next = state == Some(MissionState::InProgress);
        (!is_next && !matches!(state, Some(MissionState::Available) | None), is_next)
    }
}

/// What a reward is for.
pub(super) fn source(reward: &Value) -> Option<RewardSource> {
    reward.field("source").and_then(RewardSource::from_json)
}

/// Where a reward stands.
pub(super) fn standing(reward: &Value) -> Option<RewardState> {
    reward.field("state").and_then(RewardState::from_json)
}

#[cfg(all(test, feature = "ssr"))]
pub(super) mod tests {
    #![expect(clippy::unwrap_used, reason = "what helps tests may fail as they do")]

    use domain::{
        Prize, Reward, RewardId,
        mission::{Claimable, MissionCard, StreakCard, TierCard},
    };

    use super::*;
    use crate::json;

    /// A card of the server's.
    pub(crate) fn served() -> MissionCard {
        let prize = Prize {
            code: "free_spins".parse().unwrap(),
            amount: "20".parse().ok(),
            currency: None,
            title: None,
        };
        let at = Some(Timestamp::from_millis(1_796_000_000_000));
        MissionCard {
            mission_id: "daily-bet".parse().unwrap(),
            kind: MissionKind::Daily,
            title: Title::from_wire(vec![("en".to_owned(), "Bet on".to_owned())]),
            description: None,
            state: MissionState::Done,
            unmet: Some(Unmet::Kyc),
            after: vec!["first".parse().unwrap()],
            value: "2".to_owned(),
            target: "5".to_owned(),
            permille: 400,
            streak: Some(StreakCard { days: 1, target: 7, freezes_left: 2, freezes: 3, is_today_done: true }),
            tiers: vec![TierCard {
                target: "3".to_owned(),
                state: MissionState::Done,
                reward: prize.clone(),
            }],
            period_ends_at: at,
            ends_at: None,
            reward: Some(prize.clone()),
            claimable: vec![Claimable {
                reward_id: RewardId::from_uuid(uuid::Uuid::nil()),
                what: prize,
                expires_at: at,
            }],
        }
    }

    /// The same as the page reads it.
    pub(crate) fn read(card: &MissionCard) -> Card {
        Card::new(Arc::new(json::parse(&serde_json::to_string(card).unwrap()).unwrap()))
    }

    #[test]
    fn a_card_is_read_as_the_server_writes_it() {
        let served = served();
        let card = read(&served);
        assert_eq!(card.id(), served.mission_id.as_str());
        assert_eq!((card.kind(), card.state(), card.permille()), (served.kind, served.state, 400));
        assert_eq!(card.unmet(), served.unmet);
        assert_eq!(text(&card.value, "target"), served.target);
        assert_eq!(moment(&card.value, "period_ends_at"), served.period_ends_at);
        assert_eq!(moment(&card.value, "ends_at"), None);
        assert_eq!(list(&card.value, "after"), [Value::Text("first".to_owned())]);
        assert_eq!(card.streak().map(|streak| number(streak, "freezes_left")), Some(2));
        assert_eq!(moment(&card.claimable()[0], "expires_at"), served.period_ends_at);
        assert_eq!(Card::tier(&list(&card.value, "tiers")[0]), (true, false));
    }

    #[test]
    fn a_claim_leaves_what_is_still_to_be_done() {
        let after = |permille| {
            let card = read(&MissionCard { permille, ..served() });
            let card = Card { is_claimed: true, ..card };
            assert!(card.claimable().is_empty());
            card.state()
        };
        assert_eq!(after(1000), MissionState::Claimed);
        assert_eq!(after(400), MissionState::InProgress);
        assert_eq!(after(0), MissionState::Available, "yesterday's, and nothing of today's");
    }

    #[test]
    fn a_reward_is_read_as_the_server_writes_it() {
        let served = Reward {
            reward_id: RewardId::from_uuid(uuid::Uuid::nil()),
            source: RewardSource::Achievement,
            source_id: "m:1".to_owned(),
            what: served().reward.unwrap(),
            state: RewardState::Granted,
            offered_at: Timestamp::from_millis(1_796_000_000_000),
            expires_at: None,
            granted_at: None,
        };
        let reward = json::parse(&serde_json::to_string(&served).unwrap()).unwrap();
        assert_eq!(text(&reward, "reward_id"), served.reward_id.to_string());
        assert_eq!((source(&reward), standing(&reward)), (Some(served.source), Some(served.state)));
        assert_eq!(moment(&reward, "offered_at"), Some(served.offered_at));
    }
}
