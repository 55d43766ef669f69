//! The queue of updates and who may be handed the next one.
//!
//! Invariants: ids grow; of one chat at most one update is in flight, and the next one waits until it is taken; an
//! update leaves the queue when it was delivered, confirmed by `getUpdates`, dropped by the bot or older than a day.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use serde_json::{Value, json};

/// After this long Telegram gives an update up.
pub const LIFETIME_MS: i64 = 24 * 3_600_000;
/// The most updates that wait at once.
pub const PENDING_MAX: usize = 1_000_000;
/// The longest that a `Retry-After` is honored.
const RETRY_AFTER_MAX_S: i64 = 3600;

/// An update that waits.
#[derive(Debug)]
struct Pending {
    chat_id: i64,
    queued_at_ms: i64,
    body: Value,
    /// Deliveries that failed.
    failures: u32,
}

/// Where a chat stands in the delivery by webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// In the line of those whose first update may go.
    Ready,
    /// Its first update is with the webhook.
    InFlight,
    /// Its first update failed and is tried again at a time.
    Waiting(i64),
}

#[derive(Debug)]
struct Line {
    updates: VecDeque<i64>,
    turn: Turn,
}

/// An update on its way to the webhook.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// The update's id.
    pub update_id: i64,
    /// The chat that waits for it.
    pub chat_id: i64,
    /// The whole update.
    pub body: Value,
    epoch: u64,
}

/// How a delivery that failed is to be repeated.
#[derive(Debug, Clone, Copy)]
pub struct Retry {
    /// The `Retry-After` of the answer, in seconds.
    pub after_s: Option<i64>,
    /// A random number of 0 to 59 that spreads the longest delays.
    pub spread_s: i64,
    /// By what delays are multiplied.
    pub scale: f64,
}

impl Retry {
    /// Milliseconds until the next try after so many failures: none after the first, then 2, 4, 8 seconds and so on,
    /// at most 60 to 120.
    fn delay_ms(self, failures: u32) -> i64 {
        let seconds = match self.after_s {
            Some(after) => after.clamp(0, RETRY_AFTER_MAX_S),
            None if failures <= 1 => 0,
            None => (1_i64 << (failures - 1).min(20)).min(60 + self.spread_s),
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            reason = "at most an hour in milliseconds, times a small factor"
        )]
        let scaled = (seconds as f64 * 1000.0 * self.scale) as i64;
        scaled
    }
}

/// All updates that wait.
#[derive(Debug)]
pub struct Updates {
    last_id: i64,
    /// Tells the deliveries of this queue from those of one before a reset.
    epoch: u64,
    pending: BTreeMap<i64, Pending>,
    lines: HashMap<i64, Line>,
    ready: VecDeque<i64>,
    waiting: BTreeSet<(i64, i64)>,
    in_flight: usize,
    /// Updates ever queued.
    pub queued_total: u64,
    /// Updates taken by the bot.
    pub delivered_total: u64,
    /// Updates given up or dropped on the bot's wish.
    pub dropped_total: u64,
}

impl Updates {
    /// An empty queue whose first update has the id after `last_id`.
    pub fn new(last_id: i64) -> Self {
        Self {
            last_id,
            epoch: 0,
            pending: BTreeMap::new(),
            lines: HashMap::new(),
            ready: VecDeque::new(),
            waiting: BTreeSet::new(),
            in_flight: 0,
            queued_total: 0,
            delivered_total: 0,
            dropped_total: 0,
        }
    }

    /// An empty queue whose ids go on growing, and which takes no notice of deliveries of this one.
    #[must_use]
    pub fn renewed(&self) -> Self {
        Self { epoch: self.epoch + 1, ..Self::new(self.last_id) }
    }

    /// Adds an update with one field such as `message`, and returns its id. `None` when the queue is full.
    pub fn queue(&mut self, chat_id: i64, kind: &str, content: Value, now_ms: i64) -> Option<i64> {
        if self.pending.len() >= PENDING_MAX {
            return None;
        }
        self.last_id += 1;
        let update_id = self.last_id;
        let mut body = json!({"update_id": update_id});
        body[kind] = content;
        self.pending.insert(update_id, Pending { chat_id, queued_at_ms: now_ms, body, failures: 0 });
        let line =
            self.lines.entry(chat_id).or_insert_with(|| Line { updates: VecDeque::new(), turn: Turn::Ready });
        if line.updates.is_empty() {
            line.turn = Turn::Ready;
            self.ready.push_back(chat_id);
        }
        line.updates.push_back(update_id);
        self.queued_total += 1;
        Some(update_id)
    }

    /// How many updates wait.
    pub fn pending(&self) -> usize {
        self.pending.len()
    }

    /// How many updates are with the webhook.
    pub fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// Takes updates for the webhook until `max_in_flight` are on their way.
    pub fn take_deliveries(&mut self, now_ms: i64, max_in_flight: usize) -> Vec<Delivery> {
        self.drop_old(now_ms);
        while let Some(&(at, chat_id)) = self.waiting.first() {
            if at > now_ms {
                break;
            }
            self.waiting.pop_first();
            if let Some(line) = self.lines.get_mut(&chat_id) {
                line.turn = Turn::Ready;
                self.ready.push_back(chat_id);
            }
        }
        let mut taken = Vec::new();
        while self.in_flight < max_in_flight {
            let Some(chat_id) = self.ready.pop_front() else { break };
            let Some(line) = self.lines.get_mut(&chat_id).filter(|line| line.turn == Turn::Ready) else {
                continue;
            };
            let Some(update_id) = line.updates.front().copied() else { continue };
            let Some(pending) = self.pending.get(&update_id) else { continue };
            line.turn = Turn::InFlight;
            self.in_flight += 1;
            taken.push(Delivery { update_id, chat_id, body: pending.body.clone(), epoch: self.epoch });
        }
        taken
    }

