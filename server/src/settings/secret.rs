//! The server's secret: given, or made once and kept in `data/` on one machine.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use anyhow::{Context, bail};
use domain::Rng;
use secrecy::{ExposeSecret, SecretString};
use services::secrets::Secrets;

use crate::settings::Settings;

/// Where the secret is kept that was made because none was given.
pub const SECRET_FILE: &str = "podium.secret";

/// The keys of this server. With PostgreSQL several machines must share the secret, so there it has to be given.
///
/// # Errors
/// One sentence that says what to set, or which file can't be read or written.
pub fn load(settings: &Settings, rng: &dyn Rng) -> anyhow::Result<Secrets> {
    let secret = match &settings.secret {
        Some(secret) => secret.clone(),
        None if settings.is_postgres() => {
            bail!(
                "PODIUM_SECRET is not set; with PostgreSQL every machine needs the same one (32 random bytes or more)"
            )
        }
        None => made_or_kept(&data_folder(settings), rng)?,
    };
    let given = match &settings.personal_keys {
        Some(keys) => keys.expose_secret(),
        None => "",
    };
    let personal: Vec<&[u8]> =
        given.split(',').map(str::trim).filter(|key| !key.is_empty()).map(str::as_bytes).collect();
    Secrets::derive_with(secret.expose_secret().as_bytes(), &personal)
        .context("PODIUM_SECRET or one of PODIUM_PERSONAL_KEYS can't be used")
}

/// The folder beside the SQLite file.
fn data_folder(settings: &Settings) -> std::path::PathBuf {
    let url = settings.database_url.expose_secret();
    let path = url.trim_start_matches("sqlite:").trim_start_matches("//");
    let path = path.split('?').next().unwrap_or_default();
    Path::new(path)
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
        .to_owned()
}

fn made_or_kept(folder: &Path, rng: &dyn Rng) -> anyhow::Result<SecretString> {
    fs::create_dir_all(folder).with_context(|| format!("the folder {} can't be made", folder.display()))?;
    let path = folder.join(SECRET_FILE);
    let mut bytes = [0; 32];
    rng.fill(&mut bytes);
    let made = hex::encode(bytes);
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(&path) {
        Ok(mut file) => {
            file.write_all(made.as_bytes())
                .and_then(|()| file.sync_all())
                .with_context(|| format!("{} can't be written", path.display()))?;
            Ok(made.into())
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let kept =
                fs::read_to_string(&path).with_context(|| format!("{} can't be read", path.display()))?;
            Ok(kept.trim().to_owned().into())
        }
        Err(error) => Err(error).with_context(|| format!("{} can't be written", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use domain::SeededRng;

    use super::*;

    #[test]
    fn the_secret_is_made_once_and_kept_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let first = made_or_kept(folder.path(), &SeededRng::new(1)).unwrap();
        let second = made_or_kept(folder.path(), &SeededRng::new(2)).unwrap();
        assert_eq!(first.expose_secret(), second.expose_secret());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(folder.path().join(SECRET_FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
