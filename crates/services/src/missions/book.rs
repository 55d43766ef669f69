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

/// For so many days after its end a mission is remembered, and so far back are periods looked at: the current week, and
/// what was done just now. What waits to be claimed is found beyond them too.
pub(crate) const DAYS_BACK: i32 = 8;
const KEPT_MS: i64 = DAYS_BACK as i64 * 24 * 3_600_000;

/// A mission and where its days begin.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) mission: Mission,
    pub(crate) zone: Zone,
    pub(crate) is_stopped: bool,
}

impl Entry {
    /// `None` without its zone: one that was known when the mission was saved is known for good.
    fn of(row: MissionRow) -> Option<Self> {
        let zone = Zone::find(&row.mission.time_zone)?;
        Some(Self { mission: row.mission, zone, is_stopped: row.stopped_at.is_some() })
    }
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
        for entry in rows.into_iter().filter_map(Entry::of).map(Arc::new) {
            if !entry.is_stopped {
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

    /// The mission with an id, as long as it is remembered.
    pub(crate) fn get(&self, mission_id: &MissionId) -> Option<&Arc<Entry>> {
        self.entries.get(mission_id)
    }

    /// The mission with an id, however long it is over.
    pub(crate) async fn find(
        &self,
        tx: &mut dyn Transaction,
        mission_id: &MissionId,
    ) -> Result<Option<Arc<Entry>>, StoreError> {
        match self.get(mission_id) {
            Some(entry) => Ok(Some(Arc::clone(entry))),
            None => Ok(tx.missions().by_id(mission_id).await?.and_then(Entry::of).map(Arc::new)),
        }
    }

    /// The missions of some ids that are not remembered.
    pub(crate) async fn forgotten(
        &self,
        tx: &mut dyn Transaction,
        mission_ids: impl IntoIterator<Item = MissionId>,
    ) -> Result<Vec<Arc<Entry>>, StoreError> {
        let mission_ids: Vec<MissionId> =
            mission_ids.into_iter().filter(|mission_id| self.get(mission_id).is_none()).collect();
        if mission_ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = tx.missions().by_ids(&mission_ids).await?;
        Ok(rows.into_iter().filter_map(Entry::of).map(Arc::new).collect())
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
    /// The book as the transaction sees the missions. `has_new_missions` says that the transaction has changed some of
    /// them: that may be undone, and must not be remembered under a version that another one will then have.
    pub(crate) async fn as_of(
        &self,
        services: &Services,
        tx: &mut dyn Transaction,
        has_new_missions: bool,
    ) -> Result<Arc<Book>, StoreError> {
        let version = tx.missions().version().await?;
        let known = Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner));
        if known.version == version {
            return Ok(known);
        }
        let since = services.now().plus_ms(-KEPT_MS);
        let rows = tx.missions().not_over(since, None, MISSIONS_MAX).await?;
        let book = Arc::new(Book::new(version, rows));
        if !has_new_missions {
            // A transaction that sees an older state must not put it back.
            let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
            if known.version < version {
                *known = Arc::clone(&book);
            }
        }
        Ok(book)
    }
}
