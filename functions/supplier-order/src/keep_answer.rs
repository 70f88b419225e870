//! Keeps what the store answered to the one call, whatever has happened to the order meanwhile. An answer is never lost and never asked twice.

use domain::{
    Failure,
    id::SupplierOrderId,
    lifecycle::State,
    order::{Actor, Bought, Draft, Order, SupplierOrder},
};
use providers::{
    Error,
    suppliers::{Placed, Supplier},
};

use crate::Deps;

/// `order` is as it was when the call was made; the order as it is then comes back.
pub(crate) async fn run(
    deps: &Deps,
    order: Order,
    wanted: &SupplierOrder,
    answer: Result<Placed, Error>,
) -> Result<Order, Failure> {
    let store = deps.suppliers.get(&wanted.store).ok_or(Failure::NotFound("store"))?;
    let answer = ending(store, answer);
    tracing::info!(supplier_order.id = %wanted.id, store = %wanted.store, answer = ?answer, "The store answered for {}", wanted.id);
    let actor = Actor::Provider(wanted.store.clone());
    let id = &wanted.id;
    let keep = |draft: &mut Draft| keep(draft, id, &answer);
    deps.orders
        .decide_from(&deps.queues, order, actor, deps.clock.now(), keep)
        .await
        .map(|((), order)| order)
}

/// Three endings: it has our order, it took nothing, nobody knows. What was surely not sent waits for its look-up too: it costs time, and
/// nothing else.
fn ending(store: &dyn Supplier, answer: Result<Placed, Error>) -> Bought {
    match answer {
        Ok(placed) => Bought::Placed(placed.store_orders),
        Err(Error::Refused { code, text, .. }) if store.is_sold_out(&code) => {
            Bought::SoldOut(format!("{code}: {text}"))
        }
        Err(Error::Refused { code, text, .. }) => Bought::Refused(format!("{code}: {text}")),
        Err(Error::Unauthorized { code, .. }) => Bought::Refused(format!("our keys were refused: {code}")),
        Err(error) => Bought::Unknown(error.to_string()),
    }
}

fn keep(draft: &mut Draft, id: &SupplierOrderId, answer: &Bought) -> Result<(), Failure> {
    let now = draft
        .order()
        .supplier_order(id)
        .ok_or(Failure::NotFound("supplier order"))?;
    let (state, known) = (now.life.state(), now.store_orders.clone());
    match (answer, state) {
        (Bought::Placed(store_orders), State::StaffDecision) => draft.found_at_store(id, store_orders.clone()),
        (Bought::Placed(_), State::Sending | State::Unknown) => draft.bought(id, answer.clone()),
        (Bought::Placed(store_orders), _) if store_orders.iter().all(|number| known.contains(number)) => Ok(()),
        (Bought::Placed(store_orders), _) => draft.bought_twice(id, store_orders),
        (Bought::Refused(_) | Bought::SoldOut(_), State::Sending | State::Unknown)
        | (Bought::Unknown(_), State::Sending) => draft.bought(id, answer.clone()),
        // Somebody else has already found out what happened.
        (Bought::Refused(_) | Bought::SoldOut(_) | Bought::Unknown(_), _) => Ok(()),
    }
}
