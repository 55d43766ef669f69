//! Taking updates in. Many requests share one commit; nobody is told "ok" before it.

use std::sync::Arc;

use bus::signals::{Signal, Signals};
use domain::{BotId, ErrorCode};
use storage::{Store, inbox::NewUpdate};
use telegram::update::Envelope;

use crate::{
    Services,
    group_commit::{GroupCommit, GroupCommitError},
    telemetry,
};

/// The most updates that wait for a commit; beyond it Telegram is asked to come back.
const WAITING_MAX: usize = 8192;
/// The most updates that share a commit.
const BATCH_MAX: usize = 512;

/// An update was not taken.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The body is not an update.
    #[error("the body is not an update")]
    NotAnUpdate,
    /// It can't be stored now.
    #[error("the update can't be stored now")]
    Unavailable(#[source] GroupCommitError),
}

impl IngestError {
    /// What the sender is told.
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::NotAnUpdate => ErrorCode::BadRequest,
            Self::Unavailable(_) => ErrorCode::Unavailable,
        }
    }
}

/// Stores updates together.
#[derive(Debug)]
pub(crate) struct InboxCommitter(GroupCommit<NewUpdate, ()>);

impl InboxCommitter {
    pub(crate) fn start(store: Arc<dyn Store>, signals: Arc<dyn Signals>) -> Self {
        Self(GroupCommit::start("inbox", WAITING_MAX, BATCH_MAX, move |updates: Vec<NewUpdate>| {
            let (store, signals) = (Arc::clone(&store), Arc::clone(&signals));
            async move {
                let new = store.add_updates(&updates).await?;
                signals.publish(Signal::Inbox);
                let known = (updates.len() as u64).saturating_sub(new);
                metrics::counter!(telemetry::WEBHOOK_UPDATES_TOTAL, "result" => "new").increment(new);
                metrics::counter!(telemetry::WEBHOOK_UPDATES_TOTAL, "result" => "duplicate").increment(known);
                Ok(vec![(); updates.len()])
            }
        }))
    }
}

/// Stores one update, durably. An update that is there already is left alone and is no error.
///
/// # Errors
/// [`IngestError`] when the body is not an update or can't be stored now.
pub async fn ingest(services: &Services, bot_id: BotId, body: &[u8]) -> Result<(), IngestError> {
    let envelope = Envelope::parse(body).map_err(|_| IngestError::NotAnUpdate)?;
    let payload = std::str::from_utf8(body).map_err(|_| IngestError::NotAnUpdate)?.to_owned();
    let update = NewUpdate {
        bot_id,
        update_id: envelope.update_id,
        chat_id: envelope.chat_id,
        payload,
        received_at: services.now(),
    };
    services.inbox().0.submit(update).await.map_err(IngestError::Unavailable)
}
