//! How a life and the looks of a look-up are stored.

use domain::{
    Timestamp,
    lifecycle::{Life, LookUps, State},
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LifeRecord {
    state: State,
    since: Timestamp,
    due_at: Option<Timestamp>,
    #[serde(default)]
    tries: u32,
}

impl LifeRecord {
    pub(crate) fn of(life: &Life) -> Self {
        Self {
            state: life.state(),
            since: life.since(),
            due_at: life.due_at(),
            tries: life.tries(),
        }
    }

    pub(crate) fn into_life(self) -> Life {
        Life::restored(self.state, self.since, self.due_at, self.tries)
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LookUpsRecord {
    unknown_since: Timestamp,
    first: Option<Timestamp>,
    last: Timestamp,
}

impl LookUpsRecord {
    pub(crate) fn of(look_ups: LookUps) -> Self {
        Self {
            unknown_since: look_ups.unknown_since,
            first: look_ups.first,
            last: look_ups.last,
        }
    }

    pub(crate) fn into_look_ups(self) -> LookUps {
        LookUps {
            unknown_since: self.unknown_since,
            first: self.first,
            last: self.last,
        }
    }
}
