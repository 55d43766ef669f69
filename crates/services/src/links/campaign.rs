//! Campaign codes, beside the tokens: many may use one, it grants nothing, and no use of it is a reuse.

use domain::{CampaignCode, Timestamp, TournamentId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use storage::{StoreError, Transaction, campaign::Campaign};

use crate::{
    Services,
    links::{
        LinkError,
        code::{OneTimeCode, TOURNAMENT},
    },
    platform::PlatformKey,
};

/// A campaign, as a platform orders it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CampaignOrder {
    /// The code behind `start=` and `startapp=`.
    pub code: CampaignCode,
    /// The tournament that it opens; the lobby without.
    #[serde(default)]
    pub tournament_id: Option<TournamentId>,
    /// Until when it opens it.
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
}

/// What a code opens, as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Target {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tournament_id: Option<TournamentId>,
}

/// Adds a campaign, or replaces what a known code opens.
///
/// # Errors
/// [`LinkError::Malformed`] when the code would be taken for a tournament or a token; [`LinkError::Store`].
pub async fn put_campaign(services: &Services, _key: &PlatformKey, body: &[u8]) -> Result<(), LinkError> {
    let order: CampaignOrder = serde_json::from_slice(body)
        .map_err(|_| LinkError::Malformed("the body is not a campaign in JSON"))?;
    let code = order.code.as_str();
    if code.starts_with(TOURNAMENT) || OneTimeCode::parse(code).is_some() {
        return Err(LinkError::Malformed(
            "the code has the form of a tournament's link or of a one-time token",
        ));
    }
    let campaign = Campaign {
        target: json!(Target { tournament_id: order.tournament_id }).to_string(),
        code: order.code,
        created_at: services.now(),
        expires_at: order.expires_at,
    };
    let mut tx = services.store().begin_write().await?;
    tx.campaigns().put(&campaign).await?;
    Ok(tx.save().await?)
}

/// What a campaign's code opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// The tournament; the lobby without.
    pub tournament_id: Option<TournamentId>,
}

/// Lets a player come by a code, and remembers it the first time; `None` when there is no such campaign (any more).
///
/// # Errors
/// When the database fails.
pub async fn arrive(
    services: &Services,
    tx: &mut dyn Transaction,
    code: &str,
    user_id: UserId,
) -> Result<Option<Arrival>, StoreError> {
    let Ok(code) = code.parse::<CampaignCode>() else { return Ok(None) };
    let now = services.now();
    let Some(campaign) = tx.campaigns().by_code(&code).await? else { return Ok(None) };
    if campaign.expires_at.is_some_and(|expires_at| expires_at <= now) {
        return Ok(None);
    }
    tx.campaigns().arrive(&code, user_id, now).await?;
    let target: Target = serde_json::from_str(&campaign.target)
        .map_err(|_| StoreError::Inconsistent { table: "campaign_codes", column: "target" })?;
    Ok(Some(Arrival { tournament_id: target.tournament_id }))
}
