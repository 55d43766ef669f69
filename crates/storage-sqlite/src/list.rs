//! Lists as one JSON text, for `json_each`.

use serde_json::Value;
use storage::StoreError;
use uuid::Uuid;

/// A JSON array with a row, itself an array of values in the order of the statement's columns, for each item.
pub(crate) fn rows<T, const COLUMNS: usize>(
    items: &[T],
    operation: &'static str,
    row: impl Fn(&T) -> [Value; COLUMNS],
) -> Result<String, StoreError> {
    let rows: Vec<Vec<Value>> = items.iter().map(|item| row(item).into()).collect();
    serde_json::to_string(&rows).map_err(|error| StoreError::failed(operation, error.to_string()))
}

/// A UUID in a list: hexadecimal, which `unhex` makes a BLOB again, since JSON has none.
pub(crate) fn hex(uuid: Uuid) -> Value {
    Value::String(uuid.simple().to_string())
}

/// UUIDs as a flat JSON array.
pub(crate) fn ids(ids: impl Iterator<Item = Uuid>) -> String {
    Value::Array(ids.map(hex).collect()).to_string()
}

/// Bytes in a list, hexadecimal for the same reason.
pub(crate) fn hex_bytes(bytes: &[u8]) -> Value {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |number: u8| char::from(DIGITS[usize::from(number & 15)]);
    Value::String(bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect())
}
