//! Limits on Redis, one budget for all nodes.
//!
//! Invariant: the time is the caller's, Redis's own clock only forgets. Nodes whose clocks differ see a bucket as far
//! off as their clocks are.

use async_trait::async_trait;
use domain::Timestamp;
use redis::Script;

use crate::{
    BusError, RedisConnection,
    limits::{Gcra, Limits, Rate, Verdict, clamped_ms},
    redis::{CALL_TIMEOUT, timed},
};

/// How long a bucket or gate outlives its use: more than clocks of nodes differ.
const KEPT_FOR_MS: u64 = 60_000;

/// The limits of many machines.
#[derive(Debug, Clone)]
pub struct RedisLimits {
    connection: RedisConnection,
    take: Script,
    close_gate: Script,
}

impl RedisLimits {
    /// The limits on this server.
    pub fn new(connection: RedisConnection) -> Self {
        Self {
            connection,
            take: Script::new(include_str!("lua/take.lua")),
            close_gate: Script::new(include_str!("lua/close_gate.lua")),
        }
    }

    fn bucket(&self, key: &str) -> String {
        self.connection.key(&format!("limits:bucket:{key}"))
    }

    fn gate(&self, key: &str) -> String {
        self.connection.key(&format!("limits:gate:{key}"))
    }
}

#[async_trait]
impl Limits for RedisLimits {
    async fn take(&self, key: &str, rate: Rate, now: Timestamp) -> Result<Verdict, BusError> {
        let Gcra { interval_ms, tolerance_ms } = rate.gcra();
        let mut script = self.take.key(self.bucket(key));
        script.arg(clamped_ms(now)).arg(interval_ms).arg(tolerance_ms).arg(KEPT_FOR_MS);
        let mut manager = self.connection.manager();
        let wait_ms: u64 = timed("limits.take", CALL_TIMEOUT, script.invoke_async(&mut manager)).await?;
        Ok(match wait_ms {
            0 => Verdict::Allowed,
            retry_after_ms => Verdict::Wait { retry_after_ms },
        })
    }

    async fn close_gate(&self, key: &str, until: Timestamp, now: Timestamp) -> Result<(), BusError> {
        let closed_ms = clamped_ms(until).saturating_sub(clamped_ms(now));
        if closed_ms == 0 {
            return Ok(());
        }
        let mut script = self.close_gate.key(self.gate(key));
        script.arg(clamped_ms(until)).arg(closed_ms + KEPT_FOR_MS);
        let mut manager = self.connection.manager();
        timed("limits.close_gate", CALL_TIMEOUT, script.invoke_async(&mut manager)).await
    }

    async fn gate_closed_ms(&self, key: &str, now: Timestamp) -> Result<u64, BusError> {
        let mut manager = self.connection.manager();
        let mut command = redis::cmd("GET");
        command.arg(self.gate(key));
        let until_ms: Option<u64> =
            timed("limits.gate_closed_ms", CALL_TIMEOUT, command.query_async(&mut manager)).await?;
        Ok(until_ms.unwrap_or(0).saturating_sub(clamped_ms(now)))
    }
}
