//! The headline over every combination of what two pieces can stand at and what can be open: what it may say when.

use super::*;
use crate::{
    id::ExceptionId,
    lifecycle::{self, ExceptionKind, Subject},
};

/// Where a piece can stand: its own state, and that of its purchase or its parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spot {
    Bought(State),
    Here,
    Held,
    Parcel(State),
    There,
    ComesBack,
    Never(State),
}

const PURCHASES: [State; 8] = [
    State::Planned,
    State::Sending,
    State::Unknown,
    State::Asked,
    State::Refused,
    State::StaffDecision,
    State::Placed,
    State::Dispatched,
];

const PARCELS: [State; 8] = [
    State::Packed,
    State::Labelling,
    State::LabelUnknown,
    State::StaffDecision,
    State::Refused,
    State::Labelled,
    State::InTransit,
    State::CarrierException,
];

fn spots() -> Vec<Spot> {
    let mut spots = vec![
        Spot::Here,
        Spot::Held,
        Spot::There,
        Spot::ComesBack,
        Spot::Never(State::Lost),
        Spot::Never(State::Dropped),
    ];
    spots.extend(PURCHASES.map(Spot::Bought));
    spots.extend(PARCELS.map(Spot::Parcel));
    spots
}

impl Spot {
    fn unit(self) -> State {
        match self {
            Self::Bought(_) => State::Expected,
            Self::Here => State::Received,
            Self::Held => State::OnHold,
            Self::Parcel(_) => State::Packed,
            Self::There => State::Delivered,
            Self::ComesBack => State::Returned,
            Self::Never(state) => state,
        }
    }

    fn purchase(self) -> State {
        match self {
            Self::Bought(state) => state,
            Self::Never(State::Dropped) => State::Stopped,
            Self::Here | Self::Held | Self::Parcel(_) | Self::There | Self::ComesBack | Self::Never(_) => {
                State::Arrived
            }
        }
    }

    fn parcel(self) -> State {
        match self {
            Self::Parcel(state) => state,
            Self::There => State::Delivered,
            Self::ComesBack => State::Returned,
            Self::Bought(_) | Self::Here | Self::Held | Self::Never(_) => State::Delivered,
        }
    }

    fn is_in_warehouse(self) -> bool {
        let in_house = [State::Packed, State::Labelling, State::LabelUnknown, State::Labelled];
        self == Self::Here || in_house.map(Self::Parcel).contains(&self)
    }

    fn will_come(self) -> bool {
        !matches!(self, Self::Never(_))
    }
}

fn at(state: State) -> lifecycle::Life {
    lifecycle::Life::restored(state, minute(1), None, 0)
}

/// An order of two pieces, each with a purchase and a parcel of its own.
fn standing(order: &Order, spots: [Spot; 2], matter: Option<(ExceptionKind, Part)>) -> Order {
    let mut order = order.clone();
    order.units.truncate(2);
    order.units[1].line = order.lines[1].id.clone();
    let purchase = order.supplier_orders[0].clone();
    let parcel = order.shipments[0].clone();
    order.supplier_orders.clear();
    order.shipments.clear();
    for (n, spot) in (1_u32..).zip(spots) {
        let unit = &mut order.units[(n - 1) as usize];
        unit.life = at(spot.unit());
        unit.shipment = Some(shp(n));
        let (mut purchase, mut parcel) = (purchase.clone(), parcel.clone());
        purchase.id = sup(n);
        purchase.lines = vec![order.lines[(n - 1) as usize].id.clone()];
        purchase.life = at(spot.purchase());
        parcel.id = shp(n);
        parcel.life = at(spot.parcel());
        order.supplier_orders.push(purchase);
        order.shipments.push(parcel);
    }
    order.exceptions = matter
        .map(|(kind, about)| Exception {
            id: ExceptionId::of(&order.id, 1),
            kind,
            about,
            opened_at: minute(2),
            resolved: None,
        })
        .into_iter()
        .collect();
    order
}

type MayBeSaid = fn([Spot; 2], Option<ExceptionKind>) -> bool;

