//! Money on its way back, as the customer reads it.

use domain::{
    Money,
    lifecycle::State,
    order::{Refund, RefundReason},
};
use serde::Serialize;

use crate::words::moment;

/// One refund.
#[derive(Serialize)]
pub(crate) struct RefundView {
    pub(crate) id: String,
    pub(crate) amount: Money,
    pub(crate) reason: &'static str,
    pub(crate) status: &'static str,
    pub(crate) status_text: &'static str,
    pub(crate) since: String,
    #[serde(skip)]
    pub(crate) reason_text: &'static str,
    #[serde(skip)]
    pub(crate) since_text: String,
}

impl RefundView {
    pub(crate) fn of(refund: &Refund) -> Self {
        let state = refund.life.state();
        Self {
            id: refund.id.to_string(),
            amount: refund.amount,
            reason: refund.reason.word(),
            reason_text: match refund.reason {
                RefundReason::Cancelled => "The order was cancelled",
                RefundReason::NotDelivered => "The store could not deliver",
                RefundReason::UnitLost => "A piece will not come",
                RefundReason::PaidTwice => "It was paid twice",
                RefundReason::WrongAmount => "Another amount came than was asked",
                RefundReason::NotCovered => "The rest was not paid in time",
                RefundReason::NotNeeded => "What you added was not needed",
                RefundReason::AtProvider => "Sent back by our staff",
                RefundReason::LatePayment => "The payment came after the order had ended",
            },
            status: state.word(),
            status_text: going(refund),
            since: refund.life.since().to_string(),
            since_text: moment(refund.life.since()),
        }
    }
}

fn going(refund: &Refund) -> &'static str {
    let state = refund.life.state();
    if state == State::Done && refund.paid_out.is_some() {
        "sent to you another way"
    } else if state == State::Done {
        "back with the way you paid"
    } else if state == State::Refused {
        "our staff is looking at it"
    } else {
        "on its way"
    }
}
