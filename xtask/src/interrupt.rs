//! Ctrl-C, and its relatives: noticed here, acted on where something waits.
//!
//! What we start lives in process groups of its own, so that a Ctrl-C reaches this program alone and everything is
//! ended in order.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use anyhow::{Context as _, Result};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

/// Set by the handlers; never reset.
static REQUESTED: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// From now on the signals that ask a program to end are noticed instead of obeyed.
///
/// # Errors
/// When a handler can't be installed.
pub fn install() -> Result<()> {
    let flag = REQUESTED.get_or_init(Arc::default);
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, Arc::clone(flag))
            .context("failed to install a signal handler")?;
    }
    Ok(())
}

/// Whether somebody wants us to end.
pub fn requested() -> bool {
    REQUESTED.get().is_some_and(|flag| flag.load(Ordering::Relaxed))
}
