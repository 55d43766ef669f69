//! Handing a player over to the platform's site, the cabinet: what goes there and what comes back.
//!
//! Invariant: an address of a hand-over holds a one-time code and where to go, and nothing else: no id, no token of a
//! session, nothing of the person.

use serde::{Deserialize, Serialize};

use crate::id::{LinkTarget, PlatformUserId, UserId};

/// Where in the cabinet somebody wants to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum CabinetPage {
    /// The account.
    Profile,
    /// Bonuses and promotions.
    Bonus,
    /// Identification.
    Kyc,
    /// The confirmation of a phone or an e-mail.
    Contact,
}

impl CabinetPage {
    /// The word in addresses and in storage.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Bonus => "bonus",
            Self::Kyc => "kyc",
            Self::Contact => "contact",
        }
    }

    /// The page of a word.
    pub fn from_text(text: &str) -> Option<Self> {
        [Self::Profile, Self::Bonus, Self::Kyc, Self::Contact].into_iter().find(|page| page.as_str() == text)
    }
}

/// The answer to somebody who wants to go to the cabinet.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HandoffAnswer {
    /// Where to go, outside of Telegram. With a code, which is good once and for two minutes, for a linked account.
    pub url: String,
}

impl std::fmt::Debug for HandoffAnswer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("HandoffAnswer(…)")
    }
}

/// The answer to the platform that shows the code of a hand-over: whom it brings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Handoff {
    /// Whom the platform is to sign in.
    pub platform_user_id: PlatformUserId,
    /// Who that is here.
    pub user_id: UserId,
    /// Where they wanted to go.
    pub to: CabinetPage,
    /// The step of it at which they go on, as the platform itself has named it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<LinkTarget>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_back_from_its_word() {
        for page in [CabinetPage::Profile, CabinetPage::Bonus, CabinetPage::Kyc, CabinetPage::Contact] {
            assert_eq!(CabinetPage::from_text(page.as_str()), Some(page));
            assert_eq!(serde_json::to_string(&page).unwrap(), format!("\"{}\"", page.as_str()));
        }
        assert_eq!(CabinetPage::from_text("admin"), None);
    }
}
