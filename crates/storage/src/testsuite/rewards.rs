//! Contracts of rewards.

use std::collections::BTreeMap;

use domain::{Prize, RewardId, RewardSource, RewardState, Timestamp, tournament::Title};
use futures::future::join_all;
use uuid::Uuid;

use crate::{
    Store,
    reward::{REWARDS_MAX, RewardRow},
    testsuite::fixtures::{HARD_TEXT, at, platform_profile, read, reward, telegram_profile, user_id, write},
};

async fn add(store: &dyn Store, rewards: &[RewardRow]) -> Vec<bool> {
    write(store, async |transaction| transaction.rewards().add_many(rewards).await.unwrap()).await
}

async fn by_id(store: &dyn Store, number: u128) -> Option<RewardRow> {
    let id = RewardId::from_uuid(Uuid::from_u128(number));
    read(store, async |transaction| transaction.rewards().by_id(id).await.unwrap()).await
}

async fn set_state(
    store: &dyn Store,
    number: u128,
    from: RewardState,
    to: RewardState,
    now: Timestamp,
) -> bool {
    let id = RewardId::from_uuid(Uuid::from_u128(number));
    write(store, async |transaction| transaction.rewards().set_state(id, from, to, now).await.unwrap()).await
}

fn numbers(rewards: &[RewardRow]) -> Vec<u128> {
    rewards.iter().map(|reward| reward.reward_id.as_uuid().as_u128()).collect()
}

/// What was written is read back unchanged, by its id and by what it is for.
pub async fn a_reward_is_found_as_it_was_stored(store: &dyn Store) {
    let title = HARD_TEXT.replace('\u{1}', "");
    let full = RewardRow {
        source: RewardSource::Achievement,
        source_id: HARD_TEXT.replace('\u{1}', ""),
        what: Prize {
            code: "cash".parse().unwrap(),
            amount: Some("12.50".parse().unwrap()),
            currency: Some("EUR".parse().unwrap()),
            title: Title::new(BTreeMap::from([("en".to_owned(), title)])),
        },
        state: RewardState::Granted,
        offered_at: at(-3),
        expires_at: Some(at(5)),
        granted_at: Some(at(1)),
        ..reward(2, 1)
    };
    assert!(full.what.title.is_some());
    let unsaved = async {
        let mut transaction = store.begin_write().await.unwrap();
        transaction.rewards().add_many(std::slice::from_ref(&full)).await.unwrap();
    };
    unsaved.await;
    assert_eq!(by_id(store, 2).await, None);
    assert_eq!(add(store, &[reward(1, 1), full.clone()]).await, [true, true]);
    assert_eq!(by_id(store, 1).await, Some(reward(1, 1)));
    assert_eq!(by_id(store, 2).await, Some(full.clone()));
    assert_eq!(by_id(store, 3).await, None);
    let keys = [
        (user_id(1), full.source, full.source_id.clone()),
        (user_id(1), RewardSource::Tournament, "cup-1".to_owned()),
        (user_id(2), RewardSource::Tournament, "cup-1".to_owned()),
        (user_id(1), RewardSource::Mission, "cup-1".to_owned()),
    ];
    let found = read(store, async |transaction| transaction.rewards().by_keys(&keys).await.unwrap()).await;
    assert_eq!(found, [reward(1, 1), full]);
}

/// However often something is rewarded, there is one reward for each player, and it stays as it was.
pub async fn a_thing_is_rewarded_once(store: &dyn Store) {
    assert_eq!(add(store, &[reward(1, 1)]).await, [true]);
    let again = |number, owner| RewardRow { source_id: "cup-1".to_owned(), ..reward(number, owner) };
    let other = RewardRow { source: RewardSource::Mission, ..again(5, 1) };
    assert_eq!(add(store, &[again(2, 1), again(3, 2), again(4, 2), other]).await, [false, true, false, true]);
    assert_eq!(by_id(store, 2).await, None);
    assert_eq!(by_id(store, 1).await, Some(reward(1, 1)));
    let at_once = join_all((10..18).map(|number| async move { add(store, &[again(number, 3)]).await })).await;
    assert_eq!(at_once.iter().filter(|added| ***added == [true]).count(), 1, "{at_once:?}");
}

/// A reward goes from one state to another once, whoever asks; when it was granted stays known.
pub async fn of_claims_at_once_one_wins(store: &dyn Store) {
    use RewardState::{Granted, Offered, Revoked};
    add(store, &[reward(1, 1), reward(2, 1)]).await;
    let claims = join_all((0..8).map(|_| set_state(store, 1, Offered, Granted, at(7)))).await;
    assert_eq!(claims.iter().filter(|won| **won).count(), 1, "{claims:?}");
    assert!(!set_state(store, 1, Offered, Granted, at(8)).await);
    assert!(set_state(store, 1, Granted, Revoked, at(9)).await);
    let expected = RewardRow { state: Revoked, granted_at: Some(at(7)), ..reward(1, 1) };
    assert_eq!(by_id(store, 1).await, Some(expected));
    assert_eq!(by_id(store, 2).await, Some(reward(2, 1)), "another one is left alone");
    assert!(!set_state(store, 9, Offered, Granted, at(8)).await, "there is no such reward");
}

