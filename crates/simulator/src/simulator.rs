//! The running simulator as tests and handlers hold it: the world behind its lock, and the bell that wakes those who
//! wait for a change.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::{Clock, Rng, Timestamp};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::{
    clock::{SystemClock, SystemRng},
    config::{Config, LimitsConfig},
    demo::Demo,
    launch::{Launch, LaunchError},
    oauth::Oauth,
    world::{
        World,
        calls::Call,
        faults::Faults,
        people::DeedError,
        users::{NewUser, User},
    },
};

/// The most updates that one load makes.
const LOAD_UPDATES_MAX: usize = 500_000;
/// People made for a load have ids from here on.
pub(crate) const LOAD_FIRST_USER_ID: i64 = 5_000_000_001;

/// A simulated Telegram. Cheap to clone; all clones are the same one.
#[derive(Debug, Clone)]
pub struct Simulator {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    world: Mutex<World>,
    config: Config,
    bell: watch::Sender<u64>,
    demo: Option<Demo>,
    oauth: Oauth,
}

/// How many people write how much at once.
#[derive(Debug, Clone, serde::Deserialize)]
pub struct Load {
    /// The number of people.
    pub users: usize,
    /// The number of messages of each of them.
    #[serde(default = "one")]
    pub messages_per_user: usize,
    /// What they write.
    pub text: String,
}

const fn one() -> usize {
    1
}

