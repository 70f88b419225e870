//! The parcel was given to the carrier: from now on the carrier is asked where it is.

use domain::{
    Failure, RequestKey,
    id::{ShipmentId, StaffId},
    order::{Actor, Draft},
};
use store::{Once, Request};

use crate::Deps;

pub(crate) async fn run(deps: &Deps, id: &ShipmentId, staff: &StaffId, key: &RequestKey) -> Result<Once, Failure> {
    let order = id.order();
    let request = Request {
        id: &order,
        actor: Actor::Staff(staff.clone()),
        key,
        now: deps.clock.now(),
    };
    let hand_over = |draft: &mut Draft| draft.hand_over(id).map(|()| id.to_string());
    deps.orders.decide_once(&deps.queues, request, hand_over).await
}
