//! Disputes and warnings of fraud: what is still here is held, the money stands apart, and the decision ends it.

use super::*;

fn news(verdict: Verdict) -> DisputeNews {
    DisputeNews {
        provider_reference: "dp_1".into(),
        kind: DisputeKind::Dispute,
        amount: kes(882_100),
        reason: "fraudulent".into(),
        answer_by: Some(minute(20_000)),
        is_withdrawn: true,
        verdict,
    }
}

fn warning() -> DisputeNews {
    DisputeNews {
        provider_reference: "issfr_1".into(),
        kind: DisputeKind::FraudWarning,
        answer_by: None,
        is_withdrawn: false,
        ..news(Verdict::Open)
    }
}

fn hear(life: &mut Life, news: &DisputeNews) {
    life.act(|draft| draft.dispute_news(&pay(1), news));
}

#[test]
fn an_order_whose_payment_is_disputed_is_neither_bought_nor_packed_nor_handed_over() {
    let mut life = Life::paid();
    hear(&mut life, &news(Verdict::Open));
    assert_eq!(life.order.life.state(), State::OnHold);
    assert!(
        life.try_act(|draft| draft.lease_supplier_order(&sup(1), usd(3400)))
            .is_err()
    );

    let mut life = Life::bought();
    life.act(|draft| {
        draft
            .receive(&received(1, "line_01JDB7M3N8Q4R5S6T7V8W9X0YZ-1", 2))
            .map(drop)
    });
    life.act(|draft| {
        draft
            .receive(&received(2, "line_01JDB7M3N8Q4R5S6T7V8W9X0YZ-2", 1))
            .map(drop)
    });
    let mut packed = Life {
        order: life.order.clone(),
        sent: vec![],
        timeline: life.timeline.clone(),
        now: life.now,
    };
    hear(&mut life, &news(Verdict::Open));
    assert!(
        life.try_act(|draft| draft.pack(&packing(&[1, 2, 3])).map(drop))
            .is_err()
    );

    packed.act(|draft| draft.pack(&packing(&[1, 2, 3])).map(drop));
    packed.act(|draft| draft.lease_shipment(&shp(1), true));
    let booked = Booked {
        tracking_number: "1103733912".into(),
        price: Some(usd(2250)),
        documents: vec![],
    };
    packed.act(|draft| draft.booked(&shp(1), booked));
    hear(&mut packed, &news(Verdict::Open));
    assert!(packed.try_act(|draft| draft.hand_over(&shp(1))).is_err());

    hear(&mut packed, &news(Verdict::Won));
    packed.act(|draft| draft.hand_over(&shp(1)));
    assert_eq!(packed.order.shipments[0].life.state(), State::InTransit);
}

#[test]
fn the_matter_has_its_due_date_and_the_money_stands_apart_until_it_is_won() {
    let mut life = Life::paid();

    hear(&mut life, &news(Verdict::Open));
    let version = life.order.version;
    hear(&mut life, &news(Verdict::Open));

    assert_eq!(life.order.disputes.len(), 1);
    assert_eq!(
        life.order.version,
        version + 1,
        "nothing else than the version of an empty draft"
    );
    assert_eq!(life.matters(), [ExceptionKind::Disputed]);
    assert_eq!(life.order.answer_by(&Part::Dispute(dispute(1))), Some(minute(20_000)));
    assert_eq!(life.of(Account::Disputed, Currency::KES), 882_100);
    assert_eq!(life.of(Account::Provider, Currency::KES), 0);
    assert_eq!(progress::money_status(&life.order), MoneyStatus::Disputed);

    life.act(|draft| draft.evidence_given(&dispute(1), "tracking 1103733912, signed for"));
    assert_eq!(life.matters(), []);
    hear(&mut life, &news(Verdict::Answered));
    hear(
        &mut life,
        &DisputeNews {
            is_withdrawn: false,
            ..news(Verdict::Won)
        },
    );
    hear(&mut life, &news(Verdict::Open));

    assert_eq!(life.order.life.state(), State::Paid);
    assert_eq!(life.order.disputes[0].life.state(), State::Won);
    assert_eq!(life.order.disputes[0].evidence, "tracking 1103733912, signed for");
    assert_eq!(life.of(Account::Disputed, Currency::KES), 0);
    assert_eq!(life.of(Account::Provider, Currency::KES), 882_100);
    life.act(|draft| draft.lease_supplier_order(&sup(1), usd(3400)));
}

#[test]
fn a_lost_dispute_before_the_purchase_ends_the_order_and_nothing_goes_back_twice() {
    let mut life = Life::paid();
    hear(&mut life, &news(Verdict::Open));

    hear(&mut life, &news(Verdict::Lost));

    assert_eq!(life.order.life.state(), State::Cancelled);
    assert!(life.order.refunds.is_empty());
    assert!(life.order.balances.is_level());
    assert_eq!(life.of(Account::Provider, Currency::KES), 0);
    assert_eq!(life.of(Account::Disputed, Currency::KES), 0);
    assert_eq!(life.of(Account::Margin, Currency::KES), 0);
    assert_eq!(life.matters(), [ExceptionKind::DisputeLost]);
}

