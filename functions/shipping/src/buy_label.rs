//! Buys the label: complete papers, the carrier's offer, the lease, one booking, its documents stored, then the order's commit.
//!
//! The label comes once, in the answer to the booking: its bytes are in the file store before the order says that it has one.

use domain::{
    Failure, Timestamp,
    id::ShipmentId,
    landed_cost::Speed,
    lifecycle::State,
    order::{Actor, Draft, FreightPromise, Order, Shipment, StoredFile},
};
use providers::{
    Error,
    carriers::{self, BookRequest, Carrier, DocumentFormat, DocumentKind, RateOffer},
};

use crate::{Deps, papers::Papers};

pub(crate) async fn run(deps: &Deps, id: &ShipmentId) -> Result<(), Failure> {
    let order = deps.orders.load(&id.order()).await?;
    let shipment = order.shipment(id).ok_or(Failure::NotFound("shipment"))?;
    if shipment.life.state() != State::Packed || order.life.state() != State::Paid {
        tracing::info!(shipment.id = %id, state = %shipment.life.state(), "Left alone: {id} is not to be booked now");
        return Ok(());
    }
    let carrier = deps
        .carriers
        .get(&shipment.carrier)
        .ok_or(Failure::NotFound("carrier"))?;
    match prepare(deps, carrier, &order, shipment).await? {
        Err(words) => decide(deps, id, |draft| draft.cannot_book(id, &words)).await,
        Ok((request, offer)) => match decide(deps, id, |draft| lease(draft, id, &offer)).await {
            // Somebody else took it: the condition of the commit has decided.
            Err(Failure::Refused(refusal)) => {
                tracing::info!(shipment.id = %id, code = refusal.code(), "Left alone: {refusal}");
                Ok(())
            }
            Err(failure) => Err(failure),
            Ok(()) => call(deps, carrier, &request, &offer).await,
        },
    }
}

type Prepared = Result<(BookRequest, RateOffer), String>;

/// The booking as it would be sent, or the reason why nobody would take it. Nothing is moved here.
pub(crate) async fn prepare(
    deps: &Deps,
    carrier: &dyn Carrier,
    order: &Order,
    shipment: &Shipment,
) -> Result<Prepared, Failure> {
    let now = deps.clock.now();
    let papers = match Papers::of(order, shipment, &deps.warehouse, &deps.seal) {
        Ok(papers) => papers,
        Err(words) => return Ok(Err(words)),
    };
    let query = match papers.rate_query(now) {
        Ok(query) => query,
        Err(words) => return Ok(Err(words)),
    };
    let offers = match carrier.rates(&query) {
        Ok(exchange) => deps.http.send(exchange).await,
        Err(error) => Err(error),
    };
    match offers {
        Ok(offers) => match best(offers, order.freight.as_ref()) {
            Some(offer) => {
                let request = papers.booking(shipment, &offer, now);
                match carrier.book(&request) {
                    Ok(_not_sent_yet) => Ok(Ok((request, offer))),
                    // What cannot be said in the carrier's protocol is known before the lease, so its outcome never becomes a question.
                    Err(Error::Invalid { problem, .. }) => Ok(Err(problem.to_owned())),
                    Err(error) => Err(error.into()),
                }
            }
            None => Ok(Err("the carrier offers nothing for this parcel and address".to_owned())),
        },
        Err(Error::Refused { code, text, .. }) => Ok(Err(format!("{code}: {text}"))),
        Err(Error::Invalid { problem, .. }) => Ok(Err(problem.to_owned())),
        Err(error) => Err(error.into()),
    }
}

