//! What a sign-in answers and what a player may know of themselves.

use serde::{Deserialize, Serialize};

use crate::{
    id::{PlatformUserId, PlayerKey, TelegramUserId, UserId},
    locale::Locale,
    reachability::Reachability,
};

/// The answer to exchange and refresh.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignedIn {
    /// A bearer token, good for `expires_in` seconds.
    pub jwt: String,
    /// Seconds until the token expires.
    pub expires_in: u32,
    /// Good once, for the next token.
    pub refresh_token: String,
    /// Who signed in.
    pub user: Me,
}

impl std::fmt::Debug for SignedIn {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SignedIn").field("user_id", &self.user.user_id).finish_non_exhaustive()
    }
}

/// The signed-in person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    /// Podium's own id.
    pub user_id: UserId,
    /// The platform's id; absent for a light profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform_user_id: Option<PlatformUserId>,
    /// Whether an account of the platform is linked.
    #[serde(default)]
    pub linked: bool,
    /// Whether the platform has a confirmed phone or e-mail of the player.
    #[serde(default)]
    pub contact_confirmed: bool,
    /// Whether the bot may write to the player.
    #[serde(default)]
    pub reachability: Reachability,
    /// Telegram's id.
    pub telegram_user_id: TelegramUserId,
    /// The first name, as Telegram gave it.
    pub first_name: String,
    /// The name on boards.
    pub alias: String,
    /// What boards and live streams call this player.
    pub player: PlayerKey,
    /// The language.
    pub locale: Locale,
    /// Read models of the platform's wallet; empty until an event fills them.
    pub balances: Vec<Balance>,
    /// The state of identification at the platform.
    pub kyc: Kyc,
}

impl std::fmt::Debug for Me {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Me").field("user_id", &self.user_id).finish_non_exhaustive()
    }
}

/// Money that the platform holds, as decimal text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Balance {
    /// ISO 4217 or the platform's own code.
    pub currency: String,
    /// What can be spent.
    pub available: String,
    /// What was given.
    pub bonus: String,
    /// What is held back.
    pub locked: String,
}

/// How far the platform has identified a player.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Kyc {
    /// The level.
    pub level: KycLevel,
}

/// Levels of identification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum KycLevel {
    /// Not identified.
    #[default]
    None,
    /// The basics are known.
    Basic,
    /// Fully identified.
    Full,
}