impl Simulator {
    /// A simulator that nobody can reach yet.
    pub(crate) fn new(config: Config, demo: Option<Demo>) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let rng: Arc<dyn Rng> = Arc::new(SystemRng);
        let world = Mutex::new(World::new(&config, clock, rng));
        let (bell, oauth) = (watch::Sender::new(0), Oauth::default());
        Self { shared: Arc::new(Shared { world, config, bell, demo, oauth }) }
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.shared.config
    }

    /// The demo platform, where one was asked for.
    pub fn demo(&self) -> Option<&Demo> {
        self.shared.demo.as_ref()
    }

    /// The stand-in for Telegram's log-in.
    pub(crate) fn oauth(&self) -> &Oauth {
        &self.shared.oauth
    }

    /// The time here, for tests whose server has a clock of its own.
    pub fn now(&self) -> Timestamp {
        self.world().clock.now()
    }

    /// Looks at the world.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        // A panic elsewhere leaves nothing half done that a reader could not bear.
        self.shared.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the world and wakes those who wait.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        let result = change(&mut self.world());
        self.ring();
        result
    }

    /// Wakes those who wait for a change.
    pub(crate) fn ring(&self) {
        self.shared.bell.send_modify(|count| *count += 1);
    }

    /// Hears of every change from now on.
    pub(crate) fn listen(&self) -> watch::Receiver<u64> {
        self.shared.bell.subscribe()
    }

    /// Adds a person. `None` when the name is empty or there are too many already.
    pub fn create_user(&self, user: NewUser) -> Option<User> {
        self.change(|world| world.users.add(user).cloned())
    }

    /// Everybody, by id.
    pub fn users(&self) -> Vec<User> {
        self.world().users.iter().cloned().collect()
    }

    /// A person writes to the bot. Returns the update's id, none when the bot does not want messages.
    ///
    /// # Errors
    /// When the person can't do that.
    pub fn send_message(&self, user_id: i64, text: &str) -> Result<Option<i64>, DeedError> {
        self.change(|world| world.write(user_id, text))
    }

    /// A person sends something that is no text: `contact`, `web_app_data`, `write_access_allowed`.
    ///
    /// # Errors
    /// When the person can't do that.
    pub fn send_attachment(
        &self,
        user_id: i64,
        kind: &str,
        content: Value,
    ) -> Result<Option<i64>, DeedError> {
        self.change(|world| world.send_attachment(user_id, kind, content))
    }

    /// A person presses an inline button. Returns the ids of the update and of the callback.
    ///
    /// # Errors
    /// When the person can't do that.
    pub fn press_button(
        &self,
        user_id: i64,
        message_id: i64,
        data: &str,
    ) -> Result<(Option<i64>, String), DeedError> {
        self.change(|world| world.press(user_id, message_id, data))
    }

    /// A person blocks the bot.
    ///
    /// # Errors
    /// When there is no such person.
    pub fn block(&self, user_id: i64) -> Result<Option<i64>, DeedError> {
        self.change(|world| world.set_blocked(user_id, true))
    }

    /// A person takes the block back.
    ///
    /// # Errors
    /// When there is no such person.
    pub fn unblock(&self, user_id: i64) -> Result<Option<i64>, DeedError> {
        self.change(|world| world.set_blocked(user_id, false))
    }

    /// A person shares a message that the bot prepared.
    ///
    /// # Errors
    /// When it was not prepared for them.
    pub fn share_prepared(&self, user_id: i64, prepared_id: &str) -> Result<(), DeedError> {
        self.change(|world| world.share_prepared(user_id, prepared_id))
    }

    /// A person types behind the bot's name. Returns the ids of the update and of the query.
    ///
    /// # Errors
    /// When the person can't do that.
    pub fn type_inline(
        &self,
        user_id: i64,
        query: &str,
        offset: &str,
    ) -> Result<(Option<i64>, String), DeedError> {
        self.change(|world| world.type_inline(user_id, query, offset))
    }

    /// What the bot found for a query: `{user_id, at_ms, answer}`; `None` when there is no such query.
    pub fn found(&self, query_id: &str) -> Option<Value> {
        self.world().inline.queries.get(query_id).map(|query| json!(query))
    }

    /// A person sends a result of a query to their chat. Returns the update's id.
    ///
    /// # Errors
    /// When the bot found no such thing for them.
    pub fn choose_result(
        &self,
        user_id: i64,
        query_id: &str,
        result_id: &str,
    ) -> Result<Option<i64>, DeedError> {
        self.change(|world| world.choose_result(user_id, query_id, result_id))
    }

    /// A person deletes a message for both sides.
    ///
    /// # Errors
    /// When there is no such message.
    pub fn delete_message(&self, user_id: i64, message_id: i64) -> Result<(), DeedError> {
        self.change(|world| world.delete(user_id, message_id))
    }

    /// The chat of a person with all messages in order; `None` when there is no such person.
    pub fn chat(&self, user_id: i64) -> Option<Value> {
        let world = self.world();
        let user = world.users.get(user_id)?;
        let chat = world.chats.get(user_id);
        Some(json!({
            "chat_id": user_id,
            "user": user,
            "menu_button": world.menu_button_of(user_id),
            "commands": world.commands_of(user_id),
            "reply_keyboard": chat.and_then(|chat| chat.reply_keyboard.as_ref()),
            "messages": chat.map_or(&[][..], |chat| &chat.messages),
        }))
    }

    /// The address with which a person's Telegram opens the Mini App.
    ///
    /// # Errors
    /// When there is no such person or the address is none.
    pub fn launch(&self, user_id: i64, launch: &Launch) -> Result<String, LaunchError> {
        self.change(|world| launch.url(world, user_id, self.config()))
    }

    /// Many people write at once. Returns the ids of the updates.
    ///
    /// # Errors
    /// When it is too much or the text is none.
    pub fn load(&self, load: &Load) -> Result<Vec<i64>, DeedError> {
        if load.users.saturating_mul(load.messages_per_user) > LOAD_UPDATES_MAX {
            return Err(DeedError::Full);
        }
        self.change(|world| {
            let count = i64::try_from(load.users).unwrap_or(i64::MAX);
            let people: Vec<i64> = (0..count).map(|number| LOAD_FIRST_USER_ID + number).collect();
            for (number, id) in people.iter().enumerate() {
                if world.users.get(*id).is_none() {
                    let user = NewUser {
                        id: Some(*id),
                        first_name: format!("Load {}", number + 1),
                        language_code: "en".to_owned(),
                        ..NewUser::default()
                    };
                    world.users.add(user).ok_or(DeedError::Full)?;
                }
            }
            let mut ids = Vec::with_capacity(load.users * load.messages_per_user);
            for _ in 0..load.messages_per_user {
                for id in &people {
                    ids.extend(world.write(*id, &load.text)?);
                }
            }
            Ok(ids)
        })
    }

    /// What was counted so far.
    pub fn state(&self) -> Value {
        let world = self.world();
        let mut state = json!(world.counters);
        state["updates"] = json!({
            "queued": world.updates.queued_total,
            "in_flight": world.updates.in_flight(),
            "delivered": world.updates.delivered_total,
            "dropped": world.updates.dropped_total,
        });
        state["pending"] = json!(world.updates.pending());
        state["users"] = json!(world.users.iter().count());
        state["webhook"] = world.webhook.to_api(world.updates.pending());
        state
    }

    /// The newest calls of the Bot API, newest last.
    pub fn calls(&self, limit: usize) -> Vec<Call> {
        self.world().calls.newest(limit)
    }

    /// The faults to come.
    pub fn faults(&self) -> Faults {
        self.world().faults.clone()
    }

    /// Makes things go wrong; replaces what was set before.
    pub fn set_faults(&self, faults: Faults) {
        self.change(|world| world.faults = faults);
    }

    /// How fast the bot may write.
    pub fn limits(&self) -> LimitsConfig {
        self.world().limits.config
    }

    /// Changes how fast the bot may write.
    pub fn set_limits(&self, limits: LimitsConfig) {
        self.change(|world| world.limits.config = limits);
    }

    /// Makes Telegram's script unreachable, or lets it be reached again.
    pub fn set_script_reachable(&self, reachable: bool) {
        self.change(|world| world.script_reachable = reachable);
    }

    /// Goes back to the beginning. Update ids go on growing; the webhook, the bot's commands and its menu button stay
    /// set, as the bot would not set them again.
    pub fn reset(&self) {
        self.change(|world| world.reset(self.config()));
    }
}
