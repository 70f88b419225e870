//! A parcel on its way to the customer, with what the carrier reported.

use domain::{
    order::{Order, Shipment},
    tracking::{TrackingEvent, TrackingStatus},
};
use serde::Serialize;

use crate::words::moment;

#[derive(Serialize)]
pub(crate) struct ShipmentView {
    pub(crate) id: String,
    pub(crate) carrier: String,
    pub(crate) tracking_number: Option<String>,
    pub(crate) status: &'static str,
    pub(crate) pieces: usize,
    /// The address of the commercial invoice, once there is one.
    pub(crate) invoice: Option<String>,
    pub(crate) events: Vec<EventView>,
    #[serde(skip)]
    pub(crate) title: String,
}

#[derive(Serialize)]
pub(crate) struct EventView {
    pub(crate) at: String,
    pub(crate) status: TrackingStatus,
    pub(crate) text: String,
    pub(crate) place: String,
    #[serde(skip)]
    pub(crate) at_text: String,
}

impl ShipmentView {
    pub(crate) fn of(order: &Order, shipment: &Shipment) -> Self {
        let invoice = shipment.documents.iter().find(|file| file.kind == "invoice");
        let carrier = shipment.carrier.to_string();
        Self {
            id: shipment.id.to_string(),
            title: format!("Parcel {} with {}", shipment.id.number(), carrier.to_uppercase()),
            carrier,
            tracking_number: shipment.tracking_number.clone(),
            status: shipment.life.state().word(),
            pieces: order.units_in(&shipment.id).count(),
            invoice: invoice.map(|_| format!("/shipments/{}/documents/invoice", shipment.id)),
            events: shipment.events.iter().rev().map(EventView::of).collect(),
        }
    }
}

impl EventView {
    fn of(event: &TrackingEvent) -> Self {
        Self {
            at: event.at.to_string(),
            at_text: moment(event.at),
            status: event.status,
            text: event.text.clone(),
            // Carriers often name the place in their sentence.
            place: if event.text.contains(&event.place) {
                String::new()
            } else {
                event.place.clone()
            },
        }
    }
}
