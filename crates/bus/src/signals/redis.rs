//! Hints over Redis, to all nodes.
//!
//! Invariant: a node hears its own hints at once and once, whether Redis answers or not: they go straight to its own
//! receivers, and what comes back from Redis under its own name is passed over. To publish is to put into a bounded
//! queue; when that is full, hints are dropped and counted.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use domain::Rng;
use futures::StreamExt;
use redis::{RedisError, RedisResult};
use serde::{Deserialize, Serialize};
use tokio::{
    sync::{broadcast, mpsc, watch},
    task::JoinHandle,
};

use crate::{
    BusError, RedisConnection,
    redis::{CALL_TIMEOUT, CONNECT_TIMEOUT, timed},
    signals::{CAPACITY, Signal, Signals},
};

/// The most hints that one call sends.
const BATCH_MAX: usize = 256;
/// The longest silence before the connection is tried with a ping.
const SILENCE_MAX: Duration = Duration::from_secs(10);
/// The pauses between attempts to listen double from here …
const BACK_OFF_MIN_MS: u64 = 100;
/// … up to here, so that a returned Redis is heard soon.
const BACK_OFF_MAX_MS: u64 = 5_000;

/// The hints of many machines. Dropping it ends its tasks.
#[derive(Debug)]
pub struct RedisSignals {
    local: broadcast::Sender<Signal>,
    outgoing: mpsc::Sender<Signal>,
    dropped: AtomicU64,
    listening: watch::Receiver<bool>,
    tasks: [JoinHandle<()>; 2],
}

/// A hint on its way.
#[derive(Serialize, Deserialize)]
struct Envelope {
    /// The node that it comes from.
    from: u64,
    signal: Signal,
}

/// What the tasks share.
#[derive(Debug, Clone)]
struct Node {
    name: u64,
    channel: Arc<str>,
    connection: RedisConnection,
}

impl RedisSignals {
    /// Starts the tasks that send and listen. `rng` gives this node the name by which it knows its own hints.
    pub fn start(connection: RedisConnection, rng: &dyn Rng) -> Self {
        let local = broadcast::Sender::new(CAPACITY);
        let (outgoing, queue) = mpsc::channel(CAPACITY);
        let (listening_sender, listening) = watch::channel(false);
        let node = Node { name: rng.next_u64(), channel: connection.key("signals").into(), connection };
        let tasks = [
            tokio::spawn(node.clone().send(queue)),
            tokio::spawn(node.listen(local.clone(), listening_sender)),
        ];
        Self { local, outgoing, dropped: AtomicU64::new(0), listening, tasks }
    }

    /// How many hints were dropped because the queue was full.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Whether this node hears the others just now, and every change of that.
    pub fn listening(&self) -> watch::Receiver<bool> {
        self.listening.clone()
    }

