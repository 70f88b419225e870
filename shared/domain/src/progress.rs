//! What the customer is told: one word and one sentence, computed from units and money each time. It is never stored as truth.

use crate::{
    lifecycle::State,
    money::Money,
    order::{Dispute, Order, Refund, RefundReason, Unit},
};

/// The stations of an order as a shopper knows them, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Station {
    /// Waiting for money.
    Pending,
    /// Paid in full.
    Paid,
    /// Bought at the store.
    Ordered,
    /// In our warehouse.
    Received,
    /// On the way to the customer.
    Shipped,
    /// There.
    Delivered,
}

/// Where an order is, for a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Everything is at this station.
    At(Station),
    /// Some of it has reached this station, the rest has not.
    Partially(Station),
    /// A person must look first.
    OnHold,
    /// Ended without delivery.
    Cancelled,
    /// Ended without delivery and all money is back.
    Refunded,
}

/// Where the money of an order is, for a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoneyStatus {
    /// Nothing came.
    Unpaid,
    /// A part came.
    PartPaid,
    /// Everything came.
    Paid,
    /// More came, and that goes back.
    OverPaid,
    /// Some of it is back or on its way back.
    PartRefunded,
    /// All of it is back.
    Refunded,
    /// A dispute about it is undecided.
    Disputed,
}

impl Station {
    /// All of them, in their order.
    pub const ALL: [Self; 6] = [
        Self::Pending,
        Self::Paid,
        Self::Ordered,
        Self::Received,
        Self::Shipped,
        Self::Delivered,
    ];

    /// Its stable word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Paid => "paid",
            Self::Ordered => "ordered",
            Self::Received => "received",
            Self::Shipped => "shipped",
            Self::Delivered => "delivered",
        }
    }
}

impl Progress {
    /// Its stable word: `received`, `partially_received`, `on_hold`.
    #[must_use]
    pub fn word(self) -> String {
        match self {
            Self::At(station) => station.word().to_owned(),
            Self::Partially(station) => format!("partially_{}", station.word()),
            Self::OnHold => "on_hold".to_owned(),
            Self::Cancelled => "cancelled".to_owned(),
            Self::Refunded => "refunded".to_owned(),
        }
    }

    /// The furthest station reached, for a line of steps; nothing for an order that ended or is on hold.
    #[must_use]
    pub fn station(self) -> Option<Station> {
        match self {
            Self::At(station) | Self::Partially(station) => Some(station),
            Self::OnHold | Self::Cancelled | Self::Refunded => None,
        }
    }

    /// Every word there is, for the columns of the staff board.
    #[must_use]
    pub fn all_words() -> Vec<String> {
        let mut words: Vec<String> = Station::ALL.iter().map(|station| Self::At(*station).word()).collect();
        words.extend(
            Station::ALL
                .iter()
                .skip(2)
                .map(|station| Self::Partially(*station).word()),
        );
        words.extend([Self::OnHold, Self::Cancelled, Self::Refunded].map(Self::word));
        words
    }
}

impl MoneyStatus {
    /// Its stable word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unpaid => "unpaid",
            Self::PartPaid => "part_paid",
            Self::Paid => "paid",
            Self::OverPaid => "over_paid",
            Self::PartRefunded => "part_refunded",
            Self::Refunded => "refunded",
            Self::Disputed => "disputed",
        }
    }
}

/// Where an order is.
#[must_use]
pub fn progress(order: &Order) -> Progress {
    let state = order.life.state();
    if state == State::AwaitingPayment {
        return Progress::At(Station::Pending);
    }
    if matches!(state, State::OnHold | State::Cancelling) {
        return Progress::OnHold;
    }
    if matches!(state, State::Paid | State::Closed) {
        fulfilment(order)
    } else {
        ended(order)
    }
}

/// Where its money is. What never paid for the order, and goes back for that reason, is only told while it is on its way.
#[must_use]
pub fn money_status(order: &Order) -> MoneyStatus {
    let captured: i64 = order
        .payments
        .iter()
        .filter(|payment| payment.life.state() == State::Captured)
        .filter_map(|payment| payment.captured)
        .map(|money| money.amount())
        .sum();
    let beside = |refund: &&Refund| {
        matches!(
            refund.reason,
            RefundReason::PaidTwice | RefundReason::WrongAmount | RefundReason::LatePayment
        )
    };
    let is_back = |refund: &Refund| refund.life.state() == State::Done;
    let sum = |refunds: Vec<&Refund>| refunds.iter().map(|refund| refund.amount.amount()).sum::<i64>();
    let live = || {
        order
            .refunds
            .iter()
            .filter(|refund| refund.life.state() != State::Dropped)
    };
    let excess = sum(live().filter(beside).collect());
    let back = sum(live().filter(|refund| !beside(refund)).collect()).saturating_add(lost(order));
    let is_all_back = live().all(is_back);
    if captured == 0 {
        MoneyStatus::Unpaid
    } else if order
        .disputes
        .iter()
        .any(|dispute| dispute.is_open() && dispute.is_taken())
    {
        MoneyStatus::Disputed
    } else if excess.saturating_add(back) >= captured {
        if is_all_back {
            MoneyStatus::Refunded
        } else {
            MoneyStatus::PartRefunded
        }
    } else if back > 0 {
        MoneyStatus::PartRefunded
    } else if order.life.state() == State::AwaitingPayment {
        MoneyStatus::PartPaid
    } else if live().any(|refund| !is_back(refund)) {
        MoneyStatus::OverPaid
    } else {
        MoneyStatus::Paid
    }
}

