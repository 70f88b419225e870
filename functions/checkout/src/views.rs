//! What a placed order and a started payment are answered with.

use askama::Template;
use domain::{
    Money, Timestamp,
    id::{OrderId, PayLinkId},
};
use serde::Serialize;

use crate::{open_page::Page, pay_links::NewLink, place_order::Placed};

/// An order that was placed. Only what never changes: where it stands is told by the order itself.
#[derive(Serialize)]
pub(crate) struct OrderPlaced {
    id: String,
    quote: String,
    total: Money,
    placed_at: Timestamp,
    /// The payment that was started with it, when its page could be opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    payment: Option<PaymentStarted>,
}

impl From<Placed> for OrderPlaced {
    fn from(Placed { order, page }: Placed) -> Self {
        Self {
            id: order.id.to_string(),
            quote: order.quote.to_string(),
            total: order.to_pay(),
            placed_at: order.placed_at,
            payment: page.map(PaymentStarted::from),
        }
    }
}

/// A payment that was started. Only what never changes.
#[derive(Serialize)]
pub(crate) struct PaymentStarted {
    id: String,
    amount: Money,
    redirect_url: String,
}

impl From<Page> for PaymentStarted {
    fn from(page: Page) -> Self {
        Self {
            id: page.id.to_string(),
            amount: page.amount,
            redirect_url: page.redirect_url,
        }
    }
}

/// A link by which somebody else pays.
#[derive(Serialize, Template)]
#[template(path = "link.html")]
pub(crate) struct LinkMade {
    id: PayLinkId,
    order: OrderId,
    /// Only in the first answer.
    url: Option<String>,
    expires_at: Timestamp,
    #[serde(skip)]
    until: String,
}

impl LinkMade {
    pub(crate) fn of(order: OrderId, link: NewLink) -> Self {
        Self {
            id: link.id,
            order,
            url: link.url,
            until: moment(link.expires_at),
            expires_at: link.expires_at,
        }
    }
}

/// A moment for people: `23 Nov 2026, 13:00 UTC`.
pub(crate) fn moment(at: Timestamp) -> String {
    let whole = at.to_string();
    let time = whole.get(11..16).unwrap_or_default();
    format!("{}, {time} UTC", at.date().strftime("%-d %b %Y"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_for_people() {
        assert_eq!(
            moment("2026-11-23T13:05:59Z".parse().unwrap()),
            "23 Nov 2026, 13:05 UTC"
        );
    }
}
