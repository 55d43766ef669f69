//! Contracts of entries.

use domain::{TournamentId, UserId};
use futures::future::join_all;

use crate::{
    Store,
    entry::{EntryOrigin, EntryRow},
    period::PeriodState,
    testsuite::fixtures::{
        HARD_TEXT, at, platform_profile, read, telegram_profile, tournament_id, user_id, write,
    },
};

fn cup() -> TournamentId {
    tournament_id("cup")
}

fn entry(period: u32, user: u128) -> EntryRow {
    EntryRow {
        tournament_id: cup(),
        period,
        user_id: user_id(user),
        joined_at: at(1),
        origin: EntryOrigin::App,
        cohort: 2,
        tier: 1,
        entries: 1,
        attempts_granted: 0,
        disqualified: None,
    }
}

async fn add(store: &dyn Store, entries: &[EntryRow]) -> Vec<UserId> {
    write(store, async |transaction| {
        let mut new = transaction.entries().add_many(entries).await.unwrap();
        new.sort_unstable();
        new
    })
    .await
}

async fn of_user(store: &dyn Store, period: u32, user: u128) -> Option<EntryRow> {
    let users = [user_id(user)];
    read(store, async |transaction| transaction.entries().of_users(&cup(), period, &users).await.unwrap())
        .await
        .pop()
}

/// Of one player and period there is one entry, however often and from wherever they come.
pub async fn a_player_enters_a_period_once(store: &dyn Store) {
    assert_eq!(add(store, &[entry(0, 1), entry(0, 2)]).await, [user_id(1), user_id(2)]);
    let again = EntryRow { origin: EntryOrigin::Score, cohort: 9, joined_at: at(9), ..entry(0, 1) };
    assert_eq!(add(store, &[again, entry(0, 3)]).await, [user_id(3)]);
    assert_eq!(of_user(store, 0, 1).await, Some(entry(0, 1)));
    assert_eq!(add(store, &[entry(1, 1)]).await, [user_id(1)], "another period is another entry");
    assert_eq!(of_user(store, 2, 1).await, None);
    assert_eq!(add(store, &[]).await, []);
    let at_once = join_all((0..6).map(|_| async { add(store, &[entry(5, 7)]).await.len() })).await;
    assert_eq!(at_once.iter().sum::<usize>(), 1);
    let mut transaction = store.begin_read().await.unwrap();
    let all = [user_id(3), user_id(99), user_id(1), user_id(2)];
    let found = transaction.entries().of_users(&cup(), 0, &all).await.unwrap();
    assert_eq!(found.iter().map(|entry| entry.user_id).collect::<Vec<_>>(), [1, 2, 3].map(user_id));
}

/// What is noted of a player before they enter stays when they do.
pub async fn what_is_noted_before_an_entry_stays(store: &dyn Store) {
    write(store, async |transaction| {
        let mut entries = transaction.entries();
        entries.grant_attempts(&cup(), 0, user_id(1), 3, at(0)).await.unwrap();
        entries.grant_attempts(&cup(), 0, user_id(1), 2, at(1)).await.unwrap();
    })
    .await;
    let noted = of_user(store, 0, 1).await.unwrap();
    assert_eq!((noted.entries, noted.attempts_granted, noted.origin), (0, 5, EntryOrigin::Platform));
    assert_eq!(noted.attempts_allowed(Some(10)), Some(5));
    assert_eq!(add(store, &[entry(0, 1)]).await, [user_id(1)]);
    let entered = of_user(store, 0, 1).await.unwrap();
    assert_eq!(entered, EntryRow { attempts_granted: 5, ..entry(0, 1) });
    assert_eq!((entered.attempts_allowed(Some(10)), entered.attempts_allowed(None)), (Some(15), None));
}

/// Entering again is bounded, and nobody enters again who has not entered.
pub async fn entering_again_ends_at_the_limit(store: &dyn Store) {
    add(store, &[entry(0, 1)]).await;
    let again = async |user: u128| {
        write(store, async |transaction| {
            transaction.entries().enter_again(&cup(), 0, user_id(user), 3).await.unwrap()
        })
        .await
    };
    let at_once = join_all((0..6).map(|_| again(1))).await;
    assert_eq!(at_once.iter().filter(|entered| **entered).count(), 2);
    assert_eq!(of_user(store, 0, 1).await.unwrap().entries, 3);
    assert!(!again(2).await);
}

