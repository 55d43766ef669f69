//! The rank index beside the database: when it is asked, and what is read of it while it is loaded.

use std::{
    fmt,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bus::{
    BusError,
    ranks::{Applied, Change, Loaded, RankPage, Ranks, Window, in_process::InProcessRanks},
};
use domain::{BoardId, BoardOrder, UserId, ranking::RankKey};
use serde_json::{Value, json};
use services::Services;
use tokio::sync::Semaphore;

use crate::{
    cup::{HOUR_MS, MINUTE_MS, consents, definition, pass, players, reachable, send, texts, wants_reminder},
    support::{TestServer, server_with_ranks},
};

/// How long a test waits for what must come.
const SOON: Duration = Duration::from_secs(10);

/// An index that notes whether somebody who asks it keeps others from writing, and whose loads can be held up.
struct Watched {
    index: InProcessRanks,
    /// Known once the test looks at who asks.
    services: OnceLock<Services>,
    asked: AtomicUsize,
    /// How often nobody could write meanwhile.
    asked_within_a_transaction: AtomicUsize,
    /// Loads that have come.
    loads: AtomicUsize,
    /// One permit lets a load in, another one lets it end.
    gate: Semaphore,
}

impl Watched {
    fn new(permits: usize) -> Arc<Self> {
        Arc::new(Self {
            index: InProcessRanks::new(),
            services: OnceLock::new(),
            asked: AtomicUsize::new(0),
            asked_within_a_transaction: AtomicUsize::new(0),
            loads: AtomicUsize::new(0),
            gate: Semaphore::new(permits),
        })
    }

    async fn pass_gate(&self) {
        self.gate.acquire().await.unwrap().forget();
    }
}

impl fmt::Debug for Watched {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Watched").finish_non_exhaustive()
    }
}

#[async_trait]
impl Ranks for Watched {
    async fn load(
        &self,
        board: &BoardId,
        order: BoardOrder,
        version: u64,
        keys: Vec<RankKey>,
    ) -> Result<(), BusError> {
        self.loads.fetch_add(1, Ordering::SeqCst);
        self.pass_gate().await;
        self.index.load(board, order, version, keys).await?;
        self.pass_gate().await;
        Ok(())
    }

    async fn apply(
        &self,
        board: &BoardId,
        order: BoardOrder,
        versions: (u64, u64),
        changes: &[Change],
    ) -> Result<Applied, BusError> {
        self.index.apply(board, order, versions, changes).await
    }

    async fn page(
        &self,
        board: &BoardId,
        window: Window,
        limit: u32,
        me: Option<UserId>,
    ) -> Result<Option<RankPage>, BusError> {
        if let Some(services) = self.services.get() {
            self.asked.fetch_add(1, Ordering::SeqCst);
            let writing = tokio::time::timeout(Duration::from_secs(2), services.store().begin_write());
            if !matches!(writing.await, Ok(Ok(_))) {
                self.asked_within_a_transaction.fetch_add(1, Ordering::SeqCst);
            }
        }
        self.index.page(board, window, limit, me).await
    }

    async fn loaded(&self, board: &BoardId) -> Result<Option<Loaded>, BusError> {
        self.index.loaded(board).await
    }

    fn is_shared(&self) -> bool {
        false
    }

    async fn unload(&self, board: &BoardId) -> Result<(), BusError> {
        self.index.unload(board).await
    }
}

async fn until(mut is_so: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !is_so().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(SOON, waiting).await.unwrap();
}

fn climb(server: &TestServer, round: &str, points: i64) -> Vec<Value> {
    (2..=4)
        .map(|number| {
            server.score(&format!("{round}{number}"), "cup", &format!("p-{number}"), points * number)
        })
        .collect()
}

/// The index may be another machine's: nobody waits for it with the database locked.
#[tokio::test]
async fn who_was_overtaken_is_asked_of_the_index_outside_of_transactions() {
    let ranks = Watched::new(Semaphore::MAX_PERMITS);
    let server = server_with_ranks(Arc::clone(&ranks) as Arc<dyn Ranks>).await;
    players(&server, 4).await;
    let player = reachable(&server, 1).await;
    consents(&server, &player).await;
    let longer = json!({"ends_at": server.services.now().plus_ms(10 * HOUR_MS)});
    send(&server, &[definition(&server, "cup-1", &longer), server.score("s1", "cup", "p-1", 10)]).await;
    wants_reminder(&server, &player).await;
    server.take_outgoing().await;
    ranks.services.set(server.services.clone()).unwrap();
    pass(&server, MINUTE_MS).await;
    send(&server, &climb(&server, "s", 10)).await;
    pass(&server, MINUTE_MS).await;
    assert_eq!(texts(&server).await.len(), 1);
    assert!(ranks.asked.load(Ordering::SeqCst) >= 2);
    assert_eq!(ranks.asked_within_a_transaction.load(Ordering::SeqCst), 0);
}

/// A score that comes while a board is loaded is missing in the index for a moment. Whoever asks by then is answered by
/// SQL: neither a viewer nor a job sees a board go back in time.
#[tokio::test]
async fn a_board_that_is_being_loaded_shows_every_score_that_was_taken() {
    let ranks = Watched::new(0);
    let server = server_with_ranks(Arc::clone(&ranks) as Arc<dyn Ranks>).await;
    players(&server, 4).await;
    send(&server, &[definition(&server, "cup-1", &json!({})), server.score("s1", "cup", "p-1", 10)]).await;
    let board: BoardId = "cup".parse().unwrap();
    assert_eq!(server.standings("cup").await.len(), 1);
    until(async || ranks.loads.load(Ordering::SeqCst) == 1).await;
    // The board was read, and is on its way into the index.
    send(&server, &climb(&server, "s", 10)).await;
    assert_eq!(server.standings("cup").await[0], ("Player 4".to_owned(), 40));
    ranks.gate.add_permits(1);
    until(async || ranks.index.version(&board).await.unwrap().is_some()).await;
    assert_eq!(server.standings("cup").await[0], ("Player 4".to_owned(), 40), "the index is behind by now");
    ranks.gate.add_permits(1);
    let version = {
        let mut tx = server.services.store().begin_read().await.unwrap();
        tx.boards().by_id(&board).await.unwrap().unwrap().version
    };
    until(async || ranks.index.version(&board).await.unwrap() == Some(version)).await;
    assert_eq!(server.standings("cup").await[0], ("Player 4".to_owned(), 40));
}
