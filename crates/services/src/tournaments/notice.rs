//! What the chat is told of tournaments unasked: that one starts soon, how it ended, and that the player was overtaken. Each
//! text names the tournament and a rank, nothing of the person. What a player has done is confirmed elsewhere
//! ([`bot::confirm`](crate::bot::confirm)).
//!
//! A notice goes to who wants to hear of tournaments (the consent) and can be written to.

use async_trait::async_trait;
use domain::{Timestamp, TournamentId, UserId};
use i18n::{catalog, keys};
use serde_json::Value;
use storage::{
    StoreError, Transaction,
    job::{ClaimedJob, JobKind},
    outbox::NewOutgoing,
    tournament::TournamentRow,
    user::User,
};
use telegram::keyboard::{InlineButton, InlineKeyboard, KeyboardError};

use crate::{
    Services,
    jobs::{self, JobDone, JobError, JobHandler},
    outbox::Outgoing,
    tournaments::prizes::{self, SLICE},
};

/// What a chat is told.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Notice {
    /// It starts soon.
    StartsSoon,
    /// It is over.
    Result {
        /// The player's rank.
        rank: u64,
        /// Of how many.
        players: u64,
        /// Whether the rank has won something.
        has_prize: bool,
    },
    /// The player has fallen off the places that count.
    Overtaken,
}

/// The row of a notice; `None` when nobody could send it or the person can't be written to.
fn row(services: &Services, user: &User, row: &TournamentRow, notice: Notice) -> Option<NewOutgoing> {
    let bot_id = services.bot_id().filter(|_| services.bot_api().is_some())?;
    if !user.reachability.is_worth_a_try() {
        return None;
    }
    // A private chat has the number of its person.
    let chat_id = user.chat_id.or(user.telegram_user_id.map(|person| domain::ChatId(person.0)))?;
    let text = text(services, user, row, notice);
    let keyboard = match keyboard(services, user, &row.tournament.tournament_id) {
        Ok(keyboard) => serde_json::to_value(keyboard).ok(),
        Err(error) => {
            tracing::error!(error = %domain::ErrorChain(&error), "a keyboard could not be made");
            None
        }
    };
    let outgoing = Outgoing::wanted(chat_id, &text, keyboard);
    let outgoing = outgoing.into_row(bot_id, chat_id, services.now(), services.rng());
    Some(NewOutgoing { user_id: Some(user.user_id), ..outgoing })
}

fn text(services: &Services, user: &User, row: &TournamentRow, notice: Notice) -> String {
    let texts = catalog(user.locale);
    let tournament = &row.tournament;
    let title = tournament.title.for_locale(user.locale);
    let left = |at: Timestamp| i18n::duration(texts, at.millis_since(services.now()));
    match notice {
        Notice::StartsSoon => keys::bot::tournament_starts_soon(texts, &left(tournament.starts_at), title),
        Notice::Result { rank, players, has_prize: true } => {
            keys::bot::tournament_won(texts, players, rank, title)
        }
        Notice::Result { rank, players, has_prize: false } => {
            keys::bot::tournament_result(texts, players, rank, title)
        }
        Notice::Overtaken => keys::bot::tournament_overtaken(texts, title),
    }
}

fn keyboard(
    services: &Services,
    user: &User,
    tournament_id: &TournamentId,
) -> Result<InlineKeyboard, KeyboardError> {
    let label = catalog(user.locale).text(keys::bot::TOURNAMENT_BUTTON_BOARD);
    let address = format!("{}/app/t/{tournament_id}", services.settings().public_url);
    InlineKeyboard::new(vec![vec![InlineButton::web_app(label, &address)?]])
}

/// The row of a notice for somebody who has to want it.
pub(crate) async fn wanted_row(
    services: &Services,
    tx: &mut dyn Transaction,
    user_id: UserId,
    tournament: &TournamentRow,
    notice: Notice,
) -> Result<Option<NewOutgoing>, StoreError> {
    if !tx.consents().state(user_id).await?.tournaments {
        return Ok(None);
    }
    let user = tx.users().by_id(user_id).await?.filter(|user| user.erase_after.is_none());
    Ok(user.and_then(|user| row(services, &user, tournament, notice)))
}

/// Who asked for it is told that a tournament starts soon: a slice of them a run. Key: the tournament's id.
#[derive(Debug)]
pub struct Reminders;

/// Where the job stands.
#[derive(serde::Deserialize)]
struct Reminding {
    starts_at: Timestamp,
    #[serde(default)]
    after: Option<UserId>,
}

#[async_trait]
impl JobHandler for Reminders {
    async fn run(
        &self,
        services: &Services,
        tx: &mut dyn Transaction,
        job: &ClaimedJob,
        now: Timestamp,
    ) -> Result<JobDone, JobError> {
        let id: TournamentId = jobs::key(job)?;
        let Reminding { starts_at, after } = jobs::payload(job)?;
        let row = tx.tournaments().lock(&id).await?;
        // Moved since: it is planned anew. Canceled, or begun: nobody is told any more.
        let Some(row) = row.filter(|row| {
            row.tournament.starts_at == starts_at && now < starts_at && row.status.state.is_movable()
        }) else {
            return Ok(JobDone::quietly());
        };
        let looked_at = tx.wishes().mark_reminded(&id, starts_at, after, SLICE).await?;
        let mut rows = Vec::new();
        for (user_id, was_told) in &looked_at {
            if !was_told {
                rows.extend(wanted_row(services, tx, *user_id, &row, Notice::StartsSoon).await?);
            }
        }
        tx.outbox().add_many(&rows).await?;
        if let Some((last, _)) = looked_at.last().filter(|_| looked_at.len() == SLICE as usize) {
            let payload = serde_json::json!({"starts_at": starts_at, "after": last});
            jobs::plan(services, tx, JobKind::TournamentReminder, id.as_str(), now, &payload).await?;
        }
        Ok(told(&rows))
    }
}

/// Players are told how a board ended: a slice of its ranks a run. Key: the board's id.
#[derive(Debug)]
pub struct ResultNotices;

#[async_trait]
impl JobHandler for ResultNotices {
    async fn run(
        &self,
        services: &Services,
        tx: &mut dyn Transaction,
        job: &ClaimedJob,
        now: Timestamp,
    ) -> Result<JobDone, JobError> {
        let (board, progress) = prizes::read(job)?;
        let row = tx.tournaments().by_id(&board.tournament_id()).await?;
        let players = tx.boards().by_id(&board).await?.map(|board| board.players);
        let (Some(row), Some(players)) = (row, players) else { return Ok(JobDone::quietly()) };
        let page = tx.results().page(&board, progress.after, SLICE).await?;
        let is_for_all = row.status.rules.finish_notice == domain::tournament::rules::FinishNotice::Everyone;
        let mut rows = Vec::new();
        for result in &page {
            let has_prize = result.prize.is_some();
            let Some(user_id) = result.user_id.filter(|_| has_prize || is_for_all) else { continue };
            let notice = Notice::Result { rank: result.rank, players, has_prize };
            rows.extend(wanted_row(services, tx, user_id, &row, notice).await?);
        }
        tx.outbox().add_many(&rows).await?;
        if let Some(left) = progress.behind(&page) {
            let payload: Value = left.to_payload();
            jobs::plan(services, tx, JobKind::BoardNotices, board.as_str(), now, &payload).await?;
        }
        Ok(told(&rows))
    }
}

fn told(rows: &[NewOutgoing]) -> JobDone {
    let done = JobDone::quietly().with_signal(bus::signals::Signal::Jobs);
    if rows.is_empty() { done } else { done.with_signal(bus::signals::Signal::Outbox) }
}
