//! Removing what has been kept for long enough.
//!
//! Invariant: one transaction removes rows of one kind, at most `CLEAN_LIMIT` of them, so that no writer waits long
//! for it. What is kept for how long is told to operators in docs/PRIVACY.md.

use domain::mission::Day;
use storage::{StoreError, Transaction, event::EventKey, outgoing_event::Ending};

use crate::{Services, missions::ACTIVITIES_KEPT_DAYS};

const DAY_MS: i64 = 24 * 3_600_000;
/// Handled updates are kept for longer than the 24 hours in which Telegram may repeat them.
const UPDATES_KEPT_MS: i64 = 3 * DAY_MS;
/// Updates that were given up wait for somebody who finds the cause and replays them.
const DEAD_LETTERS_KEPT_MS: i64 = 30 * DAY_MS;
/// Ended messages are kept to explain what was sent, those that failed included.
const MESSAGES_KEPT_MS: i64 = 14 * DAY_MS;
/// Sessions are kept a while after they are over, so that a late reuse of a token is still seen.
const SESSIONS_KEPT_MS: i64 = 7 * DAY_MS;
/// For so long the platform may repeat an event and change nothing. Far longer than the five minutes for which a
/// signature holds: a platform that was away sends what it kept, signed anew. A score that is older is refused, for
/// nobody could tell whether it was counted already.
pub const EVENTS_KEPT_MS: i64 = 30 * DAY_MS;
/// The scores of a board are kept for so long after its end: they explain its ranks, and a board whose end is moved
/// goes on from them.
const HISTORY_KEPT_MS: i64 = 90 * DAY_MS;
/// A token is kept a while after its time, so that a late use is told from an unknown one.
const TOKENS_KEPT_MS: i64 = 30 * DAY_MS;
/// What the audit log tells may be asked for long after: by a player, an operator, or a court.
const AUDIT_KEPT_MS: i64 = 730 * DAY_MS;
/// A chat that was silent for so long is greeted anew when it speaks again.
const DIALOGUES_KEPT_MS: i64 = 180 * DAY_MS;
/// A download that has expired is told from one that never was for so long.
const DOWNLOADS_KEPT_MS: i64 = DAY_MS;
/// Events that the platform took are kept to explain what it was told.
const SENT_EVENTS_KEPT_MS: i64 = 14 * DAY_MS;
/// Events that the platform did not take wait for somebody who replays them.
const DEAD_EVENTS_KEPT_MS: i64 = 30 * DAY_MS;
/// What players did explains for so long how they came to their progress, and lets new missions be tried.
const ACTIVITIES_KEPT_MS: i64 = ACTIVITIES_KEPT_DAYS as i64 * DAY_MS;
/// Progress of days and weeks that are over, far beyond the time in which an activity is taken late. That one of them was
/// done stays: other missions may wait for it.
const MISSION_PERIODS_KEPT_MS: i64 = 90 * DAY_MS;

/// The line on a player's card, as long as the scores behind it.
const RANK_SAMPLES_KEPT_MS: i64 = 90 * DAY_MS;

/// Jobs that were done are kept to explain when what happened.
const DONE_JOBS_KEPT_MS: i64 = 7 * DAY_MS;
/// Jobs that were given up wait for somebody who finds the cause and replays them.
const DEAD_JOBS_KEPT_MS: i64 = 30 * DAY_MS;

/// Rows that one transaction removes: some milliseconds of the writer's time.
const CLEAN_LIMIT: u32 = 2_000;
/// Transactions of one cleaning for each kind; a minute's worth of rows at full load.
const ROUNDS_MAX: u32 = 200;
/// Slices of seen events that one cleaning looks through.
const EVENT_SLICES_MAX: u32 = 50;

/// What is removed by its age.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Updates,
    DeadLetters,
    Messages,
    Sessions,
    ConsoleSessions,
    Dialogues,
    Downloads,
    Tokens,
    Audit,
    SentEvents,
    DeadEvents,
    DoneJobs,
    DeadJobs,
    Activities,
    MissionPeriods,
    Pulse,
    RankSamples,
}

