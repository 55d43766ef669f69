//! A player's rewards.

use domain::{RewardId, UserId, reward::RewardsPage};
use storage::Transaction;

use crate::{
    Services,
    identity::{Session, current},
    rewards::{RewardError, view},
};

/// The most rewards of a page.
pub const PAGE_LIMIT_MAX: u32 = 100;

/// Some rewards of the session's player, the newest first. `cursor` is the `next_cursor` of the page before.
///
/// # Errors
/// [`RewardError::Cursor`], [`RewardError::Auth`], [`RewardError::Store`].
pub async fn list(
    services: &Services,
    session: &Session,
    cursor: Option<&str>,
    limit: u32,
) -> Result<RewardsPage, RewardError> {
    let mut tx = services.store().begin_read().await?;
    let user = current::user_of(&mut *tx, session).await?;
    of_user(services, &mut *tx, user.user_id, cursor, limit).await
}

/// Some rewards of a user, as [`list`] shows them.
///
/// # Errors
/// [`RewardError::Cursor`], [`RewardError::Store`].
pub async fn of_user(
    services: &Services,
    tx: &mut dyn Transaction,
    user_id: UserId,
    cursor: Option<&str>,
    limit: u32,
) -> Result<RewardsPage, RewardError> {
    let limit = limit.clamp(1, PAGE_LIMIT_MAX);
    let before: Option<RewardId> = cursor.map(str::parse).transpose().map_err(|_| RewardError::Cursor)?;
    let mut rows = tx.rewards().of_user(user_id, before, limit + 1).await?;
    let has_more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next_cursor = rows.last().filter(|_| has_more).map(|row| row.reward_id.to_string());
    let now = services.now();
    Ok(RewardsPage { rewards: rows.into_iter().map(|row| view(row, now)).collect(), next_cursor })
}
