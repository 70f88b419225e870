//! Names for the parts of an order that have a life, and the ways to find and ask them.

use crate::{
    id::{DisputeId, LineId, PaymentId, RefundId, ShipmentId, SupplierOrderId, UnitId},
    lifecycle::{Life, State, Subject},
    money::Money,
    timestamp::Timestamp,
};

use super::{
    dispute::Dispute,
    parts::{Exception, Line, Order, Payment, Refund, Shipment, SupplierOrder, Unit},
};

/// A name for any part of an order that has a life.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The order itself.
    Order,
    /// A payment.
    Payment(PaymentId),
    /// A supplier order.
    SupplierOrder(SupplierOrderId),
    /// A unit.
    Unit(UnitId),
    /// A shipment.
    Shipment(ShipmentId),
    /// A refund.
    Refund(RefundId),
    /// A dispute.
    Dispute(DisputeId),
}

impl Part {
    /// What it is.
    #[must_use]
    pub fn subject(&self) -> Subject {
        match self {
            Self::Order => Subject::Order,
            Self::Payment(_) => Subject::Payment,
            Self::SupplierOrder(_) => Subject::SupplierOrder,
            Self::Unit(_) => Subject::Unit,
            Self::Shipment(_) => Subject::Shipment,
            Self::Refund(_) => Subject::Refund,
            Self::Dispute(_) => Subject::Dispute,
        }
    }

    /// Its id as text; empty for the order itself, whose id stands beside it.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Order => "",
            Self::Payment(id) => id.as_str(),
            Self::SupplierOrder(id) => id.as_str(),
            Self::Unit(id) => id.as_str(),
            Self::Shipment(id) => id.as_str(),
            Self::Refund(id) => id.as_str(),
            Self::Dispute(id) => id.as_str(),
        }
    }

    /// The part with this id; nothing for a text that is no such id. The empty text is the order itself.
    #[must_use]
    pub fn from_id(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::Order);
        }
        let payment = text.parse().map(Self::Payment).ok();
        payment
            .or_else(|| text.parse().map(Self::SupplierOrder).ok())
            .or_else(|| text.parse().map(Self::Unit).ok())
            .or_else(|| text.parse().map(Self::Shipment).ok())
            .or_else(|| text.parse().map(Self::Refund).ok())
            .or_else(|| text.parse().map(Self::Dispute).ok())
    }
}

impl Order {
    /// A line by id.
    #[must_use]
    pub fn line(&self, id: &LineId) -> Option<&Line> {
        self.lines.iter().find(|line| line.id == *id)
    }

    /// A payment by id.
    #[must_use]
    pub fn payment(&self, id: &PaymentId) -> Option<&Payment> {
        self.payments.iter().find(|payment| payment.id == *id)
    }

    /// A supplier order by id.
    #[must_use]
    pub fn supplier_order(&self, id: &SupplierOrderId) -> Option<&SupplierOrder> {
        self.supplier_orders
            .iter()
            .find(|supplier_order| supplier_order.id == *id)
    }

    /// A shipment by id.
    #[must_use]
    pub fn shipment(&self, id: &ShipmentId) -> Option<&Shipment> {
        self.shipments.iter().find(|shipment| shipment.id == *id)
    }

    /// A refund by id.
    #[must_use]
    pub fn refund(&self, id: &RefundId) -> Option<&Refund> {
        self.refunds.iter().find(|refund| refund.id == *id)
    }

    /// A dispute by id.
    #[must_use]
    pub fn dispute(&self, id: &DisputeId) -> Option<&Dispute> {
        self.disputes.iter().find(|dispute| dispute.id == *id)
    }

    /// A unit by id.
    #[must_use]
    pub fn unit(&self, id: &UnitId) -> Option<&Unit> {
        self.units.iter().find(|unit| unit.id == *id)
    }

    /// The units bought with a supplier order.
    pub fn units_of<'a>(&'a self, supplier_order: &'a SupplierOrder) -> impl Iterator<Item = &'a Unit> {
        self.units
            .iter()
            .filter(|unit| supplier_order.lines.contains(&unit.line))
    }

