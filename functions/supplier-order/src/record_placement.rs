//! A buyer found our order at the store, or bought it by hand: its number is recorded as if the store had answered, and as a second
//! purchase when there is one already.

use domain::{Failure, Money, RequestKey, audit::Hand, id::SupplierOrderId, order::StoreNews};
use serde::Deserialize;
use store::{OnRecord, Once, Request};

use crate::Deps;

/// What the buyer types.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Placement {
    /// The store's order number.
    store_order: String,
    /// What the store charged in all, as decimal text, with its currency before it when that is not the one we priced in; may be left out.
    #[serde(default)]
    charged: String,
}

pub(crate) async fn run(
    deps: &Deps,
    id: &SupplierOrderId,
    by: &Hand,
    key: &RequestKey,
    typed: &Placement,
) -> Result<Once, Failure> {
    let number = typed.store_order.trim().to_owned();
    if number.is_empty() || number.len() > 40 || !number.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        return Err(Failure::field(
            "store_order",
            "bad_number",
            "Write the store's order number: letters, digits and dashes.",
        ));
    }
    let order = id.order();
    let request = Request {
        id: &order,
        actor: by.actor.clone(),
        key,
        now: deps.clock.now(),
    };
    let decide = |draft: &mut domain::order::Draft| {
        let charged = charged(draft, id, &typed.charged)?;
        draft.placed_by_staff(id, &number)?;
        if !charged.is_empty() {
            draft.store_news(
                id,
                &StoreNews {
                    charged,
                    ..StoreNews::default()
                },
            )?;
        }
        Ok(number.clone())
    };
    let entry = by.did(
        String::new(),
        request.now,
        "supplier_order.placement_recorded",
        order.as_str(),
    );
    let record = OnRecord::of(entry);
    deps.orders
        .decide_on_record(&deps.queues, request, &record, decide)
        .await
}

fn charged(draft: &domain::order::Draft, id: &SupplierOrderId, typed: &str) -> Result<Vec<Money>, Failure> {
    let supplier_order = draft
        .order()
        .supplier_order(id)
        .ok_or(Failure::NotFound("supplier order"))?;
    if typed.trim().is_empty() {
        return Ok(Vec::new());
    }
    let wrong = || {
        Failure::field(
            "charged",
            "bad_amount",
            "Write the amount as on the store's receipt, for example 34.00 or EUR 34.00.",
        )
    };
    // In the money of the store's receipt, which is the one we priced in unless it stands before the amount.
    let (currency, amount) = match typed.trim().split_once(' ') {
        Some((code, amount)) => (code.parse().map_err(|_| wrong())?, amount),
        None => (supplier_order.cap.currency(), typed),
    };
    let charged = Money::parse(amount.trim(), currency).map_err(|_| wrong())?;
    if charged.amount() <= 0 {
        return Err(Failure::field(
            "charged",
            "out_of_range",
            "The store charges more than nothing.",
        ));
    }
    Ok(vec![charged])
}
