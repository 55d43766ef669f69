//! Small builders: rows that are valid, of which a contract changes what it is about.

use std::collections::BTreeMap;

use domain::{
    BoardId, BotId, ChatId, Locale, Operator, Order, OutgoingId, PlatformUserId, PlayerKey, Prize,
    Reachability, RewardId, RewardSource, RewardState, Score, SessionId, Standing, TelegramUserId, TieOrders,
    Ties, Timestamp, Tournament, TournamentId, UpdateId, UserId, mission::Mission, session::DeviceKind,
    tournament::Title,
};
use uuid::Uuid;

use crate::{
    BoxTransaction, Store,
    activity::ActivityRow,
    board::{NewBoard, PlayerRow, Presence},
    inbox::{ClaimedUpdate, NewUpdate},
    outbox::{ClaimedOutgoing, NewOutgoing, OutgoingClass},
    reward::RewardRow,
    score_log::ScoreEvent,
    session::NewSession,
    user::{PlatformProfile, SealedText, TelegramProfile},
};

/// Text that engines and encodings have been seen to break: quotes, backslashes, emoji with joiners, right-to-left,
/// a combining mark, a character beyond the basic plane, a control character.
pub const HARD_TEXT: &str = "O'Brien \"q\" \\ %_ $1 ?1 👩‍👩‍👧 שלום e\u{301} 𝕏 \u{1}\t\r\n{}[] --;";

/// The bot of most rows.
pub const BOT: BotId = BotId(7_000_000_001);

/// A time, in milliseconds after the moment at which contracts begin.
pub const fn at(milliseconds: i64) -> Timestamp {
    Timestamp::from_millis(1_767_225_600_000 + milliseconds)
}

/// A lease or owner.
pub const fn lease(number: u128) -> Uuid {
    Uuid::from_u128(0x1ea5_e000 + number)
}

/// A user id.
pub const fn user_id(number: u128) -> UserId {
    UserId::from_uuid(Uuid::from_u128(number))
}

/// A session id.
pub const fn session_id(number: u128) -> SessionId {
    SessionId::from_uuid(Uuid::from_u128(number))
}

/// A tournament id.
pub fn tournament_id(text: &str) -> TournamentId {
    text.parse().unwrap()
}

/// The only board of the tournament with this id.
pub fn board_id(text: &str) -> BoardId {
    text.parse().unwrap()
}

/// A platform's user id.
pub fn platform_id(number: u32) -> PlatformUserId {
    format!("platform-{number:04}").parse().unwrap()
}

/// A player key.
pub fn player(number: u128) -> PlayerKey {
    format!("p_{number}").parse().unwrap()
}

/// A score.
pub fn score(points: i64) -> Score {
    Score::new(points).unwrap()
}

/// A standing reached at `milliseconds`, which is also the time of the newest event.
pub fn standing(points: i64, milliseconds: i64) -> Standing {
    Standing {
        score: score(points),
        ties: Ties::default(),
        achieved_at: at(milliseconds),
        newest_at: at(milliseconds),
    }
}

/// A player's row on a board, who has a rank, changed last at `version`.
pub fn player_row(board: &str, user_id: UserId, standing: Standing, version: u64) -> PlayerRow {
    PlayerRow {
        board_id: board_id(board),
        user_id,
        standing,
        presence: Presence::OnBoard,
        attempts: 1,
        last_event: None,
        version,
    }
}

/// A score in the log, the first one of its player, reached and received at that many milliseconds.
pub fn score_event(number: i64, board: &str, user_id: UserId, points: i64) -> ScoreEvent {
    ScoreEvent {
        number,
        board_id: board_id(board),
        user_id,
        source: "/platform".parse().unwrap(),
        event_id: format!("event-{number}").parse().unwrap(),
        result: Some((score(points), Ties::default())),
        happened_at: at(number),
        received_at: at(number),
        corrects: None,
        previous: None,
    }
}

