//! What Telegram must know of the bot: where updates go, which commands there are, which button opens the app.
//!
//! Done at each start, and harmless when repeated. While the Bot API is away the server serves all the same, and this
//! is tried again until it works.

use std::time::Duration;

use domain::Locale;
use i18n::{catalog, keys};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use storage::StoreError;
use telegram::{
    api::{ApiError, BotApi, SetWebhook},
    frankenstein::types::{
        AllowedUpdate, BotCommand, BotCommandScope, BotCommandScopeChat, ChatId as ApiChatId, MenuButton,
        MenuButtonWebApp, WebAppInfo,
    },
};
use tokio_util::sync::CancellationToken;

use crate::{
    Services,
    bot::commands::{FOR_EVERYONE, FOR_OPERATORS},
};

const SECRET_SETTING: &str = "webhook.secret";
const SET_SETTING: &str = "webhook.set";
const SECRET_PURPOSE: &str = "webhook secret";

/// The requests that Telegram may have open at a time.
const CONNECTIONS: u32 = 40;

/// What is set may be taken away again from outside (another process, a person); so it is looked at now and then.
const LOOK_AGAIN: Duration = Duration::from_mins(10);

/// How updates come.
#[derive(Debug, Clone)]
pub enum Delivery {
    /// Telegram sends them.
    Webhook {
        /// Where to.
        url: String,
        /// The secret, when the operator has given one.
        secret: Option<SecretString>,
    },
    /// They are asked for.
    Polling,
}

