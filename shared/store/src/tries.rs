//! Counters of tries: one item for each, written only while it allows one more.

use std::time::Duration;

use domain::{Pepper, Timestamp, tries::Tries};

use crate::item::{Below, Condition, Count, Key, Write};

/// A counter that has rested this long is forgotten.
const REMEMBERED: Duration = Duration::from_secs(24 * 3600);

/// Who tries is an address, a number, a device: none of them may be read or found out from a key.
fn key(pepper: &Pepper, tries: &Tries, at: Timestamp) -> Key {
    let number = tries
        .window
        .map_or(0, |window| at.as_seconds() / seconds(window).max(1));
    Key::new(format!("A#tries#{}#{number}", pepper.keyed("tries", &tries.by)), "A")
}

/// So many more, if that is allowed now; fewer always is.
pub(crate) fn counted(pepper: &Pepper, tries: &Tries, by: i64, at: Timestamp) -> Count {
    let now = at.as_seconds();
    let mut allowed = Vec::new();
    let mut n = i64::from(tries.free);
    allowed.push(Below {
        n: Some(n),
        last_at: None,
    });
    for (place, pause) in tries.pauses.iter().enumerate() {
        n = n.saturating_add(1);
        let is_last = place.saturating_add(1) == tries.pauses.len();
        allowed.push(Below {
            n: (!is_last).then_some(n),
            last_at: Some(now.saturating_sub(seconds(*pause))),
        });
    }
    let kept = tries.window.map_or(REMEMBERED, |window| window.saturating_mul(2));
    Count {
        key: key(pepper, tries, at),
        by,
        at: now,
        ends_at: at.plus(kept).as_seconds(),
        allowed: if by > 0 { allowed } else { Vec::new() },
    }
}

/// A try that was right: what counts in a window loses one, anything else begins anew.
pub(crate) fn taken_back(pepper: &Pepper, tries: &Tries, at: Timestamp) -> Write {
    match tries.window {
        Some(_) => Write::Count(counted(pepper, tries, -1, at)),
        None => forgotten(pepper, tries, at),
    }
}

pub(crate) fn forgotten(pepper: &Pepper, tries: &Tries, at: Timestamp) -> Write {
    Write::Delete(key(pepper, tries, at), Condition::Always)
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}
