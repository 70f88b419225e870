//! A refund with all that its sending needs.

use domain::{
    Failure,
    id::RefundId,
    order::{Actor, Order, Payment, Refund},
};

/// A refund, the payment it is of, and the order as it was just read or written.
pub(crate) struct Case {
    pub(crate) order: Order,
    pub(crate) refund: Refund,
    pub(crate) payment: Payment,
}

impl Case {
    pub(crate) fn of(order: Order, id: &RefundId) -> Result<Self, Failure> {
        let refund = order.refund(id).ok_or(Failure::NotFound("refund"))?.clone();
        let payment = order
            .payment(&refund.payment)
            .ok_or_else(|| Failure::internal("a refund without its payment"))?
            .clone();
        Ok(Self { order, refund, payment })
    }

    pub(crate) fn provider(&self) -> Actor {
        Actor::Provider(self.payment.provider.clone())
    }
}
