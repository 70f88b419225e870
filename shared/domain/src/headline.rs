//! The headline: the one sentence about an order that its customer reads first. It is a function of every unit, every part and every open
//! matter, so that it never says that all is well while something is not. It is never stored as truth.

use crate::{
    lifecycle::{ExceptionKind as Why, State},
    money::Money,
    order::{Exception, Order, Part, Payment, Refund, Unit},
    progress::{self, MoneyStatus, Progress, Station},
    tracking::{self, TrackingStatus},
};

/// So many of the pieces that are still to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// How many it is about.
    pub some: usize,
    /// Of how many.
    pub all: usize,
}

/// What an order's customer is told first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Headline {
    /// Nothing came yet.
    WaitsForPayment,
    /// A part came; so much is due.
    WaitsForRest(Money),
    /// Money came that is not what was asked.
    WrongAmount,
    /// It was paid after it had ended; a person checks the price.
    PaidLate,
    /// Cancellation was asked.
    Cancelling,
    /// The customer must say what to do about what the store does not sell as quoted.
    AsksYou(Share),
    /// They said they would add so much; it is bought when that is paid.
    WaitsForAddition(Money),
    /// The carrier sends it back.
    ComesBack(Share),
    /// Customs wants something before it lets a parcel in.
    AtCustoms(Share),
    /// The carrier reports a problem.
    CarrierTrouble(Share),
    /// Something is wrong with it, here.
    Held(Share),
    /// It is packed, and no carrier takes it so far.
    NotTaken(Share),
    /// The store does not sell it as quoted; our buyers look for a way.
    CannotBuy(Share),
    /// Nobody knows so far whether the store has our order.
    UnsureBuy(Share),
    /// The store's parcel is late.
    NotArrived(Share),
    /// It is here for too long.
    StaysTooLong(Share),
    /// Everything has got this far, and nothing is in its way.
    At(Station),
    /// The first have got this far, and nothing is in the way of the rest.
    Some(Station, Share),
    /// Everything has got this far, and a person looks at something.
    LookedAt(Station),
    /// What could come is there; so many pieces did not come.
    DeliveredWithout(usize),
    /// It was not paid in time.
    NotPaid(MoneyBack),
    /// It was cancelled.
    Cancelled(MoneyBack),
    /// Nothing of it could be delivered.
    NotDelivered(MoneyBack),
}

/// What becomes of the money of an order that ended without delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoneyBack {
    /// None came.
    None,
    /// All of it is back.
    Done,
    /// It is on its way.
    OnItsWay,
    /// It is to go back, and a person must see to it.
    LookedAt,
}

/// What an order's customer is told first.
#[must_use]
pub fn headline(order: &Order) -> Headline {
    let stands = |state: State| order.life.state() == state;
    if stands(State::AwaitingPayment) {
        unpaid(order)
    } else if stands(State::OnHold) {
        Headline::PaidLate
    } else if stands(State::Cancelling) {
        Headline::Cancelling
    } else if stands(State::Expired) {
        Headline::NotPaid(money_back(order))
    } else if stands(State::Cancelled) {
        Headline::Cancelled(money_back(order))
    } else {
        let in_the_way = question(order).or_else(|| trouble(order));
        in_the_way.unwrap_or_else(|| station(order))
    }
}

/// The same as a sentence.
#[must_use]
pub fn sentence(order: &Order) -> String {
    headline(order).sentence()
}

fn unpaid(order: &Order) -> Headline {
    let is_wrong = |payment: &Payment| payment.life.state() == State::Mismatch;
    if order.payments.iter().any(is_wrong) {
        Headline::WrongAmount
    } else if order.due() == order.to_pay() {
        Headline::WaitsForPayment
    } else {
        Headline::WaitsForRest(order.due())
    }
}

/// What is still to come, or has come.
fn coming(order: &Order) -> Vec<&Unit> {
    let units = order.units.iter();
    units
        .filter(|unit| progress::station_of(order, unit).is_some())
        .collect()
}

/// So many of what is to come, if there are any.
fn share(order: &Order, is_so: impl Fn(&Unit) -> bool) -> Option<Share> {
    let coming = coming(order);
    let some = coming.iter().filter(|unit| is_so(unit)).count();
    let all = coming.len();
    (some > 0).then_some(Share { some, all })
}

fn bought_is(order: &Order, unit: &Unit, states: &[State]) -> bool {
    let is_it = |state: State| states.contains(&state);
    let mut bought = order.supplier_orders.iter();
    unit.life.state() == State::Expected
        && bought.any(|bought| bought.lines.contains(&unit.line) && is_it(bought.life.state()))
}

fn parcel_is(order: &Order, unit: &Unit, states: &[State]) -> bool {
    let parcel = unit.shipment.as_ref().and_then(|id| order.shipment(id));
    unit.life.state() == State::Packed && parcel.is_some_and(|parcel| states.contains(&parcel.life.state()))
}

