//! Refunds: against what a payment has left, as often as that allows. They succeed at once unless a fault says otherwise, and can fail days later.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::create_session::{integer, judge_keys, judge_metadata, text};
use super::event;
use super::payment::Payment;
use super::problem::{Problem, or_null};
use crate::books::Record;
use crate::calls::Turn;
use crate::faults::Kind;
use crate::json::Fields;

const KNOWN: [&str; 6] = ["amount", "charge", "expand", "metadata", "payment_intent", "reason"];

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Refund {
    pub(crate) id: String,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) charge: String,
    pub(crate) payment_intent: String,
    pub(crate) created: i64,
    reason: Option<String>,
    pub(crate) status: String,
    failure_reason: Option<String>,
    pub(crate) metadata: BTreeMap<String, String>,
}

impl Record for Refund {
    const SHELF: &'static str = "stripe-refunds";
    fn key(&self) -> String {
        self.id.clone()
    }
}

impl Refund {
    pub(super) fn view(&self) -> Value {
        let mut view = json!({
            "id": self.id,
            "object": "refund",
            "amount": self.amount,
            "balance_transaction": format!("txn_{}", self.id.trim_start_matches("re_")),
            "charge": self.charge,
            "created": self.created,
            "currency": self.currency,
            "destination_details": {
                "card": { "reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund" },
                "type": "card",
            },
            "metadata": self.metadata,
            "payment_intent": self.payment_intent,
            "reason": or_null(self.reason.as_ref()),
            "receipt_number": null,
            "source_transfer_reversal": null,
            "status": self.status,
            "transfer_reversal": null,
        });
        if let Some(reason) = &self.failure_reason {
            view.set("failure_reason", reason.as_str());
        }
        view
    }
}

pub(super) fn create(turn: &mut Turn<'_>, form: &Value) -> Result<Value, Problem> {
    judge_keys("", form, &KNOWN)?;
    let mut payment = find_payment(turn, form)?;
    if !payment.is_paid() {
        let message = "This payment has not succeeded, so it cannot be refunded.";
        return Err(Problem::new(400, "invalid_request_error", message));
    }
    let left = payment.amount.saturating_sub(payment.refunded);
    if left <= 0 {
        let message = format!("Charge {} has already been refunded.", payment.charge);
        return Err(Problem::new(400, "invalid_request_error", message).code("charge_already_refunded"));
    }
    let amount = if form.at("amount").is_null() {
        left
    } else {
        integer(form, "amount", "amount", 1)?
    };
    if amount > left {
        let message = format!("Refund amount ({amount}) is greater than unrefunded amount on charge ({left})");
        return Err(Problem::invalid("amount", message));
    }
    let reason = judge_reason(form)?;
    if payment.disputed {
        let message = format!(
            "Charge {} has been charged back; cannot issue a refund.",
            payment.charge
        );
        return Err(Problem::new(400, "invalid_request_error", message).code("charge_disputed"));
    }
    let metadata = judge_metadata("metadata", form.at("metadata"))?;
    let status = first_status(turn);
    let times = if turn.fault_of(Kind::MadeTwice).is_some() { 2 } else { 1 };
    let mut first = None;
    for _ in 0..times {
        let refund = Refund {
            id: format!("re_3{}", turn.books.invent("stripe/refund", 23)),
            amount,
            currency: payment.currency.clone(),
            charge: payment.charge.clone(),
            payment_intent: payment.id.clone(),
            created: turn.now / 1000,
            reason: reason.clone(),
            status: status.to_owned(),
            failure_reason: None,
            metadata: metadata.clone(),
        };
        payment.refunded = payment.refunded.saturating_add(amount);
        turn.books.put(&refund);
        turn.books.put(&payment);
        event::note(turn, "refund.created", refund.view());
        event::note(turn, "charge.refunded", payment.charge());
        first.get_or_insert(refund.view());
    }
    Ok(first.unwrap_or(Value::Null))
}

fn judge_reason(form: &Value) -> Result<Option<String>, Problem> {
    let reason = text(form, "reason").map(str::to_owned);
    let reasons = ["duplicate", "fraudulent", "requested_by_customer"];
    if reason
        .as_ref()
        .is_some_and(|reason| !reasons.contains(&reason.as_str()))
    {
        return Err(Problem::invalid(
            "reason",
            "Invalid reason: must be one of duplicate, fraudulent, or requested_by_customer",
        ));
    }
    Ok(reason)
}

