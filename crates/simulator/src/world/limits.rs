//! How fast the bot may write: a bucket for each chat, a sliding second for all.

use std::collections::{HashMap, VecDeque};

use crate::config::LimitsConfig;

/// What was written lately.
#[derive(Debug)]
pub struct Limits {
    /// The rules; they may change while the simulator runs.
    pub config: LimitsConfig,
    /// For each chat, the time in milliseconds until which its bucket is in debt.
    chats: HashMap<i64, f64>,
    last_second: VecDeque<i64>,
}

impl Limits {
    /// Nothing written yet.
    pub fn new(config: LimitsConfig) -> Self {
        Self { config, chats: HashMap::new(), last_second: VecDeque::new() }
    }

    /// Takes a message to a chat, or says in how many seconds to come again.
    ///
    /// # Errors
    /// The seconds for `retry_after`, at least 1. A refused message counts for nothing.
    pub fn take(&mut self, chat_id: i64, now_ms: i64) -> Result<(), i64> {
        let LimitsConfig { per_chat_per_second, per_chat_burst, per_second, enabled } = self.config;
        if !enabled {
            return Ok(());
        }
        while self.last_second.front().is_some_and(|at| now_ms - at >= 1000) {
            self.last_second.pop_front();
        }
        if self.last_second.len() >= usize::try_from(per_second).unwrap_or(usize::MAX) {
            return Err(1);
        }
        #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit the 53 bits")]
        let now = now_ms as f64;
        let interval_ms = 1000.0 / per_chat_per_second.max(0.001);
        // A bucket is kept as the time at which it will be full again.
        let full_at = self.chats.get(&chat_id).copied().unwrap_or(now).max(now) + interval_ms;
        let early_ms = full_at - now - interval_ms * f64::from(per_chat_burst.max(1));
        if early_ms > 0.0 {
            #[expect(clippy::cast_possible_truncation, reason = "seconds until a bucket has room are few")]
            let seconds = (early_ms / 1000.0).ceil() as i64;
            return Err(seconds.max(1));
        }
        if self.chats.len() > 10_000 {
            self.chats.retain(|_, full_at| *full_at > now);
        }
        self.chats.insert(chat_id, full_at);
        self.last_second.push_back(now_ms);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_chat_takes_a_burst_and_then_one_a_second() {
        let mut limits = Limits::new(LimitsConfig::default());
        assert_eq!([0, 0, 0].map(|now| limits.take(1, now)), [Ok(()); 3]);
        assert_eq!(limits.take(1, 0), Err(1));
        assert_eq!(limits.take(2, 0), Ok(()));
        assert_eq!(limits.take(1, 1000), Ok(()));
        assert_eq!(limits.take(1, 1001), Err(1));
    }

    #[test]
    fn all_chats_together_take_thirty_in_any_second() {
        let mut limits = Limits::new(LimitsConfig::default());
        for chat in 0..30 {
            assert_eq!(limits.take(chat, chat * 10), Ok(()));
        }
        assert_eq!(limits.take(99, 999), Err(1));
        assert_eq!(limits.take(99, 1000), Ok(()));
    }

    #[test]
    fn switched_off_nothing_is_refused() {
        let mut limits = Limits::new(LimitsConfig { enabled: false, ..LimitsConfig::default() });
        assert!((0..1000).all(|_| limits.take(1, 0).is_ok()));
    }
}
