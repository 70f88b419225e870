//! Makes a quote of a cart: stores and carrier are asked again, the rules price it, and what comes out is promised.

use domain::{
    Cause, Currency, Failure, Refusal, RequestKey, Timestamp,
    address::Country,
    cart::Cart,
    id::QuoteId,
    landed_cost::{Mode, Want, price},
    quote::{Heading, Quote},
};
use serde::Deserialize;
use store::Promised;

use crate::{Deps, ask_carrier, ask_stores, gateway_town::gateway_town};

/// Lines and pieces together: an order is written in one transaction, which DynamoDB limits to 100 items (2026).
const MOST_PARTS: usize = 80;

/// What a customer asks a price for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuoteForm {
    /// Where the parcel goes.
    country: Country,
    /// In which money the customer pays; the country's own when nothing is said.
    #[serde(default)]
    currency: String,
    /// The town, if the customer has named it already; carriers ask more for remote ones.
    #[serde(default)]
    city: String,
    /// Its postcode.
    #[serde(default)]
    postcode: String,
}

/// Where a parcel goes, as far as it is known before there is an address.
pub(crate) struct Destination {
    pub(crate) country: Country,
    pub(crate) town: String,
    pub(crate) postcode: String,
}

/// A quote, and whether it was made by an earlier sending of the same request.
pub(crate) struct Made {
    pub(crate) quote: Quote,
    pub(crate) is_repeated: bool,
}

pub(crate) async fn run(deps: &Deps, cart: &Cart, key: &RequestKey, form: QuoteForm) -> Result<Made, Failure> {
    if let Some(id) = deps.orders.repeated(key).await? {
        return repeated(deps, &id).await;
    }
    let now = deps.clock.now();
    check_size(cart)?;
    let charge = charge(deps, &form, now)?;
    let to = destination(&form);
    let lines = ask_stores::run(deps, &cart.lines, now).await?;
    let freight = ask_carrier::run(deps, &lines, &to, now).await?;
    let moved = ask_stores::moved_prices(&cart.lines, &lines);
    let want = Want {
        lines,
        destination: to.country,
        export_from: deps.warehouse.country,
        charge,
        freight,
        mode: Mode::Air,
        payment: deps.payments.iter().next().map(|provider| provider.code()),
    };
    let quote = promise(deps, cart, want, moved, now)?;
    match deps.quotes.put_once(&quote, key, now).await? {
        Promised::Written => {
            tracing::info!(quote.id = %quote.id(), lines = quote.lines().len(), "Promised quote {}", quote.id());
            Ok(Made { quote, is_repeated: false })
        }
        Promised::Repeated(id) => repeated(deps, &id).await,
    }
}

fn promise(
    deps: &Deps,
    cart: &Cart,
    want: Want,
    moved: Vec<domain::landed_cost::Remark>,
    now: Timestamp,
) -> Result<Quote, Failure> {
    let mut cost = price(&deps.rules, &want, now)?;
    cost.remarks.extend(moved);
    let heading = Heading {
        id: deps.ids.next()?,
        customer: cart.customer.clone(),
        cart_fingerprint: cart.fingerprint(),
        made_at: now,
    };
    Quote::promise(heading, want, cost)
        .map_err(|error| Failure::Internal(Cause::with("could not make a quote of a price", error)))
}

async fn repeated(deps: &Deps, id: &str) -> Result<Made, Failure> {
    let id: QuoteId = id.parse().map_err(|_| Failure::internal("the request for a quote was answered with no quote"))?;
    Ok(Made { quote: deps.quotes.get(&id).await?, is_repeated: true })
}

fn check_size(cart: &Cart) -> Result<(), Failure> {
    let pieces = cart.lines.iter().filter_map(|line| usize::try_from(line.quantity).ok());
    let parts = pieces.fold(cart.lines.len(), usize::saturating_add);
    match cart.lines.len() {
        0 => Err(Refusal::CartEmpty.into()),
        _ if parts > MOST_PARTS => {
            let sentence = "This is more than goes into one order. Please order it in two parts.";
            Err(Failure::field("lines", "too_many", sentence))
        }
        _ => Ok(()),
    }
}

/// The currency to pay in: the destination's own, or another one that we take somewhere.
fn charge(deps: &Deps, form: &QuoteForm, now: Timestamp) -> Result<Currency, Failure> {
    let destinations = deps.rules.destinations(now.date());
    let destination = destinations.iter().find(|destination| destination.dest == form.country);
    let local = destination.ok_or(Refusal::CountryNotServed)?.customs_currency;
    if form.currency.is_empty() {
        return Ok(local);
    }
    let is_taken = |currency: &Currency| {
        *currency == Currency::USD || destinations.iter().any(|other| other.customs_currency == *currency)
    };
    let wrong = || Failure::field("currency", "not_offered", "We do not take this currency.");
    form.currency.parse().ok().filter(is_taken).ok_or_else(wrong)
}

fn destination(form: &QuoteForm) -> Destination {
    let (town, postcode) = match gateway_town(form.country) {
        Some((town, postcode)) if form.city.trim().is_empty() => (town, postcode),
        Some(_) | None => (form.city.trim(), form.postcode.trim()),
    };
    let short = |text: &str| text.chars().filter(|c| !c.is_control()).take(45).collect();
    Destination { country: form.country, town: short(town), postcode: short(postcode) }
}

