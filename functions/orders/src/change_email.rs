//! The customer corrects the e-mail address of an order that waits for money: the payment provider may not know it, or news went astray.

use domain::{
    Failure,
    id::{CustomerId, OrderId},
    order::Actor,
};
use serde::{Deserialize, Serialize};

use crate::Deps;

/// What is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewEmail {
    /// Empty for none.
    #[serde(default)]
    email: String,
}

/// What is answered.
#[derive(Serialize)]
pub(crate) struct EmailChanged {
    order: String,
    email: String,
}

pub(crate) async fn run(
    deps: &Deps,
    customer: &CustomerId,
    id: &OrderId,
    typed: &NewEmail,
) -> Result<EmailChanged, Failure> {
    let now = deps.clock.now();
    let changed = deps.orders.decide(&deps.queues, id, Actor::Customer, now, |draft| {
        if draft.order().customer != *customer {
            return Err(Failure::NotFound("order"));
        }
        draft.change_email(&typed.email)
    });
    let ((), order) = changed.await?;
    tracing::info!(order.id = %id, "The e-mail address of {id} was changed");
    Ok(EmailChanged {
        order: id.to_string(),
        email: order.destination.parts().email.clone(),
    })
}
