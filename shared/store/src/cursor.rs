//! Page cursors: opaque to callers, bound to the list they belong to, and refused when they were tampered with.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::Failure;

use crate::item::{AttributeValue, Item, text};

/// Where a page ended, as text for the caller.
pub(crate) fn write(key: &Item, index: &str) -> String {
    let part = |name: &str| text(key, name).unwrap_or_default();
    let plain = [part("pk"), part("sk"), part(&format!("{index}_sk"))].join("\n");
    URL_SAFE_NO_PAD.encode(plain)
}

/// Reads a cursor back for the partition `pk` of an index. What lies outside that partition cannot be reached with it.
pub(crate) fn read(cursor: &str, index: &str, pk: &str) -> Result<Item, Failure> {
    let wrong = || {
        Failure::field(
            "cursor",
            "invalid_cursor",
            "This page link is not valid. Start from the first page.",
        )
    };
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| wrong())?;
    let plain = String::from_utf8(bytes).map_err(|_| wrong())?;
    let parts: Vec<&str> = plain.split('\n').collect();
    let [item_pk, item_sk, index_sk] = parts.as_slice() else {
        return Err(wrong());
    };
    if !item_pk.starts_with("O#") || item_sk.is_empty() || index_sk.is_empty() {
        return Err(wrong());
    }
    let value = |text: &str| AttributeValue::S(text.to_owned());
    Ok(Item::from([
        ("pk".to_owned(), value(item_pk)),
        ("sk".to_owned(), value(item_sk)),
        (format!("{index}_pk"), value(pk)),
        (format!("{index}_sk"), value(index_sk)),
    ]))
}
