//! The commands that start the programs of `cargo xtask run`, with their settings.

use std::path::Path;
use std::process::Command;

use crate::launch::Options;
use crate::{site, workspace};

/// A token of the right form that opens nothing: the simulator takes any.
const BOT_TOKEN: &str = "7342037359:AAF-made-up-for-the-desk-0123456789";

/// What the two know each other by at the simulated log-in.
const LOGIN_SECRET: &str = "made-up-for-the-desk";

/// The simulator's Alice, who may look at /admin.
const ADMIN_ID: &str = "1000000001";

/// What a deployment on this machine may have set; here it would only mislead.
const FOREIGN: [&str; 6] = [
    "DATABASE_URL",
    "DISABLE_TELEGRAM_BOT",
    "PORT",
    "RAILWAY_PUBLIC_DOMAIN",
    "REDIS_URL",
    "TELEGRAM_ENABLED",
];

/// All that the commands depend on.
#[derive(Debug)]
pub struct Settings<'a> {
    /// Where everything listens.
    pub options: &'a Options,
    /// The folder of the database.
    pub data: &'a Path,
    /// What the demo platform signs with.
    pub platform_key: &'a str,
}

impl Settings<'_> {
    /// The simulated Telegram with the demo platform.
    pub fn simulator(&self, program: &Path, script: &Path) -> Command {
        let mut command = clean(program);
        command
            .args(["--listen", &self.options.simulator_listen.to_string()])
            .arg("--script")
            .arg(script)
            .args(["--demo", &self.podium_url()])
            .args(["--app-url", &format!("{}/app", self.podium_url())])
            // By the environment: what is on a command line can be read by everyone on the machine.
            .env("TELEGRAM_BOT_TOKEN", BOT_TOKEN)
            .env("TELEGRAM_OIDC_CLIENT_SECRET", LOGIN_SECRET)
            .env("PODIUM_PLATFORM_KEY", self.platform_key);
        command
    }

    /// Podium on SQLite.
    pub fn podium(&self, program: &Path) -> Command {
        let telegram_url = format!("http://{}", self.options.simulator_listen);
        let mut command = clean(program);
        command
            .arg("serve")
            .env("PODIUM_LISTEN", self.options.listen.to_string())
            .env("PODIUM_INTERNAL_LISTEN", self.options.internal_listen.to_string())
            .env("PODIUM_PUBLIC_URL", self.podium_url())
            // Nobody balances here, and somebody waits for the end.
            .env("PODIUM_DRAIN_S", "0")
            .env("PODIUM_SITE_ROOT", site::directory())
            .env("PODIUM_FRAME_ANCESTORS", &telegram_url)
            // The demo platform's own site, beside the simulated Telegram.
            .env("PODIUM_CABINET_URL", format!("{telegram_url}/cabinet"))
            .env("PODIUM_PLATFORM_KEY", self.platform_key)
            .env("PODIUM_ADMIN_IDS", ADMIN_ID)
            .env("DATABASE_URL", format!("sqlite:{}/podium.db", self.data.display()))
            .env("TELEGRAM_BOT_TOKEN", BOT_TOKEN)
            .env("TELEGRAM_WEBHOOK_URL", format!("{}/telegram/webhook", self.podium_url()))
            .env("TELEGRAM_WEB_APP_JS", format!("{telegram_url}/telegram-web-app.js"))
            .env("TELEGRAM_OIDC_ISSUER", format!("{telegram_url}/oauth"))
            .env("TELEGRAM_OIDC_CLIENT_ID", BOT_TOKEN.split(':').next().unwrap_or_default())
            .env("TELEGRAM_OIDC_CLIENT_SECRET", LOGIN_SECRET)
            .env("TELEGRAM_API_URL", telegram_url);
        command
    }

    /// Where Podium is reached.
    fn podium_url(&self) -> String {
        format!("http://{}", self.options.listen)
    }
}

/// A command that sees none of the machine's own settings for Podium.
fn clean(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(workspace::root());
    for (name, _) in std::env::vars_os() {
        let foreign = name.to_str().is_some_and(|name| {
            name.starts_with("PODIUM_") || name.starts_with("TELEGRAM_") || FOREIGN.contains(&name)
        });
        if foreign {
            command.env_remove(name);
        }
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_has_the_form_of_telegrams() {
        let (id, secret) = BOT_TOKEN.split_once(':').unwrap();
        assert!(id.bytes().all(|byte| byte.is_ascii_digit()));
        assert_eq!(secret.len(), 35);
        assert!(secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
    }
}
