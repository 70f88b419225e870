//! Whole lives of orders, told through the verbs.

use super::*;
use crate::{
    Currency, Grams, Millimetres, Money, Timestamp,
    address::{Address, AddressInput, Country},
    failure::Failure,
    id::{CustomerId, OrderId, PaymentId, QuoteId, RefundId, RootId, ScanId, ShipmentId, SupplierOrderId, UnitId},
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
        variant: VariantRef { store: "aliexpress".parse().unwrap(), product: "1005".into(), variant: variant.into() },
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
    Component { kind, amount: kes(amount), rules: Vec::new(), source: String::new() }
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
            price: usd(2300),
            source: FreightSource::Live,
            days: None,
        },
        chargeable_weight: Grams(1500),
        weight_source: WeightSource::Catalogue,
        remarks: Vec::new(),
        rules: Vec::new(),
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
        let mut life = Self { order: Draft::place(&quote(), placing(), minute(1)).unwrap().finish().order, sent: vec![], timeline: vec![], now: 1 };
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
        life.act(|draft| draft.receive(&received(1, "line_01JDB7M3N8Q4R5S6T7V8W9X0YZ-1", 2)).map(|_| ()));
        life.act(|draft| draft.receive(&received(2, "line_01JDB7M3N8Q4R5S6T7V8W9X0YZ-2", 1)).map(|_| ()));
        life.act(|draft| draft.pack(&packing(&[1, 2, 3])).map(|_| ()));
        life.act(|draft| draft.lease_shipment(&shp(1), true));
        life.act(|draft| {
            draft.booked(&shp(1), Booked { tracking_number: "1103733912".into(), price: Some(usd(2250)), documents: vec![] })
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
        parcel: Parcel { weight: Grams(1300), size: Dimensions::new(side, side, side) },
        carrier: "dhl".parse().unwrap(),
    }
}

fn report(at: u64, status: TrackingStatus) -> TrackingEvent {
    TrackingEvent { status, code: "X".into(), text: "told".into(), at: minute(at), place: "NBO".into(), signed_by: None }
}

#[test]
fn an_order_is_delivered_and_every_shilling_has_found_its_account() {
    let mut life = Life::shipped();
    assert_eq!(progress::progress(&life.order), Progress::At(Station::Shipped));

    life.act(|draft| draft.carrier_news(&shp(1), &[report(500, TrackingStatus::Delivered)]));

    assert_eq!(life.order.life.state(), State::Closed);
    assert_eq!(progress::progress(&life.order), Progress::At(Station::Delivered));
    assert!(life.order.balances.is_level());
    assert_eq!(life.of(Account::Provider, Currency::KES), 882_100);
    assert_eq!(life.of(Account::StorePayable, Currency::USD), -3400);
    assert_eq!(life.of(Account::CarrierPayable, Currency::USD), -2250);
    assert_eq!(life.of(Account::DutiesPayable, Currency::KES), -100_001);
    assert_eq!(life.of(Account::Fees, Currency::KES), -40_099);
    assert_eq!(life.order.due_at(), None);
}

#[test]
fn an_expired_quote_another_country_and_another_customer_make_no_order() {
    let late = Draft::place(&quote(), placing(), minute(120));
    let elsewhere = Draft::place(&quote(), Placing { destination: address("UG"), ..placing() }, minute(1));
    let stranger = CustomerId::from_ulid("01JDB7M3N8Q4R5S6T7V8W9X0Y0").unwrap();
    let theirs = Draft::place(&quote(), Placing { customer: stranger, ..placing() }, minute(1));

    assert!(matches!(late.err(), Some(Failure::Refused(Refusal::QuoteExpired))));
    assert!(matches!(elsewhere.err(), Some(Failure::Invalid(_))));
    assert!(matches!(theirs.err(), Some(Failure::NotFound(_))));
}

