//! Idempotency keys: written in the same transaction as the effect they name, so that there is never one without the other.

use std::time::Duration;

use domain::{Failure, Refusal, RequestKey, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    db::Db,
    decide::Once,
    error::Error,
    item::{Condition, Item, Key, Write, from_item, to_item},
};

/// Keys of requests are kept a week; what moves money or goods has its own names, which are kept for ever.
const KEPT: Duration = Duration::from_secs(7 * 24 * 3600);

#[derive(Serialize, Deserialize)]
pub(crate) struct RequestRecord {
    format: u32,
    request_hash: String,
    result: String,
    expires_at: i64,
}

pub(crate) fn request_key(key: &RequestKey) -> Key {
    Key::new(format!("I#{}#{}", key.scope, key.key), "A")
}

impl RequestRecord {
    pub(crate) fn write(key: &RequestKey, result: &str, now: Timestamp) -> Result<Write, Error> {
        let record = Self {
            format: 1,
            request_hash: key.request_hash.clone(),
            result: result.to_owned(),
            expires_at: now.plus(KEPT).as_seconds(),
        };
        Ok(Write::Put(to_item(&request_key(key), &record)?, Condition::Absent))
    }

    pub(crate) fn result_of(item: Item, key: &RequestKey) -> Result<String, Failure> {
        let record: Self = from_item(item)?;
        if record.request_hash == key.request_hash {
            Ok(record.result)
        } else {
            Err(Refusal::KeyReused.into())
        }
    }
}

/// Writes all of this once for each request. A repeat writes nothing and is answered with the result of the first time.
pub(crate) async fn write_once(
    db: &Db,
    mut writes: Vec<Write>,
    request: &RequestKey,
    result: String,
    now: Timestamp,
) -> Result<Once, Failure> {
    writes.push(RequestRecord::write(request, &result, now)?);
    match db.transact(writes).await {
        Ok(()) => Ok(Once {
            result,
            is_repeat: false,
        }),
        Err(Error::Condition(in_the_way)) => match in_the_way.into_iter().next_back().flatten() {
            Some(known) => Ok(Once {
                result: RequestRecord::result_of(known, request)?,
                is_repeat: true,
            }),
            None => Err(Failure::Conflict),
        },
        Err(error) => Err(error.into()),
    }
}
