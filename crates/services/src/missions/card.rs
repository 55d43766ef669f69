//! A mission as one player sees it at some moment.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use domain::{
    MissionId, Prize, RewardSource, RewardState, Timestamp,
    mission::{
        Claimable, Day, MissionCard, MissionKind, MissionState, Progress, Quantity, StreakCard, TierCard,
        Unmet,
    },
};
use storage::{
    StoreError, Transaction, mission_progress::ProgressRow, reward::REWARDS_MAX, reward::RewardRow,
    user::User,
};

use crate::{
    missions::{
        apply::reward_key,
        book::{DAYS_BACK, Entry},
        offers,
    },
    rewards::state_at,
};

/// The period of what has one for all.
const ONE_FOR_ALL: Day = Day(0);
/// The most rows of progress that are looked at: more than anybody has in these days.
const ROWS_MAX: u32 = 5_000;

/// What is known of a player: all that cards are made of.
pub(crate) struct Player {
    user: User,
    now: Timestamp,
    rows: HashMap<MissionId, Vec<ProgressRow>>,
    rewards: HashMap<(RewardSource, String), RewardRow>,
    /// What was offered when it was read, by mission.
    offered: HashMap<MissionId, Vec<(RewardSource, String)>>,
    done: HashSet<MissionId>,
}

impl Player {
    /// Reads a player's progress with the missions of `entries`, and the rewards for it. `offered` is what waits to be
    /// claimed: of whatever period, and of other missions too.
    pub(crate) async fn read(
        tx: &mut dyn Transaction,
        user: User,
        now: Timestamp,
        entries: &[Arc<Entry>],
        offered: Vec<RewardRow>,
    ) -> Result<Self, StoreError> {
        let utc_day = i32::try_from(now.as_millis().div_euclid(86_400_000)).unwrap_or(i32::MAX);
        let from = Day(utc_day).plus(-DAYS_BACK);
        let mut rows: HashMap<MissionId, Vec<ProgressRow>> = HashMap::new();
        for row in tx.mission_progress().of_player(user.user_id, from, ROWS_MAX).await? {
            rows.entry(row.mission_id.clone()).or_default().push(row);
        }
        for entry in entries.iter().filter(|entry| entry.mission.period_end(ONE_FOR_ALL).is_some()) {
            // Of days and weeks this says that one of them was done, long ago.
            if let Some(rows) = rows.get_mut(&entry.mission.mission_id) {
                rows.retain(|row| row.period != ONE_FOR_ALL);
            }
        }
        let awaited: HashSet<&MissionId> = entries.iter().flat_map(|entry| &entry.mission.after).collect();
        let awaited: Vec<MissionId> = awaited.into_iter().cloned().collect();
        let done = match awaited.as_slice() {
            [] => HashSet::new(),
            awaited => {
                let done = tx.mission_progress().done(&[user.user_id], awaited).await?;
                done.into_iter().map(|(_, mission_id)| mission_id).collect()
            }
        };
        let mut player = Self { user, now, rows, rewards: HashMap::new(), offered: HashMap::new(), done };
        for reward in offered {
            if let Some(mission_id) = offers::mission_of(&reward) {
                let key = (reward.source, reward.source_id.clone());
                player.offered.entry(mission_id).or_default().push(key);
                player.put_reward(reward);
            }
        }
        let keys: Vec<_> = entries.iter().flat_map(|entry| player.reward_keys(entry)).collect();
        for keys in keys.chunks(REWARDS_MAX) {
            let user_id = player.user.user_id;
            let keys: Vec<_> = keys.iter().map(|(source, id)| (user_id, *source, id.clone())).collect();
            for reward in tx.rewards().by_keys(&keys).await? {
                player.rewards.insert((reward.source, reward.source_id.clone()), reward);
            }
        }
        Ok(player)
    }

    /// The user.
    pub(crate) const fn user(&self) -> &User {
        &self.user
    }

    fn rows_of(&self, entry: &Entry) -> &[ProgressRow] {
        self.rows.get(&entry.mission.mission_id).map_or(&[], Vec::as_slice)
    }

    fn offered_of(&self, entry: &Entry) -> &[(RewardSource, String)] {
        self.offered.get(&entry.mission.mission_id).map_or(&[], Vec::as_slice)
    }

    fn reward_keys(&self, entry: &Entry) -> Vec<(RewardSource, String)> {
        let mission = &entry.mission;
        let key = |row: &ProgressRow, tier| reward_key(mission.kind, &mission.mission_id, row.period, tier);
        self.rows_of(entry).iter().flat_map(|row| (1..=row.tiers).map(move |tier| key(row, tier))).collect()
    }

    /// The rewards of a mission, the oldest first.
    pub(crate) fn rewards_of(&self, entry: &Entry) -> Vec<&RewardRow> {
        let keys = self.reward_keys(entry);
        let offered = self.offered_of(entry);
        let mut rewards: Vec<&RewardRow> =
            keys.iter().chain(offered).filter_map(|key| self.rewards.get(key)).collect();
        rewards.sort_unstable_by_key(|reward| reward.reward_id);
        rewards.dedup_by_key(|reward| reward.reward_id);
        rewards
    }

    /// Notes what has become of a reward.
    pub(crate) fn put_reward(&mut self, reward: RewardRow) {
        self.rewards.insert((reward.source, reward.source_id.clone()), reward);
    }

    /// What the player does not fulfill.
    fn unmet(&self, entry: &Entry) -> Option<Unmet> {
        entry.mission.condition.admits(&self.user.person()).err().map(Unmet::from)
    }

