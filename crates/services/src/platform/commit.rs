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
        Ok(Some(answers)) => answers.into_iter().map(Ok).collect(),
        Err(error) if error.is_temporary() => {
            let calls_count = calls.len();
            tracing::warn!(error = %domain::ErrorChain(&error), calls = calls_count, "events could not be stored");
            std::iter::once(Err(EventsError::Store(error)))
                .chain(std::iter::repeat_with(|| Err(EventsError::Shared)))
                .take(calls_count)
                .collect()
        }
        // What one call brings may be what the database refuses: the others must not suffer from it.
        Ok(None) | Err(_) => {
            let mut answers = Vec::with_capacity(calls.len());
            for call in &calls {
                answers.push(apply_alone(call).await.map_err(EventsError::Store));
            }
            answers
        }
    }
}

async fn apply_alone(call: &Call) -> Result<EventsAnswer, StoreError> {
    let answers = apply_together(std::slice::from_ref(call)).await?;
    Ok(answers.and_then(|answers| answers.into_iter().next()).unwrap_or_default())
}

/// Applies all calls in one transaction; `None` when they can't share one.
async fn apply_together(calls: &[Call]) -> Result<Option<Vec<EventsAnswer>>, StoreError> {
    let Some(Call { services, .. }) = calls.first() else {
        return Ok(None);
    };
    let events: Vec<&[Indexed<PlatformEvent>]> = calls.iter().map(|call| call.events.as_slice()).collect();
    let mut tx = services.store().begin_write().await?;
    let Some((answers, changes)) = apply::apply_calls(services, &mut *tx, &events).await? else {
        return Ok(None);
    };
    tx.save().await?;
    apply::tell(services, changes).await;
    Ok(Some(answers))
}
