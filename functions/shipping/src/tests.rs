//! A packed parcel, a scripted carrier, and ways to ask shipping about them.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use domain::{
    Failure, Grams, Secret, Settings, Timestamp,
    address::Country,
    id::{CustomerId, OrderId, RootId, ScanId, ShipmentId, StaffId},
    lifecycle::{Event, ExceptionKind, State, Task},
    measure::{Dimensions, Millimetres},
    order::{Actor, Condition, Draft, Order, Packing, Part, Received, Shipment},
    session::{Role, Session, Who},
};
use futures::executor::block_on;
use providers::{Http, Loss, Request, Response, WarehouseAddress, carriers::Carriers};
use runtime::{Clock, Seal};
use serde_json::{Value, json};
use store::{Db, Files, Key, Memory, MessageRecord, Orders, Queues, Quotes};

use crate::{Deps, handle};

#[path = "../tests/unit/edge.rs"]
mod edge;
#[path = "../tests/unit/label.rs"]
mod label;

/// 32 bytes in base64.
const SEALING_KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
const ULID: &str = "01JDB7M3N8Q4R5S6T7V8W9X0YZ";
const OTHER: &str = "01JDB7M3N8Q4R5S6T7V8W9X0YA";
const AWB: &str = "1103733912";
const BOOK: &str = "POST /shipments";
const PRICES: &str = "POST /rates";

/// How the carrier behaves.
#[derive(Clone, Copy, PartialEq)]
enum Manner {
    Books,
    Refuses,
    /// It books, but its answer is lost.
    Silent,
    /// It neither answers nor books.
    HasNone,
    /// It does not even say its prices.
    Down,
}

type Calls = Arc<Mutex<Vec<String>>>;
type Kept = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

struct Stage {
    deps: Arc<Deps>,
    db: Db,
    calls: Calls,
    kept: Kept,
}

impl Stage {
    async fn with(manner: Manner) -> Self {
        Self::meanwhile(manner, "", |_, _| ()).await
    }

    /// A packed parcel and a carrier that behaves so; `meanwhile` happens during the call `when`.
    async fn meanwhile(
        manner: Manner,
        when: &'static str,
        meanwhile: impl Fn(&Db, &Orders) + Send + Sync + 'static,
    ) -> Self {
        let db = Db::Memory(Memory::default());
        let orders = Orders::new(db.clone());
        let clock = Clock::fixed("2026-11-23T09:00:00Z".parse().unwrap());
        packed(&orders, &Quotes::new(db.clone()), clock.now()).await;
        let (calls, kept) = (Calls::default(), Kept::default());
        let (heard, table, shop) = (calls.clone(), db.clone(), orders.clone());
        let script = move |request: &Request| {
            let call = format!("{} {}", request.method, request.url.path());
            heard.lock().unwrap().push(call.clone());
            if call == when {
                meanwhile(&table, &shop);
            }
            answer(manner, &call)
        };
        let deps = Deps {
            orders,
            queues: Queues::Memory(Arc::default()),
            files: Files::Memory(kept.clone()),
            carriers: Carriers::read(&mut settings()),
            warehouse: WarehouseAddress::read(&mut settings()),
            seal: Seal::new(&Secret::new(SEALING_KEY)).unwrap(),
            http: Http::scripted(script),
            ids: runtime::Ids::seeded(7),
            edge: sessions(clock.now()),
            clock,
        };
        Self {
            deps: Arc::new(deps),
            db,
            calls,
            kept,
        }
    }

    async fn tries(&self, task: Task) -> Result<(), Failure> {
        let message = MessageRecord {
            format: 1,
            task,
            order: Some(order_id()),
            about: shp().to_string(),
            payment: None,
        };
        handle(&self.deps, message).await
    }

