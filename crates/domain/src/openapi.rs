//! How the API's documentation describes the ids and numbers of this crate. Only the server switches this on.

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ObjectBuilder, RefOr, Schema,
        schema::{KnownFormat, SchemaFormat, SchemaType, Type},
    },
};

macro_rules! schema {
    ($name:ty, $kind:expr, $format:expr, $description:literal, $example:expr) => {
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(SchemaType::new($kind))
                    .format($format)
                    .description(Some($description))
                    .examples([$example])
                    .into()
            }
        }

        impl ToSchema for $name {}
    };
}

const INT64: Option<SchemaFormat> = Some(SchemaFormat::KnownFormat(KnownFormat::Int64));
const DATE_TIME: Option<SchemaFormat> = Some(SchemaFormat::KnownFormat(KnownFormat::DateTime));

schema!(
    crate::UserId,
    Type::String,
    None,
    "Podium's own id, stable for life",
    "u_0199d7f2a3b47c6e8a1b2c3d4e5f6071"
);
schema!(crate::SessionId, Type::String, None, "A signed-in device", "s_0199d7f2a3b47c6e8a1b2c3d4e5f6071");
schema!(crate::RewardId, Type::String, None, "A reward of one player", "rw_0199d7f2a3b47c6e8a1b2c3d4e5f6071");
schema!(crate::MissionId, Type::String, None, "A mission's id, chosen by who owns it", "daily-three-wins");
schema!(crate::RewardCode, Type::String, None, "What the platform calls what it gives", "free_spins");
schema!(crate::Currency, Type::String, None, "A currency's code, as the platform writes it", "EUR");
schema!(crate::Amount, Type::String, None, "An exact decimal that is not negative", "12.50");
schema!(crate::PlatformUserId, Type::String, None, "The platform's id of a user", "42");
schema!(crate::TournamentId, Type::String, None, "The platform's id of a tournament", "winter-cup");
schema!(
    crate::BoardId,
    Type::String,
    None,
    "A board: the tournament, and its period and cohort behind dots",
    "winter-cup.3"
);
schema!(
    crate::LinkTarget,
    Type::String,
    None,
    "What a token leads to, as the platform names it: 1 to 62 characters of `A-Z a-z 0-9 _ -`",
    "passport"
);
schema!(crate::PlayerKey, Type::String, None, "What boards call a player; opaque", "p_abcdefghijklmnop");
schema!(
    crate::TokenId,
    Type::String,
    None,
    "What to ask for a one-time token's state by",
    "tok_0199d7f2a3b47c6e8a1b2c3d4e5f6071"
);
schema!(
    crate::MaskedAccount,
    Type::String,
    None,
    "An account of which at least three characters in a row are hidden behind `*` or `•`",
    "a***@mail.com"
);
schema!(crate::TelegramUserId, Type::Integer, INT64, "Telegram's id of a person", 279_058_397);
schema!(crate::Timestamp, Type::String, DATE_TIME, "RFC 3339, UTC", "2026-01-01T00:00:00.000Z");
schema!(crate::Score, Type::Integer, INT64, "Within ±2^53", 1200);
schema!(crate::tournament::Title, Type::Object, None, "Texts by language tag", "{\"en\":\"Winter cup\"}");
