//! What an operator sets: `config/default.toml`, then the file named by `PODIUM_CONFIG`, then the environment, which
//! wins. The variables with names of their own are in docs/SETTINGS.md; anything else is `PODIUM_<SECTION>_<KEY>`.

mod parse;
pub mod secret;
mod telegram;

use std::path::PathBuf;

use ::telegram::oidc::OidcClient;
use anyhow::{Context, ensure};
use domain::TelegramUserId;
use figment::{
    Figment,
    providers::{Env, Format, Serialized, Toml},
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use services::{platform::PlatformSecret, settings::ServiceSettings};
use url::Url;

use crate::settings::parse::{address, ids, is_loopback, number, origins, switch};
pub use crate::settings::telegram::{OidcSettings, TelegramSettings};

/// The settings that the file and `PODIUM_<SECTION>_<KEY>` fill, with their defaults. `config/default.toml` says what
/// each is for.
const DEFAULTS: &str = include_str!("../../config/default.toml");

/// Ten thousand viewers of live boards, and everybody else beside them.
const HTTP_CONNECTIONS_MAX: usize = 16_384;

/// Everything that an operator sets.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The public listener.
    pub listen: String,
    /// The listener for metrics and health.
    pub internal_listen: String,
    /// Connections that the public listener has open at most.
    pub http_connections_max: usize,
    /// Seconds for which the public listener goes on when a supervisor asks this server to stop.
    pub drain_s: u32,
    /// The origin under which players reach this server, without a slash at the end.
    pub public_url: String,
    /// The platform's own web site, where accounts are kept.
    pub cabinet_url: Option<String>,
    /// The database's address; its scheme chooses the engine.
    pub database_url: SecretString,
    /// Redis, where many nodes share ranks, limits and signals.
    pub redis_url: Option<SecretString>,
    /// The bot.
    pub telegram: TelegramSettings,
    /// The secret of this server, when it is given.
    pub secret: Option<SecretString>,
    /// The secrets of names, the present one first, separated by commas; when they are given.
    pub personal_keys: Option<SecretString>,
    /// The platform's first service key.
    pub platform_key: Option<SecretString>,
    /// Where the platform takes our events.
    pub platform_webhook: Option<Url>,
    /// Who runs which network, in MaxMind's format.
    pub asn_file: Option<PathBuf>,
    /// The Telegram ids of the first operators.
    pub admin_ids: Vec<TelegramUserId>,
    /// Milliseconds after which init data is stale.
    pub init_data_max_age_ms: i64,
    /// Whether calls are limited.
    pub rate_limits: bool,
    /// Where the built site is.
    pub site_root: PathBuf,
    /// Further origins that may show the Mini App in a frame, for development.
    pub frame_ancestors: Vec<String>,
    /// How many proxies stand in front and append to `X-Forwarded-For`.
    pub proxy_hops: usize,
    /// What the file sets.
    pub file: FileSettings,
}

/// The sections of the settings file.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FileSettings {
    /// `[boards]`
    pub boards: BoardSettings,
    /// `[sending]`
    pub sending: SendingSettings,
    /// `[privacy]`
    pub privacy: PrivacySettings,
    /// `[postgres]`
    pub postgres: PostgresSettings,
}

/// `[boards]`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct BoardSettings {
    /// Seconds after a tournament's end during which earlier scores are still taken.
    pub score_grace_s: u32,
}

/// `[sending]`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SendingSettings {
    /// Messages a second that the bot sends at most.
    pub per_second: u32,
    /// Messages a second that one chat gets at most.
    pub per_chat_per_second: u32,
}

/// `[privacy]`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PrivacySettings {
    /// Days between a person's wish to be erased and the erasure.
    pub erasure_grace_days: u16,
}

/// `[postgres]`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PostgresSettings {
    /// Connections that one process holds at most.
    pub connections: u32,
}

