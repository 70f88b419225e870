//! Who pays and what is still due, and what the customer chose once: for the page of an order.

use domain::{
    Money, Timestamp,
    landed_cost::days_in_words,
    lifecycle::State,
    order::{Consolidation, DriftPolicy, Order, PayLink, Payment, StockPolicy},
};
use serde::Serialize;

use crate::words::moment;

/// A payment as its customer sees it.
#[derive(Serialize)]
pub(crate) struct PaymentView {
    id: String,
    /// Who paid: empty for the customer.
    pub(crate) payer: String,
    amount: Money,
    status: &'static str,
    /// What of it went back, or is on its way back.
    refunded: Option<Money>,
    #[serde(skip)]
    pub(crate) amount_text: String,
    #[serde(skip)]
    pub(crate) status_text: String,
}

/// A link by which others pay.
#[derive(Serialize)]
pub(crate) struct LinkView {
    id: String,
    pub(crate) expires_at: Timestamp,
    #[serde(skip)]
    pub(crate) until: String,
    /// Where it is ended.
    pub(crate) deletion: String,
}

/// What was chosen once.
#[derive(Serialize)]
pub(crate) struct ChoicesView {
    drift: &'static str,
    out_of_stock: &'static str,
    consolidation: &'static str,
    reserve: Option<Money>,
    #[serde(skip)]
    pub(crate) sentences: Vec<String>,
}

/// A question that waits for the customer's answer.
#[derive(Serialize)]
pub(crate) struct QuestionView {
    supplier_order: String,
    /// What the store says.
    pub(crate) found: String,
    /// What the customer would add for it to be bought; nothing when it is not a matter of money.
    extra: Option<Money>,
    is_agreed: bool,
    /// Without an answer by then, it is left out and its money goes back.
    answer_by: Option<Timestamp>,
    /// Where the answer goes.
    pub(crate) href: String,
    #[serde(skip)]
    pub(crate) extra_text: String,
    #[serde(skip)]
    pub(crate) until: String,
}

pub(crate) fn payments(order: &Order) -> Vec<PaymentView> {
    let view = |payment: &Payment| PaymentView {
        id: payment.id.to_string(),
        payer: payment
            .payer
            .as_ref()
            .map_or_else(String::new, |payer| match payer.name.as_str() {
                "" => "Somebody with your link".to_owned(),
                name => name.to_owned(),
            }),
        amount: payment.amount,
        status: payment.life.state().word(),
        amount_text: payment.amount.to_string(),
        refunded: refunded(order, payment),
        status_text: said(order, payment),
    };
    // The page of an order that cannot be paid any more is closed, whether the provider has said so yet or not.
    let is_over = |payment: &Payment| payment.is_open() && !order.is_payable();
    let told = |payment: &&Payment| payment.life.state() != State::Failed && !is_over(payment);
    order.payments.iter().filter(told).map(view).collect()
}

fn refunded(order: &Order, payment: &Payment) -> Option<Money> {
    let captured = payment.captured?;
    let back = captured.minus(order.refundable(payment)?).ok()?;
    (!back.is_zero()).then_some(back)
}

fn said(order: &Order, payment: &Payment) -> String {
    let word = word(payment.life.state());
    let Some(back) = refunded(order, payment) else {
        return word.to_owned();
    };
    let refunds = order.refunds.iter().filter(|refund| refund.payment == payment.id);
    let is_done = refunds
        .filter(|refund| refund.life.state() != State::Dropped)
        .all(|refund| refund.life.state() == State::Done);
    let is_whole = payment.captured == Some(back);
    match (is_done, is_whole) {
        (true, true) => format!("{word}, and all of it is back with whoever paid"),
        (true, false) => format!("{word}, and {back} of it is back with whoever paid"),
        (false, true) => format!("{word}, and all of it is on its way back"),
        (false, false) => format!("{word}, and {back} of it is on its way back"),
    }
}

fn word(state: State) -> &'static str {
    if state == State::Captured {
        "paid"
    } else if state == State::Failed {
        "not paid"
    } else if state == State::Mismatch {
        "being looked at"
    } else {
        "page open"
    }
}

pub(crate) fn links(order: &Order, now: Timestamp) -> Vec<LinkView> {
    let view = |link: &PayLink| LinkView {
        id: link.id.to_string(),
        expires_at: link.expires_at,
        until: moment(link.expires_at),
        deletion: format!("/orders/{}/pay-links/{}/deletion", order.id, link.id),
    };
    order
        .pay_links
        .iter()
        .filter(|link| link.is_open(now))
        .map(view)
        .collect()
}

pub(crate) fn choices(order: &Order) -> ChoicesView {
    let chosen = order.choices;
    let reserve = chosen.reserve.map(|reserve| reserve.to_string()).unwrap_or_default();
    let mut sentences = vec![
        match chosen.drift {
            DriftPolicy::WithinGuarantee => {
                "If the price rises beyond our guarantee, we look for another way.".to_owned()
            }
            DriftPolicy::UseMine => {
                format!("If the price rises beyond our guarantee, up to {reserve} of yours is used.")
            }
            DriftPolicy::Ask => "If the price rises beyond our guarantee, we ask you.".to_owned(),
            DriftPolicy::DropLine => "If the price rises beyond our guarantee, it is left out.".to_owned(),
        },
        match chosen.out_of_stock {
            StockPolicy::DropLine => "What is sold out is left out.".to_owned(),
            StockPolicy::Ask => "When something is sold out, we ask you.".to_owned(),
        },
        match chosen.consolidation {
            Consolidation::Together => "One parcel when everything is there.".to_owned(),
            Consolidation::AsItComes => "What is there goes out, the rest follows.".to_owned(),
        },
    ];
    if let Some(freight) = &order.freight {
        let way = format!(
            "By {} {}",
            freight.carrier.as_str().to_uppercase(),
            freight.speed.label()
        );
        sentences.push(match freight.days {
            Some(days) => format!("{way}, {} after we hand it over.", days_in_words(days)),
            None => format!("{way}."),
        });
    }
    ChoicesView {
        drift: chosen.drift.word(),
        out_of_stock: chosen.out_of_stock.word(),
        consolidation: chosen.consolidation.word(),
        reserve: chosen.reserve,
        sentences,
    }
}

pub(crate) fn questions(order: &Order) -> Vec<QuestionView> {
    let asked = order.supplier_orders.iter().filter(|s| s.life.state() == State::Asked);
    asked
        .map(|asked| {
            let extra = asked.extra.filter(|extra| extra.amount() > 0);
            QuestionView {
                supplier_order: asked.id.to_string(),
                found: asked
                    .check
                    .as_ref()
                    .map(|check| check.found.clone())
                    .unwrap_or_default(),
                extra,
                is_agreed: asked.is_agreed,
                answer_by: asked.life.due_at(),
                href: format!("/orders/{}/decisions/{}", order.id, asked.id),
                extra_text: extra
                    .filter(|_| !asked.is_agreed)
                    .map(|extra| extra.to_string())
                    .unwrap_or_default(),
                until: asked.life.due_at().map(moment).unwrap_or_default(),
            }
        })
        .collect()
}
