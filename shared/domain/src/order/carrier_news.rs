//! What the carrier reports about a parcel on its way, and how far that moves it.

use crate::{
    failure::Failure,
    id::ShipmentId,
    lifecycle::{Event, State},
    tracking::{self, TrackingEvent, TrackingStatus},
};

use super::{draft::Draft, part::Part};

impl Draft {
    /// Adds the carrier's reports and moves the parcel as far as they say. Reports heard before change nothing.
    ///
    /// # Errors
    /// When there is no such shipment.
    pub fn carrier_news(&mut self, id: &ShipmentId, reports: &[TrackingEvent]) -> Result<(), Failure> {
        let part = Part::Shipment(id.clone());
        let shipment = self.shipment_mut(id)?;
        let known = |events: &[TrackingEvent], report: &TrackingEvent| {
            events.iter().any(|event| event.fingerprint() == report.fingerprint())
        };
        let mut is_news = false;
        for report in reports {
            if !known(&shipment.events, report) {
                shipment.events.push(report.clone());
                is_news = true;
            }
        }
        shipment.events.sort_by_key(|event| event.at);
        let events = shipment.events.clone();
        let state = shipment.life.state();
        if !matches!(state, State::InTransit | State::CarrierException) {
            return Ok(());
        }
        let problem = tracking::open_problem(&events);
        let move_to = match tracking::furthest(&events) {
            Some(TrackingStatus::Delivered) => Some(Event::CarrierDelivered),
            Some(TrackingStatus::Returned) => Some(Event::CarrierReturned),
            _ if problem.is_some() && state == State::InTransit => Some(Event::CarrierTrouble),
            _ if problem.is_none() && state == State::CarrierException => Some(Event::CarrierMoved),
            _ => None,
        };
        if let Some(event) = move_to {
            self.note(events.last().map(|event| event.text.clone()).unwrap_or_default());
            return self.plain_step(&part, event);
        }
        if is_news {
            self.touch(&part);
        }
        self.rearm(&part).map(|_| ())
    }
}
