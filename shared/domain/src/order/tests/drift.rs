//! The look before buying against what the customer chose.

use super::*;

const QUOTED: i64 = 3_400;

fn looks(red: Look, blue: Look) -> Vec<(LineId, Look)> {
    vec![
        (LineId::of(&placing().id, 1), red),
        (LineId::of(&placing().id, 2), blue),
    ]
}

/// An order that was paid with these choices; its red line is priced at 22.00 USD and its blue one at 12.00.
pub(super) fn paid_with(choices: Choices) -> Life {
    let placed = |choices| {
        let placing = Placing { choices, ..placing() };
        Draft::place(&quote(), placing, minute(1)).unwrap().finish()
    };
    let mut life = Life {
        order: placed(choices).order,
        sent: vec![],
        timeline: placed(choices).timeline,
        now: 1,
    };
    let due = life.order.due();
    life.act(|draft| draft.start_payment("stripe".parse().unwrap(), minute(60)).map(drop));
    life.act(|draft| draft.settle(&pay(1), &Reported::Paid(due)).map(drop));
    life
}

fn choices(drift: DriftPolicy) -> Choices {
    Choices {
        drift,
        reserve: (drift == DriftPolicy::UseMine).then(|| kes(100_000)),
        ..Choices::default()
    }
}

fn looked(life: &mut Life, looks: &[(LineId, Look)]) -> ToBuy {
    let mut found = ToBuy::Nothing;
    life.act(|draft| {
        found = draft.buy_what_fits(&sup(1), looks)?;
        Ok(())
    });
    found
}

#[test]
fn every_drift_meets_the_choice_of_the_customer() {
    use DriftPolicy::{Ask, DropLine, UseMine, WithinGuarantee};
    // The guarantee covers 35.70 USD for both; what the customer adds, 1,000 KES, is worth 7.69 USD more.
    let cases = [
        (-30, [State::Sending; 4]),
        (-5, [State::Sending; 4]),
        (0, [State::Sending; 4]),
        (5, [State::Sending; 4]),
        (6, [State::Refused, State::Sending, State::Asked, State::Stopped]),
        (20, [State::Refused, State::Sending, State::Asked, State::Stopped]),
        (30, [State::Refused, State::Asked, State::Asked, State::Stopped]),
        (50, [State::Refused, State::Asked, State::Asked, State::Stopped]),
    ];
    for (percent, wanted) in cases {
        for (policy, state) in [WithinGuarantee, UseMine, Ask, DropLine].into_iter().zip(wanted) {
            let mut life = paid_with(choices(policy));
            let cost = |cents: i64| Look::Costs(usd(cents * (100 + percent) / 100));

            let to_buy = looked(&mut life, &looks(cost(2_200), cost(1_200)));

            let states: Vec<State> = life.order.supplier_orders.iter().map(|s| s.life.state()).collect();
            assert!(
                states.iter().all(|found| *found == state),
                "{percent} % with {policy:?}: {states:?}"
            );
            assert_eq!(
                matches!(to_buy, ToBuy::Lines(..)),
                state == State::Sending,
                "{percent} % with {policy:?}"
            );
            let checks = life.order.supplier_orders.iter().all(|s| s.check.is_some());
            assert!(checks, "every look is kept");
            assert!(life.order.balances.is_balanced());
        }
    }
}

#[test]
fn only_the_line_that_is_dearer_is_held_up() {
    let mut life = paid_with(choices(DriftPolicy::DropLine));

    let to_buy = looked(&mut life, &looks(Look::Costs(usd(2_200)), Look::Costs(usd(2_400))));

    let ToBuy::Lines(lines, limit) = to_buy else {
        panic!("the red line fits")
    };
    assert_eq!(lines, [LineId::of(&placing().id, 1)]);
    assert!(limit.amount() >= 2_200 && limit.amount() < QUOTED);
    assert_eq!(life.order.supplier_orders[1].life.state(), State::Stopped);
    assert_eq!(life.order.refunds.len(), 1);
    assert_eq!(life.order.refunds[0].amount, life.order.lines[1].landed);
    assert_eq!(life.order.life.state(), State::Paid);
}

#[test]
fn what_is_sold_out_is_left_out_or_asked_about_as_chosen() {
    for (policy, state) in [
        (StockPolicy::DropLine, State::Stopped),
        (StockPolicy::Ask, State::Asked),
    ] {
        let mut life = paid_with(Choices {
            out_of_stock: policy,
            ..Choices::default()
        });

        looked(
            &mut life,
            &looks(Look::Costs(usd(2_200)), Look::SoldOut("it is out of stock".into())),
        );

        assert_eq!(life.order.supplier_orders[0].life.state(), State::Sending);
        assert_eq!(life.order.supplier_orders[1].life.state(), state);
    }
}

