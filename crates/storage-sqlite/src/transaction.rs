//! A transaction, which lends its connection to one repository at a time.

use async_trait::async_trait;
use storage::{
    ActivityRepository, BoardMessageRepository, ConsoleSessionRepository, JobRepository,
    MissionProgressRepository, MissionRepository, OperatorRepository, RewardRepository,
};
use storage::{
    AuditRepository, BoardRepository, CampaignRepository, ConsentRepository, DialogueRepository,
    EventRepository, InboxRepository, LeaseRepository, OneTimeTokenRepository, OutboxRepository,
    OutgoingEventRepository, PrivacyRepository, ScoreLogRepository, SessionRepository, SettingRepository,
    SigningKeyRepository, StoreError, TournamentRepository, Transaction, UserRepository,
};
use storage::{
    EntryRepository, PeriodRepository, PulseRepository, RankSampleRepository, ResultRepository,
    WishRepository,
};

use crate::{
    activity::Activities, board_message::BoardMessages, console_session::ConsoleSessions, job::Jobs,
    mission::MissionRows, mission_progress::MissionProgress, operator::Operators, reward::Rewards,
};
use crate::{
    audit::Audit, board::Boards, campaign::Campaigns, connection::Connection, consent::ConsentLog,
    dialogue::Dialogues, error::At, event::Events, inbox::Inbox, lease::Leases,
    one_time_token::OneTimeTokens, outbox::Outbox, outgoing_event::OutgoingEvents, privacy::Privacy,
    score_log::ScoreLog, session::Sessions, setting::Settings, signing_key::SigningKeys,
    tournament::Tournaments, user::Users,
};
use crate::{
    entry::Entries, period::Periods, pulse::Pulse, rank_sample::RankSamples, result::Results, wish::Wishes,
};

/// An open transaction. Dropped, it is rolled back.
pub(crate) struct SqliteTransaction {
    connection: Connection,
}

impl SqliteTransaction {
    pub(crate) const fn new(connection: Connection) -> Self {
        Self { connection }
    }
}

#[async_trait]
impl Transaction for SqliteTransaction {
    fn inbox(&mut self) -> Box<dyn InboxRepository + '_> {
        Box::new(Inbox { connection: &mut self.connection })
    }

    fn outbox(&mut self) -> Box<dyn OutboxRepository + '_> {
        Box::new(Outbox { connection: &mut self.connection })
    }

    fn users(&mut self) -> Box<dyn UserRepository + '_> {
        Box::new(Users { connection: &mut self.connection })
    }

    fn sessions(&mut self) -> Box<dyn SessionRepository + '_> {
        Box::new(Sessions { connection: &mut self.connection })
    }

    fn signing_keys(&mut self) -> Box<dyn SigningKeyRepository + '_> {
        Box::new(SigningKeys { connection: &mut self.connection })
    }

    fn settings(&mut self) -> Box<dyn SettingRepository + '_> {
        Box::new(Settings { connection: &mut self.connection })
    }

    fn leases(&mut self) -> Box<dyn LeaseRepository + '_> {
        Box::new(Leases { connection: &mut self.connection })
    }

    fn tournaments(&mut self) -> Box<dyn TournamentRepository + '_> {
        Box::new(Tournaments { connection: &mut self.connection })
    }

    fn periods(&mut self) -> Box<dyn PeriodRepository + '_> {
        Box::new(Periods { connection: &mut self.connection })
    }

    fn entries(&mut self) -> Box<dyn EntryRepository + '_> {
        Box::new(Entries { connection: &mut self.connection })
    }

    fn pulse(&mut self) -> Box<dyn PulseRepository + '_> {
        Box::new(Pulse { connection: &mut self.connection })
    }

    fn rank_samples(&mut self) -> Box<dyn RankSampleRepository + '_> {
        Box::new(RankSamples { connection: &mut self.connection })
    }

    fn wishes(&mut self) -> Box<dyn WishRepository + '_> {
        Box::new(Wishes { connection: &mut self.connection })
    }

    fn results(&mut self) -> Box<dyn ResultRepository + '_> {
        Box::new(Results { connection: &mut self.connection })
    }

    fn boards(&mut self) -> Box<dyn BoardRepository + '_> {
        Box::new(Boards { connection: &mut self.connection })
    }

    fn board_messages(&mut self) -> Box<dyn BoardMessageRepository + '_> {
        Box::new(BoardMessages { connection: &mut self.connection })
    }

    fn score_log(&mut self) -> Box<dyn ScoreLogRepository + '_> {
        Box::new(ScoreLog { connection: &mut self.connection })
    }

    fn events(&mut self) -> Box<dyn EventRepository + '_> {
        Box::new(Events { connection: &mut self.connection })
    }

    fn dialogues(&mut self) -> Box<dyn DialogueRepository + '_> {
        Box::new(Dialogues { connection: &mut self.connection })
    }

    fn operators(&mut self) -> Box<dyn OperatorRepository + '_> {
        Box::new(Operators { connection: &mut self.connection })
    }

    fn console_sessions(&mut self) -> Box<dyn ConsoleSessionRepository + '_> {
        Box::new(ConsoleSessions { connection: &mut self.connection })
    }

    fn consents(&mut self) -> Box<dyn ConsentRepository + '_> {
        Box::new(ConsentLog { connection: &mut self.connection })
    }

    fn privacy(&mut self) -> Box<dyn PrivacyRepository + '_> {
        Box::new(Privacy { connection: &mut self.connection })
    }

    fn audit(&mut self) -> Box<dyn AuditRepository + '_> {
        Box::new(Audit { connection: &mut self.connection })
    }

    fn campaigns(&mut self) -> Box<dyn CampaignRepository + '_> {
        Box::new(Campaigns { connection: &mut self.connection })
    }

    fn one_time_tokens(&mut self) -> Box<dyn OneTimeTokenRepository + '_> {
        Box::new(OneTimeTokens { connection: &mut self.connection })
    }

    fn outgoing_events(&mut self) -> Box<dyn OutgoingEventRepository + '_> {
        Box::new(OutgoingEvents { connection: &mut self.connection })
    }

    fn jobs(&mut self) -> Box<dyn JobRepository + '_> {
        Box::new(Jobs { connection: &mut self.connection })
    }

    fn missions(&mut self) -> Box<dyn MissionRepository + '_> {
        Box::new(MissionRows { connection: &mut self.connection })
    }

    fn mission_progress(&mut self) -> Box<dyn MissionProgressRepository + '_> {
        Box::new(MissionProgress { connection: &mut self.connection })
    }

    fn activities(&mut self) -> Box<dyn ActivityRepository + '_> {
        Box::new(Activities { connection: &mut self.connection })
    }

    fn rewards(&mut self) -> Box<dyn RewardRepository + '_> {
        Box::new(Rewards { connection: &mut self.connection })
    }

    async fn save(self: Box<Self>) -> Result<(), StoreError> {
        self.connection.save().await.at("transaction.save")
    }
}
