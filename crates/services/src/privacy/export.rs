//! A copy of all that is kept of a person, as JSON that a program and a patient reader can read.

use std::collections::BTreeMap;

use domain::{Timestamp, TokenAction, UserId, mission::Day, token::TokenState};
use serde::Serialize;
use serde_json::Value;
use storage::{
    StoreError, Transaction,
    activity::ActivityRow,
    entry::EntryRow,
    mission_progress::ProgressRow,
    one_time_token::{OneTimeToken, TokenOwner},
    privacy::{MessageRecord, RankRecord, ScoreRecord, SessionRecord},
    user::User,
};

use crate::{Services, links::status::state_at, rewards};

/// The most entries of a list. Nobody has more than a fraction of it before retention removes the oldest.
const LIST_MAX: u32 = 10_000;
/// Before all that is kept.
const ALWAYS: Timestamp = Timestamp::from_millis(0);
const DAY_MS: i64 = 24 * 3_600_000;
/// The most lines of the audit log that a page holds.
const AUDIT_PAGE: u32 = 100;
/// The most lines of the audit log.
const AUDIT_MAX: usize = 2_000;

#[derive(Serialize)]
struct Export {
    exported_at: Timestamp,
    person: Person,
    sessions: Vec<SignedIn>,
    one_time_tokens: Vec<Token>,
    dialogues: Vec<Dialogue>,
    consents: Vec<Consent>,
    scores: Vec<Standing>,
    past_scores: Vec<Standing>,
    ranks: Vec<Stood>,
    messages_of_the_bot: Vec<Message>,
    campaigns: Vec<Campaign>,
    tournaments: Vec<Entry>,
    rewards: Vec<domain::Reward>,
    missions: Vec<Begun>,
    activities: Vec<Deed>,
    audit: Vec<Line>,
}

#[derive(Serialize)]
struct Person {
    user_id: UserId,
    telegram_user_id: Option<domain::TelegramUserId>,
    platform_user_id: Option<domain::PlatformUserId>,
    chat_id: Option<domain::ChatId>,
    first_name: Option<String>,
    username: Option<String>,
    locale: domain::Locale,
    public_name: String,
    public_key: domain::PlayerKey,
    reachability: domain::Reachability,
    contact_confirmed: bool,
    region: Option<String>,
    kyc_level: domain::KycLevel,
    created_at: Timestamp,
    erase_at: Option<Timestamp>,
}

#[derive(Serialize)]
struct SignedIn {
    method: String,
    device: domain::session::DeviceKind,
    created_at: Timestamp,
    last_used_at: Timestamp,
    expires_at: Timestamp,
    ended_at: Option<Timestamp>,
    end_reason: Option<String>,
}

/// What is kept of a token but what it could be spent by.
#[derive(Serialize)]
struct Token {
    action: TokenAction,
    state: TokenState,
    content: Value,
    platform_user_id: Option<domain::PlatformUserId>,
    telegram_user_id: Option<domain::TelegramUserId>,
    chat_id: Option<domain::ChatId>,
    created_at: Timestamp,
    expires_at: Timestamp,
    spent_at: Option<Timestamp>,
}

#[derive(Serialize)]
struct Dialogue {
    state: Value,
    updated_at: Timestamp,
}

#[derive(Serialize)]
struct Consent {
    kind: domain::ConsentKind,
    is_given: bool,
    text_version: u32,
    locale: domain::Locale,
    channel: domain::ConsentChannel,
    recorded_at: Timestamp,
}

#[derive(Serialize)]
struct Standing {
    board: String,
    score: i64,
    at: Timestamp,
}

#[derive(Serialize)]
struct Stood {
    board: String,
    rank: i64,
    at: Timestamp,
}

#[derive(Serialize)]
struct Message {
    created_at: Timestamp,
    state: String,
    content: Value,
}

#[derive(Serialize)]
struct Campaign {
    code: String,
    at: Timestamp,
}

/// A part in a period of a tournament; 0 entries where something was noted alone.
#[derive(Serialize)]
struct Entry {
    tournament_id: domain::TournamentId,
    period: u32,
    joined_at: Timestamp,
    entries: u32,
    excluded_at: Option<Timestamp>,
    excluded_because: Option<String>,
}

/// Progress with a mission, in the period that begins on a day since 1970; 0 where there is one for all.
#[derive(Serialize)]
struct Begun {
    mission_id: domain::MissionId,
    period: domain::mission::Day,
    progress: domain::mission::Progress,
    done_at: Option<Timestamp>,
}

#[derive(Serialize)]
struct Deed {
    activity: domain::ActivityName,
    fields: BTreeMap<domain::FieldName, domain::mission::FieldValue>,
    at: Timestamp,
}

#[derive(Serialize)]
struct Line {
    at: Timestamp,
    by: domain::audit::ActorKind,
    action: domain::audit::AuditAction,
}

