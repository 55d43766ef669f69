//! The Bot API over HTTP.

use std::{fmt, time::Duration};

use async_trait::async_trait;
use domain::{BotId, ChatId};
use frankenstein::{
    methods::{
        DeleteWebhookParams, GetUpdatesParams, SetChatMenuButtonParams, SetMyCommandsParams, SetWebhookParams,
    },
    types::{BotCommand, BotCommandScope, MenuButton},
};
use reqwest::{Client, Response, Url, header, redirect};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, value::RawValue};

use crate::{
    api::{
        BotApi,
        error::{ApiError, Refusal, RejectedReason},
        types::{BotIdentity, RawUpdate, SetWebhook, WebhookInfo},
    },
    send_limits::{POLL_SECONDS_MAX, POLL_UPDATES_MAX},
    token::BotToken,
    update::Envelope,
};

/// The largest answer that is read; a hundred updates are far smaller.
const ANSWER_LEN_MAX: usize = 16 * 1024 * 1024;

/// How long an unused connection is kept. Shorter than servers keep theirs, so that a request is not written to a
/// connection that is just being closed, which would leave it ambiguous.
const IDLE: Duration = Duration::from_secs(30);

/// How much longer than its own wait a `getUpdates` call may take.
const POLL_SLACK: Duration = Duration::from_secs(10);

/// How long to wait for the Bot API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For the connection.
    pub connect: Duration,
    /// For a whole call, from the connection to the last byte of the answer.
    pub call: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), call: Duration::from_secs(30) }
    }
}

/// The base address is no http or https address, or the client could not be made of the timeouts.
#[derive(Debug, thiserror::Error)]
#[error("the Bot API's address must be an http or https address without a query")]
pub struct BadBaseUrl;

/// The Bot API of one bot, over HTTP.
pub struct HttpBotApi {
    client: Client,
    /// Without a slash at the end.
    base_url: String,
    token: BotToken,
    timeouts: Timeouts,
}

impl HttpBotApi {
    /// A client for the bot of `token` at `base_url`, e.g. `https://api.telegram.org`.
    ///
    /// # Errors
    /// When `base_url` is no http or https address.
    pub fn new(base_url: &str, token: BotToken, timeouts: Timeouts) -> Result<Self, BadBaseUrl> {
        let url = Url::parse(base_url).map_err(|_| BadBaseUrl)?;
        if !matches!(url.scheme(), "http" | "https") || url.query().is_some() || url.fragment().is_some() {
            return Err(BadBaseUrl);
        }
        let client = Client::builder()
            .connect_timeout(timeouts.connect)
            .timeout(timeouts.call)
            .pool_idle_timeout(IDLE)
            // A redirect would carry the token to another host.
            .redirect(redirect::Policy::none())
            .build()
            .map_err(|_| BadBaseUrl)?;
        Ok(Self { client, base_url: url.as_str().trim_end_matches('/').to_owned(), token, timeouts })
    }

    /// Calls a method whose parameters are a type of `frankenstein`.
    async fn request<P: Serialize + Sync, R: DeserializeOwned>(
        &self,
        method: &str,
        parameters: &P,
        timeout: Duration,
    ) -> Result<R, ApiError> {
        let body = serde_json::to_string(parameters)
            .map_err(|_| ApiError::Rejected { status: 0, reason: RejectedReason::Other })?;
        result(&self.post(method, body, timeout).await?)
    }

    /// Posts a call and returns the body of a successful answer.
    async fn post(&self, method: &str, body: String, timeout: Duration) -> Result<String, ApiError> {
        if method.is_empty() || !method.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(ApiError::Rejected { status: 0, reason: RejectedReason::NotAMethod });
        }
        let url = format!("{}/bot{}/{method}", self.base_url, self.token.expose());
        let request = self
            .client
            .post(url)
            .timeout(timeout)
            .header(header::CONTENT_TYPE, "application/json")
            .body(body);
        let response = request.send().await.map_err(lost)?;
        let status = response.status().as_u16();
        let retry_after = response
            .headers()
            .get(header::RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.trim().parse().ok());
        let is_success = response.status().is_success();
        match read(response).await {
            Ok(body) if is_success => Ok(body),
            // A refusal carries nothing out, whatever became of its body.
            Ok(body) => Err(refused(status, retry_after, &body)),
            Err(error) if is_success => Err(error),
            Err(_) => Err(refused(status, retry_after, "")),
        }
    }
}

