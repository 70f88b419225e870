//! Ticks over orders that were left lying: what was lost is sent again, what hangs is moved, what is broken stops nobody.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use domain::{
    Failure,
    id::{OrderId, PaymentId, RootId, SupplierOrderId},
    lifecycle::{State, Task},
    order::{Draft, Order},
};
use runtime::{Clock, Tick};
use store::{Condition, Db, Inbox, Key, Memory, MessageRecord, Notices, Orders, Queues, Quotes};

use crate::{
    Deps, handle,
    wake_orders::{self, Woken},
};

const ULID: &str = "01JDB7M3N8Q4R5S6T7V8W9X0YZ";
const OTHER: &str = "01JDB7M3N8Q4R5S6T7V8W9X0YA";
const MINUTE: u64 = 60;
const DAY: u64 = 24 * 60 * MINUTE;

/// Long enough for every order of a test.
const TIME: Duration = Duration::from_secs(20);

struct Stage {
    deps: Deps,
    db: Db,
    quotes: Quotes,
    sent: Arc<Mutex<Vec<MessageRecord>>>,
}

impl Stage {
    fn new() -> Self {
        let db = Db::Memory(Memory::default());
        let sent = Arc::default();
        let deps = Deps {
            orders: Orders::new(db.clone()),
            inbox: Inbox::new(db.clone()),
            notices: Notices::new(db.clone()),
            queues: Queues::Memory(Arc::clone(&sent)),
            clock: Clock::fixed("2026-11-23T09:00:00Z".parse().unwrap()),
        };
        Self {
            deps,
            quotes: Quotes::new(db.clone()),
            db,
            sent,
        }
    }

    /// A placed order that nobody has paid.
    async fn placed(self) -> Self {
        testkit::orders::placed(&self.deps.orders, &self.quotes, ULID, self.deps.clock.now())
            .await
            .unwrap();
        self
    }

    /// A paid order whose purchase is planned; the message that asks for it was never sent.
    async fn paid(self, ulid: &str) -> Self {
        testkit::orders::paid(&self.deps.orders, &self.quotes, ulid, self.deps.clock.now())
            .await
            .unwrap();
        self
    }

    async fn act(&self, verb: impl FnOnce(&mut Draft) -> Result<(), Failure>) {
        testkit::orders::act(&self.deps.orders, &order_id(), self.deps.clock.now(), verb)
            .await
            .unwrap();
    }

    /// So much later a tick comes; what it sent.
    async fn tick(&self, seconds: u64) -> Vec<(Task, String)> {
        self.deps.clock.advance(Duration::from_secs(seconds));
        handle(
            &self.deps,
            Tick {
                planned_at: self.deps.clock.now(),
                time_to_start: TIME,
            },
        )
        .await
        .unwrap();
        self.sent
            .lock()
            .unwrap()
            .drain(..)
            .map(|message| (message.task, message.about))
            .collect()
    }

    async fn order(&self) -> Order {
        self.deps.orders.load(&order_id()).await.unwrap()
    }

    async fn purchase(&self) -> State {
        self.order().await.supplier_order(&sup()).unwrap().life.state()
    }
}

fn order_id() -> OrderId {
    OrderId::from_ulid(ULID).unwrap()
}

fn sup() -> SupplierOrderId {
    SupplierOrderId::of(&order_id(), 1)
}

#[tokio::test]
async fn a_planned_purchase_whose_message_was_lost_is_sent_again_and_again() {
    let stage = Stage::new().paid(ULID).await;
    let message = [(Task::PlaceAtStore, sup().to_string())];

    assert_eq!(stage.tick(4 * MINUTE).await, []);
    assert_eq!(stage.tick(MINUTE).await, message);
    assert_eq!(stage.tick(MINUTE).await, [], "it has time now");
    assert_eq!(stage.tick(4 * MINUTE).await, message);

    assert_eq!(stage.purchase().await, State::Planned);
}

