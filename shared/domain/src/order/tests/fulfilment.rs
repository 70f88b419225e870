//! Buying, receiving, packing, shipping, and what happens when nobody answers.

use super::*;

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
    life.act(|draft| {
        draft
            .receive(&received(1, line, 1))
            .map(|units| assert_eq!(units.unwrap().len(), 1))
    });
    life.act(|draft| {
        draft
            .receive(&received(1, line, 1))
            .map(|units| assert_eq!(units, None))
    });
    assert_eq!(progress::progress(&life.order), Progress::Partially(Station::Received));
    assert_eq!(progress::sentence(&life.order), "1 of 3 items are at our warehouse.");

    assert!(matches!(
        life.try_act(|draft| draft.receive(&received(2, line, 2)).map(|_| ())),
        Err(Failure::Refused(Refusal::TooManyUnits))
    ));
    assert!(matches!(
        life.try_act(|draft| draft.receive(&received(2, line, 0)).map(|_| ())),
        Err(Failure::Invalid(_))
    ));
}

#[test]
fn who_wants_one_parcel_has_it_wait_for_the_rest_and_not_for_ever() {
    const LINE: &str = "line_01JDB7M3N8Q4R5S6T7V8W9X0YZ-1";
    let bought = |choice: Consolidation| {
        let mut life = Life::bought();
        life.order.choices.consolidation = choice;
        life.act(|draft| draft.receive(&received(1, LINE, 2)).map(|_| ()));
        life
    };

    let mut separately = bought(Consolidation::AsItComes);
    separately.act(|draft| draft.pack(&packing(&[1, 2])).map(|_| ()));

    let mut together = bought(Consolidation::Together);
    let refused = together.try_act(|draft| draft.pack(&packing(&[1, 2])).map(|_| ()));
    let Err(Failure::Refused(Refusal::WaitsForRest { until })) = refused else {
        panic!("{refused:?}")
    };
    let week = std::time::Duration::from_secs(7 * 24 * 3600);
    assert_eq!(until, together.order.units[0].life.since().plus(week));
    let mut complete = bought(Consolidation::Together);
    complete.act(|draft| {
        draft
            .receive(&received(2, "line_01JDB7M3N8Q4R5S6T7V8W9X0YZ-2", 1))
            .map(|_| ())
    });
    complete.act(|draft| draft.pack(&packing(&[1, 2, 3])).map(|_| ()));

    together.now += 7 * 24 * 60 - 10;
    assert!(
        together
            .try_act(|draft| draft.pack(&packing(&[1, 2])).map(|_| ()))
            .is_err()
    );
    together.now += 20;
    together.act(|draft| draft.pack(&packing(&[1, 2])).map(|_| ()));
}

#[test]
fn only_received_units_are_packed_and_each_into_one_parcel() {
    let mut life = Life::bought();
    life.order.choices.consolidation = Consolidation::AsItComes;
    assert!(life.try_act(|draft| draft.pack(&packing(&[1])).map(|_| ())).is_err());
    life.act(|draft| {
        draft
            .receive(&received(1, "line_01JDB7M3N8Q4R5S6T7V8W9X0YZ-1", 2))
            .map(|_| ())
    });
    life.act(|draft| draft.pack(&packing(&[1, 2])).map(|_| ()));

    life.act(|draft| draft.pack(&packing(&[1, 2])).map(|id| assert_eq!(id, shp(1))));
    let again = Packing {
        scan: scan(8),
        ..packing(&[1])
    };

    assert!(life.try_act(|draft| draft.pack(&again).map(|_| ())).is_err());
    assert_eq!(life.order.shipments.len(), 1);
}

#[test]
fn a_lost_label_answer_is_looked_up_and_its_papers_asked_of_a_person() {
    let mut life = Life::bought();
    life.order.choices.consolidation = Consolidation::AsItComes;
    life.act(|draft| {
        draft
            .receive(&received(1, "line_01JDB7M3N8Q4R5S6T7V8W9X0YZ-1", 2))
            .map(|_| ())
    });
    life.act(|draft| draft.pack(&packing(&[1, 2])).map(|_| ()));
    life.act(|draft| draft.lease_shipment(&shp(1), true));
    assert!(life.try_act(|draft| draft.lease_shipment(&shp(1), true)).is_err());
    life.wait(3);
    life.act(|draft| {
        draft.found_at_carrier(
            &shp(1),
            Booked {
                tracking_number: "1103733912".into(),
                price: None,
                documents: vec![],
            },
        )
    });

    assert_eq!(life.order.shipments[0].life.state(), State::Labelled);
    assert_eq!(life.order.open_exceptions().count(), 1);
}

fn labelled(documents: Vec<StoredFile>) -> Life {
    let mut life = Life::bought();
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
    life.wait(3);
    life.act(|draft| draft.found_at_carrier(&shp(1), booking("1103733912", None, documents)));
    life
}

fn booking(number: &str, price: Option<Money>, documents: Vec<StoredFile>) -> Booked {
    Booked {
        tracking_number: number.into(),
        price,
        documents,
    }
}

fn paper(kind: &str) -> StoredFile {
    StoredFile {
        kind: kind.into(),
        key: format!("shipments/{kind}.pdf"),
        media_type: "application/pdf".into(),
        sha256: String::new(),
    }
}