/// A player's rewards, the newest first, and nobody else's.
pub async fn rewards_are_listed_newest_first_page_by_page(store: &dyn Store) {
    add(store, &[reward(2, 1), reward(4, 1), reward(3, 2), reward(1, 1)]).await;
    let page = async |before: Option<u128>, limit| {
        let before = before.map(|number| RewardId::from_uuid(Uuid::from_u128(number)));
        read(store, async |transaction| {
            transaction.rewards().of_user(user_id(1), before, limit).await.unwrap()
        })
        .await
    };
    assert_eq!(numbers(&page(None, 2).await), [4, 2]);
    assert_eq!(numbers(&page(Some(2), 2).await), [1]);
    assert_eq!(numbers(&page(Some(1), 2).await), []);
}

/// Time ends what was offered, and nothing else.
pub async fn what_is_not_claimed_in_time_expires(store: &dyn Store) {
    let until = |number, end| RewardRow { expires_at: Some(at(end)), ..reward(number, 1) };
    let granted = RewardRow { state: RewardState::Granted, granted_at: Some(at(1)), ..until(5, 5) };
    add(store, &[until(1, 10), until(2, 5), until(3, 11), reward(4, 1), granted.clone()]).await;
    let expire = async |now, limit| {
        write(store, async |transaction| transaction.rewards().expire(at(now), limit).await.unwrap()).await
    };
    assert_eq!(expire(4, 10).await, 0);
    assert_eq!(expire(10, 1).await, 1);
    assert_eq!(by_id(store, 2).await.unwrap().state, RewardState::Expired);
    assert_eq!(by_id(store, 1).await.unwrap().state, RewardState::Offered);
    assert_eq!(expire(10, 10).await, 1);
    assert_eq!(expire(10, 10).await, 0);
    assert_eq!(by_id(store, 3).await.unwrap().state, RewardState::Offered);
    assert_eq!(by_id(store, 4).await, Some(reward(4, 1)));
    assert_eq!(by_id(store, 5).await, Some(granted));
}

/// Who takes over a light profile takes its rewards. What both were rewarded for is one reward, and the one that was
/// granted: nothing is given twice.
pub async fn a_merge_rewards_nothing_twice(store: &dyn Store) {
    use RewardState::{Granted, Offered};
    let for_cup = |number, owner, cup: &str, state| RewardRow {
        source_id: cup.to_owned(),
        state,
        granted_at: (state == RewardState::Granted).then_some(at(1)),
        ..reward(number, owner)
    };
    write(store, async |transaction| {
        transaction.users().upsert_telegram(&[telegram_profile(1)]).await.unwrap();
        transaction.users().upsert_platform(&platform_profile(2)).await.unwrap();
        let rewards = [
            for_cup(1, 1, "light-granted", Granted),
            for_cup(2, 2, "light-granted", Offered),
            for_cup(3, 1, "both-granted", Granted),
            for_cup(4, 2, "both-granted", Granted),
            for_cup(5, 1, "account-granted", Offered),
            for_cup(6, 2, "account-granted", Granted),
            for_cup(7, 1, "both-offered", Offered),
            for_cup(8, 2, "both-offered", Offered),
            for_cup(9, 1, "light-alone", Offered),
            for_cup(10, 2, "account-alone", Granted),
        ];
        transaction.rewards().add_many(&rewards).await.unwrap();
        transaction.users().merge_light(user_id(1), user_id(2)).await.unwrap();
    })
    .await;
    let of_user = async |owner| {
        read(store, async |transaction| {
            transaction.rewards().of_user(user_id(owner), None, 100).await.unwrap()
        })
        .await
    };
    assert_eq!(numbers(&of_user(1).await), []);
    assert_eq!(numbers(&of_user(2).await), [10, 9, 8, 6, 4, 1]);
}

/// A call is bounded.
pub async fn too_many_rewards_are_refused(store: &dyn Store) {
    let many: Vec<RewardRow> = (0..=REWARDS_MAX).map(|number| reward(number as u128 + 1, 1)).collect();
    let keys: Vec<_> =
        many.iter().map(|reward| (reward.user_id, reward.source, reward.source_id.clone())).collect();
    write(store, async |transaction| {
        let mut rewards = transaction.rewards();
        assert!(rewards.add_many(&many).await.is_err());
        assert!(rewards.by_keys(&keys).await.is_err());
        assert_eq!(rewards.add_many(&many[1..]).await.unwrap(), vec![true; REWARDS_MAX]);
        assert_eq!(rewards.by_keys(&keys[1..]).await.unwrap().len(), REWARDS_MAX);
        assert_eq!(rewards.add_many(&[]).await.unwrap(), Vec::<bool>::new());
    })
    .await;
}

/// What a player can claim of missions and achievements, however long ago it was offered, the oldest first.
pub async fn what_waits_to_be_claimed_is_listed_oldest_first(store: &dyn Store) {
    let of_mission = |number, owner| RewardRow { source: RewardSource::Mission, ..reward(number, owner) };
    add(
        store,
        &[
            of_mission(9, 1),
            of_mission(2, 1),
            RewardRow { source: RewardSource::Achievement, expires_at: Some(at(6)), ..reward(5, 1) },
            RewardRow { expires_at: Some(at(5)), ..of_mission(3, 1) },
            RewardRow { state: RewardState::Granted, granted_at: Some(at(1)), ..of_mission(4, 1) },
            reward(6, 1),
            of_mission(7, 2),
        ],
    )
    .await;
    let offered = async |owner, limit| {
        read(store, async |transaction| {
            transaction.rewards().offered(user_id(owner), at(5), limit).await.unwrap()
        })
        .await
    };
    assert_eq!(numbers(&offered(1, 10).await), [2, 5, 9]);
    assert_eq!(numbers(&offered(1, 2).await), [2, 5]);
    assert_eq!(numbers(&offered(3, 10).await), []);
}
