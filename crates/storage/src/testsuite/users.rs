//! Contracts of users.

use domain::{ChatId, KycLevel, Locale, Reachability, TelegramUserId, UserId};

use crate::{
    Store,
    testsuite::fixtures::{
        HARD_TEXT, at, platform_id, platform_profile, player, read, telegram_profile, user_id, write,
    },
    user::{PlatformProfile, SealedText, StoredNames, TelegramProfile, User},
};

pub(super) async fn from_telegram(store: &dyn Store, profiles: &[TelegramProfile]) -> Vec<User> {
    write(store, async |transaction| transaction.users().upsert_telegram(profiles).await.unwrap()).await
}

pub(super) async fn from_platform(store: &dyn Store, profile: &PlatformProfile) -> User {
    write(store, async |transaction| transaction.users().upsert_platform(profile).await.unwrap()).await
}

pub(super) async fn by_id(store: &dyn Store, user_id: UserId) -> Option<User> {
    read(store, async |transaction| transaction.users().by_id(user_id).await.unwrap()).await
}

/// The second sight of a person refreshes what Telegram says; id, alias, player key and first sight stay, and a chat
/// that is known is not forgotten.
pub async fn a_telegram_user_is_added_once(store: &dyn Store) {
    let first = from_telegram(store, &[telegram_profile(1)]).await.remove(0);
    let expected = User {
        user_id: user_id(1),
        telegram_user_id: Some(TelegramUserId(1)),
        platform_user_id: None,
        player: player(1),
        alias: "Player 1".to_owned(),
        first_name: Some(SealedText::from_stored("First 1")),
        username: Some(SealedText::from_stored("user_1")),
        locale: Locale::Ru,
        chat_id: None,
        reachability: Reachability::Unknown,
        contact_confirmed: false,
        region: None,
        kyc_level: KycLevel::None,
        created_at: at(0),
        erase_after: None,
    };
    assert!(first == expected);

    let again = TelegramProfile {
        telegram_user_id: TelegramUserId(1),
        first_name: SealedText::from_stored("Other"),
        username: None,
        locale: Locale::It,
        chat_id: Some(ChatId(1)),
        seen_at: at(10),
        ..telegram_profile(2)
    };
    let expected = User {
        first_name: Some(SealedText::from_stored("Other")),
        username: None,
        locale: Locale::It,
        chat_id: Some(ChatId(1)),
        ..expected
    };
    assert!(from_telegram(store, std::slice::from_ref(&again)).await == [expected.clone()]);
    assert!(from_telegram(store, &[TelegramProfile { chat_id: None, ..again }]).await == [expected.clone()]);
    assert!(by_id(store, user_id(1)).await == Some(expected));
    assert!(by_id(store, user_id(2)).await.is_none());
}

/// Of many who come at once some are new, of some nothing is new, some have another name, language or chat: each is
/// answered as they are now, in the order of the call.
pub async fn known_new_and_changed_people_are_answered_in_order(store: &dyn Store) {
    let known: Vec<TelegramProfile> = (1..=5).map(telegram_profile).collect();
    let before = from_telegram(store, &known).await;
    let seen_again = |number| TelegramProfile { seen_at: at(1000), ..telegram_profile(number) };
    let call = [
        TelegramProfile { chat_id: Some(ChatId(5)), ..seen_again(5) },
        seen_again(1),
        seen_again(9),
        TelegramProfile { first_name: SealedText::from_stored("Other"), ..seen_again(2) },
        TelegramProfile { username: None, ..seen_again(3) },
        TelegramProfile { locale: Locale::It, ..seen_again(4) },
    ];
    let after = from_telegram(store, &call).await;
    let expected = [
        User { chat_id: Some(ChatId(5)), ..before[4].clone() },
        before[0].clone(),
        User { created_at: at(1000), ..from_telegram(store, &[telegram_profile(9)]).await.remove(0) },
        User { first_name: Some(SealedText::from_stored("Other")), ..before[1].clone() },
        User { username: None, ..before[2].clone() },
        User { locale: Locale::It, ..before[3].clone() },
    ];
    assert!(after == expected);
    for user in expected {
        assert!(by_id(store, user.user_id).await == Some(user));
    }
    let again =
        from_telegram(store, &call.map(|profile| TelegramProfile { seen_at: at(2000), ..profile })).await;
    assert!(again == after);
}

/// New and known people in one call, in any order.
pub async fn people_are_answered_in_the_order_of_the_call(store: &dyn Store) {
    assert!(from_telegram(store, &[]).await.is_empty());
    from_telegram(store, &[telegram_profile(3), telegram_profile(5)]).await;
    let numbers = [9, 5, 1, 3, 7];
    let users = from_telegram(store, &numbers.map(telegram_profile)).await;
    assert_eq!(
        users.iter().map(|user| user.user_id).collect::<Vec<_>>(),
        numbers.map(|number| user_id(number.into()))
    );
}

