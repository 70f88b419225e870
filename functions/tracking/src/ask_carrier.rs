//! Asks the carrier of one shipment for everything that happened to it, and lets the order take what is new.

use domain::{Failure, id::ShipmentId, lifecycle::State, order::Actor};

use crate::Deps;

pub(crate) async fn run(deps: &Deps, id: &ShipmentId) -> Result<(), Failure> {
    let order = deps.orders.load(&id.order()).await?;
    let shipment = order.shipment(id).ok_or(Failure::NotFound("shipment"))?;
    let is_on_its_way = matches!(shipment.life.state(), State::InTransit | State::CarrierException);
    let Some(number) = shipment.tracking_number.as_ref().filter(|_| is_on_its_way) else {
        return Ok(());
    };
    let carrier = deps
        .carriers
        .get(&shipment.carrier)
        .ok_or(Failure::NotFound("carrier"))?;
    let actor = Actor::Provider(shipment.carrier.clone());
    let report = deps.http.send(carrier.track(number)?).await?;
    let now = deps.clock.now();
    let heard = report.events.len();
    let took = |draft: &mut domain::order::Draft| draft.carrier_news(id, &report.events);
    let (_, order) = deps.orders.decide_from(&deps.queues, order, actor, now, took).await?;
    let state = order.shipment(id).map(|shipment| shipment.life.state());
    tracing::info!(order.id = %order.id, shipment.id = %id, events = heard, state = ?state, "Heard {heard} reports about {id}");
    Ok(())
}
