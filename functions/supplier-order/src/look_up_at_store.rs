//! Finds out whether the store made an order whose answer was lost. Only this, or a person, leads out of `unknown`.

use std::{collections::BTreeSet, time::Duration};

use domain::{
    Failure,
    id::{LineId, OrderId, SupplierOrderId},
    lifecycle::State,
    order::{Actor, Draft, Look, Order, SupplierOrder, bought_on_day},
    product::VariantRef,
};
use providers::suppliers::{Found, Lookup, StoreOrderLine, Supplier};

use crate::{Deps, ask_store, check, place_at_store};

/// The store's clock and ours may differ, and a call may have waited: the window is wider than the lease on both sides.
const MARGIN: Duration = Duration::from_secs(10 * 60);
/// A store may write its times in a zone of its own; purchases so far apart may look like one.
const ZONES: Duration = Duration::from_secs(9 * 3600);

pub(crate) async fn run(deps: &Deps, id: &SupplierOrderId) -> Result<(), Failure> {
    let order = deps.orders.load(&id.order()).await?;
    let wanted = order
        .supplier_order(id)
        .ok_or(Failure::NotFound("supplier order"))?
        .clone();
    if wanted.life.state() != State::Unknown {
        return Ok(());
    }
    let store = deps.suppliers.get(&wanted.store).ok_or(Failure::NotFound("store"))?;
    let exchange = store.find_by_reference(&look_up(&order, &wanted), deps.clock.now())?;
    match deps.http.send(exchange).await? {
        Found::Ours(store_orders) => found(deps, order, id, store_orders).await,
        Found::Likely(store_orders) => match unclaimed(deps, id, store_orders).await?.as_slice() {
            [] => not_found(deps, store, order, &wanted).await,
            [one] => match rivals(deps, &order, &wanted).await?.as_slice() {
                [] => found(deps, order, id, vec![one.clone()]).await,
                rivals => {
                    let words = format!("{one} may be ours, or of one of these: {}", rivals.join(", "));
                    unclear(deps, order, id, &words).await
                }
            },
            several => {
                let words = format!("one of these may be ours: {}", several.join(", "));
                unclear(deps, order, id, &words).await
            }
        },
        Found::Nothing => not_found(deps, store, order, &wanted).await,
    }
}

fn look_up(order: &Order, wanted: &SupplierOrder) -> Lookup {
    let line = |line: &domain::order::Line| StoreOrderLine {
        variant: line.variant.clone(),
        quantity: line.quantity,
        service: line.store_service.clone(),
    };
    let sent_at = wanted.sent_at.unwrap_or(order.placed_at);
    Lookup {
        reference: wanted.reference(),
        lines: wanted.lines.iter().filter_map(|id| order.line(id)).map(line).collect(),
        since: sent_at.minus(MARGIN),
        until: sent_at.plus(MARGIN),
    }
}

/// Store orders that no purchase of ours has claimed: a store order belongs to one order only.
async fn unclaimed(deps: &Deps, id: &SupplierOrderId, store_orders: Vec<String>) -> Result<Vec<String>, Failure> {
    let mut free = Vec::new();
    for number in store_orders {
        let owners: Vec<OrderId> = deps.orders.named(&number).await?;
        if owners.is_empty() {
            free.push(number);
        } else {
            tracing::info!(supplier_order.id = %id, store_order = number, "Store order {number} is another purchase of ours");
        }
    }
    Ok(free)
}

/// Other purchases of the same product whose outcome is open too. What the store tells by product and time only may be theirs.
async fn rivals(deps: &Deps, order: &Order, wanted: &SupplierOrder) -> Result<Vec<String>, Failure> {
    let sent_at = wanted.sent_at.unwrap_or(order.placed_at);
    let products: BTreeSet<&VariantRef> = wanted
        .lines
        .iter()
        .filter_map(|id| order.line(id))
        .map(|line| &line.variant)
        .collect();
    let days = [sent_at.minus(ZONES), sent_at, sent_at.plus(ZONES)];
    let names: BTreeSet<String> = products
        .iter()
        .flat_map(|variant| days.map(|day| bought_on_day(variant, day)))
        .collect();
    let mut others: BTreeSet<OrderId> = BTreeSet::new();
    for name in names {
        others.extend(deps.orders.named(&name).await?);
    }
    others.remove(&order.id);
    let mut rivals = Vec::new();
    for id in others {
        let other = deps.orders.load(&id).await?;
        let same = |bought: &&SupplierOrder| {
            let mut lines = bought.lines.iter().filter_map(|id| other.line(id));
            is_open(bought) && lines.any(|line| products.iter().any(|mine| mine.product == line.variant.product))
        };
        rivals.extend(
            other
                .supplier_orders
                .iter()
                .filter(same)
                .map(|bought| bought.id.to_string()),
        );
    }
    Ok(rivals)
}

/// True while the store may have an order for it that we do not know of.
fn is_open(bought: &SupplierOrder) -> bool {
    matches!(
        bought.life.state(),
        State::Sending | State::Unknown | State::StaffDecision
    )
}

async fn unclear(deps: &Deps, order: Order, id: &SupplierOrderId, words: &str) -> Result<(), Failure> {
    tracing::warn!(supplier_order.id = %id, "A person must look at {id}: {words}");
    let ((), _) = decide(deps, order, |draft| draft.look_up_unclear(id, words)).await?;
    Ok(())
}

async fn found(deps: &Deps, order: Order, id: &SupplierOrderId, store_orders: Vec<String>) -> Result<(), Failure> {
    tracing::info!(supplier_order.id = %id, store_orders = store_orders.join(","), "Found {id} at the store");
    let ((), order) = decide(deps, order, |draft| draft.found_at_store(id, store_orders.clone())).await?;
    ask_store::of(deps, order, id).await
}

/// Absence needs proof (two late looks); with it the same reference may be sent once more where the store repeats safely.
async fn not_found(deps: &Deps, store: &dyn Supplier, order: Order, wanted: &SupplierOrder) -> Result<(), Failure> {
    let id = &wanted.id;
    let safe = store.repeat_safety().is_repeatable();
    let (is_leased, order) = decide(deps, order, |draft| draft.not_found_at_store(id, safe)).await?;
    if !is_leased {
        return Ok(());
    }
    // When the store does not answer: the lease is ours and nothing was sent; it expires by itself and is looked up again.
    let looked = check::run(deps, store, &order, wanted).await?;
    let looks: Vec<(LineId, Look)> = looked.iter().map(|it| (it.line.clone(), it.look.clone())).collect();
    match order.fits_again(wanted, &looks) {
        Ok(limit) => {
            let lines = looked.into_iter().filter_map(|it| it.as_ordered).collect();
            Box::pin(place_at_store::call(deps, store, (order, wanted, limit), lines)).await
        }
        Err(reason) => {
            let anew = |draft: &mut Draft| draft.start_anew(id, &reason);
            decide(deps, order, anew).await.map(drop)
        }
    }
}

async fn decide<T>(
    deps: &Deps,
    order: Order,
    verb: impl FnMut(&mut Draft) -> Result<T, Failure>,
) -> Result<(T, Order), Failure> {
    // Boxed: the futures of a commit are deep and large, and those above them need not be.
    let now = deps.clock.now();
    Box::pin(deps.orders.decide_from(&deps.queues, order, Actor::System, now, verb)).await
}