/// Most refunds go out at once; a fault makes one wait for the bank or for the buyer.
fn first_status(turn: &mut Turn<'_>) -> &'static str {
    if turn.fault_of(Kind::Pending).is_some() {
        "pending"
    } else if turn.fault_of(Kind::NeedsAction).is_some() {
        "requires_action"
    } else {
        "succeeded"
    }
}

/// Somebody sends back what is left, in the dashboard: nothing of the shop's stands at it.
pub(crate) fn by_hand(turn: &mut Turn<'_>, payment: &str, amount: Option<i64>) -> Result<Value, Problem> {
    let mut form = json!({ "payment_intent": payment });
    if let Some(amount) = amount {
        form.set("amount", amount.to_string());
    }
    create(turn, &form)
}

/// A refund that was only promised goes out.
pub(crate) fn succeed(turn: &mut Turn<'_>, id: &str) -> Result<Refund, Problem> {
    let mut refund = waiting(turn, id)?;
    "succeeded".clone_into(&mut refund.status);
    turn.books.put(&refund);
    event::note(turn, "refund.updated", refund.view());
    event::note(turn, "charge.refund.updated", refund.view());
    Ok(refund)
}

/// A refund that waits for the buyer is taken away again; only such a one can be.
pub(crate) fn cancel(turn: &mut Turn<'_>, id: &str) -> Result<Refund, Problem> {
    let mut refund = waiting(turn, id)?;
    if refund.status != "requires_action" {
        return Err(Problem::invalid(
            "id",
            "Only a refund that requires action can be canceled",
        ));
    }
    "canceled".clone_into(&mut refund.status);
    gives_back(turn, &refund);
    event::note(turn, "refund.updated", refund.view());
    Ok(refund)
}

fn waiting(turn: &Turn<'_>, id: &str) -> Result<Refund, Problem> {
    let refund = turn
        .books
        .get::<Refund>(id)
        .ok_or_else(|| Problem::no_such("refund", id))?;
    if matches!(refund.status.as_str(), "pending" | "requires_action") {
        Ok(refund)
    } else {
        Err(Problem::invalid("id", "This refund does not wait for anything"))
    }
}

/// Its money is there to be refunded again.
fn gives_back(turn: &mut Turn<'_>, refund: &Refund) {
    if let Some(mut payment) = turn.books.get::<Payment>(&refund.payment_intent) {
        payment.refunded = payment.refunded.saturating_sub(refund.amount);
        turn.books.put(&payment);
    }
    turn.books.put(refund);
}

/// A refund the buyer's bank sends back: the money returns to the shop's balance.
pub(crate) fn fail(turn: &mut Turn<'_>, id: &str) -> Result<Refund, Problem> {
    let mut refund = turn
        .books
        .get::<Refund>(id)
        .ok_or_else(|| Problem::no_such("refund", id))?;
    if matches!(refund.status.as_str(), "failed" | "canceled") {
        return Err(Problem::invalid("refund", "This refund has ended"));
    }
    "failed".clone_into(&mut refund.status);
    refund.failure_reason = Some("expired_or_canceled_card".to_owned());
    gives_back(turn, &refund);
    event::note(turn, "refund.updated", refund.view());
    event::note(turn, "charge.refund.updated", refund.view());
    event::note(turn, "refund.failed", refund.view());
    Ok(refund)
}

fn find_payment(turn: &Turn<'_>, form: &Value) -> Result<Payment, Problem> {
    let (param, id) = match (text(form, "payment_intent"), text(form, "charge")) {
        (Some(id), None) => ("payment_intent", id),
        (None, Some(id)) => ("charge", id),
        (None, None) => {
            let message = "One of the following params should be provided for this request: payment_intent or charge.";
            return Err(Problem::new(400, "invalid_request_error", message).code("parameter_missing"));
        }
        (Some(_), Some(_)) => {
            let message = "You may only specify one of these parameters: payment_intent, charge.";
            return Err(Problem::invalid("charge", message));
        }
    };
    let found = match param {
        "charge" => turn
            .books
            .find::<Payment>(|payment| payment.at("charge") == id)
            .into_iter()
            .next(),
        _ => turn.books.get::<Payment>(id),
    };
    let missing = || Problem::invalid(param, format!("No such {param}: '{id}'")).code("resource_missing");
    found.ok_or_else(missing)
}
