//! How this server meets Telegram: the bot, and sign-in outside Telegram.

use anyhow::ensure;
use secrecy::{ExposeSecret, SecretString};
use telegram::{oidc::TELEGRAM_ISSUER, token::BotToken};
use url::Url;

use crate::settings::{
    Named,
    parse::{address, is_loopback, switch},
};

/// How this server meets Telegram.
#[derive(Debug, Clone)]
pub struct TelegramSettings {
    /// Whether this server runs the bot.
    pub enabled: bool,
    /// The bot's token; needed when enabled.
    pub token: Option<BotToken>,
    /// The token before it, while tokens are being rotated.
    pub previous_token: Option<BotToken>,
    /// The Bot API's address.
    pub api_url: String,
    /// Where Telegram sends updates; `None` means long polling.
    pub webhook_url: Option<Url>,
    /// The webhook's secret, when one is given.
    pub webhook_secret: Option<SecretString>,
    /// The script that defines `window.Telegram.WebApp`.
    pub web_app_js: String,
    /// Where people sign in outside Telegram, without a slash at the end.
    pub login_url: String,
    /// How this server is known there for OpenID Connect; `None` when it is not.
    pub oidc: Option<OidcSettings>,
}

/// This server at the provider of OpenID Connect.
#[derive(Debug, Clone)]
pub struct OidcSettings {
    /// The client's id.
    pub client_id: String,
    /// The client's secret.
    pub client_secret: SecretString,
}

/// Reads them.
pub(super) fn settings(named: &Named) -> anyhow::Result<TelegramSettings> {
    let token = |name: &'static str, text: &Option<String>| -> anyhow::Result<Option<BotToken>> {
        text.as_ref()
            .map(|text| text.parse().map_err(|_| anyhow::anyhow!("{name} is not a bot token (123456:ABC…)")))
            .transpose()
    };
    let enabled = switch("TELEGRAM_ENABLED", named.telegram_enabled.as_deref(), true)?
        && !switch("DISABLE_TELEGRAM_BOT", named.disable_telegram_bot.as_deref(), false)?;
    let token_now = token("TELEGRAM_BOT_TOKEN", &named.telegram_bot_token)?;
    ensure!(
        token_now.is_some() || !enabled,
        "TELEGRAM_BOT_TOKEN is not set; give the token of your bot, or set DISABLE_TELEGRAM_BOT=true"
    );
    let api_url = named.telegram_api_url.clone().unwrap_or_else(|| "https://api.telegram.org".to_owned());
    let api_url = api_url.trim_end_matches('/').to_owned();
    let on_loopback = is_loopback(&address("TELEGRAM_API_URL", &api_url)?);
    let webhook_url = match (&named.telegram_webhook_url, &named.railway_public_domain) {
        (Some(url), _) => Some(address("TELEGRAM_WEBHOOK_URL", url)?),
        (None, Some(domain)) => {
            Some(address("RAILWAY_PUBLIC_DOMAIN", &format!("https://{domain}/telegram/webhook/"))?)
        }
        (None, None) => None,
    };
    if let Some(url) = &webhook_url {
        ensure!(
            url.scheme() == "https" || (is_loopback(url) && on_loopback),
            "TELEGRAM_WEBHOOK_URL must be https: Telegram delivers nowhere else"
        );
    }
    if let Some(secret) = &named.telegram_webhook_secret {
        let secret = secret.expose_secret();
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        ensure!(
            secret.len() <= 256 && secret.bytes().all(fits),
            "TELEGRAM_WEBHOOK_SECRET must be 1 to 256 characters of A-Z, a-z, 0-9, _ and -"
        );
    }
    Ok(TelegramSettings {
        enabled,
        token: token_now,
        previous_token: token("TELEGRAM_BOT_TOKEN_PREVIOUS", &named.telegram_bot_token_previous)?,
        api_url,
        webhook_url,
        webhook_secret: named.telegram_webhook_secret.clone(),
        web_app_js: named
            .telegram_web_app_js
            .clone()
            .unwrap_or_else(|| "https://telegram.org/js/telegram-web-app.js?64".to_owned()),
        login_url: login_url(named)?,
        oidc: oidc_settings(named)?,
    })
}

/// Where people sign in outside Telegram: the issuer of OpenID Connect, whose `/auth` is the widget's too.
fn login_url(named: &Named) -> anyhow::Result<String> {
    const NAME: &str = "TELEGRAM_OIDC_ISSUER";
    let text = named.telegram_oidc_issuer.as_deref().unwrap_or(TELEGRAM_ISSUER);
    let url = address(NAME, text)?;
    ensure!(
        url.scheme() == "https" || is_loopback(&url),
        "{NAME} must be an https address; http works on this machine alone"
    );
    ensure!(url.query().is_none() && url.fragment().is_none(), "{NAME} must have no query and no fragment");
    Ok(text.trim_end_matches('/').to_owned())
}

fn oidc_settings(named: &Named) -> anyhow::Result<Option<OidcSettings>> {
    match (&named.telegram_oidc_client_id, &named.telegram_oidc_client_secret) {
        (Some(client_id), Some(client_secret)) => {
            Ok(Some(OidcSettings { client_id: client_id.clone(), client_secret: client_secret.clone() }))
        }
        (None, None) => Ok(None),
        (Some(_), None) => {
            anyhow::bail!("TELEGRAM_OIDC_CLIENT_SECRET is not set, TELEGRAM_OIDC_CLIENT_ID is")
        }
        (None, Some(_)) => {
            anyhow::bail!("TELEGRAM_OIDC_CLIENT_ID is not set, TELEGRAM_OIDC_CLIENT_SECRET is")
        }
    }
}
