//! What a sign-in answers and what a player may know of themselves.

use serde::{Deserialize, Serialize};

use crate::{
    condition::KycLevel,
    id::{PlatformUserId, PlayerKey, SessionId, TelegramUserId, UserId},
    locale::Locale,
    reachability::Reachability,
    time::Timestamp,
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
    /// Whether there is a site of the platform to go to.
    #[serde(default)]
    pub has_cabinet: bool,
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

/// What a device is: as coarse as a person needs to recognize their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum DeviceKind {
    /// An iPhone or iPad.
    Ios,
    /// A phone or tablet with Android.
    Android,
    /// A computer with Windows.
    Windows,
    /// A Mac.
    Macos,
    /// A computer with Linux.
    Linux,
    /// It did not say.
    #[default]
    Unknown,
}

impl DeviceKind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Ios, Self::Android, Self::Windows, Self::Macos, Self::Linux, Self::Unknown];

    /// The stable text form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ios => "ios",
            Self::Android => "android",
            Self::Windows => "windows",
            Self::Macos => "macos",
            Self::Linux => "linux",
            Self::Unknown => "unknown",
        }
    }

    /// The kind that a browser's `User-Agent` tells. Everything else in that header is forgotten.
    pub fn from_user_agent(text: &str) -> Self {
        // Android's browsers say Linux too, and those of iPads may say Mac OS X behind their own name.
        let signs = [
            ("iPhone", Self::Ios),
            ("iPad", Self::Ios),
            ("Android", Self::Android),
            ("Windows", Self::Windows),
            ("Macintosh", Self::Macos),
            ("Mac OS X", Self::Macos),
            ("Linux", Self::Linux),
            ("X11", Self::Linux),
        ];
        signs.into_iter().find(|(sign, _)| text.contains(sign)).map_or(Self::Unknown, |(_, kind)| kind)
    }
}

/// A signed-in device, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Device {
    /// The session's id, to end it by.
    pub id: SessionId,
    /// How it was signed in: `init_data`, `widget`, `oidc` or `deep_link`.
    pub method: String,
    /// When it was signed in.
    pub created_at: Timestamp,
    /// When it was signed in or renewed its tokens last.
    pub last_used_at: Timestamp,
    /// What it is.
    pub device: DeviceKind,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// A player's signed-in devices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Devices {
    /// The one used last first; at most 100.
    pub sessions: Vec<Device>,
}

/// Whether a person is going to be erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PrivacyState {
    /// When; absent (null) while no erasure is planned.
    pub erase_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_told_by_its_system_alone() {
        for (text, kind) in [
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605", DeviceKind::Ios),
            ("Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36", DeviceKind::Android),
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64)", DeviceKind::Windows),
            ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", DeviceKind::Macos),
            ("Mozilla/5.0 (X11; Linux x86_64)", DeviceKind::Linux),
            ("curl/8.0", DeviceKind::Unknown),
            ("", DeviceKind::Unknown),
        ] {
            assert_eq!(DeviceKind::from_user_agent(text), kind, "{text}");
        }
    }

    #[test]
    fn the_text_form_of_a_device_is_the_serialised_form() {
        for kind in DeviceKind::ALL {
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{}\"", kind.as_str()));
        }
    }
}
