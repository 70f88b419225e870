//! Deletes an account. Not while an order is open: its customer must be reached. First every session ends, so that no order is placed
//! meanwhile; then the orders forget who it was, and at last the account goes. Whoever is stopped half-way logs in and deletes again.

use domain::{
    Failure, FieldError, Refusal,
    id::{CustomerId, OrderId},
    notice::{Matter, Notice},
    order::Actor,
    person::Person,
};
use serde::Deserialize;
use store::MessageRecord;

use crate::Deps;

const PAGE: i32 = 100;

/// What is typed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Confirmed {
    #[serde(default)]
    is_sure: bool,
}

pub(crate) async fn run(deps: &Deps, customer: &CustomerId, person: &Person, typed: &Confirmed) -> Result<(), Failure> {
    if !typed.is_sure {
        let wrong = FieldError::new("is_sure", "required", "Tick the box if you are sure.");
        return Err(Failure::Invalid(vec![wrong]));
    }
    let id = customer.as_str();
    closed_orders(deps, customer).await?;
    deps.credentials.log_out_everywhere(&deps.sessions, id, None).await?;
    for order in closed_orders(deps, customer).await? {
        let now = deps.clock.now();
        let forget = deps.orders.decide(&deps.queues, &order, Actor::Customer, now, |draft| {
            draft.forget_customer()
        });
        Box::pin(forget).await?;
    }
    deps.carts.forget(customer).await?;
    let mut notices = Vec::new();
    for to in person.contacts() {
        notices.push(Notice {
            id: deps.ids.next()?,
            to,
            matter: Matter::AccountDeleted,
        });
    }
    deps.people
        .delete(&deps.credentials, &deps.sessions, person, &notices, deps.clock.now())
        .await?;
    for notice in &notices {
        deps.queues.send(MessageRecord::notice(&notice.id).into()).await;
    }
    tracing::info!(customer.id = id, "Deleted the account {id}");
    Ok(())
}

/// All orders of a customer, if each of them has come to its end.
async fn closed_orders(deps: &Deps, customer: &CustomerId) -> Result<Vec<OrderId>, Failure> {
    let mut closed = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = deps.orders.of_customer(customer, PAGE, after.as_deref()).await?;
        for summary in page.items {
            if deps.orders.load(&summary.id).await?.is_open() {
                return Err(Refusal::OrdersOpen.into());
            }
            closed.push(summary.id);
        }
        after = page.next;
        if after.is_none() {
            return Ok(closed);
        }
    }
}
