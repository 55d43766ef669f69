//! The Bot API: what Podium calls, and what an answer means.
//!
//! Most of what the bot says leaves from rows of the outbox, as a method's name and its parameters ([`BotApi::call`]);
//! the few calls that Podium makes on its own behalf have methods of their own. The types of parameters and keyboards
//! are `frankenstein`'s. The client is ours, because it must tell a request that never left from one that may have
//! arrived, keep updates as they came, and bound every answer.

mod error;
mod http;
mod types;

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use frankenstein::types::{BotCommand, BotCommandScope, MenuButton};
use serde_json::Value;

pub use crate::api::{
    error::{ApiError, RejectedReason},
    http::{BadBaseUrl, HttpBotApi, Timeouts},
    types::{BotIdentity, RawUpdate, SetWebhook, WebhookInfo},
};

/// The Bot API of one bot.
#[async_trait]
pub trait BotApi: Send + Sync + std::fmt::Debug {
    /// Calls `method` with `payload`, a JSON object, and returns the result.
    async fn call(&self, method: &str, payload: &str) -> Result<Value, ApiError>;

    /// Who the bot is.
    async fn get_me(&self) -> Result<BotIdentity, ApiError>;

    /// Has updates sent to an address. Doing it again with the same values changes nothing.
    async fn set_webhook(&self, webhook: &SetWebhook) -> Result<(), ApiError>;

    /// Has updates kept for [`get_updates`](Self::get_updates); `drop_pending` throws away those that wait.
    async fn delete_webhook(&self, drop_pending: bool) -> Result<(), ApiError>;

    /// How the webhook fares.
    async fn get_webhook_info(&self) -> Result<WebhookInfo, ApiError>;

    /// Waits up to `timeout_s` seconds for updates from `offset` on, and forgets those before it.
    async fn get_updates(
        &self,
        offset: Option<i64>,
        limit: u32,
        timeout_s: u32,
    ) -> Result<Vec<RawUpdate>, ApiError>;

    /// Sets the list of commands for a language (`None`: for all that have no list of their own) and scope.
    async fn set_my_commands(
        &self,
        commands: &[BotCommand],
        locale: Option<&str>,
        scope: Option<BotCommandScope>,
    ) -> Result<(), ApiError>;

    /// Sets the button beside the input field, for one chat or for all that have none of their own.
    async fn set_chat_menu_button(
        &self,
        chat_id: Option<domain::ChatId>,
        button: MenuButton,
    ) -> Result<(), ApiError>;
}
