//! Writing events that are to be sent.

use domain::OutgoingEventId;
use serde_json::{Map, Value};
use storage::{StoreError, Transaction, outgoing_event::NewOutgoingEvent};

use crate::Services;

/// What the platform is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// A person at Telegram and a user of the platform became one. Subject: the `user_id`; data: `user_id`,
    /// `platform_user_id`, `linked_at`.
    LinkCreated,
    /// The link between the two ended. Subject: the `user_id` of the account; data: `user_id`, `platform_user_id`,
    /// `unlinked_at`.
    LinkEnded,
    /// A player has joined a tournament, or entered it again. Subject: the `user_id`; data: `tournament_id`, `user_id`,
    /// `platform_user_id`, `period`, `entry`, `joined_at`.
    TournamentJoined,
    /// A board's final ranks stand. Subject: the `tournament_id`; data: `tournament_id`, `board`, `period`, `cohort`,
    /// `result_hash`, `players`, `finished_at`.
    TournamentFinished,
    /// A reward is to be booked. Subject: the `user_id`; data: `reward_id`, `user_id`, `platform_user_id`, `source`,
    /// `source_id`, `code`, `amount`?, `currency`?, `granted_at`.
    RewardGranted,
    /// A reward that was granted is taken back. The same data, and `revoked_at`.
    RewardRevoked,
    /// A person was erased at their own wish. Subject: the `user_id`; data: `user_id`, `platform_user_id` when they were
    /// linked, `erased_at`.
    UserErased,
}

impl EventKind {
    /// The CloudEvents type.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LinkCreated => "podium.link.created",
            Self::LinkEnded => "podium.link.ended",
            Self::TournamentJoined => "podium.tournament.joined",
            Self::TournamentFinished => "podium.tournament.finished",
            Self::RewardGranted => "podium.reward.granted",
            Self::RewardRevoked => "podium.reward.revoked",
            Self::UserErased => "podium.user.erased",
        }
    }
}

/// Writes an event in the transaction of the change that it tells of. Writes nothing while no address of the platform
/// is set. Events of one `subject` are sent one at a time, in the order in which they were written.
///
/// # Errors
/// When the database fails.
pub async fn enqueue(
    services: &Services,
    tx: &mut dyn Transaction,
    kind: EventKind,
    subject: &str,
    data: Map<String, Value>,
) -> Result<(), StoreError> {
    let event_id = OutgoingEventId::new(services.now(), services.rng());
    enqueue_as(services, tx, event_id, kind, subject, data).await
}

/// The same, under an id that follows from what the event tells of: there is no second one for the same thing.
///
/// # Errors
/// [`StoreError::Conflict`] when it was written before; when the database fails.
pub async fn enqueue_as(
    services: &Services,
    tx: &mut dyn Transaction,
    event_id: OutgoingEventId,
    kind: EventKind,
    subject: &str,
    data: Map<String, Value>,
) -> Result<(), StoreError> {
    if services.platform_webhook().is_none() {
        return Ok(());
    }
    let event = NewOutgoingEvent {
        event_id,
        kind: kind.as_str().to_owned(),
        subject: subject.to_owned(),
        data: Value::Object(data).to_string(),
        created_at: services.now(),
    };
    tx.outgoing_events().add(&event).await
}
