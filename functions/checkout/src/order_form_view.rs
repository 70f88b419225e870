//! The page on which a quote becomes an order: where it goes and how the customer wants it.

use askama::Template;
use domain::{
    Failure, Money, Timestamp,
    address_demand::{Demand, Use, demand_of},
    id::{AddressId, OrderId},
    label::Label,
    landed_cost::{TravelDays, days_in_words},
    person::KeptAddress,
    quote::{Quote, Way},
};
use serde::Serialize;
use web::Draft;

use crate::views::moment;

/// What is ordered, and what is still to be said.
#[derive(Clone, Serialize, Template)]
#[template(path = "checkout.html")]
pub(crate) struct OrderFormPage {
    quote: String,
    country: String,
    total: Money,
    expires_at: Timestamp,
    lines: Vec<FormLine>,
    /// How it can travel; the order names the quote of one.
    ways: Vec<FormWay>,
    /// The order that was placed at this price: it is used.
    order: Option<OrderId>,
    #[serde(skip)]
    shown: Shown,
}

#[derive(Clone, Serialize)]
struct FormLine {
    title: String,
    variant_label: String,
    quantity: u32,
}

#[derive(Clone, Serialize)]
struct FormWay {
    quote: String,
    carrier: String,
    speed: &'static str,
    days: Option<TravelDays>,
    total: Money,
    #[serde(skip)]
    label: String,
    #[serde(skip)]
    is_this: bool,
}

/// Finished texts of the page.
#[derive(Clone)]
struct Shown {
    total: String,
    holds_until: String,
    is_expired: bool,
    /// The order that was placed at this price; empty while there is none.
    order: String,
    /// How it is paid when not at once.
    in_parts: String,
    country: String,
    currency: String,
    asks_postcode: bool,
    needs_postcode: bool,
    needs_region: bool,
    /// What customs calls the number it knows a person by; empty where it asks for none.
    tax_number: &'static str,
    form_key: String,
    /// The kept addresses in this country, of which one fills the form.
    addresses: Vec<FormAddress>,
    /// What will stand on the carrier's label, where that reads otherwise than what was typed.
    label: Option<String>,
    draft: Draft,
}

#[derive(Clone)]
struct FormAddress {
    id: String,
    label: String,
    is_this: bool,
}

impl OrderFormPage {
    /// `form_key` names the order that the page's form will place.
    pub(crate) fn of(quote: &Quote, form_key: String, now: Timestamp) -> Self {
        let terms = quote.terms();
        let line = |line: &domain::quote::QuoteLine| FormLine {
            title: line.title.clone(),
            variant_label: line.variant_label.clone(),
            quantity: line.quantity,
        };
        let demand = demand_of(terms.destination);
        let of = |ask: fn(&Demand) -> Use| demand.map_or(Use::Optional, ask);
        Self {
            quote: terms.id.to_string(),
            country: terms.destination.to_string(),
            total: terms.total,
            expires_at: terms.expires_at,
            lines: terms.lines.iter().map(line).collect(),
            ways: quote.ways().into_iter().map(|way| form_way(way, quote)).collect(),
            order: None,
            shown: Shown {
                total: terms.total.to_string(),
                holds_until: moment(terms.expires_at),
                is_expired: quote.is_expired(now),
                order: String::new(),
                in_parts: in_parts(quote),
                country: demand.map_or_else(|| terms.destination.to_string(), |demand| demand.name.to_owned()),
                currency: terms.total.currency().to_string(),
                asks_postcode: of(|demand| demand.postcode) != Use::None,
                needs_postcode: of(|demand| demand.postcode) == Use::Needed,
                needs_region: of(|demand| demand.region) == Use::Needed,
                tax_number: demand.map_or("", |demand| demand.tax_number),
                form_key,
                addresses: Vec::new(),
                label: None,
                draft: Draft::empty(),
            },
        }
    }

    /// The same page when this order was placed at the price: it says so, and has no form.
    pub(crate) fn with_order(mut self, order: Option<OrderId>) -> Self {
        self.order = order.clone();
        self.shown.order = order.map(|order| format!("/orders/{order}")).unwrap_or_default();
        self
    }

    /// True when the customer can choose how it travels.
    fn has_choice(&self) -> bool {
        self.ways.len() > 1
    }

    /// The same page with the addresses that are kept in this country, and filled in with the one that was chosen, or else the newest.
    pub(crate) fn with_addresses(mut self, kept: &[KeptAddress], chosen: Option<&AddressId>) -> Result<Self, Failure> {
        let country = |kept: &&KeptAddress| kept.address.country().code() == self.country;
        let kept: Vec<_> = kept.iter().filter(country).collect();
        let this = match chosen {
            Some(id) => Some(
                kept.iter()
                    .find(|kept| kept.id == *id)
                    .ok_or(Failure::NotFound("address"))?,
            ),
            None => kept.last(),
        };
        let Some(this) = this else { return Ok(self) };
        self.shown.draft = Draft::of_address(&this.address);
        self.shown.label = Label::if_rewritten(&this.address).map(|label| label.to_string());
        self.shown.addresses = kept.iter().map(|kept| form_address(kept, &this.id)).collect();
        Ok(self)
    }

    /// The same page with what was typed and what is wrong with it.
    pub(crate) fn with(mut self, draft: Draft) -> Self {
        self.shown.label = draft
            .address()
            .as_ref()
            .and_then(Label::if_rewritten)
            .map(|label| label.to_string());
        self.shown.draft = draft;
        self
    }

    /// What the form sends back of the label it showed; a label that reads otherwise than the address is shown before it is ordered.
    fn label_seen(&self) -> &str {
        self.shown.label.as_deref().unwrap_or("none")
    }
}

fn in_parts(quote: &Quote) -> String {
    let said = quote
        .terms()
        .remarks
        .iter()
        .find(|remark| remark.code == "paid_in_parts");
    said.map(|remark| remark.sentence.clone()).unwrap_or_default()
}

fn form_address(kept: &KeptAddress, this: &AddressId) -> FormAddress {
    let parts = kept.address.parts();
    FormAddress {
        id: kept.id.to_string(),
        label: format!("{}, {}, {}", parts.name, kept.address.lines().join(", "), parts.city),
        is_this: kept.id == *this,
    }
}

fn form_way(way: Way, quote: &Quote) -> FormWay {
    let name = format!("{} {}", way.carrier.as_str().to_uppercase(), way.speed.label());
    FormWay {
        label: match way.days {
            Some(days) => format!("{name}, {} after we hand it over", days_in_words(days)),
            None => name,
        },
        is_this: way.quote == *quote.id(),
        quote: way.quote.to_string(),
        carrier: way.carrier.to_string(),
        speed: way.speed.code(),
        days: way.days,
        total: way.total,
    }
}

#[cfg(test)]
#[path = "../tests/unit/address_book.rs"]
mod tests;
