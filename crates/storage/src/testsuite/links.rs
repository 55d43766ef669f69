//! Contracts of the link between a person at Telegram and a user of the platform: made, merged, ended.

use domain::{ChatId, KycLevel, Locale, Reachability, TelegramUserId};
use futures::{future::join_all, join};

use crate::{
    Store, StoreError,
    outbox::NewOutgoing,
    session::NewSession,
    testsuite::{
        fixtures::{
            at, outgoing, platform_id, platform_profile, player, read, session, session_id, telegram_profile,
            user_id, write,
        },
        users::{by_id, from_platform, from_telegram},
    },
    user::{PlatformProfile, SealedText, TelegramProfile, User},
};

fn is_conflict(result: Result<(), StoreError>, wanted: &str) -> bool {
    matches!(result, Err(StoreError::Conflict { constraint, .. }) if constraint == wanted)
}

/// An id of Telegram or of the platform belongs to one user; whoever is given a taken one is told so by name.
pub async fn a_telegram_id_is_given_once(store: &dyn Store) {
    from_telegram(store, &[telegram_profile(1), telegram_profile(2)]).await;
    from_platform(store, &platform_profile(3)).await;
    write(store, async |transaction| {
        transaction.users().set_telegram_id(user_id(3), TelegramUserId(33)).await.unwrap();
        transaction.users().set_platform_id(user_id(1), &platform_id(1), "New alias").await.unwrap();
    })
    .await;
    let linked = by_id(store, user_id(1)).await.unwrap();
    assert_eq!((linked.platform_user_id, linked.alias), (Some(platform_id(1)), "New alias".to_owned()));
    assert_eq!(by_id(store, user_id(3)).await.unwrap().telegram_user_id, Some(TelegramUserId(33)));

    // Each in a transaction of its own: PostgreSQL ends one that met an error.
    let mut transaction = store.begin_write().await.unwrap();
    let result = transaction.users().set_telegram_id(user_id(3), TelegramUserId(1)).await;
    assert!(is_conflict(result, "users.telegram_user_id"));
    drop(transaction);
    let mut transaction = store.begin_write().await.unwrap();
    let result = transaction.users().set_platform_id(user_id(2), &platform_id(3), "Alias").await;
    assert!(is_conflict(result, "users.platform_user_id"));
    drop(transaction);
    let mut transaction = store.begin_write().await.unwrap();
    assert!(transaction.users().set_telegram_id(user_id(99), TelegramUserId(99)).await.is_err());
    drop(transaction);
    let mut transaction = store.begin_write().await.unwrap();
    assert!(transaction.users().set_platform_id(user_id(99), &platform_id(99), "Alias").await.is_err());
}

/// A link stands: whoever looked before it was made, and comes later, is told so and changes nothing.
pub async fn a_link_is_never_replaced(store: &dyn Store) {
    from_telegram(store, &[telegram_profile(1), telegram_profile(4)]).await;
    from_platform(store, &platform_profile(2)).await;
    write(store, async |transaction| {
        transaction.users().set_platform_id(user_id(1), &platform_id(1), "First").await.unwrap();
        transaction.users().set_telegram_id(user_id(2), TelegramUserId(22)).await.unwrap();
    })
    .await;
    write(store, async |transaction| {
        let result = transaction.users().set_platform_id(user_id(1), &platform_id(9), "Second").await;
        assert!(is_conflict(result, "users.platform_user_id"));
        let result = transaction.users().set_telegram_id(user_id(2), TelegramUserId(99)).await;
        assert!(is_conflict(result, "users.telegram_user_id"));
    })
    .await;
    let mut transaction = store.begin_write().await.unwrap();
    let result = transaction.users().merge_light(user_id(4), user_id(2)).await;
    assert!(is_conflict(result, "users.telegram_user_id"));
    drop(transaction);
    let first = by_id(store, user_id(1)).await.unwrap();
    assert_eq!((first.platform_user_id, first.alias), (Some(platform_id(1)), "First".to_owned()));
    assert_eq!(by_id(store, user_id(2)).await.unwrap().telegram_user_id, Some(TelegramUserId(22)));
    assert_eq!(by_id(store, user_id(4)).await.unwrap().telegram_user_id, Some(TelegramUserId(4)));
}

