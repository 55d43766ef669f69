//! Lists as one JSON text, for `json_each`.
//!
//! SQLite writes an item out anew for each mention of `value`. A statement with many columns, which runs for every score,
//! therefore takes the items from a `MATERIALIZED` table: half the time for thirteen columns.

use serde::{Serialize, Serializer, ser::Error as _};
use serde_json::Value;
use storage::StoreError;
use uuid::Uuid;

/// A JSON array with a row for each item: a tuple of values in the order of the statement's columns, written as they
/// stand, without a copy of each.
pub(crate) fn rows<'item, T, Row: Serialize>(
    items: &'item [T],
    operation: &'static str,
    row: impl Fn(&'item T) -> Row,
) -> Result<String, StoreError> {
    let mut text = Vec::with_capacity(items.len().saturating_mul(64));
    let rows = Rows { items, row };
    serde_json::to_writer(&mut text, &rows)
        .map_err(|error| StoreError::failed(operation, error.to_string()))?;
    String::from_utf8(text).map_err(|error| StoreError::failed(operation, error.utf8_error().to_string()))
}

struct Rows<'item, T, MakeRow> {
    items: &'item [T],
    row: MakeRow,
}

impl<'item, T, Row: Serialize, MakeRow: Fn(&'item T) -> Row> Serialize for Rows<'item, T, MakeRow> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.items.iter().map(&self.row))
    }
}

/// Bytes in a list: hexadecimal, which `unhex` makes a BLOB again, since JSON has none.
pub(crate) struct Hex<const SIZE: usize>([u8; SIZE]);

impl<const SIZE: usize> Serialize for Hex<SIZE> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        // Twice SIZE can't be written as a length yet, so the digits stand in pairs.
        let pairs = self.0.map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
        serializer.serialize_str(std::str::from_utf8(pairs.as_flattened()).map_err(S::Error::custom)?)
    }
}

/// A UUID in a list.
pub(crate) fn hex(uuid: Uuid) -> Hex<16> {
    Hex(uuid.into_bytes())
}

/// A hash in a list.
pub(crate) const fn hex_bytes<const SIZE: usize>(bytes: [u8; SIZE]) -> Hex<SIZE> {
    Hex(bytes)
}

/// UUIDs as a flat JSON array.
pub(crate) fn ids(ids: impl Iterator<Item = Uuid>) -> String {
    Value::Array(ids.map(|id| Value::String(id.simple().to_string())).collect()).to_string()
}
