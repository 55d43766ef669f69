//! Everything that the simulated Telegram knows, in one place behind one lock.
//!
//! Invariant: nothing in here waits, reads a clock of its own or touches the network; whoever changes the world wakes
//! those who wait for it afterwards (`Simulator::change`).

pub mod calls;
pub mod chats;
pub mod faults;
pub mod files;
pub mod inline;
pub mod limits;
pub mod people;
pub mod updates;
pub mod users;
pub mod webhook;

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use domain::{Clock, Rng};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    config::Config,
    world::{
        calls::Calls, chats::Chats, faults::Faults, files::Files, inline::Inline, limits::Limits,
        updates::Updates, users::Users, webhook::Webhook,
    },
};

/// The most callbacks, queries and prepared messages that are remembered.
pub(crate) const REMEMBERED_MAX: usize = 10_000;

/// Counts for tests and for the page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counters {
    /// Pollers that met a webhook or another poller.
    pub conflicts_409: u64,
    /// Calls answered with 429.
    pub floods_429: u64,
    /// Calls answered with 403.
    pub forbidden_403: u64,
    /// Messages that the bot put into chats, edits left out.
    pub sent_total: u64,
    /// Messages that the bot changed.
    pub edited_total: u64,
    /// Calls of `setWebhook`.
    pub set_webhook_calls: u64,
    /// Those of them that changed something.
    pub set_webhook_changes: u64,
    /// Calls of `getUpdates`.
    pub get_updates_calls: u64,
    /// Deliveries to the webhook that were not taken.
    pub delivery_failures: u64,
}

/// The bot itself.
#[derive(Debug, Clone)]
pub struct Bot {
    /// The number before the colon of the token.
    pub id: i64,
    /// The name without `@`.
    pub username: String,
}

impl Bot {
    /// The bot as the Bot API's `User`.
    pub fn to_api(&self) -> Value {
        json!({"id": self.id, "is_bot": true, "first_name": "Podium", "username": self.username})
    }
}

/// A press of an inline button that the bot has yet to answer, or its answer.
#[derive(Debug, Clone, Serialize)]
pub struct Callback {
    /// Who pressed.
    pub user_id: i64,
    /// Whether the bot answered.
    pub answered: bool,
    /// What the answer says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Whether it wants a box instead of a note.
    pub show_alert: bool,
}

/// The whole simulated Telegram.
#[derive(Debug)]
pub struct World {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of chance.
    pub rng: Arc<dyn Rng>,
    /// The bot.
    pub bot: Bot,
    /// The people.
    pub users: Users,
    /// Their chats with the bot.
    pub chats: Chats,
    /// What waits for the bot.
    pub updates: Updates,
    /// Where it is sent.
    pub webhook: Webhook,
    /// How fast the bot may write.
    pub limits: Limits,
    /// What goes wrong on purpose.
    pub faults: Faults,
    /// The log of calls.
    pub calls: Calls,
    /// The files.
    pub files: Files,
    /// The counts.
    pub counters: Counters,
    /// Which `getUpdates` is the newest; older ones give way.
    pub newest_poll: u64,
    /// Command lists by scope and language.
    pub commands: BTreeMap<String, Value>,
    /// The menu button of chats without one of their own.
    pub menu_button: Option<Value>,
    /// Presses of buttons, by their id.
    pub callbacks: HashMap<String, Callback>,
    /// Open Mini Apps that may answer into the chat: the query id and whose it is.
    pub web_app_queries: HashMap<String, i64>,
    /// Messages prepared for sharing: the id, whose it is and what it holds.
    pub prepared: HashMap<String, (i64, Value)>,
    /// What people type behind the bot's name.
    pub inline: Inline,
    /// Whether Telegram's script can be reached.
    pub script_reachable: bool,
    limit_set_webhook: bool,
}

