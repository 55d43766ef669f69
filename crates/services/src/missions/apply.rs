//! What activities do to players' progress: a batch at a time, with a few statements however many it brings.
//!
//! Activities are gone through in the order of their times. What counts does not depend on the order in which batches come,
//! but for what a mission waits for: one that is locked when an activity is applied does not count it, and counts none of
//! it later either.

use std::collections::{HashMap, HashSet};

use domain::{
    MissionId, RewardSource, Timestamp, UserId,
    mission::{Activity, Applied, Day, MissionKind, Progress, value::digest},
};
use storage::{
    StoreError, Transaction,
    activity::{ACTIVITIES_MAX, ActivityRow},
    mission_progress::{ProgressKey, ProgressRow, ROWS_MAX},
    user::User,
};

use crate::{
    Services,
    missions::book::{Book, Entry},
    rewards::{self, NewReward},
};

/// What a batch has changed.
#[derive(Debug, Default)]
pub(crate) struct MissionChanges {
    /// Players whose missions look different now.
    pub(crate) players: Vec<UserId>,
    /// Missions that were done, once for each player and period.
    pub(crate) completed: Vec<MissionKind>,
}

/// An activity that concerns a mission, on a day of it.
struct Match<'batch> {
    user: &'batch User,
    activity: &'batch Activity,
    entry: &'batch Entry,
    day: Day,
}

impl Match<'_> {
    fn key(&self) -> ProgressKey {
        let mission = &self.entry.mission;
        (self.user.user_id, mission.mission_id.clone(), mission.period_of(self.day))
    }
}

/// An activity as rules see it.
pub(crate) fn activity_of(row: &ActivityRow) -> Activity {
    Activity {
        name: row.activity.clone(),
        at: row.happened_at,
        fields: row.fields.clone(),
        tie: digest([row.source.as_str().as_bytes(), row.event_id.as_str().as_bytes()]),
    }
}

/// Keeps activities of known players, and lets them count. `has_new_missions` as in
/// [`as_of`](crate::missions::book::Books::as_of).
pub(crate) async fn apply(
    services: &Services,
    tx: &mut dyn Transaction,
    users: &HashMap<UserId, User>,
    rows: &[ActivityRow],
    has_new_missions: bool,
) -> Result<MissionChanges, StoreError> {
    for rows in rows.chunks(ACTIVITIES_MAX) {
        tx.activities().add_many(rows).await?;
    }
    let book = services.books().as_of(services, tx, has_new_missions).await?;
    let mut activities: Vec<(&User, Activity)> =
        rows.iter().filter_map(|row| Some((users.get(&row.user_id)?, activity_of(row)))).collect();
    activities.sort_by_key(|(_, activity)| (activity.at, activity.tie));
    let matches = matches(&book, &activities);
    if matches.is_empty() {
        return Ok(MissionChanges::default());
    }
    let mut players: Vec<UserId> = matches.iter().map(|one| one.user.user_id).collect();
    players.sort_unstable();
    players.dedup();
    // Locked first, in the order of their ids: what is read now stays as it is until the commit.
    let mut versions: HashMap<UserId, u64> = HashMap::with_capacity(players.len());
    for players in players.chunks(ROWS_MAX) {
        versions.extend(tx.mission_progress().bump(players).await?);
    }
    let mut fold = Fold {
        now: services.now(),
        versions,
        rows: progress_of(tx, &matches).await?,
        done: done_before(tx, &players, &matches).await?,
        done_now: Vec::new(),
        changed: HashSet::new(),
        rewards: Vec::new(),
        completed: Vec::new(),
    };
    let mut last: Option<&Activity> = None;
    for one in &matches {
        if last.is_none_or(|last| !std::ptr::eq(last, one.activity)) {
            fold.open_next();
        }
        last = Some(one.activity);
        fold.take(one);
    }
    fold.store(services, tx).await
}

fn matches<'batch>(book: &'batch Book, activities: &'batch [(&'batch User, Activity)]) -> Vec<Match<'batch>> {
    let mut matches = Vec::new();
    for (user, activity) in activities {
        for entry in book.of_activity(&activity.name) {
            let is_open = entry.mission.condition.admits(&user.person()).is_ok();
            if is_open && entry.mission.concerns(activity) {
                matches.push(Match { user, activity, entry, day: entry.zone.day_of(activity.at) });
            }
        }
    }
    matches
}

