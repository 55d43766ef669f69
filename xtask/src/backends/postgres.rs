//! A PostgreSQL cluster of our own.
//!
//! PostgreSQL refuses to run as root; then it runs as `postgres`, or as `nobody` where that user is missing.

use std::fs;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};
use rustix::process::Signal;

use crate::service::Service;
use crate::{backends, process};

/// A slow disk gets its time.
const READY_TIME_MAX: Duration = Duration::from_mins(1);

/// Who runs the server where we are root.
const USERS: [&str; 2] = ["postgres", "nobody"];

/// Settings for a server whose data nobody needs after a crash: no test pulls the plug of the database itself.
const SETTINGS: [&str; 7] = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    // Every test has a database and a pool of its own.
    "max_connections=300",
    "shared_buffers=128MB",
];

/// The running server. The order of the fields matters: it ends before its folder goes.
#[derive(Debug)]
pub struct Postgres {
    port: u16,
    _service: Service,
    _folder: tempfile::TempDir,
}

impl Postgres {
    /// Makes a cluster, starts it and waits until it takes connections.
    ///
    /// # Errors
    /// When it does not.
    pub fn start() -> Result<Self> {
        let programs = programs().context("PostgreSQL has no initdb")?;
        let folder = backends::folder("postgres")?;
        let user = user()?;
        if let Some(user) = user {
            chown(folder.path(), Some(user.id), Some(user.group_id))
                .context("failed to give a folder away")?;
        }
        let command = |program: &str| {
            let mut command = Command::new(programs.join(program));
            // The server may not be able to enter our own folder.
            command.current_dir(folder.path());
            if let Some(user) = user {
                command.uid(user.id).gid(user.group_id);
            }
            command
        };
        let data = folder.path().join("data");
        let mut initdb = command("initdb");
        initdb.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]);
        process::quiet(initdb.arg("-D").arg(&data), READY_TIME_MAX)?;

        let port = backends::free_port()?;
        let mut server = command("postgres");
        server.arg("-D").arg(&data).args(["-p", &port.to_string()]);
        for setting in SETTINGS {
            server.args(["-c", setting]);
        }
        let mut service = Service::start("postgres", &mut server, &backends::log(&folder))?
            // Its "fast" end, which does not wait for clients.
            .stop_by(Signal::INT);
        service.wait_until(READY_TIME_MAX, || {
            let mut question = Command::new(programs.join("pg_isready"));
            question.args(["-q", "-h", "127.0.0.1", "-U", "postgres", "-p", &port.to_string()]);
            process::output(&mut question).is_ok()
        })?;
        Ok(Self { port, _service: service, _folder: folder })
    }

    /// Where it is reached, by a user who may do everything.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

/// The folder with `initdb` and `postgres`: the newest of Debian's, which are not on `PATH`, else that of `PATH`.
pub fn programs() -> Option<PathBuf> {
    newest(Path::new("/usr/lib/postgresql")).or_else(|| Some(process::find("initdb")?.parent()?.to_owned()))
}

/// The `bin` folder of the highest version that has all of it.
fn newest(root: &Path) -> Option<PathBuf> {
    fs::read_dir(root)
        .ok()?
        .flatten()
        .filter_map(|entry| {
            Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin")))
        })
        .filter(|(_, programs)| programs.join("initdb").is_file() && programs.join("postgres").is_file())
        .max_by_key(|(version, _)| *version)
        .map(|(_, programs)| programs)
}

/// A user of this machine.
#[derive(Clone, Copy, Debug, PartialEq)]
struct User {
    id: u32,
    group_id: u32,
}

/// Who shall run the server; `None` for ourselves.
fn user() -> Result<Option<User>> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let table = fs::read_to_string("/etc/passwd").context("failed to read /etc/passwd")?;
    let user = USERS.iter().find_map(|name| find_user(&table, name));
    Ok(Some(
        user.context("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")?,
    ))
}

/// A user in `/etc/passwd`.
fn find_user(table: &str, name: &str) -> Option<User> {
    table.lines().find_map(|line| {
        let mut fields = line.split(':');
        if fields.next()? != name {
            return None;
        }
        let id = fields.nth(1)?.parse().ok()?;
        let group_id = fields.next()?.parse().ok()?;
        Some(User { id, group_id })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_the_whole_name() {
        let table = "root:x:0:0:root:/root:/bin/bash\npostgres2:x:7:7::/:/bin/sh\npostgres:x:109:117:P:/var:/bin/bash\n";
        assert_eq!(find_user(table, "postgres"), Some(User { id: 109, group_id: 117 }));
        assert_eq!(find_user(table, "nobody"), None);
    }

    #[test]
    fn the_newest_complete_version_is_taken() {
        let directory = tempfile::tempdir().unwrap();
        for (version, files) in
            [("9", ["initdb", "postgres"]), ("15", ["initdb", "postgres"]), ("17", ["initdb", "psql"])]
        {
            let programs = directory.path().join(version).join("bin");
            fs::create_dir_all(&programs).unwrap();
            for file in files {
                fs::write(programs.join(file), "").unwrap();
            }
        }
        assert_eq!(newest(directory.path()), Some(directory.path().join("15/bin")));
    }
}
