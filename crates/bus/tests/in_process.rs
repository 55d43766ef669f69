//! The suites of the ports, in process.

use std::{pin::pin, sync::Arc};

use bus::{
    limits::{Limits, in_process::InProcessLimits},
    ranks::{Ranks, in_process::InProcessRanks},
    signals::{Signals, in_process::InProcessSignals},
    testsuite,
};

mod ranks {
    async fn with(test: impl AsyncFnOnce(&dyn super::Ranks)) {
        test(&super::InProcessRanks::new()).await;
    }

    bus::suite!(ranks, with);
}

mod limits {
    async fn with(test: impl AsyncFnOnce(&dyn super::Limits)) {
        test(&super::InProcessLimits::new()).await;
    }

    bus::suite!(limits, with);
}

mod signals {
    async fn with(test: impl AsyncFnOnce(&dyn super::Signals)) {
        test(&super::InProcessSignals::new()).await;
    }

    bus::suite!(signals, with);
}

/// Readers and a writer on threads of their own, which the suite's single thread can't show.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn boards_change_while_other_threads_read_them() {
    let ranks = Arc::new(InProcessRanks::new());
    let tasks: Vec<_> = (0..4_u64)
        .map(|seed| {
            let ranks = Arc::clone(&ranks);
            tokio::spawn(async move {
                // Each task against a quiet index of its own: what others do must not show.
                testsuite::ranks::answers_alike(&*ranks, &InProcessRanks::new(), seed).await;
            })
        })
        .collect();
    let moving = testsuite::ranks::a_page_is_of_one_version_while_the_board_changes(&*ranks);
    pin!(moving).await;
    for task in tasks {
        task.await.unwrap();
    }
}