    async fn asked(&self, task: Task) {
        self.tries(task).await.unwrap();
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

    async fn wait(&self, minutes: u64) {
        self.deps.clock.advance(Duration::from_secs(minutes * 60));
        testkit::orders::act(&self.deps.orders, &order_id(), self.deps.clock.now(), Draft::fall_due)
            .await
            .unwrap();
    }

    fn bookings(&self) -> usize {
        self.calls.lock().unwrap().iter().filter(|call| *call == BOOK).count()
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

/// Everything bought, received and put into one parcel.
async fn packed(orders: &Orders, quotes: &Quotes, now: Timestamp) {
    let order = testkit::orders::bought(orders, quotes, ULID, "LP00123456789012", now)
        .await
        .unwrap();
    for (number, line) in order.lines.iter().enumerate() {
        let received = Received {
            scan: scan(number),
            code: "LP00123456789012".into(),
            line: line.id.clone(),
            count: line.quantity,
            weight: None,
            condition: Condition::Good,
            note: String::new(),
        };
        testkit::orders::act(orders, &order.id, now, |draft| draft.receive(&received).map(drop))
            .await
            .unwrap();
    }
    let packing = Packing {
        scan: scan(9),
        units: order.units.iter().map(|unit| unit.id.clone()).collect(),
        parcel: domain::order::Parcel {
            weight: Grams(1_300),
            size: Dimensions::new(Millimetres(300), Millimetres(200), Millimetres(100)),
        },
        carrier: "dhl".parse().unwrap(),
    };
    testkit::orders::act(orders, &order.id, now, |draft| draft.pack(&packing).map(drop))
        .await
        .unwrap();
}

/// Tokens: `warehouse`, `support`, `owner` of the order; any other is another customer.
fn sessions(now: Timestamp) -> web::Edge {
    let edge = web::EdgeSettings {
        shop_origin: "https://shop.example".into(),
        image_sources: String::new(),
    };
    web::Edge::new(&edge).with_sessions(move |hash: String| {
        let is = |token| hash == web::token_hash(token);
        let staff = |role| Who::Staff(StaffId::from_ulid(ULID).unwrap(), vec![role]);
        let who = if is("warehouse") {
            staff(Role::Warehouse)
        } else if is("support") {
            staff(Role::Support)
        } else if is("device") {
            Who::Device(domain::id::DeviceId::from_ulid(ULID).unwrap())
        } else {
            Who::Customer(CustomerId::from_ulid(if is("owner") { ULID } else { OTHER }).unwrap())
        };
        let session = Session {
            who,
            epoch: 0,
            ends_at: now.plus(Duration::from_secs(3600)),
        };
        async move { Ok(Some(session)) }
    })
}

fn settings() -> Settings {
    let names = [
        ("DHL_BASE_URL", "https://carrier.example"),
        ("DHL_API_KEY", "k"),
        ("DHL_API_SECRET", "s"),
        ("DHL_ACCOUNT_NUMBER", "123456789"),
        ("WAREHOUSE_CONTACT", "Dock 4"),
        ("WAREHOUSE_COMPANY", "Bandari"),
        ("WAREHOUSE_PHONE", "+1 3025550100"),
        ("WAREHOUSE_ADDRESS_LINE", "100 Harbour Road"),
        ("WAREHOUSE_CITY", "New Castle"),
        ("WAREHOUSE_PROVINCE", "Delaware"),
        ("WAREHOUSE_POSTCODE", "19720"),
        ("WAREHOUSE_COUNTRY", Country::US.code()),
    ];
    Settings::new(names.map(|(name, value)| (name.to_owned(), value.to_owned())))
}

fn answer(manner: Manner, call: &str) -> Result<Response, Loss> {
    let (status, body) = match call {
        PRICES if manner == Manner::Down => return Err(Loss::NoAnswer("cut".into())),
        PRICES => (200, rates()),
        BOOK => match manner {
            Manner::Silent | Manner::HasNone => return Err(Loss::NoAnswer("cut".into())),
            Manner::Refuses => (
                400,
                json!({ "detail": "Bad", "additionalDetails": ["7008: 'DD' is not available on this way."] }),
            ),
            Manner::Books | Manner::Down => (201, booking()),
        },
        "GET /tracking" if manner == Manner::HasNone => (404, json!({ "detail": "No data found", "status": "404" })),
        "GET /tracking" => {
            let references = [json!({ "value": shp().as_str(), "typeCode": "CU" })];
            (
                200,
                json!({ "shipments": [{ "shipmentTrackingNumber": AWB, "shipperReferences": references }] }),
            )
        }
        _ => (500, json!({ "detail": call })),
    };
    Ok(Response::new(status, body.to_string()))
}

fn rates() -> Value {
    let price = |price: &str| {
        let price: serde_json::Number = price.parse().unwrap();
        json!([{ "currencyType": "BILLC", "priceCurrency": "USD", "price": price }])
    };
    let duties = json!([{ "currencyType": "BILLC", "breakdown": [{ "name": "DUTY TAX PAID", "serviceCode": "DD" }] }]);
    json!({ "products": [
        { "productCode": "Y", "productName": "EXPRESS 12:00", "totalPrice": price("48.10") },
        { "productCode": "P", "productName": "EXPRESS WORLDWIDE", "totalPrice": price("61.20"), "detailedPriceBreakdown": duties },
    ] })
}

/// "label", "waybill" and "invoice" in Base64.
fn booking() -> Value {
    json!({ "shipmentTrackingNumber": AWB, "documents": [
        { "imageFormat": "PDF", "content": "bGFiZWw=", "typeCode": "label" },
        { "imageFormat": "PDF", "content": "d2F5YmlsbA==", "typeCode": "waybillDoc" },
        { "imageFormat": "PDF", "content": "aW52b2ljZQ==", "typeCode": "invoice" },
    ] })
}
