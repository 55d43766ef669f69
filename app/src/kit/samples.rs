//! Made-up content for the page of all parts and for tests of pages.

use std::collections::BTreeMap;

use domain::{
    BoardId, Operator, PlayerKey, Score, Timestamp, Tournament,
    board::{BoardEntry, BoardPage, Lobby, TournamentCard},
    ranking::Order,
    tournament::Title,
};

use crate::session::Player;

const HOUR_MS: i64 = 3_600_000;
const NAMES: [&str; 10] = [
    "NovaFox",
    "Kestrel",
    "LuckyLena",
    "Sasha77",
    "MidnightRun",
    "Bruno",
    "Wildcard",
    "ElenaK",
    "TurboTom",
    "Mira",
];

/// The time on the page.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_millis(1_796_000_000_000)
}

/// The player who is signed in, as the server knows them.
#[cfg(test)]
pub(crate) fn me() -> domain::session::Me {
    domain::session::Me {
        user_id: domain::UserId::from_uuid(uuid::Uuid::from_u128(7)),
        platform_user_id: None,
        linked: false,
        contact_confirmed: false,
        has_cabinet: false,
        reachability: domain::Reachability::Reachable,
        telegram_user_id: domain::TelegramUserId(1),
        first_name: "Sasha".to_owned(),
        alias: NAMES[3].to_owned(),
        player: player(3),
        locale: domain::Locale::En,
        balances: Vec::new(),
        kyc: domain::session::Kyc { level: domain::KycLevel::None },
    }
}

/// The player who is signed in, as the page knows them.
pub(crate) fn signed_in() -> Player {
    Player { first_name: "Sasha".to_owned(), alias: NAMES[3].to_owned(), player: player(3) }
}

/// A board with so many players.
pub(crate) fn board(players: u64) -> BoardPage {
    let entry = |index: u64| {
        let name = NAMES[usize::try_from(index).unwrap_or_default() % NAMES.len()];
        let points =
            15_480_i64.saturating_sub(i64::try_from(index * index * 31 + index * 240).unwrap_or_default());
        BoardEntry {
            rank: index + 1,
            player: player(index),
            alias: name.to_owned(),
            score: Score::new(points).unwrap_or_default(),
            achieved_at: now(),
        }
    };
    BoardPage {
        board: BoardId::plain(&tournament_id("autumn-cup")),
        tournament_id: tournament_id("autumn-cup"),
        version: 1,
        total: players.max(1) * 154,
        entries: (0..players).map(entry).collect(),
        me: None,
        next_cursor: None,
    }
}

/// A lobby with a running, an upcoming and a finished tournament.
pub(crate) fn lobby() -> Lobby {
    Lobby {
        tournaments: vec![
            card(),
            card_of("night-sprint", "Night sprint", -HOUR_MS, HOUR_MS / 2, 318),
            card_of("winter-open", "Winter open", 50 * HOUR_MS, 90 * HOUR_MS, 0),
            card_of("summer-final", "Summer final", -90 * HOUR_MS, -50 * HOUR_MS, 8_021),
        ],
        board: Some(board(10)),
        now: now(),
    }
}

/// A running tournament.
pub(crate) fn card() -> TournamentCard {
    card_of("autumn-cup", "Autumn cup", -2 * HOUR_MS, 3 * HOUR_MS, 1_540)
}

/// A tournament's page.
#[cfg(test)]
pub(crate) fn tournament() -> domain::board::TournamentPage {
    let lobby = lobby();
    domain::board::TournamentPage { card: lobby.tournaments[0].clone(), board: board(10), now: now() }
}

fn card_of(id: &str, title: &str, starts_in_ms: i64, ends_in_ms: i64, players: u64) -> TournamentCard {
    let tournament = Tournament {
        tournament_id: tournament_id(id),
        title: title_of(title),
        starts_at: now().plus_ms(starts_in_ms),
        ends_at: now().plus_ms(ends_in_ms),
        operator: Operator::Best,
        order: Order::Desc,
        ties: domain::TieOrders::default(),
    };
    let phase = tournament.phase(now());
    TournamentCard { tournament, phase, players }
}

#[expect(clippy::expect_used, reason = "the samples are written above")]
fn title_of(text: &str) -> Title {
    Title::new(BTreeMap::from([("en".to_owned(), text.to_owned())])).expect("a title")
}

#[expect(clippy::expect_used, reason = "the samples are written above")]
fn tournament_id(text: &str) -> domain::TournamentId {
    text.parse().expect("a tournament id")
}

#[expect(clippy::expect_used, reason = "a number after a prefix is a key")]
fn player(index: u64) -> PlayerKey {
    format!("p_sample{index}").parse().expect("a player key")
}
