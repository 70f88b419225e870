//! Refunds that come back days later, and refunds that somebody made at the provider.

use super::*;

/// A cancelled order all of whose money is back.
fn refunded() -> Life {
    let mut life = Life::paid();
    life.act(Draft::cancel);
    life.act(|draft| draft.lease_refund(&refund(1), true));
    life.act(|draft| draft.refunded(&refund(1), "re_1"));
    assert_eq!(progress::progress(&life.order), Progress::Refunded);
    life
}

fn found(reference: &str, amount: i64) -> RefundNews {
    RefundNews {
        provider_reference: reference.into(),
        amount: kes(amount),
    }
}

/// A refund that was made at the provider, and is done there.
fn made_there(life: &mut Life, reference: &str, amount: i64) {
    life.act(|draft| {
        let id = draft.refund_found(&pay(1), &found(reference, amount))?;
        draft.refunded(&id, reference)
    });
}

#[test]
fn a_refund_that_comes_back_days_later_is_owed_again_until_it_is_paid_out_another_way() {
    let mut life = refunded();

    life.act(|draft| draft.refund_bounced(&refund(1), "expired_or_canceled_card"));
    let again = life.try_act(|draft| draft.refund_bounced(&refund(1), "expired_or_canceled_card"));

    assert!(matches!(again, Err(Failure::Refused(Refusal::AlreadyApplied))));
    assert_eq!(life.order.refunds[0].life.state(), State::Refused);
    assert_eq!(life.of(Account::RefundPayable, Currency::KES), -882_100);
    assert_eq!(life.of(Account::Provider, Currency::KES), 882_100);
    assert_eq!(progress::progress(&life.order), Progress::Cancelled);
    assert_eq!(life.matters(), [ExceptionKind::RefundRefused]);
    assert!(life.order.due_at().is_some());

    life.act(|draft| draft.refund_paid_out(&refund(1), "bank transfer 2026-12-01"));

    assert_eq!(progress::progress(&life.order), Progress::Refunded);
    assert_eq!(life.of(Account::RefundPayable, Currency::KES), 0);
    assert_eq!(life.of(Account::PaidOut, Currency::KES), -882_100);
    assert_eq!(life.matters(), []);
    assert!(
        life.try_act(|draft| draft.refund_bounced(&refund(1), "late news"))
            .is_err()
    );
}

#[test]
fn a_refund_that_came_back_is_sent_again_as_something_new() {
    let mut life = refunded();
    life.act(|draft| draft.refund_bounced(&refund(1), "insufficient_funds"));

    life.act(|draft| draft.retry(&Part::Refund(refund(1)), "the account is filled again"));
    life.act(|draft| draft.lease_refund(&refund(1), true));
    life.act(|draft| draft.refunded(&refund(1), "re_2"));

    assert_eq!(life.order.refunds[0].attempt, 2);
    assert!(life.order.balances.is_level());
    assert_eq!(life.of(Account::Provider, Currency::KES), 0);
}

#[test]
fn everything_sent_back_at_the_provider_before_the_purchase_stops_the_purchase() {
    let mut life = Life::paid();

    made_there(&mut life, "re_dash", 882_100);
    life.act(|draft| draft.refund_found(&pay(1), &found("re_dash", 882_100)).map(drop));

    assert_eq!(life.order.life.state(), State::Cancelled);
    assert_eq!(progress::progress(&life.order), Progress::Refunded);
    assert_eq!(life.order.refunds.len(), 1);
    assert_eq!(life.order.refunds[0].reason, RefundReason::AtProvider);
    assert_eq!(life.order.supplier_orders[0].life.state(), State::Stopped);
    assert!(life.order.balances.is_level());
    assert_eq!(life.of(Account::Provider, Currency::KES), 0);
    assert_eq!(life.of(Account::Margin, Currency::KES), 0);
}

#[test]
fn a_part_sent_back_at_the_provider_goes_to_a_person_and_caps_what_goes_back_later() {
    let mut life = Life::paid();

    made_there(&mut life, "re_dash", 82_100);

    assert_eq!(life.order.life.state(), State::Paid);
    assert_eq!(life.matters(), [ExceptionKind::RefundedAtProvider]);
    assert_eq!(life.of(Account::Provider, Currency::KES), 800_000);
    life.act(Draft::cancel);
    assert_eq!(life.order.refunds[1].amount, kes(800_000));
    life.act(|draft| draft.lease_refund(&refund(2), true));
    life.act(|draft| draft.refunded(&refund(2), "re_2"));
    assert_eq!(progress::progress(&life.order), Progress::Refunded);
    assert!(life.order.balances.is_level());
    assert_eq!(life.of(Account::Margin, Currency::KES), 0);
}

