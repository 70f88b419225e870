//! The parts of an order, as plain data. Only `life` is closed: it changes through the life-cycle table alone.

use crate::{
    address::Address,
    id::{
        CustomerId, ExceptionId, LineId, OrderId, PayLinkId, PaymentId, QuoteId, RefundId, ScanId, ShipmentId,
        SupplierOrderId, UnitId,
    },
    landed_cost::{Speed, TravelDays},
    ledger::{Account, Balances},
    lifecycle::{ExceptionKind, Life, LookUps},
    measure::{Dimensions, Grams},
    money::Money,
    payment_terms::Limits,
    product::{ProviderCode, VariantRef},
    timestamp::Timestamp,
    tracking::TrackingEvent,
};

use super::{choices::Choices, look::PriceCheck, part::Part, pay_refused::PaymentRefusal};

/// The whole of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// Rises by one with every change; a change made on another version is refused by the store.
    pub version: u64,
    /// Who bought.
    pub customer: CustomerId,
    /// The price it was bought at.
    pub quote: QuoteId,
    /// What the customer pays, once.
    pub total: Money,
    /// The total by what it is for; sums to it exactly.
    pub shares: Vec<(Account, Money)>,
    /// Where it goes.
    pub destination: Address,
    /// What the customer chose, once.
    pub choices: Choices,
    /// True when its customer has had their account deleted: nothing is bought for it any more.
    pub is_forgotten: bool,
    /// The number by which customs knows the customer, sealed: only who makes the customs papers opens it.
    pub customs_number: Option<String>,
    /// How it was promised to travel, when that was written down.
    pub freight: Option<FreightPromise>,
    /// Links by which others may pay.
    pub pay_links: Vec<PayLink>,
    /// What the way of paying takes at once that it was priced for, when that was written down.
    pub limits: Option<Limits>,
    /// The customer's payments up to this number name an e-mail address that they have replaced since; their pages are opened no more.
    pub replaced_payments: u32,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// Where it stands.
    pub life: Life,
    /// What stands on its accounts.
    pub balances: Balances,
    /// How many timeline entries it has.
    pub timeline_length: u32,
    /// Hash of the newest timeline entry.
    pub timeline_hash: String,
    /// What was bought.
    pub lines: Vec<Line>,
    /// Every piece of it.
    pub units: Vec<Unit>,
    /// Tries to pay it.
    pub payments: Vec<Payment>,
    /// What we buy for it.
    pub supplier_orders: Vec<SupplierOrder>,
    /// Parcels to the customer.
    pub shipments: Vec<Shipment>,
    /// Money on its way back.
    pub refunds: Vec<Refund>,
    /// Matters for a person.
    pub exceptions: Vec<Exception>,
}

/// How the parcel was promised to travel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FreightPromise {
    /// With whom.
    pub carrier: ProviderCode,
    /// The carrier's own code of the service.
    pub service: String,
    /// How fast it is, as the customer chose it.
    pub speed: Speed,
    /// Soonest and latest arrival in days after hand-over, when known.
    pub days: Option<TravelDays>,
}

/// A link by which somebody else pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayLink {
    /// Its id.
    pub id: PayLinkId,
    /// SHA-256 of its token, in hexadecimal; the token itself is kept nowhere.
    pub token_hash: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// When its owner ended it.
    pub revoked_at: Option<Timestamp>,
}

/// Somebody who pays for a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payer {
    /// By which link they came.
    pub link: PayLinkId,
    /// What they call themselves; may be empty.
    pub name: String,
}

/// One line: so many of one variant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its id.
    pub id: LineId,
    /// What.
    pub variant: VariantRef,
    /// Title when it was bought.
    pub title: String,
    /// Option values when it was bought.
    pub variant_label: String,
    /// A picture.
    pub image: Option<String>,
    /// Who sells it at the store.
    pub seller: Option<String>,
    /// How many.
    pub quantity: u32,
    /// What the store asked for one.
    pub unit_price: Money,
    /// What the store asked for bringing the line to our warehouse.
    pub store_delivery: Money,
    /// The store's delivery service.
    pub store_service: String,
    /// Its share of the order's total.
    pub landed: Money,
    /// The most we may pay the store for it, delivery included.
    pub cap: Money,
    /// Harmonised System code the quote assumed; empty when unknown.
    pub hs_code: String,
    /// Where it was made, when known; customs asks for it.
    pub origin: String,
    /// Expected weight of one piece.
    pub weight: Grams,
}

/// One physical piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Its id.
    pub id: UnitId,
    /// Of which line.
    pub line: LineId,
    /// Where it stands.
    pub life: Life,
    /// How it came in.
    pub receipt: Option<Receipt>,
    /// In which parcel it goes out.
    pub shipment: Option<ShipmentId>,
}

/// How a unit came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The scan that received it, made by the device: a repeat of the scan is no second receipt.
    pub scan: ScanId,
    /// The code that was scanned, normalised.
    pub code: String,
    /// When.
    pub at: Timestamp,
    /// What the scale said for the inbound parcel, when it was weighed.
    pub weight: Option<Grams>,
    /// What is wrong with it, when something is.
    pub note: String,
}

