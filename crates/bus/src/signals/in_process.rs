//! Hints within one process.

use async_trait::async_trait;
use tokio::sync::broadcast;

use crate::signals::{CAPACITY, Signal, Signals};

/// The hints of a single machine.
#[derive(Debug)]
pub struct InProcessSignals {
    sender: broadcast::Sender<Signal>,
}

impl InProcessSignals {
    /// Nobody listens yet.
    pub fn new() -> Self {
        Self { sender: broadcast::Sender::new(CAPACITY) }
    }
}

impl Default for InProcessSignals {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Signals for InProcessSignals {
    fn publish(&self, signal: Signal) {
        // An error says that nobody listens, which is nobody's trouble.
        let _unheard = self.sender.send(signal);
    }

    fn subscribe(&self) -> broadcast::Receiver<Signal> {
        self.sender.subscribe()
    }
}