#[test]
fn the_same_report_twice_captures_once() {
    let mut life = Life::paid();
    let before = life.order.balances.clone();

    life.act(|draft| {
        assert_eq!(draft.settle(&pay(1), &Reported::Paid(kes(882_100)))?, Settled::Known);
        assert_eq!(draft.settle(&pay(1), &Reported::Declined)?, Settled::Known);
        Ok(())
    });

    assert_eq!(life.order.balances, before);
    assert_eq!(life.order.supplier_orders.len(), 1);
}

#[test]
fn a_wrong_amount_or_currency_never_pays_an_order_and_goes_back_whole() {
    for wrong in [kes(882_099), usd(882_100)] {
        let mut life = Life::placed();
        life.act(|draft| draft.start_payment("stripe".parse().unwrap(), minute(60)).map(|_| ()));
        life.act(|draft| draft.settle(&pay(1), &Reported::Paid(wrong)).map(|_| ()));
        assert_eq!(life.order.life.state(), State::AwaitingPayment);
        assert_eq!(life.order.open_exceptions().count(), 1);

        life.act(|draft| draft.staff_move(&Part::Payment(pay(1)), Event::StaffReturned, "sent back"));
        life.act(|draft| draft.lease_refund(&refund(1), true));
        life.act(|draft| draft.refunded(&refund(1), "re_1"));

        assert_eq!(life.order.refunds[0].amount, wrong);
        assert_eq!(life.of(Account::Provider, wrong.currency()), 0);
        assert!(life.order.balances.is_level());
        assert!(life.order.supplier_orders.is_empty());
    }
}

#[test]
fn paying_twice_gives_the_second_payment_back() {
    let mut life = Life::placed();
    life.act(|draft| draft.start_payment("stripe".parse().unwrap(), minute(60)).map(|_| ()));
    life.act(|draft| draft.start_payment("stripe".parse().unwrap(), minute(60)).map(|_| ()));
    assert!(life.sent.contains(&Task::VoidAtProvider));

    life.act(|draft| draft.settle(&pay(2), &Reported::Paid(kes(882_100))).map(|_| ()));
    life.act(|draft| draft.settle(&pay(1), &Reported::Paid(kes(882_100))).map(|_| ()));

    assert_eq!(life.order.life.state(), State::Paid);
    assert_eq!(life.order.refunds.len(), 1);
    assert_eq!(life.order.refunds[0].payment, pay(1));
    assert_eq!(life.order.supplier_orders.len(), 1);
}

#[test]
fn nothing_is_bought_over_the_cap_or_twice_or_for_a_cancelled_order() {
    let mut life = Life::paid();
    assert!(life.try_act(|draft| draft.lease_supplier_order(&sup(1), usd(3571))).is_err());
    life.act(|draft| draft.lease_supplier_order(&sup(1), usd(3570)));
    assert!(life.try_act(|draft| draft.lease_supplier_order(&sup(1), usd(3400))).is_err());

    let mut cancelled = Life::paid();
    cancelled.act(Draft::cancel);
    assert!(cancelled.try_act(|draft| draft.lease_supplier_order(&sup(1), usd(3400))).is_err());
    assert_eq!(cancelled.order.life.state(), State::Cancelled);
    assert_eq!(cancelled.order.refunds[0].amount, kes(882_100));
}

#[test]
fn a_cancellation_waits_for_the_store_when_the_purchase_is_under_way() {
    let mut life = Life::paid();
    life.act(|draft| draft.lease_supplier_order(&sup(1), usd(3400)));
    life.act(Draft::cancel);
    assert_eq!(life.order.life.state(), State::Cancelling);

    let mut bought = Life { order: life.order.clone(), sent: vec![], timeline: life.timeline.clone(), now: life.now };
    bought.act(|draft| draft.bought(&sup(1), Bought::Placed(vec!["819".into()])));
    life.act(|draft| draft.bought(&sup(1), Bought::Refused("sold out".into())));

    assert_eq!(bought.order.life.state(), State::Paid);
    assert!(bought.order.refunds.is_empty());
    assert_eq!(life.order.life.state(), State::Cancelled);
    assert_eq!(life.order.refunds.len(), 1);
    assert!(matches!(bought.try_act(Draft::cancel), Err(Failure::Refused(Refusal::TooLateToCancel))));
}

