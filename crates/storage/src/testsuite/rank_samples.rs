//! Contracts of rank samples.

use domain::BoardId;

use crate::{
    Store,
    rank_sample::{GAP_MS, KEPT, RankSampleRow},
    testsuite::fixtures::{at, board_id, platform_profile, read, user_id, write},
};

fn sample(board: &str, user: u128, gaps: i64, rank: u64) -> RankSampleRow {
    RankSampleRow { board_id: board_id(board), user_id: user_id(user), at: at(gaps * GAP_MS), rank }
}

async fn add(store: &dyn Store, samples: &[RankSampleRow]) -> u64 {
    write(store, async |transaction| transaction.rank_samples().add(samples).await.unwrap()).await
}

async fn ranks(store: &dyn Store, board: &BoardId, user: u128) -> Vec<u64> {
    let samples = read(store, async |transaction| {
        transaction.rank_samples().of_player(board, user_id(user)).await.unwrap()
    })
    .await;
    samples.into_iter().map(|sample| sample.rank).collect()
}

async fn two_players(store: &dyn Store) {
    write(store, async |transaction| {
        for number in [1, 2] {
            transaction.users().upsert_platform(&platform_profile(number)).await.unwrap();
        }
    })
    .await;
}

/// A sample too soon behind the last one is not kept, nor one that says the same; players and boards are apart.
pub async fn samples_are_apart_in_time_and_in_rank(store: &dyn Store) {
    two_players(store).await;
    let cup = board_id("cup");
    assert_eq!(
        add(store, &[sample("cup", 1, 0, 5), sample("cup", 2, 0, 6), sample("cup.1", 1, 0, 7)]).await,
        3
    );
    let soon = RankSampleRow { at: at(GAP_MS - 1), ..sample("cup", 1, 0, 3) };
    assert_eq!(add(store, &[soon, sample("cup", 1, 0, 5)]).await, 0);
    assert_eq!(add(store, &[sample("cup", 1, 1, 5)]).await, 0, "nothing has changed");
    assert_eq!(add(store, &[sample("cup", 1, 1, 4), sample("cup", 1, 1, 3)]).await, 1);
    assert_eq!(add(store, &[sample("cup", 1, 2, 5), sample("cup", 2, 2, 9)]).await, 2);
    assert_eq!(add(store, &[sample("cup", 77, 2, 5)]).await, 0, "nobody's");
    assert_eq!(add(store, &[]).await, 0);
    assert_eq!(ranks(store, &cup, 1).await, [5, 4, 5]);
    assert_eq!(ranks(store, &cup, 2).await, [6, 9]);
    assert_eq!(ranks(store, &board_id("cup.1"), 1).await, [7]);
    assert_eq!(ranks(store, &board_id("none"), 1).await, [0; 0]);
}

/// However long a board lasts, a player's newest samples are kept alone.
pub async fn the_oldest_samples_make_room(store: &dyn Store) {
    two_players(store).await;
    let cup = board_id("cup");
    assert_eq!(add(store, &[sample("cup", 2, 0, 1)]).await, 1);
    let more = i64::from(KEPT) + 3;
    for number in 0..more {
        assert_eq!(add(store, &[sample("cup", 1, number, number.unsigned_abs() + 1)]).await, 1);
    }
    let kept = ranks(store, &cup, 1).await;
    assert_eq!(kept, (4..=more.unsigned_abs()).collect::<Vec<_>>());
    assert_eq!(ranks(store, &cup, 2).await, [1], "somebody else's stay");
}

/// Old samples are removed, the oldest first.
pub async fn old_samples_are_removed(store: &dyn Store) {
    two_players(store).await;
    for number in 0..4 {
        add(store, &[sample("cup", 1, number, number.unsigned_abs() + 1)]).await;
    }
    let remove = async |limit: u32| {
        write(store, async |transaction| {
            transaction.rank_samples().remove_old(at(3 * GAP_MS), limit).await.unwrap()
        })
        .await
    };
    assert_eq!((remove(2).await, remove(9).await, remove(9).await), (2, 1, 0));
    assert_eq!(ranks(store, &board_id("cup"), 1).await, [4]);
}
