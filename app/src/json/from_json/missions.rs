//! Missions and rewards.

use domain::{
    Amount, MissionId, Prize, Reward, RewardId, RewardSource, RewardState,
    id::{Currency, RewardCode},
    mission::{
        Claimable, MissionCard, MissionClaim, MissionKind, MissionState, Missions, StreakCard, TierCard,
        Unmet,
    },
    reward::RewardsPage,
};

use crate::json::{
    Value,
    from_json::{FromJson, field, number, parsed},
};

numbers!(u8 u16);

texts!(Amount Currency MissionId RewardCode RewardId);

structs! {
    Missions { version, missions }
    MissionCard {
        mission_id, kind, title, description, state, unmet, after, value, target, permille, streak, tiers,
        period_ends_at, ends_at, reward, claimable
    }
    Claimable { reward_id, what, expires_at }
    StreakCard { days, target, freezes_left, freezes, is_today_done }
    TierCard { target, state, reward }
    MissionClaim { mission, rewards }
    Prize { code, amount, currency, title }
    RewardsPage { rewards, next_cursor }
    Reward { reward_id, source, source_id, what, state, offered_at, expires_at, granted_at }
}

enums! {
    MissionKind {
        "one_off" => OneOff, "daily" => Daily, "weekly" => Weekly, "streak" => Streak,
        "achievement" => Achievement
    }
    MissionState {
        "locked" => Locked, "available" => Available, "in_progress" => InProgress, "done" => Done,
        "claimed" => Claimed, "expired" => Expired
    }
    Unmet { "linked" => Linked, "kyc" => Kyc, "region" => Region }
    RewardSource { "tournament" => Tournament, "mission" => Mission, "achievement" => Achievement }
    RewardState {
        "offered" => Offered, "granted" => Granted, "expired" => Expired, "revoked" => Revoked
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use domain::Timestamp;

    use super::*;
    use crate::json;

    #[test]
    fn missions_are_read_as_they_were_written() {
        let now = Timestamp::from_millis(1_796_000_000_000);
        let at = Some(now);
        let title = domain::tournament::Title::from_wire(vec![("en".to_owned(), "Bet on".to_owned())]);
        let prize = Prize {
            code: "cash".parse().unwrap(),
            amount: Some("12.50".parse().unwrap()),
            currency: Some("EUR".parse().unwrap()),
            title: Some(title.clone()),
        };
        let plain = Prize { amount: None, currency: None, title: None, ..prize.clone() };
        let reward_id = RewardId::from_uuid(uuid::Uuid::from_u128(7));
        let full = MissionCard {
            mission_id: "daily-bet".parse().unwrap(),
            kind: MissionKind::Daily,
            title: title.clone(),
            description: Some(title),
            state: MissionState::Locked,
            unmet: Some(Unmet::Kyc),
            after: vec!["first".parse().unwrap()],
            value: "1.5".to_owned(),
            target: "3".to_owned(),
            permille: 500,
            streak: Some(StreakCard { days: 1, target: 7, freezes_left: 2, freezes: 2, is_today_done: true }),
            tiers: vec![TierCard {
                target: "3".to_owned(),
                state: MissionState::Done,
                reward: plain.clone(),
            }],
            period_ends_at: at,
            ends_at: at,
            reward: Some(prize.clone()),
            claimable: vec![Claimable { reward_id, what: plain.clone(), expires_at: at }],
        };
        let bare = MissionCard {
            description: None,
            unmet: None,
            after: Vec::new(),
            streak: None,
            tiers: Vec::new(),
            period_ends_at: None,
            ends_at: None,
            reward: None,
            claimable: Vec::new(),
            ..full.clone()
        };
        let missions = Missions { version: 9, missions: vec![full.clone(), bare.clone()] };
        let text = serde_json::to_string(&missions).unwrap();
        assert_eq!(json::read::<Missions>(&text), Some(missions));
        let reward = Reward {
            reward_id,
            source: RewardSource::Achievement,
            source_id: "daily-bet:1".to_owned(),
            what: prize,
            state: RewardState::Granted,
            offered_at: now,
            expires_at: None,
            granted_at: at,
        };
        let page = RewardsPage { rewards: vec![reward.clone()], next_cursor: Some("c".to_owned()) };
        let text = serde_json::to_string(&page).unwrap();
        assert_eq!(json::read::<RewardsPage>(&text), Some(page));
        let claim = MissionClaim { mission: bare, rewards: vec![reward] };
        let text = serde_json::to_string(&claim).unwrap();
        assert_eq!(json::read::<MissionClaim>(&text), Some(claim));
    }

    #[test]
    fn every_word_is_known() {
        let known = |text: &str| format!("\"{text}\"");
        for kind in MissionKind::ALL {
            assert_eq!(json::read(&known(kind.as_str())), Some(kind));
        }
        for state in MissionState::ALL {
            assert_eq!(json::read(&known(state.as_str())), Some(state));
        }
        for source in RewardSource::ALL {
            assert_eq!(json::read(&known(source.as_str())), Some(source));
        }
        for state in RewardState::ALL {
            assert_eq!(json::read(&known(state.as_str())), Some(state));
        }
    }
}
