//! What operators call each other: a name as a rule, so the database holds it sealed.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::ConsoleError;
use crate::Services;

/// The most characters.
pub(super) const CHARS_MAX: usize = 64;

const SEALING_PURPOSE: &str = "operator label";

/// The stored form.
pub(super) fn seal(services: &Services, label: &str) -> Result<String, ConsoleError> {
    let label: String = label.trim().chars().take(CHARS_MAX).collect();
    let sealed = services.secrets().seal(SEALING_PURPOSE, label.as_bytes(), services.rng());
    Ok(URL_SAFE_NO_PAD.encode(sealed.map_err(ConsoleError::Secret)?))
}

/// What is shown of a stored form; nothing of one that was sealed with another secret.
pub(super) fn open(services: &Services, stored: &str) -> String {
    let sealed = URL_SAFE_NO_PAD.decode(stored).unwrap_or_default();
    let label = services.secrets().open(SEALING_PURPOSE, &sealed).ok();
    label.and_then(|label| String::from_utf8(label).ok()).unwrap_or_else(|| "?".to_owned())
}
