//! What a customer is told of an order by mail or text message: one word for each kind of news. Rows of the life-cycle table and deadlines say
//! when; `functions/notifications` says it in sentences.

use super::words::{UnknownWord, words};

words! {
    /// One kind of news of an order.
    News {
        /// The order was placed.
        Placed = "placed",
        /// A part of the price came.
        PartPaid = "part_paid",
        /// The price came.
        Paid = "paid",
        /// The price came when the order had ended; a person looks at it.
        PaidLate = "paid_late",
        /// Nobody paid in time.
        Expired = "expired",
        /// It was cancelled.
        Cancelled = "cancelled",
        /// It could not be cancelled any more.
        GoesOn = "goes_on",
        /// A store has our order.
        Bought = "bought",
        /// The customer must say what to do.
        Question = "question",
        /// They have not said it yet.
        Reminder = "reminder",
        /// Pieces came to our warehouse.
        Received = "received",
        /// A parcel was handed to the carrier.
        Shipped = "shipped",
        /// Something takes longer than it should.
        Delayed = "delayed",
        /// Customs wants something before it lets a parcel in.
        Customs = "customs",
        /// The carrier sends a parcel back.
        SentBack = "sent_back",
        /// A parcel was handed to the customer.
        Delivered = "delivered",
        /// Money is to go back.
        RefundOpened = "refund_opened",
        /// Money went back.
        RefundDone = "refund_done",
    }
}