/// Several transactions that all saw a user without a link, and link it at once: one of them does, the others are told.
pub async fn of_links_at_once_one_wins(store: &dyn Store) {
    from_telegram(store, &[telegram_profile(1)]).await;
    from_platform(store, &platform_profile(2)).await;
    let link = async |number: u32| {
        let mut transaction = store.begin_write().await.unwrap();
        let to_platform =
            transaction.users().set_platform_id(user_id(1), &platform_id(100 + number), "Linked").await;
        let to_telegram =
            transaction.users().set_telegram_id(user_id(2), TelegramUserId(i64::from(100 + number))).await;
        let is_linked = to_platform.is_ok();
        assert_eq!(is_linked, to_telegram.is_ok(), "both links are made in one order");
        if is_linked {
            transaction.save().await.unwrap();
        } else {
            assert!(is_conflict(to_platform, "users.platform_user_id"));
            assert!(is_conflict(to_telegram, "users.telegram_user_id"));
        }
        is_linked.then_some(number)
    };
    let winners: Vec<u32> = join_all((0..8).map(&link)).await.into_iter().flatten().collect();
    assert_eq!(winners.len(), 1, "{winners:?}");
    let linked = by_id(store, user_id(1)).await.unwrap();
    assert_eq!(linked.platform_user_id, Some(platform_id(100 + winners[0])));
    let linked = by_id(store, user_id(2)).await.unwrap();
    assert_eq!(linked.telegram_user_id, Some(TelegramUserId(i64::from(100 + winners[0]))));
}

/// The platform user takes over what Telegram said and the sessions; alias and player key stay the platform user's.
pub async fn a_light_profile_is_merged(store: &dyn Store) {
    let light = TelegramProfile { chat_id: Some(ChatId(1)), ..telegram_profile(1) };
    from_telegram(store, &[light, telegram_profile(5)]).await;
    from_platform(store, &PlatformProfile { locale: Some(Locale::Fr), ..platform_profile(2) }).await;
    write(store, async |transaction| {
        let sessions = [session(1, user_id(1)), session(2, user_id(1)), session(3, user_id(5))];
        transaction.sessions().add_many(&sessions).await.unwrap();
        transaction.users().merge_light(user_id(1), user_id(2)).await.unwrap();
    })
    .await;

    let merged = by_id(store, user_id(2)).await.unwrap();
    let expected = User {
        user_id: user_id(2),
        telegram_user_id: Some(TelegramUserId(1)),
        platform_user_id: Some(platform_id(2)),
        player: player(2),
        alias: "Alias 2".to_owned(),
        first_name: Some(SealedText::from_stored("First 1")),
        username: Some(SealedText::from_stored("user_1")),
        locale: Locale::Ru,
        chat_id: Some(ChatId(1)),
        reachability: Reachability::Unknown,
        contact_confirmed: false,
        region: None,
        kyc_level: KycLevel::None,
        created_at: at(0),
        erase_after: None,
    };
    assert!(merged == expected);
    assert!(by_id(store, user_id(1)).await.is_none());
    read(store, async |transaction| {
        for (number, owner) in [(1, 2), (2, 2), (3, 5)] {
            let session = transaction.sessions().by_id(session_id(number)).await.unwrap().unwrap();
            assert_eq!(session.user_id, user_id(owner), "session {number}");
        }
    })
    .await;
    // Telegram told this language: the platform's word no longer changes it.
    let later = PlatformProfile { locale: Some(Locale::Fr), ..platform_profile(2) };
    assert_eq!(from_platform(store, &later).await.locale, Locale::Ru);
}

/// A profile that the platform knows, or nobody, is not merged away, and nothing is lost by the attempt.
pub async fn a_merge_of_what_is_not_light_is_refused(store: &dyn Store) {
    from_platform(store, &platform_profile(1)).await;
    from_platform(store, &platform_profile(2)).await;
    from_telegram(store, &[telegram_profile(3)]).await;
    for (light, into) in [(1, 2), (9, 2), (3, 9)] {
        let mut transaction = store.begin_write().await.unwrap();
        let result = transaction.users().merge_light(user_id(light), user_id(into)).await;
        assert!(!result.unwrap_err().is_temporary(), "{light} into {into}");
    }
    for number in 1..=3 {
        assert!(by_id(store, user_id(number)).await.is_some());
    }
}

