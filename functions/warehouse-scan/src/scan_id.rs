//! The id of a scan, made by the device or by the form: the idempotency key of everything that is done with it.

use domain::{
    RequestKey,
    id::{RootId, ScanId},
};
use serde::{Deserialize, Deserializer, de::Error};
use sha2::{Digest, Sha256};

/// With or without the prefix: devices make plain ULIDs.
pub(crate) fn read<'de, D: Deserializer<'de>>(from: D) -> Result<ScanId, D::Error> {
    let text = String::deserialize(from)?;
    let plain = || ScanId::from_ulid(&text);
    text.parse()
        .or_else(|_| plain())
        .map_err(|_| D::Error::custom("not a scan id"))
}

/// One key for all devices: a scan id is unique, and a colleague may send what a device could not. `asked` are the facts of the request;
/// the same id with other facts is another request.
pub(crate) fn key(route: &str, scan: &ScanId, asked: &[&str]) -> RequestKey {
    let mut hasher = Sha256::new();
    for fact in asked {
        // The length in front keeps "ab" + "c" apart from "a" + "bc".
        hasher.update(format!("{}:", fact.len()));
        hasher.update(fact);
    }
    RequestKey {
        scope: format!("warehouse {route}"),
        key: scan.to_string(),
        request_hash: format!("{:x}", hasher.finalize()),
    }
}
