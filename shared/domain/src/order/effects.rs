//! What follows a move inside the same commit: each effect of the life-cycle table that is not a queue's.

use crate::{
    failure::Failure,
    lifecycle::{Effect, Event, Evidence, State},
};

use super::{draft::Draft, part::Part, parts::RefundReason};

impl Draft {
    pub(super) fn apply(&mut self, effect: Effect, part: &Part) -> Result<(), Failure> {
        match effect {
            Effect::Queue(task) => {
                self.send(task, part);
                Ok(())
            }
            Effect::OpenException(kind) => {
                self.open_exception(kind, part);
                Ok(())
            }
            Effect::PostLedger => self.post_ledger(part),
            Effect::CoverOrder => self.cover_order(part),
            Effect::PlanSupplierOrders => self.plan_supplier_orders(),
            Effect::StopSupplierOrders => self.stop_supplier_orders(),
            Effect::VoidPayments => {
                self.void_payments();
                Ok(())
            }
            Effect::RequestRefund => self.refund_after(part),
            Effect::DropUnits => self.drop_units(part),
            Effect::DeliverUnits => self.move_units(part, Event::CarrierDelivered),
            Effect::ReturnUnits => self.move_units(part, Event::CarrierReturned),
            Effect::LookAtOrder => self.look_at_order(),
            Effect::HoldOrder => self.hold_while_in_doubt(),
            Effect::EndHold => self.end_doubt(),
        }
    }

    fn post_ledger(&mut self, part: &Part) -> Result<(), Failure> {
        match part {
            Part::Order => self.post_closing(),
            Part::Payment(id) => self.post_capture(&id.clone()),
            Part::SupplierOrder(id) => self.post_purchase(&id.clone()),
            Part::Shipment(id) => self.post_freight(&id.clone()),
            Part::Refund(id) => self.post_refund(&id.clone()),
            Part::Dispute(id) => self.post_dispute(&id.clone()),
            Part::Unit(_) => Ok(()),
        }
    }

    fn refund_after(&mut self, part: &Part) -> Result<(), Failure> {
        match part {
            Part::Order => {
                let is_unpaid = self.order.life.state() == State::Expired;
                self.refund_everything(if is_unpaid {
                    RefundReason::NotCovered
                } else {
                    RefundReason::Cancelled
                })
            }
            Part::Payment(id) => self.refund_payment(&id.clone(), RefundReason::WrongAmount),
            Part::SupplierOrder(id) => {
                let units = self.units_in_state(&id.clone(), State::Dropped);
                self.refund_units(&units, RefundReason::NotDelivered)
            }
            Part::Unit(id) => self.refund_units(std::slice::from_ref(id), RefundReason::UnitLost),
            Part::Shipment(_) | Part::Refund(_) | Part::Dispute(_) => Ok(()),
        }
    }

    fn move_units(&mut self, part: &Part, event: Event) -> Result<(), Failure> {
        let Part::Shipment(id) = part else { return Ok(()) };
        let packed = |state: State| state == State::Packed;
        let units: Vec<Part> = self
            .order
            .units_in(id)
            .filter(|unit| packed(unit.life.state()))
            .map(|unit| Part::Unit(unit.id.clone()))
            .collect();
        for unit in units {
            self.step(&unit, event, &Evidence::default())?;
        }
        Ok(())
    }

    fn drop_units(&mut self, part: &Part) -> Result<(), Failure> {
        let Part::SupplierOrder(id) = part else { return Ok(()) };
        for unit in self.units_in_state(id, State::Expected) {
            self.plain_step(&Part::Unit(unit), Event::Dropped)?;
        }
        Ok(())
    }

    fn units_in_state(&self, id: &crate::id::SupplierOrderId, state: State) -> Vec<crate::id::UnitId> {
        let Some(supplier_order) = self.order.supplier_order(id) else {
            return Vec::new();
        };
        let units = self
            .order
            .units_of(supplier_order)
            .filter(|unit| unit.life.state() == state);
        units.map(|unit| unit.id.clone()).collect()
    }
}
