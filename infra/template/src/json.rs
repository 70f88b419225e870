//! Reads a part of a JSON document that may not be there.

use serde_json::Value;

/// The part at a JSON pointer such as `/Table/KeySchema`; null when it is missing.
#[must_use]
pub fn part<'a>(document: &'a Value, pointer: &str) -> &'a Value {
    document.pointer(pointer).unwrap_or(&Value::Null)
}
