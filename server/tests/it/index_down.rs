//! A rank index that can't be loaded: SQL answers, and is not read from end to end again and again.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bus::{
    BusError,
    limits::in_process::InProcessLimits,
    ranks::{Applied, Change, Loaded, RankPage, Ranks, Window},
    signals::in_process::InProcessSignals,
};
use domain::{
    BoardId, BoardOrder, Clock, MockClock, Operator, Order, SeededRng, Tournament, UserId, ranking::RankKey,
    tournament::Title,
};
use server::settings::{Settings, default_file_settings};
use services::{
    Ports, Services,
    boards::{BoardQuery, WindowQuery, index, page, sight},
    secrets::Secrets,
};
use storage::Store;
use storage_sqlite::SqliteStore;

use crate::support::TOKEN;

/// An index that takes nothing, and that may not even answer.
#[derive(Debug, Default)]
struct Broken {
    is_silent: AtomicBool,
    loads: AtomicUsize,
}

impl Broken {
    fn failure<T>(operation: &'static str) -> Result<T, BusError> {
        Err(BusError { operation, source: "broken".into() })
    }
}

#[async_trait]
impl Ranks for Broken {
    async fn load(&self, _: &BoardId, _: BoardOrder, _: u64, _: Vec<RankKey>) -> Result<(), BusError> {
        self.loads.fetch_add(1, Ordering::SeqCst);
        Self::failure("ranks.load")
    }

    async fn apply(
        &self,
        _: &BoardId,
        _: BoardOrder,
        _: (u64, u64),
        _: &[Change],
    ) -> Result<Applied, BusError> {
        Ok(Applied::NotLoaded)
    }

    async fn page(
        &self,
        _: &BoardId,
        _: Window,
        _: u32,
        _: Option<UserId>,
    ) -> Result<Option<RankPage>, BusError> {
        Ok(None)
    }

    async fn loaded(&self, _: &BoardId) -> Result<Option<Loaded>, BusError> {
        if self.is_silent.load(Ordering::SeqCst) { Self::failure("ranks.loaded") } else { Ok(None) }
    }

    fn is_shared(&self) -> bool {
        true
    }

    async fn unload(&self, _: &BoardId) -> Result<(), BusError> {
        Ok(())
    }
}

struct House {
    services: Services,
    ranks: Arc<Broken>,
    clock: Arc<MockClock>,
    board: BoardId,
    _folder: tempfile::TempDir,
}

async fn house() -> House {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("podium.db").display());
    let store = SqliteStore::open(&url, &storage_sqlite::Options::default()).await.unwrap();
    store.migrate().await.unwrap();
    let variables = [("TELEGRAM_BOT_TOKEN", TOKEN.to_owned()), ("TELEGRAM_ENABLED", "off".to_owned())];
    let settings = Settings::from_variables(variables, default_file_settings().unwrap()).unwrap();
    let (ranks, clock) = (Arc::new(Broken::default()), Arc::new(MockClock::default()));
    let ports = Ports {
        store: Arc::new(store),
        clock: Arc::clone(&clock) as Arc<dyn Clock>,
        rng: Arc::new(SeededRng::new(1)),
        ranks: Arc::clone(&ranks) as Arc<dyn Ranks>,
        limits: Arc::new(InProcessLimits::new()),
        signals: Arc::new(InProcessSignals::new()),
        bot_api: None,
        platform_webhook: None,
        oidc: None,
        networks: None,
    };
    let secrets = Secrets::derive(b"a secret that only this test knows, and it is long enough").unwrap();
    let services = Services::new(ports, settings.for_services(), secrets);
    let board: BoardId = "cup".parse().unwrap();
    let mut tx = services.store().begin_write().await.unwrap();
    let now = services.now();
    let cup = Tournament {
        tournament_id: board.tournament_id(),
        title: Title::new(BTreeMap::from([("en".to_owned(), "Cup".to_owned())])).unwrap(),
        starts_at: now,
        ends_at: now.plus_ms(3_600_000),
        operator: Operator::Best,
        order: Order::Desc,
        ties: domain::TieOrders::default(),
    };
    tx.tournaments().upsert(&cup, now).await.unwrap();
    let new = storage::board::NewBoard {
        board_id: board.clone(),
        tier: 0,
        starts_at: cup.starts_at,
        ends_at: cup.ends_at,
    };
    tx.boards().open(&[new]).await.unwrap();
    tx.save().await.unwrap();
    House { services, ranks, clock, board, _folder: folder }
}

impl House {
    async fn read(&self) {
        let query = BoardQuery { window: WindowQuery::Top, limit: 10 };
        let seen = sight::named(&self.services, &self.board, None).await.unwrap();
        page(&self.services, &seen, query).await.unwrap();
        tokio::task::yield_now().await;
    }

    /// Reads the board until it has been tried to load it so many times.
    async fn read_until_loads(&self, wanted: usize) {
        let reading = async {
            while self.ranks.loads.load(Ordering::SeqCst) < wanted {
                self.read().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), reading).await.unwrap();
    }

    async fn stays_at_loads(&self, wanted: usize) {
        for _ in 0..50 {
            self.read().await;
        }
        assert_eq!(self.ranks.loads.load(Ordering::SeqCst), wanted);
    }
}

#[tokio::test]
async fn a_load_that_failed_waits_longer_each_time() {
    let house = house().await;
    for (loads, wait_ms) in [(1, 1_000), (2, 2_000), (3, 4_000)] {
        house.read_until_loads(loads).await;
        house.stays_at_loads(loads).await;
        house.clock.advance_ms(wait_ms - 1);
        house.stays_at_loads(loads).await;
        house.clock.advance_ms(1);
    }
}

#[tokio::test]
async fn an_index_that_does_not_answer_is_found_out_before_the_board_is_read() {
    let house = house().await;
    house.ranks.is_silent.store(true, Ordering::SeqCst);
    assert!(index::load(&house.services, &house.board).await.is_err());
    assert_eq!(house.ranks.loads.load(Ordering::SeqCst), 0);
}
