//! Placing, paying, cancelling, refunding.

use super::*;

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
    let elsewhere = Draft::place(
        &quote(),
        Placing {
            destination: address("UG"),
            ..placing()
        },
        minute(1),
    );
    let stranger = CustomerId::from_ulid("01JDB7M3N8Q4R5S6T7V8W9X0Y0").unwrap();
    let theirs = Draft::place(
        &quote(),
        Placing {
            customer: stranger,
            ..placing()
        },
        minute(1),
    );

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
    assert!(
        life.try_act(|draft| draft.lease_supplier_order(&sup(1), usd(3571)))
            .is_err()
    );
    life.act(|draft| draft.lease_supplier_order(&sup(1), usd(3570)));
    assert!(
        life.try_act(|draft| draft.lease_supplier_order(&sup(1), usd(3400)))
            .is_err()
    );

    let mut cancelled = Life::paid();
    cancelled.act(Draft::cancel);
    assert!(
        cancelled
            .try_act(|draft| draft.lease_supplier_order(&sup(1), usd(3400)))
            .is_err()
    );
    assert_eq!(cancelled.order.life.state(), State::Cancelled);
    assert_eq!(cancelled.order.refunds[0].amount, kes(882_100));
}

#[test]
fn a_cancellation_waits_for_the_store_when_the_purchase_is_under_way() {
    let mut life = Life::paid();
    life.act(|draft| draft.lease_supplier_order(&sup(1), usd(3400)));
    life.act(Draft::cancel);
    assert_eq!(life.order.life.state(), State::Cancelling);

    let mut bought = Life {
        order: life.order.clone(),
        sent: vec![],
        told: vec![],
        timeline: life.timeline.clone(),
        now: life.now,
    };
    bought.act(|draft| draft.bought(&sup(1), Bought::Placed(vec!["819".into()])));
    life.act(|draft| draft.bought(&sup(1), Bought::Refused("sold out".into())));

    assert_eq!(bought.order.life.state(), State::Paid);
    assert!(bought.order.refunds.is_empty());
    assert_eq!(life.order.life.state(), State::Cancelled);
    assert_eq!(life.order.refunds.len(), 1);
    assert!(matches!(
        bought.try_act(Draft::cancel),
        Err(Failure::Refused(Refusal::TooLateToCancel))
    ));
}