#[test]
fn a_found_booking_needs_a_person_only_where_its_label_is_not_at_hand() {
    assert_eq!(
        labelled(vec![paper("label"), paper("invoice")])
            .order
            .open_exceptions()
            .count(),
        0
    );
    assert_eq!(labelled(vec![paper("invoice")]).order.open_exceptions().count(), 1);
    for (papers, matters) in [(vec![paper("label")], 0), (vec![paper("waybill")], 1)] {
        let mut life = Life::bought();
        life.order.choices.consolidation = Consolidation::AsItComes;
        life.act(|draft| {
            draft
                .receive(&received(1, "line_01JDB7M3N8Q4R5S6T7V8W9X0YZ-1", 2))
                .map(|_| ())
        });
        life.act(|draft| draft.pack(&packing(&[1, 2])).map(|_| ()));
        life.act(|draft| draft.lease_shipment(&shp(1), true));
        life.act(|draft| draft.booked(&shp(1), booking("1103733912", Some(usd(2250)), papers.clone())));
        assert_eq!(
            life.order.open_exceptions().count(),
            matters,
            "a label that could not be stored is missed"
        );
    }
}

#[test]
fn a_label_that_cannot_be_had_is_given_up_by_one_decision_and_its_carrier_is_owed_for_the_new_one() {
    let mut life = labelled(vec![paper("invoice")]);
    let owed_first = life.of(Account::CarrierPayable, Currency::KES);
    assert_ne!(owed_first, 0);

    life.act(|draft| draft.give_label_up(&shp(1), "DHL shows no label twice"));

    let shipment = &life.order.shipments[0];
    assert_eq!(
        (shipment.life.state(), shipment.tracking_number.as_deref()),
        (State::Packed, None)
    );
    assert_eq!(shipment.given_up, ["1103733912"]);
    assert_eq!(shipment.documents, []);
    assert_eq!(life.order.open_exceptions().count(), 0);
    assert_eq!(life.sent.last(), Some(&Task::BuyLabel));
    life.act(|draft| draft.lease_shipment(&shp(1), true));
    life.act(|draft| draft.booked(&shp(1), booking("1103733923", Some(usd(2250)), vec![paper("label")])));
    assert_eq!(life.order.shipments[0].tracking_number.as_deref(), Some("1103733923"));
    assert_eq!(
        life.of(Account::CarrierPayable, Currency::KES),
        0,
        "not for the label nobody printed"
    );
    assert_eq!(life.of(Account::CarrierPayable, Currency::USD), -2250);
    life.act(|draft| draft.hand_over(&shp(1)));
    assert!(life.try_act(|draft| draft.give_label_up(&shp(1), "too late")).is_err());
    life.act(|draft| draft.carrier_news(&shp(1), &[report(400, TrackingStatus::Delivered)]));
    assert_eq!(life.order.life.state(), State::Closed);
    assert!(life.order.balances.is_level());
}

#[test]
fn tracking_moves_to_trouble_and_back_and_never_from_delivered() {
    let mut life = Life::shipped();
    life.act(|draft| {
        draft.carrier_news(
            &shp(1),
            &[
                report(100, TrackingStatus::InTransit),
                report(200, TrackingStatus::Exception),
            ],
        )
    });
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

    assert_eq!(life.order.life.state(), State::Paid);
    assert_eq!(life.order.supplier_orders.len(), 1);
}

#[test]
fn late_money_of_somebody_who_was_forgotten_goes_back_and_buys_nothing() {
    let mut life = Life::placed();
    life.act(|draft| draft.start_payment("stripe".parse().unwrap(), minute(60)).map(|_| ()));
    life.act(|draft| draft.settle(&pay(1), &Reported::Declined).map(|_| ()));
    life.wait(24 * 60 + 61);
    life.act(Draft::forget_customer);

    life.act(|draft| draft.settle(&pay(1), &Reported::Paid(kes(882_100))).map(|_| ()));

    assert_eq!(life.order.life.state(), State::Expired);
    assert!(life.order.supplier_orders.is_empty());
    assert_eq!(life.order.refunds[0].amount, kes(882_100));
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

#[test]
fn what_the_carrier_sent_back_is_sent_again_or_written_off_and_the_order_ends() {
    let sent_back = || {
        let mut life = Life::shipped();
        life.act(|draft| draft.carrier_news(&shp(1), &[report(500, TrackingStatus::Returned)]));
        assert_eq!(life.order.life.state(), State::Paid);
        assert!(life.order.due_at().is_some());
        life
    };
    let matters = |life: &Life| life.order.open_exceptions().count();

    let mut again = sent_back();
    assert_eq!(matters(&again), 1);
    again.act(|draft| draft.send_parcel_again(&shp(1), "it is here"));
    assert_eq!(matters(&again), 0);
    assert!(
        again
            .order
            .units
            .iter()
            .all(|unit| unit.life.state() == State::Received)
    );
    assert!(
        again
            .try_act(|draft| draft.send_parcel_again(&shp(1), "twice"))
            .is_err()
    );

    let mut written_off = sent_back();
    written_off.act(|draft| draft.write_off_parcel(&shp(1), "the customer does not want it"));
    assert_eq!(matters(&written_off), 0);
    for number in 1..=u32::try_from(written_off.order.refunds.len()).unwrap() {
        written_off.act(|draft| draft.lease_refund(&refund(number), true));
        written_off.act(|draft| draft.refunded(&refund(number), "re"));
    }
    assert_eq!(written_off.order.life.state(), State::Closed);
    assert!(written_off.order.balances.is_level());
}

#[test]
fn pieces_of_an_order_that_never_started_have_no_deadline() {
    let mut life = Life::placed();
    assert!(life.order.units.iter().all(|unit| unit.life.due_at().is_some()));

    life.act(|draft| draft.cancel());

    assert_eq!(life.order.life.state(), State::Cancelled);
    assert_eq!(life.order.due_at(), None);
    assert!(life.order.overdue(minute(1_000_000)).is_empty());
}
