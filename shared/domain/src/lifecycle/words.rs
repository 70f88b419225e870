//! The words of the life-cycle table: subjects, states, events, effects. Their text form is what is stored and sent; it never changes.

use std::str::FromStr;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$item_doc:meta])* $item:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "&'static str")]
        pub enum $name { $($(#[$item_doc])* $item,)* }

        impl $name {
            /// Every one of them.
            pub const ALL: &'static [Self] = &[$(Self::$item,)*];

            /// Its text form.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$item => $word,)* }
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;
            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text { $($word => Ok(Self::$item),)* _ => Err(UnknownWord) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = UnknownWord;
            fn try_from(text: String) -> Result<Self, UnknownWord> {
                text.parse()
            }
        }

        impl From<$name> for &'static str {
            fn from(value: $name) -> Self {
                value.word()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(self.word())
            }
        }
    };
}

/// The text is none of our words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown word")]
pub struct UnknownWord;

words! {
    /// What has a life.
    Subject {
        /// What the customer bought, as a whole.
        Order = "order",
        /// One try to cover the order with money.
        Payment = "payment",
        /// What we buy at one store.
        SupplierOrder = "supplier order",
        /// One physical piece.
        Unit = "unit",
        /// One parcel from our warehouse to the customer.
        Shipment = "shipment",
        /// Money on its way back.
        Refund = "refund",
    }
}

words! {
    /// Where a subject stands.
    State {
        /// The order exists and nobody has paid yet.
        AwaitingPayment = "awaiting_payment",
        /// Covered with money; being fulfilled.
        Paid = "paid",
        /// Nobody paid in time.
        Expired = "expired",
        /// A person must look before it goes on.
        OnHold = "on_hold",
        /// Cancellation was asked; the stores decide whether it is still possible.
        Cancelling = "cancelling",
        /// Cancelled; money, if any, goes back.
        Cancelled = "cancelled",
        /// Everything delivered or settled, the ledger is level.
        Closed = "closed",
        /// Waiting for the payer.
        Pending = "pending",
        /// The outside may or may not have done it.
        Unknown = "unknown",
        /// The money is ours to keep for the customer.
        Captured = "captured",
        /// Another amount or currency came than was asked.
        Mismatch = "mismatch",
        /// The payer or the provider declined.
        Failed = "failed",
        /// Decided and written down, not yet sent.
        Planned = "planned",
        /// One worker holds the lease and is calling the outside.
        Sending = "sending",
        /// Ended before anything was bought.
        Stopped = "stopped",
        /// The customer is asked what shall be done.
        Asked = "asked",
        /// The store has our order.
        Placed = "placed",
        /// The outside said no; nothing was done.
        Refused = "refused",
        /// Only a person can find out what happened.
        StaffDecision = "staff_decision",
        /// On its way to our warehouse.
        Dispatched = "dispatched",
        /// Everything of it is in our warehouse.
        Arrived = "arrived",
        /// Not seen in the warehouse yet.
        Expected = "expected",
        /// In our warehouse.
        Received = "received",
        /// In a closed parcel.
        Packed = "packed",
        /// Will never come.
        Lost = "lost",
        /// Not bought or not sent after all.
        Dropped = "dropped",
        /// One worker holds the lease and is buying the label.
        Labelling = "labelling",
        /// The carrier knows the parcel and the label is stored.
        Labelled = "labelled",
        /// A label may or may not have been bought.
        LabelUnknown = "label_unknown",
        /// The carrier has it.
        InTransit = "in_transit",
        /// The carrier reports a problem.
        CarrierException = "carrier_exception",
        /// Handed to the customer.
        Delivered = "delivered",
        /// Sent back to us.
        Returned = "returned",
        /// The money is back with the payer.
        Done = "done",
    }
}

words! {
    /// What happened.
    Event {
        /// The customer placed the order.
        Placed = "placed",
        /// A captured payment covers the total.
        PaymentCovered = "payment_covered",
        /// A captured payment is a part of the total.
        PartPaid = "part_paid",
        /// Nobody paid in time.
        Expire = "expire",
        /// The customer asked to cancel.
        CancelAsked = "cancel_asked",
        /// A person let it go on.
        Released = "released",
        /// No store will deliver anything of it.
        AllStopped = "all_stopped",
        /// A store already has our order.
        TooLate = "too_late",
        /// Every unit has reached its end.
        AllUnitsFinal = "all_units_final",
        /// A payment was started.
        Started = "started",
        /// The payment provider says the money moved.
        ProviderConfirmed = "provider_confirmed",
        /// The payment provider says it did not and will not.
        ProviderDeclined = "provider_declined",
        /// The outside gave no definite answer.
        NoAnswer = "no_answer",
        /// A person sends a wrong amount back whole.
        StaffReturned = "staff_returned",
        /// It was decided and written down.
        Requested = "requested",
        /// A worker took the lease.
        LeaseTaken = "lease_taken",
        /// The check just before buying failed: gone, or dearer than the cap.
        CheckFailed = "check_failed",
        /// The customer wants it bought after all.
        Accepted = "accepted",
        /// The customer wants it left out.
        LeftOut = "left_out",
        /// The customer did not answer in time.
        Unanswered = "unanswered",
        /// It is not wanted any more.
        StopAsked = "stop_asked",
        /// The store confirmed the order.
        StoreConfirmed = "store_confirmed",
        /// The store refused; nothing was bought.
        StoreRefused = "store_refused",
        /// The order was found at the store.
        FoundAtStore = "found_at_store",
        /// It was proved that nothing was made.
        ProvedAbsent = "proved_absent",
        /// A buyer bought it by hand in the store's account.
        BoughtByHand = "bought_by_hand",
        /// The store sent it.
        StoreShipped = "store_shipped",
        /// The store cancelled it after confirming.
        StoreCancelled = "store_cancelled",
        /// A person wants it tried again.
        RetryApproved = "retry_approved",
        /// A person gives it up; the customer gets the money back.
        GivenUp = "given_up",
        /// The last of it was scanned.
        AllReceived = "all_received",
        /// It was scanned in the warehouse.
        Scanned = "scanned",
        /// Something is wrong with it.
        Held = "held",
        /// It was written off.
        WrittenOff = "written_off",
        /// It will not be bought or sent.
        Dropped = "dropped",
        /// It came back from the carrier and is to be sent again.
        CameBack = "came_back",
        /// It was put into a parcel.
        PutInParcel = "put_in_parcel",
        /// The parcel was closed and measured.
        PackingClosed = "packing_closed",
        /// The carrier booked it.
        CarrierConfirmed = "carrier_confirmed",
        /// The carrier refused; nothing was booked.
        CarrierRefused = "carrier_refused",
        /// The booking was found at the carrier.
        FoundAtCarrier = "found_at_carrier",
        /// The parcel was given to the carrier.
        HandedOver = "handed_over",
        /// The carrier reports that it moves.
        CarrierMoved = "carrier_moved",
        /// The carrier reports delivery.
        CarrierDelivered = "carrier_delivered",
        /// The carrier reports a problem.
        CarrierTrouble = "carrier_trouble",
        /// The carrier sends it back.
        CarrierReturned = "carrier_returned",
        /// The payment provider refused the refund.
        ProviderRefused = "provider_refused",
    }
}

words! {
    /// Why a person must look.
    ExceptionKind {
        /// Money came for an order that had expired.
        LatePayment = "late_payment",
        /// Another amount or currency came than was asked.
        WrongAmount = "wrong_amount",
        /// The store will not sell it at the price we may pay.
        CannotBuy = "cannot_buy",
        /// Nobody knows whether the store made our order.
        UnsureBuy = "unsure_buy",
        /// Something is wrong with a unit in the warehouse.
        UnitHeld = "unit_held",
        /// A unit did not come in time.
        NotArrived = "not_arrived",
        /// A received unit was not packed in time.
        NotPacked = "not_packed",
        /// The carrier refused to book.
        LabelRefused = "label_refused",
        /// Nobody knows whether the carrier booked.
        UnsureLabel = "unsure_label",
        /// The booking exists, its label document was lost on the way.
        LabelMissing = "label_missing",
        /// A labelled parcel was not handed over in time.
        NotHandedOver = "not_handed_over",
        /// The carrier reports a problem.
        CarrierTrouble = "carrier_trouble",
        /// The carrier sends the parcel back.
        SentBack = "sent_back",
        /// The payment provider refused a refund.
        RefundRefused = "refund_refused",
        /// The order as a whole takes too long.
        OrderOverdue = "order_overdue",
        /// A step was tried again and again without an end.
        Stuck = "stuck",
        /// The store may have our order twice.
        DoubleBuy = "double_buy",
        /// The store charges more than we may pay, or in another currency.
        Overcharged = "overcharged",
    }
}

words! {
    /// What a queue is asked to do. Each task has one consumer, see [`Task::consumer`].
    Task {
        /// Buy at the store.
        PlaceAtStore = "place_at_store",
        /// Find out whether the store made our order.
        LookUpAtStore = "look_up_at_store",
        /// Ask the store how our order is doing.
        AskStore = "ask_store",
        /// Ask the payment provider about a payment.
        AskProvider = "ask_provider",
        /// Close a payment page that must not be paid any more.
        VoidAtProvider = "void_at_provider",
        /// Send money back, or find out whether it went.
        RefundAtProvider = "refund_at_provider",
        /// Apply a stored webhook.
        ApplyWebhook = "apply_webhook",
        /// Book the shipment and get its label.
        BuyLabel = "buy_label",
        /// Find out whether the carrier booked.
        LookUpAtCarrier = "look_up_at_carrier",
        /// Ask the carrier where the parcel is.
        AskCarrier = "ask_carrier",
        /// Send a notice to a person.
        SendNotice = "send_notice",
    }
}

impl Task {
    /// The function whose queue takes this task.
    #[must_use]
    pub const fn consumer(self) -> &'static str {
        match self {
            Self::PlaceAtStore | Self::LookUpAtStore | Self::AskStore => "supplier-order",
            Self::AskProvider | Self::VoidAtProvider | Self::RefundAtProvider | Self::ApplyWebhook => {
                "payment-settlement"
            }
            Self::BuyLabel | Self::LookUpAtCarrier => "shipping",
            Self::AskCarrier => "tracking",
            Self::SendNotice => "notifications",
        }
    }
}

