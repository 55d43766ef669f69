//! Who the bot is: asked of Telegram once, kept in the database, so that every node can make links to it.

use std::sync::{PoisonError, RwLock};

use storage::{StoreError, Transaction};

use crate::Services;

const SETTING: &str = "bot.username";

/// What this node knows of the bot.
#[derive(Debug, Default)]
pub struct BotIdentity {
    username: RwLock<Option<String>>,
}

impl BotIdentity {
    /// The bot's user name, without the @; `None` until Telegram was asked for the first time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn username(&self, services: &Services) -> Result<Option<String>, StoreError> {
        if let Some(username) = self.known() {
            return Ok(Some(username));
        }
        let mut tx = services.store().begin_read().await?;
        self.username_within(&mut *tx).await
    }

    /// The same, asked within a transaction that is open already: a second one could wait for the first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn username_within(&self, tx: &mut dyn Transaction) -> Result<Option<String>, StoreError> {
        if let Some(username) = self.known() {
            return Ok(Some(username));
        }
        let stored = tx.settings().get(SETTING).await?.and_then(|bytes| String::from_utf8(bytes).ok());
        if let Some(username) = &stored {
            self.learn(username);
        }
        Ok(stored)
    }

    /// The name, if this node has learned it.
    pub(crate) fn known_username(&self) -> Option<String> {
        self.known()
    }

    fn known(&self) -> Option<String> {
        self.username.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn learn(&self, username: &str) {
        *self.username.write().unwrap_or_else(PoisonError::into_inner) = Some(username.to_owned());
    }

    /// Keeps the name that Telegram told, for this node and the others.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn store(&self, services: &Services, username: &str) -> Result<(), StoreError> {
        let mut tx = services.store().begin_write().await?;
        tx.settings().set(SETTING, username.as_bytes()).await?;
        tx.save().await?;
        self.learn(username);
        Ok(())
    }
}
