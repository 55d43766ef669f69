//! Contracts of consents.

use domain::{ConsentChannel, ConsentKind, Consents, Locale, UserId};
use futures::future::join_all;

use crate::{
    Store,
    consent::ConsentProof,
    testsuite::fixtures::{at, platform_profile, read, telegram_profile, user_id, write},
};

/// An answer of the first user.
fn proof(kind: ConsentKind, is_given: bool, milliseconds: i64) -> ConsentProof {
    ConsentProof {
        user_id: user_id(1),
        kind,
        is_given,
        text_version: 3,
        locale: Locale::Fr,
        channel: ConsentChannel::Chat,
        recorded_at: at(milliseconds),
    }
}

async fn with_people(store: &dyn Store) {
    write(store, async |transaction| {
        let profiles = [telegram_profile(1), telegram_profile(2)];
        transaction.users().upsert_telegram(&profiles).await.unwrap();
    })
    .await;
}

async fn record(store: &dyn Store, proof: &ConsentProof) -> bool {
    write(store, async |transaction| transaction.consents().record(proof).await.unwrap()).await
}

async fn state(store: &dyn Store, user_id: UserId) -> Consents {
    read(store, async |transaction| transaction.consents().state(user_id).await.unwrap()).await
}

async fn proofs(store: &dyn Store, user_id: UserId, limit: u32) -> Vec<ConsentProof> {
    read(store, async |transaction| transaction.consents().proofs(user_id, limit).await.unwrap()).await
}

/// Nothing is on for somebody who said nothing, and one person's yes is nobody else's.
pub async fn a_consent_is_off_until_it_is_given(store: &dyn Store) {
    with_people(store).await;
    assert_eq!(state(store, user_id(1)).await, Consents::default());
    assert!(record(store, &proof(ConsentKind::Payouts, true, 1)).await);
    assert_eq!(state(store, user_id(1)).await, Consents { payouts: true, ..Consents::default() });
    assert_eq!(state(store, user_id(2)).await, Consents::default());
    assert!(record(store, &proof(ConsentKind::Payouts, false, 2)).await);
    assert_eq!(state(store, user_id(1)).await, Consents::default());
}

/// A no to what was never given, and a yes to what is given, are no news.
pub async fn a_repeated_answer_leaves_no_second_proof(store: &dyn Store) {
    with_people(store).await;
    assert!(!record(store, &proof(ConsentKind::Promotions, false, 1)).await);
    assert!(record(store, &proof(ConsentKind::Promotions, true, 2)).await);
    assert!(!record(store, &proof(ConsentKind::Promotions, true, 3)).await);
    assert_eq!(proofs(store, user_id(1), 10).await, [proof(ConsentKind::Promotions, true, 2)]);
}

/// Each proof is found as it was recorded, the newest first, within the limit.
pub async fn proofs_are_kept_as_they_were_given(store: &dyn Store) {
    with_people(store).await;
    let given = [
        proof(ConsentKind::Tournaments, true, 1),
        proof(ConsentKind::Promotions, true, 2),
        ConsentProof {
            channel: ConsentChannel::MiniApp,
            locale: Locale::It,
            text_version: 4,
            ..proof(ConsentKind::Tournaments, false, 3)
        },
        proof(ConsentKind::Tournaments, true, 4),
    ];
    for proof in &given {
        assert!(record(store, proof).await);
    }
    let mut newest_first = given;
    newest_first.reverse();
    assert_eq!(proofs(store, user_id(1), 10).await, newest_first);
    assert_eq!(proofs(store, user_id(1), 2).await, newest_first[..2]);
    assert_eq!(proofs(store, user_id(2), 10).await, []);
}

/// The same answer several times at once is one answer.
pub async fn of_answers_at_once_each_leaves_one_proof(store: &dyn Store) {
    with_people(store).await;
    let answer = proof(ConsentKind::Payouts, true, 1);
    let recorded = join_all((0..8).map(|_| record(store, &answer))).await;
    assert_eq!(recorded.iter().filter(|recorded| **recorded).count(), 1);
    assert_eq!(proofs(store, user_id(1), 10).await.len(), 1);
}

/// A light profile's answers become those of the user who takes it over, behind what that user had said before.
pub async fn a_merge_takes_the_proofs_along(store: &dyn Store) {
    with_people(store).await;
    let earlier = ConsentProof { user_id: user_id(3), ..proof(ConsentKind::Payouts, true, 1) };
    let later = proof(ConsentKind::Promotions, true, 2);
    write(store, async |transaction| {
        transaction.users().upsert_platform(&platform_profile(3)).await.unwrap();
        transaction.consents().record(&earlier).await.unwrap();
        transaction.consents().record(&later).await.unwrap();
        transaction.consents().record(&proof(ConsentKind::Payouts, true, 3)).await.unwrap();
        transaction.consents().record(&proof(ConsentKind::Payouts, false, 4)).await.unwrap();
        transaction.users().merge_light(user_id(1), user_id(3)).await.unwrap();
    })
    .await;
    assert_eq!(proofs(store, user_id(1), 10).await, []);
    assert_eq!(proofs(store, user_id(3), 10).await.len(), 4);
    assert_eq!(state(store, user_id(3)).await, Consents { promotions: true, ..Consents::default() });
}
