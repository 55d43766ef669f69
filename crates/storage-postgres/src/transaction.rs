//! A transaction, which lends its connection to one repository at a time.

use async_trait::async_trait;
use sqlx::Postgres;
use storage::{
    BoardRepository, DialogueRepository, EventRepository, InboxRepository, LeaseRepository, OutboxRepository,
    SessionRepository, SettingRepository, SigningKeyRepository, StoreError, TournamentRepository,
    Transaction, UserRepository,
};

use crate::{
    board::Boards, dialogue::Dialogues, error::At, event::Events, inbox::Inbox, lease::Leases,
    outbox::Outbox, session::Sessions, setting::Settings, signing_key::SigningKeys, tournament::Tournaments,
    user::Users,
};

/// An open transaction. Dropped, it is rolled back.
pub(crate) struct PostgresTransaction {
    transaction: sqlx::Transaction<'static, Postgres>,
}

impl PostgresTransaction {
    pub(crate) const fn new(transaction: sqlx::Transaction<'static, Postgres>) -> Self {
        Self { transaction }
    }
}

#[async_trait]
impl Transaction for PostgresTransaction {
    fn inbox(&mut self) -> Box<dyn InboxRepository + '_> {
        Box::new(Inbox { connection: &mut self.transaction })
    }

    fn outbox(&mut self) -> Box<dyn OutboxRepository + '_> {
        Box::new(Outbox { connection: &mut self.transaction })
    }

    fn users(&mut self) -> Box<dyn UserRepository + '_> {
        Box::new(Users { connection: &mut self.transaction })
    }

    fn sessions(&mut self) -> Box<dyn SessionRepository + '_> {
        Box::new(Sessions { connection: &mut self.transaction })
    }

    fn signing_keys(&mut self) -> Box<dyn SigningKeyRepository + '_> {
        Box::new(SigningKeys { connection: &mut self.transaction })
    }

    fn settings(&mut self) -> Box<dyn SettingRepository + '_> {
        Box::new(Settings { connection: &mut self.transaction })
    }

    fn leases(&mut self) -> Box<dyn LeaseRepository + '_> {
        Box::new(Leases { connection: &mut self.transaction })
    }

    fn tournaments(&mut self) -> Box<dyn TournamentRepository + '_> {
        Box::new(Tournaments { connection: &mut self.transaction })
    }

    fn boards(&mut self) -> Box<dyn BoardRepository + '_> {
        Box::new(Boards { connection: &mut self.transaction })
    }

    fn events(&mut self) -> Box<dyn EventRepository + '_> {
        Box::new(Events { connection: &mut self.transaction })
    }

    fn dialogues(&mut self) -> Box<dyn DialogueRepository + '_> {
        Box::new(Dialogues { connection: &mut self.transaction })
    }

    async fn save(self: Box<Self>) -> Result<(), StoreError> {
        self.transaction.commit().await.at("transaction.save")
    }
}
