//! Ids as types, so that one kind is never passed for another.
//!
//! Ids that Podium makes are UUIDs of version 7 (they grow with time, so that an index stays compact) and are written
//! with a prefix that tells their kind: `u_…` for a user. Ids of others are validated text or numbers.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use uuid::Uuid;

use crate::{rng::Rng, time::Timestamp};

/// The text or number is not an id of the wanted kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {kind}")]
pub struct Invalid {
    /// What was wanted, e.g. `user id`.
    pub kind: &'static str,
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal, $kind:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id that sorts by `now`.
            pub fn new(now: Timestamp, rng: &dyn Rng) -> Self {
                let mut random = [0; 10];
                rng.fill(&mut random);
                let millis = u64::try_from(now.as_millis()).unwrap_or_default();
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
            }

            /// The id behind a stored UUID.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID to store.
            pub const fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, concat!($prefix, "{}"), self.0.simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, formatter)
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                text.strip_prefix($prefix)
                    .filter(|hex| hex.len() == 32)
                    .and_then(|hex| Uuid::try_parse(hex).ok())
                    .map(Self)
                    .ok_or(Invalid { kind: $kind })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
            }
        }
    };
}

uuid_id!(
    /// A user of Podium, stable for life; the `sub` of every token.
    UserId, "u_", "user id"
);
uuid_id!(
    /// A signed-in device: one family of refresh tokens.
    SessionId, "s_", "session id"
);
uuid_id!(
    /// A message on its way out.
    OutgoingId, "o_", "outgoing id"
);
uuid_id!(
    /// Somebody who works at the console.
    OperatorId, "op_", "operator id"
);
uuid_id!(
    /// A line of the audit log.
    AuditId, "log_", "audit id"
);
uuid_id!(
    /// A one-time token, as it may be named: the token itself is another thing.
    TokenId, "tok_", "token id"
);
uuid_id!(
    /// An event on its way out to the platform.
    OutgoingEventId, "e_", "outgoing event id"
);
uuid_id!(
    /// A reward of one player.
    RewardId, "rw_", "reward id"
);

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                // Ids of Telegram are personal: a log shows a keyed alias of them, never the number.
                formatter.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    };
}

number_id!(
    /// A person, as Telegram numbers them (at most 52 significant bits). Has no `Display`: it must not reach a log.
    TelegramUserId
);
number_id!(
    /// A chat of Telegram; equals the person's id in a private chat.
    ChatId
);

/// The number in front of the colon of a bot token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BotId(pub i64);

/// Telegram's number of an update, unique for a bot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UpdateId(pub i64);

impl fmt::Display for UpdateId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $max:literal, $valid:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = Invalid;

            fn try_from(text: String) -> Result<Self, Invalid> {
                let valid: fn(u8) -> bool = $valid;
                if text.is_empty() || text.len() > $max || !text.bytes().all(valid) {
                    return Err(Invalid { kind: $kind });
                }
                Ok(Self(text))
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                Self::try_from(text.to_owned())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::try_from(String::deserialize(deserializer)?).map_err(D::Error::custom)
            }
        }
    };
}

text_id!(
    /// The platform's id of a tournament. At most 62 characters of the base64url alphabet, so that `t_<id>` fits a
    /// start parameter.
    TournamentId, "tournament id", 62, |byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
);
text_id!(
    /// What a one-time token leads to, as the platform names it: a tournament, a mission, a step of identification. The
    /// alphabet of [`TournamentId`], so that it fits an address as it is.
    LinkTarget, "link target", 62, |byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
);

impl From<TournamentId> for LinkTarget {
    fn from(id: TournamentId) -> Self {
        Self(id.0)
    }
}

text_id!(
    /// The platform's id of a user: 1 to 128 visible ASCII characters.
    PlatformUserId, "platform user id", 128, |byte| byte.is_ascii_graphic()
);
text_id!(
    /// The `id` of a CloudEvent: 1 to 255 visible ASCII characters.
    EventId, "event id", 255, |byte| byte.is_ascii_graphic()
);
text_id!(
    /// The `source` of a CloudEvent: 1 to 255 visible ASCII characters.
    EventSource, "event source", 255, |byte| byte.is_ascii_graphic()
);
text_id!(
    /// What a board calls a player: opaque, random, never an id of Telegram or of the platform (`p_…`).
    PlayerKey, "player key", 24, |byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
);

text_id!(
    /// A campaign's code: what stands behind `start=` and `startapp=` in its links. Visible to everybody, no secret.
    CampaignCode, "campaign code", 64, |byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
);

/// A ranked list of a tournament: of one period and one cohort of it. Its text is the tournament's id, with the period
/// and the cohort behind dots where there are any: `cup`, `cup.3`, `cup.3.12`. No tournament's id has a dot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct BoardId(String);

impl BoardId {
    /// The board of a period and a cohort. Period 0 is the first one, cohort 0 all players of a period together.
    pub fn of(tournament_id: &TournamentId, period: u32, cohort: u32) -> Self {
        let tournament_id = tournament_id.as_str();
        Self(match (period, cohort) {
            (0, 0) => tournament_id.to_owned(),
            (period, 0) => format!("{tournament_id}.{period}"),
            (period, cohort) => format!("{tournament_id}.{period}.{cohort}"),
        })
    }

    /// The only board of a tournament without periods and cohorts.
    pub fn plain(tournament_id: &TournamentId) -> Self {
        Self::of(tournament_id, 0, 0)
    }

