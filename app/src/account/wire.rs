//! What the page reads of the server's answers. The rest of them is for others.

use domain::Timestamp;

/// What the player has agreed to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Consents {
    /// Offers and bonuses.
    pub promotions: bool,
    /// Tournaments and missions.
    pub tournaments: bool,
    /// Payouts.
    pub payouts: bool,
}

/// A signed-in device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Device {
    /// What to end it by.
    pub id: String,
    /// How it was signed in.
    pub method: String,
    /// When it was used last.
    pub last_used_at: Timestamp,
    /// What it is.
    #[expect(clippy::struct_field_names, reason = "the name that the API has for it")]
    pub device: String,
    /// Whether it is this one.
    pub current: bool,
}

/// All signed-in devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Devices {
    /// The one used last first.
    pub sessions: Vec<Device>,
}

/// Where the link with the platform stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Account {
    /// Whether there is one.
    pub linked: bool,
    /// Whether the platform has a confirmed phone or e-mail.
    pub contact_confirmed: bool,
    /// Whether there is a site of the platform to go to.
    pub has_cabinet: bool,
}

/// Whether the player will be erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Preparation {
    /// When.
    pub erase_at: Option<Timestamp>,
}

/// Where something is.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Address {
    /// Its address; good once, so it is printed nowhere.
    pub url: String,
}

impl std::fmt::Debug for Address {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Address(…)")
    }
}

/// What is asked before an account is linked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Question {
    /// The account, masked.
    pub platform_account: String,
    /// Whether another account is linked, which would end.
    pub is_linked_elsewhere: bool,
}
