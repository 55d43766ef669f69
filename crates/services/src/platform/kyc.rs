//! `platform.kyc.changed`: how well the platform knows a player. A read model: Podium identifies nobody and holds no
//! document.

use domain::{ErrorCode, KycLevel, PlatformUserId, Timestamp, UserId};
use serde::Deserialize;
use storage::{StoreError, Transaction};

use crate::platform::{
    apply::Reason,
    envelope::{Unreadable, invalid},
};

/// A user was identified, or no longer counts as such.
#[derive(Debug, Clone, Deserialize)]
pub struct KycChanged {
    /// Who.
    pub platform_user_id: PlatformUserId,
    /// How well the platform knows them now.
    pub level: KycLevel,
}

/// Reads the data of an event.
pub(crate) fn read(data: &str) -> Result<KycChanged, Unreadable> {
    serde_json::from_str(data)
        .map_err(|_| invalid("data needs platform_user_id and a level: none, basic or full"))
}

/// Notes a player's level of identification. What comes late does not replace what was told since. Answers whose missions
/// may be open now that were not.
pub(crate) async fn apply(
    tx: &mut dyn Transaction,
    change: &KycChanged,
    told_at: Timestamp,
) -> Result<Result<Option<UserId>, Reason>, StoreError> {
    let known = tx.users().by_platform_ids(std::slice::from_ref(&change.platform_user_id)).await?.pop();
    let Some(user) = known else {
        return Ok(Err((ErrorCode::PlayerUnknown, "platform_user_id is not known".into())));
    };
    let is_new = tx.users().set_kyc_level(user.user_id, change.level, told_at).await?;
    if !is_new || user.kyc_level == change.level {
        return Ok(Ok(None));
    }
    tx.mission_progress().bump(&[user.user_id]).await?;
    Ok(Ok(Some(user.user_id)))
}