/// An exclusion is noted once, with its reason, and can be taken back.
pub async fn an_exclusion_is_noted_and_taken_back(store: &dyn Store) {
    add(store, &[entry(0, 1)]).await;
    write(store, async |transaction| {
        let mut entries = transaction.entries();
        for user in [1, 2] {
            let user = user_id(user);
            assert!(entries.disqualify(&cup(), 0, user, at(5), HARD_TEXT).await.unwrap());
            assert!(!entries.disqualify(&cup(), 0, user, at(6), "again").await.unwrap());
        }
    })
    .await;
    let out = of_user(store, 0, 1).await.unwrap();
    assert_eq!(out.disqualified, Some((at(5), HARD_TEXT.to_owned())));
    assert_eq!(of_user(store, 0, 2).await.unwrap().entries, 0);
    let reinstate = async |user: u128| {
        write(store, async |transaction| {
            transaction.entries().reinstate(&cup(), 0, user_id(user)).await.unwrap()
        })
        .await
    };
    assert!(reinstate(1).await);
    assert!(!reinstate(1).await);
    assert!(!reinstate(3).await);
    assert_eq!(of_user(store, 0, 1).await, Some(entry(0, 1)));
}

/// A player's entries are found by their latest period, and listed page by page.
pub async fn the_entries_of_a_player_are_found(store: &dyn Store) {
    add(store, &[entry(0, 1)]).await;
    add(store, &[entry(4, 1)]).await;
    let other = EntryRow { tournament_id: tournament_id("zoo"), ..entry(1, 1) };
    add(store, std::slice::from_ref(&other)).await;
    add(store, &[entry(7, 2)]).await;
    read(store, async |transaction| {
        let mut entries = transaction.entries();
        let latest = entries.latest(&cup(), user_id(1), None).await.unwrap();
        assert_eq!(latest, Some(entry(4, 1)));
        let before = entries.latest(&cup(), user_id(1), Some(4)).await.unwrap();
        assert_eq!(before, Some(entry(0, 1)));
        assert_eq!(entries.latest(&cup(), user_id(1), Some(0)).await.unwrap(), None);
        let first = entries.of_user(user_id(1), None, 2).await.unwrap();
        assert_eq!(first, [entry(0, 1), entry(4, 1)]);
        let next = entries.of_user(user_id(1), Some((&cup(), 4)), 2).await.unwrap();
        assert_eq!(next, std::slice::from_ref(&other));
    })
    .await;
}

/// Who is excluded from a period is listed, the latest first, and nobody else.
pub async fn excluded_players_are_listed_by_period(store: &dyn Store) {
    add(store, &[entry(0, 1), entry(0, 2), entry(0, 3), entry(1, 1)]).await;
    write(store, async |transaction| {
        let mut entries = transaction.entries();
        for (period, user, when) in [(0, 1, 5), (0, 2, 6), (1, 1, 7)] {
            assert!(entries.disqualify(&cup(), period, user_id(user), at(when), HARD_TEXT).await.unwrap());
        }
        assert!(entries.disqualify(&cup(), 0, user_id(4), at(8), "reason").await.unwrap());
        assert!(entries.reinstate(&cup(), 0, user_id(4)).await.unwrap());
    })
    .await;
    let (all, first) = read(store, async |transaction| {
        let mut entries = transaction.entries();
        (
            entries.disqualified(&cup(), 0, 10).await.unwrap(),
            entries.disqualified(&cup(), 0, 1).await.unwrap(),
        )
    })
    .await;
    let users: Vec<UserId> = all.iter().map(|entry| entry.user_id).collect();
    assert_eq!(users, [user_id(2), user_id(1)]);
    assert_eq!(all[0].disqualified, Some((at(6), HARD_TEXT.to_owned())));
    assert_eq!(first, all[..1]);
}

