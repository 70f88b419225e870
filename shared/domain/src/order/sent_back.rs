//! Parcels that the carrier sent back: a person decides whether what was in one is sent again or written off.

use crate::{
    failure::Failure,
    id::{ShipmentId, UnitId},
    lifecycle::{Event, State},
    refusal::Refusal,
};

use super::{draft::Draft, part::Part};

impl Draft {
    /// The parcel is back: what was in it lies in the warehouse and is packed anew.
    ///
    /// # Errors
    /// When nothing of it was sent back.
    pub fn send_parcel_again(&mut self, id: &ShipmentId, reason: &str) -> Result<(), Failure> {
        self.decide_parcel(id, Event::CameBack, reason)
    }

    /// What was in the parcel does not go out again; its money goes back.
    ///
    /// # Errors
    /// When nothing of it was sent back.
    pub fn write_off_parcel(&mut self, id: &ShipmentId, reason: &str) -> Result<(), Failure> {
        self.decide_parcel(id, Event::WrittenOff, reason)
    }

    fn decide_parcel(&mut self, id: &ShipmentId, event: Event, reason: &str) -> Result<(), Failure> {
        let sent_back: Vec<UnitId> = self
            .order
            .units_in(id)
            .filter(|unit| unit.life.state() == State::Returned)
            .map(|unit| unit.id.clone())
            .collect();
        if sent_back.is_empty() {
            let part = Part::Shipment(id.clone());
            let state = self.order.life(&part).map_or("gone", |life| life.state().word());
            return Err(Refusal::NotAllowed {
                subject: part.subject().word(),
                state,
                event: event.word(),
            }
            .into());
        }
        for unit in sent_back {
            self.staff_move(&Part::Unit(unit), event, reason)?;
        }
        self.resolve_exceptions(&Part::Shipment(id.clone()), event.word());
        Ok(())
    }
}
