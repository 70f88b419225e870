//! Stores that sell to us: one trait for all of them, and the list of those this shop knows.
//!
//! To add a store: a folder beside `aliexpress/` with the same files, and one line in `STORES`; `cargo test -p providers` proves it.

pub mod aliexpress;
mod plain_text;
mod store_order;

use std::sync::Arc;

use domain::{
    Currency, Settings, Timestamp,
    address::Country,
    product::{Hit, Product, ProviderCode, StoreDelivery, VariantRef},
};

pub use plain_text::plain_text;
pub use store_order::{
    Found, Lookup, Placed, StoreItem, StoreOrder, StoreOrderLine, StoreOrderRequest, StoreOrderState, StorePackage,
};

use crate::{error::Error, exchange::Exchange};

/// A store. Every method only says what to send and how to read the answer; `now` is for signatures and for `as_of`.
///
/// An operation whose capability is not [`Capability::Api`] ends with [`Error::Unsupported`].
pub trait Supplier: Send + Sync {
    /// Its short name.
    fn code(&self) -> &ProviderCode;

    /// What can be done through its interface and what a buyer does by hand.
    fn capabilities(&self) -> Capabilities;

    /// What happens when the same purchase is sent twice.
    fn repeat_safety(&self) -> RepeatSafety;

    /// Products for some words.
    ///
    /// # Errors
    /// When the store cannot be asked this.
    fn search(&self, query: &SearchQuery, terms: Terms, now: Timestamp) -> Result<Exchange<HitPage>, Error>;

    /// One product with its variants; nothing when the store knows none by that id. A product that cannot be sent to the country of the terms
    /// has no variants.
    ///
    /// # Errors
    /// When the store cannot be asked this.
    fn detail(&self, product: &str, terms: Terms, now: Timestamp) -> Result<Exchange<Option<Product>>, Error>;

    /// The ways the store can bring so many of a variant to our warehouse, cheapest first; none when it cannot.
    ///
    /// # Errors
    /// When the store cannot be asked this.
    fn deliveries(
        &self,
        variant: &VariantRef,
        quantity: u32,
        terms: Terms,
        now: Timestamp,
    ) -> Result<Exchange<Vec<StoreDelivery>>, Error>;

    /// Buys. The answer says nothing about the amount: read the order state at once and compare.
    ///
    /// # Errors
    /// When the purchase cannot be said in the store's protocol.
    fn place(&self, request: &StoreOrderRequest, now: Timestamp) -> Result<Exchange<Placed>, Error>;

    /// True for the code of a refused purchase that means that there is not enough of something.
    fn is_sold_out(&self, code: &str) -> bool;

    /// True for words of an end that we brought about ourselves: cancelled by our buyers, or not paid in time.
    fn is_ended_by_us(&self, reason: &str) -> bool;

    /// Looks for a purchase whose outcome is unknown.
    ///
    /// # Errors
    /// When the store cannot be asked this.
    fn find_by_reference(&self, lookup: &Lookup, now: Timestamp) -> Result<Exchange<Found>, Error>;

    /// Where one of the store's orders stands.
    ///
    /// # Errors
    /// When the store cannot be asked this.
    fn order_state(&self, store_order: &str, now: Timestamp) -> Result<Exchange<StoreOrder>, Error>;
}

/// What a customer is looking for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchQuery {
    /// The words as typed.
    pub words: String,
    /// Counted from 1.
    pub page: u32,
    /// What comes first.
    pub order: SearchOrder,
}

/// What comes first in a list of hits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SearchOrder {
    /// What the store thinks fits best.
    #[default]
    BestMatch,
    /// What sells most.
    MostSold,
    /// The cheapest.
    CheapestFirst,
    /// The dearest.
    DearestFirst,
    /// The newest.
    NewestFirst,
}

/// One page of hits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HitPage {
    /// The hits.
    pub hits: Vec<Hit>,
    /// How many there are on all pages, when the store says so.
    pub total: Option<u64>,
}

/// Where to and in which money a store is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The country of our warehouse.
    pub ship_to: Country,
    /// The money in which we pay the store.
    pub currency: Currency,
}