/// Of a light profile that is taken over the entries follow, one for each tournament and period: one that was entered
/// stands before what was only noted, and of two that were entered that of the account stays.
pub async fn entries_follow_a_light_profile_once(store: &dyn Store) {
    write(store, async |transaction| {
        transaction.users().upsert_telegram(&[telegram_profile(1)]).await.unwrap();
        transaction.users().upsert_platform(&platform_profile(2)).await.unwrap();
        let mut entries = transaction.entries();
        for number in [0, 1, 2] {
            entries.add_many(&[entry(number, 1)]).await.unwrap();
        }
        entries.grant_attempts(&cup(), 0, user_id(2), 9, at(0)).await.unwrap();
        let own = EntryRow { cohort: 7, ..entry(1, 2) };
        entries.add_many(&[own]).await.unwrap();
        entries.disqualify(&cup(), 1, user_id(1), at(3), "a reason").await.unwrap();
        drop(entries);
        let mut wishes = transaction.wishes();
        for user in [1, 2] {
            wishes.add(&cup(), user_id(user), at(0)).await.unwrap();
        }
        drop(wishes);
        transaction.users().merge_light(user_id(1), user_id(2)).await.unwrap();
    })
    .await;
    let all = read(store, async |transaction| {
        assert!(transaction.wishes().is_there(&cup(), user_id(2)).await.unwrap());
        assert!(!transaction.wishes().is_there(&cup(), user_id(1)).await.unwrap());
        let mut entries = transaction.entries();
        assert_eq!(entries.of_user(user_id(1), None, 10).await.unwrap(), []);
        entries.of_user(user_id(2), None, 10).await.unwrap()
    })
    .await;
    let cohorts: Vec<(u32, u32, u32)> =
        all.iter().map(|entry| (entry.period, entry.cohort, entry.entries)).collect();
    assert_eq!(cohorts, [(0, 2, 1), (1, 7, 1), (2, 2, 1)]);
    assert_eq!(all[0].attempts_granted, 9, "what the platform has given the account stays");
    assert_eq!(all[1].disqualified, Some((at(3), "a reason".to_owned())), "and so does an exclusion");
}

/// Who has entered as a light profile and as the account that takes it over has one place afterwards, and the other one
/// is free: in the period, and in the cohort that takes players.
pub async fn a_place_is_free_when_one_person_had_two(store: &dyn Store) {
    write(store, async |transaction| {
        transaction.users().upsert_telegram(&[telegram_profile(1)]).await.unwrap();
        transaction.users().upsert_platform(&platform_profile(2)).await.unwrap();
        // Both have entered 0 and 3; the light profile alone 1, and in 2 something was noted of the account.
        for number in 0..4 {
            let start = i64::from(number) * 1000;
            let window = (at(start), at(start + 1000));
            transaction.periods().put(&cup(), number, window, PeriodState::Open).await.unwrap();
            let players = if [0, 3].contains(&number) { 3 } else { 2 };
            assert!(transaction.periods().count_in(&cup(), number, players, Some(3)).await.unwrap());
            let mut cohort = 0;
            for _ in 0..players {
                (cohort, _) = transaction.periods().take_cohort(&cup(), number, 1, 3).await.unwrap();
            }
            transaction.entries().add_many(&[EntryRow { cohort, ..entry(number, 1) }]).await.unwrap();
        }
        let mut entries = transaction.entries();
        for (number, cohort) in [(0, 1), (3, 9)] {
            entries.add_many(&[EntryRow { cohort, ..entry(number, 2) }]).await.unwrap();
        }
        entries.grant_attempts(&cup(), 2, user_id(2), 9, at(0)).await.unwrap();
        drop(entries);
        transaction.users().merge_light(user_id(1), user_id(2)).await.unwrap();
    })
    .await;
    write(store, async |transaction| {
        let mut periods = transaction.periods();
        let mut counted = Vec::new();
        for number in 0..4 {
            counted.push(periods.by_number(&cup(), number).await.unwrap().unwrap().entries);
        }
        assert_eq!(counted, [2, 2, 2, 2]);
        assert!(periods.count_in(&cup(), 0, 1, Some(3)).await.unwrap(), "the place is free");
        assert!(!periods.count_in(&cup(), 0, 1, Some(3)).await.unwrap(), "it was one");
        assert_eq!(
            periods.take_cohort(&cup(), 0, 1, 3).await.unwrap(),
            (1, false),
            "a place in the cohort too"
        );
        assert_eq!(periods.take_cohort(&cup(), 0, 1, 3).await.unwrap(), (2, true));
    })
    .await;
}
