//! Several payers, parts, over-payment, and what goes back to whom.

use proptest::prelude::*;

use super::*;
use crate::payment_terms::Limits;

const TOTAL: i64 = 882_100;

fn part(draft: &mut Draft, amount: i64, link: Option<u32>) -> Result<(), Failure> {
    let payer = link.map(|number| Payer {
        link: PayLinkId::of(&placing().id, number),
        name: "Aunt Rose".into(),
    });
    let paying = Paying {
        provider: "stripe".parse().unwrap(),
        expires_at: minute(60),
        amount: Some(kes(amount)),
        payer,
        limits: None,
    };
    draft.start_paying(paying).map(drop)
}

/// An order of which each of these parts was asked and paid.
fn paid_in(parts: &[i64]) -> Life {
    let mut life = Life::placed();
    for (number, amount) in (1..).zip(parts) {
        life.act(|draft| part(draft, *amount, Some(1)));
        life.act(|draft| draft.settle(&pay(number), &Reported::Paid(kes(*amount))).map(drop));
    }
    life
}

fn back(life: &Life) -> Vec<(u32, i64)> {
    let refund = |refund: &Refund| (refund.payment.number(), refund.amount.amount());
    life.order.refunds.iter().map(refund).collect()
}

#[test]
fn an_order_is_paid_when_its_parts_cover_it_and_not_before() {
    let mut life = paid_in(&[300_000, 500_000]);
    assert_eq!(life.order.life.state(), State::AwaitingPayment);
    assert_eq!(progress::money_status(&life.order), progress::MoneyStatus::PartPaid);
    assert_eq!(life.order.due(), kes(82_100));
    assert!(life.order.supplier_orders.is_empty());
    assert_eq!(life.of(Account::HeldParts, Currency::KES), -800_000);

    life.act(|draft| part(draft, 82_100, None));
    life.act(|draft| draft.settle(&pay(3), &Reported::Paid(kes(82_100))).map(drop));

    assert_eq!(life.order.life.state(), State::Paid);
    assert_eq!(life.of(Account::HeldParts, Currency::KES), 0);
    for (account, share) in &life.order.shares {
        assert_eq!(
            life.order.balances.of(*account, Currency::KES),
            share.negated().unwrap()
        );
    }
    assert!(life.order.refunds.is_empty());
}

#[test]
fn a_part_is_neither_too_small_nor_more_than_is_due_nor_of_another_currency() {
    let mut life = paid_in(&[800_000]);

    for wrong in [0, -5, 1, 82_101] {
        assert!(life.try_act(|draft| part(draft, wrong, Some(1))).is_err(), "{wrong}");
    }
    let dollars = Paying {
        provider: "stripe".parse().unwrap(),
        expires_at: minute(60),
        amount: Some(usd(1_000)),
        payer: None,
        limits: None,
    };
    assert!(life.try_act(|draft| draft.start_paying(dollars).map(drop)).is_err());
    life.act(|draft| part(draft, 82_100, Some(1)));
}

#[test]
fn pages_of_two_payers_stand_side_by_side_until_one_asks_for_more_than_is_due() {
    let mut life = Life::placed();
    life.act(|draft| part(draft, 500_000, Some(1)));
    life.act(|draft| part(draft, 400_000, Some(2)));
    assert!(!life.sent.contains(&Task::VoidAtProvider));

    life.act(|draft| draft.settle(&pay(1), &Reported::Paid(kes(500_000))).map(drop));

    assert!(life.sent.contains(&Task::VoidAtProvider));
    assert!(life.order.is_superseded(life.order.payment(&pay(2)).unwrap()));
}

#[test]
fn what_is_paid_over_goes_back_to_who_paid_it_and_the_order_is_paid() {
    let mut life = Life::placed();
    life.act(|draft| part(draft, 500_000, Some(1)));
    life.act(|draft| part(draft, 400_000, Some(2)));
    life.act(|draft| draft.settle(&pay(1), &Reported::Paid(kes(500_000))).map(drop));

    life.act(|draft| draft.settle(&pay(2), &Reported::Paid(kes(400_000))).map(drop));

    assert_eq!(life.order.life.state(), State::Paid);
    assert_eq!(back(&life), [(2, 500_000 + 400_000 - TOTAL)]);
    assert_eq!(progress::money_status(&life.order), progress::MoneyStatus::OverPaid);
    life.act(|draft| draft.lease_refund(&refund(1), true));
    life.act(|draft| draft.refunded(&refund(1), "re_1"));
    assert_eq!(progress::money_status(&life.order), progress::MoneyStatus::Paid);
    assert_eq!(life.of(Account::RefundPayable, Currency::KES), 0);
}

