//! What can be set before the simulator starts.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};

use crate::world::users::NewUser;

/// Settings of one simulator.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen; port 0 takes any free one.
    pub listen: SocketAddr,
    /// The bot's token, `<id>:<secret>`.
    pub token: String,
    /// The bot's name without `@`.
    pub bot_username: String,
    /// Where the Mini App lives; `t.me/<bot>?startapp` and the profile button open it.
    pub app_url: String,
    /// The secret of the bot's client at the simulated log-in; the client's id is the bot's.
    pub oidc_client_secret: String,
    /// Telegram's official script on disk, served at `/telegram-web-app.js`.
    pub script: Option<PathBuf>,
    /// How fast a bot may write.
    pub limits: LimitsConfig,
    /// Whether more than one `setWebhook` a second is refused.
    pub limit_set_webhook: bool,
    /// By what the delays between webhook retries are multiplied; tests set it far below 1.
    pub retry_scale: f64,
    /// How long a webhook may take to answer.
    pub webhook_timeout: Duration,
    /// The people that are there from the start.
    pub users: Vec<NewUser>,
    /// The demo platform, when one is wanted.
    pub demo: Option<DemoConfig>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            token: "1234567890:SIMULATED-token-that-opens-nothing-real".to_owned(),
            bot_username: "PodiumDemoBot".to_owned(),
            app_url: "http://127.0.0.1:3000/app".to_owned(),
            oidc_client_secret: "simulated-client-secret".to_owned(),
            script: None,
            limits: LimitsConfig::default(),
            limit_set_webhook: true,
            retry_scale: 1.0,
            webhook_timeout: Duration::from_mins(1),
            users: Vec::new(),
            demo: None,
        }
    }
}

/// How fast a bot may write before it is answered with 429.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LimitsConfig {
    /// Messages a second to one chat, after a short burst.
    pub per_chat_per_second: f64,
    /// How many messages one chat takes at once.
    pub per_chat_burst: u32,
    /// Messages in any second to all chats.
    pub per_second: u32,
    /// Whether the limits hold at all.
    pub enabled: bool,
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self { per_chat_per_second: 1.0, per_chat_burst: 3, per_second: 30, enabled: true }
    }
}

/// Where the demo platform posts, and how it signs.
#[derive(Debug, Clone)]
pub struct DemoConfig {
    /// The address of Podium, e.g. `http://127.0.0.1:3000`.
    pub podium_url: String,
    /// The service key, `whsec_…`.
    pub key: String,
    /// Milliseconds between two scores; 0 posts none on its own.
    pub score_every_ms: u64,
    /// Makes the race reproducible.
    pub seed: u64,
}