impl Kind {
    const ALL: [Self; 17] = [
        Self::Updates,
        Self::DeadLetters,
        Self::Messages,
        Self::Sessions,
        Self::ConsoleSessions,
        Self::Dialogues,
        Self::Downloads,
        Self::Tokens,
        Self::Audit,
        Self::SentEvents,
        Self::DeadEvents,
        Self::DoneJobs,
        Self::DeadJobs,
        Self::Activities,
        Self::MissionPeriods,
        Self::Pulse,
        Self::RankSamples,
    ];

    async fn remove(self, services: &Services, tx: &mut dyn Transaction) -> Result<u64, StoreError> {
        let now = services.now();
        match self {
            Self::Updates => tx.inbox().remove_done(now.plus_ms(-UPDATES_KEPT_MS), CLEAN_LIMIT).await,
            Self::DeadLetters => {
                tx.inbox().remove_dead(now.plus_ms(-DEAD_LETTERS_KEPT_MS), CLEAN_LIMIT).await
            }
            Self::Messages => tx.outbox().remove_ended(now.plus_ms(-MESSAGES_KEPT_MS), CLEAN_LIMIT).await,
            Self::Sessions => tx.sessions().remove_over(now.plus_ms(-SESSIONS_KEPT_MS), CLEAN_LIMIT).await,
            // The audit log remembers them.
            Self::ConsoleSessions => tx.console_sessions().remove_expired(now, CLEAN_LIMIT).await,
            Self::Downloads => {
                tx.privacy().remove_downloads(now.plus_ms(-DOWNLOADS_KEPT_MS), CLEAN_LIMIT).await
            }
            Self::Tokens => {
                tx.one_time_tokens().remove_expired(now.plus_ms(-TOKENS_KEPT_MS), CLEAN_LIMIT).await
            }
            Self::Audit => tx.audit().remove_old(now.plus_ms(-AUDIT_KEPT_MS), CLEAN_LIMIT).await,
            Self::Dialogues => tx.dialogues().remove_idle(now.plus_ms(-DIALOGUES_KEPT_MS), CLEAN_LIMIT).await,
            Self::SentEvents => {
                let before = now.plus_ms(-SENT_EVENTS_KEPT_MS);
                tx.outgoing_events().remove_ended(Ending::Sent, before, CLEAN_LIMIT).await
            }
            Self::DeadEvents => {
                let before = now.plus_ms(-DEAD_EVENTS_KEPT_MS);
                tx.outgoing_events().remove_ended(Ending::Dead, before, CLEAN_LIMIT).await
            }
            Self::DoneJobs => tx.jobs().remove_finished(now.plus_ms(-DONE_JOBS_KEPT_MS), CLEAN_LIMIT).await,
            Self::DeadJobs => tx.jobs().remove_dead(now.plus_ms(-DEAD_JOBS_KEPT_MS), CLEAN_LIMIT).await,
            Self::Activities => {
                tx.activities().remove_old(now.plus_ms(-ACTIVITIES_KEPT_MS), CLEAN_LIMIT).await
            }
            Self::Pulse => tx.pulse().remove_old(now.plus_ms(-crate::pulse::KEPT_MS), CLEAN_LIMIT).await,
            Self::RankSamples => {
                tx.rank_samples().remove_old(now.plus_ms(-RANK_SAMPLES_KEPT_MS), CLEAN_LIMIT).await
            }
            Self::MissionPeriods => {
                let before = now.plus_ms(-MISSION_PERIODS_KEPT_MS).as_millis().div_euclid(DAY_MS);
                let before = Day(i32::try_from(before).unwrap_or_default());
                tx.mission_progress().remove_old(before, CLEAN_LIMIT).await
            }
        }
    }
}

/// Removes what is old, and remembers how far it has looked.
#[derive(Debug, Default)]
pub struct Cleaner {
    /// The event behind which the next slice of seen events begins.
    after: Option<EventKey>,
    /// The row of the log of scores behind which the next slice begins.
    score_after: i64,
}

impl Cleaner {
    /// Removes what is no longer needed, and ends offers whose time is over. A kind that fails does not keep the others from being cleaned.
    ///
    /// # Errors
    /// The first failure of the database.
    pub async fn clean(&mut self, services: &Services) -> Result<(), StoreError> {
        let mut outcome = Ok(());
        for kind in Kind::ALL {
            outcome = outcome.and(remove_all(services, kind).await);
        }
        outcome = outcome.and(expire_rewards(services).await);
        outcome.and(self.clean_events(services).await).and(self.clean_scores(services).await)
    }

