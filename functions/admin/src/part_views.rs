//! The plain parts of an order as the staff sees them: lines, units, payments, shipments, refunds.

use domain::{
    Money,
    order::{Line, Order, Payment, Refund, Shipment, Unit},
};
use serde::Serialize;

use crate::words::{moment, plain};

#[derive(Serialize)]
pub(crate) struct LineView {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) variant: String,
    pub(crate) store: String,
    pub(crate) product: String,
    pub(crate) seller: Option<String>,
    pub(crate) quantity: u32,
    pub(crate) unit_price: Money,
    pub(crate) landed: Money,
    pub(crate) cap: Money,
    pub(crate) hs_code: String,
    /// Where the shop shows the product.
    pub(crate) href: String,
}

#[derive(Serialize)]
pub(crate) struct UnitView {
    pub(crate) id: String,
    pub(crate) line: String,
    pub(crate) status: &'static str,
    pub(crate) shipment: Option<String>,
    pub(crate) scanned: Option<String>,
    pub(crate) note: String,
    #[serde(skip)]
    pub(crate) status_text: String,
    #[serde(skip)]
    pub(crate) title: String,
}

#[derive(Serialize)]
pub(crate) struct PaymentView {
    pub(crate) id: String,
    pub(crate) provider: String,
    pub(crate) status: &'static str,
    pub(crate) amount: Money,
    pub(crate) captured: Option<Money>,
    pub(crate) provider_reference: Option<String>,
    pub(crate) since: String,
    #[serde(skip)]
    pub(crate) since_text: String,
    #[serde(skip)]
    pub(crate) tone: &'static str,
}

#[derive(Serialize)]
pub(crate) struct ShipmentView {
    pub(crate) id: String,
    pub(crate) carrier: String,
    pub(crate) status: &'static str,
    pub(crate) tracking_number: Option<String>,
    pub(crate) weight_grams: u32,
    pub(crate) pieces: usize,
    pub(crate) price: Option<Money>,
    pub(crate) note: String,
    pub(crate) last_event: Option<String>,
    #[serde(skip)]
    pub(crate) status_text: String,
    #[serde(skip)]
    pub(crate) tone: &'static str,
}

#[derive(Serialize)]
pub(crate) struct RefundView {
    pub(crate) id: String,
    pub(crate) payment: String,
    pub(crate) amount: Money,
    pub(crate) reason: &'static str,
    pub(crate) status: &'static str,
    pub(crate) provider_reference: Option<String>,
    pub(crate) since: String,
    #[serde(skip)]
    pub(crate) since_text: String,
    #[serde(skip)]
    pub(crate) tone: &'static str,
}

impl LineView {
    pub(crate) fn of(line: &Line) -> Self {
        Self {
            id: line.id.to_string(),
            title: line.title.clone(),
            variant: line.variant_label.clone(),
            store: line.variant.store.to_string(),
            product: line.variant.product.clone(),
            seller: line.seller.clone(),
            quantity: line.quantity,
            unit_price: line.unit_price,
            landed: line.landed,
            cap: line.cap,
            hs_code: line.hs_code.clone(),
            href: format!("/products/{}/{}", line.variant.store, line.variant.product),
        }
    }
}

impl UnitView {
    pub(crate) fn of(order: &Order, unit: &Unit) -> Self {
        let receipt = unit.receipt.as_ref();
        Self {
            id: unit.id.to_string(),
            line: unit.line.to_string(),
            title: order
                .line(&unit.line)
                .map(|line| line.title.clone())
                .unwrap_or_default(),
            status: unit.life.state().word(),
            status_text: plain(unit.life.state().word()),
            shipment: unit.shipment.as_ref().map(ToString::to_string),
            scanned: receipt.map(|receipt| receipt.code.clone()),
            note: receipt.map(|receipt| receipt.note.clone()).unwrap_or_default(),
        }
    }
}

impl PaymentView {
    pub(crate) fn of(payment: &Payment) -> Self {
        Self {
            tone: web::tone(payment.life.state()),
            id: payment.id.to_string(),
            provider: payment.provider.to_string(),
            status: payment.life.state().word(),
            amount: payment.amount,
            captured: payment.captured,
            provider_reference: payment.provider_reference.clone(),
            since: payment.life.since().to_string(),
            since_text: moment(payment.life.since()),
        }
    }
}

impl ShipmentView {
    pub(crate) fn of(order: &Order, shipment: &Shipment) -> Self {
        let event =
            |event: &domain::tracking::TrackingEvent| format!("{}: {} {}", moment(event.at), event.text, event.place);
        Self {
            tone: web::tone(shipment.life.state()),
            id: shipment.id.to_string(),
            carrier: shipment.carrier.to_string(),
            status: shipment.life.state().word(),
            status_text: plain(shipment.life.state().word()),
            tracking_number: shipment.tracking_number.clone(),
            weight_grams: shipment.parcel.weight.0,
            pieces: order.units_in(&shipment.id).count(),
            price: shipment.price,
            note: shipment.note.clone(),
            last_event: shipment.events.last().map(event),
        }
    }
}

impl RefundView {
    pub(crate) fn of(refund: &Refund) -> Self {
        Self {
            tone: web::tone(refund.life.state()),
            id: refund.id.to_string(),
            payment: refund.payment.to_string(),
            amount: refund.amount,
            reason: refund.reason.word(),
            status: refund.life.state().word(),
            provider_reference: refund.provider_reference.clone(),
            since: refund.life.since().to_string(),
            since_text: moment(refund.life.since()),
        }
    }
}
