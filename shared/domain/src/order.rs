//! An order as a whole: what was bought, its payments, what we buy for it, every piece, every parcel. Loaded whole, decided on, committed whole.
//!
//! The verbs are in the files below: place, pay, buy, receive, pack, ship, cancel, refund. Each starts a [`Draft`], moves subjects through
//! the life-cycle table and ends in a [`Change`], which the store writes in one transaction.

mod agree;
mod buy;
mod by_hand;
mod cancel;
mod choices;
mod close;
mod draft;
mod effects;
mod exceptions;
mod look;
mod news;
mod overdue;
mod owner;
mod pack;
mod part;
mod parts;
mod pay;
mod pay_link;
mod pay_part;
mod pay_refused;
mod place;
mod purchase_money;
mod receive;
mod refund;
mod sent_back;
mod ship;
mod sold_out;
mod timeline;

pub use buy::{Bought, bought_on_day};
pub use choices::{Choices, Consolidation, DriftPolicy, StockPolicy};
pub use draft::{Actor, Alias, Change, Draft, Message};
pub use look::{Look, PriceCheck, ToBuy};
pub use news::{Ended, EndedBy, EndedItem, StoreNews};
pub use overdue::Overdue;
pub use pack::Packing;
pub use part::Part;
pub use parts::{
    Exception, FreightPromise, Line, Order, Parcel, PayLink, Payer, Payment, Receipt, Refund, RefundReason, Shipment,
    StoredFile, SupplierOrder, Unit,
};
pub use pay::{Paying, Reported, Settled};
pub use pay_refused::PaymentRefusal;
pub use place::Placing;
pub use receive::{Condition, Received};
pub use ship::Booked;
pub use timeline::TimelineEntry;

#[cfg(test)]
mod tests;
