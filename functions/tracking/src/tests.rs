//! Reports of a scripted carrier about one parcel, and what becomes of the parcel, its order and the money.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use domain::{
    Currency, Failure, Grams, Money, Settings, Timestamp,
    id::{OrderId, RootId, ScanId, ShipmentId},
    lifecycle::{ExceptionKind, State, Task},
    measure::{Dimensions, Millimetres},
    order::{Booked, Condition, Draft, Order, Packing, Parcel, Received, Shipment},
};
use providers::{Http, Loss, Response, carriers::Carriers};
use runtime::Clock;
use serde_json::{Value, json};
use store::{Db, Memory, MessageRecord, Orders, Queues, Quotes};

use crate::{Deps, handle};

const ULID: &str = "01JDB7M3N8Q4R5S6T7V8W9X0YZ";
const AWB: &str = "1103733912";
const INBOUND: &str = "LP00123456789012";

/// What the carrier answers; nothing is an outage.
type Word = Arc<Mutex<Option<(u16, Value)>>>;

struct Stage {
    deps: Deps,
    word: Word,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Stage {
    /// A parcel in the carrier's hands.
    async fn new() -> Self {
        let db = Db::Memory(Memory::default());
        let orders = Orders::new(db.clone());
        let clock = Clock::fixed("2026-11-23T09:00:00Z".parse().unwrap());
        handed_over(&orders, &Quotes::new(db), clock.now()).await;
        let (word, asked) = (Word::default(), Arc::<Mutex<Vec<String>>>::default());
        let (says, heard) = (word.clone(), asked.clone());
        let http = Http::scripted(move |request| {
            heard.lock().unwrap().push(request.url.path().to_owned());
            match &*says.lock().unwrap() {
                Some((status, body)) => Ok(Response::new(*status, body.to_string())),
                None => Err(Loss::NoAnswer("cut".into())),
            }
        });
        let carriers = Carriers::read(&mut settings());
        Self {
            deps: Deps {
                orders,
                queues: Queues::Memory(Arc::default()),
                carriers,
                http,
                clock,
            },
            word,
            asked,
        }
    }

    async fn told(&self, status: u16, body: Value) -> Result<(), Failure> {
        self.word.lock().unwrap().replace((status, body));
        self.tries().await
    }

    async fn hears(&self, events: &[Value]) {
        self.told(
            200,
            json!({ "shipments": [{ "shipmentTrackingNumber": AWB, "events": events }] }),
        )
        .await
        .unwrap();
    }

    async fn tries(&self) -> Result<(), Failure> {
        let message = MessageRecord {
            format: 1,
            task: Task::AskCarrier,
            order: Some(order_id()),
            about: shp().to_string(),
            payment: None,
        };
        handle(&self.deps, message).await
    }

    async fn order(&self) -> Order {
        self.deps.orders.load(&order_id()).await.unwrap()
    }

    async fn shipment(&self) -> Shipment {
        self.order().await.shipment(&shp()).unwrap().clone()
    }

    async fn state(&self) -> State {
        self.shipment().await.life.state()
    }

    async fn matters(&self) -> Vec<ExceptionKind> {
        self.order()
            .await
            .open_exceptions()
            .map(|exception| exception.kind)
            .collect()
    }
}

fn order_id() -> OrderId {
    OrderId::from_ulid(ULID).unwrap()
}

fn shp() -> ShipmentId {
    ShipmentId::of(&order_id(), 1)
}

fn scan(number: usize) -> ScanId {
    ScanId::from_ulid(&format!("01JDB7M3N8Q4R5S6T7V8W9X0Y{number}")).unwrap()
}

/// Everything bought, received, packed into one parcel, booked and given to the carrier.
async fn handed_over(orders: &Orders, quotes: &Quotes, now: Timestamp) {
    let order = testkit::orders::bought(orders, quotes, ULID, INBOUND, now)
        .await
        .unwrap();
    let packing = Packing {
        scan: scan(9),
        units: order.units.iter().map(|unit| unit.id.clone()).collect(),
        parcel: Parcel {
            weight: Grams(1_300),
            size: Dimensions::new(Millimetres(300), Millimetres(200), Millimetres(100)),
        },
        carrier: "dhl".parse().unwrap(),
    };
    let price = Some(Money::new(6_120, Currency::USD));
    let booked = Booked {
        tracking_number: AWB.into(),
        price,
        documents: Vec::new(),
    };
    let walk = |draft: &mut Draft| {
        for (number, line) in order.lines.iter().enumerate() {
            draft.receive(&Received {
                scan: scan(number),
                code: INBOUND.into(),
                line: line.id.clone(),
                count: line.quantity,
                weight: None,
                condition: Condition::Good,
                note: String::new(),
            })?;
        }
        draft.pack(&packing)?;
        draft.lease_shipment(&shp(), true)?;
        draft.booked(&shp(), booked.clone())?;
        draft.hand_over(&shp())
    };
    testkit::orders::act(orders, &order.id, now, walk).await.unwrap();
}

fn settings() -> Settings {
    let names = [
        ("DHL_BASE_URL", "https://carrier.example"),
        ("DHL_API_KEY", "k"),
        ("DHL_API_SECRET", "s"),
        ("DHL_ACCOUNT_NUMBER", "123456789"),
    ];
    Settings::new(names.map(|(name, value)| (name.to_owned(), value.to_owned())))
}

/// An event by DHL's code: PU picked up, OH held, PL moving, RT on its way back, OK delivered.
fn event(day: u8, code: &str) -> Value {
    json!({ "date": format!("2026-11-{day}"), "time": "09:00:00", "GMTOffset": "+03:00", "typeCode": code,
            "description": code, "serviceArea": [{ "code": "NBO", "description": "NAIROBI-KE" }] })
}

#[tokio::test]
async fn a_delivered_parcel_closes_the_order_and_its_ledger_is_level() {
    let stage = Stage::new().await;

    stage.hears(&[event(24, "PU"), event(27, "OK")]).await;

    let order = stage.order().await;
    assert_eq!(*stage.asked.lock().unwrap(), [format!("/shipments/{AWB}/tracking")]);
    assert_eq!(order.life.state(), State::Closed);
    assert!(order.units.iter().all(|unit| unit.life.state() == State::Delivered));
    assert!(order.balances.is_level());
    assert_eq!(order.due_at(), None, "nothing is waited for any more");
}

#[tokio::test]
async fn reports_heard_twice_change_nothing() {
    let stage = Stage::new().await;
    stage.hears(&[event(24, "PU")]).await;
    let first = stage.shipment().await;

    stage.hears(&[event(24, "PU")]).await;
    assert_eq!(
        (stage.shipment().await.events, stage.state().await),
        (first.events, State::InTransit)
    );

    stage.hears(&[event(24, "PU"), event(27, "OK")]).await;
    let closed = stage.order().await;
    stage.hears(&[event(24, "PU"), event(27, "OK")]).await;
    assert_eq!(stage.order().await, closed);
    assert_eq!(
        stage.asked.lock().unwrap().len(),
        3,
        "a delivered parcel is not asked about"
    );
}

#[tokio::test]
async fn a_parcel_the_carrier_knows_nothing_of_yet_is_asked_about_later() {
    let stage = Stage::new().await;
    let before = stage.shipment().await.life.due_at().unwrap();
    stage.deps.clock.advance(Duration::from_secs(3600));

    stage
        .told(404, json!({ "detail": "No data found", "status": "404" }))
        .await
        .unwrap();

    let shipment = stage.shipment().await;
    assert_eq!((shipment.life.state(), shipment.events.len()), (State::InTransit, 0));
    assert_eq!(shipment.life.due_at().unwrap(), before.plus(Duration::from_secs(3600)));
}

#[tokio::test]
async fn a_carrier_that_does_not_answer_changes_nothing() {
    let stage = Stage::new().await;
    let before = stage.order().await;

    let cut = stage.tries().await.unwrap_err();
    let broken = stage.told(503, json!({ "detail": "later" })).await.unwrap_err();

    for failure in [cut, broken] {
        assert!(matches!(failure, Failure::Unavailable { .. }), "{failure:?}");
    }
    assert_eq!(stage.order().await, before);
}

#[tokio::test]
async fn a_problem_is_a_persons_matter_until_the_parcel_moves_on() {
    let stage = Stage::new().await;

    stage.hears(&[event(24, "PU"), event(25, "OH")]).await;
    assert_eq!(stage.state().await, State::CarrierException);
    assert_eq!(stage.matters().await, [ExceptionKind::CarrierTrouble]);

    stage.hears(&[event(24, "PU"), event(25, "OH"), event(26, "PL")]).await;
    assert_eq!(stage.state().await, State::InTransit);
}

#[tokio::test]
async fn a_parcel_sent_back_is_a_persons_matter_and_the_order_stays_open() {
    let stage = Stage::new().await;

    stage.hears(&[event(24, "PU"), event(27, "RT")]).await;

    let order = stage.order().await;
    assert_eq!(
        (stage.state().await, order.life.state()),
        (State::Returned, State::Paid)
    );
    assert!(order.units.iter().all(|unit| unit.life.state() == State::Returned));
    assert_eq!(stage.matters().await, [ExceptionKind::SentBack]);
    assert!(order.balances.is_balanced());
}

#[tokio::test]
async fn a_delivery_of_the_number_s_last_owner_is_kept_and_delivers_nothing_of_ours() {
    let stage = Stage::new().await;
    let last_year = json!({ "date": "2025-11-28", "time": "09:00:00", "GMTOffset": "+03:00", "typeCode": "OK",
        "description": "Delivered", "signedBy": "SOMEBODY ELSE" });

    stage.hears(&[last_year]).await;

    let shipment = stage.shipment().await;
    assert_eq!((shipment.life.state(), shipment.events.len()), (State::InTransit, 1));
    assert_eq!(stage.matters().await, []);
    assert_eq!(stage.order().await.life.state(), State::Paid);
}

#[tokio::test]
async fn odd_events_beside_a_delivery_are_kept_as_they_came_and_it_counts() {
    let stage = Stage::new().await;
    let odd = [
        json!({ "date": "2026-11-25", "time": "", "typeCode": "PL", "description": "no time" }),
        json!({ "date": "2026-11-25", "time": "10:00:00", "description": "no code" }),
        json!({ "date": "2026-11-25", "time": "11:00:00", "typeCode": "PL", "description": null }),
        json!(null),
    ];

    stage.hears(&[odd.as_slice(), &[event(27, "OK")]].concat()).await;

    let shipment = stage.shipment().await;
    assert_eq!(shipment.life.state(), State::Delivered);
    assert_eq!((shipment.events.len(), shipment.unread.len()), (2, 3));
    assert!(shipment.unread.iter().any(|kept| kept.raw.contains("no time")));
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_asked_for_again_and_reaches_a_person_after_a_day() {
    let stage = Stage::new().await;
    let good = json!({ "shipments": [{ "shipmentTrackingNumber": AWB, "events": [event(24, "PU")] }] });
    stage.told(200, good.clone()).await.unwrap();

    for hours in 0..27 {
        stage.deps.clock.advance(Duration::from_secs(3600));
        let now = stage.deps.clock.now();
        testkit::orders::act(&stage.deps.orders, &order_id(), now, Draft::fall_due)
            .await
            .unwrap();
        let odd = if hours % 2 == 0 {
            json!({ "shipment": [] })
        } else {
            json!({ "shipments": [7] })
        };
        stage.told(200, odd).await.unwrap();
        assert_eq!(stage.shipment().await.events.len(), 1, "what is known stays");
    }
    assert_eq!(stage.matters().await, [ExceptionKind::ReportUnreadable]);

    stage.told(200, good).await.unwrap();
    assert_eq!(stage.matters().await, []);
}