    /// When the next retry is due.
    pub fn next_retry_at_ms(&self) -> Option<i64> {
        self.waiting.first().map(|(at, _)| *at)
    }

    /// Notes that the webhook took an update.
    pub fn delivered(&mut self, delivery: &Delivery) {
        if delivery.epoch != self.epoch {
            return;
        }
        self.in_flight = self.in_flight.saturating_sub(1);
        if self.pending.remove(&delivery.update_id).is_some() {
            self.delivered_total += 1;
        }
        self.remove_from_line(delivery.chat_id, delivery.update_id);
        self.resume(delivery.chat_id);
    }

    /// Notes that the webhook did not take an update, and when to try again.
    pub fn failed(&mut self, delivery: &Delivery, retry: Retry, now_ms: i64) {
        if delivery.epoch != self.epoch {
            return;
        }
        self.in_flight = self.in_flight.saturating_sub(1);
        let Some(pending) = self.pending.get_mut(&delivery.update_id) else {
            self.resume(delivery.chat_id);
            return;
        };
        pending.failures += 1;
        let delay_ms = retry.delay_ms(pending.failures);
        if let Some(line) = self.lines.get_mut(&delivery.chat_id) {
            let at = now_ms.saturating_add(delay_ms);
            line.turn = Turn::Waiting(at);
            self.waiting.insert((at, delivery.chat_id));
        }
    }

    /// Notes that a delivery was called off: the update may go again at once.
    pub fn called_off(&mut self, delivery: &Delivery) {
        if delivery.epoch != self.epoch {
            return;
        }
        self.in_flight = self.in_flight.saturating_sub(1);
        self.resume(delivery.chat_id);
    }

    /// Forgets the delays, as a new webhook is tried at once.
    pub fn forget_delays(&mut self) {
        self.waiting.clear();
        for (chat_id, line) in &mut self.lines {
            if matches!(line.turn, Turn::Waiting(_)) {
                line.turn = Turn::Ready;
                self.ready.push_back(*chat_id);
            }
        }
        for pending in self.pending.values_mut() {
            pending.failures = 0;
        }
    }

    /// Drops all updates on the bot's wish.
    pub fn drop_all(&mut self) {
        self.dropped_total += self.pending.len() as u64;
        let ids: Vec<i64> = self.pending.keys().copied().collect();
        for update_id in ids {
            self.forget(update_id);
        }
    }

    /// Confirms all updates below `offset`, or for a negative one all but the last `-offset`.
    pub fn confirm(&mut self, offset: i64) {
        let below = if offset >= 0 {
            offset
        } else {
            let keep = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
            let skipped = self.pending.len().saturating_sub(keep);
            match self.pending.keys().nth(skipped) {
                Some(first_kept) => *first_kept,
                None => return,
            }
        };
        let ids: Vec<i64> = self.pending.range(..below).map(|(id, _)| *id).collect();
        self.delivered_total += ids.len() as u64;
        for update_id in ids {
            self.forget(update_id);
        }
    }

    /// The oldest updates, at most `limit`.
    pub fn oldest(&mut self, limit: usize, now_ms: i64) -> Vec<Value> {
        self.drop_old(now_ms);
        self.pending.values().take(limit).map(|pending| pending.body.clone()).collect()
    }

    fn drop_old(&mut self, now_ms: i64) {
        while let Some((&update_id, pending)) = self.pending.first_key_value() {
            let in_flight = self.lines.get(&pending.chat_id).is_some_and(|line| line.turn == Turn::InFlight);
            if now_ms - pending.queued_at_ms < LIFETIME_MS || in_flight {
                break;
            }
            self.dropped_total += 1;
            self.forget(update_id);
        }
    }

    /// Removes an update wherever it stands.
    fn forget(&mut self, update_id: i64) {
        if let Some(pending) = self.pending.remove(&update_id) {
            self.remove_from_line(pending.chat_id, update_id);
            // A failed first update takes its delay with it.
            if let Some(line) = self.lines.get_mut(&pending.chat_id)
                && let Turn::Waiting(at) = line.turn
            {
                self.waiting.remove(&(at, pending.chat_id));
                self.resume(pending.chat_id);
            }
        }
    }

    fn remove_from_line(&mut self, chat_id: i64, update_id: i64) {
        if let Some(line) = self.lines.get_mut(&chat_id) {
            if line.updates.front() == Some(&update_id) {
                line.updates.pop_front();
            } else {
                line.updates.retain(|id| *id != update_id);
            }
            if line.updates.is_empty() && line.turn == Turn::Ready {
                // Its place in `ready` is skipped when its turn comes.
                self.lines.remove(&chat_id);
            }
        }
    }

    /// Lets a chat's next update go, or forgets the chat when there is none.
    fn resume(&mut self, chat_id: i64) {
        let Some(line) = self.lines.get_mut(&chat_id) else { return };
        if line.updates.is_empty() {
            self.lines.remove(&chat_id);
        } else {
            line.turn = Turn::Ready;
            self.ready.push_back(chat_id);
        }
    }
}