async fn progress_of(
    tx: &mut dyn Transaction,
    matches: &[Match<'_>],
) -> Result<HashMap<ProgressKey, ProgressRow>, StoreError> {
    let keys: HashSet<ProgressKey> = matches.iter().map(Match::key).collect();
    let keys: Vec<ProgressKey> = keys.into_iter().collect();
    let mut rows = HashMap::with_capacity(keys.len());
    for keys in keys.chunks(ROWS_MAX) {
        let found = tx.mission_progress().by_keys(keys).await?;
        rows.extend(found.into_iter().map(|row| (row.key(), row)));
    }
    Ok(rows)
}

/// Which missions, that others wait for, the players have done.
async fn done_before(
    tx: &mut dyn Transaction,
    players: &[UserId],
    matches: &[Match<'_>],
) -> Result<HashSet<(UserId, MissionId)>, StoreError> {
    let awaited: HashSet<&MissionId> = matches.iter().flat_map(|one| &one.entry.mission.after).collect();
    if awaited.is_empty() {
        return Ok(HashSet::new());
    }
    let awaited: Vec<MissionId> = awaited.into_iter().cloned().collect();
    let mut done = HashSet::new();
    for players in players.chunks(ROWS_MAX) {
        done.extend(tx.mission_progress().done(players, &awaited).await?);
    }
    Ok(done)
}

/// The state of a batch.
struct Fold {
    now: Timestamp,
    versions: HashMap<UserId, u64>,
    rows: HashMap<ProgressKey, ProgressRow>,
    done: HashSet<(UserId, MissionId)>,
    /// Done by the activity that is being looked at.
    done_now: Vec<(UserId, MissionId)>,
    changed: HashSet<ProgressKey>,
    rewards: Vec<NewReward>,
    completed: Vec<MissionKind>,
}

impl Fold {
    /// Opens what waited for missions that the last activity has ended: that one does not count for it.
    fn open_next(&mut self) {
        self.done.extend(self.done_now.drain(..));
    }

    fn take(&mut self, one: &Match<'_>) {
        let (mission, user_id) = (&one.entry.mission, one.user.user_id);
        let waits = mission.after.iter().any(|first| !self.done.contains(&(user_id, first.clone())));
        if waits {
            return;
        }
        let key = one.key();
        let version = self.versions.get(&user_id).copied().unwrap_or_default();
        let row = self.rows.entry(key.clone()).or_insert_with(|| ProgressRow {
            user_id,
            mission_id: key.1.clone(),
            period: key.2,
            progress: Progress::new(mission),
            tiers: 0,
            done_at: None,
            version,
        });
        // One to which a tier was added goes on, and stays done for what waits for it.
        let targets = mission.targets().len();
        let is_over = row.done_at.is_some() && usize::from(row.tiers) >= targets;
        if is_over || row.progress.apply(mission, one.activity, one.day) == Applied::Unchanged {
            return;
        }
        row.version = version;
        let today = one.entry.zone.day_of(self.now).max(one.day);
        let reached = row.progress.tiers(mission, today);
        for tier in row.tiers + 1..=reached {
            self.rewards.extend(reward(one.entry, row, tier, self.now));
        }
        row.tiers = row.tiers.max(reached);
        if row.done_at.is_none() && usize::from(row.tiers) >= targets {
            row.done_at = Some(self.now);
            self.done_now.push((user_id, key.1.clone()));
            self.completed.push(mission.kind);
        }
        self.changed.insert(key);
    }

    async fn store(
        self,
        services: &Services,
        tx: &mut dyn Transaction,
    ) -> Result<MissionChanges, StoreError> {
        let rows: Vec<ProgressRow> =
            self.rows.into_values().filter(|row| self.changed.contains(&row.key())).collect();
        for rows in rows.chunks(ROWS_MAX) {
            tx.mission_progress().put_many(rows, self.now).await?;
        }
        rewards::offer(services, tx, &self.rewards).await?;
        let players: HashSet<UserId> = rows.iter().map(|row| row.user_id).collect();
        Ok(MissionChanges { players: players.into_iter().collect(), completed: self.completed })
    }
}

/// What a tier is rewarded with.
fn reward(entry: &Entry, row: &ProgressRow, tier: u16, now: Timestamp) -> Option<NewReward> {
    let mission = &entry.mission;
    let (source, source_id) = reward_key(mission.kind, &mission.mission_id, row.period, tier);
    Some(NewReward {
        user_id: row.user_id,
        source,
        source_id,
        what: mission.reward_of(tier)?.clone(),
        expires_at: mission.claim_until(now),
    })
}

/// What a reward of a mission is for: the mission, its period, or its tier. No id of a mission has a colon.
pub(crate) fn reward_key(
    kind: MissionKind,
    mission_id: &MissionId,
    period: Day,
    tier: u16,
) -> (RewardSource, String) {
    match kind {
        MissionKind::OneOff | MissionKind::Streak => (RewardSource::Mission, mission_id.to_string()),
        MissionKind::Daily | MissionKind::Weekly => {
            let midnight = Timestamp::from_millis(i64::from(period.0) * 86_400_000).to_string();
            let date = midnight.split('T').next().unwrap_or_default();
            (RewardSource::Mission, format!("{mission_id}:{date}"))
        }
        MissionKind::Achievement => (RewardSource::Achievement, format!("{mission_id}:{tier}")),
    }
}