#[test]
fn no_answer_to_a_question_leaves_the_line_out_and_gives_its_money_back() {
    let mut life = paid_with(choices(DriftPolicy::Ask));
    looked(&mut life, &looks(Look::Costs(usd(4_000)), Look::Costs(usd(4_000))));
    assert!(
        life.order
            .supplier_orders
            .iter()
            .all(|s| s.life.state() == State::Asked)
    );

    life.wait(2 * 24 * 60);

    assert!(
        life.order
            .supplier_orders
            .iter()
            .all(|s| s.life.state() == State::Stopped)
    );
    let back: i64 = life.order.refunds.iter().map(|refund| refund.amount.amount()).sum();
    assert_eq!(back, 882_100);
}

#[test]
fn what_the_customer_agrees_to_add_is_paid_first_and_then_used() {
    let mut life = paid_with(choices(DriftPolicy::Ask));
    looked(&mut life, &looks(Look::Costs(usd(2_200)), Look::Costs(usd(2_000))));
    assert_eq!(life.order.due(), kes(0));
    let asked = life.order.supplier_orders[1].id.clone();

    life.act(|draft| draft.agree_to_price(&asked).map(drop));
    let extra = life.order.due();
    // 20.00 USD instead of the 12.60 that are covered, at the rate of the quote: 442,000 for 34.00 USD.
    assert_eq!(extra, kes(96_200));
    life.act(|draft| draft.start_payment("stripe".parse().unwrap(), minute(90)).map(drop));
    life.act(|draft| draft.settle(&pay(2), &Reported::Paid(extra)).map(drop));
    assert_eq!(life.order.due(), kes(0));
    assert_eq!(life.order.supplier_orders[1].life.state(), State::Planned);

    life.act(|draft| {
        let look = vec![(LineId::of(&placing().id, 2), Look::Costs(usd(2_000)))];
        assert!(matches!(draft.buy_what_fits(&asked, &look)?, ToBuy::Lines(..)));
        Ok(())
    });
    life.act(|draft| draft.bought(&asked, Bought::Placed(vec!["820".into()])));

    assert_eq!(life.of(Account::HeldReserve, Currency::KES), 0);
    assert!(life.order.refunds.is_empty());
}

#[test]
fn what_has_to_be_added_can_be_paid_or_is_not_asked_for() {
    let cases = [
        // Of 96,200: in steps, raised to the least, and more than is taken at once.
        ((1_000, 1), Some(97_000)),
        ((100, 150_000), Some(150_000)),
        ((100, 1), None),
    ];
    for (index, ((unit, smallest), extra)) in cases.into_iter().enumerate() {
        let largest = if index == 2 { 96_100 } else { 1_000_000 };
        let mut life = paid_with(choices(DriftPolicy::Ask));
        life.order.limits = Some(crate::payment_terms::Limits {
            unit,
            smallest,
            largest,
        });
        looked(&mut life, &looks(Look::Costs(usd(2_200)), Look::Costs(usd(2_000))));

        let asked = life.order.supplier_orders[1].clone();

        assert_eq!(asked.extra, extra.map(kes));
        let agreed = life.try_act(|draft| draft.agree_to_price(&asked.id).map(drop));
        assert_eq!(agreed.is_ok(), extra.is_some());
    }
}

#[test]
fn an_addition_that_was_not_needed_goes_back_when_everything_is_bought() {
    let mut life = paid_with(choices(DriftPolicy::UseMine));
    assert_eq!(life.of(Account::HeldReserve, Currency::KES), -100_000);
    looked(&mut life, &looks(Look::Costs(usd(2_300)), Look::Costs(usd(1_300))));

    life.act(|draft| draft.bought(&sup(1), Bought::Placed(vec!["819".into()])));

    // 36.00 USD instead of 35.70: 0.30 USD at 442,000 for 34.00 USD.
    assert_eq!(life.order.refunds[0].amount, kes(100_000 - 3_900));
    assert_eq!(life.order.refunds[0].reason, RefundReason::NotNeeded);
    assert_eq!(life.of(Account::HeldReserve, Currency::KES), 0);
}

#[test]
fn an_addition_without_its_choice_or_beyond_the_price_is_not_taken() {
    for (drift, reserve) in [
        (DriftPolicy::Ask, Some(kes(1))),
        (DriftPolicy::UseMine, None),
        (DriftPolicy::UseMine, Some(kes(0))),
        (DriftPolicy::UseMine, Some(kes(882_101))),
        (DriftPolicy::UseMine, Some(usd(10))),
    ] {
        let choices = Choices {
            drift,
            reserve,
            ..Choices::default()
        };
        let placed = Draft::place(&quote(), Placing { choices, ..placing() }, minute(1));

        assert!(
            matches!(placed.err(), Some(Failure::Invalid(_))),
            "{drift:?} {reserve:?}"
        );
    }
}
