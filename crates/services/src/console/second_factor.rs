//! The second factor: setting one up, showing it, recovering without it.
//!
//! ```text
//! none ── begin ──▶ a secret that counts for nothing ── confirm, by a code ──▶ the factor + recovery codes
//!                                                            replace, by a code; reset by an admin ──▶ none
//! ```
//! Invariants: the secret is sealed in the database; a code is taken once, and none before it afterwards; after
//! [`FAILURES_MAX`] wrong codes none is looked at for [`LOCK_MS`], however many sessions try.

use domain::audit::AuditAction;
use serde_json::json;
use sha2::{Digest, Sha256};
use storage::{
    Transaction,
    operator::{CodeHash, SecondFactor},
};
use zeroize::Zeroizing;

use super::{
    ConsoleError, FactorState, Operator,
    session::elevate,
    token::ConsoleToken,
    totp::{self, base32},
};
use crate::Services;

/// Wrong codes that are looked at in a row.
pub const FAILURES_MAX: u32 = 5;
/// For how long no code is looked at then.
pub const LOCK_MS: i64 = 15 * 60_000;

const SEALING_PURPOSE: &str = "console second factor";
const RECOVERY_CODES: usize = 8;
/// 80 bits: a plain hash of such a code can't be searched.
const RECOVERY_BYTES: usize = 10;
const DOING: &str = "reading or storing a second factor";

/// What an authenticator app must be told.
pub struct Enrollment {
    /// The secret in base 32.
    pub secret: String,
    /// The address that apps take it from (`otpauth://…`).
    pub address: String,
}

impl std::fmt::Debug for Enrollment {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Enrollment(…)")
    }
}

/// A second factor that was set up.
pub struct Enrolled {
    /// What the cookie holds from now on.
    pub token: ConsoleToken,
    /// Codes that each let in once without the app. Shown this once.
    pub recovery_codes: Vec<String>,
}

impl std::fmt::Debug for Enrolled {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Enrolled(…)")
    }
}

/// A new secret for an operator who has no second factor; the same one until it is confirmed.
///
/// # Errors
/// [`ConsoleError::NotChangeable`] when there is a second factor already.
pub async fn begin(services: &Services, operator: &Operator) -> Result<Enrollment, ConsoleError> {
    let (mut tx, factor) = read(services, operator).await?;
    let secret = match factor {
        Some(factor) if factor.confirmed_at.is_some() => return Err(ConsoleError::NotChangeable),
        Some(factor) => open_secret(services, &factor)?,
        None => {
            let secret = totp::new_secret(services.rng());
            let sealed_secret = services
                .secrets()
                .seal(SEALING_PURPOSE, &secret, services.rng())
                .map_err(ConsoleError::Secret)?;
            let factor = SecondFactor {
                sealed_secret,
                confirmed_at: None,
                last_step: 0,
                failures: 0,
                locked_until: None,
            };
            put(&mut *tx, operator, &factor).await?;
            operator.write(services, &mut *tx, AuditAction::SecondFactorBegun, None, &json!({})).await?;
            secret
        }
    };
    tx.save().await.map_err(ConsoleError::store(DOING))?;
    let secret = base32(&secret);
    let address = format!("otpauth://totp/Podium:console?secret={secret}&issuer=Podium");
    Ok(Enrollment { secret, address })
}

/// Proves a new second factor by its first code.
///
/// # Errors
/// [`ConsoleError::CodeWrong`] or [`ConsoleError::Locked`].
pub async fn confirm(services: &Services, operator: &Operator, code: &str) -> Result<Enrolled, ConsoleError> {
    let (mut tx, factor) = read(services, operator).await?;
    let factor = factor.filter(|factor| factor.confirmed_at.is_none()).ok_or(ConsoleError::NotChangeable)?;
    let Some(step) = good_step(services, &factor, code)? else {
        return Err(fail(services, tx, operator, factor).await?);
    };
    let confirmed = SecondFactor {
        confirmed_at: Some(services.now()),
        last_step: step,
        failures: 0,
        locked_until: None,
        ..factor
    };
    put(&mut *tx, operator, &confirmed).await?;
    let recovery_codes = new_recovery_codes(services);
    let hashes: Vec<CodeHash> = recovery_codes.iter().filter_map(|code| recovery_hash(code)).collect();
    tx.operators()
        .put_recovery_codes(operator.operator_id(), &hashes)
        .await
        .map_err(ConsoleError::store(DOING))?;
    let token = elevate(services, &mut *tx, operator).await?;
    operator.write(services, &mut *tx, AuditAction::SecondFactorEnrolled, None, &json!({})).await?;
    tx.save().await.map_err(ConsoleError::store(DOING))?;
    Ok(Enrolled { token, recovery_codes })
}

/// Shows the second factor: a code of the app, or a recovery code.
///
/// # Errors
/// [`ConsoleError::CodeWrong`] or [`ConsoleError::Locked`].
pub async fn pass(
    services: &Services,
    operator: &Operator,
    code: &str,
) -> Result<ConsoleToken, ConsoleError> {
    let mut tx = show(services, operator, code).await?;
    let token = elevate(services, &mut *tx, operator).await?;
    tx.save().await.map_err(ConsoleError::store(DOING))?;
    Ok(token)
}

