//! Contracts of what goes on.

use crate::{
    Store,
    pulse::{PulseMinute, PulseRow},
    testsuite::fixtures::{at, read, tournament_id, write},
};

const MINUTE_MS: i64 = 60_000;

fn row(id: &str, minute: i64, scores: u64, viewers: u64, entries: u64) -> PulseRow {
    PulseRow { tournament_id: tournament_id(id), minute: at(minute * MINUTE_MS), scores, viewers, entries }
}

/// Of one minute scores add up and the most viewers are kept; nodes are added up; tournaments are apart.
pub async fn minutes_add_up_over_calls_and_nodes(store: &dyn Store) {
    write(store, async |transaction| {
        let mut pulse = transaction.pulse();
        pulse
            .add(1, &[row("cup", 0, 5, 3, 10), row("cup", 1, 1, 1, 11), row("other", 0, 9, 9, 9)])
            .await
            .unwrap();
        pulse.add(1, &[row("cup", 0, 2, 1, 12)]).await.unwrap();
        pulse.add(i64::MIN, &[row("cup", 0, 1, 4, 12)]).await.unwrap();
        pulse.add(2, &[]).await.unwrap();
    })
    .await;
    let minute = |minute: i64, scores, viewers, entries| PulseMinute {
        minute: at(minute * MINUTE_MS),
        scores,
        viewers,
        entries,
    };
    read(store, async |transaction| {
        let mut pulse = transaction.pulse();
        let cup = tournament_id("cup");
        let all = pulse.since(&cup, at(0), 10).await.unwrap();
        assert_eq!(all, [minute(0, 8, 7, 12), minute(1, 1, 1, 11)]);
        assert_eq!(pulse.since(&cup, at(1), 10).await.unwrap(), all[1..]);
        assert_eq!(pulse.since(&cup, at(0), 1).await.unwrap(), all[..1]);
    })
    .await;
}

/// Old minutes are removed, the oldest first.
pub async fn old_minutes_are_removed(store: &dyn Store) {
    write(store, async |transaction| {
        let rows: Vec<PulseRow> = (0..4).map(|minute| row("cup", minute, 1, 1, 1)).collect();
        transaction.pulse().add(1, &rows).await.unwrap();
    })
    .await;
    let remove = async |limit: u32| {
        write(store, async |transaction| {
            transaction.pulse().remove_old(at(3 * MINUTE_MS), limit).await.unwrap()
        })
        .await
    };
    assert_eq!((remove(2).await, remove(9).await, remove(9).await), (2, 1, 0));
    let left = read(store, async |transaction| {
        transaction.pulse().since(&tournament_id("cup"), at(0), 10).await.unwrap()
    })
    .await;
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].minute, at(3 * MINUTE_MS));
}