fn is_at_customs(order: &Order, unit: &Unit) -> bool {
    let parcel = unit.shipment.as_ref().and_then(|id| order.shipment(id));
    let problem = parcel.and_then(|parcel| tracking::open_problem(&parcel.events));
    parcel_is(order, unit, &[State::CarrierException])
        && problem.is_some_and(|problem| problem.status == TrackingStatus::CustomsHeld)
}

/// What only the customer can answer comes before everything else.
fn question(order: &Order) -> Option<Headline> {
    let asked = |order: &Order| share(order, |unit| bought_is(order, unit, &[State::Asked]));
    let share = asked(order)?;
    let mut open = order
        .supplier_orders
        .iter()
        .filter(|it| it.life.state() == State::Asked);
    let is_answered = open.clone().all(|it| it.is_agreed);
    let due = order.due();
    Some(if is_answered && due.amount() > 0 && open.next().is_some() {
        Headline::WaitsForAddition(due)
    } else {
        Headline::AsksYou(share)
    })
}

/// What is in the way of any piece, the worst first.
fn trouble(order: &Order) -> Option<Headline> {
    let unit_is = |wanted: State| share(order, |unit| unit.life.state() == wanted);
    let parcel = |states: &[State]| share(order, |unit| parcel_is(order, unit, states));
    let bought = |states: &[State]| share(order, |unit| bought_is(order, unit, states));
    let late = |kinds: &[Why]| share(order, |unit| has_matter(order, unit, kinds));
    unit_is(State::Returned)
        .map(Headline::ComesBack)
        .or_else(|| share(order, |unit| is_at_customs(order, unit)).map(Headline::AtCustoms))
        .or_else(|| parcel(&[State::CarrierException]).map(Headline::CarrierTrouble))
        .or_else(|| unit_is(State::OnHold).map(Headline::Held))
        .or_else(|| parcel(&[State::Refused, State::StaffDecision]).map(Headline::NotTaken))
        .or_else(|| bought(&[State::Refused]).map(Headline::CannotBuy))
        .or_else(|| bought(&[State::StaffDecision]).map(Headline::UnsureBuy))
        .or_else(|| late(&[Why::NotArrived]).map(Headline::NotArrived))
        .or_else(|| late(&[Why::NotPacked, Why::NotHandedOver]).map(Headline::StaysTooLong))
}

/// True when a matter of one of these kinds is open about a piece, or about the parcel it is in.
fn has_matter(order: &Order, unit: &Unit, kinds: &[Why]) -> bool {
    let is_about = |matter: &Exception| match &matter.about {
        Part::Unit(id) => *id == unit.id,
        Part::Shipment(id) => unit.life.state() == State::Packed && unit.shipment.as_ref() == Some(id),
        Part::Order | Part::Payment(_) | Part::SupplierOrder(_) | Part::Refund(_) => false,
    };
    order
        .open_exceptions()
        .any(|matter| kinds.contains(&matter.kind) && is_about(matter))
}

fn station(order: &Order) -> Headline {
    let is_looked_at = order
        .open_exceptions()
        .any(|matter| !matches!(matter.about, Part::Refund(_)));
    let gone = order.units.len().saturating_sub(coming(order).len());
    match progress::progress(order) {
        Progress::At(Station::Delivered) if gone > 0 => Headline::DeliveredWithout(gone),
        Progress::At(station @ (Station::Pending | Station::Paid | Station::Ordered | Station::Received))
            if is_looked_at =>
        {
            Headline::LookedAt(station)
        }
        Progress::At(station) => Headline::At(station),
        Progress::Partially(station) => {
            let is_there = |unit: &Unit| progress::station_of(order, unit) >= Some(station);
            share(order, is_there).map_or(Headline::LookedAt(station), |share| Headline::Some(station, share))
        }
        Progress::OnHold => Headline::LookedAt(Station::Paid),
        Progress::Cancelled | Progress::Refunded => Headline::NotDelivered(money_back(order)),
    }
}

fn money_back(order: &Order) -> MoneyBack {
    let is_refused = |refund: &Refund| refund.life.state() == State::Refused;
    let is_wrong = |payment: &Payment| payment.life.state() == State::Mismatch;
    if order.refunds.iter().any(is_refused) || order.payments.iter().any(is_wrong) {
        return MoneyBack::LookedAt;
    }
    match progress::money_status(order) {
        MoneyStatus::Unpaid => MoneyBack::None,
        MoneyStatus::Refunded => MoneyBack::Done,
        MoneyStatus::PartPaid | MoneyStatus::Paid | MoneyStatus::OverPaid | MoneyStatus::PartRefunded => {
            if order.refunds.is_empty() {
                MoneyBack::LookedAt
            } else {
                MoneyBack::OnItsWay
            }
        }
    }
}