/// What follows a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Send a task to its queue after the commit; the deadline sends it again if that is lost.
    Queue(Task),
    /// Open a matter for a person.
    OpenException(ExceptionKind),
    /// Write the balanced ledger transaction of this move.
    PostLedger,
    /// Tell the order that its money is there.
    CoverOrder,
    /// Write down what to buy at each store.
    PlanSupplierOrders,
    /// Stop every supplier order that can still be stopped.
    StopSupplierOrders,
    /// Close the payment pages that are still open.
    VoidPayments,
    /// Send back what was captured and is not needed.
    RequestRefund,
    /// The units of this supplier order will not come.
    DropUnits,
    /// The units of this shipment reached the customer.
    DeliverUnits,
    /// The units of this shipment came back.
    ReturnUnits,
    /// See whether the order's next step is possible now.
    LookAtOrder,
}

impl Effect {
    /// As the table shows it.
    #[must_use]
    pub fn word(self) -> String {
        match self {
            Self::Queue(task) => format!("{task} → {}", task.consumer()),
            Self::OpenException(kind) => format!("exception: {kind}"),
            Self::PostLedger => "post ledger".into(),
            Self::CoverOrder => "cover order".into(),
            Self::PlanSupplierOrders => "plan supplier orders".into(),
            Self::StopSupplierOrders => "stop supplier orders".into(),
            Self::VoidPayments => "void payments".into(),
            Self::RequestRefund => "request refund".into(),
            Self::DropUnits => "drop units".into(),
            Self::DeliverUnits => "deliver units".into(),
            Self::ReturnUnits => "return units".into(),
            Self::LookAtOrder => "look at order".into(),
        }
    }
}
