//! What a store says after it took an order: other charges, cancellations of all or a part, and purchases that a buyer made by hand.

use super::{drift::paid_with, *};
use crate::lifecycle::ExceptionKind;

fn line(n: u32) -> LineId {
    LineId::of(&placing().id, n)
}

fn bought_with(out_of_stock: StockPolicy) -> Life {
    let mut life = paid_with(Choices {
        out_of_stock,
        ..Choices::default()
    });
    life.act(|draft| draft.lease_supplier_order(&sup(1), usd(3400)));
    life.act(|draft| draft.bought(&sup(1), Bought::Placed(vec!["819".into(), "820".into()])));
    life
}

fn by_store() -> Ended {
    Ended {
        by: EndedBy::Store,
        words: "no_stock".into(),
    }
}

fn ended(line: LineId, count: u32) -> StoreNews {
    StoreNews {
        is_shipped: true,
        ended: vec![EndedItem {
            line,
            count: Some(count),
            ended: by_store(),
        }],
        ..StoreNews::default()
    }
}

fn kinds(life: &Life) -> Vec<ExceptionKind> {
    life.order.open_exceptions().map(|open| open.kind).collect()
}

fn state(life: &Life, n: u32) -> State {
    life.order.supplier_order(&sup(n)).unwrap().life.state()
}

fn charged(sums: &[Money]) -> StoreNews {
    StoreNews {
        charged: sums.to_vec(),
        ..StoreNews::default()
    }
}

#[test]
fn what_the_store_charges_is_owed_in_its_own_money_and_too_much_goes_to_a_person_once() {
    let euro: Currency = "EUR".parse().unwrap();
    let eur = |amount| Money::new(amount, euro);
    for (sums, owed, told) in [
        (vec![usd(3570)], (-3570, 0), 0),
        (vec![usd(13_300)], (-13_300, 0), 1),
        (vec![eur(2_000)], (0, -2_000), 1),
        (vec![usd(1_000), eur(2_000)], (-1_000, -2_000), 1),
    ] {
        let mut life = bought_with(StockPolicy::DropLine);

        life.act(|draft| draft.store_news(&sup(1), &charged(&sums)));
        life.act(|draft| draft.store_news(&sup(1), &charged(&sums)));

        let books = |currency| life.of(Account::StorePayable, currency);
        assert_eq!((books(Currency::USD), books(euro)), owed, "{sums:?}");
        assert_eq!(kinds(&life), vec![ExceptionKind::Overcharged; told], "{sums:?}");
    }
}

#[test]
fn a_line_that_the_store_cancels_is_settled_by_the_choice_of_the_customer_and_the_rest_goes_on() {
    for (choice, then) in [
        (StockPolicy::DropLine, State::Stopped),
        (StockPolicy::Ask, State::Asked),
    ] {
        let mut life = bought_with(choice);
        life.act(|draft| draft.store_news(&sup(1), &charged(&[usd(3400)])));
        let held = life.of(Account::HeldStore, Currency::KES);

        // The store tells it again with every look.
        for _ in 0..2 {
            let news = StoreNews {
                charged: vec![usd(2200)],
                ..ended(line(2), 1)
            };
            life.act(|draft| draft.store_news(&sup(1), &news));
        }

        assert_eq!((state(&life, 1), state(&life, 2)), (State::Dispatched, then));
        assert_eq!(life.order.supplier_orders.len(), 2);
        assert_eq!(life.of(Account::StorePayable, Currency::USD), -2200);
        assert_eq!(kinds(&life), [], "{choice:?}");
        if then == State::Asked {
            assert!(
                life.of(Account::HeldStore, Currency::KES) < held,
                "its money is held again"
            );
            life.act(|draft| draft.leave_out(&sup(2)));
        }
        let blue = life.order.line(&line(2)).unwrap().landed;
        assert_eq!(life.order.refunds.iter().map(|r| r.amount).collect::<Vec<_>>(), [blue]);
        assert_eq!(life.order.units[2].life.state(), State::Dropped);
        life.act(|draft| draft.receive(&received(1, line(1).as_str(), 2)).map(drop));
        assert_eq!(state(&life, 1), State::Arrived);
    }
}

#[test]
fn one_piece_of_two_that_the_store_cancels_is_left_out_or_shown_to_a_person() {
    for (choice, gone, told) in [
        (StockPolicy::DropLine, State::Dropped, vec![]),
        (StockPolicy::Ask, State::Expected, vec![ExceptionKind::NotArrived]),
    ] {
        let mut life = bought_with(choice);

        for _ in 0..2 {
            life.act(|draft| draft.store_news(&sup(1), &ended(line(1), 1)));
        }

        let states: Vec<State> = life.order.units.iter().map(|unit| unit.life.state()).collect();
        assert_eq!(states, [State::Expected, gone, State::Expected]);
        assert_eq!(kinds(&life), told);
        assert_eq!(state(&life, 1), State::Dispatched);
        assert_eq!(life.order.refunds.len(), usize::from(gone == State::Dropped));
    }
}

