//! The suites of the ports, on a real Redis, and what only Redis can show: two nodes, lost connections, rebuilds that
//! die.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test tells of a failure by a panic")]

#[path = "redis/proxy.rs"]
mod proxy;
#[path = "redis/server.rs"]
mod server;

use std::{sync::Arc, time::Duration};

use bus::{
    RedisConnection,
    limits::{Limits, Rate, in_process::InProcessLimits, redis::RedisLimits},
    ranks::{Change, Ranks, Window, in_process::InProcessRanks, redis::RedisRanks},
    signals::{Signal, Signals, redis::RedisSignals},
    testsuite::{self, signals::board},
};
use domain::{BoardId, BoardOrder, Score, SeededRng, Ties, Timestamp, UserId, ranking::RankKey};
use futures::FutureExt;

use crate::{
    proxy::Proxy,
    server::{Server, random},
};

/// Long enough for a busy machine; a test that passes never waits for it.
const PATIENCE: Duration = Duration::from_secs(20);
/// A port on which nobody listens.
const AWAY: &str = "redis://127.0.0.1:1";

mod ranks {
    async fn with(test: impl AsyncFnOnce(&dyn super::Ranks)) {
        super::Server::with(async |server| test(&super::RedisRanks::new(server.connection())).await).await;
    }

    bus::suite!(ranks, with);
}

mod limits {
    async fn with(test: impl AsyncFnOnce(&dyn super::Limits)) {
        super::Server::with(async |server| test(&super::RedisLimits::new(server.connection())).await).await;
    }

    bus::suite!(limits, with);
}

mod signals {
    async fn with(test: impl AsyncFnOnce(&dyn super::Signals)) {
        super::Server::with(async |server| test(&super::node(server.connection()).await).await).await;
    }

    bus::suite!(signals, with);
}

/// A node that hears the others.
async fn node(connection: RedisConnection) -> RedisSignals {
    let node = RedisSignals::start(connection, &SeededRng::new(random()));
    listening(&node, true).await;
    node
}

async fn listening(node: &RedisSignals, wanted: bool) {
    let mut listening = node.listening();
    let wait = listening.wait_for(|listening| *listening == wanted);
    tokio::time::timeout(PATIENCE, wait).await.unwrap().unwrap();
}

/// Looks until the condition holds.
async fn until(mut condition: impl AsyncFnMut() -> bool) {
    let look = async {
        while !condition().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, look).await.unwrap();
}

fn key(points: i64, number: u128) -> RankKey {
    RankKey {
        score: Score::new(points).unwrap(),
        ties: Ties::default(),
        achieved_at: Timestamp::from_millis(1),
        user_id: UserId::from_uuid(uuid::Uuid::from_u128(number)),
    }
}

#[tokio::test]
async fn both_implementations_of_ranks_answer_alike() {
    Server::with(async |server| {
        let (left, right) = (InProcessRanks::new(), RedisRanks::new(server.connection()));
        for seed in 0..12 {
            testsuite::ranks::answers_alike(&left, &right, seed).await;
        }
    })
    .await;
}