#[test]
fn a_dispute_heard_of_only_when_it_is_lost_is_booked_like_one_that_was_followed() {
    for is_withdrawn in [true, false] {
        let mut life = Life::shipped();
        life.act(|draft| draft.carrier_news(&shp(1), &[report(500, TrackingStatus::Delivered)]));

        hear(
            &mut life,
            &DisputeNews {
                is_withdrawn,
                ..news(Verdict::Lost)
            },
        );

        assert_eq!(life.order.life.state(), State::Closed);
        assert_eq!(life.of(Account::Provider, Currency::KES), 0);
        assert_eq!(life.of(Account::Disputed, Currency::KES), 0);
        assert!(life.order.balances.is_level());
        assert_eq!(life.matters(), [ExceptionKind::DisputeLost]);
    }
}

#[test]
fn money_that_a_dispute_has_is_not_refunded_beside_it() {
    let mut life = Life::paid();
    hear(&mut life, &news(Verdict::Open));
    life.act(Draft::cancel);
    assert_eq!(life.order.life.state(), State::Cancelled);
    assert!(life.order.refunds.is_empty());

    hear(&mut life, &news(Verdict::Won));

    assert_eq!(life.order.refunds[0].amount, kes(882_100));
    life.act(|draft| draft.lease_refund(&refund(1), true));
    life.act(|draft| draft.refunded(&refund(1), "re_1"));
    assert!(life.order.balances.is_level());
}

#[test]
fn a_refund_that_was_planned_waits_for_the_dispute_and_is_dropped_when_that_is_lost() {
    for (verdict, state, payable) in [
        (Verdict::Won, State::Planned, -882_100),
        (Verdict::Lost, State::Dropped, 0),
    ] {
        let mut life = Life::paid();
        life.act(Draft::cancel);
        hear(&mut life, &news(Verdict::Open));
        assert!(life.try_act(|draft| draft.lease_refund(&refund(1), true)).is_err());

        hear(&mut life, &news(verdict));

        assert_eq!(life.order.refunds[0].life.state(), state);
        assert_eq!(life.of(Account::RefundPayable, Currency::KES), payable);
        assert_eq!(life.of(Account::Margin, Currency::KES), 0);
    }
}

#[test]
fn an_inquiry_holds_without_moving_money_until_the_bank_takes_it() {
    let mut life = Life::paid();
    let inquiry = DisputeNews {
        is_withdrawn: false,
        ..news(Verdict::Open)
    };

    hear(&mut life, &inquiry);
    assert_eq!(life.order.life.state(), State::OnHold);
    assert_eq!(life.of(Account::Disputed, Currency::KES), 0);

    hear(&mut life, &news(Verdict::Open));
    assert_eq!(life.of(Account::Disputed, Currency::KES), 882_100);
    hear(&mut life, &inquiry);
    assert_eq!(life.of(Account::Disputed, Currency::KES), 0);
    assert_eq!(life.of(Account::Provider, Currency::KES), 882_100);
}

#[test]
fn a_warning_of_fraud_is_cleared_by_a_person_and_a_dispute_is_not() {
    let mut life = Life::paid();
    hear(&mut life, &warning());
    assert_eq!(life.order.life.state(), State::OnHold);
    assert_eq!(life.matters(), [ExceptionKind::Disputed]);

    life.act(|draft| draft.clear_dispute(&dispute(1), "spoke with the customer"));
    hear(&mut life, &warning());
    assert_eq!(life.order.life.state(), State::Paid);

    hear(&mut life, &news(Verdict::Open));
    let refused = life.try_act(|draft| draft.clear_dispute(&dispute(2), "they said it is fine"));
    assert!(matches!(refused, Err(Failure::Refused(Refusal::NotAllowed { .. }))));
}

#[test]
fn a_parcel_on_its_way_is_not_held_and_the_order_can_end() {
    let mut life = Life::shipped();

    hear(&mut life, &news(Verdict::Open));
    life.act(|draft| draft.carrier_news(&shp(1), &[report(500, TrackingStatus::Delivered)]));

    assert_eq!(life.order.life.state(), State::Closed);
    assert_eq!(life.order.disputes[0].life.state(), State::Open);
    assert!(life.order.due_at().is_some());
}

#[test]
fn what_waits_in_a_held_order_calls_nobody_and_goes_on_afterwards() {
    let mut life = Life::paid();
    hear(&mut life, &news(Verdict::Open));
    life.sent.clear();

    life.wait(20 * 24 * 60);
    assert_eq!(life.sent, [Task::AskProvider]);
    assert_eq!(life.matters(), [ExceptionKind::Disputed]);

    hear(&mut life, &news(Verdict::Won));
    life.wait(10);
    assert!(life.sent.contains(&Task::PlaceAtStore));
}

#[test]
fn a_late_payment_that_was_also_doubted_still_waits_for_a_person() {
    let mut life = Life::placed();
    life.act(|draft| draft.start_payment("stripe".parse().unwrap(), minute(60)).map(drop));
    life.act(|draft| draft.settle(&pay(1), &Reported::Declined).map(drop));
    life.wait(25 * 60);
    life.now += 5 * 24 * 60;
    life.act(|draft| draft.settle(&pay(1), &Reported::Paid(kes(882_100))).map(drop));
    assert_eq!(life.order.life.state(), State::OnHold);

    hear(&mut life, &warning());
    life.act(|draft| draft.clear_dispute(&dispute(1), "spoke with the customer"));

    assert_eq!(life.order.life.state(), State::OnHold);
}
