//! Runs other programs. Nothing waits for ever, and a failure names the command and shows what it said last.
//!
//! Invariant: a program that was started here is ended here, with all that it started itself, also when this program
//! is interrupted.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, IsTerminal as _, Read as _, Seek as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};

use crate::clock::Stopwatch;
use crate::{interrupt, workspace};

/// How many of a failed program's last lines are shown.
const LAST_LINES_MAX: usize = 20;

/// How often a running program is looked at.
pub const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// How long a program may take to end when it is asked to.
const GRACE: Duration = Duration::from_secs(10);

/// A running program with all that it starts.
#[derive(Debug)]
pub struct Group {
    child: Child,
    ended: Option<ExitStatus>,
}

impl Group {
    /// Starts a program in a process group of its own.
    ///
    /// # Errors
    /// When it can't be started.
    pub fn start(command: &mut Command) -> Result<Self> {
        let child = command
            .process_group(0)
            .stdin(Stdio::null())
            .spawn()
            .with_context(|| format!("failed to start `{}`", describe(command)))?;
        Ok(Self { child, ended: None })
    }

    /// The process, as the system counts it.
    #[cfg(feature = "bench")]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, if it has.
    ///
    /// # Errors
    /// When the system can't say.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        if self.ended.is_none() {
            self.ended = self.child.try_wait().context("failed to look at a program")?;
        }
        Ok(self.ended)
    }

    /// Waits for the end; `None` when it does not come in time.
    ///
    /// # Errors
    /// When this program is interrupted.
    fn wait(&mut self, time_max: Duration) -> Result<Option<ExitStatus>> {
        let stopwatch = Stopwatch::start();
        loop {
            if let Some(status) = self.ended()? {
                return Ok(Some(status));
            }
            if interrupt::requested() {
                self.end(Signal::TERM);
                bail!("interrupted");
            }
            if stopwatch.elapsed() > time_max {
                return Ok(None);
            }
            std::thread::sleep(POLL_INTERVAL);
        }
    }

    /// Asks it to end, and makes it end when it does not.
    pub fn end(&mut self, signal: Signal) {
        self.signal(signal);
        let stopwatch = Stopwatch::start();
        while matches!(self.ended(), Ok(None)) && stopwatch.elapsed() < GRACE {
            std::thread::sleep(POLL_INTERVAL);
        }
        // Also when it has ended: what it started may still run.
        self.signal(Signal::KILL);
        // It can't ignore that one.
        let _ = self.child.wait();
    }

    /// Signals the whole group. A group that is gone is fine.
    fn signal(&self, signal: Signal) {
        if let Ok(id) = i32::try_from(self.child.id())
            && let Some(group) = Pid::from_raw(id)
        {
            let _ = kill_process_group(group, signal);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if matches!(self.ended(), Ok(None)) {
            self.end(Signal::KILL);
        }
    }
}

/// A command as it would be typed.
pub fn describe(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let mut text = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned();
    for argument in command.get_args() {
        let _ = write!(text, " {}", argument.to_string_lossy());
    }
    text
}

/// Whether a program can be found on `PATH`.
pub fn exists(program: &str) -> bool {
    find(program).is_some()
}

/// Where on `PATH` a program is.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|directory| directory.join(program))
        .find(|candidate| candidate.is_file())
}

/// Cargo itself, the one that started us, so that the toolchain is the same.
pub fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").as_deref().unwrap_or(OsStr::new("cargo")))
}

/// Builds with these arguments of `cargo build`.
///
/// # Errors
/// When it fails.
pub fn cargo_build(arguments: &[&str]) -> Result<()> {
    run_build(cargo().arg("build").args(arguments))
}

/// Runs a build of cargo's. A person sees what it compiles; a log does not need to.
///
/// # Errors
/// When it fails.
pub fn run_build(command: &mut Command) -> Result<()> {
    if !std::io::stderr().is_terminal() {
        command.arg("--quiet");
    }
    run(command.current_dir(workspace::root()))
}

/// Runs a command with its output on the terminal.
///
/// # Errors
/// When it can't be started or fails.
pub fn run(command: &mut Command) -> Result<()> {
    // A bound all the same: a day is for ever.
    let status = Group::start(command)?.wait(Duration::from_hours(24))?;
    judge(command, status, Duration::from_hours(24), "")
}