/// What hangs on a light profile follows; a campaign by which both came counts once.
pub async fn nothing_counts_twice_after_a_merge(store: &dyn Store) {
    from_telegram(store, &[telegram_profile(1)]).await;
    from_platform(store, &platform_profile(2)).await;
    let (both, one) = ("both".parse().unwrap(), "one".parse().unwrap());
    write(store, async |transaction| {
        for (code, user) in [(&both, 1), (&both, 2), (&one, 1)] {
            assert!(transaction.campaigns().arrive(code, user_id(user), at(1)).await.unwrap());
        }
        let row = NewOutgoing { user_id: Some(user_id(1)), ..outgoing(1, 1) };
        transaction.outbox().add_many(&[row]).await.unwrap();
        transaction.users().merge_light(user_id(1), user_id(2)).await.unwrap();
    })
    .await;
    write(store, async |transaction| {
        let mut campaigns = transaction.campaigns();
        for code in [&both, &one] {
            assert_eq!(campaigns.arrivals(code).await.unwrap(), 1, "{code}");
            assert!(!campaigns.arrive(code, user_id(2), at(2)).await.unwrap(), "{code}");
        }
        drop(campaigns);
        assert_eq!(transaction.outbox().cancel_waiting(user_id(2)).await.unwrap(), 1);
    })
    .await;
}

/// People who sign in at the moment at which they are merged keep their sessions, under the user who took over.
pub async fn a_merge_beside_sign_ins_loses_no_session(store: &dyn Store) {
    for number in 1..=10_u8 {
        let (light, into) = (u32::from(number), 100 + u32::from(number));
        from_telegram(store, &[telegram_profile(light)]).await;
        from_platform(store, &platform_profile(into)).await;
        let sign_in = async |device: u8| {
            let mut transaction = store.begin_write().await.unwrap();
            let user =
                transaction.users().upsert_telegram(&[telegram_profile(light)]).await.unwrap().remove(0);
            let session = NewSession {
                session_id: session_id(u128::from(number) * 10 + u128::from(device)),
                ..session(device, user.user_id)
            };
            transaction.sessions().add_many(&[session]).await.unwrap();
            transaction
        };
        // One has signed in and is not saved yet when the merge begins. It stays so for longer than the merge takes,
        // so that without the lock the merge would have passed by its session.
        let signed_in = sign_in(1).await;
        let save_late = async {
            let mut transaction = signed_in;
            for _ in 0..100 {
                assert!(transaction.users().by_id(user_id(into.into())).await.unwrap().is_some());
            }
            transaction.save().await.unwrap();
        };
        let merge = async {
            let mut transaction = store.begin_write().await.unwrap();
            transaction.users().merge_light(user_id(light.into()), user_id(into.into())).await.unwrap();
            transaction.save().await.unwrap();
        };
        join!(merge, save_late, async { sign_in(2).await.save().await.unwrap() });
        read(store, async |transaction| {
            for device in [1, 2] {
                let id = session_id(u128::from(number) * 10 + device);
                let session = transaction.sessions().by_id(id).await.unwrap().unwrap();
                assert_eq!(session.user_id, user_id(into.into()));
            }
        })
        .await;
    }
}

/// The account keeps its alias, key and scores; what Telegram told is forgotten, and the person may come anew. A link that
/// is not there is not ended.
pub async fn a_link_ends_and_what_belongs_to_the_account_stays(store: &dyn Store) {
    from_telegram(store, &[TelegramProfile { chat_id: Some(ChatId(1)), ..telegram_profile(1) }]).await;
    write(store, async |transaction| {
        transaction.users().set_platform_id(user_id(1), &platform_id(1), "Alias").await.unwrap();
        transaction.users().unlink(user_id(1), TelegramUserId(1), at(5)).await.unwrap();
    })
    .await;
    let left = by_id(store, user_id(1)).await.unwrap();
    assert_eq!(
        (left.telegram_user_id, left.chat_id, left.first_name, left.username),
        (None, None, None, None)
    );
    assert_eq!((left.platform_user_id, left.alias), (Some(platform_id(1)), "Alias".to_owned()));
    assert_eq!(left.reachability, Reachability::Unknown);

    let again = TelegramProfile { telegram_user_id: TelegramUserId(1), ..telegram_profile(2) };
    assert_eq!(from_telegram(store, &[again]).await[0].user_id, user_id(2));
    for (user, person) in [(1, 1), (2, 1), (9, 9)] {
        let mut transaction = store.begin_write().await.unwrap();
        let result = transaction.users().unlink(user_id(user), TelegramUserId(person), at(6)).await;
        assert!(is_conflict(result, "users.telegram_user_id"), "user {user}");
    }
}
