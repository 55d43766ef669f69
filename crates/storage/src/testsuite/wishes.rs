//! Contracts of wishes to be told of a tournament.

use domain::TournamentId;

use crate::{
    Store,
    testsuite::fixtures::{at, board_id, read, tournament_id, user_id, write},
    wish::WishRow,
};

fn cup() -> TournamentId {
    tournament_id("cup")
}

/// A wish is there once, for its tournament alone, until it is withdrawn.
pub async fn a_wish_is_kept_until_it_is_withdrawn(store: &dyn Store) {
    write(store, async |transaction| {
        let mut wishes = transaction.wishes();
        assert!(!wishes.any(&cup()).await.unwrap());
        assert!(wishes.add(&cup(), user_id(1), at(0)).await.unwrap());
        assert!(!wishes.add(&cup(), user_id(1), at(1)).await.unwrap());
        assert!(wishes.is_there(&cup(), user_id(1)).await.unwrap());
        assert!(!wishes.is_there(&cup(), user_id(2)).await.unwrap());
        assert!(!wishes.any(&tournament_id("other")).await.unwrap());
        assert!(wishes.any(&cup()).await.unwrap());
        assert!(wishes.remove(&cup(), user_id(1)).await.unwrap());
        assert!(!wishes.remove(&cup(), user_id(1)).await.unwrap());
        assert!(!wishes.any(&cup()).await.unwrap());
    })
    .await;
}

/// Of one start each player is told once; of another start anew.
pub async fn a_start_is_told_once(store: &dyn Store) {
    write(store, async |transaction| {
        let mut wishes = transaction.wishes();
        for user in 1..=3 {
            wishes.add(&cup(), user_id(user), at(0)).await.unwrap();
        }
        let first = wishes.mark_reminded(&cup(), at(100), None, 2).await.unwrap();
        assert_eq!(first, [(user_id(1), false), (user_id(2), false)]);
        let next = wishes.mark_reminded(&cup(), at(100), Some(user_id(2)), 2).await.unwrap();
        assert_eq!(next, [(user_id(3), false)]);
        let again = wishes.mark_reminded(&cup(), at(100), None, 2).await.unwrap();
        assert_eq!(again, [(user_id(1), true), (user_id(2), true)]);
        let moved = wishes.mark_reminded(&cup(), at(200), None, 1).await.unwrap();
        assert_eq!(moved, [(user_id(1), false)]);
        assert_eq!(wishes.mark_reminded(&tournament_id("other"), at(1), None, 9).await.unwrap(), []);
    })
    .await;
}

/// Where a player was seen is noted, and read page by page.
pub async fn where_a_player_was_seen_is_noted(store: &dyn Store) {
    let seen = WishRow { user_id: user_id(2), seen: Some((board_id("cup.1.3"), 4)), told_at: Some(at(9)) };
    write(store, async |transaction| {
        let mut wishes = transaction.wishes();
        for user in 1..=3 {
            wishes.add(&cup(), user_id(user), at(0)).await.unwrap();
        }
        wishes.note(&cup(), &seen).await.unwrap();
    })
    .await;
    let fresh = |user| WishRow { user_id: user_id(user), seen: None, told_at: None };
    read(store, async |transaction| {
        let mut wishes = transaction.wishes();
        assert_eq!(wishes.page(&cup(), None, 2).await.unwrap(), [fresh(1), seen.clone()]);
        assert_eq!(wishes.page(&cup(), Some(user_id(2)), 2).await.unwrap(), [fresh(3)]);
    })
    .await;
    write(store, async |transaction| {
        let mut wishes = transaction.wishes();
        wishes.note(&cup(), &fresh(2)).await.unwrap();
        assert_eq!(wishes.page(&cup(), Some(user_id(1)), 1).await.unwrap(), [fresh(2)]);
    })
    .await;
}
