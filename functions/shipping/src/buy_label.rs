//! Buys the label: complete papers, the carrier's offer, the lease, one booking, its documents stored, then the order's commit.
//!
//! The label comes once, in the answer to the booking: its bytes are in the file store before the order says that it has one.

use domain::{
    Failure,
    id::ShipmentId,
    lifecycle::State,
    order::{Actor, Draft, Order, Shipment, StoredFile},
};
use providers::{
    Error,
    carriers::{BookRequest, Carrier, Document, DocumentFormat, DocumentKind, RateOffer},
};

use crate::{Deps, choose_offer, papers::Papers, planned::Planned};

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
        Err(words) => decide(deps, order, |draft| draft.cannot_book(id, &words))
            .await
            .map(drop),
        Ok((request, offer)) => match decide(deps, order, |draft| choose_offer::lease(draft, id, &offer)).await {
            // Somebody else took it: the condition of the commit has decided.
            Err(Failure::Refused(refusal)) => {
                tracing::info!(shipment.id = %id, code = refusal.code(), "Left alone: {refusal}");
                Ok(())
            }
            Err(failure) => Err(failure),
            Ok(order) => call(deps, carrier, order, (&request, &offer)).await,
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
    let planned = match Planned::from(&deps.hours, carrier, now) {
        Ok(planned) => planned,
        Err(words) => return Ok(Err(words)),
    };
    let query = match papers.rate_query(&planned) {
        Ok(query) => query,
        Err(words) => return Ok(Err(words)),
    };
    let offers = match carrier.rates(&query) {
        Ok(exchange) => deps.http.send(exchange).await,
        Err(error) => Err(error),
    };
    match offers {
        Ok(offers) => match choose_offer::best(offers, order.freight.as_ref()) {
            Some(offer) => {
                let request = papers.booking(shipment, &offer, &planned);
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

/// The one call of a lease, for an order as it was when the lease was taken.
pub(crate) async fn call(
    deps: &Deps,
    carrier: &dyn Carrier,
    order: Order,
    (request, offer): (&BookRequest, &RateOffer),
) -> Result<(), Failure> {
    let id = &request.shipment;
    let answer = match carrier.book(request) {
        Ok(exchange) => deps.http.send(exchange).await,
        Err(error) => Err(error),
    };
    match answer {
        Ok(booked) => {
            tracing::info!(shipment.id = %id, awb = booked.carrier_number, "The carrier booked {id}");
            let documents = store(deps, id, &booked.documents).await;
            let kept = domain::order::Booked {
                tracking_number: booked.carrier_number.clone(),
                price: Some(offer.price),
                documents,
            };
            decide(deps, order, |draft| keep(draft, id, &kept)).await.map(drop)
        }
        Err(Error::Refused { code, text, .. }) => refused(deps, order, id, format!("{code}: {text}")).await,
        Err(Error::Unauthorized { code, .. }) => {
            refused(deps, order, id, format!("our keys were refused: {code}")).await
        }
        Err(error) => {
            tracing::warn!(shipment.id = %id, error = %error, "Nobody knows whether {id} was booked");
            let words = error.to_string();
            let unknown = |draft: &mut Draft| unless_known(draft.label_unknown(id, &words));
            decide(deps, order, unknown).await.map(drop)
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

async fn refused(deps: &Deps, order: Order, id: &ShipmentId, words: String) -> Result<(), Failure> {
    let refused = |draft: &mut Draft| unless_known(draft.label_refused(id, &words));
    decide(deps, order, refused).await.map(drop)
}

/// Somebody else may have found out meanwhile what happened; then there is nothing to say.
fn unless_known(said: Result<(), Failure>) -> Result<(), Failure> {
    match said {
        Err(Failure::Refused(_)) => Ok(()),
        said => said,
    }
}

/// Stores every document; one that cannot be stored is missing afterwards, and a missing label is told to a person.
pub(crate) async fn store(deps: &Deps, id: &ShipmentId, documents: &[Document]) -> Vec<StoredFile> {
    let mut files = Vec::new();
    for (number, document) in documents.iter().enumerate() {
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
    order: Order,
    verb: impl FnMut(&mut Draft) -> Result<(), Failure>,
) -> Result<Order, Failure> {
    deps.orders
        .decide_from(&deps.queues, order, Actor::System, deps.clock.now(), verb)
        .await
        .map(|((), order)| order)
}
