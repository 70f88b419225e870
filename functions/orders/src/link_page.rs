//! How an order stands, for whoever holds the link of a message about it: read-only, and without names, addresses, phones or who paid.

use askama::Template;
use domain::{
    Failure, headline,
    id::{OrderId, RootId},
    order::{Line, Order, Shipment, TimelineEntry},
    progress,
};
use serde::Serialize;
use store::NewsId;

use crate::{
    Deps,
    history_view::{self, Entry},
    refund_view::RefundView,
    words::{self, Step, label, moment, tone},
};

/// The page behind a link, and its JSON.
#[derive(Serialize, Template)]
#[template(path = "link.html")]
pub(crate) struct LinkPage {
    id: String,
    placed_at: String,
    status: String,
    status_text: String,
    lines: Vec<LineView>,
    parcels: Vec<ParcelView>,
    refunds: Vec<RefundView>,
    entries: Vec<Entry>,
    #[serde(skip)]
    placed: String,
    #[serde(skip)]
    label: String,
    #[serde(skip)]
    tone: &'static str,
    #[serde(skip)]
    steps: Vec<Step>,
}

#[derive(Serialize)]
struct LineView {
    title: String,
    variant: String,
    quantity: u32,
}

#[derive(Serialize)]
struct ParcelView {
    carrier: String,
    tracking_number: Option<String>,
    status: &'static str,
    #[serde(skip)]
    status_text: String,
}

impl LinkPage {
    /// The order that a link shows.
    ///
    /// # Errors
    /// `NotFound` for a link that is none, has ended, or whose customer has deleted their account.
    pub(crate) async fn load(deps: &Deps, link: &str) -> Result<Self, Failure> {
        let missing = || Failure::NotFound("link");
        let (id, token) = parsed(link).ok_or_else(missing)?;
        if !deps.news.has_link(&id, token, deps.clock.now()).await? {
            return Err(missing());
        }
        let (order, timeline) = tokio::try_join!(deps.orders.load(&id.order), deps.orders.timeline(&id.order))?;
        if !order.shows_by_link(id.version) {
            return Err(missing());
        }
        Ok(Self::of(&order, &timeline))
    }

    fn of(order: &Order, timeline: &[TimelineEntry]) -> Self {
        let progress = progress::progress(order);
        let status = progress.word();
        Self {
            id: order.id.to_string(),
            placed_at: order.placed_at.to_string(),
            placed: moment(order.placed_at),
            status_text: headline::sentence(order),
            lines: order.lines.iter().map(LineView::of).collect(),
            parcels: order.shipments.iter().map(ParcelView::of).collect(),
            refunds: order.refunds.iter().map(RefundView::of).collect(),
            entries: history_view::told(timeline),
            label: label(&status),
            tone: tone(&status),
            steps: words::steps(progress),
            status,
        }
    }
}

/// The order, the version that the message was about, and the token.
fn parsed(link: &str) -> Option<(NewsId, &str)> {
    let mut parts = link.splitn(3, '.');
    let order = OrderId::from_ulid(parts.next()?).ok()?;
    let version = parts.next()?.parse().ok()?;
    let token = parts.next().filter(|token| !token.is_empty())?;
    Some((NewsId { order, version }, token))
}

impl LineView {
    fn of(line: &Line) -> Self {
        Self {
            title: line.title.clone(),
            variant: line.variant_label.clone(),
            quantity: line.quantity,
        }
    }
}

impl ParcelView {
    fn of(parcel: &Shipment) -> Self {
        let status = parcel.life.state().word();
        Self {
            carrier: parcel.carrier.as_str().to_uppercase(),
            tracking_number: parcel.tracking_number.clone(),
            status,
            status_text: label(status),
        }
    }
}

#[cfg(test)]
#[path = "../tests/unit/link_page.rs"]
mod tests;
