//! What the customer is told, and how often.

use super::*;
use crate::lifecycle::{Evidence, Fallback};
use News::{
    Bought as WasBought, Cancelled, Customs, Delayed, Delivered, Expired, Paid, Placed, Question, Received as CameIn,
    RefundDone, RefundOpened, Reminder, SentBack, Shipped,
};

fn asking() -> Life {
    let mut life = Life::paid();
    let wants_to_be_asked = Evidence {
        fallback: Some(Fallback::Ask),
        ..Evidence::default()
    };
    let purchase = Part::SupplierOrder(sup(1));
    life.act(|draft| draft.step(&purchase, Event::CheckFailed, &wants_to_be_asked));
    assert_eq!(life.order.supplier_orders[0].life.state(), State::Asked);
    life
}

fn count(life: &Life, news: News) -> usize {
    life.told.iter().filter(|told| **told == news).count()
}

#[test]
fn each_step_of_a_good_life_is_told_once() {
    let mut life = Life::shipped();
    life.act(|draft| draft.carrier_news(&shp(1), &[report(400, TrackingStatus::Delivered)]));
    life.act(|draft| draft.carrier_news(&shp(1), &[report(400, TrackingStatus::Delivered)]));

    // Two scans received three pieces: the two of one scan stand in one message.
    assert_eq!(
        life.told,
        [Placed, Paid, WasBought, CameIn, CameIn, CameIn, Shipped, Delivered]
    );
}

#[test]
fn a_question_is_asked_once_reminds_twice_and_lapses_after_two_days() {
    let mut life = asking();
    let began = life.now;
    for _ in 0..70 {
        life.wait_quietly(60);
        let is_open = life.order.supplier_orders[0].life.state() == State::Asked;
        if !is_open {
            break;
        }
    }

    assert_eq!((count(&life, Question), count(&life, Reminder)), (1, 2));
    assert_eq!(life.order.supplier_orders[0].life.state(), State::Stopped);
    assert!(
        (48 * 60..=49 * 60).contains(&(life.now - began)),
        "{}",
        life.now - began
    );
    assert_eq!(count(&life, RefundOpened), 1);
}

#[test]
fn a_question_that_was_answered_reminds_nobody() {
    let mut life = asking();
    life.wait_quietly(17 * 60);
    life.act(|draft| draft.leave_out(&sup(1)));
    life.wait_quietly(60 * 60);

    assert_eq!(count(&life, Reminder), 1);
}

#[test]
fn what_takes_too_long_is_told_once_however_often_it_falls_due() {
    let mut life = Life::bought();
    for _ in 0..10 {
        life.wait_quietly(24 * 60 * 10);
    }

    let of_units = life.order.units.len();
    assert_eq!(count(&life, Delayed), of_units + 1, "{:?}", life.told);
}

#[test]
fn customs_that_wants_something_is_told_anew_only_when_it_wants_something_new() {
    let mut life = Life::shipped();
    let held = report(100, TrackingStatus::CustomsHeld);
    life.act(|draft| draft.carrier_news(&shp(1), std::slice::from_ref(&held)));
    life.act(|draft| draft.carrier_news(&shp(1), std::slice::from_ref(&held)));
    assert!(headline::sentence(&life.order).starts_with("Customs needs something"));

    assert_eq!((count(&life, Customs), count(&life, Delayed)), (1, 0));
    life.act(|draft| draft.carrier_news(&shp(1), &[held.clone(), report(200, TrackingStatus::CustomsHeld)]));
    assert_eq!(count(&life, Customs), 2);
    life.act(|draft| draft.carrier_news(&shp(1), &[report(300, TrackingStatus::InTransit)]));
    assert_eq!(headline::sentence(&life.order), "On the way to you.");
}

#[test]
fn the_ends_of_an_order_are_told_with_the_money_that_goes_back() {
    let mut unpaid = Life::placed();
    unpaid.wait(25 * 60);
    assert_eq!(unpaid.told, [Placed, Expired]);

    let mut paid = Life::paid();
    paid.act(Draft::cancel);
    paid.act(|draft| draft.lease_refund(&refund(1), true));
    paid.act(|draft| draft.refunded(&refund(1), "re_1"));
    assert_eq!(paid.told, [Placed, Paid, Cancelled, RefundOpened, RefundDone]);

    let mut back = Life::shipped();
    back.act(|draft| draft.carrier_news(&shp(1), &[report(500, TrackingStatus::Returned)]));
    assert_eq!(count(&back, SentBack), 1);
}

#[test]
fn nobody_is_told_of_an_order_whose_customer_was_forgotten() {
    let mut life = Life::placed();
    life.act(|draft| draft.start_payment("stripe".parse().unwrap(), minute(60)).map(|_| ()));
    life.act(|draft| draft.settle(&pay(1), &Reported::Declined).map(|_| ()));
    life.wait(24 * 60 + 61);
    life.act(Draft::forget_customer);
    let before = life.told.len();

    life.act(|draft| draft.settle(&pay(1), &Reported::Paid(kes(882_100))).map(|_| ()));

    assert_eq!(life.order.refunds.len(), 1);
    assert_eq!(life.told.len(), before, "{:?}", life.told);
}
