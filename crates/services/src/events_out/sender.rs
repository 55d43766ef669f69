//! Posting events to the platform until it takes them.
//!
//! An event is claimed, durably, before it is posted, so that no two senders post one at the same time. What became of
//! it is stored afterwards; when that fails, or the sender dies, the lease runs out and the event is posted again under
//! its id: the platform gets it at least once.

use std::{sync::Arc, time::Duration};

use domain::Timestamp;
use futures::future::join_all;
use serde::Serialize;
use serde_json::value::RawValue;
use storage::{
    StoreError,
    outgoing_event::{ClaimedOutgoingEvent, Ending, NewOutgoingEvent},
};
use tokio_util::sync::CancellationToken;

use crate::{
    Services,
    events_out::{
        port::{PlatformWebhook, SignedEvent},
        retry,
    },
    platform::signature::PlatformSecret,
    telemetry,
};

/// For how long a claimed event belongs to its sender; longer than a post may take.
const LEASE_MS: i64 = 60_000;
/// The events that are posted at a time.
const BATCH_MAX: u32 = 16;
/// How often the sender looks for due events.
const LOOK_MS: u64 = 1_000;
/// Who makes the events: the same for every installation, since their ids are unique everywhere.
const SOURCE: &str = "/podium";

/// Posts due events until `stop`; those that are on the wire then are waited for.
pub async fn run(services: Services, webhook: Arc<dyn PlatformWebhook>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let posted = match send_due(&services, &*webhook).await {
            Ok(posted) => posted,
            Err(error) => {
                tracing::warn!(error = %domain::ErrorChain(&error), "events for the platform can't be sent now");
                0
            }
        };
        if posted == 0 {
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(Duration::from_millis(LOOK_MS)) => {}
            }
        }
    }
}

/// Posts the events that are due, a bounded number of them, and stores what became of each. Returns how many.
///
/// # Errors
/// When no event can be claimed because the database fails.
pub async fn send_due(services: &Services, webhook: &dyn PlatformWebhook) -> Result<usize, StoreError> {
    let Some(key) = services.settings().platform_keys.first() else { return Ok(0) };
    let now = services.now();
    let mut tx = services.store().begin_write().await?;
    let claimed =
        tx.outgoing_events().claim(now, services.new_uuid(), now.plus_ms(LEASE_MS), BATCH_MAX).await?;
    tx.save().await?;
    join_all(claimed.iter().map(|event| send(services, webhook, key, event))).await;
    Ok(claimed.len())
}

async fn send(
    services: &Services,
    webhook: &dyn PlatformWebhook,
    key: &PlatformSecret,
    claimed: &ClaimedOutgoingEvent,
) {
    let event = &claimed.event;
    let result = match signed(key, event, services.now()) {
        Ok(signed) => webhook.post(&signed).await.map_err(|error| domain::ErrorChain(&error).to_string()),
        Err(error) => Err(format!("the event can't be written as JSON: {error}")),
    };
    let next_ms = retry::delay_ms(claimed.attempt, services.rng().next_u64());
    let outcome = match (&result, next_ms) {
        (Ok(()), _) => "sent",
        (Err(_), Some(_)) => "retry",
        (Err(_), None) => "dead",
    };
    metrics::counter!(telemetry::PLATFORM_WEBHOOK_SENDS_TOTAL, "outcome" => outcome).increment(1);
    if let Err(error) = &result {
        tracing::warn!(
            event.id = %event.event_id,
            event.kind = event.kind,
            attempt = claimed.attempt,
            outcome,
            error,
            "the platform did not take an event"
        );
    }
    if let Err(error) = record(services, claimed, result.is_ok(), next_ms).await {
        tracing::warn!(
            event.id = %event.event_id,
            error = %domain::ErrorChain(&error),
            "what became of an event can't be stored; it is sent again when its lease ends"
        );
    }
}

async fn record(
    services: &Services,
    claimed: &ClaimedOutgoingEvent,
    is_sent: bool,
    next_ms: Option<i64>,
) -> Result<(), StoreError> {
    let now = services.now();
    let mut tx = services.store().begin_write().await?;
    match (is_sent, next_ms) {
        (true, _) => tx.outgoing_events().finish(claimed, Ending::Sent, now).await?,
        (false, Some(delay_ms)) => tx.outgoing_events().retry(claimed, now.plus_ms(delay_ms)).await?,
        (false, None) => tx.outgoing_events().finish(claimed, Ending::Dead, now).await?,
    };
    tx.save().await
}

/// A CloudEvent 1.0 in its JSON format.
#[derive(Serialize)]
struct CloudEvent<'a> {
    specversion: &'static str,
    id: String,
    source: &'static str,
    #[serde(rename = "type")]
    kind: &'a str,
    subject: &'a str,
    time: Timestamp,
    datacontenttype: &'static str,
    data: &'a RawValue,
}

fn signed(
    key: &PlatformSecret,
    event: &NewOutgoingEvent,
    now: Timestamp,
) -> Result<SignedEvent, serde_json::Error> {
    let id = event.event_id.to_string();
    let body = serde_json::to_string(&CloudEvent {
        specversion: "1.0",
        id: id.clone(),
        source: SOURCE,
        kind: &event.kind,
        subject: &event.subject,
        time: event.created_at,
        datacontenttype: "application/json",
        data: serde_json::from_str(&event.data)?,
    })?;
    let timestamp = now.as_secs().to_string();
    let signature = key.sign(&id, &timestamp, body.as_bytes());
    Ok(SignedEvent { id, timestamp, signature, body })
}

#[cfg(test)]
mod tests {
    use domain::OutgoingEventId;

    use super::*;
    use crate::platform::signature::{SignatureHeaders, verify};

    #[test]
    fn an_event_is_signed_anew_at_each_try_and_its_id_and_body_stay() {
        let key = PlatformSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let event = NewOutgoingEvent {
            event_id: OutgoingEventId::from_uuid(uuid::Uuid::from_u128(1)),
            kind: "podium.test.happened".to_owned(),
            subject: "u_1".to_owned(),
            data: r#"{"n": 1}"#.to_owned(),
            created_at: Timestamp::from_secs(1_000_000_000),
        };
        let (first, second) = (Timestamp::from_secs(1_000_000_001), Timestamp::from_secs(1_000_009_999));
        let [one, two] = [first, second].map(|now| signed(&key, &event, now).unwrap());
        assert_eq!((&one.id, &one.body), (&two.id, &two.body));
        assert_eq!(
            one.body,
            r#"{"specversion":"1.0","id":"e_00000000000000000000000000000001","source":"/podium","type":"podium.test.happened","subject":"u_1","time":"2001-09-09T01:46:40.000Z","datacontenttype":"application/json","data":{"n": 1}}"#
        );
        for (signed, now) in [(&one, first), (&two, second)] {
            let headers = SignatureHeaders {
                id: &signed.id,
                timestamp: &signed.timestamp,
                signature: &signed.signature,
            };
            assert!(verify(std::slice::from_ref(&key), headers, signed.body.as_bytes(), now).is_ok());
        }
    }
}
