//! Contracts of one-time tokens.

use domain::{ChatId, TelegramUserId, Timestamp, TokenAction, TokenId};
use futures::future::join_all;
use uuid::Uuid;

use crate::{
    Store, StoreError,
    one_time_token::{NewOneTimeToken, OneTimeToken, TokenOwner, TokenRequest},
    testsuite::fixtures::{at, platform_id, read, user_id, write},
};

const fn token_id(number: u8) -> TokenId {
    TokenId::from_uuid(Uuid::from_u128(number as u128))
}

/// A link that is good for a second.
fn token(number: u8) -> NewOneTimeToken {
    NewOneTimeToken {
        token_id: token_id(number),
        token_hash: [number; 32],
        action: TokenAction::Link,
        payload: r#"{"account":"a***n"}"#.to_owned(),
        platform_user_id: Some(platform_id(number.into())),
        telegram_user_id: None,
        request: None,
        created_at: at(0),
        expires_at: at(1_000),
    }
}

fn request(key: &str) -> TokenRequest {
    TokenRequest { key: key.to_owned(), hash: [7; 32], sealed_token: vec![1, 2, 3] }
}

async fn add(store: &dyn Store, token: &NewOneTimeToken) {
    write(store, async |transaction| transaction.one_time_tokens().add(token).await.unwrap()).await;
}

async fn by_id(store: &dyn Store, number: u8) -> Option<OneTimeToken> {
    read(store, async |transaction| transaction.one_time_tokens().by_id(token_id(number)).await.unwrap())
        .await
}

async fn spend(store: &dyn Store, number: u8, now: Timestamp) -> bool {
    write(store, async |transaction| {
        transaction.one_time_tokens().spend(token_id(number), user_id(1), now).await.unwrap()
    })
    .await
}

/// By hash, by id and by request, as it was stored; what was not stored is not found.
pub async fn a_token_is_found_as_it_was_stored(store: &dyn Store) {
    for action in TokenAction::ALL {
        assert_eq!(TokenAction::from_text(action.as_str()), Some(*action));
    }
    let with_request = NewOneTimeToken {
        request: Some(request("k")),
        telegram_user_id: Some(TelegramUserId(5)),
        platform_user_id: None,
        action: TokenAction::OpenTournament,
        ..token(1)
    };
    add(store, &with_request).await;
    add(store, &token(2)).await;
    let expected = OneTimeToken {
        token_id: token_id(1),
        action: TokenAction::OpenTournament,
        payload: with_request.payload.clone(),
        platform_user_id: None,
        telegram_user_id: Some(TelegramUserId(5)),
        chat_id: None,
        request: Some(request("k")),
        created_at: at(0),
        expires_at: at(1_000),
        spent: None,
    };
    write(store, async |transaction| {
        let mut tokens = transaction.one_time_tokens();
        assert!(tokens.lock_by_hash([1; 32]).await.unwrap().as_ref() == Some(&expected));
        assert!(tokens.lock(token_id(1)).await.unwrap().as_ref() == Some(&expected));
        assert!(tokens.by_request("k").await.unwrap().as_ref() == Some(&expected));
        assert!(tokens.lock_by_hash([9; 32]).await.unwrap().is_none());
        assert!(tokens.lock(token_id(9)).await.unwrap().is_none());
        assert!(tokens.by_request("other").await.unwrap().is_none());
    })
    .await;
    assert!(by_id(store, 1).await == Some(expected));
    assert_eq!(by_id(store, 2).await.unwrap().platform_user_id, Some(platform_id(2)));
    assert!(by_id(store, 9).await.is_none());
}

/// A call that came before, and a hash that is there, are conflicts.
pub async fn a_request_makes_one_token(store: &dyn Store) {
    add(store, &NewOneTimeToken { request: Some(request("k")), ..token(1) }).await;
    let others = [
        NewOneTimeToken { request: Some(request("k")), ..token(2) },
        NewOneTimeToken { token_hash: [1; 32], ..token(2) },
    ];
    for other in others {
        let mut transaction = store.begin_write().await.unwrap();
        let result = transaction.one_time_tokens().add(&other).await;
        assert!(matches!(result, Err(StoreError::Conflict { .. })));
    }
    assert!(by_id(store, 2).await.is_none());
}

/// Whoever shows it first has it, and may come back with it from the chat; nobody else may.
pub async fn a_token_is_bound_to_who_shows_it_first(store: &dyn Store) {
    add(store, &token(1)).await;
    let bind = async |person: i64, chat: Option<i64>| {
        let mut transaction = store.begin_write().await.unwrap();
        let result =
            transaction.one_time_tokens().bind(token_id(1), TelegramUserId(person), chat.map(ChatId)).await;
        transaction.save().await.unwrap();
        result
    };
    bind(5, None).await.unwrap();
    bind(5, Some(50)).await.unwrap();
    bind(5, Some(51)).await.unwrap();
    assert!(matches!(bind(6, Some(60)).await, Err(StoreError::Conflict { .. })));
    let bound = by_id(store, 1).await.unwrap();
    assert_eq!((bound.telegram_user_id, bound.chat_id), (Some(TelegramUserId(5)), Some(ChatId(50))));
}

