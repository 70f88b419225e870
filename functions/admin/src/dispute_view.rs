//! A dispute as the staff sees it, with what speaks for us: each fact as our books have it, ready to be given to the provider.

use domain::{
    Money,
    lifecycle::State,
    order::{Dispute, DisputeKind, Order, Shipment},
    tracking::TrackingStatus,
};
use serde::Serialize;

use crate::words::moment;

/// A dispute.
#[derive(Serialize)]
pub(crate) struct DisputeView {
    pub(crate) id: String,
    pub(crate) payment: String,
    pub(crate) provider_reference: String,
    pub(crate) kind: &'static str,
    pub(crate) amount: Money,
    pub(crate) reason: String,
    pub(crate) status: &'static str,
    pub(crate) is_withdrawn: bool,
    pub(crate) answer_by: Option<String>,
    pub(crate) evidence: String,
    pub(crate) facts: Vec<String>,
    #[serde(skip)]
    pub(crate) kind_text: &'static str,
    #[serde(skip)]
    pub(crate) since_text: String,
    #[serde(skip)]
    pub(crate) answer_by_text: String,
}

impl DisputeView {
    pub(crate) fn of(order: &Order, dispute: &Dispute) -> Self {
        Self {
            id: dispute.id.to_string(),
            payment: dispute.payment.to_string(),
            provider_reference: dispute.provider_reference.clone(),
            kind: dispute.kind.word(),
            kind_text: match dispute.kind {
                DisputeKind::Dispute => "Dispute",
                DisputeKind::FraudWarning => "Fraud warning",
            },
            amount: dispute.amount,
            reason: dispute.reason.clone(),
            status: dispute.life.state().word(),
            is_withdrawn: dispute.is_withdrawn,
            answer_by: dispute.answer_by.map(|by| by.to_string()),
            answer_by_text: dispute.answer_by.map(moment).unwrap_or_default(),
            since_text: moment(dispute.life.since()),
            evidence: dispute.evidence.clone(),
            facts: facts(order, dispute),
        }
    }
}

fn facts(order: &Order, dispute: &Dispute) -> Vec<String> {
    let mut facts = vec![format!("Ordered on {}: {}", moment(order.placed_at), goods(order))];
    if let Some(payment) = order.payment(&dispute.payment) {
        facts.push(format!("Paid {} on {}", payment.amount, moment(payment.life.since())));
    }
    let refunds = order.refunds.iter().filter(|refund| refund.payment == dispute.payment);
    for refund in refunds.filter(|refund| refund.life.state() == State::Done) {
        let since = moment(refund.life.since());
        facts.push(format!("{} of it went back on {since} ({})", refund.amount, refund.id));
    }
    facts.extend(order.shipments.iter().filter_map(shipped));
    facts
}

fn goods(order: &Order) -> String {
    let lines = order
        .lines
        .iter()
        .map(|line| format!("{} × {}", line.quantity, line.title));
    lines.collect::<Vec<_>>().join(", ")
}

/// Where a parcel went; nothing for one that the carrier does not have.
fn shipped(shipment: &Shipment) -> Option<String> {
    let number = shipment.tracking_number.as_ref()?;
    let delivered = shipment
        .events
        .iter()
        .find(|event| event.status == TrackingStatus::Delivered);
    let carrier = shipment.carrier.as_str().to_uppercase();
    Some(match delivered {
        Some(event) => format!(
            "{carrier} {number} delivered on {} in {}{}",
            moment(event.at),
            event.place,
            event
                .signed_by
                .as_ref()
                .map(|name| format!(", signed by {name}"))
                .unwrap_or_default()
        ),
        None => format!(
            "{carrier} {number} is {}",
            shipment.life.state().word().replace('_', " ")
        ),
    })
}
