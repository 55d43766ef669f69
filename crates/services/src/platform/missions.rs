//! `platform.mission.upserted`: missions of the platform.

use domain::{ErrorCode, Owner, Timestamp, mission::Mission};
use storage::{StoreError, Transaction};

use crate::{
    Services,
    missions::{self, MissionError},
    platform::{apply::Reason, envelope::Unreadable},
};

/// Reads the data of an event.
pub(crate) fn read(data: &str) -> Result<Mission, Unreadable> {
    missions::read(data)
        .map_err(|invalid| Unreadable { code: ErrorCode::EventDataInvalid, detail: invalid.0.into() })
}

/// Adds or replaces a mission of the platform, as it was at `told_at`.
pub(crate) async fn upsert(
    services: &Services,
    tx: &mut dyn Transaction,
    mission: &Mission,
    told_at: Timestamp,
) -> Result<Result<(), Reason>, StoreError> {
    match missions::save(services, tx, Owner::Platform, mission, Some(told_at)).await {
        Ok(()) => Ok(Ok(())),
        Err(MissionError::Store(source)) => Err(source),
        Err(MissionError::Invalid(invalid)) => Ok(Err((ErrorCode::EventDataInvalid, invalid.0.into()))),
        Err(other) => {
            Ok(Err((other.code(), "mission_id is of a mission that the console has written".into())))
        }
    }
}