    /// Whether the mission is shown in a list: begun or with something to claim, not long over, and not for other
    /// regions alone.
    pub(crate) fn is_shown(&self, entry: &Entry) -> bool {
        let has_begun = !self.rows_of(entry).is_empty() || !self.offered_of(entry).is_empty();
        let is_over = entry.is_stopped || entry.mission.ends_at.is_some_and(|end| end <= self.now);
        let is_elsewhere = self.unmet(entry) == Some(Unmet::Region);
        entry.mission.starts_at <= self.now && (has_begun || !is_over && !is_elsewhere)
    }

    /// The card of a mission.
    pub(crate) fn card(&self, entry: &Entry) -> MissionCard {
        let mission = &entry.mission;
        let today = entry.zone.day_of(self.now);
        let period = mission.period_of(today);
        let row = self.rows_of(entry).iter().find(|row| row.period == period);
        let progress = row.map_or_else(|| Progress::new(mission), |row| row.progress.clone());
        let targets = mission.targets();
        let reached = usize::from(row.map_or(0, |row| row.tiers));
        let is_done = reached >= targets.len();
        let next = reached.min(targets.len().saturating_sub(1));
        let target = targets.get(next).copied().unwrap_or_default();
        let value = if is_done { target } else { progress.value(mission, today).min(target) };
        let after: Vec<MissionId> =
            mission.after.iter().filter(|first| !self.done.contains(*first)).cloned().collect();
        let unmet = self.unmet(entry);
        let rewards = self.rewards_of(entry);
        let is_offered = |reward: &&&RewardRow| state_at(reward, self.now) == RewardState::Offered;
        let claimable: Vec<Claimable> = rewards.iter().filter(is_offered).map(|row| claimable(row)).collect();
        let is_over = entry.is_stopped || mission.ends_at.is_some_and(|end| end <= self.now);
        let state = if !claimable.is_empty() {
            MissionState::Done
        } else if is_done {
            self.state_when_done(entry, row)
        } else if is_over {
            MissionState::Expired
        } else if unmet.is_some() || !after.is_empty() {
            MissionState::Locked
        } else if value > Quantity::ZERO {
            MissionState::InProgress
        } else {
            MissionState::Available
        };
        let is_locked = state == MissionState::Locked;
        MissionCard {
            mission_id: mission.mission_id.clone(),
            kind: mission.kind,
            title: mission.title.clone(),
            description: mission.description.clone(),
            state,
            unmet: unmet.filter(|_| is_locked),
            after: if is_locked { after } else { Vec::new() },
            value: value.to_string(),
            target: target.to_string(),
            permille: value.permille_of(target),
            streak: streak(entry, &progress, today),
            tiers: self.tiers(entry, row),
            period_ends_at: period_end(entry, period),
            ends_at: mission.ends_at,
            reward: mission.reward_of(u16::try_from(next + 1).unwrap_or(u16::MAX)).cloned(),
            claimable,
        }
    }

    /// Where a mission stands of which nothing more is to be done or claimed in this period.
    fn state_when_done(&self, entry: &Entry, row: Option<&ProgressRow>) -> MissionState {
        let tiers = row.map_or(0, |row| row.tiers);
        match row.and_then(|row| self.reward(entry, row, tiers)) {
            Some(reward) if state_at(reward, self.now) == RewardState::Expired => MissionState::Expired,
            _ => MissionState::Claimed,
        }
    }

    fn reward(&self, entry: &Entry, row: &ProgressRow, tier: u16) -> Option<&RewardRow> {
        let mission = &entry.mission;
        self.rewards.get(&reward_key(mission.kind, &mission.mission_id, row.period, tier))
    }

    fn tiers(&self, entry: &Entry, row: Option<&ProgressRow>) -> Vec<TierCard> {
        let reached = row.map_or(0, |row| row.tiers);
        let state_of = |tier: u16| {
            if tier == reached + 1 {
                return MissionState::InProgress;
            }
            let Some(row) = row.filter(|_| tier <= reached) else { return MissionState::Available };
            match self.reward(entry, row, tier).map(|reward| state_at(reward, self.now)) {
                Some(RewardState::Offered) => MissionState::Done,
                Some(RewardState::Expired) => MissionState::Expired,
                _ => MissionState::Claimed,
            }
        };
        (1_u16..)
            .zip(&entry.mission.tiers)
            .map(|(number, tier)| TierCard {
                target: tier.target.to_string(),
                state: state_of(number),
                reward: tier.reward.clone(),
            })
            .collect()
    }
}

fn claimable(reward: &RewardRow) -> Claimable {
    let what: Prize = reward.what.clone();
    Claimable { reward_id: reward.reward_id, what, expires_at: reward.expires_at }
}

fn streak(entry: &Entry, progress: &Progress, today: Day) -> Option<StreakCard> {
    let mission = &entry.mission;
    let streak = progress.streak(mission, today).filter(|_| mission.kind == MissionKind::Streak)?;
    Some(StreakCard {
        days: streak.days,
        target: mission.days.unwrap_or_default(),
        freezes_left: streak.freezes_left,
        freezes: mission.freezes.unwrap_or_default(),
        is_today_done: streak.is_today_done,
    })
}

/// When the day or week is over; not later than the mission.
fn period_end(entry: &Entry, period: Day) -> Option<Timestamp> {
    let end = entry.zone.start_of(entry.mission.period_end(period)?);
    Some(entry.mission.ends_at.map_or(end, |over| over.min(end)))
}