    /// The units in a shipment.
    pub fn units_in<'a>(&'a self, shipment: &'a ShipmentId) -> impl Iterator<Item = &'a Unit> {
        self.units
            .iter()
            .filter(move |unit| unit.shipment.as_ref() == Some(shipment))
    }

    /// The life of a part.
    #[must_use]
    pub fn life(&self, part: &Part) -> Option<&Life> {
        match part {
            Part::Order => Some(&self.life),
            Part::Payment(id) => self.payment(id).map(|payment| &payment.life),
            Part::SupplierOrder(id) => self.supplier_order(id).map(|supplier_order| &supplier_order.life),
            Part::Unit(id) => self.unit(id).map(|unit| &unit.life),
            Part::Shipment(id) => self.shipment(id).map(|shipment| &shipment.life),
            Part::Refund(id) => self.refund(id).map(|refund| &refund.life),
            Part::Dispute(id) => self.dispute(id).map(|dispute| &dispute.life),
        }
    }

    /// Every part that has a life.
    #[must_use]
    pub fn parts(&self) -> Vec<Part> {
        let mut parts = vec![Part::Order];
        parts.extend(self.payments.iter().map(|payment| Part::Payment(payment.id.clone())));
        parts.extend(
            self.supplier_orders
                .iter()
                .map(|supplier_order| Part::SupplierOrder(supplier_order.id.clone())),
        );
        parts.extend(self.units.iter().map(|unit| Part::Unit(unit.id.clone())));
        parts.extend(
            self.shipments
                .iter()
                .map(|shipment| Part::Shipment(shipment.id.clone())),
        );
        parts.extend(self.refunds.iter().map(|refund| Part::Refund(refund.id.clone())));
        parts.extend(self.disputes.iter().map(|dispute| Part::Dispute(dispute.id.clone())));
        parts
    }

    /// The earliest deadline of all its parts: what the due index is sorted by.
    #[must_use]
    pub fn due_at(&self) -> Option<Timestamp> {
        self.parts()
            .iter()
            .filter_map(|part| self.waiting(part).and_then(Life::due_at))
            .min()
    }

    /// The life of a part whose deadline counts. Nobody waits for a piece of an order that was not paid: nothing was bought.
    pub(super) fn waiting(&self, part: &Part) -> Option<&Life> {
        let is_unpaid = matches!(
            self.life.state(),
            State::AwaitingPayment | State::Expired | State::Cancelled
        );
        if (is_unpaid && matches!(part, Part::Unit(_))) || self.waits_for_dispute(part) {
            return None;
        }
        self.life(part)
    }

    /// What was captured and neither went back nor is on its way back; what a dispute took has gone back too, as long as it is not won.
    #[must_use]
    pub fn refundable(&self, payment: &Payment) -> Option<Money> {
        let left = self.left_of(payment)?;
        Some(Money::new(left.amount().max(0), left.currency()))
    }

    /// The same; below zero when more is on its way back than there was, until the provider has refused what does not fit.
    pub(super) fn left_of(&self, payment: &Payment) -> Option<Money> {
        let captured = payment.captured.filter(|_| payment.life.state() == State::Captured)?;
        let refunds = self.refunds.iter().filter(|refund| refund.payment == payment.id);
        let refunds = refunds.filter(|refund| refund.life.state() != State::Dropped);
        let disputes = self.disputes.iter().filter(|dispute| dispute.payment == payment.id);
        let taken = disputes.filter(|dispute| dispute.is_taken());
        let gone = refunds
            .map(|refund| refund.amount.amount())
            .chain(taken.map(|dispute| dispute.amount.amount()))
            .fold(0_i64, i64::saturating_add);
        Some(Money::new(captured.amount().saturating_sub(gone), captured.currency()))
    }

    /// Matters still open.
    pub fn open_exceptions(&self) -> impl Iterator<Item = &Exception> {
        self.exceptions.iter().filter(|exception| exception.resolved.is_none())
    }
}
