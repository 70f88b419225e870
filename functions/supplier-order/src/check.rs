//! The look at the store just before buying: is it still there, how does it travel, what does it cost now. What follows from it is decided
//! in the domain.

use domain::{
    Failure, MoneyError,
    id::LineId,
    order::{Line, Look, Order, SupplierOrder},
    product::StoreDelivery,
};
use providers::suppliers::{StoreOrderLine, Supplier, Terms};

use crate::Deps;

/// What the look found for one line, and how it would be ordered.
#[derive(Debug)]
pub(crate) struct Looked {
    pub(crate) line: LineId,
    pub(crate) look: Look,
    pub(crate) as_ordered: Option<StoreOrderLine>,
}

pub(crate) async fn run(
    deps: &Deps,
    store: &dyn Supplier,
    order: &Order,
    wanted: &SupplierOrder,
) -> Result<Vec<Looked>, Failure> {
    let mut looked = Vec::new();
    for line in wanted.lines.iter().filter_map(|id| order.line(id)) {
        let (look, as_ordered) = look(deps, store, line).await?;
        looked.push(Looked {
            line: line.id.clone(),
            look,
            as_ordered,
        });
    }
    Ok(looked)
}

async fn look(deps: &Deps, store: &dyn Supplier, line: &Line) -> Result<(Look, Option<StoreOrderLine>), Failure> {
    let wrong = |words: &str| Ok((Look::Wrong(words.to_owned()), None));
    let terms = Terms {
        ship_to: deps.warehouse.country,
        currency: line.unit_price.currency(),
    };
    let now = deps.clock.now();
    let product = deps.http.send(store.detail(&line.variant.product, terms, now)?).await?;
    let Some(product) = product else {
        return Ok((Look::SoldOut("it is not sold any more".into()), None));
    };
    let Some(variant) = product.variant(&line.variant.variant) else {
        return Ok((Look::SoldOut("the store has this variant no more".into()), None));
    };
    if variant.stock.is_some_and(|stock| stock < line.quantity) {
        return Ok((Look::SoldOut("it is out of stock".into()), None));
    }
    let deliveries = deps
        .http
        .send(store.deliveries(&line.variant, line.quantity, terms, now)?)
        .await?;
    let Some(delivery) = chosen(&deliveries, &line.store_service) else {
        return wrong("it is not delivered to our warehouse any more");
    };
    let goods = variant.price.times(line.quantity).map_err(too_large)?;
    let cost = match goods.plus(delivery.price) {
        Err(MoneyError::CurrencyMismatch(..)) => return wrong("goods and delivery are priced in two currencies"),
        cost => cost.map_err(too_large)?,
    };
    let as_ordered = StoreOrderLine {
        variant: line.variant.clone(),
        quantity: line.quantity,
        service: delivery.service.clone(),
    };
    Ok((Look::Costs(cost), Some(as_ordered)))
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
