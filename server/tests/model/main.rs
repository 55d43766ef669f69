//! Random histories of tournaments against a model that is too simple to be wrong: joins, scores, corrections,
//! exclusions, commands, clocks that jump, restarts and crashes. Every answer, every rank, every final result with its
//! hash and every reward is compared, on both databases, with both rank indexes.
//!
//! The histories are the same in every run. `PODIUM_MODEL_CASES` plays more of them, `PODIUM_MODEL_SEED` plays others; a
//! failure prints the shortest history that still fails.

#![expect(clippy::unwrap_used, reason = "a test ends where it can't go on")]

mod compare;
mod finish;
mod history;
mod model;
mod periods;
mod play;
mod ranking;
mod world;

use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

use crate::{
    history::histories,
    world::{Database, Index, World},
};

/// How many histories are played unless the environment says otherwise: some seconds' worth.
const CASES: u32 = 24;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// Plays the histories on a server; one after the other, each with players and a tournament of its own.
fn play_on(database: Database, index: Index) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut world = runtime.block_on(World::start(database, index));
    let cases = number("PODIUM_MODEL_CASES").and_then(|cases| u32::try_from(cases).ok()).unwrap_or(CASES);
    let config = Config { cases, max_shrink_iters: 400, failure_persistence: None, ..Config::default() };
    let mut seed = [7; 32];
    seed[..8].copy_from_slice(&number("PODIUM_MODEL_SEED").unwrap_or(1).to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let world_cell = std::cell::RefCell::new(&mut world);
    let played = runner.run(&histories(), |history| {
        let mut world = world_cell.borrow_mut();
        runtime.block_on(play::play(&mut world, &history)).map_err(TestCaseError::fail)
    });
    runtime.block_on(world.end());
    if let Err(error) = played {
        panic!("{error}");
    }
}

#[test]
fn histories_on_sqlite_with_ranks_in_process() {
    play_on(Database::Sqlite, Index::InProcess);
}

#[test]
fn histories_on_sqlite_with_ranks_on_redis() {
    play_on(Database::Sqlite, Index::Redis);
}

#[test]
fn histories_on_postgres_with_ranks_in_process() {
    play_on(Database::Postgres, Index::InProcess);
}

#[test]
fn histories_on_postgres_with_ranks_on_redis() {
    play_on(Database::Postgres, Index::Redis);
}
