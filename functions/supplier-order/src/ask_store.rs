//! Reads the store's books about an order it has: what it charges, whether it was sent and under which numbers, whether it ended.

use domain::{
    Failure, Money,
    id::SupplierOrderId,
    lifecycle::State,
    order::{Actor, Ended, EndedBy, EndedItem, Order, StoreNews, SupplierOrder},
};
use providers::{
    Error,
    suppliers::{StoreItem, StoreOrder, StoreOrderState, Supplier},
};

use crate::Deps;

pub(crate) async fn run(deps: &Deps, id: &SupplierOrderId) -> Result<(), Failure> {
    of(deps, deps.orders.load(&id.order()).await?, id).await
}

/// The same for an order as it was just read or written.
pub(crate) async fn of(deps: &Deps, order: Order, id: &SupplierOrderId) -> Result<(), Failure> {
    let bought = order.supplier_order(id).ok_or(Failure::NotFound("supplier order"))?;
    if !matches!(bought.life.state(), State::Placed | State::Dispatched) {
        return Ok(());
    }
    let store = deps.suppliers.get(&bought.store).ok_or(Failure::NotFound("store"))?;
    let mut reports = Vec::new();
    for number in &bought.store_orders {
        match store.order_state(number, deps.clock.now()) {
            Ok(exchange) => reports.push(deps.http.send(exchange).await?),
            // Bought by hand under a number that the store's interface has no place for: only people can follow it.
            Err(error @ Error::Invalid { .. }) => {
                tracing::info!(supplier_order.id = %id, error = %error, "Cannot ask the store about {number}");
            }
            Err(error) => return Err(error.into()),
        }
    }
    let news = news_of(&order, bought, store, &reports);
    let actor = Actor::Provider(bought.store.clone());
    let take = |draft: &mut domain::order::Draft| draft.store_news(id, &news);
    deps.orders
        .decide_from(&deps.queues, order, actor, deps.clock.now(), take)
        .await?;
    tracing::info!(supplier_order.id = %id, shipped = news.is_shipped, parcels = news.tracking.len(), "Asked the store about {id}");
    Ok(())
}

fn news_of(order: &Order, bought: &SupplierOrder, store: &dyn Supplier, reports: &[StoreOrder]) -> StoreNews {
    let is = |wanted: fn(&StoreOrderState) -> bool| reports.iter().any(|report| wanted(&report.state));
    let is_over = !reports.is_empty() && reports.iter().all(is_cancelled);
    let reason = || {
        reports
            .iter()
            .find_map(|report| report.end_reason.clone())
            .unwrap_or_else(|| "cancelled".to_owned())
    };
    let (ended, unclear) = if is_over {
        (Vec::new(), None)
    } else {
        ended_items(order, bought, store, reports)
    };
    StoreNews {
        charged: charges(reports),
        tracking: reports
            .iter()
            .flat_map(|report| &report.packages)
            .map(|package| package.tracking.clone())
            .collect(),
        is_shipped: is(|state| matches!(state, StoreOrderState::Shipped | StoreOrderState::Arrived)),
        cancelled: is_over.then(|| ended_as(store, reason())),
        ended,
        trouble: reports.iter().find_map(trouble).or(unclear),
    }
}

fn is_cancelled(report: &StoreOrder) -> bool {
    report.state == StoreOrderState::Cancelled
}

fn ended_as(store: &dyn Supplier, words: String) -> Ended {
    let by = if store.is_ended_by_us(&words) {
        EndedBy::Us
    } else {
        EndedBy::Store
    };
    Ended { by, words }
}

/// What will not come of a purchase whose rest goes on; and words for a person where the store does not say of which line it is.
fn ended_items(
    order: &Order,
    bought: &SupplierOrder,
    store: &dyn Supplier,
    reports: &[StoreOrder],
) -> (Vec<EndedItem>, Option<String>) {
    let (mut ended, mut unclear) = (Vec::new(), None);
    // A line that was settled before is not in the supplier order any more, so it is looked for in the whole order.
    let line_of = |item: &StoreItem| {
        let own = bought.lines.iter().filter_map(|id| order.line(id));
        own.chain(&order.lines).find(|line| item.is(&line.variant))
    };
    for report in reports {
        let words = report.end_reason.clone().unwrap_or_else(|| "cancelled".to_owned());
        let is_told = report.items.iter().any(|item| item.end_reason.is_some());
        if is_cancelled(report) && report.items.is_empty() {
            unclear = Some(format!(
                "{} was cancelled ({words}), and its items are not told",
                report.id
            ));
        }
        for item in &report.items {
            let reason = match (&item.end_reason, is_cancelled(report)) {
                (Some(reason), _) => reason.clone(),
                (None, true) if !is_told => words.clone(),
                (None, _) => continue,
            };
            match line_of(item) {
                Some(line) => ended.push(EndedItem {
                    line: line.id.clone(),
                    count: item.count,
                    ended: ended_as(store, reason),
                }),
                None => unclear = Some(format!("{}: {} will not come ({reason})", report.id, item.product)),
            }
        }
    }
    (ended, unclear)
}

/// The sums of all totals by currency; nothing as long as the total of an order that goes on is missing.
fn charges(reports: &[StoreOrder]) -> Vec<Money> {
    let mut sums: Vec<Money> = Vec::new();
    for report in reports.iter().filter(|report| !is_cancelled(report)) {
        let Some(total) = report.total else {
            return Vec::new();
        };
        let same = sums.iter_mut().find(|sum| sum.currency() == total.currency());
        match same.map(|sum| (sum.plus(total), sum)) {
            Some((Ok(more), sum)) => *sum = more,
            Some((Err(_), _)) => return Vec::new(),
            None => sums.push(total),
        }
    }
    sums
}

fn trouble(report: &StoreOrder) -> Option<String> {
    match &report.state {
        StoreOrderState::Unpaid => Some(format!("{} waits for our money and lapses without it", report.id)),
        StoreOrderState::Problem(words) => Some(format!("{}: {words}", report.id)),
        StoreOrderState::Paying
        | StoreOrderState::Placed
        | StoreOrderState::Shipped
        | StoreOrderState::Arrived
        | StoreOrderState::Cancelling
        | StoreOrderState::Cancelled => None,
    }
}
