//! The programs of the workspace as `run` and the end-to-end tests use them: the dev profile, built with the whole
//! workspace, so that no command builds a dependency again with other features.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::{process, workspace};

/// The crates of the host, for every call of cargo. Not `frontend`: it would give `app` both of its faces at once. Not
/// this tool: its libraries would get other features than when it is built alone, and be compiled twice.
pub const WORKSPACE: [&str; 5] = ["--workspace", "--exclude", "frontend", "--exclude", "xtask"];

/// This tool, with all of its code.
pub const XTASK: [&str; 4] = ["--package", "xtask", "--features", "bench"];

/// Where the programs are.
#[derive(Debug)]
pub struct Programs {
    /// The server.
    pub podium: PathBuf,
    /// Telegram on a desk.
    pub simulator: PathBuf,
}

/// Builds the programs.
///
/// # Errors
/// When they don't compile.
pub fn build() -> Result<Programs> {
    process::cargo_build(&[&["--bins"], WORKSPACE.as_slice()].concat())?;
    locate()
}

/// The programs, after a build.
///
/// # Errors
/// When one is not there.
pub fn locate() -> Result<Programs> {
    let directory = workspace::target_dir().join("debug");
    let programs = Programs { podium: directory.join("podium"), simulator: directory.join("simulator") };
    for program in [&programs.podium, &programs.simulator] {
        if !program.is_file() {
            bail!("cargo built the workspace, but there is no {}", program.display());
        }
    }
    Ok(programs)
}
