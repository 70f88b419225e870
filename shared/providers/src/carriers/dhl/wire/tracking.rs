//! The words of the tracking answers, which the look-up by reference shares.

use serde::Deserialize;

use crate::lenient::{Each, maybe};

/// What is read of a shipment's way: every event, piece and shipment stands for itself.
#[derive(Deserialize)]
pub(in super::super) struct Answer {
    pub(in super::super) shipments: Each<Shipment>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Shipment {
    #[serde(default, deserialize_with = "maybe")]
    pub(in super::super) shipment_tracking_number: Option<String>,
    #[serde(default)]
    pub(in super::super) shipper_references: Each<Reference>,
    #[serde(default)]
    pub(in super::super) events: Each<Event>,
    #[serde(default)]
    pub(in super::super) pieces: Each<Piece>,
    #[serde(default, deserialize_with = "maybe")]
    pub(in super::super) estimated_delivery_date: Option<String>,
}

#[derive(Deserialize)]
pub(in super::super) struct Reference {
    pub(in super::super) value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Piece {
    #[serde(default, deserialize_with = "maybe")]
    pub(in super::super) tracking_number: Option<String>,
    #[serde(default)]
    pub(in super::super) events: Each<Event>,
}

/// Only its code and its time are needed; without them nobody knows what happened, or whether it is about this parcel.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase", try_from = "Told")]
pub(in super::super) struct Event {
    pub(in super::super) at: domain::Timestamp,
    pub(in super::super) type_code: String,
    pub(in super::super) description: Option<String>,
    pub(in super::super) place: String,
    pub(in super::super) signed_by: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    date: String,
    time: String,
    #[serde(default, rename = "GMTOffset", deserialize_with = "maybe")]
    offset: Option<String>,
    type_code: String,
    #[serde(default, deserialize_with = "maybe")]
    description: Option<String>,
    #[serde(default)]
    service_area: Each<ServiceArea>,
    #[serde(default, deserialize_with = "maybe")]
    signed_by: Option<String>,
}

#[derive(Deserialize)]
struct ServiceArea {
    #[serde(default, deserialize_with = "maybe")]
    code: Option<String>,
    #[serde(default, deserialize_with = "maybe")]
    description: Option<String>,
}

impl TryFrom<Told> for Event {
    type Error = &'static str;

    fn try_from(told: Told) -> Result<Self, Self::Error> {
        let type_code = told.type_code.trim().to_owned();
        if type_code.is_empty() {
            return Err("an event without a code");
        }
        let (date, time) = (told.date.trim(), told.time.trim());
        if date.is_empty() || time.is_empty() {
            return Err("an event without a time");
        }
        let offset = told.offset.as_deref().map(str::trim).unwrap_or_default();
        let area = told.service_area.read.into_iter().next();
        Ok(Self {
            at: super::super::moment(&format!("{date}T{time}{offset}")).ok_or("an event without a time")?,
            type_code,
            description: told.description,
            place: area
                .and_then(|area| area.description.filter(|text| !text.is_empty()).or(area.code))
                .unwrap_or_default(),
            signed_by: told.signed_by.filter(|name| !name.is_empty()),
        })
    }
}
