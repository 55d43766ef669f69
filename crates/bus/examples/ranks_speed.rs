//! How fast the ranks of a board of 1 000 000 players are, in process and, where `PODIUM_TEST_REDIS_URL` is set, on
//! Redis: `cargo run --release -p bus --example ranks_speed`.

use std::{env, error::Error, fs};

use bus::{
    RedisConnection,
    ranks::{Applied, Change, Ranks, Window, in_process::InProcessRanks, redis::RedisRanks},
};
use domain::{BoardId, BoardOrder, Rng, Score, SeededRng, Ties, Timestamp, UserId, ranking::RankKey};
use stopwatch::Stopwatch;

const PLAYERS: u64 = 1_000_000;
/// Keys of a measurement that was broken off are told apart by it.
const PREFIX: &str = "speed:";

/// What a measurement is made on.
struct Board<'a> {
    ranks: &'a dyn Ranks,
    id: BoardId,
    rng: SeededRng,
    version: u64,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let before = resident_kib();
    let ranks = InProcessRanks::new();
    println!("in process");
    Board::new(&ranks)?.measure(200_000).await?;
    println!(
        "  resident memory of the board, keys as loaded freed     {:>8} MB",
        (resident_kib() - before) / 1024
    );

    let Ok(url) = env::var("PODIUM_TEST_REDIS_URL") else {
        println!("PODIUM_TEST_REDIS_URL is not set: nothing is measured on Redis");
        return Ok(());
    };
    let ranks = RedisRanks::new(RedisConnection::connect(&url, PREFIX)?);
    println!("on Redis");
    let mut board = Board::new(&ranks)?;
    board.measure(20_000).await?;
    let mut connection = redis::Client::open(url)?.get_multiplexed_async_connection().await?;
    let mut bytes = 0;
    for part in ["places", "players"] {
        let mut command = redis::cmd("MEMORY");
        command
            .arg("USAGE")
            .arg(format!("podium:v1:{PREFIX}ranks2:{{{}}}:{part}", board.id))
            .arg("SAMPLES")
            .arg(1_000);
        bytes += command.query_async::<u64>(&mut connection).await?;
    }
    println!("  memory of the board                                    {:>8} MB", bytes / 1024 / 1024);
    ranks.unload(&board.id).await?;
    Ok(())
}

impl<'a> Board<'a> {
    fn new(ranks: &'a dyn Ranks) -> Result<Self, Box<dyn Error>> {
        Ok(Self { ranks, id: "speed".parse()?, rng: SeededRng::new(1), version: 1 })
    }

    async fn measure(&mut self, rounds: usize) -> Result<(), Box<dyn Error>> {
        let keys = (0..PLAYERS).map(|number| self.key(number)).collect::<Result<_, _>>()?;
        let watch = Stopwatch::start();
        self.ranks.load(&self.id, BoardOrder::DESC, self.version, keys).await?;
        println!(
            "  build from {PLAYERS} unsorted keys                       {:>8.0} ms",
            watch.micros() / 1e3
        );

        let mut times = Vec::with_capacity(rounds);
        for _ in 0..rounds {
            times.push(self.update(1).await?);
        }
        report("update, one score a call", times);

        let batches = rounds / 100;
        let mut times = Vec::with_capacity(batches);
        for _ in 0..batches {
            times.push(self.update(100).await?);
        }
        let rate = 100.0 * 1e6 * f64::from(u32::try_from(batches)?) / times.iter().sum::<f64>();
        println!("  updates a second, 100 scores a call                    {rate:>8.0} /s");

        self.read("rank of one", rounds, 0, |_| Window::Top).await?;
        self.read("top 50 and one's own row", rounds, 50, |_| Window::Top).await?;
        self.read("50 around a player", rounds, 50, |key| Window::Around(key.user_id)).await?;
        self.read("50 behind a key that is gone", rounds, 50, Window::After).await
    }

    /// Scores and times with plenty of ties.
    fn key(&self, number: u64) -> Result<RankKey, Box<dyn Error>> {
        // An odd factor scatters the numbers over all ids, each to one of its own.
        let id = u128::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        Ok(RankKey {
            score: Score::new(i64::try_from(self.rng.next_u64() % 1_000_000)?)?,
            ties: Ties::default(),
            achieved_at: Timestamp::from_millis(
                1_767_225_600_000 + i64::try_from(self.rng.next_u64() % 86_400_000)?,
            ),
            user_id: UserId::from_uuid(uuid::Uuid::from_u128(id)),
        })
    }

    fn anybody(&self) -> Result<RankKey, Box<dyn Error>> {
        self.key(self.rng.next_u64() % PLAYERS)
    }

    async fn update(&mut self, players: usize) -> Result<f64, Box<dyn Error>> {
        let keys = (0..players)
            .map(|_| Ok(Change::Put(self.anybody()?)))
            .collect::<Result<Vec<_>, Box<dyn Error>>>()?;
        let watch = Stopwatch::start();
        let applied =
            self.ranks.apply(&self.id, BoardOrder::DESC, (self.version, self.version + 1), &keys).await?;
        let micros = watch.micros();
        self.version += 1;
        if applied == Applied::Done { Ok(micros) } else { Err(format!("{applied:?}").into()) }
    }

    async fn read(
        &self,
        what: &str,
        rounds: usize,
        limit: u32,
        window: impl Fn(RankKey) -> Window,
    ) -> Result<(), Box<dyn Error>> {
        let mut times = Vec::with_capacity(rounds);
        for _ in 0..rounds {
            let (key, me) = (self.anybody()?, self.anybody()?.user_id);
            let watch = Stopwatch::start();
            let page = self.ranks.page(&self.id, window(key), limit, Some(me)).await?;
            times.push(watch.micros());
            if page.and_then(|page| page.me).is_none() {
                return Err("a player is missing".into());
            }
        }
        report(what, times);
        Ok(())
    }
}

fn report(what: &str, mut times: Vec<f64>) {
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    println!("  {what:<40} p50 {:>8.2} µs   p99 {:>8.2} µs", at(50), at(99));
}

/// What this process holds in memory.
fn resident_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or(0)
}

mod stopwatch {
    //! The one place of this example that reads a clock.

    use std::time::Instant;

    pub struct Stopwatch(Instant);

    impl Stopwatch {
        #[expect(clippy::disallowed_methods, reason = "measuring is what this example is for")]
        pub fn start() -> Self {
            Self(Instant::now())
        }

        pub fn micros(&self) -> f64 {
            self.0.elapsed().as_secs_f64() * 1e6
        }
    }
}
