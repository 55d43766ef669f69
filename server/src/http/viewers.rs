//! How many live streams are open: in this process, and by each address, so that one client can't take all places.
//!
//! A stream is not a call, so no token bucket fits: it counts for as long as it is open, and its end gives the place
//! back. Connections belong to one process, and so does this count.

use std::{
    collections::{HashMap, hash_map::Entry},
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::ErrorCode;
use services::limits::{Limited, Network};

use crate::{http::error::ApiError, telemetry::names};

/// Streams that one process serves at most.
const VIEWERS_MAX: usize = 20_000;

/// Streams that one address has open at most. An office or a mobile carrier may have more players than that: their
/// pages poll.
const VIEWERS_OF_ADDRESS_MAX: usize = 32;

/// When an address that has too many may ask again. Nobody knows when one of them ends.
const RETRY_AFTER_MS: u64 = 30_000;

/// The open streams.
#[derive(Debug, Default)]
pub struct Viewers {
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    total: usize,
    by_network: HashMap<Network, usize>,
}

impl Viewers {
    /// Counts a viewer in. Without an `address` the stream counts for nobody but this process.
    ///
    /// # Errors
    /// `unavailable` when the process has too many, `rate_limited` when the address has.
    pub fn enter(self: &Arc<Self>, address: Option<IpAddr>) -> Result<Viewer, ApiError> {
        let network = address.map(Network::of);
        let mut open = self.open();
        if open.total >= VIEWERS_MAX {
            return Err(ApiError::new(ErrorCode::Unavailable));
        }
        if let Some(network) = network {
            let of_network = open.by_network.entry(network).or_default();
            if *of_network >= VIEWERS_OF_ADDRESS_MAX {
                return Err(Limited { retry_after_ms: RETRY_AFTER_MS }.into());
            }
            *of_network += 1;
        }
        open.total += 1;
        drop(open);
        metrics::gauge!(names::SSE_CLIENTS).increment(1.0);
        Ok(Viewer { viewers: Arc::clone(self), network })
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One open stream; counted out when it is dropped.
#[derive(Debug)]
pub struct Viewer {
    viewers: Arc<Viewers>,
    network: Option<Network>,
}

impl Drop for Viewer {
    fn drop(&mut self) {
        let mut open = self.viewers.open();
        open.total -= 1;
        if let Some(network) = self.network
            && let Entry::Occupied(mut of_network) = open.by_network.entry(network)
        {
            *of_network.get_mut() -= 1;
            if *of_network.get() == 0 {
                of_network.remove();
            }
        }
        drop(open);
        metrics::gauge!(names::SSE_CLIENTS).decrement(1.0);
    }
}
