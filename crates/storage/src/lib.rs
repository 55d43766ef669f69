//! What Podium asks of a database, and nothing of how a database does it.
//!
//! A [`Store`] opens a [`Transaction`]; the transaction hands out repositories, one for each kind of data, and ends in
//! [`Transaction::save`]. Whatever must happen together is done between `begin_write` and `save`, outgoing rows
//! included, so that no effect exists without the change that caused it.
//!
//! Rules for every repository:
//! - a look-up of one thing answers `Option`, a list has a limit and an order with a tie-breaker;
//! - time and new ids are arguments; no SQL asks the database for them;
//! - no call to the network happens while a transaction is open;
//! - every method has a contract test in `testsuite`, and both engines pass it.

#![deny(missing_docs)]

pub mod activity;
pub mod audit;
pub mod board;
pub mod board_message;
pub mod campaign;
pub mod consent;
pub mod console_session;
pub mod dialogue;
pub mod entry;
pub mod error;
pub mod event;
pub mod follow;
pub mod inbox;
pub mod job;
pub mod lease;
pub mod mission;
pub mod mission_progress;
pub mod one_time_token;
pub mod operator;
pub mod outbox;
pub mod outgoing_event;
pub mod period;
pub mod personal;
pub mod privacy;
pub mod pulse;
pub mod rank_sample;
pub mod result;
pub mod reward;
pub mod score_log;
pub mod session;
pub mod setting;
pub mod signing_key;
pub mod stored;
pub mod tournament;
pub mod user;
pub mod wish;

#[cfg(feature = "testsuite")]
pub mod testsuite;

use async_trait::async_trait;

pub use crate::{
    activity::ActivityRepository, mission::MissionRepository, mission_progress::MissionProgressRepository,
    reward::RewardRepository,
};
pub use crate::{
    audit::AuditRepository, board::BoardRepository, campaign::CampaignRepository, consent::ConsentRepository,
    dialogue::DialogueRepository, error::StoreError, event::EventRepository, inbox::InboxRepository,
    lease::LeaseRepository, one_time_token::OneTimeTokenRepository, outbox::OutboxRepository,
    outgoing_event::OutgoingEventRepository, privacy::PrivacyRepository, score_log::ScoreLogRepository,
    session::SessionRepository, setting::SettingRepository, signing_key::SigningKeyRepository,
    tournament::TournamentRepository, user::UserRepository,
};
pub use crate::{
    board_message::BoardMessageRepository, console_session::ConsoleSessionRepository, job::JobRepository,
    operator::OperatorRepository,
};
pub use crate::{
    entry::EntryRepository, period::PeriodRepository, pulse::PulseRepository,
    rank_sample::RankSampleRepository, result::ResultRepository, wish::WishRepository,
};

/// A database that Podium keeps its rows in.
#[async_trait]
pub trait Store: Send + Sync + std::fmt::Debug {
    /// Opens a transaction that may write. On SQLite it is `BEGIN IMMEDIATE` on the only write connection, so keep it
    /// short.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when no connection is free in time.
    async fn begin_write(&self) -> Result<BoxTransaction, StoreError>;

    /// Opens a transaction that only reads, and sees one state of the database throughout.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when no connection is free in time.
    async fn begin_read(&self) -> Result<BoxTransaction, StoreError>;

    /// Stores updates and returns how many are new, like [`InboxRepository::add_many`], durable when it returns. A
    /// single statement is a transaction by itself: for what Telegram waits for, this spares the round trips of
    /// opening and committing one.
    ///
    /// # Errors
    /// [`StoreError`] when nothing was stored.
    async fn add_updates(&self, updates: &[inbox::NewUpdate]) -> Result<u64, StoreError>;

    /// Brings the schema up to date. Safe to call from several processes at once.
    ///
    /// # Errors
    /// When a migration fails; the schema is then as it was before that migration.
    async fn migrate(&self) -> Result<(), StoreError>;

    /// Whether every migration that this binary knows has been applied.
    ///
    /// # Errors
    /// When the database can't be asked.
    async fn is_migrated(&self) -> Result<bool, StoreError>;

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    async fn ping(&self) -> Result<(), StoreError>;

