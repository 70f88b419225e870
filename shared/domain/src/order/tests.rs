//! Whole lives of orders, told through the verbs: the order under way that both files of tests share.

mod drift;
mod fulfilment;
mod money;
mod parts;
mod store_news;

use super::*;
use crate::{
    Currency, Grams, Millimetres, Money, Timestamp,
    address::{Address, AddressInput, Country},
    failure::Failure,
    id::{
        CustomerId, LineId, OrderId, PayLinkId, PaymentId, QuoteId, RefundId, RootId, ScanId, ShipmentId,
        SupplierOrderId, UnitId,
    },
    landed_cost::{
        Classification, Component, ComponentKind, Danger, FreightChoice, FreightSource, RowId, StoreCap, WeightSource,
    },
    ledger::Account,
    lifecycle::{Event, State, Task},
    measure::Dimensions,
    product::VariantRef,
    progress::{self, Progress, Station},
    quote::{Quote, QuoteLine, Terms},
    refusal::Refusal,
    tracking::{TrackingEvent, TrackingStatus},
};
use std::time::Duration;

const ULID: &str = "01JDB7M3N8Q4R5S6T7V8W9X0YZ";

fn minute(n: u64) -> Timestamp {
    Timestamp::from_seconds(1_800_000_000).plus(Duration::from_secs(n * 60))
}

fn usd(amount: i64) -> Money {
    Money::new(amount, Currency::USD)
}

fn kes(amount: i64) -> Money {
    Money::new(amount, Currency::KES)
}

fn quote_line(variant: &str, quantity: u32) -> QuoteLine {
    QuoteLine {
        variant: VariantRef {
            store: "aliexpress".parse().unwrap(),
            product: "1005".into(),
            variant: variant.into(),
        },
        quantity,
        title: format!("Mug {variant}"),
        variant_label: variant.into(),
        image: None,
        seller: None,
        unit_price: usd(1000),
        store_service: "STANDARD".into(),
        store_delivery: usd(200),
        goods: kes(130_000 * i64::from(quantity)),
        classification: Classification::unknown(),
        origin: None,
        customs_value: kes(130_000),
        unit_weight: Grams(400),
        danger: Danger::None,
    }
}

fn component(kind: ComponentKind, amount: i64) -> Component {
    Component {
        kind,
        amount: kes(amount),
        rules: Vec::new(),
        source: String::new(),
    }
}

fn quote() -> Quote {
    let row: RowId = "store-tolerance-1".parse().unwrap();
    Quote::make(Terms {
        id: QuoteId::from_ulid(ULID).unwrap(),
        customer: CustomerId::from_ulid(ULID).unwrap(),
        destination: Country::KE,
        lines: vec![quote_line("red", 2), quote_line("blue", 1)],
        components: vec![
            component(ComponentKind::Goods, 390_000),
            component(ComponentKind::StoreDelivery, 52_000),
            component(ComponentKind::Freight, 300_000),
            component(ComponentKind::Duty, 100_001),
            component(ComponentKind::ServiceFee, 40_000),
            component(ComponentKind::Rounding, 99),
        ],
        total: kes(882_100),
        low: kes(800_000),
        high: kes(900_000),
        exchanges: Vec::new(),
        caps: vec![StoreCap {
            store: "aliexpress".parse().unwrap(),
            lines: vec![1, 2],
            expected: usd(3400),
            max_total: usd(3570),
            rule: row,
        }],
        freight: FreightChoice {
            carrier: "dhl".parse().unwrap(),
            service: "P".into(),
            speed: crate::landed_cost::Speed::Economy,
            price: usd(2300),
            source: FreightSource::Live,
            days: None,
        },
        other_ways: Vec::new(),
        chargeable_weight: Grams(1500),
        weight_source: WeightSource::Catalogue,
        remarks: Vec::new(),
        rules: Vec::new(),
        rules_version: crate::landed_cost::RulesVersion::default(),
        cart_fingerprint: "f".into(),
        made_at: minute(0),
        expires_at: minute(120),
    })
    .unwrap()
}

fn address(country: &str) -> Address {
    Address::try_from(AddressInput {
        name: "Asha Mwangi".into(),
        phone: "+254712345678".into(),
        line1: "Ngong Road 44".into(),
        city: "Nairobi".into(),
        country: country.into(),
        ..AddressInput::default()
    })
    .unwrap()
}

fn placing() -> Placing {
    Placing {
        id: OrderId::from_ulid(ULID).unwrap(),
        customer: CustomerId::from_ulid(ULID).unwrap(),
        destination: address("KE"),
        choices: Choices::default(),
    }
}

