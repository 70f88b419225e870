//! Asks the carrier of one shipment for everything that happened to it, and lets the order take what is new. An answer that says nothing
//! readable moves nothing: it is asked again, and after a day of such answers a person is told.

use domain::{
    Failure,
    id::ShipmentId,
    lifecycle::State,
    order::{Actor, Draft},
};
use providers::{Error, carriers::TrackingReport};

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
    let answer = deps.http.send(carrier.track(number)?).await;
    let report = match answer {
        Ok(report) => Ok(report),
        Err(error) if says_nothing(&error) => {
            tracing::warn!(shipment.id = %id, error = %error, "Could not read the report about {id}");
            Err(error.to_string())
        }
        Err(error) => return Err(error.into()),
    };
    let heard = report.as_ref().map_or(0, |report| report.events.len());
    let now = deps.clock.now();
    let take = |draft: &mut Draft| take(draft, id, &report);
    let (_, order) = deps.orders.decide_from(&deps.queues, order, actor, now, take).await?;
    let state = order.shipment(id).map(|shipment| shipment.life.state());
    tracing::info!(order.id = %order.id, shipment.id = %id, events = heard, state = ?state, "Heard {heard} reports about {id}");
    Ok(())
}

/// An answer came, and asking once more now would bring the same.
fn says_nothing(error: &Error) -> bool {
    matches!(error, Error::Malformed { .. } | Error::Refused { .. })
}

fn take(draft: &mut Draft, id: &ShipmentId, report: &Result<TrackingReport, String>) -> Result<(), Failure> {
    match report {
        Ok(report) => draft.carrier_report(id, &report.events, &report.unread),
        Err(words) => draft.carrier_unreadable(id, words),
    }
}
