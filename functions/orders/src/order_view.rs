//! One order as its customer sees it: where it is, piece by piece and parcel by parcel, and what they can do.

use askama::Template;
use domain::{
    Failure, Money, Timestamp,
    id::{CustomerId, OrderId},
    lifecycle::State,
    order::{Actor, Draft, Line, Order, Payment, TimelineEntry, Unit},
    payment_terms::Payable,
    progress::{self, Progress, Station},
};
use serde::Serialize;

use crate::{
    Deps,
    history_view::{self, Entry},
    pay_view::{self, ChoicesView, LinkView, PaymentView, QuestionView},
    shipment_view::ShipmentView,
    words::{self, Step, label, moment, tone},
};

/// The page of an order, and its JSON.
#[derive(Serialize, Template)]
#[template(path = "order.html")]
pub(crate) struct OrderPage {
    id: String,
    placed_at: String,
    status: String,
    status_text: String,
    money_status: &'static str,
    total: Money,
    /// What is still to be paid.
    due: Money,
    payments: Vec<PaymentView>,
    pay_links: Vec<LinkView>,
    choices: ChoicesView,
    questions: Vec<QuestionView>,
    lines: Vec<LineView>,
    units: Vec<UnitView>,
    shipments: Vec<ShipmentView>,
    links: Links,
    #[serde(skip)]
    shown: Shown,
}

/// What only the page shows.
struct Shown {
    label: String,
    tone: &'static str,
    total: String,
    placed: String,
    steps: Vec<Step>,
    timeline: Vec<Entry>,
    destination: String,
    due: String,
    /// How much is asked for next, and as a form sends it; all of it says nothing.
    next: String,
    next_amount: String,
    /// How it is paid when not at once.
    in_parts: String,
    /// Why the newest payment had no page, when its provider said so.
    refused: String,
    email: String,
    /// Why it cannot be cancelled, when that is to be said.
    not_cancellable: &'static str,
    currency: String,
    /// The address of a payment whose word is awaited; empty when none is.
    open_payment: String,
    /// A card was declined on its page.
    is_card_declined: bool,
    form_key: String,
    part_key: String,
    link_key: String,
    notice: String,
}

/// Where to go on; what is not possible now is missing.
#[derive(Serialize)]
struct Links {
    timeline: String,
    money: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    payments: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pay_links: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancellation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
}

#[derive(Serialize)]
struct LineView {
    id: String,
    title: String,
    variant: String,
    image: Option<String>,
    quantity: u32,
    total: Money,
    #[serde(skip)]
    pieces: Vec<String>,
}

#[derive(Serialize)]
struct UnitView {
    id: String,
    line: String,
    status: &'static str,
    status_text: &'static str,
}

impl OrderPage {
    pub(crate) async fn load(deps: &Deps, customer: &CustomerId, id: &OrderId) -> Result<Self, Failure> {
        let (order, timeline) = tokio::try_join!(deps.orders.load_own(id, customer), deps.orders.timeline(id))?;
        Ok(Self::of(&order, &timeline, deps.clock.now(), deps.ids.form_key()?))
    }

