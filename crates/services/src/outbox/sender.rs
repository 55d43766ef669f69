//! Sending outgoing rows, within Telegram's limits.
//!
//! The most urgent class goes first, a chat's rows in their order. A row is claimed, durably, just before its request
//! leaves; a sender that dies then leaves it `sending`, and its lease's end makes it `ambiguous`: mail is not sent
//! twice. A 429 closes the gate for every sender of the bot. Rows of other bots are left alone: two may share a
//! database, and one whose token was changed may come back.

use std::{sync::Arc, time::Duration};

use bus::{
    limits::{Rate, Verdict},
    signals::Signal,
};
use domain::{BotId, ChatId, Reachability, TelegramUserId, Timestamp};
use storage::{
    StoreError,
    outbox::{ClaimedOutgoing, Outcome, OutgoingClass},
};
use telegram::{
    api::{ApiError, BotApi, RejectedReason},
    inline::ANSWER_MS_MAX,
};
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{Services, bot::reachability, outbox::compose::INLINE_ANSWER, secrets::Secrets, telemetry};

/// For how long a claimed row belongs to its sender; longer than a call to Telegram may take.
const LEASE_MS: i64 = 40_000;
/// The requests on the wire at a time.
const CONCURRENCY: usize = 32;
/// How long the sender waits for a hint before it looks by itself.
const LOOK_MS: u64 = 500;
/// For how long a row is tried: an answer that comes an hour late helps nobody, a notice may.
const REPLY_TRIED_MS: i64 = 3_600_000;
const NOTICE_TRIED_MS: i64 = 24 * 3_600_000;
/// How often rows of dead senders are looked for.
const EXPIRED_LOOK_MS: i64 = 5_000;

/// Sends until `stop`. Requests that have left by then are waited for.
pub async fn run(services: Services, api: Arc<dyn BotApi>, stop: CancellationToken) {
    let Some(bot_id) = services.bot_id() else { return };
    let mut signals = services.signals().subscribe();
    let on_wire = Arc::new(Semaphore::new(CONCURRENCY));
    let tasks = TaskTracker::new();
    let mut expired_looked_at = Timestamp::default();
    while !stop.is_cancelled() {
        let now = services.now();
        if now.millis_since(expired_looked_at).abs() >= EXPIRED_LOOK_MS {
            expired_looked_at = now;
            if let Err(error) = end_expired(&services).await {
                tracing::warn!(
                    error = %domain::ErrorChain(&error),
                    "rows of dead senders can't be ended now"
                );
            }
        }
        let step = match next_step(&services, bot_id, &on_wire).await {
            Ok(step) => step,
            Err(error) => {
                tracing::warn!(
                    error = %domain::ErrorChain(&error),
                    "the outbox can't be worked off now"
                );
                Step::Wait { milliseconds: 2 * LOOK_MS }
            }
        };
        match step {
            Step::Send(row, permit) => {
                let (services, api) = (services.clone(), Arc::clone(&api));
                tasks.spawn(async move {
                    send(&services, &*api, &row).await;
                    drop(permit);
                });
            }
            Step::Wait { milliseconds } => tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(Duration::from_millis(milliseconds)) => {}
            },
            Step::Idle => tokio::select! {
                () = stop.cancelled() => {}
                () = hint(&mut signals) => {}
                () = tokio::time::sleep(Duration::from_millis(LOOK_MS)) => {}
            },
        }
    }
    tasks.close();
    tasks.wait().await;
}

