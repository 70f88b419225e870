//! The words of the tracking answers, which the look-up by reference shares.

use serde::Deserialize;

#[derive(Deserialize)]
pub(in super::super) struct Answer {
    pub(in super::super) shipments: Vec<Shipment>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Shipment {
    pub(in super::super) shipment_tracking_number: Option<String>,
    #[serde(default)]
    pub(in super::super) shipper_references: Vec<Reference>,
    #[serde(default)]
    pub(in super::super) events: Vec<Event>,
    #[serde(default)]
    pub(in super::super) pieces: Vec<Piece>,
    pub(in super::super) estimated_delivery_date: Option<String>,
}

#[derive(Deserialize)]
pub(in super::super) struct Reference {
    pub(in super::super) value: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Piece {
    pub(in super::super) tracking_number: Option<String>,
    #[serde(default)]
    pub(in super::super) events: Vec<Event>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Event {
    pub(in super::super) date: String,
    pub(in super::super) time: String,
    #[serde(rename = "GMTOffset")]
    pub(in super::super) offset: Option<String>,
    pub(in super::super) type_code: String,
    #[serde(default)]
    pub(in super::super) description: String,
    #[serde(default)]
    pub(in super::super) service_area: Vec<ServiceArea>,
    pub(in super::super) signed_by: Option<String>,
}

#[derive(Deserialize)]
pub(in super::super) struct ServiceArea {
    #[serde(default)]
    pub(in super::super) code: String,
    #[serde(default)]
    pub(in super::super) description: String,
}