impl Share {
    /// `The parcel is` for all of it, `1 of 3 items are` for some.
    fn is(self, whole: &str) -> String {
        match self {
            Self { some, all } if some == all => format!("{whole} is"),
            Self { some, all } => format!("{some} of {all} items are"),
        }
    }

    /// `your items` for all of it, `1 of 3 items` for some.
    fn of(self) -> String {
        match self {
            Self { some: 1, all: 1 } => "your item".to_owned(),
            Self { some, all } if some == all => "your items".to_owned(),
            Self { some, all } => format!("{some} of {all} items"),
        }
    }
}

impl Headline {
    /// It as a sentence or two.
    #[must_use]
    pub fn sentence(self) -> String {
        match self {
            Self::WaitsForPayment => "Waiting for your payment.".to_owned(),
            Self::WaitsForRest(due) => format!("A part is paid. {due} is still due."),
            Self::WrongAmount => "A payment came with another amount. Our staff is looking at it.".to_owned(),
            Self::PaidLate => "Your payment came late. Our staff checks the price before we go on.".to_owned(),
            Self::Cancelling => "You asked to cancel. We are stopping the purchase.".to_owned(),
            Self::AsksYou(share) => format!(
                "The store cannot sell {} as quoted. Please tell us what to do.",
                share.of()
            ),
            Self::WaitsForAddition(due) => format!("We buy it as soon as you have paid the {due} you agreed to add."),
            Self::ComesBack(share) if share.some == share.all => {
                "The carrier is sending the parcel back to us. Our staff will contact you.".to_owned()
            }
            Self::ComesBack(share) => {
                format!(
                    "The carrier is sending {} back to us. Our staff will contact you.",
                    share.of()
                )
            }
            Self::AtCustoms(share) if share.some == share.all => {
                "Customs needs something before it lets the parcel in. Our staff will contact you.".to_owned()
            }
            Self::AtCustoms(share) => {
                format!(
                    "Customs needs something before it lets {} in. Our staff will contact you.",
                    share.of()
                )
            }
            Self::CarrierTrouble(share) if share.some == share.all => {
                "The carrier reports a problem. We are on it.".to_owned()
            }
            Self::CarrierTrouble(share) => format!("The carrier reports a problem with {}. We are on it.", share.of()),
            Self::Held(share) => format!(
                "Something is not right with {}. Our staff is looking at it.",
                share.of()
            ),
            Self::NotTaken(share) => {
                format!(
                    "{} packed. The carrier has not taken it on yet, and our staff is looking at it.",
                    share.is("The parcel")
                )
            }
            Self::CannotBuy(share) => format!(
                "The store cannot sell {} as quoted. We are looking for a way.",
                share.of()
            ),
            Self::UnsureBuy(share) => format!("We are making sure that the store has our order for {}.", share.of()),
            Self::NotArrived(share) => {
                format!(
                    "We are still waiting for {} from the store. Our staff is asking for it.",
                    share.of()
                )
            }
            Self::StaysTooLong(share) => {
                format!(
                    "{} at our warehouse longer than it should be. Our staff is looking at it.",
                    share.is("Everything")
                )
            }
            Self::At(Station::Pending) => "Waiting for your payment.".to_owned(),
            Self::At(Station::Paid) => "Paid. We are buying your items.".to_owned(),
            Self::At(Station::Ordered) => "Bought. The store is sending your items to our warehouse.".to_owned(),
            Self::At(Station::Received) => "Everything is at our warehouse and goes out next.".to_owned(),
            Self::At(Station::Shipped) => "On the way to you.".to_owned(),
            Self::At(Station::Delivered) => "Delivered.".to_owned(),
            Self::Some(station, share) => format!("{} {}.", share.is("Everything"), place(station)),
            Self::LookedAt(station) => {
                let all = Share { some: 1, all: 1 };
                format!(
                    "{} {}. Our staff is looking at an open question.",
                    all.is("Everything"),
                    place(station)
                )
            }
            Self::DeliveredWithout(1) => "Delivered, without the item that could not come.".to_owned(),
            Self::DeliveredWithout(gone) => format!("Delivered, without {gone} items that could not come."),
            Self::NotPaid(money) => format!(
                "It was not paid in full in time, so the order ended.{}",
                money.sentence()
            ),
            Self::Cancelled(MoneyBack::None) => "Ended without delivery.".to_owned(),
            Self::Cancelled(money) => format!("Cancelled.{}", money.sentence()),
            Self::NotDelivered(money) => format!("Ended without delivery.{}", money.sentence()),
        }
    }
}

fn place(station: Station) -> &'static str {
    match station {
        Station::Pending | Station::Paid => "paid",
        Station::Ordered => "bought at the store",
        Station::Received => "at our warehouse",
        Station::Shipped => "on the way to you",
        Station::Delivered => "delivered",
    }
}

impl MoneyBack {
    fn sentence(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Done => " All your money is back.",
            Self::OnItsWay => " Your money is on its way back.",
            Self::LookedAt => " Our staff is seeing to your money.",
        }
    }
}