/// What the payers got back by disputes.
fn lost(order: &Order) -> i64 {
    let lost = |dispute: &&Dispute| dispute.life.state() == State::Lost;
    let amounts = order.disputes.iter().filter(lost).map(|dispute| dispute.amount);
    amounts.map(Money::amount).fold(0, i64::saturating_add)
}

fn ended(order: &Order) -> Progress {
    if money_status(order) == MoneyStatus::Refunded {
        Progress::Refunded
    } else {
        Progress::Cancelled
    }
}

fn fulfilment(order: &Order) -> Progress {
    let stations = || order.units.iter().filter_map(|unit| station_of(order, unit));
    match (stations().min(), stations().max()) {
        (Some(first), Some(last)) if first == last => Progress::At(first),
        (Some(_), Some(last)) => Progress::Partially(last),
        (None, _) | (_, None) => ended(order),
    }
}

/// The station of one unit; nothing for one that will not come.
fn station_of(order: &Order, unit: &Unit) -> Option<Station> {
    let is_bought = || {
        let bought = |state: State| matches!(state, State::Placed | State::Dispatched | State::Arrived);
        order
            .supplier_orders
            .iter()
            .any(|s| s.lines.contains(&unit.line) && bought(s.life.state()))
    };
    let is_on_its_way = || {
        let shipment = unit.shipment.as_ref().and_then(|id| order.shipment(id));
        shipment.is_some_and(|s| matches!(s.life.state(), State::InTransit | State::CarrierException))
    };
    let state = unit.life.state();
    if matches!(state, State::Dropped | State::Lost) {
        return None;
    }
    let station = if state == State::Delivered {
        Station::Delivered
    } else if state == State::Packed && is_on_its_way() {
        Station::Shipped
    } else if matches!(state, State::Packed | State::Received | State::OnHold | State::Returned) {
        Station::Received
    } else if is_bought() {
        Station::Ordered
    } else {
        Station::Paid
    };
    Some(station)
}

fn is_asked(order: &Order) -> bool {
    order.supplier_orders.iter().any(|s| s.life.state() == State::Asked)
}

/// One sentence about where an order is.
#[must_use]
pub fn sentence(order: &Order) -> String {
    let coming = order
        .units
        .iter()
        .filter(|unit| station_of(order, unit).is_some())
        .count();
    match progress(order) {
        Progress::At(Station::Pending) if order.due() != order.to_pay() => {
            format!("A part is paid. {} is still due.", order.due())
        }
        Progress::At(Station::Pending) => "Waiting for your payment.".to_owned(),
        Progress::At(Station::Paid) if is_asked(order) => {
            "The store cannot sell it as quoted. Please tell us what to do.".to_owned()
        }
        Progress::At(Station::Paid) => "Paid. We are buying your items.".to_owned(),
        Progress::At(Station::Ordered) => "Bought. The store is sending your items to our warehouse.".to_owned(),
        Progress::At(Station::Received) => "Everything is at our warehouse and goes out next.".to_owned(),
        Progress::At(Station::Shipped) => "On the way to you.".to_owned(),
        Progress::At(Station::Delivered) => "Delivered.".to_owned(),
        Progress::Partially(station) => {
            let there = order
                .units
                .iter()
                .filter(|unit| station_of(order, unit) >= Some(station))
                .count();
            let place = match station {
                Station::Pending | Station::Paid => "paid",
                Station::Ordered => "bought at the store",
                Station::Received => "at our warehouse",
                Station::Shipped => "on the way to you",
                Station::Delivered => "delivered",
            };
            format!("{there} of {coming} items are {place}.")
        }
        Progress::OnHold => "On hold. Our staff is looking at it.".to_owned(),
        Progress::Cancelled => "Ended without delivery.".to_owned(),
        Progress::Refunded => "Cancelled. All your money is back.".to_owned(),
    }
}
