//! The demo platform's key: made at the first run and kept, so that a restart of either side changes nothing.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// As many bytes as an HMAC-SHA256 can make use of.
const KEY_BYTES: usize = 32;

/// Reads the key, or makes it.
///
/// # Errors
/// When the file can't be read or written.
pub fn ensure(path: &Path) -> Result<String> {
    match fs::read_to_string(path) {
        Ok(key) if key.starts_with("whsec_") => return Ok(key.trim().to_owned()),
        // Anything else is what an interrupted first run left.
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| format!("failed to read {}", path.display())),
    }
    let mut bytes = [0; KEY_BYTES];
    File::open("/dev/urandom")
        .and_then(|mut random| random.read_exact(&mut bytes))
        .context("failed to read /dev/urandom")?;
    let key = format!("whsec_{}", STANDARD.encode(bytes));
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(key.as_bytes()))
        .with_context(|| format!("failed to write {}", path.display()))?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_key_is_made_once_and_nobody_else_reads_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("platform.key");
        let key = ensure(&path).unwrap();
        let bytes = STANDARD.decode(key.strip_prefix("whsec_").unwrap()).unwrap();
        assert_eq!(bytes.len(), KEY_BYTES);
        assert_eq!(ensure(&path).unwrap(), key);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn an_interrupted_first_run_is_mended() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("platform.key");
        fs::write(&path, "").unwrap();
        assert!(ensure(&path).unwrap().starts_with("whsec_"));
    }
}
