//! What Podium does: one module a capability, each use case once. Web handlers, server functions, workers and commands
//! are thin over these functions.
//!
//! Invariants: this crate names no database engine, no HTTP framework and no page; time and chance come from
//! [`Services`]; every effect on the outside is a row written in the transaction of the change that caused it.

#![deny(missing_docs)]

pub mod audit;
pub mod boards;
pub mod bot;
pub mod consents;
pub mod console;
pub mod events_out;
mod funnel;
pub mod group_commit;
pub mod identity;
pub mod inbox;
pub mod jobs;
pub mod limits;
pub mod links;
mod list_cursor;
pub mod maintenance;
pub mod missions;
pub mod outbox;
pub mod platform;
pub mod privacy;
pub mod pulse;
pub mod rewards;
pub mod schedule;
pub mod secrets;
pub mod settings;
pub mod telemetry;
pub mod tokens;
pub mod tournaments;

use std::sync::Arc;

use bus::{limits::Limits, ranks::Ranks, signals::Signals};
use domain::{BotId, Clock, Rng, Timestamp};
use storage::Store;
use telegram::{api::BotApi, oidc::OidcProvider, token::BotToken};

use crate::{
    boards::{index::BoardIndex, live::LiveHub, names::Names},
    bot::identity::BotIdentity,
    events_out::PlatformWebhook,
    identity::{
        oidc::keys::OidcKeys, sign_in::SignInCommitter, sign_in_notice::Notifier, suspicion::NetworkNames,
    },
    inbox::ingest::InboxCommitter,
    missions::book::Books,
    platform::commit::EventCommitter,
    secrets::Secrets,
    settings::ServiceSettings,
    tokens::KeyRing,
};

/// What every use case needs: the ports and what is shared between requests. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Services(Arc<Parts>);

/// The ports that the binary composes.
#[derive(Debug)]
pub struct Ports {
    /// The database.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub rng: Arc<dyn Rng>,
    /// The rank index.
    pub ranks: Arc<dyn Ranks>,
    /// Token buckets.
    pub limits: Arc<dyn Limits>,
    /// Hints between nodes.
    pub signals: Arc<dyn Signals>,
    /// Telegram; `None` when this server leaves the bot alone.
    pub bot_api: Option<Arc<dyn BotApi>>,
    /// The platform's address for our events; `None` when none is set.
    pub platform_webhook: Option<Arc<dyn PlatformWebhook>>,
    /// The provider of OpenID Connect; `None` when none is set.
    pub oidc: Option<Arc<dyn OidcProvider>>,
    /// Who runs which network; `None` when no file is set.
    pub networks: Option<Arc<dyn NetworkNames>>,
}

#[derive(Debug)]
struct Parts {
    ports: Ports,
    settings: ServiceSettings,
    secrets: Secrets,
    keys: KeyRing,
    names: Names,
    books: Books,
    index: BoardIndex,
    live: LiveHub,
    pulse: pulse::Counts,
    looks: tournaments::samples::Looks,
    bot_identity: BotIdentity,
    inbox: InboxCommitter,
    sign_ins: SignInCommitter,
    oidc_keys: OidcKeys,
    events: EventCommitter,
}

impl Services {
    /// Puts the parts together. Must be called within a Tokio runtime, because commits are shared by a task.
    pub fn new(ports: Ports, settings: ServiceSettings, secrets: Secrets) -> Self {
        let inbox = InboxCommitter::start(Arc::clone(&ports.store), Arc::clone(&ports.signals));
        // Without a bot nobody would send the notices.
        let bot_id = settings.bot_tokens.first().map(BotToken::bot_id).filter(|_| ports.bot_api.is_some());
        let notifier = bot_id.map(|bot_id| Notifier {
            bot_id,
            public_url: settings.public_url.as_str().into(),
            rng: Arc::clone(&ports.rng),
        });
        let sign_ins = SignInCommitter::start(Arc::clone(&ports.store), Arc::clone(&ports.signals), notifier);
        let events = EventCommitter::start();
        Self(Arc::new(Parts {
            ports,
            settings,
            secrets,
            keys: KeyRing::default(),
            names: Names::default(),
            books: Books::default(),
            index: BoardIndex::default(),
            live: LiveHub::default(),
            pulse: pulse::Counts::default(),
            looks: tournaments::samples::Looks::default(),
            bot_identity: BotIdentity::default(),
            inbox,
            sign_ins,
            oidc_keys: OidcKeys::default(),
            events,
        }))
    }