#[test]
fn a_lost_answer_is_looked_up_and_repeated_only_with_proof() {
    let mut life = Life::paid();
    life.act(|draft| draft.lease_supplier_order(&sup(1), usd(3400)));
    life.wait(3);
    assert_eq!(life.order.supplier_orders[0].life.state(), State::Unknown);
    life.wait(2);
    assert_eq!(life.sent.last(), Some(&Task::LookUpAtStore));

    let mut leased = Vec::new();
    for wait in [1, 30, 5, 6] {
        life.now += wait;
        life.act(|draft| {
            leased.push(draft.not_found_at_store(&sup(1), true)?);
            Ok(())
        });
    }

    assert_eq!(leased, [false, false, false, true]);
    assert_eq!(life.order.supplier_orders[0].life.state(), State::Sending);
}

#[test]
fn where_a_repeat_is_not_safe_a_person_decides() {
    let mut life = Life::paid();
    life.act(|draft| draft.lease_supplier_order(&sup(1), usd(3400)));
    life.act(|draft| draft.bought(&sup(1), Bought::Unknown("timed out".into())));
    for wait in [31, 11] {
        life.now += wait;
        life.act(|draft| draft.not_found_at_store(&sup(1), false).map(|leased| assert!(!leased)));
    }
    assert_eq!(life.order.supplier_orders[0].life.state(), State::StaffDecision);
    assert_eq!(life.order.open_exceptions().count(), 1);

    life.act(|draft| draft.found_at_store(&sup(1), vec!["819".into()]));

    assert_eq!(life.order.supplier_orders[0].life.state(), State::Placed);
    assert_eq!(life.order.open_exceptions().count(), 0);
}

#[test]
fn what_the_store_cannot_deliver_is_refunded_and_the_rest_goes_on_to_its_end() {
    let mut life = Life::paid();
    life.act(|draft| draft.cannot_buy(&sup(1), "sold out"));
    life.act(|draft| draft.give_up(&sup(1), "no other seller"));
    life.act(|draft| draft.lease_refund(&refund(1), true));
    life.act(|draft| draft.refunded(&refund(1), "re_1"));

    assert_eq!(life.order.life.state(), State::Closed);
    assert_eq!(progress::progress(&life.order), Progress::Refunded);
    assert_eq!(life.of(Account::Provider, Currency::KES), 0);
    assert!(life.order.balances.is_level());
}

#[test]
fn a_scan_resent_receives_nothing_more_and_too_many_are_refused() {
    let line = "line_01JDB7M3N8Q4R5S6T7V8W9X0YZ-1";
    let mut life = Life::bought();
    life.act(|draft| draft.receive(&received(1, line, 1)).map(|units| assert_eq!(units.unwrap().len(), 1)));
    life.act(|draft| draft.receive(&received(1, line, 1)).map(|units| assert_eq!(units, None)));
    assert_eq!(progress::progress(&life.order), Progress::Partially(Station::Received));
    assert_eq!(progress::sentence(&life.order), "1 of 3 items are at our warehouse.");

    assert!(matches!(
        life.try_act(|draft| draft.receive(&received(2, line, 2)).map(|_| ())),
        Err(Failure::Refused(Refusal::TooManyUnits))
    ));
    assert!(matches!(life.try_act(|draft| draft.receive(&received(2, line, 0)).map(|_| ())), Err(Failure::Invalid(_))));
}