/// One try to cover the order with money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// Its id, and our idempotency key at the provider.
    pub id: PaymentId,
    /// With whom.
    pub provider: ProviderCode,
    /// What was asked; never changes.
    pub amount: Money,
    /// What came.
    pub captured: Option<Money>,
    /// How much of that pays for the order; the rest goes back.
    pub counted: Option<Money>,
    /// Who pays, when it is not the customer.
    pub payer: Option<Payer>,
    /// Why its provider would not open a page for it, when it would not.
    pub refused: Option<PaymentRefusal>,
    /// The provider's id, when known.
    pub provider_reference: Option<String>,
    /// Where the payer is sent, when known.
    pub redirect_url: Option<String>,
    /// When the payer's page closes.
    pub expires_at: Timestamp,
    /// Where it stands.
    pub life: Life,
}

/// What we buy at one store (and seller) for this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupplierOrder {
    /// Its id, and with the attempt our reference at the store.
    pub id: SupplierOrderId,
    /// The store.
    pub store: ProviderCode,
    /// Which lines.
    pub lines: Vec<LineId>,
    /// The most we may pay, in the store's currency.
    pub cap: Money,
    /// What the store charged, when known.
    pub charged: Option<Money>,
    /// What it charged besides in other currencies.
    pub also_charged: Vec<Money>,
    /// The store's order numbers.
    pub store_orders: Vec<String>,
    /// Tracking numbers towards our warehouse.
    pub tracking: Vec<String>,
    /// From 1: what was refused, cancelled or proved absent is tried again as something new to the store.
    pub attempt: u32,
    /// How often the store was asked to sell within this attempt.
    pub sends: u32,
    /// When the newest call to the store was allowed.
    pub sent_at: Option<Timestamp>,
    /// Looks that found nothing since then.
    pub look_ups: Option<LookUps>,
    /// What the newest look before buying found.
    pub check: Option<PriceCheck>,
    /// What the customer would add, or adds, for it to be bought at the store's new price.
    pub extra: Option<Money>,
    /// The customer has agreed to add that.
    pub is_agreed: bool,
    /// The store's or our last words about it, for the staff.
    pub note: String,
    /// Where it stands.
    pub life: Life,
}

/// A closed and measured parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parcel {
    /// Gross weight on our scale.
    pub weight: Grams,
    /// Outer size.
    pub size: Dimensions,
}

/// One parcel on its way from our warehouse to the customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shipment {
    /// Its id, and our reference at the carrier.
    pub id: ShipmentId,
    /// With whom.
    pub carrier: ProviderCode,
    /// As packed.
    pub parcel: Parcel,
    /// The scan that closed it.
    pub scan: ScanId,
    /// The carrier's number (AWB), when booked.
    pub tracking_number: Option<String>,
    /// What the carrier charges, when it said so.
    pub price: Option<Money>,
    /// Label and customs papers in the file store.
    pub documents: Vec<StoredFile>,
    /// What the carrier reported, oldest first.
    pub events: Vec<TrackingEvent>,
    /// When the newest call to the carrier was allowed.
    pub sent_at: Option<Timestamp>,
    /// Looks that found nothing since then.
    pub look_ups: Option<LookUps>,
    /// The carrier's last words about it, for the staff.
    pub note: String,
    /// Where it stands.
    pub life: Life,
}

/// A file in the file store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    /// `label`, `invoice`, `photo`.
    pub kind: String,
    /// Its key in the file store.
    pub key: String,
    /// Its media type.
    pub media_type: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// Why money goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundReason {
    /// The order was cancelled.
    Cancelled,
    /// The store could not deliver.
    NotDelivered,
    /// A unit was lost.
    UnitLost,
    /// It was paid more than once.
    PaidTwice,
    /// A wrong amount was sent back whole.
    WrongAmount,
    /// Money came for an order that had ended.
    LatePayment,
    /// The rest never came, so the parts that did go back.
    NotCovered,
    /// The customer's own addition was not needed.
    NotNeeded,
}

impl RefundReason {
    /// Every reason.
    pub const ALL: [Self; 8] = [
        Self::Cancelled,
        Self::NotDelivered,
        Self::UnitLost,
        Self::PaidTwice,
        Self::WrongAmount,
        Self::LatePayment,
        Self::NotCovered,
        Self::NotNeeded,
    ];

    /// Its text form, as stored.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::NotDelivered => "not_delivered",
            Self::UnitLost => "unit_lost",
            Self::PaidTwice => "paid_twice",
            Self::WrongAmount => "wrong_amount",
            Self::LatePayment => "late_payment",
            Self::NotCovered => "not_covered",
            Self::NotNeeded => "not_needed",
        }
    }
}

/// Money on its way back to a payer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// Its id, and with the attempt our idempotency key at the provider.
    pub id: RefundId,
    /// Of which payment.
    pub payment: PaymentId,
    /// How much; never changes.
    pub amount: Money,
    /// Why.
    pub reason: RefundReason,
    /// The provider's id, when known.
    pub provider_reference: Option<String>,
    /// From 1: what the provider refused is tried again as something new to it.
    pub attempt: u32,
    /// When the first call of this attempt was allowed.
    pub sent_at: Option<Timestamp>,
    /// Where it stands.
    pub life: Life,
}

/// A matter that needs a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// Its id.
    pub id: ExceptionId,
    /// Why.
    pub kind: ExceptionKind,
    /// About what.
    pub about: Part,
    /// Since when.
    pub opened_at: Timestamp,
    /// Who answered it, when, and how.
    pub resolved: Option<(Timestamp, String)>,
}