/// The second event about a user brings the new alias; id and player key stay.
pub async fn a_platform_user_is_added_once(store: &dyn Store) {
    let first = from_platform(store, &platform_profile(1)).await;
    let expected = User {
        user_id: user_id(1),
        telegram_user_id: None,
        platform_user_id: Some(platform_id(1)),
        player: player(1),
        alias: "Alias 1".to_owned(),
        first_name: None,
        username: None,
        locale: Locale::En,
        chat_id: None,
        reachability: Reachability::Unknown,
        contact_confirmed: false,
        region: None,
        kyc_level: KycLevel::None,
        created_at: at(0),
        erase_after: None,
    };
    assert!(first == expected);
    let again = PlatformProfile { platform_user_id: platform_id(1), seen_at: at(9), ..platform_profile(2) };
    assert!(from_platform(store, &again).await == User { alias: "Alias 2".to_owned(), ..expected });
}

/// The platform's word on the language stands until Telegram tells one.
pub async fn only_telegram_overrules_a_locale(store: &dyn Store) {
    let says = |locale| PlatformProfile { locale, ..platform_profile(1) };
    assert_eq!(from_platform(store, &says(None)).await.locale, Locale::En);
    assert_eq!(from_platform(store, &says(Some(Locale::Fr))).await.locale, Locale::Fr);
    assert_eq!(from_platform(store, &says(Some(Locale::It))).await.locale, Locale::It);
    assert_eq!(from_platform(store, &says(None)).await.locale, Locale::It);
    write(store, async |transaction| {
        transaction.users().set_telegram_id(user_id(1), TelegramUserId(1)).await.unwrap();
    })
    .await;
    assert_eq!(from_platform(store, &says(Some(Locale::Fr))).await.locale, Locale::Fr);
    assert_eq!(from_telegram(store, &[telegram_profile(1)]).await[0].locale, Locale::Ru);
    assert_eq!(from_platform(store, &says(Some(Locale::Fr))).await.locale, Locale::Ru);
}

/// By id, Telegram id, platform id and player key; lists are sorted and leave out who is unknown.
pub async fn users_are_found_by_every_key(store: &dyn Store) {
    from_telegram(store, &[telegram_profile(1)]).await;
    for number in [4, 2, 3] {
        from_platform(store, &platform_profile(number)).await;
    }
    read(store, async |transaction| {
        let mut users = transaction.users();
        let found = users.by_telegram_id(TelegramUserId(1)).await.unwrap().unwrap();
        assert_eq!(found.user_id, user_id(1));
        assert!(users.by_telegram_id(TelegramUserId(2)).await.unwrap().is_none());
        assert_eq!(users.by_player(&player(3)).await.unwrap().unwrap().user_id, user_id(3));
        assert!(users.by_player(&player(9)).await.unwrap().is_none());

        let found = users.by_platform_ids(&[4, 9, 2, 2].map(platform_id)).await.unwrap();
        assert_eq!(found.iter().map(|user| user.user_id).collect::<Vec<_>>(), [user_id(2), user_id(4)]);
        assert!(users.by_platform_ids(&[]).await.unwrap().is_empty());

        let names = users.names(&[3, 9, 1].map(user_id)).await.unwrap();
        assert_eq!(
            names,
            [(user_id(1), player(1), "Player 1".to_owned()), (user_id(3), player(3), "Alias 3".to_owned()),]
        );
        assert!(users.names(&[]).await.unwrap().is_empty());
    })
    .await;
}

/// A thousand ids are answered, more are a mistake of the caller and not cut off silently.
pub async fn too_many_ids_are_refused(store: &dyn Store) {
    let profiles: Vec<TelegramProfile> = (1..=1000).map(telegram_profile).collect();
    from_telegram(store, &profiles).await;
    let ids: Vec<UserId> = (1..=1001).map(user_id).collect();
    let platform_ids: Vec<_> = (1..=1001).map(platform_id).collect();
    read(store, async |transaction| {
        let mut users = transaction.users();
        assert_eq!(users.names(&ids[..1000]).await.unwrap().len(), 1000);
        assert!(users.by_platform_ids(&platform_ids[..1000]).await.is_ok());
        assert!(users.names(&ids).await.is_err());
        assert!(users.by_platform_ids(&platform_ids).await.is_err());
    })
    .await;
}

