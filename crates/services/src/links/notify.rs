//! A text of the platform for one of its users. It belongs to the account: it is written for a linked chat alone, and
//! taken back when the link ends before it left.

use domain::{ChatId, EventId, OutgoingId, PlatformUserId, token::NotificationAnswer};
use serde::Deserialize;
use serde_json::json;
use storage::{
    StoreError,
    outbox::{NewOutgoing, OutgoingClass},
};

use crate::{Services, links::LinkError, platform::PlatformKey};

/// The most characters of a message of Telegram.
const CHARACTERS_MAX: usize = 4096;
/// Under this name a notification's id is remembered beside those of events, so that each is sent once.
const SOURCE: &str = "podium:notifications";

/// What a platform wants its user to read.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotificationOrder {
    /// The platform's id of it: the same id is sent once.
    pub id: EventId,
    /// Whose.
    pub platform_user_id: PlatformUserId,
    /// The text, plain.
    pub text: String,
}

impl std::fmt::Debug for NotificationOrder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("NotificationOrder").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Queues a text for a user of the platform.
///
/// # Errors
/// [`LinkError::PlayerUnknown`], [`LinkError::NotLinked`], [`LinkError::Unreachable`], [`LinkError::Malformed`].
pub async fn notify(
    services: &Services,
    _key: &PlatformKey,
    body: &[u8],
) -> Result<NotificationAnswer, LinkError> {
    let order: NotificationOrder = serde_json::from_slice(body)
        .map_err(|_| LinkError::Malformed("the body is not a notification in JSON"))?;
    // Telegram counts UTF-16 units.
    if order.text.trim().is_empty() || order.text.encode_utf16().count() > CHARACTERS_MAX {
        return Err(LinkError::Malformed("text must be 1 to 4096 characters"));
    }
    let bot_id = services.bot_id().ok_or(LinkError::NoBot)?;
    let mut tx = services.store().begin_write().await?;
    let known = tx.users().by_platform_ids(std::slice::from_ref(&order.platform_user_id)).await?.pop();
    let user = known.ok_or(LinkError::PlayerUnknown)?;
    let telegram_user_id = user.telegram_user_id.ok_or(LinkError::NotLinked)?;
    if !user.reachability.is_worth_a_try() {
        return Err(LinkError::Unreachable);
    }
    let source =
        SOURCE.parse().map_err(|_| StoreError::Inconsistent { table: "seen_events", column: "source" })?;
    let now = services.now();
    let is_new = tx.events().mark_seen(&[(source, order.id)], now).await?;
    if is_new != [true] {
        return Ok(NotificationAnswer { is_duplicate: true });
    }
    // A private chat has the number of its person.
    let chat_id = user.chat_id.unwrap_or(ChatId(telegram_user_id.0));
    let row = NewOutgoing {
        outgoing_id: OutgoingId::new(now, services.rng()),
        bot_id,
        chat_id,
        user_id: Some(user.user_id),
        class: OutgoingClass::Notice,
        repeatable: false,
        method: "sendMessage".to_owned(),
        payload: json!({"chat_id": chat_id, "text": order.text}).to_string(),
        cause: None,
        run_at: now,
        created_at: now,
    };
    tx.outbox().add_many(&[row]).await?;
    tx.save().await?;
    services.signals().publish(bus::signals::Signal::Outbox);
    Ok(NotificationAnswer { is_duplicate: false })
}
