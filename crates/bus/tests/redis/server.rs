//! The Redis of the tests: shared by all of them, each under a prefix of its own that it sweeps up behind itself.

use std::{
    env,
    hash::{BuildHasher, Hasher, RandomState},
    panic::{AssertUnwindSafe, resume_unwind},
    time::Duration,
};

use bus::RedisConnection;
use futures::FutureExt;

/// One test's part of the server.
pub struct Server {
    url: String,
    prefix: String,
    connection: redis::aio::MultiplexedConnection,
}

/// A number that no other run has: the hasher of the standard library is seeded by the system.
pub fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

impl Server {
    /// Runs a test and removes its keys, also when it fails.
    pub async fn with(test: impl AsyncFnOnce(&Self)) {
        let url = env::var("PODIUM_TEST_REDIS_URL")
            .expect("PODIUM_TEST_REDIS_URL is not set: run this through `cargo xtask test`");
        let client = redis::Client::open(url.as_str()).unwrap();
        let connection = client.get_multiplexed_async_connection().await.unwrap();
        let server = Self { url, prefix: format!("test-{:016x}:", random()), connection };
        let outcome = AssertUnwindSafe(test(&server)).catch_unwind().await;
        server.sweep().await;
        if let Err(panic) = outcome {
            resume_unwind(panic);
        }
    }

    /// A connection of its own, as a node has.
    pub fn connection(&self) -> RedisConnection {
        RedisConnection::connect(&self.url, &self.prefix).unwrap()
    }

    /// The same server by another address.
    pub fn connection_through(&self, address: &str) -> RedisConnection {
        RedisConnection::connect(&self.url.replace(&self.address(), address), &self.prefix).unwrap()
    }

    /// Host and port.
    pub fn address(&self) -> String {
        let client = redis::Client::open(self.url.as_str()).unwrap();
        client.get_connection_info().addr().to_string()
    }

    /// The test's keys that match.
    pub async fn keys(&self, pattern: &str) -> Vec<String> {
        let pattern = format!("podium:v1:{}{pattern}", self.prefix);
        let (mut found, mut cursor) = (Vec::new(), 0_u64);
        loop {
            let mut command = redis::cmd("SCAN");
            command.arg(cursor).arg("MATCH").arg(&pattern).arg("COUNT").arg(1_000);
            let (next, keys): (u64, Vec<String>) =
                command.query_async(&mut self.connection.clone()).await.unwrap();
            found.extend(keys);
            cursor = next;
            if cursor == 0 {
                return found;
            }
        }
    }

    /// Whether a key is gone by then.
    pub async fn expires_within(&self, key: &str, time: Duration) -> bool {
        let left = self.expiry_ms(key).await;
        left == -2 || (left >= 0 && u128::try_from(left).unwrap() <= time.as_millis())
    }

    /// Whether there is a key that matches and all that do are kept for good.
    pub async fn stays(&self, pattern: &str) -> bool {
        let mut kept = 0;
        for key in self.keys(pattern).await.iter().filter(|key| !key.contains(":staged:")) {
            kept += 1;
            if self.expiry_ms(key).await != -1 {
                return false;
            }
        }
        kept > 0
    }

    async fn expiry_ms(&self, key: &str) -> i64 {
        redis::cmd("PTTL").arg(key).query_async(&mut self.connection.clone()).await.unwrap()
    }

    async fn sweep(&self) {
        for keys in self.keys("*").await.chunks(500) {
            let _: u64 =
                redis::cmd("UNLINK").arg(keys).query_async(&mut self.connection.clone()).await.unwrap();
        }
    }
}
