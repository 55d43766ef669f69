//! Values to the types that cross the wire.

use std::str::FromStr;

use domain::{
    AliasState, BoardId, ErrorCode, Operator, PlayerKey, Score, TieOrders, Timestamp, Tournament,
    TournamentId,
    board::{BoardEntry, BoardPage, LiveDelta, LiveSnapshot, Lobby, TournamentCard, TournamentPage},
    ranking::Order,
    tournament::{Phase, Title},
};

use crate::{
    account::wire::{Account, Address, Consents, Device, Devices, Preparation, Question},
    json::Value,
    page_data::{First, PageData},
    session::{Grant, Player},
};

/// A type that the page can read.
pub trait FromJson: Sized {
    /// The value as this type.
    fn from_json(value: &Value) -> Option<Self>;

    /// What stands for a field that is absent.
    fn absent() -> Option<Self> {
        None
    }
}

/// A field of an object.
fn field<T: FromJson>(value: &Value, name: &str) -> Option<T> {
    match value.field(name) {
        Some(value) => T::from_json(value),
        None => T::absent(),
    }
}

impl FromJson for String {
    fn from_json(value: &Value) -> Option<Self> {
        match value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(value: &Value) -> Option<Self> {
        let Value::List(items) = value else { return None };
        // A plain loop is a third of what `collect` into an `Option` becomes for every type.
        let mut list = Self::new();
        for item in items {
            list.push(T::from_json(item)?);
        }
        Some(list)
    }
}

impl<T: FromJson> FromJson for Option<T> {
    fn from_json(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            value => T::from_json(value).map(Some),
        }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: FromJson, U: FromJson> FromJson for (T, U) {
    fn from_json(value: &Value) -> Option<Self> {
        match value {
            Value::List(items) if items.len() == 2 => {
                Some((T::from_json(&items[0])?, U::from_json(&items[1])?))
            }
            _ => None,
        }
    }
}

fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => Some(*number),
        _ => None,
    }
}

fn parsed<T: FromStr>(value: &Value) -> Option<T> {
    match value {
        Value::Text(text) => text.parse().ok(),
        _ => None,
    }
}

/// Numbers.
macro_rules! numbers {
    ($($type:ty)*) => {
        $(impl FromJson for $type {
            fn from_json(value: &Value) -> Option<Self> {
                number(value)?.try_into().ok()
            }
        })*
    };
}

/// Types with a text form that they parse themselves.
macro_rules! texts {
    ($($type:ty)*) => {
        $(impl FromJson for $type {
            fn from_json(value: &Value) -> Option<Self> {
                parsed(value)
            }
        })*
    };
}

/// Structs, with all their fields: one that is forgotten does not compile.
macro_rules! structs {
    ($($type:ident { $($field:ident),* })*) => {
        $(impl FromJson for $type {
            fn from_json(value: &Value) -> Option<Self> {
                Some(Self { $($field: field(value, stringify!($field))?),* })
            }
        })*
    };
}

/// Enums without content, by the text form of each variant.
macro_rules! enums {
    ($($type:ident { $($text:literal => $variant:ident),* })*) => {
        $(impl FromJson for $type {
            fn from_json(value: &Value) -> Option<Self> {
                match value {
                    Value::Text(text) => match text.as_str() {
                        $($text => Some(Self::$variant),)*
                        _ => None,
                    },
                    _ => None,
                }
            }
        })*
    };
}

mod compete;

impl FromJson for bool {
    fn from_json(value: &Value) -> Option<Self> {
        match value {
            Value::Bool(value) => Some(*value),
            _ => None,
        }
    }
}

numbers!(u64);

texts!(TournamentId PlayerKey Timestamp);

structs! {
    BoardEntry { rank, player, alias, score, achieved_at }
    BoardPage { board, tournament_id, version, total, entries, me, next_cursor }
    Lobby { tournaments, board, now }
    TournamentPage { card, board, now }
    LiveSnapshot { tournament_id, version, total, order, entries }
    LiveDelta { from, version, total, changed, moved, left }
    Tournament { tournament_id, title, starts_at, ends_at, operator, order, ties }
    Grant { jwt, refresh_token, user }
    Player { first_name, alias, player }
    PageData { path, bot, now, first }
    AliasState { hidden, alias, player }
    Consents { promotions, tournaments, payouts }
    Device { id, method, last_used_at, device, current }
    Devices { sessions }
    Account { linked, contact_confirmed, has_cabinet }
    Preparation { erase_at }
    Address { url }
    Question { platform_account, is_linked_elsewhere }
}

enums! {
    Phase { "upcoming" => Upcoming, "running" => Running, "finished" => Finished, "canceled" => Canceled }
    Operator { "best" => Best, "sum" => Sum, "latest" => Latest, "count" => Count }
    Order { "desc" => Desc, "asc" => Asc }
}

