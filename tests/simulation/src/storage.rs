//! Storage as the functions see it: every call passes the control, is counted, may fail before it is made, and may lose its answer.

use std::sync::{Arc, Mutex, OnceLock};

use contract::Fate;
use store::{Call, Clients, Cost, Db, Error, Files, InProcess, Item, MessageRecord, Queues, Verdict, Watch, Write};

use crate::{
    bugs::Bug,
    control::{Control, Spot},
    faults::Fault,
    ledgers::Checks,
};

/// The watch around everything.
pub(crate) struct Storage {
    pub(crate) control: Control,
    pub(crate) checks: Arc<Mutex<Checks>>,
    pub(crate) bug: Option<Bug>,
    pub(crate) counts: bool,
}

fn unavailable(words: &'static str) -> Error {
    Error::Unavailable {
        doing: "reach storage",
        source: words.into(),
    }
}

fn spot<'a>(moment: &'static str, call: &'a Call) -> Spot<'a> {
    Spot {
        moment,
        operation: call.operation,
        place: &call.place,
    }
}

impl Watch for Storage {
    fn counts(&self) -> bool {
        self.counts
    }

    fn before<'a>(&'a self, call: &'a Call) -> Verdict<'a> {
        Box::pin(async move {
            self.control.point(spot("", call)).await;
            let is_message = call.operation == "SendMessageBatch";
            if is_message && self.control.strikes(Fault::LoseMessage) {
                return Err(unavailable("the message went nowhere"));
            }
            if !is_message && self.control.meets(Fault::Throttle) {
                return Err(unavailable("too many requests"));
            }
            Ok(())
        })
    }

    fn after<'a>(&'a self, call: &'a Call, cost: Cost) -> Verdict<'a> {
        Box::pin(async move {
            self.control.spent(cost);
            if !call.writes {
                return Ok(());
            }
            self.control.point(spot("after ", call)).await;
            if self.control.meets(Fault::LoseStored) {
                return Err(unavailable("it was written and the answer was lost"));
            }
            Ok(())
        })
    }

    fn writes(&self, call: &Call, writes: &mut Vec<Write>) {
        if let Some(bug) = self.bug {
            bug.spoil(call, writes);
        }
    }

    fn written(&self, call: &Call, items: &[&Item]) {
        let now = self.control.now();
        let mut checks = self.checks.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        checks.written(call, items, now);
    }
}

/// The line to a database. It breaks as often as the town it belongs to says; before there is a town it holds.
#[derive(Clone, Default)]
pub(crate) struct Line(Arc<OnceLock<Control>>);

impl Line {
    pub(crate) fn leads_to(&self, control: &Control) {
        drop(self.0.set(control.clone()));
    }

    /// What becomes of one request; the client tries again by itself.
    pub(crate) fn fate(&self) -> Fate {
        let Some(control) = self.0.get().filter(|control| control.meets(Fault::BreakLine)) else {
            return Fate::Answered;
        };
        let which = control.lock().chance.index(3);
        [Fate::Lost, Fate::AnswerLost, Fate::Throttled]
            .get(which)
            .copied()
            .unwrap_or(Fate::Lost)
    }
}

/// The tables of a town, bare.
#[derive(Clone)]
pub(crate) struct Tables {
    pub(crate) orders: Db,
    pub(crate) sessions: Db,
    pub(crate) rules: Db,
    pub(crate) accounts: Db,
}

/// What the functions are given, and where their messages go.
pub(crate) fn clients(tables: &Tables, watch: &Arc<Storage>, sent: &Arc<Mutex<Vec<MessageRecord>>>) -> Clients {
    let seen = |table: &Db, name: &str| table.clone().watched(name, Arc::<Storage>::clone(watch));
    let (orders, sessions, rules, accounts) = (
        seen(&tables.orders, "orders"),
        seen(&tables.sessions, "sessions"),
        seen(&tables.rules, "rules"),
        seen(&tables.accounts, "accounts"),
    );
    let queues = Queues::Watched(Arc::clone(sent), Arc::<Storage>::clone(watch));
    let files = Files::Watched(Arc::new((Files::Memory(Arc::default()), Arc::<Storage>::clone(watch))));
    let table = move |name: &str| match name {
        "sessions" => sessions.clone(),
        "rules" => rules.clone(),
        "accounts" => accounts.clone(),
        _ => orders.clone(),
    };
    Clients::from(InProcess {
        table: Box::new(table),
        queues,
        files,
    })
}