#[test]
fn when_the_rest_never_comes_everybody_gets_theirs_back() {
    let mut life = paid_in(&[300_000, 100_000]);

    life.wait(24 * 60);

    assert_eq!(life.order.life.state(), State::Expired);
    assert_eq!(back(&life), [(1, 300_000), (2, 100_000)]);
    assert!(
        life.order
            .refunds
            .iter()
            .all(|refund| refund.reason == RefundReason::NotCovered)
    );
    for number in [1, 2] {
        life.act(|draft| draft.lease_refund(&refund(number), true));
        life.act(|draft| draft.refunded(&refund(number), "re"));
    }
    assert!(life.order.balances.is_level());
    assert_eq!(life.of(Account::Provider, Currency::KES), 0);
    assert_eq!(progress::progress(&life.order), Progress::Refunded);
}

#[test]
fn a_late_part_of_an_ended_order_goes_back_and_late_money_in_full_still_buys() {
    let mut life = Life::placed();
    life.act(|draft| part(draft, 300_000, Some(1)));
    life.act(|draft| part(draft, TOTAL, Some(1)));
    for number in [1, 2] {
        life.act(|draft| draft.settle(&pay(number), &Reported::Declined).map(drop));
    }
    life.wait(24 * 60);
    assert_eq!(life.order.life.state(), State::Expired);

    life.act(|draft| draft.settle(&pay(1), &Reported::Paid(kes(300_000))).map(drop));
    assert_eq!(
        (back(&life), life.order.life.state()),
        (vec![(1, 300_000)], State::Expired)
    );

    life.act(|draft| draft.settle(&pay(2), &Reported::Paid(kes(TOTAL))).map(drop));
    assert_eq!(life.order.life.state(), State::Paid);
    assert_eq!(life.order.supplier_orders.len(), 1);
}

#[test]
fn money_that_comes_days_late_waits_for_a_person() {
    let mut life = Life::placed();
    life.act(|draft| part(draft, TOTAL, Some(1)));
    life.act(|draft| draft.settle(&pay(1), &Reported::Declined).map(drop));
    life.wait(24 * 60);
    life.now += 4 * 24 * 60;

    life.act(|draft| draft.settle(&pay(1), &Reported::Paid(kes(TOTAL))).map(drop));

    assert_eq!(life.order.life.state(), State::OnHold);
}

#[test]
fn cancelling_a_part_paid_order_gives_the_parts_back() {
    let mut life = paid_in(&[300_000]);

    life.act(Draft::cancel);

    assert_eq!(life.order.life.state(), State::Cancelled);
    assert_eq!(back(&life), [(1, 300_000)]);
    assert_eq!(life.of(Account::HeldParts, Currency::KES), 0);
}

#[test]
fn a_link_ends_by_itself_or_when_its_owner_ends_it_and_not_more_than_ten_are_open() {
    let mut life = Life::placed();
    life.act(|draft| draft.make_pay_link("hash", minute(100)).map(drop));
    let link = life.order.pay_link("hash").unwrap().clone();
    assert!(link.is_open(minute(99)) && !link.is_open(minute(100)));

    life.act(|draft| draft.revoke_pay_link(&link.id));
    assert!(!life.order.pay_link("hash").unwrap().is_open(minute(5)));
    for number in 0..10 {
        life.act(|draft| draft.make_pay_link(&format!("h{number}"), minute(100)).map(drop));
    }
    let more = life.try_act(|draft| draft.make_pay_link("more", minute(100)).map(drop));
    assert!(matches!(more, Err(Failure::Refused(Refusal::TooManyLinks))));
}

/// What a card takes in shillings, made small.
const CARD: Limits = Limits {
    unit: 100,
    smallest: 10_000,
    largest: 300_000,
};

fn by_card(draft: &mut Draft, amount: Option<i64>) -> Result<PaymentId, Failure> {
    draft.start_paying(Paying {
        provider: "stripe".parse().unwrap(),
        expires_at: minute(60),
        amount: amount.map(kes),
        payer: None,
        limits: Some(CARD),
    })
}

fn wrong_amount(refused: Result<(), Failure>) -> &'static str {
    match refused {
        Err(Failure::Invalid(fields)) => fields[0].code,
        other => panic!("not a wrong field: {other:?}"),
    }
}

#[test]
fn what_cannot_be_paid_at_once_is_paid_in_parts_that_leave_a_payable_rest() {
    let mut life = Life::placed();
    life.act(|draft| draft.keep_limits(CARD));
    let asked = |life: &mut Life, amount: Option<i64>| life.try_act(|draft| by_card(draft, amount).map(drop));

    assert_eq!(wrong_amount(asked(&mut life, None)), "too_large");
    assert_eq!(wrong_amount(asked(&mut life, Some(300_100))), "too_large");
    assert_eq!(wrong_amount(asked(&mut life, Some(299_950))), "bad_step");
    for (number, amount) in [(1, 300_000), (2, 300_000)] {
        life.act(|draft| by_card(draft, Some(amount)).map(drop));
        life.act(|draft| draft.settle(&pay(number), &Reported::Paid(kes(amount))).map(drop));
    }
    // 282,100 are left: 5,000 of it could not be paid alone.
    assert_eq!(wrong_amount(asked(&mut life, Some(277_100))), "out_of_range");
    life.act(|draft| by_card(draft, None).map(drop));
    life.act(|draft| draft.settle(&pay(3), &Reported::Paid(kes(282_100))).map(drop));

    assert_eq!(life.order.life.state(), State::Paid);
}

