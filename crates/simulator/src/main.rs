//! Runs the simulated Telegram until Ctrl-C.

use std::{io::IsTerminal as _, net::SocketAddr, path::PathBuf, process::ExitCode};

use clap::Parser;
use simulator::{Config, DemoConfig, LimitsConfig, NewUser};

/// Telegram on a desk: a Bot API server, a chat page that hosts the Mini App, and a demo platform.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Arguments {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8081")]
    listen: SocketAddr,
    /// The bot's token.
    #[arg(long, env = "TELEGRAM_BOT_TOKEN", hide_env_values = true, default_value_t = Config::default().token)]
    token: String,
    /// The bot's name without @.
    #[arg(long, default_value = "PodiumDemoBot")]
    bot_username: String,
    /// Telegram's official script: `node_modules/@twa-dev/sdk/src/telegram-web-apps.js`.
    #[arg(long)]
    script: Option<PathBuf>,
    /// Podium's address: posts invented players, tournaments and scores to it.
    #[arg(long, requires = "platform_key")]
    demo: Option<String>,
    /// The key that signs what the demo platform posts, `whsec_…`.
    #[arg(long, env = "PODIUM_PLATFORM_KEY", hide_env_values = true)]
    platform_key: Option<String>,
    /// Milliseconds between two scores of the demo platform; 0 for none by themselves.
    #[arg(long, default_value_t = 700)]
    demo_every_ms: u64,
    /// Makes the race of the demo platform reproducible.
    #[arg(long, default_value_t = 1)]
    demo_seed: u64,
    /// Where the Mini App lives.
    #[arg(long, default_value = "http://127.0.0.1:3000/app")]
    app_url: String,
    /// The secret of the bot's client at the simulated log-in.
    #[arg(
        long,
        env = "TELEGRAM_OIDC_CLIENT_SECRET",
        hide_env_values = true,
        default_value_t = Config::default().oidc_client_secret
    )]
    oidc_client_secret: String,
    /// Lets the bot write as fast as it likes and set its webhook as often.
    #[arg(long)]
    no_limits: bool,
}

/// The people that are there from the start, one for each language.
fn people() -> Vec<NewUser> {
    let person = |id: i64, first: &str, last: &str, username: &str, language: &str| NewUser {
        id: Some(id),
        first_name: first.to_owned(),
        last_name: Some(last.to_owned()),
        username: Some(username.to_owned()),
        language_code: language.to_owned(),
        is_stranger: false,
    };
    vec![
        person(1_000_000_001, "Alice", "Martin", "alice_sim", "en"),
        person(1_000_000_002, "Борис", "Волков", "boris_sim", "ru"),
        person(1_000_000_003, "Chloé", "Dubois", "chloe_sim", "fr"),
        person(1_000_000_004, "Dario", "Rossi", "dario_sim", "it"),
    ]
}

impl Arguments {
    fn into_config(self) -> Config {
        let demo = self.demo.zip(self.platform_key).map(|(podium_url, key)| DemoConfig {
            podium_url,
            key,
            score_every_ms: self.demo_every_ms,
            seed: self.demo_seed,
        });
        Config {
            listen: self.listen,
            token: self.token,
            bot_username: self.bot_username,
            app_url: self.app_url,
            oidc_client_secret: self.oidc_client_secret,
            script: self.script,
            limits: LimitsConfig { enabled: !self.no_limits, ..LimitsConfig::default() },
            limit_set_webhook: !self.no_limits,
            users: people(),
            demo,
            ..Config::default()
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_target(false)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    let handle = match simulator::start(Arguments::parse().into_config()).await {
        Ok(handle) => handle,
        Err(error) => {
            tracing::error!("{error}");
            return ExitCode::FAILURE;
        }
    };
    tracing::info!("the simulated Telegram is at {} (Bot API at the same address)", handle.base_url());
    if tokio::signal::ctrl_c().await.is_err() {
        tracing::error!("Ctrl-C can't be heard: the simulator stops");
    }
    handle.stop().await;
    ExitCode::SUCCESS
}