/// An update of a chat, received at the moment at which contracts begin.
pub fn update(update_id: i64, chat_id: impl Into<Option<i64>>) -> NewUpdate {
    NewUpdate {
        bot_id: BOT,
        update_id: UpdateId(update_id),
        chat_id: chat_id.into().map(ChatId),
        payload: format!(r#"{{"update_id":{update_id}}}"#),
        received_at: at(0),
    }
}

/// A reply to a chat, due at once.
pub fn outgoing(number: u128, chat_id: i64) -> NewOutgoing {
    NewOutgoing {
        outgoing_id: OutgoingId::from_uuid(Uuid::from_u128(number)),
        bot_id: BOT,
        chat_id: ChatId(chat_id),
        user_id: None,
        class: OutgoingClass::Reply,
        repeatable: false,
        method: "sendMessage".to_owned(),
        payload: format!(r#"{{"number":{number}}}"#),
        cause: None,
        run_at: at(0),
        created_at: at(0),
    }
}

/// What Telegram tells of the person with this number; the user's id has it too.
pub fn telegram_profile(number: u32) -> TelegramProfile {
    TelegramProfile {
        new_user_id: user_id(number.into()),
        new_player: player(number.into()),
        new_alias: format!("Player {number}"),
        telegram_user_id: TelegramUserId(number.into()),
        first_name: SealedText::from_stored(format!("First {number}")),
        username: Some(SealedText::from_stored(format!("user_{number}"))),
        locale: Locale::Ru,
        chat_id: None,
        reachability: Reachability::Unknown,
        seen_at: at(0),
    }
}

/// What the platform tells of the user with this number; the user's id has it too.
pub fn platform_profile(number: u32) -> PlatformProfile {
    PlatformProfile {
        new_user_id: user_id(number.into()),
        new_player: player(number.into()),
        platform_user_id: platform_id(number),
        alias: format!("Alias {number}"),
        locale: None,
        contact_confirmed: None,
        region: None,
        seen_at: at(0),
    }
}

/// A session that was made at once and expires after a minute.
pub fn session(number: u8, owner: UserId) -> NewSession {
    NewSession {
        session_id: session_id(number.into()),
        user_id: owner,
        refresh_hash: [number; 32],
        method: "init_data",
        device: DeviceKind::Ios,
        created_at: at(0),
        expires_at: at(60_000),
    }
}

/// A reward that was offered to a user without end, by the numbers of both; it is for winning `cup-<number>`.
pub fn reward(number: u128, owner: u128) -> RewardRow {
    RewardRow {
        reward_id: RewardId::from_uuid(Uuid::from_u128(number)),
        user_id: user_id(owner),
        source: RewardSource::Tournament,
        source_id: format!("cup-{number}"),
        what: Prize {
            code: "free_spins".parse().unwrap(),
            amount: Some("20".parse().unwrap()),
            currency: None,
            title: None,
        },
        state: RewardState::Offered,
        offered_at: at(0),
        expires_at: None,
        granted_at: None,
    }
}

/// A mission to bet three times.
pub fn mission(id: &str) -> Mission {
    let json = format!(
        r#"{{"mission_id":"{id}","title":{{"en":"Mission {id}"}},"kind":"one_off","starts_at":"2026-01-01T00:00:00Z",
             "rule":{{"event":"bet","target":3}},"reward":{{"code":"badge"}}}}"#
    );
    serde_json::from_str(&json).unwrap()
}

/// A bet of a user at some milliseconds, by the numbers of the event and of the user.
pub fn activity(number: usize, owner: u128, milliseconds: i64) -> ActivityRow {
    ActivityRow {
        user_id: user_id(owner),
        source: "/platform".parse().unwrap(),
        event_id: format!("event-{number}").parse().unwrap(),
        activity: "bet".parse().unwrap(),
        fields: BTreeMap::default(),
        happened_at: at(milliseconds),
    }
}

/// A tournament that runs for a second from `start` on.
pub fn tournament(id: &str, start: i64) -> Tournament {
    Tournament {
        tournament_id: tournament_id(id),
        title: Title::new(BTreeMap::from([("en".to_owned(), format!("Cup {id}"))])).unwrap(),
        starts_at: at(start),
        ends_at: at(start + 1000),
        operator: Operator::Best,
        order: Order::Desc,
        ties: TieOrders::default(),
    }
}

/// The only board of a tournament.
pub fn board_of(tournament: &Tournament) -> NewBoard {
    NewBoard {
        board_id: BoardId::plain(&tournament.tournament_id),
        tier: 0,
        starts_at: tournament.starts_at,
        ends_at: tournament.ends_at,
    }
}

/// Does something in a transaction that is saved.
pub async fn write<T>(store: &dyn Store, work: impl AsyncFnOnce(&mut BoxTransaction) -> T) -> T {
    let mut transaction = store.begin_write().await.unwrap();
    let result = work(&mut transaction).await;
    transaction.save().await.unwrap();
    result
}

/// Does something in a transaction that only reads.
pub async fn read<T>(store: &dyn Store, work: impl AsyncFnOnce(&mut BoxTransaction) -> T) -> T {
    work(&mut store.begin_read().await.unwrap()).await
}

/// The ids of claimed updates.
pub fn update_ids(claimed: &[ClaimedUpdate]) -> Vec<i64> {
    claimed.iter().map(|update| update.update_id.0).collect()
}

/// The numbers of claimed messages.
pub fn outgoing_numbers(claimed: &[ClaimedOutgoing]) -> Vec<u128> {
    claimed.iter().map(|row| row.outgoing_id.as_uuid().as_u128()).collect()
}