/// The variables with names of their own.
#[derive(Deserialize)]
struct Named {
    podium_listen: Option<String>,
    podium_internal_listen: Option<String>,
    podium_http_connections_max: Option<String>,
    podium_drain_s: Option<String>,
    podium_public_url: Option<String>,
    podium_cabinet_url: Option<String>,
    podium_secret: Option<SecretString>,
    podium_personal_keys: Option<SecretString>,
    podium_platform_key: Option<SecretString>,
    podium_platform_webhook: Option<String>,
    podium_asn_file: Option<PathBuf>,
    podium_admin_ids: Option<String>,
    podium_init_data_max_age: Option<String>,
    podium_rate_limits: Option<String>,
    podium_site_root: Option<PathBuf>,
    podium_frame_ancestors: Option<String>,
    podium_proxy_hops: Option<String>,
    port: Option<String>,
    database_url: Option<SecretString>,
    redis_url: Option<SecretString>,
    railway_public_domain: Option<String>,
    telegram_bot_token: Option<String>,
    telegram_bot_token_previous: Option<String>,
    telegram_api_url: Option<String>,
    telegram_webhook_url: Option<String>,
    telegram_webhook_secret: Option<SecretString>,
    telegram_web_app_js: Option<String>,
    telegram_oidc_client_id: Option<String>,
    telegram_oidc_client_secret: Option<SecretString>,
    telegram_oidc_issuer: Option<String>,
    telegram_enabled: Option<String>,
    disable_telegram_bot: Option<String>,
}

const NAMED: [&str; 32] = [
    "PODIUM_LISTEN",
    "PODIUM_INTERNAL_LISTEN",
    "PODIUM_HTTP_CONNECTIONS_MAX",
    "PODIUM_DRAIN_S",
    "PODIUM_PUBLIC_URL",
    "PODIUM_CABINET_URL",
    "PODIUM_SECRET",
    "PODIUM_PERSONAL_KEYS",
    "PODIUM_PLATFORM_KEY",
    "PODIUM_PLATFORM_WEBHOOK",
    "PODIUM_ASN_FILE",
    "PODIUM_ADMIN_IDS",
    "PODIUM_INIT_DATA_MAX_AGE",
    "PODIUM_RATE_LIMITS",
    "PODIUM_SITE_ROOT",
    "PODIUM_FRAME_ANCESTORS",
    "PODIUM_PROXY_HOPS",
    "PORT",
    "DATABASE_URL",
    "REDIS_URL",
    "RAILWAY_PUBLIC_DOMAIN",
    "TELEGRAM_BOT_TOKEN",
    "TELEGRAM_BOT_TOKEN_PREVIOUS",
    "TELEGRAM_API_URL",
    "TELEGRAM_WEBHOOK_URL",
    "TELEGRAM_WEBHOOK_SECRET",
    "TELEGRAM_WEB_APP_JS",
    "TELEGRAM_OIDC_CLIENT_ID",
    "TELEGRAM_OIDC_CLIENT_SECRET",
    "TELEGRAM_OIDC_ISSUER",
    "TELEGRAM_ENABLED",
    "DISABLE_TELEGRAM_BOT",
];

impl Settings {
    /// Reads the settings from the environment.
    ///
    /// # Errors
    /// One sentence that names the variable and what is wrong with it, never its content.
    pub fn from_env() -> anyhow::Result<Self> {
        let set = NAMED.into_iter().filter_map(|name| {
            // An empty variable is one that is not set: compose files and CI systems pass those on.
            std::env::var(name).ok().filter(|value| !value.is_empty()).map(|value| (name, value))
        });
        Self::from_variables(set, file_settings()?)
    }

