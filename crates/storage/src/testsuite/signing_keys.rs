//! Contracts of signing keys.

use crate::{
    Store, StoreError,
    signing_key::SigningKey,
    testsuite::fixtures::{at, read, write},
};

fn key(kid: &str, active_from: i64, retired_at: Option<i64>) -> SigningKey {
    SigningKey {
        kid: kid.to_owned(),
        sealed_private_key: vec![0, 1, 255, 0],
        public_key: vec![7; 32],
        created_at: at(-1),
        active_from: at(active_from),
        retired_at: retired_at.map(at),
    }
}

async fn add(store: &dyn Store, keys: &[SigningKey]) {
    write(store, async |transaction| {
        for key in keys {
            transaction.signing_keys().add(key).await.unwrap();
        }
    })
    .await;
}

async fn usable(store: &dyn Store, now: i64) -> Vec<SigningKey> {
    read(store, async |transaction| transaction.signing_keys().usable(at(now)).await.unwrap()).await
}

/// Keys that are not retired, the latest first, at most 16.
pub async fn only_keys_in_use_are_listed(store: &dyn Store) {
    let keys = [key("a", 10, None), key("b", 30, None), key("c", 20, Some(100)), key("d", 5, Some(50))];
    add(store, &keys).await;
    let [a, b, c, _] = &keys;
    assert!(usable(store, 50).await == [b.clone(), c.clone(), a.clone()]);
    assert!(usable(store, 100).await == [b.clone(), a.clone()]);

    let many: Vec<SigningKey> =
        (0..20).map(|number| key(&format!("m{number:02}"), 1000 + number, None)).collect();
    add(store, &many).await;
    let listed = usable(store, 0).await;
    assert_eq!(listed.len(), 16);
    assert_eq!(listed[0].kid, "m19");
}

/// Two keys never share a `kid`.
pub async fn a_key_id_is_unique(store: &dyn Store) {
    add(store, &[key("a", 10, None)]).await;
    let mut transaction = store.begin_write().await.unwrap();
    let error = transaction.signing_keys().add(&key("a", 20, None)).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict { constraint, .. } if constraint == "signing_keys.kid"));
}

/// The others retire at the given time, those that do so earlier at theirs.
pub async fn others_retire_unless_they_do_earlier(store: &dyn Store) {
    add(store, &[key("a", 10, None), key("b", 20, Some(900)), key("c", 30, Some(50)), key("d", 40, None)])
        .await;
    write(store, async |transaction| transaction.signing_keys().retire_others("d", at(100)).await.unwrap())
        .await;
    let retired: Vec<_> = usable(store, 0).await.into_iter().map(|key| (key.kid, key.retired_at)).collect();
    assert_eq!(
        retired,
        [
            ("d".to_owned(), None),
            ("c".to_owned(), Some(at(50))),
            ("b".to_owned(), Some(at(100))),
            ("a".to_owned(), Some(at(100))),
        ]
    );
}
