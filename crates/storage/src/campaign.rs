//! Campaign codes: links that many may use. A code grants nothing; it opens a page and remembers who came by it.

use async_trait::async_trait;
use domain::{CampaignCode, Timestamp, UserId};

use crate::error::StoreError;

/// A campaign code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Campaign {
    /// The code, as it stands in links.
    pub code: CampaignCode,
    /// What it opens, as a JSON object.
    pub target: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it opens anything; for good without.
    pub expires_at: Option<Timestamp>,
}

/// Access to campaign codes.
#[async_trait]
pub trait CampaignRepository: Send {
    /// Adds a code, or replaces what a known one opens and until when.
    async fn put(&mut self, campaign: &Campaign) -> Result<(), StoreError>;

    /// The campaign of a code.
    async fn by_code(&mut self, code: &CampaignCode) -> Result<Option<Campaign>, StoreError>;

    /// Remembers that a player came by a code. Returns `false`, changing nothing, when they had come by it before.
    async fn arrive(
        &mut self,
        code: &CampaignCode,
        user_id: UserId,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// How many players came by a code.
    async fn arrivals(&mut self, code: &CampaignCode) -> Result<u64, StoreError>;
}