/// One with which we can pay the duties, if there is any: the price was final. Among those the way that was promised; when it is not
/// offered today, the first to arrive for who paid for speed, and the cheapest for everybody else.
fn best(offers: Vec<RateOffer>, promise: Option<&FreightPromise>) -> Option<RateOffer> {
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
fn lease(draft: &mut Draft, id: &ShipmentId, offer: &RateOffer) -> Result<(), Failure> {
    let promise = draft.order().freight.as_ref();
    if let Some(promise) = promise.filter(|promise| promise.service != offer.service_code) {
        let (promised, taken) = (&promise.service, &offer.service_code);
        draft.note(format!(
            "It goes by service {taken}: {promised}, which was promised, is not to be had today."
        ));
    }
    draft.lease_shipment(id, true)
}

/// The one call of a lease.
pub(crate) async fn call(
    deps: &Deps,
    carrier: &dyn Carrier,
    request: &BookRequest,
    offer: &RateOffer,
) -> Result<(), Failure> {
    let id = &request.shipment;
    let answer = match carrier.book(request) {
        Ok(exchange) => deps.http.send(exchange).await,
        Err(error) => Err(error),
    };
    match answer {
        Ok(booked) => {
            tracing::info!(shipment.id = %id, awb = booked.carrier_number, "The carrier booked {id}");
            let documents = store(deps, id, &booked).await;
            let kept = domain::order::Booked {
                tracking_number: booked.carrier_number.clone(),
                price: Some(offer.price),
                documents,
            };
            decide(deps, id, |draft| keep(draft, id, &kept)).await
        }
        Err(Error::Refused { code, text, .. }) => refused(deps, id, format!("{code}: {text}")).await,
        Err(Error::Unauthorized { code, .. }) => refused(deps, id, format!("our keys were refused: {code}")).await,
        Err(error) => {
            tracing::warn!(shipment.id = %id, error = %error, "Nobody knows whether {id} was booked");
            let words = error.to_string();
            decide(deps, id, |draft| unless_known(draft.label_unknown(id, &words))).await
        }
    }
}

fn keep(draft: &mut Draft, id: &ShipmentId, booked: &domain::order::Booked) -> Result<(), Failure> {
    let known = draft
        .order()
        .shipment(id)
        .and_then(|shipment| shipment.tracking_number.clone());
    if known.as_ref() == Some(&booked.tracking_number) {
        return Ok(());
    }
    draft.booked(id, booked.clone())
}

async fn refused(deps: &Deps, id: &ShipmentId, words: String) -> Result<(), Failure> {
    decide(deps, id, |draft| unless_known(draft.label_refused(id, &words))).await
}

/// Somebody else may have found out meanwhile what happened; then there is nothing to say.
fn unless_known(said: Result<(), Failure>) -> Result<(), Failure> {
    match said {
        Err(Failure::Refused(_)) => Ok(()),
        said => said,
    }
}

/// Stores every document; one that cannot be stored is missing afterwards, and a person fetches it from the carrier.
async fn store(deps: &Deps, id: &ShipmentId, booked: &carriers::Booked) -> Vec<StoredFile> {
    let mut files = Vec::new();
    for (number, document) in booked.documents.iter().enumerate() {
        let (kind, ending) = (kind(document.kind), ending(document.format));
        let key = format!("shipments/{id}/{kind}-{number}.{}", ending.0);
        match deps.files.put(kind, &key, ending.1, document.bytes.clone()).await {
            Ok(file) => files.push(file),
            Err(error) => tracing::error!(shipment.id = %id, error = %error, "Could not store the {kind} of {id}"),
        }
    }
    files
}

fn kind(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Label => "label",
        DocumentKind::Waybill => "waybill",
        DocumentKind::CommercialInvoice => "invoice",
        DocumentKind::Other => "document",
    }
}

fn ending(format: DocumentFormat) -> (&'static str, &'static str) {
    match format {
        DocumentFormat::Pdf => ("pdf", "application/pdf"),
        DocumentFormat::Zpl => ("zpl", "text/plain"),
        DocumentFormat::Png => ("png", "image/png"),
        DocumentFormat::Other => ("bin", "application/octet-stream"),
    }
}

pub(crate) async fn decide(
    deps: &Deps,
    id: &ShipmentId,
    verb: impl FnMut(&mut Draft) -> Result<(), Failure>,
) -> Result<(), Failure> {
    deps.orders
        .decide(&deps.queues, &id.order(), Actor::System, deps.clock.now(), verb)
        .await
        .map(|_| ())
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