/// Gives up the second factor, by a code of it, so that another can be set up.
///
/// # Errors
/// [`ConsoleError::SecondFactorNeeded`] when this session has not shown it; [`ConsoleError::CodeWrong`] or
/// [`ConsoleError::Locked`].
pub async fn replace(services: &Services, operator: &Operator, code: &str) -> Result<(), ConsoleError> {
    if operator.factor != (FactorState::Passed { enrolled: true }) {
        return Err(ConsoleError::SecondFactorNeeded);
    }
    let mut tx = show(services, operator, code).await?;
    tx.operators().remove_second_factor(operator.operator_id()).await.map_err(ConsoleError::store(DOING))?;
    operator.write(services, &mut *tx, AuditAction::SecondFactorReset, None, &json!({})).await?;
    tx.save().await.map_err(ConsoleError::store(DOING))
}

/// How many recovery codes an operator has left.
///
/// # Errors
/// [`ConsoleError::Store`] when the database fails.
pub async fn recovery_codes_left(services: &Services, operator: &Operator) -> Result<u64, ConsoleError> {
    let mut tx = services.store().begin_read().await.map_err(ConsoleError::store(DOING))?;
    tx.operators().recovery_codes_left(operator.operator_id()).await.map_err(ConsoleError::store(DOING))
}

/// Takes a code of a confirmed second factor, within a transaction that is yet to be saved.
async fn show(
    services: &Services,
    operator: &Operator,
    code: &str,
) -> Result<Box<dyn Transaction>, ConsoleError> {
    let (mut tx, factor) = read(services, operator).await?;
    let factor = factor.filter(|factor| factor.confirmed_at.is_some()).ok_or(ConsoleError::NotChangeable)?;
    let (factor, action) = match (good_step(services, &factor, code)?, recovery_hash(code)) {
        (Some(step), _) => (SecondFactor { last_step: step, ..factor }, AuditAction::SecondFactorPassed),
        (None, Some(hash)) => {
            let spent = tx.operators().spend_recovery_code(operator.operator_id(), hash).await;
            if !spent.map_err(ConsoleError::store(DOING))? {
                return Err(fail(services, tx, operator, factor).await?);
            }
            (factor, AuditAction::RecoveryCodeSpent)
        }
        (None, None) => return Err(fail(services, tx, operator, factor).await?),
    };
    let factor = SecondFactor { failures: 0, locked_until: None, ..factor };
    put(&mut *tx, operator, &factor).await?;
    operator.write(services, &mut *tx, action, None, &json!({})).await?;
    Ok(tx)
}

/// The second factor of an operator, who is locked until the transaction ends: of two tries at once, the second sees
/// what the first has done.
async fn read(
    services: &Services,
    operator: &Operator,
) -> Result<(Box<dyn Transaction>, Option<SecondFactor>), ConsoleError> {
    let mut tx = services.store().begin_write().await.map_err(ConsoleError::store(DOING))?;
    tx.operators().lock(operator.operator_id()).await.map_err(ConsoleError::store(DOING))?;
    let factor =
        tx.operators().second_factor(operator.operator_id()).await.map_err(ConsoleError::store(DOING))?;
    Ok((tx, factor))
}

async fn put(
    tx: &mut dyn Transaction,
    operator: &Operator,
    factor: &SecondFactor,
) -> Result<(), ConsoleError> {
    tx.operators().put_second_factor(operator.operator_id(), factor).await.map_err(ConsoleError::store(DOING))
}

fn open_secret(services: &Services, factor: &SecondFactor) -> Result<Zeroizing<Vec<u8>>, ConsoleError> {
    services
        .secrets()
        .open(SEALING_PURPOSE, &factor.sealed_secret)
        .map(Zeroizing::new)
        .map_err(ConsoleError::Secret)
}

/// The time step of a good code; an error while codes are not looked at.
fn good_step(services: &Services, factor: &SecondFactor, code: &str) -> Result<Option<i64>, ConsoleError> {
    let now = services.now();
    if let Some(until) = factor.locked_until.filter(|until| now < *until) {
        return Err(ConsoleError::Locked { until });
    }
    let secret = open_secret(services, factor)?;
    Ok(totp::verify(&secret, code, now, factor.last_step))
}

/// Counts a wrong code and writes it down. Returns what the operator is told.
async fn fail(
    services: &Services,
    mut tx: Box<dyn Transaction>,
    operator: &Operator,
    factor: SecondFactor,
) -> Result<ConsoleError, ConsoleError> {
    let failures = factor.failures + 1;
    let until = (failures >= FAILURES_MAX).then(|| services.now().plus_ms(LOCK_MS));
    // The count begins anew behind a lock.
    let counted = if until.is_some() { 0 } else { failures };
    put(&mut *tx, operator, &SecondFactor { failures: counted, locked_until: until, ..factor }).await?;
    let detail = json!({"failures": failures, "locked": until.is_some()});
    operator.write(services, &mut *tx, AuditAction::SecondFactorFailed, None, &detail).await?;
    tx.save().await.map_err(ConsoleError::store(DOING))?;
    tracing::warn!(operator = %operator.operator_id(), failures, "a code of a second factor was not taken");
    Ok(until.map_or(ConsoleError::CodeWrong, |until| ConsoleError::Locked { until }))
}

fn new_recovery_codes(services: &Services) -> Vec<String> {
    let code = || {
        let mut random = [0; RECOVERY_BYTES];
        services.rng().fill(&mut random);
        let text = base32(&random);
        let groups = text.as_bytes().chunks(4).map(String::from_utf8_lossy);
        groups.collect::<Vec<_>>().join("-")
    };
    std::iter::repeat_with(code).take(RECOVERY_CODES).collect()
}

/// The hash of what may be a recovery code, however it was typed.
fn recovery_hash(code: &str) -> Option<CodeHash> {
    let plain: String =
        code.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect();
    let bytes = (plain.len() == RECOVERY_BYTES * 8 / 5).then(|| totp::from_base32(&plain))??;
    Some(Sha256::digest(bytes).into())
}
