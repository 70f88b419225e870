//! Buys: looks once more, takes the lease, calls the store once, keeps what it answered.
//!
//! Between the commit of the lease and the store's answer nothing is repeated, whatever happens. A process that dies there leaves a lease
//! that expires, and what it leaves open is looked up.

use domain::{
    Failure, Money,
    id::{LineId, SupplierOrderId},
    lifecycle::State,
    order::{Actor, Look, Order, SupplierOrder, ToBuy},
};
use providers::suppliers::{StoreOrderLine, StoreOrderRequest, Supplier};

use crate::{Deps, ask_store, check, keep_answer};

pub(crate) async fn run(deps: &Deps, id: &SupplierOrderId) -> Result<(), Failure> {
    let order = deps.orders.load(&id.order()).await?;
    let wanted = order.supplier_order(id).ok_or(Failure::NotFound("supplier order"))?;
    if wanted.life.state() != State::Planned || order.life.state() != State::Paid {
        tracing::info!(supplier_order.id = %id, state = %wanted.life.state(), "Left alone: {id} is not to be bought now");
        return Ok(());
    }
    let store = deps.suppliers.get(&wanted.store).ok_or(Failure::NotFound("store"))?;
    let looked = check::run(deps, store, &order, wanted).await?;
    let looks: Vec<(LineId, Look)> = looked.iter().map(|it| (it.line.clone(), it.look.clone())).collect();
    let (wanted, now) = (wanted.clone(), deps.clock.now());
    let decide = deps
        .orders
        .decide_from(&deps.queues, order, Actor::System, now, |draft| {
            draft.buy_what_fits(id, &looks)
        });
    match decide.await {
        Ok((ToBuy::Nothing, _)) => Ok(()),
        Ok((ToBuy::Lines(bought, limit), order)) => {
            let lines = looked.into_iter().filter(|it| bought.contains(&it.line));
            let lines = lines.filter_map(|it| it.as_ordered).collect();
            call(deps, store, (order, &wanted, limit), lines).await
        }
        // Somebody else took it, or it was cancelled: the condition of the commit has decided.
        Err(Failure::Refused(refusal)) => {
            tracing::info!(supplier_order.id = %id, code = refusal.code(), "Left alone: {refusal}");
            Ok(())
        }
        Err(failure) => Err(failure),
    }
}

/// The one call of a lease, for an order as it was when the lease was taken.
pub(crate) async fn call(
    deps: &Deps,
    store: &dyn Supplier,
    (order, wanted, limit): (Order, &SupplierOrder, Money),
    lines: Vec<StoreOrderLine>,
) -> Result<(), Failure> {
    let request = StoreOrderRequest {
        reference: wanted.reference(),
        lines,
        to: deps.warehouse.clone(),
        max_total: limit,
    };
    let answer = match store.place(&request, deps.clock.now()) {
        Ok(exchange) => deps.http.send(exchange).await,
        Err(error) => Err(error),
    };
    let order = keep_answer::run(deps, order, wanted, answer).await?;
    // The answer names no amount: the store's books are read at once. If they cannot be, the deadline reads them.
    if let Err(failure) = ask_store::of(deps, order, &wanted.id).await {
        tracing::warn!(supplier_order.id = %wanted.id, failure = ?failure, "Could not read the charge of {}", wanted.id);
    }
    Ok(())
}