/// Names with quotes, emoji and control characters come back as they were.
pub async fn text_survives(store: &dyn Store) {
    let profile = TelegramProfile {
        new_alias: HARD_TEXT.to_owned(),
        first_name: SealedText::from_stored(HARD_TEXT),
        username: Some(SealedText::from_stored("")),
        ..telegram_profile(1)
    };
    from_telegram(store, &[profile]).await;
    let user = by_id(store, user_id(1)).await.unwrap();
    assert_eq!(user.alias, HARD_TEXT);
    assert_eq!(user.first_name.as_ref().map(SealedText::as_str), Some(HARD_TEXT));
    assert_eq!(user.username.as_ref().map(SealedText::as_str), Some(""));

    from_platform(store, &PlatformProfile { alias: HARD_TEXT.to_owned(), ..platform_profile(2) }).await;
    assert_eq!(by_id(store, user_id(2)).await.unwrap().alias, HARD_TEXT);
}

/// Aliases are found by how they begin, letter for letter, page by page.
pub async fn users_are_found_by_the_beginning_of_their_alias(store: &dyn Store) {
    for (number, alias) in [(1, "Nova"), (2, "NovaFox"), (3, "nova"), (4, "Nova"), (5, "No"), (6, "Nova%")] {
        from_platform(store, &PlatformProfile { alias: alias.to_owned(), ..platform_profile(number) }).await;
    }
    read(store, async |transaction| {
        let mut users = transaction.users();
        let mut find = async |beginning: &str, after: Option<(&str, u128)>, limit| {
            let after = after.map(|(alias, id)| (alias, user_id(id)));
            let found = users.by_alias(beginning, after, limit).await.unwrap();
            found.iter().map(|user| user.user_id.as_uuid().as_u128()).collect::<Vec<_>>()
        };
        assert_eq!(find("Nova", None, 10).await, [1, 4, 6, 2]);
        assert_eq!(find("Nova", None, 2).await, [1, 4]);
        assert_eq!(find("Nova", Some(("Nova", 4)), 10).await, [6, 2]);
        assert_eq!(find("Nova%", None, 10).await, [6]);
        assert_eq!(find("Novak", None, 10).await, [0_u128; 0]);
    })
    .await;
}

/// A message in the chat makes reachable whatever was before; what a sign-in tells stands only while nobody knows better.
pub async fn a_message_makes_reachable_and_a_sign_in_only_hints(store: &dyn Store) {
    let seen = async |reachability, chat_id: Option<i64>| {
        let profile = TelegramProfile { reachability, chat_id: chat_id.map(ChatId), ..telegram_profile(1) };
        from_telegram(store, &[profile]).await.remove(0).reachability
    };
    let set = async |reachability| {
        write(store, async |transaction| {
            transaction.users().set_reachability(TelegramUserId(1), reachability, at(1)).await.unwrap();
        })
        .await;
    };
    assert_eq!(seen(Reachability::NeedsStart, None).await, Reachability::NeedsStart);
    assert_eq!(seen(Reachability::Unknown, None).await, Reachability::NeedsStart);
    assert_eq!(seen(Reachability::Reachable, None).await, Reachability::Reachable);
    assert_eq!(seen(Reachability::NeedsStart, None).await, Reachability::Reachable);
    for state in [Reachability::Blocked, Reachability::Deactivated] {
        set(state).await;
        assert_eq!(seen(Reachability::Reachable, None).await, state, "a sign-in is no message");
        assert_eq!(seen(Reachability::Reachable, Some(1)).await, Reachability::Reachable);
    }
    write(store, async |transaction| {
        let unknown = TelegramUserId(99);
        transaction.users().set_reachability(unknown, Reachability::Blocked, at(1)).await.unwrap();
    })
    .await;
}

/// Who has no confirmed contact is asked once; who has confirmed one is not, and what the platform does not tell stays.
pub async fn a_contact_is_asked_for_once(store: &dyn Store) {
    from_telegram(store, &[telegram_profile(1), telegram_profile(2)]).await;
    let ask = async |number| {
        write(store, async |transaction| {
            transaction.users().ask_contact(user_id(number), at(1)).await.unwrap()
        })
        .await
    };
    assert!(ask(1).await);
    assert!(!ask(1).await);
    write(store, async |transaction| {
        transaction.users().set_contact_confirmed(user_id(2), true).await.unwrap();
    })
    .await;
    assert!(!ask(2).await);
    assert!(by_id(store, user_id(2)).await.unwrap().contact_confirmed);

    let told = |contact_confirmed| PlatformProfile { contact_confirmed, ..platform_profile(3) };
    assert!(!from_platform(store, &told(None)).await.contact_confirmed);
    assert!(from_platform(store, &told(Some(true))).await.contact_confirmed);
    assert!(from_platform(store, &told(None)).await.contact_confirmed);
    assert!(!from_platform(store, &told(Some(false))).await.contact_confirmed);
}