/// Who does an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capability {
    /// The store's interface.
    Api,
    /// A buyer by hand, on the same state machine.
    Desk,
    /// Nobody.
    Off,
}

/// Who does which operation at a store: data, because it depends on contracts and not on code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// [`Supplier::search`].
    pub search: Capability,
    /// [`Supplier::detail`].
    pub detail: Capability,
    /// [`Supplier::deliveries`].
    pub deliveries: Capability,
    /// [`Supplier::place`].
    pub place: Capability,
    /// [`Supplier::find_by_reference`].
    pub find_by_reference: Capability,
    /// [`Supplier::order_state`].
    pub order_state: Capability,
    /// Cancelling a placed order.
    pub cancel: Capability,
}

/// What happens when the same purchase is sent a second time with the same reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RepeatSafety {
    /// The store answers with the first order.
    ReplayReturnsExisting,
    /// The store refuses the second.
    DuplicateRejected,
    /// The store takes both: it must never be sent twice.
    NoKey,
}

impl RepeatSafety {
    /// True when a purchase that was proved absent may be sent again with the same reference.
    #[must_use]
    pub fn is_repeatable(self) -> bool {
        match self {
            Self::ReplayReturnsExisting | Self::DuplicateRejected => true,
            Self::NoKey => false,
        }
    }
}

/// A store this shop can be set up for.
struct Store {
    /// Its settings. A shop that sets none of them does without the store; one that sets some must set all.
    names: &'static [&'static str],
    read: fn(&mut Settings) -> Box<dyn Supplier>,
}

const STORES: &[Store] = &[Store {
    names: aliexpress::NAMES,
    read: aliexpress::read,
}];

/// The stores this shop is set up for.
#[derive(Clone)]
pub struct Suppliers(Arc<[Box<dyn Supplier>]>);

impl Suppliers {
    /// Builds the adapters that have settings. A shop without any store is wrong: all of their settings are then reported missing.
    pub fn read(settings: &mut Settings) -> Self {
        let is_set_up = |store: &&Store| store.names.iter().any(|name| settings.optional(name).is_some());
        let mut wanted: Vec<&Store> = STORES.iter().filter(is_set_up).collect();
        if wanted.is_empty() {
            wanted = STORES.iter().collect();
        }
        Self(wanted.into_iter().map(|store| (store.read)(settings)).collect())
    }

    /// The store of that name.
    #[must_use]
    pub fn get(&self, code: &ProviderCode) -> Option<&dyn Supplier> {
        self.all().find(|supplier| supplier.code() == code)
    }

    /// All of them, in a fixed order.
    pub fn all(&self) -> impl Iterator<Item = &dyn Supplier> {
        self.0.iter().map(AsRef::as_ref)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(names: &[&str]) -> Settings {
        Settings::new(names.iter().map(|name| {
            let value = if name.ends_with("_URL") {
                "https://store.example"
            } else {
                "x"
            };
            ((*name).to_owned(), value.to_owned())
        }))
    }

    #[test]
    fn a_store_is_found_by_its_code_when_it_is_set_up() {
        let mut settings = settings(aliexpress::NAMES);

        let suppliers = Suppliers::read(&mut settings);

        assert!(settings.finish().is_ok());
        assert!(suppliers.get(&"aliexpress".parse().unwrap()).is_some());
        assert!(suppliers.get(&"elsewhere".parse().unwrap()).is_none());
    }

    #[test]
    fn a_shop_without_stores_or_with_half_a_store_does_not_start() {
        for (names, missing) in [(&[][..], aliexpress::NAMES.len()), (&aliexpress::NAMES[1..], 1)] {
            let mut settings = settings(names);

            Suppliers::read(&mut settings);

            assert_eq!(settings.finish().unwrap_err().0.len(), missing);
        }
    }

    #[test]
    fn only_a_store_without_a_key_must_never_be_asked_twice() {
        assert!(RepeatSafety::DuplicateRejected.is_repeatable());
        assert!(RepeatSafety::ReplayReturnsExisting.is_repeatable());
        assert!(!RepeatSafety::NoKey.is_repeatable());
    }
}