#[test]
fn a_sale_that_the_store_cancels_ends_as_the_customer_chose_and_what_we_ended_goes_to_a_person() {
    for (choice, by, then) in [
        (StockPolicy::DropLine, EndedBy::Store, State::Stopped),
        (StockPolicy::Ask, EndedBy::Store, State::Asked),
        (StockPolicy::DropLine, EndedBy::Us, State::Refused),
    ] {
        let mut life = bought_with(choice);
        let news = StoreNews {
            cancelled: Some(Ended { by, ..by_store() }),
            ..StoreNews::default()
        };

        life.act(|draft| draft.store_news(&sup(1), &charged(&[usd(3450)])));
        life.act(|draft| draft.store_news(&sup(1), &news));

        assert_eq!(state(&life, 1), then, "{choice:?} {by:?}");
        assert_eq!(life.of(Account::StorePayable, Currency::USD), 0);
        assert_eq!(life.of(Account::Exchange, Currency::USD), 0);
        let is_left_out = then == State::Stopped;
        let back: i64 = life.order.refunds.iter().map(|refund| refund.amount.amount()).sum();
        assert_eq!(back, if is_left_out { 882_100 } else { 0 });
        if then == State::Asked {
            life.act(|draft| draft.try_again_as_priced(&sup(1)));
            let reference = life.order.supplier_order(&sup(1)).unwrap().reference();
            assert!(reference.ends_with("-1-2"), "something new to the store: {reference}");
        }
    }
}

#[test]
fn a_refusal_for_stock_asks_for_each_line_alone_and_then_acts_as_the_customer_chose() {
    for (choice, then) in [
        (StockPolicy::DropLine, State::Stopped),
        (StockPolicy::Ask, State::Asked),
    ] {
        let mut life = paid_with(Choices {
            out_of_stock: choice,
            ..Choices::default()
        });
        life.act(|draft| draft.lease_supplier_order(&sup(1), usd(3400)));
        life.act(|draft| draft.bought(&sup(1), Bought::SoldOut("INVENTORY_HOLD_ERROR".into())));
        assert_eq!(
            [state(&life, 1), state(&life, 2), state(&life, 3)],
            [State::Stopped, State::Planned, State::Planned]
        );

        life.act(|draft| draft.lease_supplier_order(&sup(2), usd(2200)));
        life.act(|draft| draft.bought(&sup(2), Bought::SoldOut("INVENTORY_HOLD_ERROR".into())));
        life.act(|draft| draft.lease_supplier_order(&sup(3), usd(1200)));
        life.act(|draft| draft.bought(&sup(3), Bought::Placed(vec!["821".into()])));

        assert_eq!((state(&life, 2), state(&life, 3)), (then, State::Placed));
        assert_eq!(kinds(&life), []);
        let red = life.order.line(&line(1)).unwrap().landed;
        let back: Vec<Money> = life.order.refunds.iter().map(|refund| refund.amount).collect();
        assert_eq!(back, if then == State::Stopped { vec![red] } else { vec![] });
    }
}

#[test]
fn a_purchase_by_hand_is_recorded_from_every_state_in_which_it_is_true() {
    let by_hand = |life: &mut Life| life.try_act(|draft| draft.placed_by_staff(&sup(1), "999"));
    let refused = |life: &mut Life| life.act(|draft| draft.cannot_buy(&sup(1), "gone"));
    let leased = |life: &mut Life| life.act(|draft| draft.lease_supplier_order(&sup(1), usd(3400)));

    let mut planned = Life::paid();
    by_hand(&mut planned).unwrap();
    let mut after_refusal = Life::paid();
    refused(&mut after_refusal);
    by_hand(&mut after_refusal).unwrap();
    let mut unknown = Life::paid();
    leased(&mut unknown);
    assert!(by_hand(&mut unknown).is_err(), "a worker is calling");
    unknown.act(|draft| draft.bought(&sup(1), Bought::Unknown("cut".into())));
    by_hand(&mut unknown).unwrap();

    for life in [&planned, &after_refusal, &unknown] {
        assert_eq!(state(life, 1), State::Placed);
        assert_eq!(life.of(Account::StorePayable, Currency::USD), -3400);
        assert_eq!(kinds(life), []);
    }
    assert!(matches!(
        by_hand(&mut planned),
        Err(Failure::Refused(Refusal::AlreadyApplied))
    ));
    let mut twice = Life::bought();
    by_hand(&mut twice).unwrap();
    assert_eq!(kinds(&twice), [ExceptionKind::DoubleBuy]);
    assert_eq!(twice.order.supplier_order(&sup(1)).unwrap().store_orders, ["819"]);
    let mut cancelled = Life::paid();
    cancelled.act(Draft::cancel);
    by_hand(&mut cancelled).unwrap();
    assert_eq!(kinds(&cancelled), [ExceptionKind::DoubleBuy], "bought for nobody");
}
