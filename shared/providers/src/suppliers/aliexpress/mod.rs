//! AliExpress, the drop-shipping interface of its open platform: the one store of ours that takes orders from any approved application.
//!
//! Needs: an application of type drop-shipping on openservice.aliexpress.com, the consent of the buying account (a token that ends after about
//! 30 days), a payment method authorised for paying at once, and no list of allowed addresses in the console. Facts as of 2026-11-23.
//! Quirks: a variant has two ids, `sku_id` for freight and `sku_attr` for ordering; one order call makes one order per seller; amounts are
//! known only after ordering; cancelling has no call; an empty list of freight services also means a wrong variant id.

mod detail;
mod freight;
mod gateway;
mod lookup;
mod ordering;
mod search;
pub mod settings;
mod signing;
mod status;
#[cfg(test)]
mod tests;
mod wire;

use domain::{
    Timestamp,
    product::{Product, ProviderCode, StoreDelivery, VariantRef},
};
use serde::Serialize;

pub use settings::{NAMES, Settings};

use super::{
    Capabilities, Capability, Found, HitPage, Lookup, Placed, RepeatSafety, SearchQuery, StoreOrder, StoreOrderRequest,
    Supplier, Terms,
};
use crate::{error::Error, exchange::Exchange};

/// The adapter.
pub struct AliExpress {
    code: ProviderCode,
    settings: Settings,
}

impl AliExpress {
    /// The adapter for these settings.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let code = "aliexpress"
            .parse()
            .unwrap_or_else(|_| unreachable!("a constant code is a code"));
        Self { code, settings }
    }
}

/// The adapter out of named settings; what is missing or wrong is remembered there.
pub(super) fn read(named: &mut domain::Settings) -> Box<dyn Supplier> {
    Box::new(AliExpress::new(settings::read(named)))
}

impl Supplier for AliExpress {
    fn code(&self) -> &ProviderCode {
        &self.code
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            search: Capability::Api,
            detail: Capability::Api,
            deliveries: Capability::Api,
            place: Capability::Api,
            find_by_reference: Capability::Api,
            order_state: Capability::Api,
            cancel: Capability::Desk,
        }
    }

    fn repeat_safety(&self) -> RepeatSafety {
        ordering::REPEAT_SAFETY
    }

    fn search(&self, query: &SearchQuery, terms: Terms, now: Timestamp) -> Result<Exchange<HitPage>, Error> {
        search::exchange(self, query, terms, now)
    }

    fn detail(&self, product: &str, terms: Terms, now: Timestamp) -> Result<Exchange<Option<Product>>, Error> {
        detail::exchange(self, product, terms, now)
    }

    fn deliveries(
        &self,
        variant: &VariantRef,
        quantity: u32,
        terms: Terms,
        now: Timestamp,
    ) -> Result<Exchange<Vec<StoreDelivery>>, Error> {
        freight::exchange(self, variant, quantity, terms, now)
    }

    fn place(&self, request: &StoreOrderRequest, now: Timestamp) -> Result<Exchange<Placed>, Error> {
        ordering::exchange(self, request, now)
    }

    fn is_sold_out(&self, code: &str) -> bool {
        ordering::ERRORS.ours(code) == Some("sold_out")
    }

    fn is_ended_by_us(&self, reason: &str) -> bool {
        status::is_ours(reason)
    }

    fn find_by_reference(&self, lookup: &Lookup, now: Timestamp) -> Result<Exchange<Found>, Error> {
        lookup::exchange(self, lookup, now)
    }

    fn order_state(&self, store_order: &str, now: Timestamp) -> Result<Exchange<StoreOrder>, Error> {
        status::exchange(self, store_order, now)
    }
}

/// Our key of a variant: both of the store's ids, since freight wants the one and ordering the other.
fn variant_key(sku_id: &str, sku_attr: &str) -> String {
    format!("{sku_id}|{sku_attr}")
}

/// The two ids out of the key; the second is empty for the only variant of a product.
fn split_variant<'a>(call: &'static str, variant: &'a VariantRef) -> Result<(&'a str, &'a str), Error> {
    let wrong = Error::Invalid {
        call,
        problem: "not a variant of this store",
    };
    match variant.variant.split_once('|') {
        Some((sku_id, sku_attr)) if is_number(sku_id) => Ok((sku_id, sku_attr)),
        _ => Err(wrong),
    }
}

/// Ids of products, variants and orders are plain numbers; anything else never leaves this machine.
fn is_number(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

fn json_text(call: &'static str, value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|_| Error::Invalid {
        call,
        problem: "a parameter has no JSON form",
    })
}
