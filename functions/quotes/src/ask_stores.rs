//! Asks the stores again about every line of a cart: is it still there, for how much, and how does it reach our warehouse?

use domain::{
    Failure, Money, Refusal, Timestamp,
    cart::CartLine,
    landed_cost::{Remark, Severity, WantedLine},
    product::{Product, StoreDelivery, Variant, VariantRef},
};
use futures::future::{try_join, try_join_all};
use providers::{
    Error,
    suppliers::{Supplier, Terms},
};

use crate::Deps;

/// Every line as the stores see it now, in the order of the cart. One that cannot be had refuses the whole.
pub(crate) async fn run(deps: &Deps, lines: &[CartLine], now: Timestamp) -> Result<Vec<WantedLine>, Failure> {
    try_join_all(lines.iter().map(|line| ask(deps, line, now))).await
}

async fn ask(deps: &Deps, line: &CartLine, now: Timestamp) -> Result<WantedLine, Failure> {
    let store = deps.suppliers.get(&line.variant.store).ok_or(Refusal::NotAvailable)?;
    let terms = Terms {
        ship_to: deps.warehouse.country,
        currency: line.unit_price.currency(),
    };
    let (product, delivery) = try_join(
        product(deps, store, line, terms, now),
        delivery(deps, store, line, terms, now),
    )
    .await?;
    let variant = available(&product, line)?.clone();
    Ok(wanted(line, product, variant, delivery))
}

async fn product(
    deps: &Deps,
    store: &dyn Supplier,
    line: &CartLine,
    terms: Terms,
    now: Timestamp,
) -> Result<Product, Failure> {
    let exchange = store.detail(&line.variant.product, terms, now).map_err(not_sold)?;
    let found = deps.http.send(exchange).await.map_err(not_sold)?;
    found.ok_or_else(|| not_available(&line.variant, "the store has no such product"))
}

async fn delivery(
    deps: &Deps,
    store: &dyn Supplier,
    line: &CartLine,
    terms: Terms,
    now: Timestamp,
) -> Result<StoreDelivery, Failure> {
    let exchange = store
        .deliveries(&line.variant, line.quantity, terms, now)
        .map_err(not_sold)?;
    let ways = deps.http.send(exchange).await.map_err(not_sold)?;
    // The ways come cheapest first. A parcel without a number cannot be found again, so it goes only when there is no other.
    let tracked = ways.iter().find(|way| way.is_tracked).or(ways.first());
    tracked
        .cloned()
        .ok_or_else(|| not_available(&line.variant, "the store cannot deliver it to us"))
}

/// What a store refuses to tell is not for sale; an outage is an outage.
fn not_sold(error: Error) -> Failure {
    match error {
        Error::Refused { .. } | Error::Unsupported { .. } | Error::Invalid { .. } => {
            tracing::warn!(error = %error, "A store does not sell what lies in a cart");
            Refusal::NotAvailable.into()
        }
        Error::NotSent { .. }
        | Error::Unavailable { .. }
        | Error::Throttled { .. }
        | Error::OutcomeUnknown { .. }
        | Error::Unauthorized { .. }
        | Error::Malformed { .. } => error.into(),
    }
}

fn not_available(variant: &VariantRef, why: &'static str) -> Failure {
    tracing::info!(product.store = %variant.store, product.id = variant.product, why, "Not available: {why}");
    Refusal::NotAvailable.into()
}

fn available<'a>(product: &'a Product, line: &CartLine) -> Result<&'a Variant, Failure> {
    let variant = product.variant(&line.variant.variant);
    let variant = variant.ok_or_else(|| not_available(&line.variant, "the store has this variant no more"))?;
    if variant.stock.is_some_and(|stock| stock < line.quantity) {
        return Err(not_available(&line.variant, "the store has fewer than wanted"));
    }
    Ok(variant)
}

fn wanted(line: &CartLine, product: Product, variant: Variant, delivery: StoreDelivery) -> WantedLine {
    let label = variant.label();
    WantedLine {
        variant_label: label,
        category: product.category,
        image: variant.image.or(product.images.into_iter().next()),
        seller: product.seller,
        store_service: delivery.service,
        store_delivery: delivery.price,
        package: product.package,
        ..WantedLine::new(line.variant.clone(), product.title, line.quantity, variant.price)
    }
}

/// What the customer is told when a price is not the one that was seen in the cart.
pub(crate) fn moved_prices(seen: &[CartLine], now: &[WantedLine]) -> Vec<Remark> {
    let moved = |(number, (seen, now)): (u32, (&CartLine, &WantedLine))| {
        (seen.unit_price != now.unit_price).then(|| price_moved(number, seen, now.unit_price))
    };
    (1_u32..).zip(seen.iter().zip(now)).filter_map(moved).collect()
}

fn price_moved(number: u32, seen: &CartLine, price: Money) -> Remark {
    Remark {
        severity: Severity::Warning,
        code: "price_moved".into(),
        line: Some(number),
        row: None,
        sentence: format!(
            "The store now asks {price} and not {} for {}.",
            seen.unit_price, seen.title
        ),
    }
}