/// The export of a person; `None` when there is no such person.
///
/// # Errors
/// When the database fails.
pub(crate) async fn of(
    services: &Services,
    tx: &mut dyn Transaction,
    user_id: UserId,
) -> Result<Option<Vec<u8>>, StoreError> {
    let now = services.now();
    let Some(user) = tx.users().by_id(user_id).await? else { return Ok(None) };
    let proofs = tx.consents().proofs(user_id, LIST_MAX).await?;
    let records = tx.privacy().records(user_id, LIST_MAX).await?;
    let progress = tx.mission_progress().of_player(user_id, Day(0), LIST_MAX).await?;
    let activities = tx.activities().of_player(user_id, ALWAYS, now.plus_ms(DAY_MS), LIST_MAX).await?;
    let entries = tx.entries().of_user(user_id, None, LIST_MAX).await?;
    let rewards = tx.rewards().of_user(user_id, None, LIST_MAX).await?;
    let keys = services.secrets().personal();
    let (first_name, username) = (keys.first_name(&user), keys.username(&user));
    let export = Export {
        exported_at: now,
        sessions: records.sessions.into_iter().map(signed_in).collect(),
        one_time_tokens: tokens(tx, &user, now).await?,
        dialogues: records
            .dialogues
            .into_iter()
            .map(|dialogue| Dialogue { state: parsed(&dialogue.state), updated_at: dialogue.updated_at })
            .collect(),
        consents: proofs
            .into_iter()
            .map(|proof| Consent {
                kind: proof.kind,
                is_given: proof.is_given,
                text_version: proof.text_version,
                locale: proof.locale,
                channel: proof.channel,
                recorded_at: proof.recorded_at,
            })
            .collect(),
        scores: records.standings.into_iter().map(score).collect(),
        past_scores: records.past_scores.into_iter().map(score).collect(),
        ranks: records.ranks.into_iter().map(stood).collect(),
        messages_of_the_bot: records.messages.into_iter().map(message).collect(),
        campaigns: records.campaigns.into_iter().map(|(code, at)| Campaign { code, at }).collect(),
        tournaments: entries.into_iter().map(entry).collect(),
        rewards: rewards.into_iter().map(|row| rewards::view(row, now)).collect(),
        missions: progress.into_iter().map(mission).collect(),
        activities: activities.into_iter().map(activity).collect(),
        audit: audit(tx, user_id).await?,
        person: Person {
            user_id,
            telegram_user_id: user.telegram_user_id,
            platform_user_id: user.platform_user_id,
            chat_id: user.chat_id,
            first_name,
            username,
            locale: user.locale,
            public_name: user.alias,
            public_key: user.player,
            reachability: user.reachability,
            contact_confirmed: user.contact_confirmed,
            region: user.region,
            kyc_level: user.kyc_level,
            created_at: user.created_at,
            erase_at: user.erase_after,
        },
    };
    serde_json::to_vec_pretty(&export)
        .map(Some)
        .map_err(|_| StoreError::Inconsistent { table: "users", column: "export" })
}

async fn audit(tx: &mut dyn Transaction, user_id: UserId) -> Result<Vec<Line>, StoreError> {
    let mut lines = Vec::new();
    let mut before = None;
    while lines.len() < AUDIT_MAX {
        let page = tx.audit().by_subject(user_id, None, before, AUDIT_PAGE).await?;
        let Some(last) = page.last() else { break };
        before = Some(last.entry_id);
        lines.extend(page.iter().map(|entry| Line {
            at: entry.happened_at,
            by: entry.actor.kind,
            action: entry.action,
        }));
    }
    Ok(lines)
}

fn entry(row: EntryRow) -> Entry {
    let (excluded_at, excluded_because) = row.disqualified.unzip();
    Entry {
        tournament_id: row.tournament_id,
        period: row.period,
        joined_at: row.joined_at,
        entries: row.entries,
        excluded_at,
        excluded_because,
    }
}

fn mission(row: ProgressRow) -> Begun {
    let ProgressRow { mission_id, period, progress, done_at, .. } = row;
    Begun { mission_id, period, progress, done_at }
}

fn activity(row: ActivityRow) -> Deed {
    Deed { activity: row.activity, fields: row.fields, at: row.happened_at }
}

async fn tokens(tx: &mut dyn Transaction, user: &User, now: Timestamp) -> Result<Vec<Token>, StoreError> {
    let owner = TokenOwner {
        user_id: user.user_id,
        telegram_user_id: user.telegram_user_id,
        platform_user_id: user.platform_user_id.as_ref(),
    };
    let tokens = tx.one_time_tokens().of_person(owner, LIST_MAX).await?;
    let told = |token: OneTimeToken| Token {
        action: token.action,
        state: state_at(&token, now),
        // An invitation names the operator who made it, who is somebody else.
        content: match token.action {
            TokenAction::ConsoleInvitation => Value::Null,
            _ => parsed(&token.payload),
        },
        platform_user_id: token.platform_user_id.filter(|id| Some(id) == user.platform_user_id.as_ref()),
        telegram_user_id: token.telegram_user_id.filter(|id| Some(*id) == user.telegram_user_id),
        chat_id: token.chat_id.filter(|id| Some(*id) == user.chat_id),
        created_at: token.created_at,
        expires_at: token.expires_at,
        spent_at: token.spent.map(|(at, _)| at),
    };
    Ok(tokens.into_iter().map(told).collect())
}

fn signed_in(session: SessionRecord) -> SignedIn {
    let (ended_at, end_reason) = session.ended.unzip();
    SignedIn {
        method: session.method,
        device: session.device,
        created_at: session.created_at,
        last_used_at: session.refreshed_at,
        expires_at: session.expires_at,
        ended_at,
        end_reason,
    }
}

fn parsed(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or(Value::Null)
}

fn score(record: ScoreRecord) -> Standing {
    Standing { board: record.board_id, score: record.score, at: record.at }
}

fn stood(record: RankRecord) -> Stood {
    Stood { board: record.board_id, rank: record.rank, at: record.at }
}

fn message(record: MessageRecord) -> Message {
    Message { created_at: record.created_at, state: record.state, content: parsed(&record.payload) }
}
