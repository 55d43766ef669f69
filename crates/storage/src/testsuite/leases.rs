//! Contracts of leases.

use futures::future::join_all;

use crate::{
    Store,
    testsuite::fixtures::{at, lease, write},
};

async fn acquire(store: &dyn Store, name: &'static str, owner: u128, now: i64, until: i64) -> bool {
    write(store, async |transaction| {
        transaction.leases().acquire(name, lease(owner), at(now), at(until)).await.unwrap()
    })
    .await
}

/// One holds it, and may extend it; other names are other leases.
pub async fn a_lease_has_one_owner(store: &dyn Store) {
    assert!(acquire(store, "poll", 1, 0, 100).await);
    assert!(!acquire(store, "poll", 2, 50, 150).await);
    assert!(acquire(store, "poll", 1, 50, 150).await);
    assert!(!acquire(store, "poll", 2, 149, 250).await);
    assert!(acquire(store, "other", 2, 50, 150).await);
}

/// At its end it is free, and who had it comes too late.
pub async fn a_lease_that_ran_out_is_free(store: &dyn Store) {
    assert!(acquire(store, "poll", 1, 0, 100).await);
    assert!(acquire(store, "poll", 2, 100, 200).await);
    assert!(!acquire(store, "poll", 1, 150, 250).await);
}

/// A release by another changes nothing.
pub async fn only_the_owner_releases(store: &dyn Store) {
    let release = async |owner| {
        write(store, async |transaction| transaction.leases().release("poll", lease(owner)).await.unwrap())
            .await;
    };
    assert!(acquire(store, "poll", 1, 0, 100).await);
    release(2).await;
    assert!(!acquire(store, "poll", 2, 1, 100).await);
    release(1).await;
    assert!(acquire(store, "poll", 2, 1, 100).await);
}

/// Of several that ask at once one gets it, first when it was never held, then when it ran out.
pub async fn owners_at_once_do_not_share(store: &dyn Store) {
    for round in 0..3 {
        let (now, until) = (round * 100, round * 100 + 100);
        let first_owner = u128::try_from(round * 10).unwrap();
        let results =
            join_all((1..=6).map(|owner| acquire(store, "poll", first_owner + owner, now, until))).await;
        assert_eq!(results.iter().filter(|has| **has).count(), 1, "round {round}: {results:?}");
    }
}
