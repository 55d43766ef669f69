//! Calls of the platform share commits: while one is on its way to the disk, those that come wait for the next and are
//! applied together, each event as if its call had come alone.

use storage::StoreError;

use domain::event::EventsAnswer;

use crate::{
    Services,
    group_commit::GroupCommit,
    platform::{
        apply::{self, EventsError, Indexed},
        envelope::PlatformEvent,
    },
};

/// The most calls that wait for a commit: with calls of a thousand events this is what memory should hold at most.
const WAITING_MAX: usize = 64;
/// The most calls that share a commit.
const BATCH_MAX: usize = 16;

/// The events of one call. It brings the services along, since a queue that held them would never let them go.
#[derive(Debug)]
struct Call {
    services: Services,
    events: Vec<Indexed<PlatformEvent>>,
}

/// Applies the events of many calls together.
#[derive(Debug)]
pub(crate) struct EventCommitter(GroupCommit<Call, Result<EventsAnswer, EventsError>>);

impl EventCommitter {
    pub(crate) fn start() -> Self {
        Self(GroupCommit::start("events", WAITING_MAX, BATCH_MAX, |calls| async move {
            Ok(apply_each(calls).await)
        }))
    }

    /// Applies the events of a call; when this returns they are durable and the boards know them.
    pub(crate) async fn apply(
        &self,
        services: &Services,
        events: Vec<Indexed<PlatformEvent>>,
    ) -> Result<EventsAnswer, EventsError> {
        let call = Call { services: services.clone(), events };
        self.0.submit(call).await.map_err(EventsError::Busy)?
    }
}

async fn apply_each(calls: Vec<Call>) -> Vec<Result<EventsAnswer, EventsError>> {
    match apply_together(&calls).await {
        Ok(answers) => answers.into_iter().map(Ok).collect(),
        // What one call brings may be what the database refuses: the others must not suffer from it.
        Err(error) if calls.len() > 1 && !error.is_temporary() => {
            let mut answers = Vec::with_capacity(calls.len());
            for call in &calls {
                let applied = apply_together(std::slice::from_ref(call)).await;
                answers.push(match applied {
                    Ok(answers) => Ok(answers.into_iter().next().unwrap_or_default()),
                    Err(source) => Err(EventsError::Store(source)),
                });
            }
            answers
        }
        Err(error) => {
            tracing::warn!(error = %domain::ErrorChain(&error), calls = calls.len(), "events could not be stored");
            let mut answers: Vec<_> = calls.iter().skip(1).map(|_| Err(EventsError::Shared)).collect();
            answers.insert(0, Err(EventsError::Store(error)));
            answers
        }
    }
}

async fn apply_together(calls: &[Call]) -> Result<Vec<EventsAnswer>, StoreError> {
    let Some(Call { services, .. }) = calls.first() else {
        return Ok(Vec::new());
    };
    let events: Vec<&[Indexed<PlatformEvent>]> = calls.iter().map(|call| call.events.as_slice()).collect();
    let mut tx = services.store().begin_write().await?;
    let (answers, changes) = apply::apply_calls(services, &mut *tx, &events).await?;
    tx.save().await?;
    apply::tell(services, changes).await;
    Ok(answers)
}
