//! Reads the store's books about an order it has: what it charges, whether it was sent and under which numbers, whether it ended.

use domain::{
    Failure, Money,
    id::SupplierOrderId,
    lifecycle::State,
    order::{Actor, Order, StoreNews},
};
use providers::suppliers::{StoreOrder, StoreOrderState};

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
    let (mut reports, mut failed) = (Vec::new(), None);
    for number in &bought.store_orders {
        match deps.http.send(store.order_state(number, deps.clock.now())?).await {
            Ok(report) => reports.push(report),
            Err(error) => {
                tracing::warn!(supplier_order.id = %id, store_order = number, error = %error, "Could not read store order {number}");
                failed = Some(error);
            }
        }
    }
    let is_whole = failed.is_none();
    if let Some(error) = failed.filter(|_| reports.is_empty()) {
        return Err(error.into());
    }
    let told = news_of(&reports);
    let news = if is_whole { told } else { of_a_part(told) };
    let actor = Actor::Provider(bought.store.clone());
    let take = |draft: &mut domain::order::Draft| {
        if is_whole {
            draft.store_heard(id);
        }
        draft.store_news(id, &news)
    };
    deps.orders
        .decide_from(&deps.queues, order, actor, deps.clock.now(), take)
        .await?;
    tracing::info!(supplier_order.id = %id, shipped = news.is_shipped, parcels = news.tracking.len(), "Asked the store about {id}");
    Ok(())
}

/// Sums and endings speak of the whole purchase; what some of its store orders tell is not that.
fn of_a_part(told: StoreNews) -> StoreNews {
    StoreNews {
        charged: None,
        cancelled: None,
        ..told
    }
}

fn news_of(reports: &[StoreOrder]) -> StoreNews {
    let is = |wanted: fn(&StoreOrderState) -> bool| reports.iter().any(|report| wanted(&report.state));
    let is_over = !reports.is_empty() && reports.iter().all(|report| report.state == StoreOrderState::Cancelled);
    let reason = || {
        reports
            .iter()
            .find_map(|report| report.end_reason.clone())
            .unwrap_or_else(|| "cancelled".to_owned())
    };
    StoreNews {
        charged: total(reports),
        tracking: reports
            .iter()
            .flat_map(|report| &report.packages)
            .map(|package| package.tracking.clone())
            .collect(),
        is_shipped: is(|state| matches!(state, StoreOrderState::Shipped | StoreOrderState::Arrived)),
        cancelled: is_over.then(reason),
        trouble: reports.iter().find_map(trouble),
    }
}

/// The sum of all totals; nothing as long as one of them is missing or they are in two currencies.
fn total(reports: &[StoreOrder]) -> Option<Money> {
    let mut totals = reports.iter().map(|report| report.total);
    let first = totals.next()??;
    totals.try_fold(first, |sum, total| sum.plus(total?).ok())
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