    /// The current time.
    pub fn now(&self) -> Timestamp {
        self.0.ports.clock.now()
    }

    /// The database.
    pub fn store(&self) -> &dyn Store {
        &*self.0.ports.store
    }

    /// Chance.
    pub fn rng(&self) -> &dyn Rng {
        &*self.0.ports.rng
    }

    /// The rank index.
    pub fn ranks(&self) -> &dyn Ranks {
        &*self.0.ports.ranks
    }

    /// Token buckets.
    pub fn token_buckets(&self) -> &dyn Limits {
        &*self.0.ports.limits
    }

    /// Hints between nodes.
    pub fn signals(&self) -> &dyn Signals {
        &*self.0.ports.signals
    }

    /// Telegram; `None` when this server leaves the bot alone.
    pub fn bot_api(&self) -> Option<&dyn BotApi> {
        self.0.ports.bot_api.as_deref()
    }

    /// The same, to be kept by a task.
    pub fn shared_bot_api(&self) -> Option<Arc<dyn BotApi>> {
        self.0.ports.bot_api.clone()
    }

    /// The platform's address for our events, to be kept by a task; `None` when none is set.
    pub fn platform_webhook(&self) -> Option<Arc<dyn PlatformWebhook>> {
        self.0.ports.platform_webhook.clone()
    }

    /// The provider of OpenID Connect; `None` when none is set.
    pub fn oidc(&self) -> Option<&dyn OidcProvider> {
        self.0.ports.oidc.as_deref()
    }

    pub(crate) fn networks(&self) -> Option<&dyn NetworkNames> {
        self.0.ports.networks.as_deref()
    }

    pub(crate) fn oidc_keys(&self) -> &OidcKeys {
        &self.0.oidc_keys
    }

    /// Which bot this is; `None` without a token.
    pub fn bot_id(&self) -> Option<BotId> {
        self.settings().bot_tokens.first().map(BotToken::bot_id)
    }

    /// What the operator of this server has set.
    pub fn settings(&self) -> &ServiceSettings {
        &self.0.settings
    }

    /// A new random id, e.g. of a lease.
    pub(crate) fn new_uuid(&self) -> uuid::Uuid {
        let mut bytes = [0; 16];
        self.rng().fill(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    /// Keys derived from the server's secret.
    pub fn secrets(&self) -> &Secrets {
        &self.0.secrets
    }

    /// The keys that sign tokens.
    pub fn keys(&self) -> &KeyRing {
        &self.0.keys
    }

    /// The bot's user name, once Telegram has told it.
    pub fn bot_identity(&self) -> &BotIdentity {
        &self.0.bot_identity
    }

    pub(crate) fn names(&self) -> &Names {
        &self.0.names
    }

    pub(crate) fn books(&self) -> &Books {
        &self.0.books
    }

    pub(crate) fn index(&self) -> &BoardIndex {
        &self.0.index
    }

    pub(crate) fn live(&self) -> &LiveHub {
        &self.0.live
    }

    pub(crate) fn pulse(&self) -> &pulse::Counts {
        &self.0.pulse
    }

    /// Who has looked at their place.
    pub(crate) fn looks(&self) -> &tournaments::samples::Looks {
        &self.0.looks
    }

    pub(crate) fn inbox(&self) -> &InboxCommitter {
        &self.0.inbox
    }

    pub(crate) fn events(&self) -> &EventCommitter {
        &self.0.events
    }

    pub(crate) fn sign_ins(&self) -> &SignInCommitter {
        &self.0.sign_ins
    }
}