    /// Looks through some slices of the log of scores, in which boards that are over lie among those that are not.
    async fn clean_scores(&mut self, services: &Services) -> Result<(), StoreError> {
        // Scores from before the end may be taken for longer than usual: what they need stays.
        let kept_ms = HISTORY_KEPT_MS.max(services.settings().score_grace_ms.saturating_add(DAY_MS));
        let before = services.now().plus_ms(-kept_ms);
        for _ in 0..EVENT_SLICES_MAX {
            let mut tx = services.store().begin_read().await?;
            let slice = tx.score_log().old(before, self.score_after, CLEAN_LIMIT).await?;
            drop(tx);
            if !slice.old.is_empty() {
                let mut tx = services.store().begin_write().await?;
                tx.score_log().remove(&slice.old).await?;
                tx.save().await?;
                tracing::debug!(kind = "Scores", rows = slice.old.len(), "old rows removed");
            }
            self.score_after = slice.next.unwrap_or_default();
            if slice.next.is_none() {
                break;
            }
        }
        Ok(())
    }

    /// Looks through some slices of the seen events. Reading them keeps no writer waiting; what is old goes in a
    /// transaction of its own.
    async fn clean_events(&mut self, services: &Services) -> Result<(), StoreError> {
        let before = services.now().plus_ms(-EVENTS_KEPT_MS);
        for _ in 0..EVENT_SLICES_MAX {
            let mut tx = services.store().begin_read().await?;
            let slice = tx.events().seen_before(before, self.after.as_ref(), CLEAN_LIMIT).await?;
            drop(tx);
            if !slice.old.is_empty() {
                let mut tx = services.store().begin_write().await?;
                tx.events().forget(&slice.old).await?;
                tx.save().await?;
                tracing::debug!(kind = "Events", rows = slice.old.len(), "old rows removed");
            }
            self.after = slice.next;
            if self.after.is_none() {
                break;
            }
        }
        Ok(())
    }
}

/// Writes down which rewards were not claimed in time. Whoever looks sees that by the time, before it is written.
async fn expire_rewards(services: &Services) -> Result<(), StoreError> {
    for _ in 0..ROUNDS_MAX {
        let mut tx = services.store().begin_write().await?;
        let rewards = tx.rewards().expire(services.now(), CLEAN_LIMIT).await?;
        tx.save().await?;
        if rewards < u64::from(CLEAN_LIMIT) {
            break;
        }
    }
    Ok(())
}

async fn remove_all(services: &Services, kind: Kind) -> Result<(), StoreError> {
    for _ in 0..ROUNDS_MAX {
        let mut tx = services.store().begin_write().await?;
        let rows = kind.remove(services, &mut *tx).await?;
        tx.save().await?;
        if rows > 0 {
            tracing::debug!(?kind, rows, "old rows removed");
        }
        if rows < u64::from(CLEAN_LIMIT) {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_times_are_those_of_the_code() {
        let document = include_str!("../../../../docs/PRIVACY.md");
        for (rows, kept_ms) in [
            ("`inbox_updates`", UPDATES_KEPT_MS),
            ("`inbox_updates`, given up", DEAD_LETTERS_KEPT_MS),
            ("`outgoing_messages`", MESSAGES_KEPT_MS),
            ("`sessions`", SESSIONS_KEPT_MS),
            ("`score_events`", HISTORY_KEPT_MS),
            ("`rank_samples`", RANK_SAMPLES_KEPT_MS),
            ("`dialogues`", DIALOGUES_KEPT_MS),
            ("`downloads`", DOWNLOADS_KEPT_MS),
            ("`outgoing_events`", SENT_EVENTS_KEPT_MS),
            ("`jobs`", DONE_JOBS_KEPT_MS),
            ("`jobs`, given up", DEAD_JOBS_KEPT_MS),
            ("`seen_events`", EVENTS_KEPT_MS),
            ("`one_time_tokens`", TOKENS_KEPT_MS),
            ("`audit_log`", AUDIT_KEPT_MS),
            ("`activity_events`", ACTIVITIES_KEPT_MS),
            ("`mission_progress`", MISSION_PERIODS_KEPT_MS),
        ] {
            let line = format!("| {rows} | {} day", kept_ms / DAY_MS);
            assert!(document.contains(&line), "docs/PRIVACY.md lacks a line that begins with {line}");
        }
    }
}
