//! The "effects" column: what follows a move, inside its commit or after it.

use super::words::{ExceptionKind, Task};

/// What follows a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Send a task to its queue after the commit; the deadline sends it again if that is lost.
    Queue(Task),
    /// Open a matter for a person.
    OpenException(ExceptionKind),
    /// Write the balanced ledger transaction of this move.
    PostLedger,
    /// Tell the order that its money is there.
    CoverOrder,
    /// Write down what to buy at each store.
    PlanSupplierOrders,
    /// Stop every supplier order that can still be stopped.
    StopSupplierOrders,
    /// Close the payment pages that are still open.
    VoidPayments,
    /// Send back what was captured and is not needed.
    RequestRefund,
    /// The units of this supplier order will not come.
    DropUnits,
    /// The units of this shipment reached the customer.
    DeliverUnits,
    /// The units of this shipment came back.
    ReturnUnits,
    /// See whether the order's next step is possible now.
    LookAtOrder,
    /// Hold the order while anything of it is still here.
    HoldOrder,
    /// Let the order go on that nothing else holds.
    EndHold,
}

impl Effect {
    /// As the table shows it.
    #[must_use]
    pub fn word(self) -> String {
        match self {
            Self::Queue(task) => format!("{task} → {}", task.consumer()),
            Self::OpenException(kind) => format!("exception: {kind}"),
            Self::PostLedger => "post ledger".into(),
            Self::CoverOrder => "cover order".into(),
            Self::PlanSupplierOrders => "plan supplier orders".into(),
            Self::StopSupplierOrders => "stop supplier orders".into(),
            Self::VoidPayments => "void payments".into(),
            Self::RequestRefund => "request refund".into(),
            Self::DropUnits => "drop units".into(),
            Self::DeliverUnits => "deliver units".into(),
            Self::ReturnUnits => "return units".into(),
            Self::LookAtOrder => "look at order".into(),
            Self::HoldOrder => "hold order".into(),
            Self::EndHold => "end hold".into(),
        }
    }
}
