//! Packing: received units go into one parcel, which is closed, weighed and measured.

use crate::{
    failure::Failure,
    id::{ScanId, ShipmentId, UnitId},
    lifecycle::{self, Event, Evidence, State, Subject},
    product::ProviderCode,
    refusal::Refusal,
    timestamp::Timestamp,
};

use super::{
    choices::Consolidation,
    draft::Draft,
    part::Part,
    parts::{Order, Parcel, Shipment},
};

/// A parcel being closed.
#[derive(Clone, Debug)]
pub struct Packing {
    /// The device's id of the closing scan.
    pub scan: ScanId,
    /// What is in it.
    pub units: Vec<UnitId>,
    /// As weighed and measured.
    pub parcel: Parcel,
    /// Who carries it.
    pub carrier: ProviderCode,
}

impl Order {
    /// Until when what is here waits for the rest, because the customer wants one parcel; nothing when it may be packed. It waits no longer
    /// than until the deadline of the first piece that came, when somebody looks at it anyway.
    #[must_use]
    pub fn waits_for_rest(&self, now: Timestamp) -> Option<Timestamp> {
        let is_missing = |state: State| matches!(state, State::Expected | State::OnHold);
        if self.choices.consolidation == Consolidation::AsItComes
            || !self.units.iter().any(|unit| is_missing(unit.life.state()))
        {
            return None;
        }
        let here = self.units.iter().filter(|unit| unit.life.state() == State::Received);
        let first = here.map(|unit| unit.life.since()).min()?;
        let patience = lifecycle::deadline_of(Subject::Unit, State::Received)?.after;
        Some(first.plus(patience)).filter(|until| now < *until)
    }
}

impl Draft {
    /// Closes a parcel over received units. `Ok` with the first shipment when this closing scan was seen before.
    ///
    /// # Errors
    /// When it is empty, not measured, the order is not paid, a unit is not there to be packed, or what is here waits for the rest.
    pub fn pack(&mut self, packing: &Packing) -> Result<ShipmentId, Failure> {
        if let Some(before) = self
            .order
            .shipments
            .iter()
            .find(|shipment| shipment.scan == packing.scan)
        {
            return Ok(before.id.clone());
        }
        if self.order.life.state() != State::Paid {
            let (subject, state) = ("order", self.order.life.state().word());
            return Err(Refusal::NotAllowed {
                subject,
                state,
                event: Event::PackingClosed.word(),
            }
            .into());
        }
        if let Some(until) = self.order.waits_for_rest(self.now) {
            return Err(Refusal::WaitsForRest { until }.into());
        }
        let number = u32::try_from(self.order.shipments.len())
            .unwrap_or(u32::MAX)
            .saturating_add(1);
        let id = ShipmentId::of(&self.order.id, number);
        let size = packing.parcel.size;
        let is_measured = packing.parcel.weight.0 > 0 && size.height.0 > 0 && !packing.units.is_empty();
        let evidence = Evidence {
            checked: is_measured,
            ..Evidence::default()
        };
        let born = self.born(&Part::Shipment(id.clone()), Event::PackingClosed, &evidence)?;
        for unit in &packing.units {
            self.put_in_parcel(unit, &id)?;
        }
        self.order.shipments.push(Shipment {
            id: id.clone(),
            carrier: packing.carrier.clone(),
            parcel: packing.parcel,
            scan: packing.scan.clone(),
            tracking_number: None,
            price: None,
            owed: None,
            given_up: Vec::new(),
            documents: Vec::new(),
            events: Vec::new(),
            unread: Vec::new(),
            heard_at: None,
            sent_at: None,
            look_ups: None,
            note: String::new(),
            life: born.life(),
        });
        self.welcome(&born)?;
        Ok(id)
    }

    fn put_in_parcel(&mut self, id: &UnitId, shipment: &ShipmentId) -> Result<(), Failure> {
        let unit = self
            .order
            .units
            .iter_mut()
            .find(|unit| unit.id == *id)
            .ok_or(Failure::NotFound("unit of this order"))?;
        unit.shipment = Some(shipment.clone());
        self.plain_step(&Part::Unit(id.clone()), Event::PutInParcel)
    }
}