    fn of(order: &Order, timeline: &[TimelineEntry], now: Timestamp, form_key: String) -> Self {
        let progress = progress::progress(order);
        let status = progress.word();
        let is_payable = order.is_payable();
        // The domain itself is asked whether it would do it.
        let is_cancellable = Draft::of(order.clone(), Actor::Customer, now).cancel().is_ok();
        let to = order.destination.parts();
        let links = Links {
            timeline: format!("/orders/{}/timeline", order.id),
            money: format!("/orders/{}/money", order.id),
            payments: is_payable.then(|| format!("/orders/{}/payments", order.id)),
            pay_links: is_payable.then(|| format!("/orders/{}/pay-links", order.id)),
            cancellation: is_cancellable.then(|| format!("/orders/{}/cancellation", order.id)),
            email: (order.life.state() == State::AwaitingPayment && !order.is_forgotten)
                .then(|| format!("/orders/{}/email", order.id)),
        };
        let waits = |payment: &&Payment| payment.is_open() && payment.payer.is_none();
        let open = order.payments.iter().filter(|_| is_payable).rev().find(waits);
        let Asked {
            next,
            next_amount,
            in_parts,
        } = asked(order);
        let is_card_declined = open.is_some_and(|payment| payment.declined_at.is_some());
        let shown = Shown {
            is_card_declined,
            next,
            next_amount,
            in_parts,
            refused: refused(order),
            email: to.email.clone(),
            not_cancellable: order.why_not_cancellable().unwrap_or_default(),
            label: label(&status),
            tone: tone(&status),
            total: order.to_pay().to_string(),
            due: order.due().to_string(),
            currency: order.total.currency().to_string(),
            placed: moment(order.placed_at),
            steps: words::steps(progress),
            timeline: history_view::told(timeline),
            destination: format!(
                "{}, {}, {}, {}",
                to.name,
                order.destination.lines().join(", "),
                to.city,
                to.country
            ),
            open_payment: open
                .map(|payment| format!("/payments/{}", payment.id))
                .unwrap_or_default(),
            part_key: format!("{form_key}p"),
            link_key: format!("{form_key}l"),
            form_key,
            notice: String::new(),
        };
        Self {
            id: order.id.to_string(),
            placed_at: order.placed_at.to_string(),
            status,
            status_text: progress::sentence(order),
            money_status: progress::money_status(order).word(),
            total: order.to_pay(),
            due: order.due(),
            payments: pay_view::payments(order),
            pay_links: pay_view::links(order, now),
            choices: pay_view::choices(order),
            questions: pay_view::questions(order),
            lines: order.lines.iter().map(|line| LineView::of(order, line)).collect(),
            units: order.units.iter().map(|unit| UnitView::of(order, unit)).collect(),
            shipments: order
                .shipments
                .iter()
                .map(|shipment| ShipmentView::of(order, shipment))
                .collect(),
            links,
            shown,
        }
    }

    /// The same page with a sentence about what was just refused.
    pub(crate) fn with_notice(mut self, notice: &str) -> Self {
        notice.clone_into(&mut self.shown.notice);
        self
    }

    fn is_waiting(&self) -> bool {
        self.status == Progress::At(Station::Pending).word()
    }
}

/// What is asked for next.
struct Asked {
    next: String,
    next_amount: String,
    in_parts: String,
}

fn asked(order: &Order) -> Asked {
    let due = order.due();
    let how = order
        .limits
        .and_then(|limits| limits.payable(due).ok())
        .unwrap_or(Payable::Whole);
    let next = how.next_part(due);
    Asked {
        next: next.to_string(),
        next_amount: if next == due { String::new() } else { next.decimal() },
        in_parts: how.sentence().unwrap_or_default(),
    }
}

fn refused(order: &Order) -> String {
    let newest = order.payments.iter().rev().find(|payment| payment.payer.is_none());
    let why = newest
        .filter(|_| order.is_payable())
        .and_then(|payment| Some((payment.refused?, payment.amount)));
    why.map(|(why, amount)| why.refusal(amount).sentence())
        .unwrap_or_default()
}

impl LineView {
    fn of(order: &Order, line: &Line) -> Self {
        let mut pieces: Vec<(usize, &'static str)> = Vec::new();
        for unit in order.units.iter().filter(|unit| unit.line == line.id) {
            let text = words::piece(order, unit);
            match pieces.iter_mut().find(|(_, known)| *known == text) {
                Some((count, _)) => *count += 1,
                None => pieces.push((1, text)),
            }
        }
        Self {
            id: line.id.to_string(),
            title: line.title.clone(),
            variant: line.variant_label.clone(),
            image: line.image.clone(),
            quantity: line.quantity,
            total: line.landed,
            pieces: pieces
                .into_iter()
                .map(|(count, text)| format!("{count} × {text}"))
                .collect(),
        }
    }
}

impl UnitView {
    fn of(order: &Order, unit: &Unit) -> Self {
        Self {
            id: unit.id.to_string(),
            line: unit.line.to_string(),
            status: unit.life.state().word(),
            status_text: words::piece(order, unit),
        }
    }
}