#[test]
fn a_refund_of_ours_that_does_not_fit_any_more_shrinks_to_what_is_left() {
    for refused in [false, true] {
        let mut life = Life::paid();
        life.act(Draft::cancel);
        if refused {
            life.act(|draft| draft.lease_refund(&refund(1), true));
            life.act(|draft| draft.refund_refused(&refund(1), "more than is left"));
        }

        made_there(&mut life, "re_dash", 82_100);

        let standing: Vec<_> = life
            .order
            .refunds
            .iter()
            .map(|it| (it.life.state(), it.amount))
            .collect();
        assert_eq!(
            standing,
            [
                (State::Dropped, kes(882_100)),
                (State::Done, kes(82_100)),
                (State::Planned, kes(800_000))
            ]
        );
        assert_eq!(life.of(Account::RefundPayable, Currency::KES), -800_000);
        life.act(|draft| draft.lease_refund(&refund(3), true));
        life.act(|draft| draft.refunded(&refund(3), "re_3"));
        assert!(life.order.balances.is_level());
        assert_eq!(life.of(Account::Margin, Currency::KES), 0);
        assert_eq!(life.matters(), []);
        assert_eq!(progress::progress(&life.order), Progress::Refunded);
    }
}

#[test]
fn a_refund_under_way_that_the_provider_then_refuses_shrinks_as_well() {
    let mut life = Life::paid();
    life.act(Draft::cancel);
    life.act(|draft| draft.lease_refund(&refund(1), true));
    made_there(&mut life, "re_dash", 82_100);
    assert_eq!(life.order.refunds.len(), 2);

    life.act(|draft| draft.refund_refused(&refund(1), "more than is left"));

    assert_eq!(life.order.refunds[0].life.state(), State::Dropped);
    assert_eq!(
        (life.order.refunds[2].life.state(), life.order.refunds[2].amount),
        (State::Planned, kes(800_000))
    );
    assert_eq!(life.of(Account::Margin, Currency::KES), 0);
    life.act(|draft| draft.lease_refund(&refund(3), true));
    life.act(|draft| draft.refunded(&refund(3), "re_3"));
    assert!(life.order.balances.is_level());
}

#[test]
fn money_paid_twice_that_was_sent_back_by_hand_takes_nothing_from_the_order() {
    let mut life = Life::placed();
    for _ in 0..2 {
        life.act(|draft| draft.start_payment("stripe".parse().unwrap(), minute(60)).map(drop));
    }
    for number in [2, 1] {
        life.act(|draft| draft.settle(&pay(number), &Reported::Paid(kes(882_100))).map(drop));
    }
    let held = life.of(Account::HeldStore, Currency::KES);

    made_there(&mut life, "re_dash", 882_100);

    assert_eq!(life.order.life.state(), State::Paid);
    assert_eq!(life.of(Account::HeldStore, Currency::KES), held);
    assert_eq!(life.of(Account::RefundPayable, Currency::KES), 0);
    assert_eq!(life.of(Account::Margin, Currency::KES), 0);
    assert_eq!(life.order.refunds[0].life.state(), State::Dropped);
}

#[test]
fn what_went_back_by_hand_after_the_purchase_is_our_loss_and_a_person_knows() {
    let mut life = Life::shipped();

    made_there(&mut life, "re_dash", 882_100);
    life.act(|draft| draft.carrier_news(&shp(1), &[report(500, TrackingStatus::Delivered)]));

    assert_eq!(life.order.life.state(), State::Closed);
    assert_eq!(life.matters(), [ExceptionKind::RefundedAtProvider]);
    assert!(life.order.balances.is_level());
    assert_eq!(life.of(Account::Provider, Currency::KES), 0);
}

#[test]
fn a_unit_that_is_lost_after_the_money_went_back_by_hand_gives_back_only_what_is_left() {
    let mut life = Life::bought();
    made_there(&mut life, "re_dash", 882_000);

    life.act(|draft| draft.write_off_unit(&UnitId::of(&placing().id, 1)));

    assert_eq!(life.order.refunds[1].amount, kes(100));
}
