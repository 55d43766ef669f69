//! The events that tell the platform of rewards.

use domain::{OutgoingEventId, PlatformUserId, Timestamp};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use storage::{StoreError, Transaction, reward::RewardRow};

use crate::{
    Services,
    events_out::{EventKind, enqueue_as},
};

/// Tells that a reward was granted at `granted_at`.
pub(crate) async fn granted(
    services: &Services,
    tx: &mut dyn Transaction,
    reward: &RewardRow,
    account: &PlatformUserId,
    granted_at: Timestamp,
) -> Result<(), StoreError> {
    let kind = EventKind::RewardGranted;
    let mut data = data_of(reward, Some(account));
    data.insert("granted_at".to_owned(), json!(granted_at));
    let event_id = event_id(kind, reward, granted_at);
    enqueue_as(services, tx, event_id, kind, &reward.user_id.to_string(), data).await
}

/// Tells that a reward, which was granted, is taken back at `revoked_at`.
pub(crate) async fn revoked(
    services: &Services,
    tx: &mut dyn Transaction,
    reward: &RewardRow,
    account: Option<&PlatformUserId>,
    revoked_at: Timestamp,
) -> Result<(), StoreError> {
    let kind = EventKind::RewardRevoked;
    let mut data = data_of(reward, account);
    data.insert("granted_at".to_owned(), json!(reward.granted_at));
    data.insert("revoked_at".to_owned(), json!(revoked_at));
    let event_id = event_id(kind, reward, revoked_at);
    enqueue_as(services, tx, event_id, kind, &reward.user_id.to_string(), data).await
}

fn data_of(reward: &RewardRow, account: Option<&PlatformUserId>) -> Map<String, Value> {
    let mut data = Map::from_iter([
        ("reward_id".to_owned(), json!(reward.reward_id)),
        ("user_id".to_owned(), json!(reward.user_id)),
        ("platform_user_id".to_owned(), json!(account)),
        ("source".to_owned(), json!(reward.source)),
        ("source_id".to_owned(), json!(reward.source_id)),
        ("code".to_owned(), json!(reward.what.code)),
    ]);
    if let Some(amount) = &reward.what.amount {
        data.insert("amount".to_owned(), json!(amount));
    }
    if let Some(currency) = &reward.what.currency {
        data.insert("currency".to_owned(), json!(currency));
    }
    data
}

/// The id of the event that tells of this change of this reward, and of no other: it sorts by the time of the change, as
/// other events do, and the rest of it follows from the reward.
fn event_id(kind: EventKind, reward: &RewardRow, at: Timestamp) -> OutgoingEventId {
    let hash = Sha256::new()
        .chain_update(kind.as_str())
        .chain_update(reward.reward_id.as_uuid().as_bytes())
        .finalize();
    let mut rest = [0; 10];
    rest.copy_from_slice(&hash[..10]);
    let millis = u64::try_from(at.as_millis()).unwrap_or_default();
    OutgoingEventId::from_uuid(uuid::Builder::from_unix_timestamp_millis(millis, &rest).into_uuid())
}

#[cfg(test)]
mod tests {
    use domain::{Prize, RewardId, RewardSource, RewardState, UserId};
    use uuid::Uuid;

    use super::*;

    fn reward(number: u128) -> RewardRow {
        RewardRow {
            reward_id: RewardId::from_uuid(Uuid::from_u128(number)),
            user_id: UserId::from_uuid(Uuid::from_u128(1)),
            source: RewardSource::Mission,
            source_id: "daily".to_owned(),
            what: Prize { code: "badge".parse().unwrap(), amount: None, currency: None, title: None },
            state: RewardState::Granted,
            offered_at: Timestamp::from_millis(1),
            expires_at: None,
            granted_at: None,
        }
    }

    #[test]
    fn an_event_s_id_follows_from_the_reward_and_the_change() {
        let at = Timestamp::from_millis(1_767_225_600_000);
        let id = event_id(EventKind::RewardGranted, &reward(1), at);
        assert_eq!(id, event_id(EventKind::RewardGranted, &reward(1), at));
        assert_ne!(id, event_id(EventKind::RewardRevoked, &reward(1), at));
        assert_ne!(id, event_id(EventKind::RewardGranted, &reward(2), at));
        assert!(id < event_id(EventKind::RewardGranted, &reward(1), at.plus_ms(1)), "it sorts by time");
    }
}