/// It is spent once, remembers by whom, and forgets the token itself.
pub async fn a_token_is_spent_once(store: &dyn Store) {
    add(store, &NewOneTimeToken { request: Some(request("k")), ..token(1) }).await;
    assert!(spend(store, 1, at(5)).await);
    assert!(!spend(store, 1, at(6)).await);
    assert!(!spend(store, 9, at(6)).await);
    let spent = by_id(store, 1).await.unwrap();
    assert_eq!(spent.spent, Some((at(5), user_id(1))));
    assert!(spent.request.is_none(), "what can open it again is gone");
}

/// Of several that spend it at once one does.
pub async fn of_spends_at_once_one_wins(store: &dyn Store) {
    add(store, &token(1)).await;
    let try_it = async |_: u8| {
        let mut transaction = store.begin_write().await.unwrap();
        let token = transaction.one_time_tokens().lock_by_hash([1; 32]).await.unwrap().unwrap();
        let wins = token.spent.is_none();
        if wins {
            // A further round trip, so that without the lock another would read in between.
            assert!(transaction.one_time_tokens().by_id(token_id(1)).await.unwrap().is_some());
            assert!(transaction.one_time_tokens().spend(token_id(1), user_id(1), at(1)).await.unwrap());
        }
        transaction.save().await.unwrap();
        wins
    };
    let wins = join_all((0..8).map(&try_it)).await;
    assert_eq!(wins.iter().filter(|wins| **wins).count(), 1);
}

/// What is spent in a transaction that is not saved is not spent.
pub async fn a_spend_is_undone_with_its_action(store: &dyn Store) {
    add(store, &token(1)).await;
    let mut transaction = store.begin_write().await.unwrap();
    assert!(transaction.one_time_tokens().spend(token_id(1), user_id(1), at(1)).await.unwrap());
    drop(transaction);
    assert!(spend(store, 1, at(2)).await);
}

/// A token that was turned down is expired from then on; a spent one stays as it is.
pub async fn a_voided_token_is_expired(store: &dyn Store) {
    for number in [1, 2] {
        add(store, &token(number)).await;
    }
    spend(store, 2, at(3)).await;
    write(store, async |transaction| {
        let mut tokens = transaction.one_time_tokens();
        for number in [1, 2, 9] {
            tokens.void(token_id(number), at(5)).await.unwrap();
        }
        tokens.void(token_id(1), at(7)).await.unwrap();
    })
    .await;
    assert_eq!(by_id(store, 1).await.unwrap().expires_at, at(5));
    assert_eq!(by_id(store, 2).await.unwrap().expires_at, at(1_000));
}

/// What was made for somebody, by either id, and what they spent, once each and the newest first; nobody else's.
pub async fn tokens_are_listed_by_person(store: &dyn Store) {
    let person = Some(TelegramUserId(5));
    let (mine, other) = (platform_id(50), platform_id(60));
    let made = [
        NewOneTimeToken { platform_user_id: Some(mine.clone()), ..token(1) },
        NewOneTimeToken { platform_user_id: None, telegram_user_id: person, ..token(2) },
        NewOneTimeToken { platform_user_id: None, ..token(3) },
        NewOneTimeToken { platform_user_id: Some(mine.clone()), telegram_user_id: person, ..token(4) },
        NewOneTimeToken {
            platform_user_id: Some(other),
            telegram_user_id: Some(TelegramUserId(6)),
            ..token(5)
        },
        NewOneTimeToken { platform_user_id: None, ..token(6) },
    ];
    for token in &made {
        add(store, token).await;
    }
    for number in [3, 4] {
        assert!(spend(store, number, at(5)).await);
    }
    let list = async |owner: TokenOwner<'_>, limit| {
        read(store, async |transaction| {
            let found = transaction.one_time_tokens().of_person(owner, limit).await.unwrap();
            found.iter().map(|token| token.token_id.as_uuid().as_u128()).collect::<Vec<_>>()
        })
        .await
    };
    let all = TokenOwner { user_id: user_id(1), telegram_user_id: person, platform_user_id: Some(&mine) };
    assert_eq!(list(all, 10).await, [4, 3, 2, 1]);
    assert_eq!(list(all, 3).await, [4, 3, 2]);
    let light = TokenOwner { platform_user_id: None, ..all };
    assert_eq!(list(light, 10).await, [4, 3, 2]);
    let nobody = TokenOwner { user_id: user_id(9), telegram_user_id: None, platform_user_id: None };
    assert!(list(nobody, 10).await.is_empty(), "what is nobody's is not everybody's");
}

/// Tokens go when their time was over long enough ago, spent or not, the longest ago first.
pub async fn old_tokens_are_removed(store: &dyn Store) {
    for number in 1..=3 {
        add(store, &NewOneTimeToken { expires_at: at(i64::from(number) * 10), ..token(number) }).await;
    }
    spend(store, 1, at(1)).await;
    let remove = async |before, limit| {
        write(store, async |transaction| {
            transaction.one_time_tokens().remove_expired(before, limit).await.unwrap()
        })
        .await
    };
    assert_eq!(remove(at(10), 10).await, 0);
    assert_eq!(remove(at(30), 1).await, 1);
    assert!(by_id(store, 1).await.is_none() && by_id(store, 2).await.is_some());
    assert_eq!(remove(at(30), 10).await, 1);
    assert!(by_id(store, 3).await.is_some());
}
