//! The customer answers what shall become of something the store does not sell as priced: add what it costs more, try again, or leave it out.

use domain::{
    Failure, Refusal, RequestKey,
    id::{CustomerId, OrderId, SupplierOrderId},
    order::{Actor, Draft},
};
use serde::{Deserialize, Serialize};
use store::{Once, Request};

use crate::Deps;

/// The answer.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Decision {
    /// Add what it costs more; it is bought when that is paid.
    Add,
    /// Look at the store again, as it was priced.
    TryAgain,
    /// Leave it out and give its money back.
    LeaveOut,
}

/// What is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answered {
    answer: Decision,
}

/// What is answered.
#[derive(Serialize)]
pub(crate) struct Decided {
    pub(crate) order: String,
    /// Where the supplier order stood right after it.
    pub(crate) status: String,
}

pub(crate) async fn run(
    deps: &Deps,
    customer: &CustomerId,
    (order, about): (&OrderId, &SupplierOrderId),
    key: &RequestKey,
    typed: &Answered,
) -> Result<Once, Failure> {
    if about.order() != *order {
        return Err(Failure::NotFound("question"));
    }
    let request = Request {
        id: order,
        actor: Actor::Customer,
        key,
        now: deps.clock.now(),
    };
    let decide = |draft: &mut Draft| {
        if draft.order().customer != *customer {
            return Err(Failure::NotFound("order"));
        }
        match typed.answer {
            Decision::Add => draft.agree_to_price(about).map(drop)?,
            Decision::TryAgain => draft.try_again_as_priced(about)?,
            Decision::LeaveOut => draft.leave_out(about)?,
        }
        let found = draft.order().supplier_order(about);
        let state = found.ok_or(Failure::NotFound("question"))?.life.state();
        Ok(state.word().to_owned())
    };
    match deps.orders.decide_once(&deps.queues, request, decide).await {
        // What is not asked any more was answered, or decided without an answer.
        Err(Failure::Refused(Refusal::AlreadyApplied)) => Err(Refusal::NotAllowed {
            subject: "question",
            state: "answered",
            event: "another answer",
        }
        .into()),
        done => done,
    }
}
