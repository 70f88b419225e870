//! What the meter counts in memory is what DynamoDB says it charges.

use std::sync::{Arc, Mutex};

use contract::{Dynoxide, Fate, Sent};
use futures::FutureExt;
use serde_json::Value;
use store::{Call, Cost, Db, Memory, Verdict, Watch};

use crate::{
    plan::{Step, step},
    random::Random,
    same_answers::Level,
};

const STEPS: u64 = 1_000;
const LARGE: u64 = 9 * 1024;

/// Keeps the halves of units of each call.
#[derive(Default)]
struct Meter(Mutex<Vec<u64>>);

impl Watch for Meter {
    fn before<'a>(&'a self, _: &'a Call) -> Verdict<'a> {
        Box::pin(async { Ok(()) })
    }

    fn after<'a>(&'a self, _: &'a Call, cost: Cost) -> Verdict<'a> {
        self.0.lock().unwrap().push(cost.half_reads + 2 * cost.writes);
        Box::pin(async { Ok(()) })
    }
}

fn metered() -> (Level, Arc<Meter>) {
    let meter = Arc::new(Meter::default());
    let table = |name| Db::Memory(Memory::default()).watched(name, Arc::<Meter>::clone(&meter));
    let level = Level {
        orders: table("orders"),
        second: table("accounts"),
    };
    (level, meter)
}

/// The client does not ask what a call costs, so a twin of the database is asked the same with that question.
fn charged(twin: &Dynoxide, sent: &Sent<'_>) -> Option<u64> {
    let mut body: Value = serde_json::from_str(sent.body).unwrap();
    body["ReturnConsumedCapacity"] = "TOTAL".into();
    let (_, answer) = twin.answer(sent.operation, &body.to_string());
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let charged = answer.get("ConsumedCapacity")?;
    // A transaction is charged by tables.
    Some(
        charged
            .as_array()
            .map_or_else(|| halves(charged), |tables| tables.iter().map(halves).sum()),
    )
}

fn halves(capacity: &Value) -> u64 {
    let units = capacity["CapacityUnits"].as_f64().unwrap() * 2.0;
    format!("{units}").parse().unwrap()
}

#[test]
fn every_call_costs_what_dynamodb_charges() {
    let (memory, meter) = metered();
    let bill = Arc::new(Mutex::new(Vec::new()));
    let (twin, kept) = (Dynoxide::start().unwrap(), Arc::clone(&bill));
    let clients = Dynoxide::start().unwrap().clients(move |sent| {
        kept.lock().unwrap().push(charged(&twin, sent));
        Fate::Answered
    });
    let clients = clients.unwrap();
    let dynoxide = Level {
        orders: clients.table("OrdersTable"),
        second: clients.table("AccountsTable"),
    };
    let (mut random, mut compared) = (Random::new(1), 0);

    for number in 0..STEPS {
        let step: Step = step(&mut random, LARGE);
        memory.play(step.clone()).now_or_never().unwrap();
        dynoxide.play(step.clone()).now_or_never().unwrap();
        let counted = std::mem::take(&mut *meter.0.lock().unwrap());
        let bill = std::mem::take(&mut *bill.lock().unwrap());
        // DynamoDB does not say what a refused call cost.
        let Some(bill) = bill.into_iter().collect::<Option<Vec<u64>>>() else {
            continue;
        };
        // What the client itself refuses is no call.
        if !bill.is_empty() {
            assert_eq!(counted, bill, "step {number}: {step:?}");
            compared += 1;
        }
    }

    assert!(compared > STEPS / 3, "only {compared} calls could be compared");
}
