//! A link to a label or a customs paper that ends after five minutes. The warehouse sees all of them, the customer their invoice.

use domain::{
    Failure,
    audit::Hand,
    id::ShipmentId,
    order::Actor,
    session::{Role, Session, Who},
};

use crate::Deps;

pub(crate) async fn run(
    deps: &Deps,
    id: &ShipmentId,
    kind: &str,
    (session, source): (&Session, String),
) -> Result<String, Failure> {
    let order = deps.orders.load(&id.order()).await?;
    let is_own_invoice = kind == "invoice" && session.customer() == Some(&order.customer);
    let reader = at_the_bench(session);
    if !is_own_invoice && reader.is_none() {
        return Err(Failure::NotFound("document"));
    }
    let shipment = order.shipment(id).ok_or(Failure::NotFound("shipment"))?;
    let file = shipment
        .documents
        .iter()
        .find(|file| file.kind == kind)
        .ok_or(Failure::NotFound("document"))?;
    if let Some(actor) = reader {
        // Names and addresses stand on these papers, so whoever reads one is told of.
        let hand = Hand { actor, source };
        let entry = hand.did(
            deps.ids.form_key()?,
            deps.clock.now(),
            "document.read",
            order.id.as_str(),
        );
        deps.orders.note(&entry.changing("", file.key.clone())).await?;
    }
    Ok(deps.files.read_link(&file.key).await?)
}

/// A person of the warehouse, or one of its devices.
fn at_the_bench(session: &Session) -> Option<Actor> {
    match &session.who {
        Who::Device(device) => Some(Actor::Device(device.clone())),
        Who::Staff(..) => session.staff(Role::Warehouse).ok().cloned().map(Actor::Staff),
        Who::Guest(_) | Who::Customer(_) | Who::Unproven(_) => None,
    }
}
