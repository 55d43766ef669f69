//! What a job does, and what is told of it afterwards.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use bus::signals::Signal;
use domain::Timestamp;
use storage::{
    StoreError, Transaction,
    job::{ClaimedJob, JobKind},
};

use crate::{
    Services,
    platform::apply::{self, Changes},
    tokens::key_ring,
    tournaments,
};

/// A job could not be done; nothing of it is kept, and it is tried again.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The database failed.
    #[error("the rows of a job can't be read or written")]
    Store(#[from] StoreError),
    /// Anything else.
    #[error("{doing}")]
    Failed {
        /// What could not be done; a fixed text.
        doing: &'static str,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl JobError {
    /// A failure other than the database's. Neither text may hold anything of a person.
    pub fn failed(doing: &'static str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Failed { doing, source: source.into() }
    }
}

/// What is told once a job is committed: to the memory of this node, to viewers, and to other parts.
#[derive(Debug, Default)]
pub struct JobDone {
    /// Boards and names that have changed.
    pub(crate) changes: Changes,
    signals: Vec<Signal>,
}

impl JobDone {
    /// Nothing needs to be told.
    pub fn quietly() -> Self {
        Self::default()
    }

    /// A hint, e.g. that rows wait to be sent.
    #[must_use]
    pub fn with_signal(mut self, signal: Signal) -> Self {
        self.signals.push(signal);
        self
    }

    /// Tells all of it.
    pub(crate) async fn tell(self, services: &Services) {
        apply::tell(services, self.changes).await;
        for signal in self.signals {
            services.signals().publish(signal);
        }
    }
}

/// What jobs of a kind do. The module above says what one must keep to.
#[async_trait]
pub trait JobHandler: Send + Sync {
    /// Asks whoever has to be asked over the network, before the transaction begins: nobody waits for a lock meanwhile.
    /// So is work that is too much for one transaction and that nobody sees until the job's own: it is done here in short
    /// ones, each of which finds out how far those before have come, since a job that fails begins here again.
    ///
    /// The answer is a handler that knows what was found, which does this one job in the place of `self`; `None` where
    /// there is nothing to ask, as in most kinds. What was found may be a moment old when it does.
    ///
    /// # Errors
    /// As [`JobHandler::run`].
    async fn prepare(
        &self,
        _services: &Services,
        _job: &ClaimedJob,
    ) -> Result<Option<Box<dyn JobHandler>>, JobError> {
        Ok(None)
    }

    /// Does a job within `tx`, which is saved, with the mark that the job is done, when this succeeds.
    ///
    /// # Errors
    /// [`JobError`] when it could not be done: nothing of it is kept, and it is tried again later.
    async fn run(
        &self,
        services: &Services,
        tx: &mut dyn Transaction,
        job: &ClaimedJob,
        now: Timestamp,
    ) -> Result<JobDone, JobError>;
}

/// Who does which kind.
#[derive(Clone, Default)]
pub struct Handlers(BTreeMap<JobKind, Arc<dyn JobHandler>>);

impl std::fmt::Debug for Handlers {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

impl Handlers {
    /// Adds who does a kind, in place of who did so far.
    #[must_use]
    pub fn with(mut self, kind: JobKind, handler: impl JobHandler + 'static) -> Self {
        self.0.insert(kind, Arc::new(handler));
        self
    }

    /// The kinds that somebody does: a worker claims these alone.
    pub fn kinds(&self) -> Vec<JobKind> {
        self.0.keys().copied().collect()
    }

    pub(crate) fn of(&self, kind: JobKind) -> Option<Arc<dyn JobHandler>> {
        self.0.get(&kind).cloned()
    }
}

/// Every handler of this house, one line a kind.
pub fn house() -> Handlers {
    Handlers::default() //
        .with(JobKind::KeyRotation, key_ring::Rotation)
        .with(JobKind::TournamentClock, tournaments::clock::Clock)
        .with(JobKind::TournamentReminder, tournaments::notice::Reminders)
        .with(JobKind::BoardEnd, tournaments::finish::BoardEnd::default())
        .with(JobKind::BoardPrizes, tournaments::prizes::BoardPrizes)
        .with(JobKind::BoardNotices, tournaments::notice::ResultNotices)
        .with(JobKind::BoardRecompute, tournaments::recompute::BoardRecompute)
        .with(JobKind::BoardOvertaken, tournaments::overtaken::Overtaken::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_handler() {
        let mut all = JobKind::ALL.to_vec();
        all.sort_unstable();
        assert_eq!(house().kinds(), all);
    }
}