#[tokio::test]
async fn a_lease_that_has_run_out_becomes_an_open_question_that_is_looked_up() {
    let stage = Stage::new().paid(ULID).await;
    let cap = stage.order().await.supplier_order(&sup()).unwrap().cap;
    stage.act(|draft| draft.lease_supplier_order(&sup(), cap)).await;

    assert_eq!(stage.tick(MINUTE).await, []);
    assert_eq!(
        stage.purchase().await,
        State::Sending,
        "its worker may still be calling"
    );

    assert_eq!(stage.tick(MINUTE).await, []);
    assert_eq!(stage.purchase().await, State::Unknown);
    assert_eq!(stage.tick(MINUTE).await, [(Task::LookUpAtStore, sup().to_string())]);
}

#[tokio::test]
async fn an_order_that_cannot_be_read_does_not_stop_the_others() {
    // Both ways round, so that the broken one comes first in one of them.
    for (broken, good) in [(ULID, OTHER), (OTHER, ULID)] {
        let stage = Stage::new().paid(broken).await.paid(good).await;
        let key = Key::new(format!("O#ord_{broken}"), "A");
        let mut header = stage.db.get(&key).await.unwrap().unwrap();
        header.remove("total").unwrap();
        stage.db.put(header, Condition::Always).await.unwrap();
        stage.deps.clock.advance(Duration::from_secs(5 * MINUTE));

        let woken = wake_orders::run(&stage.deps, TIME).await.unwrap();

        assert_eq!(
            woken,
            Woken {
                orders: 1,
                failed: 1,
                left: 0
            }
        );
        let about: Vec<_> = stage
            .sent
            .lock()
            .unwrap()
            .iter()
            .map(|message| message.about.clone())
            .collect();
        assert_eq!(about, [format!("sup_{good}-1")]);
    }
}

#[tokio::test]
async fn a_tick_without_time_begins_nothing_and_the_next_one_does() {
    let stage = Stage::new().paid(ULID).await;
    stage.deps.clock.advance(Duration::from_secs(5 * MINUTE));

    let woken = wake_orders::run(&stage.deps, Duration::ZERO).await.unwrap();

    assert_eq!(
        woken,
        Woken {
            orders: 0,
            failed: 0,
            left: 1
        }
    );
    assert!(stage.sent.lock().unwrap().is_empty());
    assert_eq!(stage.tick(0).await.len(), 1);
}

#[tokio::test]
async fn a_webhook_that_waits_too_long_is_sent_again_until_it_is_applied() {
    let stage = Stage::new();
    let now = stage.deps.clock.now();
    let due = now.plus(Duration::from_secs(2 * MINUTE));
    stage.deps.inbox.store("stripe", "evt_1", "{}", now, due).await.unwrap();
    let message = [(Task::ApplyWebhook, "W#stripe#evt_1".to_owned())];

    assert_eq!(stage.tick(MINUTE).await, []);
    assert_eq!(stage.tick(MINUTE).await, message);
    assert_eq!(stage.tick(MINUTE).await, message);

    stage.deps.inbox.mark_applied("W#stripe#evt_1", "done").await.unwrap();
    assert_eq!(stage.tick(MINUTE).await, []);
}

#[tokio::test]
async fn an_order_that_nobody_pays_ends_after_a_day() {
    let stage = Stage::new().placed().await;

    stage.tick(DAY - 1).await;
    assert_eq!(stage.order().await.life.state(), State::AwaitingPayment);

    stage.tick(1).await;
    assert_eq!(stage.order().await.life.state(), State::Expired);
}

#[tokio::test]
async fn an_order_whose_payment_is_open_waits_for_its_answer() {
    let stage = Stage::new().placed().await;
    let closes = stage.deps.clock.now().plus(Duration::from_secs(2 * DAY));
    stage
        .act(|draft| draft.start_payment("stripe".parse().unwrap(), closes).map(drop))
        .await;

    let sent = stage.tick(DAY).await;

    assert_eq!(sent, [(Task::AskProvider, PaymentId::of(&order_id(), 1).to_string())]);
    assert_eq!(stage.order().await.life.state(), State::AwaitingPayment);
}

#[tokio::test]
async fn the_books_of_the_providers_are_compared_four_times_a_day() {
    let stage = Stage::new();
    let mut compared = Vec::new();

    // From 09:00 on, a day of ticks.
    for minute in 1..=24 * 60 {
        let sent = stage.tick(MINUTE).await;
        if sent.iter().any(|(task, _)| *task == Task::CompareBooks) {
            compared.push(minute);
        }
    }

    assert_eq!(compared, [197, 557, 917, 1277]);
}
