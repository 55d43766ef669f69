//! Runs other programs. Nothing waits for ever, and a failure names the command and shows what it said last.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::clock::Stopwatch;

/// How many of a failed program's last lines are shown.
const LAST_LINES_MAX: usize = 20;

/// How often a program with a bound on its time is looked at.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

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

/// Runs a command with its output on the terminal.
///
/// # Errors
/// When it can't be started or fails.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("failed to start `{}`", describe(command)))?;
    if !status.success() {
        bail!("`{}` failed: {status}", describe(command));
    }
    Ok(())
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
    let mut log: File = tempfile::tempfile().context("failed to make a temporary file")?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(log.try_clone().context("failed to share the log of a command")?)
        .stderr(log.try_clone().context("failed to share the log of a command")?)
        .spawn()
        .with_context(|| format!("failed to start `{}`", describe(command)))?;
    let stopwatch = Stopwatch::start();
    let status: Option<ExitStatus> = loop {
        if let Some(status) = child.try_wait().context("failed to wait for a command")? {
            break Some(status);
        }
        if stopwatch.elapsed() > time_max {
            // It may have ended in between; then there is nothing to kill.
            let _ = child.kill();
            let _ = child.wait();
            break None;
        }
        std::thread::sleep(POLL_INTERVAL);
    };
    let mut said = Vec::new();
    log.rewind().context("failed to read the log of a command")?;
    log.read_to_end(&mut said).context("failed to read the log of a command")?;
    let said = last_lines(&String::from_utf8_lossy(&said), LAST_LINES_MAX);
    match status {
        Some(status) if status.success() => Ok(()),
        Some(status) => bail!("`{}` failed: {status}\n{said}", describe(command)),
        None => bail!("`{}` was not done within {} s\n{said}", describe(command), time_max.as_secs()),
    }
}

/// The last `lines_max` lines of a text.
pub fn last_lines(text: &str, lines_max: usize) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(lines_max)..].join("\n")
}