    /// The settings for a set of variables.
    ///
    /// # Errors
    /// One sentence that names the variable and what is wrong with it, never its content.
    pub fn from_variables<'a>(
        variables: impl IntoIterator<Item = (&'a str, String)>,
        file: FileSettings,
    ) -> anyhow::Result<Self> {
        let map: std::collections::BTreeMap<String, String> =
            variables.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
        let named: Named = Figment::from(Serialized::defaults(map))
            .extract()
            .map_err(|_| anyhow::anyhow!("the environment can't be read as settings"))?;
        let telegram = telegram::settings(&named)?;
        let listen = match (&named.podium_listen, &named.port) {
            (_, Some(port)) => format!("0.0.0.0:{}", number::<u16>("PORT", port)?),
            (Some(listen), None) => listen.clone(),
            (None, None) => "127.0.0.1:3000".to_owned(),
        };
        let public_url = public_url(&named, &telegram, &listen)?;
        let proxy_hops = match &named.podium_proxy_hops {
            Some(text) => number("PODIUM_PROXY_HOPS", text)?,
            None => usize::from(named.railway_public_domain.is_some()),
        };
        let max_age_s = match &named.podium_init_data_max_age {
            Some(text) => number::<u32>("PODIUM_INIT_DATA_MAX_AGE", text)?,
            None => 600,
        };
        let drain_s = match &named.podium_drain_s {
            Some(text) => number("PODIUM_DRAIN_S", text)?,
            None => 5,
        };
        let http_connections_max = match &named.podium_http_connections_max {
            Some(text) => number::<u32>("PODIUM_HTTP_CONNECTIONS_MAX", text)? as usize,
            None => HTTP_CONNECTIONS_MAX,
        };
        ensure!(http_connections_max > 0, "PODIUM_HTTP_CONNECTIONS_MAX must be at least 1");
        if let Some(key) = &named.podium_platform_key {
            ensure!(
                PlatformSecret::parse(key.expose_secret()).is_some(),
                "PODIUM_PLATFORM_KEY must be whsec_ and at least 24 bytes in base64"
            );
        }
        let platform_webhook = platform_webhook(&named)?;
        Ok(Self {
            listen,
            internal_listen: named.podium_internal_listen.unwrap_or_else(|| "127.0.0.1:9464".to_owned()),
            http_connections_max,
            drain_s,
            public_url,
            cabinet_url: cabinet_url(named.podium_cabinet_url.as_deref())?,
            database_url: named.database_url.unwrap_or_else(|| "sqlite:data/podium.db".to_owned().into()),
            redis_url: named.redis_url,
            telegram,
            secret: named.podium_secret,
            personal_keys: named.podium_personal_keys,
            platform_key: named.podium_platform_key,
            platform_webhook,
            asn_file: named.podium_asn_file,
            admin_ids: ids("PODIUM_ADMIN_IDS", named.podium_admin_ids.as_deref())?,
            init_data_max_age_ms: i64::from(max_age_s) * 1000,
            rate_limits: switch("PODIUM_RATE_LIMITS", named.podium_rate_limits.as_deref(), true)?,
            site_root: named.podium_site_root.unwrap_or_else(|| PathBuf::from("target/site")),
            frame_ancestors: origins("PODIUM_FRAME_ANCESTORS", named.podium_frame_ancestors.as_deref())?,
            proxy_hops,
            file,
        })
    }

    /// The part that use cases need.
    pub fn for_services(&self) -> ServiceSettings {
        let tokens = [&self.telegram.token, &self.telegram.previous_token];
        ServiceSettings {
            bot_tokens: tokens.into_iter().flatten().cloned().collect(),
            public_url: self.public_url.clone(),
            cabinet_url: self.cabinet_url.clone(),
            init_data_max_age_ms: self.init_data_max_age_ms,
            score_grace_ms: i64::from(self.file.boards.score_grace_s) * 1000,
            erasure_grace_ms: i64::from(self.file.privacy.erasure_grace_days) * 24 * 3_600_000,
            platform_keys: self
                .platform_key
                .iter()
                .filter_map(|key| PlatformSecret::parse(key.expose_secret()))
                .collect(),
            admin_ids: self.admin_ids.clone(),
            rate_limits: self.rate_limits,
            sends_per_second: self.file.sending.per_second,
            sends_per_chat_per_second: self.file.sending.per_chat_per_second,
        }
    }

    /// How this server is known to the provider of OpenID Connect; `None` when it is not.
    pub fn oidc_client(&self) -> Option<OidcClient> {
        let oidc = self.telegram.oidc.as_ref()?;
        Some(OidcClient {
            issuer: self.telegram.login_url.clone(),
            client_id: oidc.client_id.clone(),
            client_secret: oidc.client_secret.clone(),
            redirect_uri: format!("{}/v1/tg/oidc/callback", self.public_url),
        })
    }