async fn hint(signals: &mut tokio::sync::broadcast::Receiver<Signal>) {
    loop {
        match signals.recv().await {
            Ok(Signal::Outbox) | Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => return,
            Ok(_) => {}
            // Without hints the regular look is left.
            Err(tokio::sync::broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }
}

enum Step {
    Send(ClaimedOutgoing, tokio::sync::OwnedSemaphorePermit),
    Wait { milliseconds: u64 },
    Idle,
}

/// The gate that a 429 closes for all senders of a bot.
fn gate(secrets: &Secrets, bot_id: BotId) -> String {
    secrets.bucket("telegram", &[&bot_id.0.to_be_bytes()])
}

/// The budget of a bot.
fn bot_bucket(secrets: &Secrets, bot_id: BotId) -> String {
    secrets.bucket("send:bot", &[&bot_id.0.to_be_bytes()])
}

/// The budget of a chat.
fn chat_bucket(secrets: &Secrets, bot_id: BotId, chat_id: ChatId) -> String {
    secrets.bucket("send:chat", &[&bot_id.0.to_be_bytes(), &chat_id.0.to_be_bytes()])
}

/// Claims the next row when the gate is open and the budgets allow it.
async fn next_step(services: &Services, bot_id: BotId, on_wire: &Arc<Semaphore>) -> Result<Step, StoreError> {
    let gate = gate(services.secrets(), bot_id);
    // A bus that does not answer must not stop replies; Telegram's next 429 is then each sender's own to obey.
    let closed_ms = services.token_buckets().gate_closed_ms(&gate, services.now()).await.unwrap_or(0);
    if closed_ms > 0 {
        return Ok(Step::Wait { milliseconds: closed_ms.min(1_000) });
    }
    let Ok(permit) = Arc::clone(on_wire).acquire_owned().await else { return Ok(Step::Idle) };
    let Some(row) = claim_next(services, bot_id).await? else { return Ok(Step::Idle) };
    // Messages and their changes count against Telegram's limits; what ends a waiting state or fills a list does not.
    if !matches!(row.method.as_str(), "sendMessage" | "editMessageText") {
        return Ok(Step::Send(row, permit));
    }
    let per_chat =
        Rate { burst: 3, interval_ms: 1000 / services.settings().sends_per_chat_per_second.max(1) };
    let wait_ms = take(services, &chat_bucket(services.secrets(), bot_id, row.chat_id), per_chat).await;
    if let Some(wait_ms) = wait_ms.filter(|wait_ms| *wait_ms > 0) {
        give_back(services, &row, wait_ms).await?;
        return Ok(Step::Wait { milliseconds: 0 });
    }
    // Burst 1: with more, a quiet second followed by a full one would exceed the limit within a second.
    let overall = Rate { burst: 1, interval_ms: (1000 / services.settings().sends_per_second.max(1)).max(1) };
    let bucket = bot_bucket(services.secrets(), bot_id);
    loop {
        match take(services, &bucket, overall).await {
            Some(0) => return Ok(Step::Send(row, permit)),
            Some(wait_ms) => tokio::time::sleep(Duration::from_millis(wait_ms)).await,
            None => {
                // Without the shared bucket each sender keeps the pace by itself.
                tokio::time::sleep(Duration::from_millis(overall.interval_ms.into())).await;
                return Ok(Step::Send(row, permit));
            }
        }
    }
}

/// Milliseconds to wait for a token, 0 when one was taken; `None` when the shared buckets do not answer.
async fn take(services: &Services, key: &str, rate: Rate) -> Option<u64> {
    match services.token_buckets().take(key, rate, services.now()).await {
        Ok(Verdict::Allowed) => Some(0),
        Ok(Verdict::Wait { retry_after_ms }) => Some(retry_after_ms.max(1)),
        Err(error) => {
            tracing::warn!(error = %domain::ErrorChain(&error), "the shared budget of messages does not answer");
            None
        }
    }
}

async fn claim_next(services: &Services, bot_id: BotId) -> Result<Option<ClaimedOutgoing>, StoreError> {
    let now = services.now();
    let lease = services.new_uuid();
    let mut tx = services.store().begin_write().await?;
    for class in OutgoingClass::ALL {
        let row = tx.outbox().claim(bot_id, class, now, lease, now.plus_ms(LEASE_MS), 1).await?.pop();
        if let Some(row) = row {
            tx.save().await?;
            return Ok(Some(row));
        }
    }
    Ok(None)
}

async fn give_back(services: &Services, row: &ClaimedOutgoing, wait_ms: u64) -> Result<(), StoreError> {
    let run_at = services.now().plus_ms(i64::try_from(wait_ms).unwrap_or(1_000));
    let mut tx = services.store().begin_write().await?;
    tx.outbox().give_back(row, run_at).await?;
    tx.save().await
}

async fn end_expired(services: &Services) -> Result<(), StoreError> {
    let mut tx = services.store().begin_write().await?;
    let ambiguous = tx.outbox().end_expired(services.now()).await?;
    tx.save().await?;
    if ambiguous > 0 {
        tracing::warn!(rows = ambiguous, "a sender died with messages on the wire; they are not sent again");
        metrics::counter!(telemetry::TELEGRAM_SENDS_TOTAL, "class" => "any", "outcome" => "ambiguous")
            .increment(ambiguous);
    }
    Ok(())
}

/// What an answer of Telegram means for the row.
enum Next {
    End(Outcome),
    /// It no longer matters: the change is there already, or nobody waits for the answer any more.
    Moot,
    Retry {
        wait_ms: i64,
        is_flood: bool,
    },
}

impl Next {
    /// The metric label.
    const fn label(&self) -> &'static str {
        match self {
            Self::End(outcome) => outcome.label(),
            Self::Moot => "moot",
            Self::Retry { is_flood: true, .. } => "flood_wait",
            Self::Retry { is_flood: false, .. } => "retry",
        }
    }
}

/// Whether a row may still leave: what belongs to an account goes to that account's chat alone, and to nobody who can't
/// get it. Asked when the row is about to leave, because either may have changed since it was written.
async fn may_leave(services: &Services, row: &ClaimedOutgoing) -> Result<bool, StoreError> {
    let Some(user_id) = row.user_id else { return Ok(true) };
    let mut tx = services.store().begin_read().await?;
    let user = tx.users().by_id(user_id).await?;
    // A private chat has the number of its person.
    Ok(user.is_some_and(|user| {
        user.telegram_user_id.is_some_and(|id| id.0 == row.chat_id.0) && user.reachability.is_worth_a_try()
    }))
}

async fn send(services: &Services, api: &dyn BotApi, row: &ClaimedOutgoing) {
    match may_leave(services, row).await {
        Ok(true) => {}
        Ok(false) => return settle(services, row, &Next::End(Outcome::Blocked)).await,
        Err(error) => {
            tracing::warn!(error = %domain::ErrorChain(&error), "whether a message may leave can't be read now");
            return settle(services, row, &Next::Retry { wait_ms: 1_000, is_flood: false }).await;
        }
    }
    if row.method == INLINE_ANSWER && services.now().millis_since(row.created_at) > ANSWER_MS_MAX {
        return settle(services, row, &Next::Moot).await;
    }
    let answer = api.call(&row.method, &row.payload).await;
    let next = judge(services, row, &answer);
    let outcome = next.label();
    if let Err(ApiError::FloodWait { retry_after_s }) = &answer {
        close_gate(services, row.bot_id, *retry_after_s).await;
    } else if let (Err(error), Next::End(_) | Next::Retry { .. }) = (&answer, &next) {
        tracing::warn!(
            outgoing.id = %row.outgoing_id,
            outcome,
            error = %domain::ErrorChain(error),
            "a message was not sent"
        );
    }
    if let Some((person, state)) =
        answer.as_ref().err().and_then(|error| reachability::told_by(row.chat_id, error))
        && let Err(error) = remember(services, person, state).await
    {
        tracing::warn!(error = %domain::ErrorChain(&error), "that somebody can't be reached can't be stored");
    }
    settle(services, row, &next).await;
}

async fn remember(
    services: &Services,
    person: TelegramUserId,
    state: Reachability,
) -> Result<(), StoreError> {
    let mut tx = services.store().begin_write().await?;
    tx.users().set_reachability(person, state, services.now()).await?;
    tx.save().await
}

/// Counts and stores what became of a row.
async fn settle(services: &Services, row: &ClaimedOutgoing, next: &Next) {
    metrics::counter!(telemetry::TELEGRAM_SENDS_TOTAL, "class" => row.class.label(), "outcome" => next.label())
        .increment(1);
    // The effect is out; what became of it must be kept even when the database is away for a moment.
    for wait_ms in [0, 100, 500, 2_000, 5_000] {
        tokio::time::sleep(Duration::from_millis(wait_ms)).await;
        match record(services, row, next).await {
            Ok(()) => return,
            Err(error) => tracing::warn!(
                outgoing.id = %row.outgoing_id,
                error = %domain::ErrorChain(&error),
                "what became of a message can't be stored now"
            ),
        }
    }
}

fn judge(services: &Services, row: &ClaimedOutgoing, answer: &Result<serde_json::Value, ApiError>) -> Next {
    let jitter_ms = i64::try_from(services.rng().next_u64() % 500).unwrap_or_default();
    let tried_ms = match row.class {
        OutgoingClass::Reply => REPLY_TRIED_MS,
        OutgoingClass::Notice | OutgoingClass::Mass => NOTICE_TRIED_MS,
    };
    let tried_ms = if row.method == INLINE_ANSWER { ANSWER_MS_MAX } else { tried_ms };
    let is_over = services.now().millis_since(row.created_at) > tried_ms;
    let retry = |wait_ms: i64| {
        if is_over {
            Next::End(Outcome::Failed)
        } else {
            Next::Retry { wait_ms: wait_ms + jitter_ms, is_flood: false }
        }
    };
    match answer {
        Ok(result) => Next::End(Outcome::Sent {
            message_id: result.get("message_id").and_then(serde_json::Value::as_i64),
        }),
        Err(ApiError::FloodWait { retry_after_s }) => {
            Next::Retry { wait_ms: i64::from(*retry_after_s) * 1000 + jitter_ms, is_flood: true }
        }
        Err(ApiError::Blocked | ApiError::Deactivated | ApiError::NeedsStart) => Next::End(Outcome::Blocked),
        Err(ApiError::Rejected {
            reason: RejectedReason::MessageNotModified | RejectedReason::QueryTooOld,
            ..
        }) => Next::Moot,
        Err(ApiError::Rejected { .. }) => Next::End(Outcome::Failed),
        Err(ApiError::Ambiguous { .. }) if row.repeatable => retry(1_000 << row.attempt.min(6)),
        Err(ApiError::Ambiguous { .. }) => Next::End(Outcome::Ambiguous),
        // Telegram answered that it did not do it, or the request never left: another try repeats nothing.
        Err(ApiError::Unavailable { .. } | ApiError::NotSent { .. }) => retry(1_000 << row.attempt.min(6)),
        // The token or the set-up is wrong: nothing about this message.
        Err(ApiError::Unauthorized | ApiError::Conflict) => retry(30_000),
    }
}

async fn close_gate(services: &Services, bot_id: BotId, retry_after_s: u32) {
    metrics::counter!(telemetry::TELEGRAM_FLOOD_WAITS_TOTAL).increment(1);
    metrics::histogram!(telemetry::TELEGRAM_RETRY_AFTER_SECONDS).record(f64::from(retry_after_s));
    tracing::warn!(retry_after_s, "Telegram asks to wait; nothing is sent until then");
    let now = services.now();
    let until = now.plus_ms(i64::from(retry_after_s) * 1000);
    if let Err(error) =
        services.token_buckets().close_gate(&gate(services.secrets(), bot_id), until, now).await
    {
        tracing::warn!(error = %domain::ErrorChain(&error), "other senders can't be told to wait");
    }
}

async fn record(services: &Services, row: &ClaimedOutgoing, next: &Next) -> Result<(), StoreError> {
    let now = services.now();
    let mut tx = services.store().begin_write().await?;
    match next {
        Next::End(outcome) => tx.outbox().finish(row, *outcome, now).await?,
        Next::Moot => tx.outbox().finish(row, Outcome::Sent { message_id: None }, now).await?,
        Next::Retry { wait_ms, is_flood } => tx.outbox().retry(row, now.plus_ms(*wait_ms), *is_flood).await?,
    };
    tx.save().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_keys_hold_no_id_of_telegram() {
        let secrets = Secrets::derive(&[7; 32]).unwrap();
        let (bot_id, chat_id) = (BotId(1_234_567_890), ChatId(279_058_397));
        let keys =
            [gate(&secrets, bot_id), bot_bucket(&secrets, bot_id), chat_bucket(&secrets, bot_id, chat_id)];
        for key in keys {
            assert!(!key.contains("1234567890") && !key.contains("279058397"), "{key}");
        }
        assert_ne!(
            chat_bucket(&secrets, bot_id, chat_id),
            chat_bucket(&secrets, bot_id, ChatId(279_058_398))
        );
    }
}
