//! Who runs which network, from a file in MaxMind's format (GeoLite2-ASN, or what others publish in it). Optional: without it
//! networks are told apart by the first half of the address.

use std::{net::IpAddr, path::Path};

use anyhow::Context;
use maxminddb::{Reader, path};
use services::identity::suspicion::NetworkNames;

#[cfg(test)]
mod tests;

/// The file, in memory.
pub struct AsnFile(Reader<Vec<u8>>);

impl AsnFile {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// One sentence when there is none, or when it is not one of autonomous systems.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let bytes = std::fs::read(path)
            .with_context(|| format!("PODIUM_ASN_FILE names {}, which can't be read", path.display()))?;
        Self::read(bytes).context("the file of PODIUM_ASN_FILE is not in MaxMind's format")
    }

    fn read(bytes: Vec<u8>) -> anyhow::Result<Self> {
        Ok(Self(Reader::from_source(bytes)?))
    }
}

impl std::fmt::Debug for AsnFile {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("AsnFile(…)")
    }
}

impl NetworkNames for AsnFile {
    fn asn(&self, address: IpAddr) -> Option<u32> {
        let found = self.0.lookup(address).ok()?;
        found.decode_path(&path!["autonomous_system_number"]).ok()?
    }
}
