//! Disputes and warnings of fraud, made and decided on command. A dispute takes the money at once and gives it back when it is won; an inquiry
//! takes none.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::event;
use super::payment::Payment;
use super::problem::{Problem, or_null};
use crate::books::Record;
use crate::calls::Turn;

/// Until evidence is taken, in seconds.
const ANSWER_WITHIN: i64 = 9 * 24 * 3600;

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Dispute {
    pub(crate) id: String,
    pub(crate) payment_intent: String,
    charge: String,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) created: i64,
    pub(crate) status: String,
    /// What was taken from the shop's balance and put back, oldest first.
    moved: Vec<i64>,
}

impl Record for Dispute {
    const SHELF: &'static str = "stripe-disputes";
    fn key(&self) -> String {
        self.id.clone()
    }
}

/// A warning of the card scheme.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Warning {
    pub(crate) id: String,
    pub(crate) payment_intent: String,
    charge: String,
    pub(crate) created: i64,
}

impl Record for Warning {
    const SHELF: &'static str = "stripe-warnings";
    fn key(&self) -> String {
        self.id.clone()
    }
}

impl Dispute {
    pub(super) fn view(&self) -> Value {
        let transaction = |(place, amount): (usize, &i64)| {
            json!({
                "id": format!("txn_{}{place}", self.id.trim_start_matches("dp_")),
                "object": "balance_transaction",
                "amount": amount,
                "currency": self.currency,
                "fee": if *amount < 0 { 1500 } else { 0 },
                "reporting_category": if *amount < 0 { "dispute" } else { "dispute_reversal" },
            })
        };
        json!({
            "id": self.id,
            "object": "dispute",
            "amount": self.amount,
            "balance_transactions": self.moved.iter().enumerate().map(transaction).collect::<Vec<_>>(),
            "charge": self.charge,
            "created": self.created,
            "currency": self.currency,
            "enhanced_eligibility_types": [],
            "evidence": {},
            "evidence_details": {
                "due_by": self.created.saturating_add(ANSWER_WITHIN),
                "enhanced_eligibility": {},
                "has_evidence": false,
                "past_due": false,
                "submission_count": 0,
            },
            "is_charge_refundable": self.moved.is_empty(),
            "livemode": false,
            "metadata": {},
            "payment_intent": self.payment_intent,
            "reason": "fraudulent",
            "status": self.status,
        })
    }
}

impl Warning {
    pub(super) fn view(&self, payment: Option<&Payment>) -> Value {
        let is_actionable = payment.is_none_or(|payment| !payment.disputed && payment.refunded < payment.amount);
        json!({
            "id": self.id,
            "object": "radar.early_fraud_warning",
            "actionable": is_actionable,
            "charge": self.charge,
            "created": self.created,
            "fraud_type": "made_with_stolen_card",
            "livemode": false,
            "payment_intent": or_null(Some(&self.payment_intent)),
        })
    }
}

/// The buyer's bank takes the money (`dispute`), asks about it (`inquire`), or the card scheme warns (`warn`).
pub(crate) fn open(turn: &mut Turn<'_>, payment: &str, how: &str) -> Result<Value, Problem> {
    let mut payment = turn
        .books
        .get::<Payment>(payment)
        .filter(Payment::is_paid)
        .ok_or_else(|| Problem::no_such("payment_intent", payment))?;
    let created = turn.now / 1000;
    if how == "warn" {
        let warning = Warning {
            id: format!("issfr_1{}", turn.books.invent("stripe/warning", 23)),
            payment_intent: payment.id.clone(),
            charge: payment.charge.clone(),
            created,
        };
        turn.books.put(&warning);
        let view = warning.view(Some(&payment));
        event::note(turn, "radar.early_fraud_warning.created", view.clone());
        return Ok(view);
    }
    let takes = how == "dispute";
    let amount = payment.amount.saturating_sub(payment.refunded);
    let dispute = Dispute {
        id: format!("dp_1{}", turn.books.invent("stripe/dispute", 23)),
        payment_intent: payment.id.clone(),
        charge: payment.charge.clone(),
        amount,
        currency: payment.currency.clone(),
        created,
        status: if takes {
            "needs_response"
        } else {
            "warning_needs_response"
        }
        .to_owned(),
        moved: if takes {
            vec![amount.saturating_neg()]
        } else {
            Vec::new()
        },
    };
    payment.disputed = takes;
    turn.books.put(&payment);
    turn.books.put(&dispute);
    event::note(turn, "charge.dispute.created", dispute.view());
    if takes {
        event::note(turn, "charge.dispute.funds_withdrawn", dispute.view());
    }
    Ok(dispute.view())
}

/// Evidence was sent (`review`), or it is decided: `win`, `lose`, and `win` for the end of an inquiry.
pub(crate) fn decide(turn: &mut Turn<'_>, id: &str, how: &str) -> Result<Value, Problem> {
    let mut dispute = turn
        .books
        .get::<Dispute>(id)
        .ok_or_else(|| Problem::no_such("dispute", id))?;
    let is_inquiry = dispute.status.starts_with("warning_");
    if matches!(dispute.status.as_str(), "won" | "lost" | "warning_closed") {
        return Err(Problem::invalid("dispute", "This dispute is closed"));
    }
    let status = match (how, is_inquiry) {
        ("review", false) => "under_review",
        ("review", true) => "warning_under_review",
        ("win", false) => "won",
        ("win", true) => "warning_closed",
        ("lose", false) => "lost",
        _ => return Err(Problem::invalid("dispute", "This dispute cannot go that way")),
    };
    status.clone_into(&mut dispute.status);
    if status == "won" {
        dispute.moved.push(dispute.amount);
        if let Some(mut payment) = turn.books.get::<Payment>(&dispute.payment_intent) {
            payment.disputed = false;
            turn.books.put(&payment);
        }
    }
    turn.books.put(&dispute);
    if how == "review" {
        event::note(turn, "charge.dispute.updated", dispute.view());
        return Ok(dispute.view());
    }
    event::note(turn, "charge.dispute.closed", dispute.view());
    if status == "won" {
        event::note(turn, "charge.dispute.funds_reinstated", dispute.view());
    }
    Ok(dispute.view())
}
