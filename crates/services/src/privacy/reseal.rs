//! Sealing names with the present key: those under an earlier key, and those from before names were sealed.
//!
//! Invariant: a row that changes meanwhile is left alone, for whoever changed it has sealed it with the present key.

use domain::UserId;
use storage::{StoreError, user::StoredNames};

use crate::{Services, secrets::SecretError};

/// Rows that are looked at in one go.
const SLICE: u32 = 500;

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Resealed {
    /// Rows that are sealed with the present key now.
    pub resealed: u64,
    /// Rows that can't be opened: their key is not among those that this server was given.
    pub unreadable: u64,
}

/// Goes through all persons. Many processes may do so at once.
///
/// # Errors
/// When the database fails; what was sealed before stays so.
pub async fn reseal(services: &Services) -> Result<Resealed, StoreError> {
    let mut outcome = Resealed::default();
    let mut after: Option<UserId> = None;
    loop {
        let mut tx = services.store().begin_read().await?;
        let slice = tx.users().names_after(after, SLICE).await?;
        drop(tx);
        let Some(last) = slice.last() else { break };
        after = Some(last.user_id);
        let mut changes = Vec::new();
        for names in slice {
            match sealed_anew(services, &names) {
                Ok(Some(sealed)) => changes.push((names, sealed)),
                Ok(None) => {}
                Err(_) => outcome.unreadable += 1,
            }
        }
        if changes.is_empty() {
            continue;
        }
        let mut tx = services.store().begin_write().await?;
        for (before, sealed) in &changes {
            outcome.resealed += u64::from(tx.users().replace_names(before, sealed).await?);
        }
        tx.save().await?;
    }
    if outcome.unreadable > 0 {
        tracing::warn!(
            rows = outcome.unreadable,
            "names can't be opened: a key of theirs is missing in PODIUM_PERSONAL_KEYS"
        );
    }
    Ok(outcome)
}

/// The same names under the present key; `None` when they are already.
fn sealed_anew(services: &Services, names: &StoredNames) -> Result<Option<StoredNames>, SecretError> {
    let keys = services.secrets().personal();
    let is_current = [names.first_name.as_ref(), names.username.as_ref()]
        .into_iter()
        .flatten()
        .all(|text| keys.is_current(text));
    if is_current {
        return Ok(None);
    }
    let person = names.telegram_user_id;
    let first_name = names
        .first_name
        .as_ref()
        .map(|text| Ok::<_, SecretError>(keys.seal_first_name(person, &keys.open_first_name(person, text)?)))
        .transpose()?;
    let username = names
        .username
        .as_ref()
        .map(|text| Ok::<_, SecretError>(keys.seal_username(person, &keys.open_username(person, text)?)))
        .transpose()?;
    Ok(Some(StoredNames { first_name, username, ..names.clone() }))
}