#[cfg(test)]
mod tests {
    use domain::{
        Money,
        landed_cost::{FreightSource, Severity},
    };
    use providers::Loss;

    use super::*;
    use crate::fixture::{Shop, form, key};

    async fn quote(shop: &Shop, form: QuoteForm) -> Result<Made, Failure> {
        run(&shop.deps, &shop.cart().await, &key("a", "1"), form).await
    }

    #[tokio::test]
    async fn a_quote_rests_on_what_store_and_carrier_say_now() {
        let shop = Shop::with_cart().await;

        let made = quote(&shop, form("KE", "")).await.unwrap();

        let terms = made.quote.terms();
        assert_eq!(terms.total.currency(), Currency::KES);
        assert_eq!(terms.freight.source, FreightSource::Live);
        assert_eq!((terms.lines.len(), terms.lines[0].quantity), (1, 2));
        assert_eq!(terms.lines[0].store_delivery, Money::new(199, Currency::USD));
        assert!(made.quote.is_of_cart(&shop.cart().await.fingerprint()));
        assert_eq!(shop.deps.quotes.get(made.quote.id()).await.unwrap(), made.quote);
        assert!(!terms.remarks.iter().any(|remark| remark.code == "price_moved"));
    }

    #[tokio::test]
    async fn a_price_that_moved_is_charged_as_it_is_now_and_said() {
        let shop = Shop::with_cart().await;
        shop.world.sell_for("45.00");

        let made = quote(&shop, form("KE", "USD")).await.unwrap();

        assert_eq!(made.quote.lines()[0].unit_price, Money::new(4_500, Currency::USD));
        let told = made.quote.terms().remarks.iter().find(|remark| remark.code == "price_moved").unwrap();
        assert_eq!((told.line, told.severity), (Some(1), Severity::Warning));
        assert!(told.sentence.contains("USD 45.00"), "{}", told.sentence);
    }

    #[tokio::test]
    async fn without_the_carrier_the_tariff_stands_in_and_is_flagged() {
        for silence in [
            Loss::NotConnected as fn(_) -> _,
            Loss::NoAnswer as fn(_) -> _,
        ] {
            let shop = Shop::with_cart().await;
            shop.world.loses_carrier(silence);

            let made = quote(&shop, form("KE", "")).await.unwrap();

            assert_eq!(made.quote.terms().freight.source, FreightSource::Tariff);
            assert!(made.quote.terms().remarks.iter().any(|remark| remark.sentence.contains("freight") || remark.code.contains("freight") || remark.code.contains("tariff")));
        }
    }

    #[tokio::test]
    async fn what_the_store_cannot_deliver_is_refused_before_anything_is_promised() {
        for stop in [crate::fixture::World::sell_out, crate::fixture::World::forget_product, crate::fixture::World::stop_delivery] {
            let shop = Shop::with_cart().await;
            stop(&shop.world);

            assert!(matches!(quote(&shop, form("KE", "")).await, Err(Failure::Refused(Refusal::NotAvailable))));
        }
    }

    #[tokio::test]
    async fn an_outage_of_the_store_is_no_refusal() {
        let shop = Shop::with_cart().await;
        shop.world.lose_store();

        assert!(quote(&shop, form("KE", "")).await.err().unwrap().is_retryable());
    }

    #[tokio::test]
    async fn a_repeated_request_is_answered_with_the_first_quote_and_asks_nobody() {
        let shop = Shop::with_cart().await;
        let first = quote(&shop, form("KE", "")).await.unwrap();
        shop.world.lose_store();

        let again = quote(&shop, form("KE", "")).await.unwrap();
        let other = run(&shop.deps, &shop.cart().await, &key("a", "2"), form("KE", "")).await;

        assert!(again.is_repeated && !first.is_repeated);
        assert_eq!(again.quote, first.quote);
        assert!(matches!(other, Err(Failure::Refused(Refusal::KeyReused))));
    }

    #[tokio::test]
    async fn countries_and_currencies_that_are_not_served_are_refused() {
        let shop = Shop::with_cart().await;

        assert!(matches!(quote(&shop, form("AQ", "")).await, Err(Failure::Refused(Refusal::CountryNotServed))));
        for currency in ["XXX", "ARS", "dollars"] {
            assert!(matches!(quote(&shop, form("KE", currency)).await, Err(Failure::Invalid(_))), "{currency}");
        }
    }

    #[tokio::test]
    async fn an_empty_cart_and_one_too_large_for_an_order_have_no_price() {
        let shop = Shop::with_cart().await;
        let mut cart = shop.cart().await;
        cart.set_quantity(1, 80, shop.deps.clock.now()).unwrap();
        let too_large = run(&shop.deps, &cart, &key("b", "1"), form("KE", "")).await;
        cart.clear(shop.deps.clock.now());
        let empty = run(&shop.deps, &cart, &key("c", "1"), form("KE", "")).await;

        assert!(matches!(too_large, Err(Failure::Invalid(_))));
        assert!(matches!(empty, Err(Failure::Refused(Refusal::CartEmpty))));
    }
}
