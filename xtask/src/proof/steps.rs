//! The steps of the proof, the quick ones first.
//!
//! Every call of cargo takes the same packages, so that a dependency is compiled once to be checked and once to be
//! run, and never a third time.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::binaries::{self, WORKSPACE, XTASK};
use crate::proof::Proof;
use crate::wasm_target::TARGET;
use crate::{interrupt, launch, node, packages, process, site, wasm_target, workspace};

/// A named part of the proof.
#[derive(Debug)]
pub struct Step {
    /// What `--only` takes.
    pub name: &'static str,
    /// What it shows.
    pub what: &'static str,
    /// Does it.
    pub run: fn(&mut Proof) -> Result<()>,
}

/// All of them, in order.
pub const STEPS: &[Step] = &[
    Step { name: "fmt", what: "the code is formatted", run: fmt },
    Step { name: "wasm-target", what: "this Rust compiles for the browser", run: |_| wasm_target::ensure() },
    Step { name: "clippy", what: "no warning in any crate of the host", run: clippy },
    Step { name: "clippy-wasm", what: "no warning in what runs in the browser", run: clippy_wasm },
    Step { name: "doc", what: "the documentation has no broken link", run: doc },
    Step { name: "site", what: "the site builds within its size budget", run: |_| build_site() },
    Step { name: "test", what: "unit, property, contract and whole-server tests", run: test },
    Step { name: "e2e", what: "the whole way in a real browser", run: e2e },
];

/// rustfmt.
fn fmt(proof: &mut Proof) -> Result<()> {
    proof.run(process::cargo().args(["fmt", "--all", "--check"]))
}

/// Clippy for the host.
fn clippy(proof: &mut Proof) -> Result<()> {
    each_selection(|packages| {
        let mut command = process::cargo();
        proof.run(command.arg("clippy").args(packages).args(["--all-targets", "--", "-D", "warnings"]))
    })
}

/// Clippy for the browser.
fn clippy_wasm(proof: &mut Proof) -> Result<()> {
    wasm_target::ensure()?;
    let mut command = process::cargo();
    command.args(["clippy", "--target", TARGET]);
    // `frontend` switches on the browser's face of `app`.
    for package in ["frontend", "app", "domain", "i18n"] {
        command.args(["--package", package]);
    }
    proof.run(command.args(["--", "-D", "warnings"]))
}

/// rustdoc.
fn doc(proof: &mut Proof) -> Result<()> {
    each_selection(|packages| {
        let mut command = process::cargo();
        proof.run(command.arg("doc").args(packages).arg("--no-deps").env("RUSTDOCFLAGS", "-D warnings"))
    })
}

/// The site with all of its tools: without them it is a little larger than what players load.
fn build_site() -> Result<()> {
    packages::ensure(&[packages::NODE])?;
    site::build()
}

/// All tests of cargo's.
fn test(proof: &mut Proof) -> Result<()> {
    proof.backends()?;
    each_selection(|packages| {
        let mut command = process::cargo();
        // One broken test binary must not hide the others.
        command.arg("test").args(packages).arg("--no-fail-fast");
        proof.backends()?.describe_to(&mut command);
        proof.run(&mut command)
    })
}

/// Does the same with both selections of packages; a failure with one does not hide what the other shows.
fn each_selection(mut run: impl FnMut(&[&str]) -> Result<()>) -> Result<()> {
    let workspace = run(&WORKSPACE);
    if interrupt::requested() {
        return workspace;
    }
    workspace.and(run(&XTASK))
}

/// Playwright.
fn e2e(proof: &mut Proof) -> Result<()> {
    packages::ensure(&[packages::NODE, packages::CHROMIUM])?;
    if std::env::var_os("PODIUM_E2E_PICTURES").is_some() {
        packages::ensure(&[packages::EMOJI])?;
    }
    let simulator = workspace::root().join("crates/simulator");
    let end2end = workspace::root().join("end2end");
    node::ensure_packages(&simulator)?;
    node::ensure_packages(&end2end)?;
    site::make()?;
    // Usually there is nothing to do: the step before has built them.
    let mut build = process::cargo();
    proof.run(build.arg("test").args(WORKSPACE).args(["--quiet", "--no-run"]))?;
    let programs = binaries::locate()?;

    let tools = end2end.join("node_modules/.bin");
    let types = proof.run(Command::new(tools.join("tsc")).current_dir(&end2end));
    let mut command = Command::new(tools.join("playwright"));
    command.arg("test").current_dir(&end2end).env("CI", "1");
    let chromium = packages::chromium().context("there is no Chromium")?;
    let script = simulator.join(launch::SCRIPT);
    let site = site::directory();
    let places: [(&str, &Path); 5] = [
        ("PODIUM_E2E_PODIUM", &programs.podium),
        ("PODIUM_E2E_SIMULATOR", &programs.simulator),
        ("PODIUM_E2E_CHROMIUM", &chromium),
        ("PODIUM_E2E_SCRIPT", &script),
        ("PODIUM_E2E_SITE", &site),
    ];
    command.envs(places);
    proof.backends()?.describe_to(&mut command);
    proof.run(&mut command).and(types)
}
