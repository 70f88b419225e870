//! Table: what happens when nothing happens. Every state that is not final has a deadline here; a final one has a reason in [`FINAL`].

use std::time::Duration;

use super::words::{Event, ExceptionKind as Why, State, Subject, Task};

/// What is done when a deadline falls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// The event happens by itself.
    Do(Event),
    /// The task is sent (again).
    Send(Task),
    /// A person must look.
    Staff(Why),
}

/// The deadline of a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// Whose.
    pub subject: Subject,
    /// In which state.
    pub state: State,
    /// The first time after entering the state.
    pub after: Duration,
    /// What then.
    pub then: Then,
    /// Until it falls again when that did not end the state.
    pub again: Duration,
    /// After so many times a person must look as well; they are told once.
    pub patience: u32,
}

const SECOND: u64 = 1;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// A worker that took a lease has so long; longer than any function may run (30 s), so an expired lease means that nobody is calling.
pub const LEASE: Duration = Duration::from_secs(2 * MINUTE);

const fn line(subject: Subject, state: State, after: u64, then: Then, again: u64, patience: u32) -> Deadline {
    Deadline {
        subject,
        state,
        after: Duration::from_secs(after),
        then,
        again: Duration::from_secs(again),
        patience,
    }
}

use State::{
    Answered, Asked, AwaitingPayment, Cancelling, CarrierException, Dispatched, Expected, InTransit, LabelUnknown,
    Labelled, Labelling, Mismatch, OnHold, Open, Packed, Paid, Pending, Placed, Planned, Received, Refused, Sending,
    StaffDecision, Unknown,
};
use Subject::{Dispute, Order, Payment, Refund, Shipment, SupplierOrder, Unit};
use Then::{Do, Send, Staff};

/// Every deadline.
#[rustfmt::skip]
pub static DEADLINES: &[Deadline] = &[
    line(Order, AwaitingPayment, DAY, Do(Event::Expire), HOUR, 3),
    line(Order, Paid, 60 * DAY, Staff(Why::OrderOverdue), 7 * DAY, 1),
    line(Order, OnHold, 4 * HOUR, Staff(Why::OrderHeld), DAY, 1),
    line(Order, Cancelling, 30 * MINUTE, Staff(Why::Stuck), DAY, 1),

    line(Payment, Pending, 15 * MINUTE, Send(Task::AskProvider), 15 * MINUTE, 200),
    line(Payment, Unknown, 2 * MINUTE, Send(Task::AskProvider), 30 * MINUTE, 100),
    line(Payment, Mismatch, 4 * HOUR, Staff(Why::WrongAmount), DAY, 1),

    line(SupplierOrder, Planned, 5 * MINUTE, Send(Task::PlaceAtStore), 5 * MINUTE, 12),
    line(SupplierOrder, Sending, 2 * MINUTE, Do(Event::NoAnswer), MINUTE, 3),
    line(SupplierOrder, Unknown, MINUTE, Send(Task::LookUpAtStore), 11 * MINUTE, 12),
    line(SupplierOrder, Asked, 2 * DAY, Do(Event::Unanswered), HOUR, 3),
    line(SupplierOrder, StaffDecision, 4 * HOUR, Staff(Why::UnsureBuy), DAY, 1),
    line(SupplierOrder, Refused, 4 * HOUR, Staff(Why::CannotBuy), DAY, 1),
    line(SupplierOrder, Placed, 6 * HOUR, Send(Task::AskStore), 6 * HOUR, 120),
    line(SupplierOrder, Dispatched, 12 * HOUR, Send(Task::AskStore), 12 * HOUR, 60),

    line(Unit, Expected, 45 * DAY, Staff(Why::NotArrived), 7 * DAY, 1),
    line(Unit, OnHold, 4 * HOUR, Staff(Why::UnitHeld), DAY, 1),
    line(Unit, Received, 7 * DAY, Staff(Why::NotPacked), DAY, 1),
    line(Unit, Packed, 45 * DAY, Staff(Why::OrderOverdue), 7 * DAY, 1),
    line(Unit, State::Returned, 14 * DAY, Staff(Why::SentBack), 7 * DAY, 1),

    line(Shipment, Packed, 5 * MINUTE, Send(Task::BuyLabel), 5 * MINUTE, 12),
    line(Shipment, Labelling, 2 * MINUTE, Do(Event::NoAnswer), MINUTE, 3),
    line(Shipment, LabelUnknown, MINUTE, Send(Task::LookUpAtCarrier), 15 * MINUTE, 12),
    line(Shipment, StaffDecision, 4 * HOUR, Staff(Why::UnsureLabel), DAY, 1),
    line(Shipment, Refused, 4 * HOUR, Staff(Why::LabelRefused), DAY, 1),
    line(Shipment, Labelled, DAY, Staff(Why::NotHandedOver), DAY, 1),
    line(Shipment, InTransit, 3 * HOUR, Send(Task::AskCarrier), 3 * HOUR, 240),
    line(Shipment, CarrierException, 3 * HOUR, Send(Task::AskCarrier), 3 * HOUR, 240),

    line(Refund, Planned, 5 * MINUTE, Send(Task::RefundAtProvider), 5 * MINUTE, 12),
    line(Refund, Sending, 2 * MINUTE, Do(Event::NoAnswer), MINUTE, 3),
    line(Refund, Unknown, MINUTE, Send(Task::RefundAtProvider), 30 * MINUTE, 48),
    line(Refund, Refused, 4 * HOUR, Staff(Why::RefundRefused), DAY, 1),

    line(Dispute, Open, DAY, Send(Task::AskProvider), DAY, 150),
    line(Dispute, Answered, DAY, Send(Task::AskProvider), DAY, 150),
];

/// States that need no deadline, each with the reason.
#[rustfmt::skip]
pub static FINAL: &[(Subject, State, &str)] = &[
    (Order, State::Expired, "parts that came go back by their refunds; only late money, which the payment's own deadline watches, leads out"),
    (Order, State::Cancelled, "money on its way back is watched by its refund"),
    (Order, State::Closed, "delivered or settled"),
    (Payment, State::Captured, "the order and its refunds carry it on"),
    (Payment, State::Failed, "the order is still payable until it expires"),
    (SupplierOrder, State::Stopped, "nothing was bought"),
    (SupplierOrder, State::Arrived, "its units carry it on"),
    (Unit, State::Delivered, "with the customer"),
    (Unit, State::Lost, "its refund carries it on"),
    (Unit, State::Dropped, "never bought, or its refund carries it on"),
    (Shipment, State::Delivered, "with the customer"),
    (Shipment, State::Returned, "its units carry it on"),
    (Refund, State::Done, "with the payer; the daily comparison with the provider finds one that comes back"),
    (Refund, State::Dropped, "its money went back in another way"),
    (Dispute, State::Won, "the money is with us"),
    (Dispute, State::Lost, "the money is with the payer"),
];

/// The deadline of a state; nothing for a final one.
#[must_use]
pub fn deadline_of(subject: Subject, state: State) -> Option<&'static Deadline> {
    DEADLINES
        .iter()
        .find(|line| line.subject == subject && line.state == state)
}

/// True when nothing needs to happen any more.
#[must_use]
pub fn is_final(subject: Subject, state: State) -> bool {
    FINAL.iter().any(|(s, st, _)| *s == subject && *st == state)
}