    /// Ends all connections; on SQLite it also brings the write-ahead log back into the file.
    async fn close(&self);
}

/// A transaction of any engine.
pub type BoxTransaction = Box<dyn Transaction>;

/// One transaction. Dropped without [`save`](Self::save), it leaves no trace.
#[async_trait]
pub trait Transaction: Send {
    /// Updates on their way in.
    fn inbox(&mut self) -> Box<dyn InboxRepository + '_>;
    /// Messages on their way out.
    fn outbox(&mut self) -> Box<dyn OutboxRepository + '_>;
    /// People.
    fn users(&mut self) -> Box<dyn UserRepository + '_>;
    /// Signed-in devices.
    fn sessions(&mut self) -> Box<dyn SessionRepository + '_>;
    /// Keys that sign tokens.
    fn signing_keys(&mut self) -> Box<dyn SigningKeyRepository + '_>;
    /// Small values that all nodes share.
    fn settings(&mut self) -> Box<dyn SettingRepository + '_>;
    /// Who may do what only one may do at a time.
    fn leases(&mut self) -> Box<dyn LeaseRepository + '_>;
    /// Tournaments.
    fn tournaments(&mut self) -> Box<dyn TournamentRepository + '_>;
    /// Periods of tournaments.
    fn periods(&mut self) -> Box<dyn PeriodRepository + '_>;
    /// Who takes part in tournaments.
    fn entries(&mut self) -> Box<dyn EntryRepository + '_>;
    /// What goes on in tournaments.
    fn pulse(&mut self) -> Box<dyn PulseRepository + '_>;
    /// Where players stood now and then.
    fn rank_samples(&mut self) -> Box<dyn RankSampleRepository + '_>;
    /// Who wants to be told of tournaments.
    fn wishes(&mut self) -> Box<dyn WishRepository + '_>;
    /// Final ranks.
    fn results(&mut self) -> Box<dyn ResultRepository + '_>;
    /// Standings.
    fn boards(&mut self) -> Box<dyn BoardRepository + '_>;
    /// Boards in chats that keep themselves up to date.
    fn board_messages(&mut self) -> Box<dyn BoardMessageRepository + '_>;
    /// The log of scores.
    fn score_log(&mut self) -> Box<dyn ScoreLogRepository + '_>;
    /// Events of the platform that were seen.
    fn events(&mut self) -> Box<dyn EventRepository + '_>;
    /// Where each chat's dialogue stands.
    fn dialogues(&mut self) -> Box<dyn DialogueRepository + '_>;
    /// Operators of the console.
    fn operators(&mut self) -> Box<dyn OperatorRepository + '_>;
    /// Sessions of the console.
    fn console_sessions(&mut self) -> Box<dyn ConsoleSessionRepository + '_>;
    /// What players have said yes or no to.
    fn consents(&mut self) -> Box<dyn ConsentRepository + '_>;
    /// What a person may ask for: a copy, and erasure.
    fn privacy(&mut self) -> Box<dyn PrivacyRepository + '_>;
    /// Who did what.
    fn audit(&mut self) -> Box<dyn AuditRepository + '_>;
    /// Codes that many may use.
    fn campaigns(&mut self) -> Box<dyn CampaignRepository + '_>;
    /// Tokens that do one thing once.
    fn one_time_tokens(&mut self) -> Box<dyn OneTimeTokenRepository + '_>;
    /// Events on their way out to the platform.
    fn outgoing_events(&mut self) -> Box<dyn OutgoingEventRepository + '_>;
    /// What is to be done at a time, once.
    fn jobs(&mut self) -> Box<dyn JobRepository + '_>;
    /// Missions.
    fn missions(&mut self) -> Box<dyn MissionRepository + '_>;
    /// How far players are with missions.
    fn mission_progress(&mut self) -> Box<dyn MissionProgressRepository + '_>;
    /// What players have done.
    fn activities(&mut self) -> Box<dyn ActivityRepository + '_>;
    /// What players are given.
    fn rewards(&mut self) -> Box<dyn RewardRepository + '_>;

    /// Makes all that was done durable. When this returns, a power cut does not take it back.
    ///
    /// # Errors
    /// When the commit fails; nothing was done then.
    async fn save(self: Box<Self>) -> Result<(), StoreError>;
}
