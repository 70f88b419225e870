//! Table: every legal move. Read a row aloud: "a payment that is pending or unknown, when the provider confirmed, if amount and currency
//! are equal, is captured; post the ledger, cover the order".

use super::{
    Row,
    guard::{
        ABSENT_AND_SAFE, ABSENT_FOR_LONG, ABSENT_UNSAFE, AMOUNT_DIFFERS, AMOUNT_EQUAL, BY_HAND, BY_STAFF,
        DOCUMENTS_COMPLETE, EACH_ALONE, Guard, LEDGER_LEVEL, MATCHES_LINE, MAY_BUY, MEASURED, REPEAT_SAFE, SOON_AFTER,
        WANTS_IT_LEFT_OUT, WANTS_TO_BE_ASKED, WITHIN_CAPTURED,
    },
    words::{
        Effect::{
            self, CoverOrder, DeliverUnits, DropUnits, LookAtOrder, OpenException, PlanSupplierOrders, PostLedger,
            Queue, RequestRefund, ReturnUnits, StopSupplierOrders, VoidPayments,
        },
        Event::{self, *},
        ExceptionKind as Why,
        State::{self, *},
        Subject::{self, Order, Payment, Refund, Shipment, SupplierOrder, Unit},
        Task,
    },
};

type From = &'static [State];
type Effects = &'static [Effect];

const fn row(subject: Subject, from: From, event: Event, guard: Option<Guard>, to: State, effects: Effects) -> Row {
    Row {
        subject,
        from,
        event,
        guard,
        to,
        effects,
        says: "",
    }
}

impl Row {
    const fn says(self, says: &'static str) -> Self {
        Self { says, ..self }
    }
}

const NEW: From = &[];
const NONE: Effects = &[];