#[test]
fn only_received_units_are_packed_and_each_into_one_parcel() {
    let mut life = Life::bought();
    assert!(life.try_act(|draft| draft.pack(&packing(&[1])).map(|_| ())).is_err());
    life.act(|draft| draft.receive(&received(1, "line_01JDB7M3N8Q4R5S6T7V8W9X0YZ-1", 2)).map(|_| ()));
    life.act(|draft| draft.pack(&packing(&[1, 2])).map(|_| ()));

    life.act(|draft| draft.pack(&packing(&[1, 2])).map(|id| assert_eq!(id, shp(1))));
    let again = Packing { scan: scan(8), ..packing(&[1]) };

    assert!(life.try_act(|draft| draft.pack(&again).map(|_| ())).is_err());
    assert_eq!(life.order.shipments.len(), 1);
}

#[test]
fn a_lost_label_answer_is_looked_up_and_its_papers_asked_of_a_person() {
    let mut life = Life::bought();
    life.act(|draft| draft.receive(&received(1, "line_01JDB7M3N8Q4R5S6T7V8W9X0YZ-1", 2)).map(|_| ()));
    life.act(|draft| draft.pack(&packing(&[1, 2])).map(|_| ()));
    life.act(|draft| draft.lease_shipment(&shp(1), true));
    assert!(life.try_act(|draft| draft.lease_shipment(&shp(1), true)).is_err());
    life.wait(3);
    life.act(|draft| {
        draft.found_at_carrier(&shp(1), Booked { tracking_number: "1103733912".into(), price: None, documents: vec![] })
    });

    assert_eq!(life.order.shipments[0].life.state(), State::Labelled);
    assert_eq!(life.order.open_exceptions().count(), 1);
}

#[test]
fn tracking_moves_to_trouble_and_back_and_never_from_delivered() {
    let mut life = Life::shipped();
    life.act(|draft| draft.carrier_news(&shp(1), &[report(100, TrackingStatus::InTransit), report(200, TrackingStatus::Exception)]));
    assert_eq!(life.order.shipments[0].life.state(), State::CarrierException);
    life.act(|draft| draft.carrier_news(&shp(1), &[report(300, TrackingStatus::InTransit)]));
    assert_eq!(life.order.shipments[0].life.state(), State::InTransit);
    life.act(|draft| draft.carrier_news(&shp(1), &[report(400, TrackingStatus::Delivered)]));

    life.act(|draft| draft.carrier_news(&shp(1), &[report(500, TrackingStatus::Exception)]));

    assert_eq!(life.order.shipments[0].life.state(), State::Delivered);
}

#[test]
fn an_unpaid_order_expires_but_not_while_a_payment_is_open() {
    let mut life = Life::placed();
    life.act(|draft| draft.start_payment("stripe".parse().unwrap(), minute(60)).map(|_| ()));
    life.wait(24 * 60 + 1);
    assert_eq!(life.order.life.state(), State::AwaitingPayment);
    life.act(|draft| draft.settle(&pay(1), &Reported::Declined).map(|_| ()));
    life.wait(61);
    assert_eq!(life.order.life.state(), State::Expired);

    life.act(|draft| draft.settle(&pay(1), &Reported::Paid(kes(882_100))).map(|_| ()));

    assert_eq!(life.order.life.state(), State::OnHold);
    assert!(life.order.supplier_orders.is_empty());
}

#[test]
fn every_deadline_that_falls_is_set_again_until_a_person_is_told() {
    let mut life = Life::paid();
    for _ in 0..12 {
        life.wait(6);
    }

    assert_eq!(life.sent.iter().filter(|task| **task == Task::PlaceAtStore).count(), 13);
    assert!(life.order.due_at().unwrap() > minute(life.now));
    assert_eq!(life.order.open_exceptions().count(), 1);
}

#[test]
fn one_changed_byte_breaks_the_timeline() {
    let life = Life::shipped();
    for place in 0..life.timeline.len() {
        let mut forged = life.timeline.clone();
        forged[place].note.push('x');
        assert_eq!(TimelineEntry::first_broken(&forged), Some(forged[place].number));
    }
}
