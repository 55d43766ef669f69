//! The bot: what a chat is answered. An update comes in, rows go out, in one transaction.

pub mod board_message;
mod callback;
pub mod choice;
pub mod commands;
pub mod confirm;
pub mod dialogue;
pub mod identity;
pub(crate) mod inline;
mod join;
pub mod keyboards;
mod linking;
pub mod look;
pub(crate) mod reachability;
pub mod reply;
pub mod setup;
pub mod share;

use bus::signals::Signal;
use domain::{ChatId, Locale, Reachability};
use storage::{StoreError, Transaction, inbox::ClaimedUpdate, user::User};
use telegram::update::{ChatKind, Incoming, Message, Person};

use crate::{
    Services,
    bot::{
        commands::Asked,
        dialogue::{Dialogue, Event},
        look::{Prepared, Seen},
    },
    identity::profile::telegram_profile,
    missions::claim::Claims,
    outbox::{Outgoing, compose},
};

/// How old the row of a dialogue may be that is not stored again: idle dialogues are known by their age in days.
const DIALOGUE_KEPT_UP_MS: i64 = 24 * 3_600_000;

/// A message that the bot answers.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The use cases.
    pub services: &'a Services,
    /// Where.
    pub chat_id: ChatId,
    /// Whether it is a chat with one person; only there may buttons open the app.
    pub is_private: bool,
    /// Who asks.
    pub person: &'a Person,
    /// Who that is here.
    pub user: &'a User,
    /// In which language.
    pub locale: Locale,
}

impl Context<'_> {
    /// Whether an account of the platform is linked: what belongs to one is answered only then.
    pub const fn is_linked(&self) -> bool {
        self.user.platform_user_id.is_some()
    }
}

/// What is to be told when an update's transaction is committed.
#[derive(Debug, Default)]
pub struct After {
    has_outgoing: bool,
    claims: Option<Claims>,
}

impl After {
    /// Tells it.
    pub fn tell(&self, services: &Services) {
        if self.has_outgoing {
            services.signals().publish(Signal::Outbox);
        }
        if let Some(claims) = &self.claims {
            claims.were_saved_in_chat(services);
        }
    }
}

/// Handles an update that [`look::prepare`] has read. Returns what is to be told after the commit.
///
/// # Errors
/// When the database fails; nothing is done then, and the update is tried again.
pub async fn handle(
    services: &Services,
    tx: &mut dyn Transaction,
    update: &ClaimedUpdate,
    prepared: Prepared,
) -> Result<After, StoreError> {
    let Prepared { incoming, asked, seen } = prepared;
    let (chat_id, messages, claims) = match incoming {
        Incoming::Message(message) => {
            let answers = answer_message(services, tx, update, &message, &asked, &seen).await?;
            (message.chat.id, answers, None)
        }
        Incoming::CallbackQuery(query) => callback::handle(services, tx, &query, &seen).await?,
        Incoming::InlineQuery(query) => {
            let age_ms = services.now().millis_since(update.received_at);
            (ChatId(query.from.id.0), inline::answer(services, &query, seen.found, age_ms), None)
        }
        Incoming::MyChatMember(change) => {
            reachability::take_in(services, tx, &change).await?;
            return Ok(After::default());
        }
        Incoming::Other => return Ok(After::default()),
    };
    let has_outgoing = !messages.is_empty();
    compose::write(services, tx, update.bot_id, chat_id, update.update_id, messages).await?;
    Ok(After { has_outgoing, claims })
}

async fn answer_message(
    services: &Services,
    tx: &mut dyn Transaction,
    update: &ClaimedUpdate,
    message: &Message,
    asked: &Asked,
    seen: &Seen,
) -> Result<Vec<Outgoing>, StoreError> {
    let person = &message.from;
    let is_private = message.chat.kind == ChatKind::Private;
    // What was sent through inline mode, a bot has written; nobody says it to this one.
    if person.is_bot || message.is_via_bot {
        return Ok(Vec::new());
    }
    let locale = inline::locale_of(person);
    // A group talks about other things and to other bots; nobody there is answered, or remembered, for that.
    if !is_private && !asked.is_known_command() {
        return Ok(Vec::new());
    }
    let profile = telegram_profile(
        services,
        person.id,
        &person.first_name,
        person.username.as_deref(),
        person.language_code.as_deref(),
        is_private.then_some(message.chat.id),
        if is_private { Reachability::Reachable } else { Reachability::Unknown },
    );
    let known = tx.users().upsert_telegram(&[profile]).await?.pop();
    let user = &known.ok_or(StoreError::Inconsistent { table: "users", column: "telegram_user_id" })?;
    if message.write_access_allowed {
        // Nobody said anything: the person has let the bot write, which is known now.
        return Ok(Vec::new());
    }

    let context = Context { services, chat_id: message.chat.id, is_private, person, user, locale };

    let stored = tx.dialogues().get(update.bot_id, message.chat.id).await?;
    let before = Dialogue::read(stored.as_ref().map(|stored| stored.state.as_str()));
    let after = before.apply(if asked.is_start() { Event::Started } else { Event::Spoke });
    let now = services.now();
    let is_recent = stored.is_some_and(|stored| now.millis_since(stored.updated_at) < DIALOGUE_KEPT_UP_MS);
    if after != before || !is_recent {
        tx.dialogues().put(update.bot_id, message.chat.id, after.to_json(), now).await?;
    }
    let replies = match &message.web_app_data {
        Some(sent) => vec![join::take_in(context, tx, &sent.data).await?],
        None => commands::answer(context, tx, asked, before, seen).await?,
    };
    Ok(replies.into_iter().map(|reply| reply.into_outgoing(context.chat_id)).collect())
}
