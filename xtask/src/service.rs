//! A program that runs in the background until we are done with it: podium, the simulator, a database.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use rustix::process::Signal;

use crate::clock::Stopwatch;
use crate::process::{self, Group};
use crate::{files, interrupt};

/// How many of a dead service's last lines are shown.
const LAST_LINES_MAX: usize = 15;

/// A running service. It is ended when this is dropped, also by a panic.
#[derive(Debug)]
pub struct Service {
    name: &'static str,
    log: PathBuf,
    group: Group,
    stop_signal: Signal,
}

impl Service {
    /// Starts a service; what it says goes to its log.
    ///
    /// # Errors
    /// When it can't be started or its log can't be written.
    pub fn start(name: &'static str, command: &mut Command, log: &Path) -> Result<Self> {
        let file = File::create(log).with_context(|| format!("failed to write {}", log.display()))?;
        command.stdout(file.try_clone().context("failed to share a log")?).stderr(file);
        let group = Group::start(command)?;
        Ok(Self { name, log: log.to_owned(), group, stop_signal: Signal::TERM })
    }

    /// Ends it by another signal than SIGTERM.
    pub fn stop_by(mut self, signal: Signal) -> Self {
        self.stop_signal = signal;
        self
    }

    /// The process, as the system counts it.
    #[cfg(feature = "bench")]
    pub fn id(&self) -> u32 {
        self.group.id()
    }

    /// Fails when the service is no longer there, with the last lines of its log.
    ///
    /// # Errors
    /// When it has ended.
    pub fn check(&mut self) -> Result<()> {
        match self.group.ended()? {
            None => Ok(()),
            Some(status) => bail!("{}", self.obituary(status)),
        }
    }

    /// Waits until it is ready, looking again and again.
    ///
    /// # Errors
    /// When it ends before, takes too long, or this program is interrupted.
    pub fn wait_until(&mut self, time_max: Duration, mut is_ready: impl FnMut() -> bool) -> Result<()> {
        let stopwatch = Stopwatch::start();
        while !is_ready() {
            self.check()?;
            if interrupt::requested() {
                bail!("interrupted");
            }
            if stopwatch.elapsed() > time_max {
                bail!(
                    "{} was not ready within {} s; its log {} ends with\n{}",
                    self.name,
                    time_max.as_secs(),
                    self.log.display(),
                    files::tail(&self.log, LAST_LINES_MAX)
                );
            }
            std::thread::sleep(process::POLL_INTERVAL);
        }
        Ok(())
    }

    /// What is said of a service that has ended by itself.
    fn obituary(&self, status: ExitStatus) -> String {
        format!(
            "{} has ended ({status}); its log {} ends with\n{}",
            self.name,
            self.log.display(),
            files::tail(&self.log, LAST_LINES_MAX)
        )
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if matches!(self.group.ended(), Ok(None)) {
            self.group.end(self.stop_signal);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_service_that_dies_is_named_with_its_last_words() {
        let directory = tempfile::tempdir().unwrap();
        let log = directory.path().join("log");
        let mut service =
            Service::start("the bakery", &mut shell("echo no flour left; exit 7"), &log).unwrap();
        let error = service.wait_until(Duration::from_secs(10), || false).unwrap_err().to_string();
        assert!(error.contains("the bakery has ended (exit status: 7)"), "{error}");
        assert!(error.ends_with("no flour left"), "{error}");
    }

    #[test]
    fn a_service_is_ended_when_dropped() {
        let directory = tempfile::tempdir().unwrap();
        let marker = directory.path().join("ended");
        let script =
            format!("trap 'touch {}; exit' TERM; echo up; while :; do sleep 0.05; done", marker.display());
        let log = directory.path().join("log");
        let mut service = Service::start("a trap", &mut shell(&script), &log).unwrap();
        service.wait_until(Duration::from_secs(10), || files::tail(&log, 1) == "up").unwrap();
        drop(service);
        assert!(marker.exists(), "it was asked to end before it was killed");
    }
}
