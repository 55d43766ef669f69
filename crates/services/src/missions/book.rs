//! The missions that are not over, kept in memory, so that a batch of activities asks the database for one number instead
//! of reading them all.
//!
//! Invariant: a book is used only after its version was compared with that of the database, in the transaction that uses
//! it.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use domain::{ActivityName, MissionId, mission::Mission};
use storage::{
    StoreError, Transaction,
    mission::{MISSIONS_MAX, MissionRow},
};

use crate::{Services, missions::calendar::Zone};

/// For so long after its end a mission is remembered: what was done can still be seen and claimed.
const KEPT_MS: i64 = 8 * 24 * 3_600_000;

/// A mission and where its days begin.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) mission: Mission,
    pub(crate) zone: Zone,
    pub(crate) is_stopped: bool,
}

/// All missions that are not long over.
#[derive(Debug, Default)]
pub(crate) struct Book {
    version: u64,
    entries: HashMap<MissionId, Arc<Entry>>,
    by_activity: HashMap<ActivityName, Vec<Arc<Entry>>>,
}

impl Book {
    fn new(version: u64, rows: Vec<MissionRow>) -> Self {
        let mut book = Self { version, ..Self::default() };
        for row in rows {
            // A zone that was known when the mission was saved is known for good.
            let Some(zone) = Zone::find(&row.mission.time_zone) else { continue };
            let (mission, is_stopped) = (row.mission, row.stopped_at.is_some());
            let entry = Arc::new(Entry { mission, zone, is_stopped });
            if !is_stopped {
                let name = entry.mission.rule.event.clone();
                book.by_activity.entry(name).or_default().push(Arc::clone(&entry));
            }
            book.entries.insert(entry.mission.mission_id.clone(), entry);
        }
        book
    }

    /// The missions for which an activity of this name may count, in the order of their ids.
    pub(crate) fn of_activity(&self, name: &ActivityName) -> &[Arc<Entry>] {
        self.by_activity.get(name).map_or(&[], Vec::as_slice)
    }

    /// The mission with an id.
    pub(crate) fn get(&self, mission_id: &MissionId) -> Option<&Arc<Entry>> {
        self.entries.get(mission_id)
    }

    /// All missions, in no order.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.entries.values()
    }

    /// What comes first for each mission.
    pub(crate) fn chains(&self) -> HashMap<MissionId, Vec<MissionId>> {
        self.entries.iter().map(|(id, entry)| (id.clone(), entry.mission.after.clone())).collect()
    }
}

/// The book of this process.
#[derive(Debug, Default)]
pub(crate) struct Books(RwLock<Arc<Book>>);

impl Books {
    /// The book as the transaction sees the missions. `is_clean` says that the transaction has changed none of them: what
    /// it has changed may be undone, and must not be remembered under a version that another one will then have.
    pub(crate) async fn as_of(
        &self,
        services: &Services,
        tx: &mut dyn Transaction,
        is_clean: bool,
    ) -> Result<Arc<Book>, StoreError> {
        let version = tx.missions().version().await?;
        let known = Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner));
        if known.version == version {
            return Ok(known);
        }
        let since = services.now().plus_ms(-KEPT_MS);
        let rows = tx.missions().not_over(since, None, MISSIONS_MAX).await?;
        let book = Arc::new(Book::new(version, rows));
        if is_clean {
            // A transaction that sees an older state must not put it back.
            let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
            if known.version < version {
                *known = Arc::clone(&book);
            }
        }
        Ok(book)
    }
}
