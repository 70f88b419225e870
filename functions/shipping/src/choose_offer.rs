//! Which of the carrier's offers a parcel is booked by, when it was priced days ago.

use domain::{
    Failure, Timestamp,
    id::ShipmentId,
    landed_cost::Speed,
    order::{Draft, FreightPromise},
};
use providers::carriers::RateOffer;

/// One with which we can pay the duties, if there is any: the price was final. Among those the way that was promised; when it is not
/// offered today, the first to arrive for who paid for speed, and the cheapest for everybody else.
pub(crate) fn best(offers: Vec<RateOffer>, promise: Option<&FreightPromise>) -> Option<RateOffer> {
    let pays_duties = |offer: &RateOffer| offer.extra_services.iter().any(|service| service == "DD");
    let arrival = |offer: &RateOffer| match promise {
        Some(promise) if promise.speed > Speed::default() => (
            offer.estimated_delivery.is_none(),
            offer.estimated_delivery.map(Timestamp::as_seconds),
        ),
        Some(_) | None => (false, None),
    };
    offers.into_iter().min_by_key(|offer| {
        let is_promised = promise.is_some_and(|promise| promise.service == offer.service_code);
        (!pays_duties(offer), !is_promised, arrival(offer), offer.price.amount())
    })
}

/// Takes the lease, and tells the staff when the parcel will not travel as it was promised.
pub(crate) fn lease(draft: &mut Draft, id: &ShipmentId, offer: &RateOffer) -> Result<(), Failure> {
    let promise = draft.order().freight.as_ref();
    if let Some(promise) = promise.filter(|promise| promise.service != offer.service_code) {
        let (promised, taken) = (&promise.service, &offer.service_code);
        draft.note(format!(
            "It goes by service {taken}: {promised}, which was promised, is not to be had today."
        ));
    }
    draft.lease_shipment(id, true)
}

#[cfg(test)]
mod tests {
    use domain::{Currency, Money};

    use super::*;

    #[test]
    fn the_way_that_was_promised_is_booked_and_the_nearest_to_it_when_it_is_gone() {
        let offer = |service: &str, dollars: i64, arrives: &str, pays_duties: bool| RateOffer {
            carrier: "dhl".parse().unwrap(),
            service_code: service.into(),
            name: service.into(),
            price: Money::new(dollars * 100, Currency::USD),
            charged_weight: None,
            estimated_delivery: Some(arrives.parse().unwrap()),
            extra_services: if pays_duties { vec!["DD".into()] } else { Vec::new() },
        };
        let promise = |service: &str, speed| FreightPromise {
            carrier: "dhl".parse().unwrap(),
            service: service.into(),
            speed,
            days: None,
        };
        let (late, soon) = ("2026-11-30T12:00:00Z", "2026-11-27T12:00:00Z");
        let cheap_and_slow = || offer("P", 60, late, true);
        let booked =
            |offers: Vec<RateOffer>, promise: Option<&FreightPromise>| best(offers, promise).unwrap().service_code;
        let (plain, fast) = (promise("P", Speed::Economy), promise("Y", Speed::Express));
        let all = || vec![cheap_and_slow(), offer("Y", 80, soon, true), offer("K", 50, late, true)];
        assert_eq!(
            (booked(all(), Some(&plain)), booked(all(), Some(&fast))),
            ("P".into(), "Y".into())
        );
        let without = |service: &str| {
            all()
                .into_iter()
                .filter(|offer| offer.service_code != service)
                .collect::<Vec<_>>()
        };
        let rest = [without("Y"), vec![offer("M", 90, soon, true)]].concat();
        assert_eq!(booked(rest, Some(&fast)), "M", "the first to arrive");
        assert_eq!(booked(without("P"), Some(&plain)), "K", "the cheapest");
        assert_eq!(booked(all(), None), "K");
        let dutiable = vec![cheap_and_slow(), offer("Y", 80, soon, false)];
        assert_eq!(booked(dutiable, Some(&fast)), "P", "nobody pays duties at the door");
    }
}