    /// Whether the database is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        let url = self.database_url.expose_secret();
        url.starts_with("postgres:") || url.starts_with("postgresql:")
    }
}

/// The settings of the file, with those of `PODIUM_<SECTION>_<KEY>` over them.
///
/// # Errors
/// When the file can't be read, or a key is unknown or of the wrong type.
pub fn file_settings() -> anyhow::Result<FileSettings> {
    let defaults = Figment::from(Toml::string(DEFAULTS));
    let mut figment = defaults.clone();
    if let Some(path) = std::env::var_os("PODIUM_CONFIG") {
        figment = figment.merge(Toml::file_exact(path));
    }
    // The section is the first word behind the prefix; the rest is the key.
    let from_env = Env::prefixed("PODIUM_")
        .filter(move |key| is_of_file(&defaults, key.as_str()))
        .map(|key| key.as_str().to_ascii_lowercase().replacen('_', ".", 1).into())
        .split(".");
    figment.merge(from_env).extract().context("the settings file or a PODIUM_… variable is not valid")
}

/// Whether what stands behind `PODIUM_` names a key of the settings file: it begins with one of the sections there.
fn is_of_file(defaults: &Figment, name: &str) -> bool {
    let section = name.split('_').next().unwrap_or_default().to_ascii_lowercase();
    defaults.find_value(&section).is_ok()
}

/// The settings of `config/default.toml` alone, for tests and tools.
///
/// # Errors
/// Never with the file that is built in; a test holds that.
pub fn default_file_settings() -> anyhow::Result<FileSettings> {
    Ok(Figment::from(Toml::string(DEFAULTS)).extract()?)
}

fn platform_webhook(named: &Named) -> anyhow::Result<Option<Url>> {
    const NAME: &str = "PODIUM_PLATFORM_WEBHOOK";
    let Some(text) = &named.podium_platform_webhook else { return Ok(None) };
    let url = address(NAME, text)?;
    ensure!(
        url.scheme() == "https" || is_loopback(&url),
        "{NAME} must be an https address; http works on this machine alone"
    );
    ensure!(named.podium_platform_key.is_some(), "{NAME} needs PODIUM_PLATFORM_KEY, which signs the events");
    Ok(Some(url))
}

/// The platform's site, as buttons lead there.
fn cabinet_url(text: Option<&str>) -> anyhow::Result<Option<String>> {
    let Some(text) = text else { return Ok(None) };
    let url = address("PODIUM_CABINET_URL", text)?;
    ensure!(
        url.scheme() == "https" || is_loopback(&url),
        "PODIUM_CABINET_URL must be https; http works on this machine alone"
    );
    ensure!(url.fragment().is_none(), "PODIUM_CABINET_URL must have no fragment (#…)");
    Ok(Some(url.into()))
}

fn public_url(named: &Named, telegram: &TelegramSettings, listen: &str) -> anyhow::Result<String> {
    let url = match (&named.podium_public_url, &named.railway_public_domain, &telegram.webhook_url) {
        (Some(url), ..) => address("PODIUM_PUBLIC_URL", url)?,
        (None, Some(domain), _) => address("RAILWAY_PUBLIC_DOMAIN", &format!("https://{domain}"))?,
        (None, None, Some(webhook)) => {
            address("TELEGRAM_WEBHOOK_URL", &webhook.origin().ascii_serialization())?
        }
        (None, None, None) => address("PODIUM_LISTEN", &format!("http://{listen}"))?,
    };
    let api_on_loopback = is_loopback(&address("TELEGRAM_API_URL", &telegram.api_url)?);
    let is_fine = url.scheme() == "https" || !telegram.enabled || (is_loopback(&url) && api_on_loopback);
    ensure!(
        is_fine,
        "PODIUM_PUBLIC_URL must be an https address that players can reach; http works on this machine alone and \
         with the simulator"
    );
    Ok(url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests;