#[tokio::test]
async fn both_implementations_of_limits_give_the_same_verdicts() {
    Server::with(async |server| {
        let (left, right) = (InProcessLimits::new(), RedisLimits::new(server.connection()));
        for seed in 0..12 {
            testsuite::limits::verdicts_alike(&left, &right, seed).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_rebuild_that_dies_leaves_the_board_as_it_was_and_keys_that_expire() {
    Server::with(async |server| {
        let board: BoardId = "cup".parse().unwrap();
        let ranks = RedisRanks::new(server.connection());
        ranks.load(&board, BoardOrder::DESC, 1, vec![key(1, 1)]).await.unwrap();
        let keys = (0..200_000).map(|number| key(number, number.unsigned_abs().into())).collect();
        let mut rebuild = ranks.load(&board, BoardOrder::DESC, 2, keys);
        // Ends the rebuild as soon as something is staged.
        let staged = loop {
            let staged = server.keys("*:staged:*").await;
            if !staged.is_empty() {
                break staged;
            }
            assert!((&mut rebuild).now_or_never().is_none(), "the rebuild was over before it was seen");
            tokio::task::yield_now().await;
        };
        drop(rebuild);
        for key in staged {
            assert!(server.expires_within(&key, Duration::from_mins(2)).await, "{key} stays for ever");
        }
        let page = ranks.page(&board, Window::Top, 10, None).await.unwrap().unwrap();
        assert_eq!((page.version, page.total), (1, 1));
        // A later rebuild is not disturbed by what the dead one left.
        ranks.load(&board, BoardOrder::DESC, 3, vec![key(5, 5), key(6, 6)]).await.unwrap();
        let page = ranks.page(&board, Window::Top, 10, None).await.unwrap().unwrap();
        assert_eq!((page.version, page.total), (3, 2));
        for part in ["meta", "places", "players"] {
            assert!(server.stays(&format!("*:{part}")).await, "the board would expire: {part}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_finished_call_leaves_nothing_staged_behind() {
    Server::with(async |server| {
        let board: BoardId = "cup".parse().unwrap();
        let ranks = RedisRanks::new(server.connection());
        let many: Vec<_> = (0..5_000).map(|number| key(number, number.unsigned_abs().into())).collect();
        ranks.load(&board, BoardOrder::DESC, 5, many.clone()).await.unwrap();
        let changes: Vec<_> = many.iter().copied().map(Change::Put).collect();
        ranks.apply(&board, BoardOrder::DESC, (5, 6), &changes).await.unwrap();
        ranks.apply(&board, BoardOrder::DESC, (5, 6), &changes).await.unwrap();
        ranks.apply(&board, BoardOrder::DESC, (8, 9), &changes).await.unwrap();
        ranks.load(&board, BoardOrder::DESC, 4, many.clone()).await.unwrap();
        assert!(ranks.load(&board, BoardOrder::DESC, 9, vec![key(1, 1), key(2, 1)]).await.is_err());
        assert_eq!(server.keys("*:staged:*").await, [""; 0]);
        ranks.unload(&board).await.unwrap();
        assert_eq!(server.keys("*ranks2:{*").await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn limits_are_shared_by_nodes_and_forgotten_in_time() {
    Server::with(async |server| {
        let nodes = [RedisLimits::new(server.connection()), RedisLimits::new(server.connection())];
        let (rate, now) = (Rate { burst: 4, interval_ms: 60_000 }, Timestamp::from_secs(1_767_225_600));
        let mut verdicts = Vec::new();
        for turn in 0..6 {
            verdicts.push(
                nodes[turn % 2].take("shared", rate, now).await.unwrap() == bus::limits::Verdict::Allowed,
            );
        }
        assert_eq!(verdicts, [true, true, true, true, false, false]);
        nodes[0].close_gate("shared", now.plus_ms(5_000), now).await.unwrap();
        assert_eq!(nodes[1].gate_closed_ms("shared", now).await.unwrap(), 5_000);
        for key in server.keys("*limits:*").await {
            assert!(server.expires_within(&key, Duration::from_secs(400)).await, "{key} stays for ever");
        }
    })
    .await;
}

#[tokio::test]
async fn a_node_hears_the_others_and_itself_once() {
    Server::with(async |server| {
        let nodes = [node(server.connection()).await, node(server.connection()).await];
        let mut receivers = [nodes[0].subscribe(), nodes[1].subscribe()];
        nodes[0].publish(board(1));
        // The second node answers only when it has heard the first, so both hear the two in this order.
        assert_eq!(testsuite::signals::next(&mut receivers[1]).await, Ok(board(1)));
        nodes[1].publish(Signal::Outbox);
        assert_eq!(testsuite::signals::next(&mut receivers[1]).await, Ok(Signal::Outbox));
        assert_eq!(testsuite::signals::next(&mut receivers[0]).await, Ok(board(1)));
        assert_eq!(testsuite::signals::next(&mut receivers[0]).await, Ok(Signal::Outbox));
        // An echo would stand in front of this.
        nodes[0].publish(Signal::Inbox);
        for receiver in &mut receivers {
            assert_eq!(testsuite::signals::next(receiver).await, Ok(Signal::Inbox));
        }
    })
    .await;
}

#[tokio::test]
async fn deployments_with_other_prefixes_hear_nothing_of_each_other() {
    Server::with(async |ours| {
        Server::with(async |theirs| {
            let nodes = [node(ours.connection()).await, node(ours.connection()).await];
            let stranger = node(theirs.connection()).await;
            let mut receiver = nodes[1].subscribe();
            stranger.publish(Signal::Outbox);
            nodes[0].publish(Signal::Inbox);
            assert_eq!(testsuite::signals::next(&mut receiver).await, Ok(Signal::Inbox));
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn hints_and_calls_come_back_after_the_connection_was_lost() {
    Server::with(async |server| {
        let proxy = Proxy::start(server.address()).await;
        let connection = server.connection_through(proxy.address());
        let cut_off = node(connection.clone()).await;
        let other = node(server.connection()).await;
        let mut receivers = [cut_off.subscribe(), other.subscribe()];

        proxy.close().await;
        listening(&cut_off, false).await;
        assert!(connection.ping().await.is_err());
        // Without Redis a node hears itself still.
        cut_off.publish(Signal::Outbox);
        assert_eq!(testsuite::signals::next(&mut receivers[0]).await, Ok(Signal::Outbox));

        proxy.open();
        listening(&cut_off, true).await;
        other.publish(Signal::Inbox);
        assert_eq!(testsuite::signals::next(&mut receivers[0]).await, Ok(Signal::Inbox));
        until(async || connection.ping().await.is_ok()).await;
        cut_off.publish(board(7));
        // The hint from before may have waited for the connection and come through; it need not.
        while testsuite::signals::next(&mut receivers[1]).await != Ok(board(7)) {}
    })
    .await;
}

#[tokio::test]
async fn without_redis_calls_end_and_hints_are_dropped_and_counted() {
    let connection = RedisConnection::connect(AWAY, "").unwrap();
    let ranks = RedisRanks::new(connection.clone());
    let board_id: BoardId = "cup".parse().unwrap();
    let calls = async {
        assert_eq!(ranks.version(&board_id).await.unwrap_err().operation, "ranks.loaded");
        assert!(ranks.page(&board_id, Window::Top, 10, None).await.is_err());
        let limits = RedisLimits::new(connection.clone());
        assert!(limits.gate_closed_ms("gate", Timestamp::from_millis(0)).await.is_err());
    };
    tokio::time::timeout(PATIENCE, calls).await.unwrap();

    let signals = RedisSignals::start(connection, &SeededRng::new(1));
    // No await in between: the queue is not drained, and to publish does not wait for it.
    for version in 0..3_000 {
        signals.publish(board(version));
    }
    assert!(signals.dropped() > 0, "nothing was dropped");
    assert!(!*signals.listening().borrow());
}

#[tokio::test]
async fn dropping_the_signals_ends_their_tasks() {
    Server::with(async |server| {
        let signals = node(server.connection()).await;
        let listening = signals.listening();
        drop(signals);
        // The task that listens owns the other end.
        until(async || listening.has_changed().is_err()).await;
    })
    .await;
}

#[tokio::test]
async fn many_nodes_may_change_one_board_at_once() {
    Server::with(async |server| {
        let board: BoardId = "cup".parse().unwrap();
        let nodes = [0; 4].map(|_| Arc::new(RedisRanks::new(server.connection())));
        nodes[0].load(&board, BoardOrder::DESC, 0, Vec::new()).await.unwrap();
        // Every node offers every version; each is applied once, by whoever comes first.
        let tasks = nodes.map(|ranks| {
            let board = board.clone();
            tokio::spawn(async move {
                let mut done = 0;
                for version in 1..=50_u64 {
                    let change = [Change::Put(key(i64::try_from(version).unwrap(), version.into()))];
                    match ranks
                        .apply(&board, BoardOrder::DESC, (version - 1, version), &change)
                        .await
                        .unwrap()
                    {
                        bus::ranks::Applied::Done => done += 1,
                        bus::ranks::Applied::Known { .. } => {}
                        other => panic!("{other:?} at {version}"),
                    }
                }
                done
            })
        });
        let mut done = 0;
        for task in tasks {
            done += task.await.unwrap();
        }
        assert_eq!(done, 50);
        let ranks = RedisRanks::new(server.connection());
        let page = ranks.page(&board, Window::Top, 1, None).await.unwrap().unwrap();
        assert_eq!((page.version, page.total, page.rows[0].key), (50, 50, key(50, 50)));
    })
    .await;
}