/// Runs a command and hands each line that it prints to `on_line`, as it comes.
///
/// # Errors
/// When it can't be started, fails, or is not done in time.
pub fn observed(
    command: &mut Command,
    time_max: Duration,
    mut on_line: impl FnMut(&str) + Send,
) -> Result<()> {
    let (reader, writer) = std::io::pipe().context("failed to make a pipe")?;
    command.stdout(writer.try_clone().context("failed to share a pipe")?).stderr(writer);
    let mut group = Group::start(command)?;
    // The command holds our ends of the pipe; the reader would wait for them for ever.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let status = std::thread::scope(|scope| {
        scope.spawn(move || {
            let mut lines = BufReader::new(reader).split(b'\n');
            while let Some(Ok(line)) = lines.next() {
                on_line(&String::from_utf8_lossy(&line));
            }
        });
        let status = group.wait(time_max);
        // Whatever the program left running would keep the pipe open.
        group.end(Signal::KILL);
        status
    })?;
    judge(command, status, time_max, "")
}

/// Runs a command silently and returns its standard output.
///
/// # Errors
/// When it can't be started or fails; the error holds its last lines.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("failed to start `{}`", describe(command)))?;
    if !output.status.success() {
        let mut said = String::from_utf8_lossy(&output.stdout).into_owned();
        said.push_str(&String::from_utf8_lossy(&output.stderr));
        bail!("`{}` failed: {}\n{}", describe(command), output.status, last_lines(&said, LAST_LINES_MAX));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a command silently and ends it when it takes too long.
///
/// # Errors
/// When it can't be started, fails, or is not done in time; the error holds its last lines.
pub fn quiet(command: &mut Command, time_max: Duration) -> Result<()> {
    // A file, not a pipe: nobody has to read along while we wait.
    let mut log = tempfile::tempfile().context("failed to make a temporary file")?;
    command
        .stdout(log.try_clone().context("failed to share the log of a command")?)
        .stderr(log.try_clone().context("failed to share the log of a command")?);
    let mut group = Group::start(command)?;
    let status = group.wait(time_max)?;
    if status.is_none() {
        group.end(Signal::KILL);
    }
    let mut said = Vec::new();
    log.rewind().context("failed to read the log of a command")?;
    log.read_to_end(&mut said).context("failed to read the log of a command")?;
    judge(command, status, time_max, &String::from_utf8_lossy(&said))
}

/// Turns the end of a command into a result; `None` means that the end did not come in time.
fn judge(command: &Command, status: Option<ExitStatus>, time_max: Duration, said: &str) -> Result<()> {
    let said = match last_lines(said, LAST_LINES_MAX) {
        lines if lines.is_empty() => lines,
        lines => format!("\n{lines}"),
    };
    match status {
        Some(status) if status.success() => Ok(()),
        Some(status) => bail!("`{}` failed: {status}{said}", describe(command)),
        None => bail!("`{}` was not done within {} s{said}", describe(command), time_max.as_secs()),
    }
}

/// The last `lines_max` lines of a text.
pub fn last_lines(text: &str, lines_max: usize) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(lines_max)..].join("\n")
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
    fn a_failure_shows_the_last_lines() {
        let error = quiet(&mut shell("echo first; echo second >&2; exit 3"), GRACE).unwrap_err().to_string();
        assert!(error.contains("exit status: 3"), "{error}");
        assert!(error.ends_with("first\nsecond"), "{error}");
    }

    #[test]
    fn what_takes_too_long_is_ended_with_its_children() {
        let directory = tempfile::tempdir().unwrap();
        let script = format!("sleep 600 & echo $! > {}/pid; wait", directory.path().display());
        let error = quiet(&mut shell(&script), Duration::from_millis(300)).unwrap_err().to_string();
        assert!(error.contains("was not done within"), "{error}");
        let pid = std::fs::read_to_string(directory.path().join("pid")).unwrap();
        let status = PathBuf::from(format!("/proc/{}/status", pid.trim()));
        // Gone, or waiting for whoever inherited it to notice.
        let state = std::fs::read_to_string(status).unwrap_or_default();
        assert!(state.is_empty() || state.contains("State:\tZ"), "{state}");
    }

    #[test]
    fn observed_lines_come_from_both_outputs() {
        let mut seen = Vec::new();
        observed(&mut shell("echo one; echo two >&2"), GRACE, |line| seen.push(line.to_owned())).unwrap();
        assert_eq!(seen, ["one", "two"]);
    }

    #[test]
    fn a_left_over_child_does_not_keep_the_observer() {
        observed(&mut shell("sleep 600 & echo done"), GRACE, |_| {}).unwrap();
    }

    #[test]
    fn only_the_last_lines_are_kept() {
        assert_eq!(last_lines("a\nb\nc\n", 2), "b\nc");
        assert_eq!(last_lines("a", 2), "a");
    }
}