/// An order under way: each `act` is one commit, checked for what must always hold.
struct Life {
    order: Order,
    sent: Vec<Task>,
    timeline: Vec<TimelineEntry>,
    now: u64,
}

impl Life {
    fn placed() -> Self {
        let mut life = Self {
            order: Draft::place(&quote(), placing(), minute(1)).unwrap().finish().order,
            sent: vec![],
            timeline: vec![],
            now: 1,
        };
        life.timeline = Draft::place(&quote(), placing(), minute(1)).unwrap().finish().timeline;
        life
    }

    fn paid() -> Self {
        let mut life = Self::placed();
        life.act(|draft| draft.start_payment("stripe".parse().unwrap(), minute(60)).map(|_| ()));
        life.act(|draft| draft.settle(&pay(1), &Reported::Paid(kes(882_100))).map(|_| ()));
        life
    }

    fn bought() -> Self {
        let mut life = Self::paid();
        life.act(|draft| draft.lease_supplier_order(&sup(1), usd(3400)));
        life.act(|draft| draft.bought(&sup(1), Bought::Placed(vec!["819".into()])));
        life
    }

    fn shipped() -> Self {
        let mut life = Self::bought();
        life.act(|draft| {
            draft
                .receive(&received(1, "line_01JDB7M3N8Q4R5S6T7V8W9X0YZ-1", 2))
                .map(|_| ())
        });
        life.act(|draft| {
            draft
                .receive(&received(2, "line_01JDB7M3N8Q4R5S6T7V8W9X0YZ-2", 1))
                .map(|_| ())
        });
        life.act(|draft| draft.pack(&packing(&[1, 2, 3])).map(|_| ()));
        life.act(|draft| draft.lease_shipment(&shp(1), true));
        life.act(|draft| {
            draft.booked(
                &shp(1),
                Booked {
                    tracking_number: "1103733912".into(),
                    price: Some(usd(2250)),
                    documents: vec![],
                },
            )
        });
        life.act(|draft| draft.hand_over(&shp(1)));
        life
    }

    fn act(&mut self, verb: impl FnOnce(&mut Draft) -> Result<(), Failure>) {
        self.try_act(verb).unwrap();
    }

    fn try_act(&mut self, verb: impl FnOnce(&mut Draft) -> Result<(), Failure>) -> Result<(), Failure> {
        self.now += 1;
        let mut draft = Draft::of(self.order.clone(), Actor::System, minute(self.now));
        verb(&mut draft)?;
        let change = draft.finish();
        assert_eq!(change.order.version, self.order.version + 1);
        assert!(change.order.balances.is_balanced());
        self.order = change.order;
        self.sent.extend(change.messages.iter().map(|message| message.task));
        self.timeline.extend(change.timeline);
        assert_eq!(TimelineEntry::first_broken(&self.timeline), None);
        Ok(())
    }

    fn wait(&mut self, minutes: u64) {
        self.now += minutes;
        self.act(Draft::fall_due);
    }

    fn of(&self, account: Account, currency: Currency) -> i64 {
        self.order.balances.of(account, currency).amount()
    }
}

fn pay(n: u32) -> PaymentId {
    PaymentId::of(&placing().id, n)
}

fn sup(n: u32) -> SupplierOrderId {
    SupplierOrderId::of(&placing().id, n)
}

fn shp(n: u32) -> ShipmentId {
    ShipmentId::of(&placing().id, n)
}

fn refund(n: u32) -> RefundId {
    RefundId::of(&placing().id, n)
}

fn scan(n: u32) -> ScanId {
    ScanId::from_ulid(&format!("01JDB7M3N8Q4R5S6T7V8W9X0Y{n}")).unwrap()
}

fn received(n: u32, line: &str, count: u32) -> Received {
    Received {
        scan: scan(n),
        code: "LP001".into(),
        line: line.parse().unwrap(),
        count,
        weight: Some(Grams(900)),
        condition: Condition::Good,
        note: String::new(),
    }
}

fn packing(units: &[u32]) -> Packing {
    let side = Millimetres(200);
    Packing {
        scan: scan(9),
        units: units.iter().map(|n| UnitId::of(&placing().id, *n)).collect(),
        parcel: Parcel {
            weight: Grams(1300),
            size: Dimensions::new(side, side, side),
        },
        carrier: "dhl".parse().unwrap(),
    }
}

fn report(at: u64, status: TrackingStatus) -> TrackingEvent {
    TrackingEvent {
        status,
        code: "X".into(),
        text: "told".into(),
        at: minute(at),
        place: "NBO".into(),
        signed_by: None,
    }
}