/// Names are met slice by slice, and replaced only where they still are what was read.
pub async fn names_are_replaced_unless_they_have_changed(store: &dyn Store) {
    let nameless = TelegramProfile { username: None, ..telegram_profile(2) };
    from_telegram(store, &[telegram_profile(1), nameless, telegram_profile(3)]).await;
    let slice = async |after, limit| {
        read(store, async |transaction| transaction.users().names_after(after, limit).await.unwrap()).await
    };
    let first = slice(None, 2).await;
    assert_eq!(first.iter().map(|names| names.user_id).collect::<Vec<_>>(), [user_id(1), user_id(2)]);
    assert_eq!(first[1].username, None);
    assert_eq!(slice(Some(user_id(2)), 2).await.len(), 1);
    assert_eq!(slice(Some(user_id(3)), 2).await, []);
    let replace = async |before: &StoredNames, after: &StoredNames| {
        write(store, async |transaction| transaction.users().replace_names(before, after).await.unwrap())
            .await
    };
    for names in &first {
        let sealed = StoredNames { first_name: Some(SealedText::from_stored("sealed")), ..names.clone() };
        assert!(replace(names, &sealed).await);
        assert!(!replace(names, &sealed).await, "others stand there by now");
        assert!(by_id(store, names.user_id).await.unwrap().first_name == sealed.first_name);
    }
}

/// Region and level of identification are what the platform has told last, and stay when it does not tell.
pub async fn region_and_identification_are_as_told_last(store: &dyn Store) {
    let lives =
        |region: Option<&str>| PlatformProfile { region: region.map(str::to_owned), ..platform_profile(1) };
    for (told, known) in
        [(None, None), (Some("IT"), Some("IT")), (None, Some("IT")), (Some("FR"), Some("FR"))]
    {
        assert_eq!(from_platform(store, &lives(told)).await.region.as_deref(), known);
    }
    from_telegram(store, &[telegram_profile(2)]).await;
    let set = async |level, milliseconds| {
        write(store, async |transaction| {
            transaction.users().set_region(user_id(2), "US-NY").await.unwrap();
            transaction.users().set_kyc_level(user_id(1), level, at(milliseconds)).await.unwrap()
        })
        .await
    };
    assert!(set(KycLevel::Basic, 5).await);
    assert!(set(KycLevel::Full, 5).await);
    assert!(!set(KycLevel::None, 4).await, "told before, and late");
    assert_eq!(by_id(store, user_id(1)).await.unwrap().kyc_level, KycLevel::Full);
    assert!(set(KycLevel::None, 6).await);
    let others = by_id(store, user_id(2)).await.unwrap();
    assert_eq!((others.region.as_deref(), others.kyc_level), (Some("US-NY"), KycLevel::None));
    assert_eq!(from_platform(store, &lives(None)).await.kyc_level, KycLevel::None);
}

/// Boards show a user who hides by another name and key, whatever the platform calls them meanwhile.
pub async fn a_hidden_user_is_shown_by_another_name_and_key(store: &dyn Store) {
    write(store, async |transaction| {
        let mut users = transaction.users();
        users.upsert_platform(&platform_profile(1)).await.unwrap();
        assert_eq!(users.hidden_alias(user_id(1)).await.unwrap(), None);
        users.hide(user_id(1), Some("Quiet Fox 7"), &player(77)).await.unwrap();
        users
            .upsert_platform(&PlatformProfile { alias: "Renamed".to_owned(), ..platform_profile(1) })
            .await
            .unwrap();
    })
    .await;
    read(store, async |transaction| {
        let mut users = transaction.users();
        let names = users.names(&[user_id(1)]).await.unwrap();
        assert_eq!(names, [(user_id(1), player(77), "Quiet Fox 7".to_owned())]);
        assert_eq!(users.hidden_alias(user_id(1)).await.unwrap().as_deref(), Some("Quiet Fox 7"));
        assert_eq!(users.hidden_alias(user_id(9)).await.unwrap(), None);
    })
    .await;
    write(store, async |transaction| {
        let mut users = transaction.users();
        users.hide(user_id(1), None, &player(78)).await.unwrap();
        assert!(users.hide(user_id(9), None, &player(79)).await.is_err());
    })
    .await;
    let names =
        read(store, async |transaction| transaction.users().names(&[user_id(1)]).await.unwrap()).await;
    assert_eq!(names, [(user_id(1), player(78), "Renamed".to_owned())]);
}
