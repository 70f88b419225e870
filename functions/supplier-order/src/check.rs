//! The look at the store just before buying: is it still there, how does it travel, what does it cost now.

use domain::{
    Failure, Money, MoneyError,
    order::{Line, Order, SupplierOrder},
    product::StoreDelivery,
};
use providers::suppliers::{StoreOrderLine, Supplier, Terms};

use crate::Deps;

/// What the look found.
#[derive(Debug)]
pub(crate) enum Check {
    /// It can be bought like this, for this.
    Buyable { lines: Vec<StoreOrderLine>, price: Money },
    /// It cannot, for this reason.
    Gone(String),
}

pub(crate) async fn run(
    deps: &Deps,
    store: &dyn Supplier,
    order: &Order,
    wanted: &SupplierOrder,
) -> Result<Check, Failure> {
    let mut lines = Vec::new();
    let mut price = Money::zero(wanted.cap.currency());
    for line in wanted.lines.iter().filter_map(|id| order.line(id)) {
        match look(deps, store, line).await? {
            Ok((found, cost)) => {
                price = price.plus(cost).map_err(too_large)?;
                lines.push(found);
            }
            Err(reason) => return Ok(Check::Gone(reason)),
        }
    }
    if price.amount() > wanted.cap.amount() {
        return Ok(Check::Gone(format!("it costs {price} now, we may pay {}", wanted.cap)));
    }
    Ok(Check::Buyable { lines, price })
}

type Looked = Result<(StoreOrderLine, Money), String>;

async fn look(deps: &Deps, store: &dyn Supplier, line: &Line) -> Result<Looked, Failure> {
    let terms = Terms {
        ship_to: deps.warehouse.country,
        currency: line.unit_price.currency(),
    };
    let now = deps.clock.now();
    let product = deps.http.send(store.detail(&line.variant.product, terms, now)?).await?;
    let variant = product
        .as_ref()
        .and_then(|product| product.variant(&line.variant.variant));
    let Some(variant) = variant else {
        return Ok(Err(format!("{} is not sold any more", line.title)));
    };
    if variant.stock.is_some_and(|stock| stock < line.quantity) {
        return Ok(Err(format!("{} is out of stock", line.title)));
    }
    if variant.price.currency() != terms.currency {
        return Ok(Err(format!(
            "{} is priced in {} now",
            line.title,
            variant.price.currency()
        )));
    }
    let deliveries = deps
        .http
        .send(store.deliveries(&line.variant, line.quantity, terms, now)?)
        .await?;
    let Some(delivery) = chosen(&deliveries, &line.store_service) else {
        return Ok(Err(format!(
            "{} is not delivered to our warehouse any more",
            line.title
        )));
    };
    let goods = variant.price.times(line.quantity).map_err(too_large)?;
    let cost = goods.plus(delivery.price).map_err(too_large)?;
    let (variant, service) = (line.variant.clone(), delivery.service.clone());
    Ok(Ok((
        StoreOrderLine {
            variant,
            quantity: line.quantity,
            service,
        },
        cost,
    )))
}

/// The service the price was made with, else the cheapest with a tracking number, else the cheapest.
fn chosen<'a>(deliveries: &'a [StoreDelivery], quoted: &str) -> Option<&'a StoreDelivery> {
    let cheapest = |tracked: bool| {
        let fitting = deliveries
            .iter()
            .filter(move |delivery| delivery.is_tracked || !tracked);
        fitting.min_by_key(|delivery| delivery.price.amount())
    };
    deliveries
        .iter()
        .find(|delivery| delivery.service == quoted)
        .or_else(|| cheapest(true))
        .or_else(|| cheapest(false))
}

fn too_large(error: MoneyError) -> Failure {
    Failure::Internal(domain::Cause::with("could not sum the store's prices", error))
}
