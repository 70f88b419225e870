//! Receiving: units seen in the warehouse. The scan id is the device's; the same scan again changes nothing.

use crate::{
    failure::Failure,
    id::{LineId, ScanId, UnitId},
    lifecycle::{Event, Evidence, State},
    measure::Grams,
    refusal::Refusal,
};

use super::{
    draft::{Alias, Draft},
    part::Part,
    parts::Receipt,
};

/// In what shape a unit came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// As ordered.
    Good,
    /// Damaged, wrong or not allowed: it is held for a person.
    Bad,
}

/// One receipt at the bench: so many of one line, out of one inbound parcel.
#[derive(Clone, Debug)]
pub struct Received {
    /// The device's id of the scan.
    pub scan: ScanId,
    /// The scanned code, normalised.
    pub code: String,
    /// Of which line.
    pub line: LineId,
    /// How many.
    pub count: u32,
    /// What the scale said.
    pub weight: Option<Grams>,
    /// In what shape.
    pub condition: Condition,
    /// What is wrong, when something is.
    pub note: String,
}

impl Draft {
    /// Receives units of a line, the lowest numbers first. `Ok(None)` when this scan was received before.
    ///
    /// # Errors
    /// When the count is zero, the line is not of this order, or fewer units are expected than were counted.
    pub fn receive(&mut self, received: &Received) -> Result<Option<Vec<UnitId>>, Failure> {
        let is_repeat = |receipt: &Receipt| receipt.scan == received.scan;
        if self
            .order
            .units
            .iter()
            .any(|unit| unit.receipt.as_ref().is_some_and(is_repeat))
        {
            return Ok(None);
        }
        if received.count == 0 {
            return Err(Failure::field("count", "out_of_range", "Count at least one piece."));
        }
        self.order
            .line(&received.line)
            .ok_or(Failure::NotFound("line of this order"))?;
        let expected = self.order.units.iter().filter(|unit| unit.line == received.line);
        let expected: Vec<UnitId> = expected
            .filter(|unit| unit.life.state() == State::Expected)
            .map(|unit| unit.id.clone())
            .collect();
        let count = usize::try_from(received.count).unwrap_or(usize::MAX);
        let Some(units) = expected.get(..count).map(<[UnitId]>::to_vec) else {
            return Err(Refusal::TooManyUnits.into());
        };
        for unit in &units {
            self.receive_unit(unit, received)?;
        }
        self.alias(Alias::Shared {
            scope: "inbound".into(),
            value: received.code.clone(),
        });
        self.close_arrived()?;
        Ok(Some(units))
    }

    fn receive_unit(&mut self, id: &UnitId, received: &Received) -> Result<(), Failure> {
        let now = self.now;
        let unit = self
            .order
            .units
            .iter_mut()
            .find(|unit| unit.id == *id)
            .ok_or(Failure::NotFound("unit"))?;
        unit.receipt = Some(Receipt {
            scan: received.scan.clone(),
            code: received.code.clone(),
            at: now,
            weight: received.weight,
            note: received.note.clone(),
        });
        let part = Part::Unit(id.clone());
        match received.condition {
            Condition::Good => self.step(
                &part,
                Event::Scanned,
                &Evidence {
                    checked: true,
                    ..Evidence::default()
                },
            ),
            Condition::Bad => {
                self.note(received.note.clone());
                self.plain_step(&part, Event::Held)
            }
        }
    }

    /// A held unit is fine after all.
    ///
    /// # Errors
    /// When it is not held.
    pub fn release_unit(&mut self, id: &UnitId) -> Result<(), Failure> {
        self.step(
            &Part::Unit(id.clone()),
            Event::Released,
            &Evidence {
                by_staff: true,
                ..Evidence::default()
            },
        )
    }

    /// A unit will not come, cannot be used, or came back from the carrier for good; its money goes back.
    ///
    /// # Errors
    /// When it is neither expected nor held nor sent back.
    pub fn write_off_unit(&mut self, id: &UnitId) -> Result<(), Failure> {
        self.step(
            &Part::Unit(id.clone()),
            Event::WrittenOff,
            &Evidence {
                by_staff: true,
                ..Evidence::default()
            },
        )
    }

    /// A supplier order whose last unit came in has arrived.
    pub(super) fn close_arrived(&mut self) -> Result<(), Failure> {
        let is_open = |state: State| matches!(state, State::Placed | State::Dispatched);
        let arrived: Vec<Part> = self
            .order
            .supplier_orders
            .iter()
            .filter(|supplier_order| is_open(supplier_order.life.state()))
            .filter(|supplier_order| {
                self.order
                    .units_of(supplier_order)
                    .all(|unit| unit.life.state() != State::Expected)
            })
            .map(|supplier_order| Part::SupplierOrder(supplier_order.id.clone()))
            .collect();
        for part in arrived {
            self.plain_step(&part, Event::AllReceived)?;
        }
        Ok(())
    }
}