impl World {
    /// A world with nobody in it but the people of the settings.
    pub fn new(config: &Config, clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> Self {
        // Update ids start at a place that moves with time: a bot that remembers the updates of an earlier simulator
        // must not take new ones for repeats. 50 ids a second stay free, and the number fits 31 bits.
        let last_id = (clock.now().as_millis() / 20).rem_euclid(1 << 31);
        let bot_id = config.token.split(':').next().and_then(|id| id.parse().ok()).unwrap_or_default();
        let mut users = Users::default();
        for user in config.users.clone() {
            users.add(user);
        }
        Self {
            clock,
            rng,
            bot: Bot { id: bot_id, username: config.bot_username.clone() },
            users,
            chats: Chats::default(),
            updates: Updates::new(last_id),
            webhook: Webhook::default(),
            limits: Limits::new(config.limits),
            faults: Faults::default(),
            calls: Calls::default(),
            files: Files::default(),
            counters: Counters::default(),
            newest_poll: 0,
            commands: BTreeMap::new(),
            menu_button: None,
            callbacks: HashMap::new(),
            web_app_queries: HashMap::new(),
            prepared: HashMap::new(),
            inline: Inline::default(),
            script_reachable: true,
            limit_set_webhook: config.limit_set_webhook,
        }
    }

    /// Goes back to the beginning. Update ids go on growing, pollers that wait go on, and what the bot set up once
    /// (webhook, commands, menu button) stays.
    pub fn reset(&mut self, config: &Config) {
        let mut fresh = Self::new(config, Arc::clone(&self.clock), Arc::clone(&self.rng));
        fresh.updates = self.updates.renewed();
        std::mem::swap(&mut fresh.webhook, &mut self.webhook);
        std::mem::swap(&mut fresh.commands, &mut self.commands);
        std::mem::swap(&mut fresh.menu_button, &mut self.menu_button);
        fresh.newest_poll = self.newest_poll;
        *self = fresh;
    }

    /// Whether `setWebhook` may be called now; notes the call.
    pub fn may_set_webhook(&mut self) -> bool {
        let now_ms = self.now_ms();
        let last = self.webhook.last_set_at_ms.replace(now_ms);
        !self.limit_set_webhook || last.is_none_or(|last| now_ms - last >= 1000)
    }

    /// The time in milliseconds since 1970.
    pub fn now_ms(&self) -> i64 {
        self.clock.now().as_millis()
    }

    /// The time in seconds since 1970, as the Bot API writes it.
    pub fn now_s(&self) -> i64 {
        self.clock.now().as_secs()
    }

    /// A random id that nobody can guess.
    pub fn random_id(&self) -> String {
        let mut bytes = [0; 12];
        self.rng.fill(&mut bytes);
        hex::encode(bytes)
    }

    /// The menu button of a chat: its own, else the bot's, else the command list.
    pub fn menu_button_of(&self, chat_id: i64) -> Value {
        self.chats
            .get(chat_id)
            .and_then(|chat| chat.menu_button.clone())
            .or_else(|| self.menu_button.clone())
            .unwrap_or_else(|| json!({"type": "commands"}))
    }

    /// The commands that a person is shown: those for the chat, for private chats, for all, each in the person's
    /// language first.
    pub fn commands_of(&self, chat_id: i64) -> Value {
        let language = self.users.get(chat_id).map_or("", |user| user.language_code.as_str());
        let scopes = [format!("chat:{chat_id}"), "all_private_chats".to_owned(), "default".to_owned()];
        scopes
            .iter()
            .flat_map(|scope| [format!("{scope}/{language}"), format!("{scope}/")])
            .find_map(|key| self.commands.get(&key).cloned())
            .unwrap_or_else(|| json!([]))
    }

    /// Remembers a press of a button.
    pub fn remember_callback(&mut self, id: String, callback: Callback) {
        if self.callbacks.len() >= REMEMBERED_MAX {
            self.callbacks.clear();
        }
        self.callbacks.insert(id, callback);
    }

    /// Opens a Mini App that may answer into a person's chat, and returns its query id.
    pub fn open_query(&mut self, user_id: i64) -> String {
        if self.web_app_queries.len() >= REMEMBERED_MAX {
            self.web_app_queries.clear();
        }
        let id = format!("AA{}", self.random_id());
        self.web_app_queries.insert(id.clone(), user_id);
        id
    }

    /// Keeps a message for sharing and returns its id.
    pub fn prepare_message(&mut self, user_id: i64, result: Value) -> String {
        if self.prepared.len() >= REMEMBERED_MAX {
            self.prepared.clear();
        }
        let id = self.random_id();
        self.prepared.insert(id.clone(), (user_id, result));
        id
    }
}
