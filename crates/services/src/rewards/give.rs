//! Giving rewards, in the transaction of what they are for.

use std::collections::{HashMap, HashSet};

use domain::{PlatformUserId, Prize, RewardId, RewardSource, RewardState, Timestamp, UserId};
use storage::{
    StoreError, Transaction,
    reward::{REWARDS_MAX, RewardKey, RewardRow},
};

use crate::{
    Services,
    rewards::{state_at, tell},
    telemetry,
};

/// A reward to be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReward {
    /// To whom.
    pub user_id: UserId,
    /// What for.
    pub source: RewardSource,
    /// Which one of these: one user is rewarded once for it.
    pub source_id: String,
    /// What the platform is to book.
    pub what: Prize,
    /// Until when it can be claimed.
    pub expires_at: Option<Timestamp>,
}

/// Offers rewards, to be claimed by their players. Answers the rewards as they stand now, in the order of the call: what
/// was given before is not given again.
///
/// # Errors
/// When the database fails.
pub async fn offer(
    services: &Services,
    tx: &mut dyn Transaction,
    rewards: &[NewReward],
) -> Result<Vec<RewardRow>, StoreError> {
    let mut given = Vec::with_capacity(rewards.len());
    for rewards in rewards.chunks(REWARDS_MAX) {
        let rows = rewards.iter().map(|reward| row(services, reward)).collect();
        for (row, is_new) in add(tx, rows).await? {
            if is_new {
                count(row.source, "offered", 1);
            }
            given.push(row);
        }
    }
    Ok(given)
}

/// Grants rewards at once, one that was offered before included. Who has no account at the platform, to which it could
/// be booked, is offered it instead, and claims it once linked. Answers as [`offer`] does.
///
/// # Errors
/// When the database fails.
pub async fn grant(
    services: &Services,
    tx: &mut dyn Transaction,
    rewards: &[NewReward],
) -> Result<Vec<RewardRow>, StoreError> {
    let now = services.now();
    let mut given = Vec::with_capacity(rewards.len());
    for rewards in rewards.chunks(REWARDS_MAX) {
        let accounts = accounts_of(tx, rewards).await?;
        let rows = rewards.iter().map(|reward| {
            let has_account = accounts.contains_key(&reward.user_id);
            RewardRow {
                state: if has_account { RewardState::Granted } else { RewardState::Offered },
                granted_at: has_account.then_some(now),
                ..row(services, reward)
            }
        });
        for (row, is_new) in add(tx, rows.collect()).await? {
            let row = match accounts.get(&row.user_id) {
                Some(account) if is_new => {
                    tell::granted(services, tx, &row, account, now).await?;
                    count(row.source, "granted", 1);
                    row
                }
                Some(account) => grant_offered(services, tx, row, account).await?,
                None => {
                    count(row.source, "offered", u64::from(is_new));
                    row
                }
            };
            given.push(row);
        }
    }
    Ok(given)
}

/// Grants a reward that was offered before; leaves any other as it is.
async fn grant_offered(
    services: &Services,
    tx: &mut dyn Transaction,
    mut row: RewardRow,
    account: &PlatformUserId,
) -> Result<RewardRow, StoreError> {
    let now = services.now();
    let (offered, granted) = (RewardState::Offered, RewardState::Granted);
    if state_at(&row, now) != offered || !tx.rewards().set_state(row.reward_id, offered, granted, now).await?
    {
        return Ok(row);
    }
    (row.state, row.granted_at) = (granted, Some(now));
    tell::granted(services, tx, &row, account, now).await?;
    count(row.source, "granted", 1);
    Ok(row)
}

pub(crate) fn count(source: RewardSource, result: &'static str, rewards: u64) {
    metrics::counter!(telemetry::REWARDS_TOTAL, "source" => source.as_str(), "result" => result)
        .increment(rewards);
}

/// An offer.
fn row(services: &Services, reward: &NewReward) -> RewardRow {
    let now = services.now();
    RewardRow {
        reward_id: RewardId::new(now, services.rng()),
        user_id: reward.user_id,
        source: reward.source,
        source_id: reward.source_id.clone(),
        what: reward.what.clone(),
        state: RewardState::Offered,
        offered_at: now,
        expires_at: reward.expires_at,
        granted_at: None,
    }
}

/// Adds rewards, and answers each as it stands, with whether it is new.
async fn add(tx: &mut dyn Transaction, rows: Vec<RewardRow>) -> Result<Vec<(RewardRow, bool)>, StoreError> {
    let added = tx.rewards().add_many(&rows).await?;
    let key = |row: &RewardRow| -> RewardKey { (row.user_id, row.source, row.source_id.clone()) };
    let keys: Vec<RewardKey> =
        rows.iter().zip(&added).filter(|(_, is_new)| !**is_new).map(|(row, _)| key(row)).collect();
    let known: HashMap<RewardKey, RewardRow> = match keys.as_slice() {
        [] => HashMap::new(),
        keys => tx.rewards().by_keys(keys).await?.into_iter().map(|row| (key(&row), row)).collect(),
    };
    rows.into_iter()
        .zip(added)
        .map(|(row, is_new)| {
            if is_new {
                return Ok((row, true));
            }
            let known = known.get(&key(&row)).map(|known| (known.clone(), false));
            known.ok_or(StoreError::Inconsistent { table: "rewards", column: "source_id" })
        })
        .collect()
}

/// The accounts of those who have one.
async fn accounts_of(
    tx: &mut dyn Transaction,
    rewards: &[NewReward],
) -> Result<HashMap<UserId, PlatformUserId>, StoreError> {
    let users: HashSet<UserId> = rewards.iter().map(|reward| reward.user_id).collect();
    let mut accounts = HashMap::with_capacity(users.len());
    for user_id in users {
        let account = tx.users().by_id(user_id).await?.and_then(|user| user.platform_user_id);
        accounts.extend(account.map(|account| (user_id, account)));
    }
    Ok(accounts)
}