mod missions;

impl FromJson for BoardId {
    fn from_json(value: &Value) -> Option<Self> {
        String::from_json(value).map(Self::from_wire)
    }
}

impl FromJson for TournamentCard {
    fn from_json(value: &Value) -> Option<Self> {
        // The tournament's fields stand beside the card's own.
        Some(Self {
            tournament: Tournament::from_json(value)?,
            phase: field(value, "phase")?,
            players: field(value, "players")?,
        })
    }
}

impl FromJson for TieOrders {
    fn from_json(value: &Value) -> Option<Self> {
        Self::new(&Vec::from_json(value)?)
    }

    fn absent() -> Option<Self> {
        Some(Self::default())
    }
}

impl FromJson for Title {
    fn from_json(value: &Value) -> Option<Self> {
        let Value::Object(fields) = value else { return None };
        let mut texts = Vec::new();
        for (tag, text) in fields {
            texts.push((tag.clone(), String::from_json(text)?));
        }
        Some(Self::from_wire(texts))
    }
}

impl FromJson for Score {
    fn from_json(value: &Value) -> Option<Self> {
        Self::new(number(value)?).ok()
    }
}

impl FromJson for ErrorCode {
    fn from_json(value: &Value) -> Option<Self> {
        let text = String::from_json(value)?;
        Self::ALL.iter().copied().find(|code| code.as_str() == text)
    }
}

impl FromJson for First {
    fn from_json(value: &Value) -> Option<Self> {
        match value {
            Value::Text(text) if text == "nothing" => Some(Self::Nothing),
            Value::Object(fields) => match fields.as_slice() {
                [(name, value)] if name == "lobby" => Lobby::from_json(value).map(Self::Lobby),
                [(name, value)] if name == "tournament" => {
                    TournamentPage::from_json(value).map(Self::Tournament)
                }
                [(name, value)] if name == "failed" => ErrorCode::from_json(value).map(Self::Failed),
                _ => None,
            },
            _ => None,
        }
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use std::fmt::Debug;

    use domain::{Problem, session::SignedIn};
    use serde::Serialize;

    use super::*;
    use crate::{json, kit::samples};

    fn survives<T: Serialize + FromJson + PartialEq + Debug>(value: &T) {
        let text = serde_json::to_string(value).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(json::read::<T>(&text).as_ref(), Some(value), "{text}");
    }

    #[test]
    fn everything_on_the_wire_is_read_as_it_was_written() {
        survives(&samples::lobby());
        let mut tournament = samples::tournament();
        survives(&tournament);
        tournament.card.tournament.ties = TieOrders::new(&[Order::Asc, Order::Desc]).unwrap();
        survives(&tournament);
        let mut page = samples::board(3);
        page.me = page.entries.first().cloned();
        page.next_cursor = Some("c".into());
        survives(&page);
    }

    #[test]
    fn live_frames_are_read_as_they_were_written() {
        let page = samples::board(4);
        let window = |version, entries| LiveSnapshot {
            tournament_id: page.tournament_id.clone(),
            version,
            total: 9,
            order: Order::Asc,
            entries,
        };
        let (before, mut entries) = (window(1, page.entries.clone()), page.entries.clone());
        entries.swap(0, 1);
        entries[0].rank = 1;
        entries[1].rank = 2;
        entries.pop();
        survives(&before);
        survives(&before.delta_to(&window(2, entries)));
    }

    #[test]
    fn first_pages_are_read_as_they_were_written() {
        let firsts = [
            First::Lobby(samples::lobby()),
            First::Tournament(samples::tournament()),
            First::Nothing,
            First::Failed(ErrorCode::TournamentUnknown),
        ];
        for first in firsts {
            survives(&PageData { path: "/app".into(), bot: Some("bot".into()), now: samples::now(), first });
        }
    }

    #[test]
    fn the_page_reads_what_it_needs_of_a_sign_in() {
        let me = samples::me();
        let granted =
            SignedIn { jwt: "a.b.c".into(), expires_in: 900, refresh_token: "r".into(), user: me.clone() };
        let text = serde_json::to_string(&granted).unwrap();
        let player = Player { first_name: me.first_name, alias: me.alias, player: me.player };
        let expected = Grant { jwt: "a.b.c".into(), refresh_token: "r".into(), user: player };
        assert_eq!(json::read::<Grant>(&text), Some(expected));
    }

    #[test]
    fn every_problem_tells_its_code() {
        for code in ErrorCode::ALL {
            let text = serde_json::to_string(&Problem::new(*code).with_detail("why")).unwrap();
            assert_eq!(json::read::<crate::functions::Failure>(&text).unwrap().code(), *code);
        }
    }
}