    /// Ends the tasks. Hints of this node still reach its own receivers.
    pub fn shutdown(&self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl Drop for RedisSignals {
    fn drop(&mut self) {
        self.shutdown();
    }
}

#[async_trait]
impl Signals for RedisSignals {
    fn publish(&self, signal: Signal) {
        // An error says that nobody listens, which is nobody's trouble.
        let _unheard = self.local.send(signal.clone());
        if self.outgoing.try_send(signal).is_err() {
            let dropped = self.dropped.fetch_add(1, Ordering::Relaxed) + 1;
            tracing::debug!(signals.dropped_total = dropped, "a hint to other nodes was dropped");
        }
    }

    fn subscribe(&self) -> broadcast::Receiver<Signal> {
        self.local.subscribe()
    }
}

impl Node {
    async fn send(self, mut queue: mpsc::Receiver<Signal>) {
        let mut batch = Vec::with_capacity(BATCH_MAX);
        let mut healthy = true;
        while queue.recv_many(&mut batch, BATCH_MAX).await > 0 {
            let sent = self.send_batch(&merged(batch.drain(..))).await;
            if healthy != sent.is_ok() {
                healthy = sent.is_ok();
                match sent {
                    Ok(()) => tracing::info!("hints reach other nodes again"),
                    Err(error) => tracing::warn!(
                        error = %domain::ErrorChain(&error),
                        "hints don't reach other nodes; they find out by looking"
                    ),
                }
            }
        }
    }

    async fn send_batch(&self, signals: &[Signal]) -> Result<(), BusError> {
        const OPERATION: &str = "signals.publish";
        let mut pipeline = redis::pipe();
        for signal in signals {
            let envelope = Envelope { from: self.name, signal: signal.clone() };
            let text = serde_json::to_string(&envelope).map_err(BusError::at(OPERATION))?;
            pipeline.cmd("PUBLISH").arg(&*self.channel).arg(text).ignore();
        }
        let mut manager = self.connection.manager();
        timed(OPERATION, CALL_TIMEOUT, pipeline.exec_async(&mut manager)).await
    }

    async fn listen(self, local: broadcast::Sender<Signal>, listening: watch::Sender<bool>) {
        let mut back_off_ms = BACK_OFF_MIN_MS;
        loop {
            let Err(error) = self.listen_once(&local, &listening).await;
            let was_listening = listening.send_replace(false);
            if was_listening {
                back_off_ms = BACK_OFF_MIN_MS;
            }
            // Said once; an outage of hours need not fill the log.
            if was_listening || back_off_ms == BACK_OFF_MIN_MS {
                tracing::warn!(
                    error = %domain::ErrorChain(&error),
                    "hints of other nodes are not heard; trying again"
                );
            }
            // Each node waits a little differently, so that they don't come back all at once.
            let spread_ms = self.name % (back_off_ms / 2);
            tokio::time::sleep(Duration::from_millis(back_off_ms + spread_ms)).await;
            back_off_ms = (back_off_ms * 2).min(BACK_OFF_MAX_MS);
        }
    }

    /// Listens until the connection ends.
    async fn listen_once(
        &self,
        local: &broadcast::Sender<Signal>,
        listening: &watch::Sender<bool>,
    ) -> Result<Infallible, BusError> {
        const OPERATION: &str = "signals.listen";
        let connect = async {
            let mut subscription = self.connection.client().get_async_pubsub().await?;
            subscription.subscribe(&*self.channel).await?;
            RedisResult::Ok(subscription)
        };
        let (mut sink, mut messages) = timed(OPERATION, CONNECT_TIMEOUT, connect).await?.split();
        listening.send_replace(true);
        tracing::info!("listening for hints of other nodes");
        loop {
            match tokio::time::timeout(SILENCE_MAX, messages.next()).await {
                Ok(Some(message)) => self.hear(message.get_payload_bytes(), local),
                Ok(None) => {
                    let ended = RedisError::from(std::io::Error::from(std::io::ErrorKind::UnexpectedEof));
                    return Err(BusError::at(OPERATION)(ended));
                }
                Err(_silence) => timed(OPERATION, CALL_TIMEOUT, sink.ping::<()>()).await?,
            }
        }
    }

    fn hear(&self, payload: &[u8], local: &broadcast::Sender<Signal>) {
        match serde_json::from_slice::<Envelope>(payload) {
            Ok(envelope) if envelope.from == self.name => {}
            Ok(envelope) => {
                let _unheard = local.send(envelope.signal);
            }
            // A newer node may have hints that this one does not know.
            Err(_) => tracing::debug!("passed over a hint that this version does not know"),
        }
    }
}

/// The same hints, each said once. What is said of boards is one hint, in the place of the last of them: a name that
/// has changed is told of before the board that shows it.
fn merged(signals: impl Iterator<Item = Signal>) -> Vec<Signal> {
    let mut merged: Vec<Signal> = Vec::new();
    for signal in signals {
        if let Signal::Boards { boards } = &signal {
            let earlier = merged.iter().position(|known| matches!(known, Signal::Boards { .. }));
            let boards = match earlier.map(|at| merged.remove(at)) {
                Some(Signal::Boards { boards: earlier }) => earlier.and(boards),
                _ => boards.clone(),
            };
            merged.push(Signal::Boards { boards });
        } else if !merged.contains(&signal) {
            merged.push(signal);
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::ChangedBoards;

    fn boards(names: &[&str]) -> Signal {
        let boards = names.iter().map(|name| name.parse().unwrap()).collect();
        Signal::Boards { boards: ChangedBoards::new(boards) }
    }

    #[test]
    fn what_is_said_often_is_sent_once_and_boards_behind_the_names_that_they_show() {
        let name = Signal::Names { users: vec![domain::UserId::from_uuid(uuid::Uuid::from_u128(1))] };
        let said = [
            boards(&["a", "c"]),
            Signal::Inbox,
            boards(&["b"]),
            name.clone(),
            boards(&["a"]),
            Signal::Inbox,
            Signal::Jobs,
        ];
        let sent = merged(said.into_iter());
        assert_eq!(sent, [Signal::Inbox, name, boards(&["a", "b", "c"]), Signal::Jobs]);
    }
}