impl fmt::Debug for HttpBotApi {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("HttpBotApi")
            .field("base_url", &self.base_url)
            .field("token", &self.token)
            .field("timeouts", &self.timeouts)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl BotApi for HttpBotApi {
    async fn call(&self, method: &str, payload: &str) -> Result<Value, ApiError> {
        result(&self.post(method, payload.to_owned(), self.timeouts.call).await?)
    }

    async fn get_me(&self) -> Result<BotIdentity, ApiError> {
        #[derive(Deserialize)]
        struct Me {
            id: i64,
            #[serde(default)]
            username: String,
            #[serde(default)]
            first_name: String,
            #[serde(default)]
            has_main_web_app: bool,
            #[serde(default)]
            supports_inline_queries: bool,
        }
        let me: Me = self.request("getMe", &Nothing {}, self.timeouts.call).await?;
        Ok(BotIdentity {
            bot_id: BotId(me.id),
            username: me.username,
            first_name: me.first_name,
            has_main_web_app: me.has_main_web_app,
            supports_inline_queries: me.supports_inline_queries,
        })
    }

    async fn set_webhook(&self, webhook: &SetWebhook) -> Result<(), ApiError> {
        let parameters = SetWebhookParams::builder()
            .url(webhook.url.as_str())
            .secret_token(webhook.secret_token.expose_secret())
            .max_connections(webhook.max_connections)
            .allowed_updates(webhook.allowed_updates.clone())
            .drop_pending_updates(webhook.drop_pending_updates)
            .build();
        self.request::<_, bool>("setWebhook", &parameters, self.timeouts.call).await.map(drop)
    }

    async fn delete_webhook(&self, drop_pending: bool) -> Result<(), ApiError> {
        let parameters = DeleteWebhookParams::builder().drop_pending_updates(drop_pending).build();
        self.request::<_, bool>("deleteWebhook", &parameters, self.timeouts.call).await.map(drop)
    }

    async fn get_webhook_info(&self) -> Result<WebhookInfo, ApiError> {
        self.request("getWebhookInfo", &Nothing {}, self.timeouts.call).await
    }

    async fn get_updates(
        &self,
        offset: Option<i64>,
        limit: u32,
        timeout_s: u32,
    ) -> Result<Vec<RawUpdate>, ApiError> {
        let timeout_s = timeout_s.min(POLL_SECONDS_MAX);
        let parameters = GetUpdatesParams::builder()
            .maybe_offset(offset)
            .limit(limit.clamp(1, POLL_UPDATES_MAX))
            .timeout(timeout_s)
            .build();
        let timeout = Duration::from_secs(u64::from(timeout_s)) + POLL_SLACK;
        let updates: Vec<Box<RawValue>> = self.request("getUpdates", &parameters, timeout).await?;
        let raw = updates.into_iter().filter_map(|update| {
            let envelope = Envelope::parse(update.get().as_bytes()).ok();
            if envelope.is_none() {
                tracing::warn!("Telegram sent something without an update id; it is left out");
            }
            Some(RawUpdate { update_id: envelope?.update_id, json: String::from(Box::<str>::from(update)) })
        });
        Ok(raw.collect())
    }

    async fn set_my_commands(
        &self,
        commands: &[BotCommand],
        locale: Option<&str>,
        scope: Option<BotCommandScope>,
    ) -> Result<(), ApiError> {
        let parameters = SetMyCommandsParams::builder()
            .commands(commands.to_vec())
            .maybe_language_code(locale)
            .maybe_scope(scope)
            .build();
        self.request::<_, bool>("setMyCommands", &parameters, self.timeouts.call).await.map(drop)
    }

    async fn set_chat_menu_button(
        &self,
        chat_id: Option<ChatId>,
        button: MenuButton,
    ) -> Result<(), ApiError> {
        let parameters = SetChatMenuButtonParams::builder()
            .maybe_chat_id(chat_id.map(|chat| chat.0))
            .menu_button(button)
            .build();
        self.request::<_, bool>("setChatMenuButton", &parameters, self.timeouts.call).await.map(drop)
    }
}

/// The parameters of a method that takes none.
#[derive(Serialize)]
struct Nothing {}

/// What became of a request that got no answer. The error keeps its causes but not its address, which has the token.
fn lost(error: reqwest::Error) -> ApiError {
    let never_left = error.is_connect() || error.is_builder();
    let source = Box::new(error.without_url());
    if never_left { ApiError::NotSent { source } } else { ApiError::Ambiguous { source } }
}

/// The body of an answer, up to [`ANSWER_LEN_MAX`].
async fn read(mut response: Response) -> Result<String, ApiError> {
    let mut body = Vec::new();
    while let Some(chunk) =
        response.chunk().await.map_err(|error| ApiError::ambiguous(error.without_url()))?
    {
        if body.len() + chunk.len() > ANSWER_LEN_MAX {
            return Err(ApiError::ambiguous("the answer is too large"));
        }
        body.extend_from_slice(&chunk);
    }
    String::from_utf8(body).map_err(|_| ApiError::ambiguous("the answer is not UTF-8"))
}

/// What a status other than 2xx means. An answer that is not Telegram's own JSON comes from something in between, and
/// says nothing of the chat.
fn refused(status: u16, retry_after: Option<u32>, body: &str) -> ApiError {
    match serde_json::from_str::<Refusal>(body) {
        Ok(refusal) => refusal.meaning(status, retry_after),
        Err(_) if status == 429 => ApiError::FloodWait { retry_after_s: retry_after.unwrap_or(1).max(1) },
        Err(_) => ApiError::Unavailable { status },
    }
}

/// The result in the body of a successful answer.
fn result<R: DeserializeOwned>(body: &str) -> Result<R, ApiError> {
    #[derive(Deserialize)]
    struct Answer<R> {
        ok: bool,
        result: Option<R>,
    }
    // serde's message may quote the answer; it is dropped.
    let answer: Answer<R> = serde_json::from_str(body)
        .map_err(|_| ApiError::ambiguous("the answer is not what the Bot API sends"))?;
    match answer.result {
        Some(result) if answer.ok => Ok(result),
        _ => Err(refused(200, None, body)),
    }
}
