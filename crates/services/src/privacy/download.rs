//! The address of an export: good for one download, for some minutes.
//!
//! Telegram's `downloadFile` takes an address alone, no header, so the address has a token. It is random, says nothing
//! of the person, and is worth nothing once it was used. The file is made when it is fetched: nothing of it is kept.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{ErrorCode, UserId};
use sha2::{Digest, Sha256};
use storage::{
    StoreError,
    audit::{Actor, AuditEntry},
    privacy::DownloadHash,
};

use crate::{
    Services,
    identity::{AuthError, Session, fresh},
    privacy::export,
};

/// For how long the address is good.
pub const DOWNLOAD_MS: i64 = 10 * 60_000;
/// 256 bits: nobody guesses one.
const TOKEN_BYTES: usize = 32;

/// A download is refused.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// No such address was given out.
    #[error("there is no such download")]
    Unknown,
    /// It was good once.
    #[error("the download has expired")]
    Expired,
    /// It was used before.
    #[error("the download was used before")]
    Used,
    /// The database failed.
    #[error("the export can't be made")]
    Store(#[from] StoreError),
}

impl DownloadError {
    /// What the client is told.
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Unknown => ErrorCode::DownloadUnknown,
            Self::Expired => ErrorCode::DownloadExpired,
            Self::Used => ErrorCode::DownloadUsed,
            Self::Store(source) if source.is_temporary() => ErrorCode::Unavailable,
            Self::Store(_) => ErrorCode::Internal,
        }
    }
}

/// Gives out an address for the caller's export.
///
/// # Errors
/// What [`fresh::prove`] says of the init data; [`AuthError::Store`] when the database fails.
pub async fn give_out(
    services: &Services,
    session: &Session,
    raw_init_data: &str,
) -> Result<String, AuthError> {
    const DOING: &str = "giving out a download";
    super::limit(services, session).await?;
    let mut token = [0; TOKEN_BYTES];
    services.rng().fill(&mut token);
    let mut tx = services.store().begin_write().await.map_err(AuthError::store(DOING))?;
    let proof = fresh::prove(services, &mut *tx, session, raw_init_data).await?;
    let now = services.now();
    tx.privacy()
        .add_download(Sha256::digest(token).into(), proof.user().user_id, now, now.plus_ms(DOWNLOAD_MS))
        .await
        .map_err(AuthError::store(DOING))?;
    tx.save().await.map_err(AuthError::store(DOING))?;
    let public_url = &services.settings().public_url;
    Ok(format!("{public_url}/v1/tg/privacy/export/{}", URL_SAFE_NO_PAD.encode(token)))
}

/// Whether a download can be had; it stays unused. For who asks before fetching.
///
/// # Errors
/// [`DownloadError::Unknown`] when the text can't be a token: more is told to nobody who does not fetch.
pub fn check(token: &str) -> Result<(), DownloadError> {
    hash(token).map(|_| ())
}

fn hash(token: &str) -> Result<DownloadHash, DownloadError> {
    // Longer texts are not worth decoding.
    if token.len() > 2 * TOKEN_BYTES {
        return Err(DownloadError::Unknown);
    }
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| DownloadError::Unknown)?;
    let bytes: [u8; TOKEN_BYTES] = bytes.try_into().map_err(|_| DownloadError::Unknown)?;
    Ok(Sha256::digest(bytes).into())
}

/// The export behind an address, which is used up by it.
///
/// # Errors
/// [`DownloadError`] says whether the address is made up, expired or used.
pub async fn fetch(services: &Services, token: &str) -> Result<Vec<u8>, DownloadError> {
    let hash = hash(token)?;
    let now = services.now();
    let mut tx = services.store().begin_write().await?;
    let download = tx.privacy().use_download(hash, now).await?.ok_or(DownloadError::Unknown)?;
    if download.used_at.is_some() {
        return Err(DownloadError::Used);
    }
    if download.expires_at <= now {
        return Err(DownloadError::Expired);
    }
    // Made before it is marked used, in the same transaction: a failure costs no download.
    let export = export::of(services, &mut *tx, download.user_id).await?.ok_or(DownloadError::Unknown)?;
    tx.audit().append(&[exported(services, download.user_id)]).await?;
    tx.save().await?;
    Ok(export)
}

fn exported(services: &Services, user_id: UserId) -> AuditEntry {
    AuditEntry {
        entry_id: domain::AuditId::new(services.now(), services.rng()),
        happened_at: services.now(),
        actor: Actor::player(user_id),
        action: domain::audit::AuditAction::DataExported,
        subject: Some(user_id),
        detail: "{}".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_token_is_unknown_before_the_database_is_asked() {
        for text in ["", "nonsense", &"A".repeat(1_000), "../../etc", &URL_SAFE_NO_PAD.encode([7; 31])] {
            assert!(matches!(check(text), Err(DownloadError::Unknown)), "{text}");
        }
        assert!(check(&URL_SAFE_NO_PAD.encode([7; 32])).is_ok());
    }
}
