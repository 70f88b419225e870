//! What somebody sees who pays for somebody else: what is bought and what is due, and nothing of the customer.

use askama::Template;
use domain::{
    Money, Timestamp,
    lifecycle::State,
    order::{Order, PayLink, Payment},
    progress,
};
use serde::Serialize;
use web::Draft;

use crate::views::moment;

/// The page of a pay link, and its JSON.
#[derive(Clone, Serialize, Template)]
#[template(path = "pay.html")]
pub(crate) struct PayPage {
    status: String,
    money_status: &'static str,
    lines: Vec<PayLine>,
    total: Money,
    due: Money,
    /// How much has come so far, from whomever.
    paid: Money,
    can_pay: bool,
    expires_at: Timestamp,
    #[serde(skip)]
    shown: Shown,
}

#[derive(Clone, Serialize)]
struct PayLine {
    title: String,
    variant_label: String,
    image: Option<String>,
    quantity: u32,
}

/// Finished texts of the page.
#[derive(Clone)]
struct Shown {
    total: String,
    due: String,
    paid: String,
    currency: String,
    /// The address of the form.
    action: String,
    until: String,
    /// Pages of the provider that others have open now.
    others: String,
    /// How it is paid when not at once.
    in_parts: String,
    form_key: String,
    draft: Draft,
}

impl PayPage {
    pub(crate) fn of(order: &Order, link: &PayLink, token: &str, form_key: String) -> Self {
        let (due, total) = (order.due(), order.to_pay());
        let is_waiting = order.life.state() == State::AwaitingPayment;
        let paid = Money::new(total.amount().saturating_sub(due.amount()), total.currency());
        let can_pay = order.is_payable();
        let line = |line: &domain::order::Line| PayLine {
            title: line.title.clone(),
            variant_label: line.variant_label.clone(),
            image: line.image.clone(),
            quantity: line.quantity,
        };
        Self {
            status: progress::progress(order).word(),
            money_status: progress::money_status(order).word(),
            lines: order.lines.iter().map(line).collect(),
            total,
            due,
            paid,
            can_pay,
            expires_at: link.expires_at,
            shown: Shown {
                total: total.to_string(),
                due: due.to_string(),
                paid: if is_waiting && !paid.is_zero() {
                    paid.to_string()
                } else {
                    String::new()
                },
                currency: total.currency().to_string(),
                action: format!("/pay/{token}/payments"),
                until: moment(link.expires_at),
                others: String::new(),
                in_parts: String::new(),
                form_key,
                draft: Draft::empty(),
            },
        }
    }

    /// The same page with how many pages of the provider can be paid right now.
    pub(crate) fn with_open_pages(mut self, open: usize) -> Self {
        self.shown.others = match open {
            0 => String::new(),
            1 => "Somebody has a payment page open for this right now.".to_owned(),
            more => format!("{more} payment pages are open for this right now."),
        };
        self
    }

    /// The same page with a word about paying in parts, where it cannot be paid at once.
    pub(crate) fn with_parts(mut self, sentence: Option<String>) -> Self {
        self.shown.in_parts = sentence.unwrap_or_default();
        self
    }

    /// The same page with what was typed and what is wrong with it.
    pub(crate) fn with(mut self, draft: Draft) -> Self {
        self.shown.draft = draft;
        self
    }
}

/// Where the provider sends somebody back to who paid for somebody else.
#[derive(Serialize, Template)]
#[template(path = "thanks.html")]
pub(crate) struct ThanksPage {
    status: &'static str,
    amount: Money,
    #[serde(skip)]
    shown_amount: String,
    #[serde(skip)]
    again: String,
}

impl ThanksPage {
    /// `looks` counts how often the page has looked already; it stops after a minute.
    pub(crate) fn of(payment: &Payment, looks: u32) -> Self {
        const MOST_LOOKS: u32 = 12;
        let looks_again = payment.is_open() && looks < MOST_LOOKS;
        Self {
            status: payment.life.state().word(),
            amount: payment.amount,
            shown_amount: payment.amount.to_string(),
            again: if looks_again {
                format!("/payments/{}/thanks?look={}", payment.id, looks.saturating_add(1))
            } else {
                String::new()
            },
        }
    }
}