    /// A board as the server has named it.
    pub const fn from_wire(name: String) -> Self {
        Self(name)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whose board this is.
    pub fn tournament_id(&self) -> TournamentId {
        TournamentId(self.parts().0.to_owned())
    }

    /// Which period, the first one 0.
    pub fn period(&self) -> u32 {
        self.parts().1
    }

    /// Which cohort of the period; 0 when there are none.
    pub fn cohort(&self) -> u32 {
        self.parts().2
    }

    fn parts(&self) -> (&str, u32, u32) {
        let mut parts = self.0.split('.');
        let tournament_id = parts.next().unwrap_or_default();
        let mut number = || parts.next().and_then(|text| text.parse().ok()).unwrap_or_default();
        (tournament_id, number(), number())
    }
}

impl TryFrom<String> for BoardId {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        let board = Self(text);
        let (tournament_id, period, cohort) = board.parts();
        // One board has one text: whatever is not written as we would write it is no id.
        let is_ours =
            tournament_id.parse().is_ok_and(|id: TournamentId| Self::of(&id, period, cohort) == board);
        if is_ours { Ok(board) } else { Err(Invalid { kind: "board id" }) }
    }
}

impl FromStr for BoardId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::try_from(text.to_owned())
    }
}

impl fmt::Display for BoardId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for BoardId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}
text_id!(
    /// The id of a mission, chosen by who owns it. At most 62 characters of the base64url alphabet, as of a tournament.
    MissionId, "mission id", 62, |byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
);
text_id!(
    /// What the platform calls something that a player does: `bet.settled`.
    ActivityName, "activity name", 64, |byte| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte)
);
text_id!(
    /// The name of a field of an activity.
    FieldName, "field name", 64, |byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte)
);
text_id!(
    /// The name of a time zone of the IANA database: `Europe/Rome`. That there is such a zone is asked where the
    /// database is.
    TimeZoneName, "time zone", 64, |byte| byte.is_ascii_alphanumeric() || b"_-+/".contains(&byte)
);
text_id!(
    /// What the platform calls something that it gives: `free_spins`.
    RewardCode, "reward code", 64, |byte| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte)
);
text_id!(
    /// A currency's code, as the platform writes it: `EUR`, `USDT`.
    Currency, "currency", 12, |byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
);

impl From<TournamentId> for MissionId {
    /// The same letters make both.
    fn from(id: TournamentId) -> Self {
        Self(id.0)
    }
}

impl PlayerKey {
    /// A new random key of 80 bits.
    pub fn new(rng: &dyn Rng) -> Self {
        const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
        let mut random = [0; 16];
        rng.fill(&mut random);
        let mut text = String::from("p_");
        text.extend(random.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])));
        Self(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::SeededRng;

    #[test]
    fn a_user_id_survives_its_text_form() {
        let id = UserId::new(Timestamp::from_millis(1_700_000_000_000), &SeededRng::new(1));
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().len(), 34);
    }

    #[test]
    fn whatever_is_an_id_of_a_tournament_is_one_of_a_mission() {
        let letters = (0..=u8::MAX).map(|byte| char::from(byte).to_string());
        let lengths = [0, 1, 61, 62, 63].map(|length| "a".repeat(length));
        for text in letters.chain(lengths) {
            let mission = text.parse::<TournamentId>().map(MissionId::from);
            assert_eq!(mission.ok(), text.parse::<MissionId>().ok(), "{text}");
        }
    }

    #[test]
    fn later_ids_sort_behind_earlier_ones() {
        let rng = SeededRng::new(1);
        let earlier = UserId::new(Timestamp::from_millis(1_700_000_000_000), &rng);
        let later = UserId::new(Timestamp::from_millis(1_700_000_000_001), &rng);
        assert!(earlier < later);
    }

    #[test]
    fn another_kind_of_id_is_refused() {
        let id = SessionId::new(Timestamp::from_millis(0), &SeededRng::new(1));
        assert_eq!(id.to_string().parse::<UserId>(), Err(Invalid { kind: "user id" }));
    }

    #[test]
    fn a_tournament_id_fits_a_start_parameter() {
        assert!("a".repeat(62).parse::<TournamentId>().is_ok());
        for bad in ["", "with space", "ünicode", &"a".repeat(63)] {
            assert!(bad.parse::<TournamentId>().is_err(), "{bad:?} was accepted");
        }
    }

    #[test]
    fn a_board_is_named_by_its_tournament_period_and_cohort() {
        let cup: TournamentId = "cup_1-A".parse().unwrap();
        for (period, cohort, text) in [
            (0, 0, "cup_1-A"),
            (7, 0, "cup_1-A.7"),
            (0, 3, "cup_1-A.0.3"),
            (u32::MAX, u32::MAX, "cup_1-A.4294967295.4294967295"),
        ] {
            let board = BoardId::of(&cup, period, cohort);
            assert_eq!(board.as_str(), text);
            assert_eq!(text.parse(), Ok(board.clone()));
            assert_eq!(
                (board.tournament_id(), board.period(), board.cohort()),
                (cup.clone(), period, cohort)
            );
        }
        for bad in [
            "",
            ".",
            ".1",
            "cup.",
            "cup.0",
            "cup.01",
            "cup.1.0",
            "cup.x",
            "cup.1.2.3",
            "cup.-1",
            "cup.+1",
            "cup.0.0",
        ] {
            assert!(bad.parse::<BoardId>().is_err(), "{bad:?} was accepted");
        }
    }

    #[test]
    fn a_telegram_id_does_not_print() {
        assert_eq!(format!("{:?}", TelegramUserId(279_058_397)), "TelegramUserId(…)");
    }
}
