//! What the answers show.

use askama::Template;
use domain::{
    Failure,
    lifecycle::State,
    order::{Order, Shipment},
};
use serde::Serialize;

/// A parcel as the warehouse sees it.
#[derive(Serialize, Template)]
#[template(path = "shipment.html")]
pub(crate) struct ShipmentView {
    id: String,
    order: String,
    status: String,
    carrier: String,
    tracking_number: String,
    weight_grams: u32,
    pieces: usize,
    note: String,
    documents: Vec<DocumentLink>,
    can_be_handed_over: bool,
    #[serde(skip)]
    status_text: String,
    #[serde(skip)]
    tone: &'static str,
    #[serde(skip)]
    form_key: String,
}

#[derive(Serialize)]
struct DocumentLink {
    kind: String,
    href: String,
}

impl ShipmentView {
    pub(crate) fn of(order: &Order, shipment: &Shipment, form_key: String) -> Self {
        let link = |kind: &String| DocumentLink {
            kind: kind.clone(),
            href: format!("/shipments/{}/documents/{kind}", shipment.id),
        };
        let state = shipment.life.state();
        Self {
            id: shipment.id.to_string(),
            order: order.id.to_string(),
            status: state.word().to_owned(),
            status_text: state.word().replace('_', " "),
            tone: web::tone(state),
            carrier: shipment.carrier.to_string(),
            tracking_number: shipment.tracking_number.clone().unwrap_or_default(),
            weight_grams: shipment.parcel.weight.0,
            pieces: order.units_in(&shipment.id).count(),
            note: shipment.note.clone(),
            documents: shipment.documents.iter().map(|file| link(&file.kind)).collect(),
            can_be_handed_over: state == State::Labelled,
            form_key,
        }
    }

    pub(crate) fn find(order: &Order, id: &domain::id::ShipmentId, form_key: String) -> Result<Self, Failure> {
        let shipment = order.shipment(id).ok_or(Failure::NotFound("shipment"))?;
        Ok(Self::of(order, shipment, form_key))
    }
}

/// The fact of a hand-over.
#[derive(Serialize)]
pub(crate) struct HandedOver {
    pub(crate) shipment: String,
}
