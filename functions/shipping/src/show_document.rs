//! A link to a label or a customs paper that ends after five minutes. The warehouse sees all of them, the customer their invoice.

use domain::{
    Failure,
    id::ShipmentId,
    session::{Role, Session},
};

use crate::Deps;

pub(crate) async fn run(deps: &Deps, id: &ShipmentId, kind: &str, session: &Session) -> Result<String, Failure> {
    let order = deps.orders.load(&id.order()).await?;
    let is_own_invoice = kind == "invoice" && session.customer() == Some(&order.customer);
    if !is_own_invoice && session.staff(Role::Warehouse).is_err() {
        return Err(Failure::NotFound("document"));
    }
    let shipment = order.shipment(id).ok_or(Failure::NotFound("shipment"))?;
    let file = shipment
        .documents
        .iter()
        .find(|file| file.kind == kind)
        .ok_or(Failure::NotFound("document"))?;
    Ok(deps.files.read_link(&file.key).await?)
}
