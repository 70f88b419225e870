//! Orders we place at a store: what is asked for, what the store answers, and what it reports later.

use domain::{Money, Timestamp, product::VariantRef};

use crate::warehouse::WarehouseAddress;

/// One purchase, all from one seller of one store: a basket of several sellers would come back as several orders that nobody can tell apart.
#[derive(Clone, Debug)]
pub struct StoreOrderRequest {
    /// Our reference: the same on every try of the same purchase, never used for another.
    pub reference: String,
    /// What to buy.
    pub lines: Vec<StoreOrderLine>,
    /// Where the store sends it.
    pub to: WarehouseAddress,
    /// The most it may cost with delivery and tax. A store that takes no limit is compared with it after the fact, by its order state.
    pub max_total: Money,
}

/// One line of a purchase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreOrderLine {
    /// What.
    pub variant: VariantRef,
    /// How many, at least one.
    pub quantity: u32,
    /// How it travels: the service of a [`domain::product::StoreDelivery`].
    pub service: String,
}

/// The store has taken the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Its own order ids; never empty.
    pub store_orders: Vec<String>,
}

/// What the store says of one of its orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreOrder {
    /// The store's own order id.
    pub id: String,
    /// Where it stands.
    pub state: StoreOrderState,
    /// What the store charges for the whole order; nothing when it charged nothing or does not say.
    pub total: Option<Money>,
    /// What is on its way to us.
    pub packages: Vec<StorePackage>,
    /// Why it ended, in the store's words.
    pub end_reason: Option<String>,
    /// What it holds, when the store lists it.
    pub items: Vec<StoreItem>,
}

/// One thing in one of the store's orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreItem {
    /// The store's id of the product.
    pub product: String,
    /// The store's id of the variant, when it says so.
    pub variant: Option<String>,
    /// How many, when it says so.
    pub count: Option<u32>,
    /// Why it will not come, in the store's words.
    pub end_reason: Option<String>,
}

impl StoreItem {
    /// True when it may be this variant: a store that names no variant may mean any of the product.
    #[must_use]
    pub fn is(&self, variant: &VariantRef) -> bool {
        let own = variant.variant.split('|').next().unwrap_or_default();
        self.product == variant.product && self.variant.as_deref().is_none_or(|named| named == own)
    }
}

/// Where an order stands at the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreOrderState {
    /// Taken, waiting for our money; it lapses by itself.
    Unpaid,
    /// Our money is being checked.
    Paying,
    /// Paid, not sent yet.
    Placed,
    /// At least a part is on its way.
    Shipped,
    /// The carrier or the store believes it has arrived. Only our own dock scan knows.
    Arrived,
    /// It is being cancelled.
    Cancelling,
    /// It is over and nothing will come.
    Cancelled,
    /// A person must look: a dispute, a freeze, or a word we do not know, kept as the store wrote it.
    Problem(String),
}

/// One parcel from the store to our warehouse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StorePackage {
    /// Who brings it, when the store says so.
    pub carrier: Option<String>,
    /// Its tracking number: the one our dock will scan, or a provisional one until the last carrier has it.
    pub tracking: String,
    /// True once the carrier reports that it was handed over.
    pub is_delivered: bool,
}

/// A purchase whose outcome is unknown and must be looked up.
#[derive(Clone, Debug)]
pub struct Lookup {
    /// Our reference.
    pub reference: String,
    /// What it was to buy.
    pub lines: Vec<StoreOrderLine>,
    /// When the first try was sent.
    pub since: Timestamp,
    /// The end of the time in which the store may have taken it.
    pub until: Timestamp,
}

/// What a look into the store's books found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// The store itself ties these orders to our reference.
    Ours(Vec<String>),
    /// Orders of that time for the same things, without a tie to our reference. They are ours only if no other purchase of ours claims them;
    /// more than one of them is a matter for a person.
    Likely(Vec<String>),
    /// No such order. The store may be late to list it: this proves absence only after its settling time, asked twice.
    Nothing,
}
