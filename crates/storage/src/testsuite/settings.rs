//! Contracts of settings.

use futures::future::join_all;

use crate::{
    Store,
    testsuite::fixtures::{read, write},
};

/// `get_or_set` answers the value that was there first.
pub async fn the_first_value_stays(store: &dyn Store) {
    write(store, async |transaction| {
        let mut settings = transaction.settings();
        assert_eq!(settings.get("name").await.unwrap(), None);
        assert_eq!(settings.get_or_set("name", b"\x00first\xff").await.unwrap(), b"\x00first\xff");
        assert_eq!(settings.get_or_set("name", b"second").await.unwrap(), b"\x00first\xff");
        assert_eq!(settings.get("other").await.unwrap(), None);
    })
    .await;
}

/// `set` replaces, also with nothing.
pub async fn a_setting_is_replaced(store: &dyn Store) {
    for value in [&b"first"[..], b"second", b""] {
        write(store, async |transaction| transaction.settings().set("name", value).await.unwrap()).await;
        let stored = read(store, async |transaction| transaction.settings().get("name").await.unwrap()).await;
        assert_eq!(stored.as_deref(), Some(value));
    }
}

/// Several nodes that make a secret at once end up with the same one.
pub async fn of_first_values_at_once_one_stays(store: &dyn Store) {
    let make = async |number: u8| {
        write(store, async |transaction| {
            transaction.settings().get_or_set("secret", &[number]).await.unwrap()
        })
        .await
    };
    let values = join_all((1..=6).map(&make)).await;
    assert!(values.iter().all(|value| *value == values[0]), "{values:?}");
}
