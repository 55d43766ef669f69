//! The log of Bot API calls, for tests and for the page.

use std::collections::VecDeque;

use serde::Serialize;
use serde_json::Value;

/// The most calls that are remembered.
pub const CALLS_MAX: usize = 20_000;

/// One call of the Bot API.
#[derive(Debug, Clone, Serialize)]
pub struct Call {
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// The method as it was written in the address.
    pub method: String,
    /// What was sent, files left out.
    pub payload: Value,
    /// The status of the answer; 0 when the connection was dropped.
    pub status: u16,
}

/// The newest calls.
#[derive(Debug, Default)]
pub struct Calls(VecDeque<Call>);

impl Calls {
    /// Remembers a call and forgets the oldest when there are too many.
    pub fn push(&mut self, call: Call) {
        if self.0.len() >= CALLS_MAX {
            self.0.pop_front();
        }
        self.0.push_back(call);
    }

    /// The newest calls, at most `limit`, newest last.
    pub fn newest(&self, limit: usize) -> Vec<Call> {
        self.0.iter().skip(self.0.len().saturating_sub(limit)).cloned().collect()
    }
}
