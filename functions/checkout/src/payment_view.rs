//! A payment as it is shown: where it stands, and a page to wait on after the provider's.

use askama::Template;
use domain::{
    Money,
    lifecycle::State,
    order::{Order, Payment},
};
use serde::Serialize;

/// How often the page after the provider's looks again by itself.
const MOST_LOOKS: u32 = 12;

/// Where a payment stands.
#[derive(Serialize, Template)]
#[template(path = "payment.html")]
pub(crate) struct PaymentView {
    id: String,
    order: String,
    status: &'static str,
    provider: String,
    amount: Money,
    captured: Option<Money>,
    /// True when a card was declined and the page still waits.
    is_card_declined: bool,
    #[serde(skip)]
    shown: Shown,
}

/// Finished texts of the page.
struct Shown {
    amount: String,
    /// The page looks there for the next time; empty when it does not look again.
    again: String,
    is_waiting: bool,
    can_retry: bool,
    /// Why its page did not open, when the provider said so.
    refused: String,
    form_key: String,
}

impl PaymentView {
    /// `looks` counts how often the page has looked already; nothing for one that does not look by itself.
    pub(crate) fn of(order: &Order, payment: &Payment, looks: Option<u32>, form_key: String) -> Self {
        let state = payment.life.state();
        let is_waiting = matches!(state, State::Pending | State::Unknown);
        let is_card_declined = is_waiting && payment.declined_at.is_some();
        let looks_again = looks.filter(|looks| is_waiting && *looks < MOST_LOOKS);
        Self {
            id: payment.id.to_string(),
            order: order.id.to_string(),
            status: state.word(),
            provider: payment.provider.to_string(),
            amount: payment.amount,
            captured: payment.captured,
            is_card_declined,
            shown: Shown {
                amount: payment.amount.to_string(),
                again: looks_again
                    .map(|looks| format!("/payments/{}/return?look={}", payment.id, looks.saturating_add(1)))
                    .unwrap_or_default(),
                is_waiting,
                refused: payment
                    .refused
                    .map(|why| why.refusal(payment.amount).sentence())
                    .unwrap_or_default(),
                can_retry: (state == State::Failed || is_card_declined) && order.is_payable(),
                form_key,
            },
        }
    }
}
