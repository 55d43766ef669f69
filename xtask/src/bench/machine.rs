//! What the figures were measured on; without it they say nothing.

use std::fs;
use std::process::Command;

use crate::process;

/// Processor, memory, system and compiler in one line.
pub fn describe() -> String {
    let processors = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let memory_gb = field("/proc/meminfo", "MemTotal:")
        .and_then(|text| text.split(' ').next()?.parse::<u64>().ok())
        .map_or(0, |kilobytes| kilobytes >> 20);
    let system = field("/etc/os-release", "PRETTY_NAME=").unwrap_or_default();
    let rust = process::output(Command::new("rustc").arg("-V")).unwrap_or_default();
    let node = process::output(Command::new("node").arg("--version")).unwrap_or_default();
    format!(
        "{processors} × {}, {memory_gb} GB, {}, {}, Node {}",
        field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown processor".to_owned()),
        system.trim_matches('"'),
        rust.split(" (").next().unwrap_or_default().trim(),
        node.trim()
    )
}

/// The first value of a key in a file of keys and values.
fn field(path: &str, key: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let value = text.lines().find_map(|line| line.strip_prefix(key))?;
    Some(value.trim_start_matches([':', '\t', ' ']).to_owned())
}
