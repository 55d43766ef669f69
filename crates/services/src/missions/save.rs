//! Writing missions: read from JSON, checked, and saved by their owners.

use std::collections::{HashMap, HashSet};

use domain::{MissionId, Owner, Timestamp, mission::Mission};
use storage::{StoreError, Transaction, mission::MISSIONS_MAX};

use crate::{
    Services,
    missions::{InvalidField, MissionError, book::Book, calendar::Zone},
};

/// Reads a mission and checks it, as far as that goes without the others.
///
/// # Errors
/// [`InvalidField`] names the field that is wrong, never its content.
pub fn read(json: &str) -> Result<Mission, InvalidField> {
    let mut reader = serde_json::Deserializer::from_str(json);
    let mission: Mission = serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| InvalidField(unreadable(&error.path().to_string(), &error.inner().to_string())))?;
    reader.end().map_err(|_| InvalidField("data holds more than a mission".to_owned()))?;
    check(&mission)?;
    Ok(mission)
}

/// Checks what a mission says by itself.
fn check(mission: &Mission) -> Result<(), InvalidField> {
    mission.check()?;
    match Zone::find(&mission.time_zone) {
        Some(_) => Ok(()),
        None => Err(InvalidField("time_zone is not a zone of the IANA database".to_owned())),
    }
}

/// What can't be read, and why. The parser's own words may repeat a value, so only names of fields are taken from them.
fn unreadable(path: &str, message: &str) -> String {
    let named = message.split('`').nth(1).unwrap_or_default();
    if message.starts_with("missing field") {
        let inside = if path == "." { String::new() } else { format!("{path}.") };
        format!("{inside}{named} is missing")
    } else if message.starts_with("unknown field") {
        // The path of a field that is not known ends with it.
        format!("{named} is not a field that is known here")
    } else if path == "." {
        "data is not a mission in JSON".to_owned()
    } else {
        format!("{path} is not of the right type, or beyond its limits")
    }
}

/// Saves a mission as `owner`. `told_at` is when the platform has told it: one that comes behind a newer one changes nothing.
///
/// # Errors
/// [`MissionError::OwnedElsewhere`], [`MissionError::Invalid`], [`MissionError::Store`].
pub async fn save(
    services: &Services,
    tx: &mut dyn Transaction,
    owner: Owner,
    mission: &Mission,
    told_at: Option<Timestamp>,
) -> Result<(), MissionError> {
    check(mission).map_err(MissionError::Invalid)?;
    let known = tx.missions().lock(&mission.mission_id).await?;
    if known.as_ref().is_some_and(|known| known.owner != owner) {
        return Err(MissionError::OwnedElsewhere);
    }
    // By a clock that is ahead: what is told later must not be taken for something older.
    let told_at = told_at.map(|told_at| told_at.min(services.now()));
    if known.as_ref().is_some_and(|known| told_at < known.told_at) {
        tracing::debug!(mission.id = %mission.mission_id, "a mission has come behind a newer one");
        return Ok(());
    }
    // The caller may have changed missions before this one.
    let book = services.books().as_of(services, tx, true).await?;
    mission.check_chain(&chains(tx, &book, mission).await?)?;
    match known {
        None if book.all().count() >= MISSIONS_MAX as usize => {
            return Err(invalid("mission_id would be one of more than 1000 missions that are not over"));
        }
        Some(known)
            if !known.mission.adds_up_as(mission)
                && tx.mission_progress().has_any(&mission.mission_id).await? =>
        {
            return Err(invalid(
                "kind, time_zone, rule.event and what the rule measures can't change once players have begun",
            ));
        }
        _ => {}
    }
    tx.missions().put(mission, owner, told_at, services.now()).await?;
    Ok(())
}

/// What comes first for each mission that is known by now: those of the book, and those that are long over as far as the
/// mission waits for them, or for what waits for them.
async fn chains(
    tx: &mut dyn Transaction,
    book: &Book,
    mission: &Mission,
) -> Result<HashMap<MissionId, Vec<MissionId>>, StoreError> {
    let mut chains = book.chains();
    let mut open = mission.after.clone();
    let mut seen: HashSet<MissionId> = HashSet::new();
    while !open.is_empty() {
        let mut forgotten = Vec::new();
        while let Some(mission_id) = open.pop() {
            if !seen.insert(mission_id.clone()) {
                continue;
            }
            match chains.get(&mission_id) {
                Some(after) => open.extend(after.iter().cloned()),
                None => forgotten.push(mission_id),
            }
        }
        for mission_ids in forgotten.chunks(MISSIONS_MAX as usize) {
            for row in tx.missions().by_ids(mission_ids).await? {
                open.extend(row.mission.after.iter().cloned());
                chains.insert(row.mission.mission_id, row.mission.after);
            }
        }
    }
    Ok(chains)
}

/// Stops a mission, whoever owns it, or lets it go on: nothing counts for it while it is stopped, and what was done can
/// be claimed all the same. Returns whether anything has changed.
///
/// # Errors
/// [`MissionError::Unknown`], [`MissionError::Store`].
pub async fn set_stopped(
    services: &Services,
    tx: &mut dyn Transaction,
    mission_id: &MissionId,
    is_stopped: bool,
) -> Result<bool, MissionError> {
    tx.missions().lock(mission_id).await?.ok_or(MissionError::Unknown)?;
    let stopped_at = is_stopped.then(|| services.now());
    Ok(tx.missions().set_stopped(mission_id, stopped_at).await?)
}

fn invalid(what: &str) -> MissionError {
    MissionError::Invalid(InvalidField(what.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"mission_id":"m","title":{"en":"M"},"kind":"daily","starts_at":"2026-01-01T00:00:00Z",
        "rule":{"event":"bet","where":{"game":"dice"},"target":3},"reward":{"code":"badge"},"time_zone":"Europe/Rome"}"#;

    #[test]
    fn a_mission_is_read() {
        assert_eq!(read(GOOD).unwrap().time_zone.as_str(), "Europe/Rome");
    }

    #[test]
    fn what_is_wrong_is_named_and_never_repeated() {
        let secret = "s3cret value";
        let with = |from: &str, to: &str| GOOD.replace(from, to);
        let cases = [
            (with(r#""kind":"daily""#, r#""kind":"s3cret value""#), "kind"),
            (with(r#""target":3"#, r#""target":"s3cret value""#), "rule.target"),
            (with(r#""event":"bet""#, r#""event":"s3cret value""#), "rule.event"),
            (with(r#""game":"dice""#, r#""game":{"is":"s3cret value"}"#), "rule.where.game"),
            (with(r#""code":"badge""#, r#""code":"s3cret value""#), "reward.code"),
            (with(r#""rule""#, r#""rules""#), "rules"),
            (with(r#""event":"bet","#, ""), "rule.event"),
            (with("Europe/Rome", "Europe/Nowhere"), "time_zone"),
            (with("2026-01-01T00:00:00Z", secret), "starts_at"),
            (with(r#""target":3"#, r#""target":0"#), "rule.target"),
            (format!("{GOOD} {{}}"), "data"),
            (secret.to_owned(), "data"),
        ];
        for (json, field) in cases {
            let error = read(&json).unwrap_err().0;
            assert!(error.starts_with(&format!("{field} ")), "{error} of {json}");
            assert!(!error.contains("s3cret"), "{error}");
        }
    }
}