/// Telegram does not know what it must know.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// A call failed.
    #[error("Telegram did not take {call}")]
    Api {
        /// Which.
        call: &'static str,
        /// Why.
        #[source]
        source: ApiError,
    },
    /// The database failed.
    #[error("the database failed")]
    Store(#[from] StoreError),
    /// The secret was sealed with another `PODIUM_SECRET`.
    #[error("the webhook's secret can't be read")]
    Secret(#[from] crate::secrets::SecretError),
}

fn api(call: &'static str) -> impl FnOnce(ApiError) -> SetupError {
    move |source| SetupError::Api { call, source }
}

/// The webhook's secret: the given one, else one that is made once and shared by all nodes.
///
/// # Errors
/// When the database fails, or the stored secret was sealed with another `PODIUM_SECRET`.
pub async fn webhook_secret(
    services: &Services,
    given: Option<SecretString>,
) -> Result<SecretString, SetupError> {
    if let Some(given) = given {
        return Ok(given);
    }
    let mut bytes = [0; 32];
    services.rng().fill(&mut bytes);
    let made = services.secrets().seal(SECRET_PURPOSE, hex::encode(bytes).as_bytes(), services.rng())?;
    let mut tx = services.store().begin_write().await?;
    let sealed = tx.settings().get_or_set(SECRET_SETTING, &made).await?;
    tx.save().await?;
    let opened = services.secrets().open(SECRET_PURPOSE, &sealed)?;
    Ok(String::from_utf8_lossy(&opened).into_owned().into())
}

/// Tells Telegram, again and again until it works, and then looks now and then whether it still holds.
pub async fn run(services: Services, delivery: Delivery, stop: CancellationToken) {
    let mut failures = 0_u32;
    loop {
        let wait = match once(&services, &delivery).await {
            Ok(()) => {
                failures = 0;
                LOOK_AGAIN
            }
            Err(error) => {
                tracing::warn!(
                    error = %domain::ErrorChain(&error),
                    "the bot is not set up at Telegram yet; it is tried again"
                );
                failures += 1;
                Duration::from_secs(1 << failures.min(6))
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
    }
}

async fn once(services: &Services, delivery: &Delivery) -> Result<(), SetupError> {
    let Some(bot) = services.bot_api() else { return Ok(()) };
    let me = bot.get_me().await.map_err(api("getMe"))?;
    services.bot_identity().store(services, &me.username).await?;
    if !me.supports_inline_queries {
        tracing::info!("inline mode is off: @BotFather's /setinline lets people share boards in any chat");
    }
    match delivery {
        Delivery::Webhook { url, secret } => set_webhook(services, bot, url, secret.clone()).await?,
        Delivery::Polling => drop_webhook(bot).await?,
    }
    set_commands(services, bot).await?;
    set_menu_button(services, bot).await
}

fn wanted_updates() -> Vec<AllowedUpdate> {
    vec![
        AllowedUpdate::Message,
        AllowedUpdate::CallbackQuery,
        AllowedUpdate::InlineQuery,
        AllowedUpdate::MyChatMember,
    ]
}

/// Sets the webhook unless it is set in just this way. Updates that wait are kept whatever was set before.
async fn set_webhook(
    services: &Services,
    bot: &dyn BotApi,
    url: &str,
    given: Option<SecretString>,
) -> Result<(), SetupError> {
    let secret_token = webhook_secret(services, given).await?;
    let before = bot.get_webhook_info().await.map_err(api("getWebhookInfo"))?;
    // Telegram does not tell the secret back, so what was set last is remembered as a hash.
    let fingerprint = Sha256::new()
        .chain_update(url)
        .chain_update([0])
        .chain_update(secret_token.expose_secret())
        .chain_update([0])
        .chain_update(CONNECTIONS.to_be_bytes())
        .chain_update(format!("{:?}", wanted_updates()))
        .finalize();
    let mut tx = services.store().begin_read().await?;
    let remembered = tx.settings().get(SET_SETTING).await?;
    drop(tx);
    if before.url != url || remembered.as_deref() != Some(fingerprint.as_slice()) {
        let webhook = SetWebhook {
            url: url.to_owned(),
            secret_token,
            max_connections: CONNECTIONS,
            allowed_updates: wanted_updates(),
            drop_pending_updates: false,
        };
        bot.set_webhook(&webhook).await.map_err(api("setWebhook"))?;
        let mut tx = services.store().begin_write().await?;
        tx.settings().set(SET_SETTING, &fingerprint).await?;
        tx.save().await?;
    }
    let after = bot.get_webhook_info().await.map_err(api("getWebhookInfo"))?;
    // The path may be a secret, so the log shows the origin alone.
    let origin = after.url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
    tracing::info!(
        webhook.origin = %origin,
        webhook.pending_updates = after.pending_update_count,
        webhook.failing = after.last_error_date.is_some(),
        "Telegram sends updates to {origin}/…; {} wait",
        after.pending_update_count
    );
    Ok(())
}

/// Polling gets 409 while a webhook is set. Updates that wait are kept.
///
/// # Errors
/// When Telegram does not take a call.
pub(crate) async fn drop_webhook(bot: &dyn BotApi) -> Result<(), SetupError> {
    let before = bot.get_webhook_info().await.map_err(api("getWebhookInfo"))?;
    if !before.url.is_empty() {
        tracing::info!("a webhook was set before; it is removed, and updates that wait are kept");
        bot.delete_webhook(false).await.map_err(api("deleteWebhook"))?;
    }
    Ok(())
}

async fn set_commands(services: &Services, bot: &dyn BotApi) -> Result<(), SetupError> {
    for locale in Locale::ALL {
        let language = (locale != Locale::default()).then_some(locale.tag());
        bot.set_my_commands(&commands(locale, &FOR_EVERYONE), language, None)
            .await
            .map_err(api("setMyCommands"))?;
    }
    for operator in &services.settings().admin_ids {
        let all: Vec<_> = FOR_EVERYONE.into_iter().chain(FOR_OPERATORS).collect();
        let scope = BotCommandScope::Chat(BotCommandScopeChat { chat_id: ApiChatId::Integer(operator.0) });
        let set = bot.set_my_commands(&commands(Locale::default(), &all), None, Some(scope)).await;
        if let Err(error) = set {
            // An operator who has not started the bot has no chat yet; the commands work without being listed.
            tracing::debug!(
                error = %domain::ErrorChain(&error),
                "an operator's commands are not listed"
            );
        }
    }
    Ok(())
}

fn commands(locale: Locale, listed: &[(&str, i18n::Key)]) -> Vec<BotCommand> {
    let command = |(name, key): &(&str, i18n::Key)| {
        BotCommand::builder().command(*name).description(catalog(locale).text(*key)).build()
    };
    listed.iter().map(command).collect()
}

async fn set_menu_button(services: &Services, bot: &dyn BotApi) -> Result<(), SetupError> {
    let button = MenuButton::WebApp(MenuButtonWebApp {
        text: catalog(Locale::default()).text(keys::bot::MENU_BUTTON).to_owned(),
        web_app: WebAppInfo { url: format!("{}/app", services.settings().public_url) },
    });
    bot.set_chat_menu_button(None, button).await.map_err(api("setChatMenuButton"))
}
