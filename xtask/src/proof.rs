//! `cargo xtask test`: the whole proof, as a list of named steps.
//!
//! Invariant: a failed step does not hide the ones after it, and the last line says how many tests passed and failed.

mod counts;
mod steps;

use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};
use clap::Args;

use crate::backends::Backends;
use crate::clock::Stopwatch;
use crate::proof::counts::Counts;
use crate::proof::steps::{STEPS, Step};
use crate::{interrupt, process, progress, workspace};

/// A step that takes longer hangs.
const STEP_TIME_MAX: Duration = Duration::from_mins(40);

/// What to run.
#[derive(Clone, Debug, Args)]
pub struct Options {
    /// Only these steps, by name, separated by commas; the order stays.
    #[arg(long, value_delimiter = ',', value_name = "STEP")]
    only: Vec<String>,
    /// Show the steps and run nothing.
    #[arg(long)]
    list: bool,
}

/// What the steps share.
#[derive(Debug, Default)]
pub struct Proof {
    /// Started by the first step that needs them, ended with the proof.
    backends: Option<Backends>,
    /// The tests that the running step has counted.
    counts: Counts,
}

impl Proof {
    /// Runs a command of a step, shows what it prints and counts the tests in it.
    ///
    /// # Errors
    /// When it fails.
    fn run(&mut self, command: &mut Command) -> Result<()> {
        println!("$ {}", process::describe(command));
        let counts = &mut self.counts;
        process::observed(command.current_dir(directory(command)), STEP_TIME_MAX, |line| {
            println!("{line}");
            counts.read(line);
        })
    }

    /// The servers to throw away.
    ///
    /// # Errors
    /// When they don't start.
    fn backends(&mut self) -> Result<&Backends> {
        let backends = match self.backends.take() {
            Some(backends) => backends,
            None => Backends::start()?,
        };
        Ok(self.backends.insert(backends))
    }

    /// Runs one step and returns its part of the sum.
    fn step(&mut self, step: &Step) -> Counts {
        println!("\n=== {}: {}", step.name, step.what);
        self.counts = Counts::default();
        let stopwatch = Stopwatch::start();
        let result = (step.run)(self);
        let counts = self.counts.of_step(result.is_ok());
        let time = progress::seconds(stopwatch.elapsed());
        match result {
            Ok(()) => println!("=== {}: passed in {time} ({counts})", step.name),
            Err(error) => println!("=== {}: FAILED in {time} ({counts})\n{error:#}", step.name),
        }
        counts
    }
}

/// Where a command runs: at the root, unless it says otherwise.
fn directory(command: &Command) -> std::path::PathBuf {
    command.get_current_dir().unwrap_or(workspace::root()).to_owned()
}

/// Runs the steps, sums up, and fails when anything failed.
///
/// # Errors
/// When a step fails, is not known, or the proof is interrupted.
pub fn run(options: &Options) -> Result<bool> {
    let chosen = choose(&options.only)?;
    if options.list {
        for step in chosen {
            println!("{:<12} {}", step.name, step.what);
        }
        return Ok(true);
    }
    let stopwatch = Stopwatch::start();
    let mut proof = Proof::default();
    let mut sum = Counts::default();
    let mut failed = Vec::new();
    for step in chosen {
        let counts = proof.step(step);
        if counts.failed > 0 {
            failed.push(step.name);
        }
        sum = sum + counts;
        if interrupt::requested() {
            bail!("interrupted");
        }
    }
    drop(proof);
    println!("\nAll steps took {}.", progress::seconds(stopwatch.elapsed()));
    if !failed.is_empty() {
        println!("Failed: {}. Run one alone: cargo xtask test --only {}", failed.join(", "), failed[0]);
    }
    println!("{sum}");
    Ok(failed.is_empty())
}

/// The steps of these names, in the order of the proof; all of them without a name.
fn choose(names: &[String]) -> Result<Vec<&'static Step>> {
    if let Some(unknown) = names.iter().find(|name| STEPS.iter().all(|step| step.name != name.as_str())) {
        let known: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        bail!("there is no step {unknown}; there are {}", known.join(", "));
    }
    Ok(STEPS.iter().filter(|step| names.is_empty() || names.iter().any(|name| name == step.name)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_chosen_by_name_in_the_order_of_the_proof() {
        let names = |only: &[&str]| -> Vec<&str> {
            let only: Vec<String> = only.iter().map(ToString::to_string).collect();
            choose(&only).unwrap().iter().map(|step| step.name).collect()
        };
        assert_eq!(names(&["site", "fmt"]), ["fmt", "site"]);
        assert_eq!(names(&[]).len(), STEPS.len());
        let error = choose(&["nothing".to_owned()]).unwrap_err().to_string();
        assert!(error.starts_with("there is no step nothing; there are fmt"), "{error}");
    }

    #[test]
    fn a_step_without_tests_counts_as_one_and_a_failure_always_counts() {
        let step = |run| Step { name: "s", what: "w", run };
        let mut proof = Proof::default();
        assert_eq!(proof.step(&step(|_| Ok(()))), Counts { passed: 1, failed: 0 });
        assert_eq!(proof.step(&step(|_| bail!("no"))), Counts { passed: 0, failed: 1 });
        let tests = |proof: &mut Proof| {
            proof.run(Command::new("echo").arg("test result: ok. 7 passed; 0 failed; 0 ignored"))
        };
        assert_eq!(proof.step(&step(tests)), Counts { passed: 7, failed: 0 });
    }
}