#[test]
fn what_the_customer_adds_must_be_payable_as_well() {
    let placed = |reserve: i64| {
        let choices = Choices {
            drift: DriftPolicy::UseMine,
            reserve: Some(kes(reserve)),
            ..Choices::default()
        };
        let placing = Placing { choices, ..placing() };
        Draft::place(&quote(), placing, minute(1)).unwrap().keep_limits(CARD)
    };

    assert!(placed(100).is_ok());
    assert_eq!(wrong_amount(placed(150)), "bad_step");
}

#[test]
fn however_many_pages_are_opened_by_a_link_the_customer_and_other_links_can_pay() {
    let mut life = Life::placed();
    let link = |life: &mut Life, number| life.try_act(|draft| part(draft, 50_000, Some(number)));
    for _ in 0..6 {
        link(&mut life, 1).unwrap();
    }

    let more = link(&mut life, 1);

    assert!(matches!(more, Err(Failure::Refused(Refusal::TooManyPages))));
    link(&mut life, 2).unwrap();
    for _ in 0..60 {
        // Every page of the customer closes the one before.
        life.act(|draft| draft.start_payment("stripe".parse().unwrap(), minute(60)).map(drop));
        let number = u32::try_from(life.order.payments.len()).unwrap();
        life.act(|draft| draft.settle(&pay(number), &Reported::Declined).map(drop));
    }
    // The pages close after an hour, whether anybody has told us or not.
    life.now = 61;
    link(&mut life, 1).unwrap();
}

#[test]
fn the_owner_makes_a_new_link_however_many_were_made_and_ended() {
    let mut life = Life::placed();
    for number in 1..=70_u32 {
        life.act(|draft| draft.make_pay_link(&format!("h{number}"), minute(100)).map(drop));
        life.act(|draft| draft.revoke_pay_link(&PayLinkId::of(&placing().id, number)));
    }

    assert_eq!(life.order.pay_links.len(), 50);
    assert!(life.order.pay_link("h70").is_some() && life.order.pay_link("h1").is_none());
}

#[test]
fn another_email_address_closes_the_pages_that_name_the_old_one() {
    let mut life = Life::placed();
    life.act(|draft| draft.start_payment("stripe".parse().unwrap(), minute(60)).map(drop));
    life.act(|draft| part(draft, 50_000, Some(1)));

    life.act(|draft| draft.change_email(" asha@example.com "));

    assert_eq!(life.order.destination.parts().email, "asha@example.com");
    assert!(life.order.is_superseded(&life.order.payments[0]));
    assert!(!life.order.is_superseded(&life.order.payments[1]));
    life.act(|draft| draft.start_payment("stripe".parse().unwrap(), minute(60)).map(drop));
    assert!(!life.order.is_superseded(&life.order.payments[2]));
    assert_eq!(
        wrong_amount(life.try_act(|draft| draft.change_email("asha@"))),
        "bad_email"
    );
    let total = life.order.total;
    life.act(|draft| draft.settle(&pay(3), &Reported::Paid(total)).map(drop));
    let late = life.try_act(|draft| draft.change_email("late@example.com"));
    assert!(matches!(late, Err(Failure::Refused(Refusal::NotPayable))));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn whoever_pays_however_much_nothing_is_lost_and_nobody_gets_more_than_theirs(
        cuts in prop::collection::vec(45_000_i64..400_000, 1..6), units in 1_u32..3,
    ) {
        let mut parts = Vec::new();
        let mut left = TOTAL;
        for cut in cuts {
            if left - cut > 45_000 {
                parts.push(cut);
                left -= cut;
            }
        }
        parts.push(left);
        let mut life = paid_in(&parts);
        prop_assert_eq!(life.order.life.state(), State::Paid);
        life.act(|draft| draft.lease_supplier_order(&sup(1), usd(3400)));
        life.act(|draft| draft.bought(&sup(1), Bought::Placed(vec!["819".into()])));

        for number in 1..=units {
            life.act(|draft| draft.write_off_unit(&UnitId::of(&placing().id, number)));
        }

        let landed = life.order.lines[0].landed.split(&[1, 1]).unwrap();
        let wanted: i64 = landed.iter().take(usize::try_from(units).unwrap()).map(|money| money.amount()).sum();
        prop_assert_eq!(life.order.refunds.iter().map(|refund| refund.amount.amount()).sum::<i64>(), wanted);
        for payment in &life.order.payments {
            let left = life.order.refundable(payment).unwrap().amount();
            prop_assert!(left >= 0, "more went back than came");
            // Each gets the part of what goes back that they paid of the whole; every refund rounds by less than a unit.
            let paid = payment.captured.unwrap().amount();
            let fair = i128::from(wanted) * i128::from(paid) / i128::from(TOTAL);
            let got = i128::from(paid - left);
            prop_assert!((got - fair).abs() <= i128::from(2 * units), "{got} of {fair}");
        }
        prop_assert!(life.order.balances.is_balanced());
    }
}
