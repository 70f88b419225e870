//! The store behind `Idempotency-Key`: the first outcome of a key is given again, other parameters are refused,
//! a second call while the first still runs is a conflict. Refused parameters are not kept, so they may be repaired.

use std::sync::{Arc, PoisonError};

use serde::{Deserialize, Serialize};

use super::problem::Problem;
use crate::World;
use crate::answer::Answer;
use crate::books::{Books, Record};

/// Keys are forgotten after a day.
const KEPT_MS: i64 = 24 * 60 * 60 * 1000;

#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    key: String,
    fingerprint: String,
    answer: Answer,
    at: i64,
}

impl Record for Kept {
    const SHELF: &'static str = "stripe-idempotency";
    fn key(&self) -> String {
        self.key.clone()
    }
}

/// What to do with a call that carries a key.
pub(super) enum Standing {
    First(InFlight),
    Repeat(Answer),
    Conflict(Answer),
}

/// The key is taken as long as this lives.
pub(super) struct InFlight {
    world: Arc<World>,
    key: String,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.world
            .keys_in_flight
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.key);
    }
}

pub(super) fn begin(world: &Arc<World>, key: &str, fingerprint: &str) -> Standing {
    if key.is_empty() || key.len() > 255 {
        let message = "Idempotency-Key must have 1 to 255 characters.";
        return Standing::Conflict(Problem::new(400, "invalid_request_error", message).answer());
    }
    if !world
        .keys_in_flight
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(key.to_owned())
    {
        let message = "There is currently another in-progress request using this Idempotent Key.";
        let problem = Problem::new(409, "idempotency_error", message).code("idempotency_key_in_use");
        return Standing::Conflict(problem.answer());
    }
    // From here on the key is given back on every way out.
    let in_flight = InFlight {
        world: Arc::clone(world),
        key: key.to_owned(),
    };
    let kept = world
        .books
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .get::<Kept>(key);
    match kept.filter(|kept| world.clock.now() < kept.at.saturating_add(KEPT_MS)) {
        None => Standing::First(in_flight),
        Some(kept) if kept.fingerprint == fingerprint => {
            Standing::Repeat(kept.answer.with_header("Idempotent-Replayed", "true"))
        }
        Some(_) => {
            let message =
                "Keys for idempotent requests can only be used with the same parameters they were first used with.";
            Standing::Conflict(Problem::new(400, "idempotency_error", message).answer())
        }
    }
}

/// Keeps an outcome, in the same commit as its effect.
pub(super) fn keep(books: &mut Books, key: &str, fingerprint: &str, answer: &Answer, now: i64) {
    if answer.is_good() || answer.status >= 500 {
        let (key, fingerprint) = (key.to_owned(), fingerprint.to_owned());
        books.put(&Kept {
            key,
            fingerprint,
            answer: answer.clone(),
            at: now,
        });
    }
}
