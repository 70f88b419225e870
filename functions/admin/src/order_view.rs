//! One order with everything the shop knows of it, and the forms for what waits for a person.

use askama::Template;
use domain::{
    Failure, Money, Timestamp,
    address::{Address, AddressInput},
    approval::Proposal,
    id::OrderId,
    ledger::LedgerTransaction,
    order::{Order, TimelineEntry},
    progress,
    session::Role,
};
use serde::Serialize;
use web::StaffMember;

use crate::{
    Deps,
    dispute_view::DisputeView,
    exception_view::ExceptionView,
    history_view::History,
    ledger_view::Ledger,
    part_views::{LineView, PaymentView, RefundView, ShipmentView, UnitView},
    purchase_view::PurchaseView,
    words::{moment, plain},
};

/// Everything about one order.
#[derive(Serialize, Template)]
#[template(path = "order.html")]
pub(crate) struct DeskOrder {
    id: String,
    status: String,
    state: &'static str,
    status_text: String,
    money_status: &'static str,
    customer: String,
    quote: String,
    total: Money,
    placed_at: Timestamp,
    version: u64,
    destination: AddressInput,
    exceptions: Vec<ExceptionView>,
    lines: Vec<LineView>,
    units: Vec<UnitView>,
    payments: Vec<PaymentView>,
    supplier_orders: Vec<PurchaseView>,
    shipments: Vec<ShipmentView>,
    refunds: Vec<RefundView>,
    disputes: Vec<DisputeView>,
    ledger: Ledger,
    timeline: History,
    #[serde(skip)]
    shown: Shown,
}

/// What only the page shows.
struct Shown {
    label: String,
    state: String,
    destination: String,
    placed: String,
    wanted: String,
    form_key: String,
    notice: String,
}

impl DeskOrder {
    pub(crate) async fn load(deps: &Deps, member: &StaffMember, id: &OrderId) -> Result<Self, Failure> {
        // The order is read before its timeline, so that the timeline is at least as long as the order says.
        let order = deps.orders.load(id).await?;
        let now = deps.clock.now();
        let (timeline, journal, proposals) = tokio::try_join!(
            deps.orders.timeline(id),
            deps.orders.journal(id),
            deps.proposals.open(now)
        )?;
        let page = Self::of(&order, (&timeline, &journal), &proposals, member, now);
        Ok(page.with_form_key(deps.ids.form_key()?))
    }

    fn of(
        order: &Order,
        (timeline, journal): (&[TimelineEntry], &[LedgerTransaction]),
        proposals: &[Proposal],
        member: &StaffMember,
        now: Timestamp,
    ) -> Self {
        let status = progress::progress(order).word();
        let is_buyer = member.require(Role::Buyer).is_ok();
        let exceptions = order.exceptions.iter().rev();
        let mut exceptions: Vec<_> = exceptions
            .map(|one| ExceptionView::of(order, one, proposals, member, now))
            .collect();
        exceptions.sort_by_key(|exception| exception.answer.is_some());
        let shown = Shown {
            label: plain(&status),
            state: plain(order.life.state().word()),
            destination: on_one_line(&order.destination),
            placed: moment(order.placed_at),
            wanted: String::new(),
            form_key: String::new(),
            notice: String::new(),
        };
        Self {
            id: order.id.to_string(),
            status,
            state: order.life.state().word(),
            status_text: progress::sentence(order),
            money_status: progress::money_status(order).word(),
            customer: order.customer.to_string(),
            quote: order.quote.to_string(),
            total: order.total,
            placed_at: order.placed_at,
            version: order.version,
            destination: order.destination.parts().clone(),
            exceptions,
            lines: order.lines.iter().map(LineView::of).collect(),
            units: order.units.iter().map(|unit| UnitView::of(order, unit)).collect(),
            payments: order.payments.iter().map(PaymentView::of).collect(),
            supplier_orders: order
                .supplier_orders
                .iter()
                .map(|one| PurchaseView::of(order, one, is_buyer))
                .collect(),
            shipments: order
                .shipments
                .iter()
                .map(|shipment| ShipmentView::of(order, shipment))
                .collect(),
            refunds: order.refunds.iter().map(RefundView::of).collect(),
            disputes: order
                .disputes
                .iter()
                .map(|dispute| DisputeView::of(order, dispute))
                .collect(),
            ledger: Ledger::of(order, journal),
            timeline: History::of(order, timeline),
            shown,
        }
    }

    fn with_form_key(mut self, key: String) -> Self {
        self.shown.form_key = key;
        self
    }

    /// The same page with a sentence about what was just refused.
    pub(crate) fn with_notice(mut self, notice: &str) -> Self {
        notice.clone_into(&mut self.shown.notice);
        self
    }
}

fn on_one_line(to: &Address) -> String {
    let AddressInput {
        city,
        region,
        postcode,
        country,
        ..
    } = to.parts();
    let parts = [city, region, postcode, country].into_iter().cloned();
    let filled = to.lines().into_iter().chain(parts).filter(|part| !part.is_empty());
    filled.collect::<Vec<_>>().join(", ")
}