fn all(spots: [Spot; 2], is_so: impl Fn(Spot) -> bool) -> bool {
    let mut coming = spots.into_iter().filter(|spot| spot.will_come()).peekable();
    coming.peek().is_some() && coming.all(is_so)
}

fn any(spots: [Spot; 2], is_so: impl Fn(Spot) -> bool) -> bool {
    spots.into_iter().any(is_so)
}

fn is_open(matter: Option<ExceptionKind>) -> bool {
    matter.is_some_and(|kind| kind != ExceptionKind::RefundRefused)
}

/// Both will come, and nothing is in the way of either.
fn is_quiet(spots: [Spot; 2]) -> bool {
    let in_the_way = |spot: Spot| match spot {
        Spot::Bought(state) => matches!(state, State::Asked | State::Refused | State::StaffDecision),
        Spot::Parcel(state) => matches!(state, State::CarrierException | State::Refused | State::StaffDecision),
        Spot::Held | Spot::ComesBack => true,
        Spot::Here | Spot::There | Spot::Never(_) => false,
    };
    !any(spots, in_the_way) && spots.into_iter().all(Spot::will_come)
}

/// What may be said when; whatever is said must be in it.
const MAY_BE_SAID: &[(&str, MayBeSaid)] = &[
    ("goes out next", |spots, matter| {
        all(spots, Spot::is_in_warehouse) && !is_open(matter)
    }),
    ("On the way to you.", |spots, _| {
        all(spots, |spot| spot == Spot::Parcel(State::InTransit))
    }),
    ("Delivered", |spots, _| all(spots, |spot| spot == Spot::There)),
    ("We are buying your items.", |spots, matter| {
        let buying = [State::Planned, State::Sending, State::Unknown].map(Spot::Bought);
        all(spots, |spot| buying.contains(&spot)) && !is_open(matter)
    }),
    ("Bought. The store is sending", |spots, matter| {
        let bought = [State::Placed, State::Dispatched].map(Spot::Bought);
        all(spots, |spot| bought.contains(&spot)) && !is_open(matter)
    }),
    ("tell us what to do", |spots, _| {
        any(spots, |spot| spot == Spot::Bought(State::Asked))
    }),
    ("back to us", |spots, _| any(spots, |spot| spot == Spot::ComesBack)),
    ("The carrier reports a problem", |spots, _| {
        any(spots, |spot| spot == Spot::Parcel(State::CarrierException))
    }),
    ("Something is not right with", |spots, _| {
        any(spots, |spot| spot == Spot::Held)
    }),
    ("has not taken it on yet", |spots, _| {
        let refused = [State::Refused, State::StaffDecision].map(Spot::Parcel);
        any(spots, |spot| refused.contains(&spot))
    }),
    ("We are looking for a way.", |spots, _| {
        any(spots, |spot| spot == Spot::Bought(State::Refused))
    }),
    ("making sure that the store has our order", |spots, _| {
        any(spots, |spot| spot == Spot::Bought(State::StaffDecision))
    }),
    ("still waiting for", |_, matter| {
        matter == Some(ExceptionKind::NotArrived)
    }),
    ("longer than it should be", |_, matter| {
        matches!(matter, Some(ExceptionKind::NotPacked | ExceptionKind::NotHandedOver))
    }),
    ("looking at an open question", |_, matter| is_open(matter)),
    ("Ended without delivery.", |spots, _| !any(spots, Spot::will_come)),
    ("items are bought at the store.", |spots, _| is_quiet(spots)),
    ("items are at our warehouse.", |spots, _| is_quiet(spots)),
    ("items are on the way to you.", |spots, _| is_quiet(spots)),
    ("items are delivered.", |spots, _| is_quiet(spots)),
];

