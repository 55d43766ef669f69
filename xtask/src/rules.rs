//! The borders of the house: who may depend on whom. ARCHITECTURE.md lists them as invariants; here they are held.

use std::collections::BTreeSet;

use anyhow::Result;

use crate::wasm_target::TARGET;
use crate::{process, workspace};

/// Engines and frameworks that the use cases must not know. Redis is not among them: the crate of the bus has both of
/// its implementations, and who knows the ports reaches it through them.
const ENGINES: &[&str] = &["axum", "leptos", "leptos_axum", "sqlx", "storage-postgres", "storage-sqlite"];

/// What one crate may reach, through whatever crates.
#[derive(Debug)]
struct Rule {
    package: &'static str,
    /// The target, where it is not the host.
    target: Option<&'static str>,
    /// Where given, the only crates of ours that it reaches.
    only_ours: Option<&'static [&'static str]>,
    /// What it never reaches.
    never: &'static [&'static str],
}

/// Invariant 1, crate by crate.
const RULES: &[Rule] = &[
    Rule {
        package: "frontend",
        target: Some(TARGET),
        only_ours: Some(&["frontend", "app", "domain", "i18n"]),
        never: &["axum", "reqwest", "sqlx", "tokio"],
    },
    Rule {
        package: "domain",
        target: None,
        only_ours: Some(&["domain"]),
        never: &["axum", "leptos", "redis", "reqwest", "sqlx", "tokio"],
    },
    Rule {
        package: "i18n",
        target: None,
        only_ours: Some(&["domain", "i18n"]),
        never: &["axum", "sqlx", "tokio"],
    },
    Rule { package: "services", target: None, only_ours: None, never: ENGINES },
    Rule { package: "storage", target: None, only_ours: None, never: ENGINES },
    Rule { package: "telegram", target: None, only_ours: None, never: ENGINES },
    Rule {
        package: "bus",
        target: None,
        only_ours: None,
        never: &["axum", "leptos", "sqlx", "storage-postgres", "storage-sqlite"],
    },
    Rule {
        package: "storage-sqlite",
        target: None,
        only_ours: None,
        never: &["axum", "leptos", "sqlx-postgres"],
    },
    Rule {
        package: "storage-postgres",
        target: None,
        only_ours: None,
        never: &["axum", "leptos", "sqlx-sqlite"],
    },
    Rule { package: "server", target: None, only_ours: None, never: &["simulator", "xtask"] },
    Rule { package: "simulator", target: None, only_ours: Some(&["domain", "simulator"]), never: &[] },
];

/// A crate in a tree of dependencies.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Reached {
    name: String,
    /// Whether it is of this workspace.
    ours: bool,
}

/// What breaks a rule, as sentences.
fn violations(rule: &Rule, reached: &BTreeSet<Reached>) -> Vec<String> {
    let mut sentences = Vec::new();
    for found in reached {
        let forbidden = rule.never.contains(&found.name.as_str());
        let outside = found.ours && rule.only_ours.is_some_and(|ours| !ours.contains(&found.name.as_str()));
        if forbidden || outside {
            sentences.push(format!("{} must not depend on {}", rule.package, found.name));
        }
    }
    sentences
}

/// All that a crate is built from, as cargo resolves it for this crate alone.
fn reached(rule: &Rule) -> Result<BTreeSet<Reached>> {
    let mut command = process::cargo();
    command.args(["tree", "--locked", "--edges", "normal", "--prefix", "none", "--format", "{p}"]);
    command.args(["--package", rule.package]);
    if let Some(target) = rule.target {
        command.args(["--target", target]);
    }
    Ok(parse(&process::output(command.current_dir(workspace::root()))?))
}

/// The crates in lines like `domain v0.1.0 (/checkout/crates/domain)` and `serde v1.0.0`.
fn parse(tree: &str) -> BTreeSet<Reached> {
    tree.lines()
        .filter_map(|line| {
            let mut words = line.split(' ');
            let name = words.next()?.to_owned();
            words.next()?;
            // Only crates of this workspace have a path; a macro crate says so in brackets of its own.
            let ours = words.any(|word| word.starts_with("(/"));
            Some(Reached { name, ours })
        })
        .collect()
}

#[test]
fn every_crate_stays_within_its_border() {
    let mut broken = Vec::new();
    for rule in RULES {
        broken.extend(violations(rule, &reached(rule).unwrap()));
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// Repositories whose SQL both engines understand, so that they are written alike. A file that has to differ leaves the
/// list; a repair that reaches one engine alone does not pass.
#[cfg(test)]
const TWINS: &[&str] = &["campaign", "lease", "period", "setting", "signing_key"];

#[test]
fn repositories_that_both_engines_write_alike_stay_alike() {
    for name in TWINS {
        let of = |engine: &str| {
            let path = workspace::root().join(format!("crates/storage-{engine}/src/{name}.rs"));
            std::fs::read_to_string(path).unwrap()
        };
        assert!(of("sqlite") == of("postgres"), "{name}.rs is not the same in both engines");
    }
}

#[test]
fn a_tree_is_read_and_judged() {
    let tree = "services v0.1.0 (/checkout/crates/services)\nasync-trait v0.1.89 (proc-macro)\n\
                app v0.1.0 (/checkout/app)\nsqlx v0.9.0 (*)\n";
    let rule = Rule { package: "services", target: None, only_ours: Some(&["services"]), never: &["sqlx"] };
    let sentences = violations(&rule, &parse(tree));
    assert_eq!(sentences, ["services must not depend on app", "services must not depend on sqlx"]);
}
