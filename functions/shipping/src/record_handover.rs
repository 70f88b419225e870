//! The parcel was given to the carrier: from now on the carrier is asked where it is.

use domain::{Failure, RequestKey, audit::Hand, id::ShipmentId, order::Draft};
use store::{OnRecord, Once, Request};

use crate::Deps;

pub(crate) async fn run(deps: &Deps, id: &ShipmentId, by: &Hand, key: &RequestKey) -> Result<Once, Failure> {
    let order = id.order();
    let request = Request {
        id: &order,
        actor: by.actor.clone(),
        key,
        now: deps.clock.now(),
    };
    let hand_over = |draft: &mut Draft| draft.hand_over(id).map(|()| id.to_string());
    let entry = by.did(String::new(), request.now, "shipment.handed_over", order.as_str());
    let record = OnRecord::of(entry);
    deps.orders
        .decide_on_record(&deps.queues, request, &record, hand_over)
        .await
}