#[test]
fn the_headline_says_only_what_is_so_of_every_piece_and_open_matter() {
    let shipped = Life::shipped().order;
    let unit = Part::Unit(shipped.units[0].id.clone());
    let matters = [
        None,
        Some((ExceptionKind::NotArrived, unit.clone())),
        Some((ExceptionKind::NotPacked, unit)),
        Some((ExceptionKind::NotHandedOver, Part::Shipment(shp(1)))),
        Some((ExceptionKind::LabelMissing, Part::Shipment(shp(1)))),
        Some((ExceptionKind::OrderOverdue, Part::Order)),
        Some((ExceptionKind::RefundRefused, Part::Refund(refund(1)))),
    ];
    let mut said = std::collections::BTreeSet::new();
    for first in spots() {
        for second in spots() {
            for matter in &matters {
                let order = standing(&shipped, [first, second], matter.clone());
                let kind = matter.as_ref().map(|(kind, _)| *kind);

                let sentence = headline::sentence(&order);

                let known: Vec<_> = MAY_BE_SAID
                    .iter()
                    .filter(|(words, _)| sentence.contains(words))
                    .collect();
                let place = format!("{sentence} of {first:?}, {second:?} with {kind:?}");
                assert!(!known.is_empty(), "nobody allows: {place}");
                assert!(
                    known.iter().all(|(_, may)| may([first, second], kind)),
                    "not so: {place}"
                );
                said.extend(known.iter().map(|(words, _)| *words));
            }
        }
    }
    assert_eq!(
        said.len(),
        MAY_BE_SAID.len(),
        "some of the table is never said: {said:?}"
    );
}

#[test]
fn what_is_in_the_way_of_a_piece_is_never_left_out_of_the_headline() {
    let shipped = Life::shipped().order;
    for quiet in [
        Spot::Here,
        Spot::There,
        Spot::Parcel(State::InTransit),
        Spot::Bought(State::Placed),
    ] {
        for (spot, words) in [
            (Spot::ComesBack, "1 of 2 items back to us"),
            (Spot::Held, "not right with 1 of 2 items"),
            (
                Spot::Parcel(State::Refused),
                "1 of 2 items are packed. The carrier has not taken",
            ),
            (Spot::Parcel(State::CarrierException), "a problem with 1 of 2 items"),
            (
                Spot::Bought(State::Refused),
                "sell 1 of 2 items as quoted. We are looking",
            ),
            (
                Spot::Bought(State::Asked),
                "sell 1 of 2 items as quoted. Please tell us",
            ),
        ] {
            for pair in [[spot, quiet], [quiet, spot]] {
                let sentence = headline::sentence(&standing(&shipped, pair, None));
                assert!(sentence.contains(words), "{sentence} of {pair:?}");
            }
        }
    }
}

#[test]
fn every_state_of_a_piece_a_purchase_and_a_parcel_is_among_the_combinations() {
    let seen = |subject: Subject, of: fn(Spot) -> State| {
        let reached: Vec<State> = spots().into_iter().map(of).collect();
        for row in lifecycle::TABLE.iter().filter(|row| row.subject == subject) {
            assert!(reached.contains(&row.to), "{subject} {} is in no combination", row.to);
        }
    };
    seen(Subject::Unit, Spot::unit);
    seen(Subject::SupplierOrder, Spot::purchase);
    seen(Subject::Shipment, Spot::parcel);
}

#[test]
fn what_became_of_the_money_of_an_order_that_ended_is_told() {
    let mut unpaid = Life::placed();
    unpaid.act(Draft::cancel);
    let mut paid = Life::paid();
    paid.act(Draft::cancel);
    let on_its_way = headline::sentence(&paid.order);
    paid.act(|draft| draft.lease_refund(&refund(1), true));
    paid.act(|draft| draft.refund_refused(&refund(1), "the card is closed"));
    let refused = headline::sentence(&paid.order);
    let mut late = Life::placed();
    late.wait(25 * 60);

    assert_eq!(headline::sentence(&unpaid.order), "Ended without delivery.");
    assert_eq!(on_its_way, "Cancelled. Your money is on its way back.");
    assert_eq!(refused, "Cancelled. Our staff is seeing to your money.");
    assert_eq!(
        headline::sentence(&late.order),
        "It was not paid in full in time, so the order ended."
    );
}