/// Every legal move of every subject. The first row that fits is taken.
#[rustfmt::skip]
pub static TABLE: &[Row] = &[
    row(Order, NEW, Event::Placed, None, AwaitingPayment, NONE).says("Order placed. It starts as soon as it is paid."),
    row(Order, &[AwaitingPayment], PaymentCovered, None, Paid, &[PlanSupplierOrders]).says("Paid in full. We are buying your items now."),
    row(Order, &[AwaitingPayment], PartPaid, None, AwaitingPayment, NONE).says("A part of the price came. The order starts when the rest is there."),
    row(Order, &[AwaitingPayment], Expire, None, Expired, &[VoidPayments, RequestRefund]).says("It was not paid in full in time, so the order ended. What was paid goes back."),
    row(Order, &[AwaitingPayment], CancelAsked, None, Cancelled, &[VoidPayments, RequestRefund]).says("Cancelled before it was paid in full."),
    row(Order, &[Expired], PaymentCovered, Some(SOON_AFTER), Paid, &[PlanSupplierOrders]).says("A late payment came. We look at the store again and buy within your guarantee."),
    row(Order, &[Expired], PaymentCovered, None, OnHold, &[OpenException(Why::LatePayment)]).says("A late payment came. We check the price before we go on."),
    row(Order, &[Paid, OnHold], CancelAsked, None, Cancelling, &[StopSupplierOrders, LookAtOrder]).says("Cancellation asked. We are stopping the purchase."),
    row(Order, &[OnHold], Released, Some(BY_STAFF), Paid, &[PlanSupplierOrders]).says("Checked by our staff. The order goes on."),
    row(Order, &[Cancelling], AllStopped, None, Cancelled, &[RequestRefund]).says("Cancelled. Your money is on its way back."),
    row(Order, &[Cancelling], TooLate, None, Paid, NONE).says("A store had already sold the item to us, so the order goes on."),
    row(Order, &[Paid], AllUnitsFinal, Some(LEDGER_LEVEL), Closed, &[PostLedger]).says("Complete."),

    row(Payment, NEW, Started, None, Pending, NONE).says("Payment started."),
    row(Payment, &[Pending, State::Unknown, Failed], ProviderConfirmed, Some(AMOUNT_EQUAL), Captured, &[PostLedger, CoverOrder]).says("Payment received."),
    row(Payment, &[Pending, State::Unknown, Failed], ProviderConfirmed, Some(AMOUNT_DIFFERS), Mismatch, &[OpenException(Why::WrongAmount)]).says("A payment came with another amount. Our staff looks at it."),
    row(Payment, &[Pending, State::Unknown], ProviderDeclined, None, Failed, NONE).says("The payment did not go through. You can try again."),
    row(Payment, &[Pending], NoAnswer, None, State::Unknown, NONE),
    row(Payment, &[Mismatch], StaffReturned, Some(BY_STAFF), Captured, &[PostLedger, RequestRefund]).says("The payment goes back in full."),

    row(SupplierOrder, NEW, Requested, None, Planned, &[Queue(Task::PlaceAtStore)]),
    row(SupplierOrder, &[Planned], LeaseTaken, Some(MAY_BUY), Sending, NONE),
    row(SupplierOrder, &[Planned], CheckFailed, Some(WANTS_TO_BE_ASKED), Asked, NONE).says("The store cannot sell this as quoted. Please tell us what to do."),
    row(SupplierOrder, &[Planned], CheckFailed, Some(WANTS_IT_LEFT_OUT), Stopped, &[DropUnits, RequestRefund, LookAtOrder]).says("The store cannot sell this as quoted, so it is left out, as you chose. Its money goes back to you."),
    row(SupplierOrder, &[Planned], CheckFailed, None, State::Refused, &[OpenException(Why::CannotBuy)]).says("The store cannot sell this as quoted. We are looking for a way."),
    row(SupplierOrder, &[Asked], Accepted, None, Planned, &[Queue(Task::PlaceAtStore)]).says("You want it bought. We are looking at the store again."),
    row(SupplierOrder, &[Asked], LeftOut, None, Stopped, &[DropUnits, RequestRefund, LookAtOrder]).says("Left out, as you chose. Its money goes back to you."),
    row(SupplierOrder, &[Asked], Unanswered, None, Stopped, &[DropUnits, RequestRefund, LookAtOrder]).says("We got no answer, so it is left out. Its money goes back to you."),
    row(SupplierOrder, &[Planned, Asked, State::Refused], StopAsked, None, Stopped, NONE),
    row(SupplierOrder, &[Sending, State::Unknown], StoreConfirmed, None, State::Placed, &[PostLedger, LookAtOrder]).says("Bought at the store."),
    row(SupplierOrder, &[Planned, Asked, State::Refused], BoughtByHand, Some(BY_HAND), State::Placed, &[PostLedger, LookAtOrder]).says("Bought at the store."),
    row(SupplierOrder, &[Sending, State::Unknown], StoreRefused, Some(EACH_ALONE), Stopped, &[LookAtOrder]).says("The store did not take these items as they were ordered. We ask for each of them anew."),
    row(SupplierOrder, &[Sending, State::Unknown], StoreRefused, Some(WANTS_TO_BE_ASKED), Asked, &[LookAtOrder]).says("The store does not have this any more. Please tell us what to do."),
    row(SupplierOrder, &[Sending, State::Unknown], StoreRefused, Some(WANTS_IT_LEFT_OUT), Stopped, &[DropUnits, RequestRefund, LookAtOrder]).says("The store does not have this any more, so it is left out, as you chose. Its money goes back to you."),
    row(SupplierOrder, &[Sending, State::Unknown], StoreRefused, None, State::Refused, &[OpenException(Why::CannotBuy), LookAtOrder]).says("The store did not take our order. We are looking for a way."),
    row(SupplierOrder, &[Sending], NoAnswer, None, State::Unknown, NONE),
    row(SupplierOrder, &[State::Unknown, StaffDecision], FoundAtStore, None, State::Placed, &[PostLedger, LookAtOrder]).says("Bought at the store."),
    row(SupplierOrder, &[State::Unknown], ProvedAbsent, Some(ABSENT_AND_SAFE), Sending, NONE),
    row(SupplierOrder, &[State::Unknown], ProvedAbsent, Some(ABSENT_UNSAFE), StaffDecision, &[OpenException(Why::UnsureBuy)]),
    row(SupplierOrder, &[State::Unknown, StaffDecision], ProvedAbsent, Some(BY_STAFF), State::Refused, &[OpenException(Why::CannotBuy), LookAtOrder]),
    row(SupplierOrder, &[State::Refused], RetryApproved, Some(BY_STAFF), Planned, &[Queue(Task::PlaceAtStore)]).says("We are trying the store again."),
    row(SupplierOrder, &[State::Refused], GivenUp, Some(BY_STAFF), Stopped, &[DropUnits, RequestRefund, LookAtOrder]).says("The store cannot deliver. The money for these items goes back to you."),
    row(SupplierOrder, &[State::Placed, Dispatched], StoreShipped, None, Dispatched, NONE).says("The store sent it to our warehouse."),
    row(SupplierOrder, &[State::Placed, Dispatched], StoreCancelled, Some(WANTS_TO_BE_ASKED), Asked, &[PostLedger]).says("The store cancelled the sale. Please tell us what to do."),
    row(SupplierOrder, &[State::Placed, Dispatched], StoreCancelled, Some(WANTS_IT_LEFT_OUT), Stopped, &[PostLedger, DropUnits, RequestRefund, LookAtOrder]).says("The store cancelled the sale, so it is left out, as you chose. Its money goes back to you."),
    row(SupplierOrder, &[State::Placed, Dispatched], StoreCancelled, None, State::Refused, &[PostLedger, OpenException(Why::CannotBuy)]).says("The store cancelled the sale. We are looking for a way."),
    row(SupplierOrder, &[State::Placed, Dispatched], AllReceived, None, Arrived, NONE),

    row(Unit, NEW, Event::Placed, None, Expected, NONE),
    row(Unit, &[Expected], Scanned, Some(MATCHES_LINE), Received, NONE).says("Received at our warehouse."),
    row(Unit, &[Expected, Received], Held, None, OnHold, &[OpenException(Why::UnitHeld)]).says("Something is not right with this item. Our staff looks at it."),
    row(Unit, &[OnHold], Released, Some(BY_STAFF), Received, NONE).says("The item is fine and goes on."),
    row(Unit, &[Expected, OnHold, Returned], WrittenOff, Some(BY_STAFF), Lost, &[RequestRefund, LookAtOrder]).says("The item will not come. Its money goes back to you."),
    row(Unit, &[Expected], Event::Dropped, None, State::Dropped, NONE),
    row(Unit, &[Received], PutInParcel, None, Packed, NONE),
    row(Unit, &[Packed], CarrierDelivered, None, Delivered, NONE),
    row(Unit, &[Packed], CarrierReturned, None, Returned, NONE),
    row(Unit, &[Returned], CameBack, Some(BY_STAFF), Received, NONE).says("It came back to our warehouse and will be sent again."),

    row(Shipment, NEW, PackingClosed, Some(MEASURED), Packed, &[Queue(Task::BuyLabel)]).says("Packed, weighed and measured."),
    row(Shipment, &[Packed], LeaseTaken, Some(DOCUMENTS_COMPLETE), Labelling, NONE),
    row(Shipment, &[Packed], CheckFailed, None, State::Refused, &[OpenException(Why::LabelRefused)]),
    row(Shipment, &[Labelling, LabelUnknown], CarrierConfirmed, None, Labelled, &[PostLedger]).says("Label and customs papers are ready."),
    row(Shipment, &[Labelling, LabelUnknown], CarrierRefused, None, State::Refused, &[OpenException(Why::LabelRefused)]),
    row(Shipment, &[Labelling], NoAnswer, None, LabelUnknown, NONE),
    row(Shipment, &[LabelUnknown, StaffDecision], FoundAtCarrier, None, Labelled, &[PostLedger, OpenException(Why::LabelMissing)]).says("Label and customs papers are ready."),
    row(Shipment, &[LabelUnknown], ProvedAbsent, Some(ABSENT_AND_SAFE), Labelling, NONE),
    row(Shipment, &[LabelUnknown], ProvedAbsent, Some(ABSENT_UNSAFE), StaffDecision, &[OpenException(Why::UnsureLabel)]),
    row(Shipment, &[StaffDecision], ProvedAbsent, Some(BY_STAFF), Packed, &[Queue(Task::BuyLabel)]),
    row(Shipment, &[State::Refused], RetryApproved, Some(BY_STAFF), Packed, &[Queue(Task::BuyLabel)]),
    row(Shipment, &[Labelled], HandedOver, None, InTransit, &[Queue(Task::AskCarrier)]).says("Handed to the carrier."),
    row(Shipment, &[CarrierException], CarrierMoved, None, InTransit, NONE).says("The parcel is moving again."),
    row(Shipment, &[InTransit], CarrierTrouble, None, CarrierException, &[OpenException(Why::CarrierTrouble)]).says("The carrier reports a problem. We are on it."),
    row(Shipment, &[InTransit, CarrierException], CarrierDelivered, None, Delivered, &[DeliverUnits, LookAtOrder]).says("Delivered."),
    row(Shipment, &[InTransit, CarrierException], CarrierReturned, None, Returned, &[ReturnUnits, OpenException(Why::SentBack)]).says("The carrier is sending the parcel back. Our staff will contact you."),

    row(Refund, NEW, Requested, Some(WITHIN_CAPTURED), Planned, &[PostLedger, Queue(Task::RefundAtProvider)]).says("A refund was opened."),
    row(Refund, &[Planned], LeaseTaken, None, Sending, NONE),
    row(Refund, &[State::Unknown], LeaseTaken, Some(REPEAT_SAFE), Sending, NONE),
    row(Refund, &[Sending, State::Unknown], ProviderConfirmed, None, Done, &[PostLedger, LookAtOrder]).says("Your money is back with the way you paid."),
    row(Refund, &[Sending, State::Unknown], ProviderRefused, None, State::Refused, &[OpenException(Why::RefundRefused)]),
    row(Refund, &[Sending], NoAnswer, None, State::Unknown, NONE),
    row(Refund, &[State::Unknown], ProvedAbsent, Some(ABSENT_FOR_LONG), State::Refused, &[OpenException(Why::RefundRefused)]),
    row(Refund, &[State::Refused], RetryApproved, Some(BY_STAFF), Planned, &[Queue(Task::RefundAtProvider)]),
];
