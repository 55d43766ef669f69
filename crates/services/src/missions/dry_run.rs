//! Trying a mission on what has happened: how many would have done it.

use std::collections::{HashMap, HashSet};

use domain::{
    Timestamp, UserId,
    mission::{Day, Mission, Progress},
};

use crate::{
    Services,
    missions::{InvalidField, MissionError, apply::activity_of, calendar::Zone},
};

/// Activities that are read at a time.
const PAGE: u32 = 1_000;
/// The most activities that a try looks at.
const LOOKED_AT_MAX: usize = 100_000;

/// What would have come of a mission.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DryRun {
    /// Activities that would have counted.
    pub counted: u64,
    /// Players who would have begun.
    pub begun: u64,
    /// Players who would have done it at least once; of an achievement, its last tier.
    pub done: u64,
    /// How often each tier would have been rewarded, in all periods; one entry for what is no achievement.
    pub rewarded: Vec<u64>,
    /// Players by how far they came at most: below a quarter of the way, a half, three quarters, the end, and there.
    pub farthest: [u64; 5],
    /// Whether there was more than a try looks at: then these are the figures of the first part.
    pub is_cut: bool,
}

/// Tries a mission on the activities since `since` that are still kept, as if it had been there then. Whom it is open to,
/// and what comes first, is not asked: nobody knows any more who was what at the time.
///
/// # Errors
/// [`MissionError::Invalid`], [`MissionError::Store`].
pub async fn dry_run(
    services: &Services,
    mission: &Mission,
    since: Timestamp,
) -> Result<DryRun, MissionError> {
    mission.check()?;
    let unknown_zone = || MissionError::Invalid(InvalidField("time_zone is not known".to_owned()));
    let zone = Zone::find(&mission.time_zone).ok_or_else(unknown_zone)?;
    let tiers = mission.targets().len();
    let mut run = DryRun { rewarded: vec![0; tiers], ..DryRun::default() };
    let mut progress: HashMap<(UserId, Day), (Progress, u16)> = HashMap::new();
    let mut done: HashSet<UserId> = HashSet::new();
    // In thousandths of the way.
    let mut farthest: HashMap<UserId, u16> = HashMap::new();
    let whole = mission.targets().last().copied().unwrap_or_default();
    let today = zone.day_of(services.now());
    let mut after = None;
    let mut looked_at = 0;
    while looked_at < LOOKED_AT_MAX {
        let mut tx = services.store().begin_read().await?;
        let page = tx.activities().of_kind(&mission.rule.event, since, after.as_ref(), PAGE).await?;
        drop(tx);
        let Some(last) = page.last() else { return Ok(finish(run, &progress, &done, &farthest)) };
        after = Some(last.cursor());
        looked_at += page.len();
        for row in &page {
            let activity = activity_of(row);
            if !mission.rule.concerns(&activity) {
                continue;
            }
            run.counted += 1;
            let day = zone.day_of(activity.at);
            let key = (row.user_id, mission.period_of(day));
            let (progress, reached) = progress.entry(key).or_insert_with(|| (Progress::new(mission), 0));
            progress.apply(mission, &activity, day);
            let now_reached = progress.tiers(mission, today).max(*reached);
            for tier in *reached..now_reached {
                run.rewarded[usize::from(tier)] += 1;
            }
            *reached = now_reached;
            let mut far = progress.value(mission, day).permille_of(whole).min(999);
            if usize::from(now_reached) >= tiers {
                done.insert(row.user_id);
                far = 1000;
            }
            let best = farthest.entry(row.user_id).or_default();
            *best = far.max(*best);
        }
    }
    run.is_cut = true;
    Ok(finish(run, &progress, &done, &farthest))
}

fn finish(
    run: DryRun,
    progress: &HashMap<(UserId, Day), (Progress, u16)>,
    done: &HashSet<UserId>,
    farthest: &HashMap<UserId, u16>,
) -> DryRun {
    let begun: HashSet<UserId> = progress.keys().map(|(user_id, _)| *user_id).collect();
    let mut quarters = [0; 5];
    for far in farthest.values() {
        quarters[usize::from(*far / 250)] += 1;
    }
    DryRun { begun: begun.len() as u64, done: done.len() as u64, farthest: quarters, ..run }
}
