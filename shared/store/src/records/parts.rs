//! The parts of an order as items: one record each, with a number for its form.

use domain::{
    Dimensions, Grams, Money, Timestamp,
    id::{ExceptionId, LineId, PayLinkId, PaymentId, RefundId, ScanId, ShipmentId, SupplierOrderId, UnitId},
    lifecycle::ExceptionKind,
    order::{
        Exception, Line, Parcel, Part, Payer, Payment, PaymentRefusal, PriceCheck, Receipt, Refund, RefundReason,
        Shipment, StoredFile, SupplierOrder, Unit,
    },
    product::{ProviderCode, VariantRef},
    tracking::{TrackingEvent, TrackingStatus},
};
use serde::{Deserialize, Serialize};

use super::{
    header::FORMAT,
    life::{LifeRecord, LookUpsRecord},
};
use crate::error::Error;

/// Declares a record whose fields have the same names and types as the domain's, apart from those converted in `with`.
macro_rules! record {
    ($(#[$doc:meta])* $record:ident of $part:ident { $($same:ident : $same_type:ty,)* }
     with { $($field:ident : $type:ty = $to:expr, $from:expr;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Serialize, Deserialize)]
        pub(crate) struct $record { format: u32, $($same: $same_type,)* $($field: $type,)* }

        impl $record {
            pub(crate) fn of(part: &$part) -> Self {
                Self { format: FORMAT, $($same: part.$same.clone(),)* $($field: ($to)(part),)* }
            }

            pub(crate) fn into_part(self) -> Result<$part, Error> {
                Ok($part { $($field: ($from)(self.$field)?,)* $($same: self.$same,)* })
            }
        }
    };
}

fn fine<A, B>(turn: impl Fn(A) -> B) -> impl Fn(A) -> Result<B, Error> {
    move |value| Ok(turn(value))
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct VariantRecord {
    store: ProviderCode,
    product: String,
    variant: String,
}

impl VariantRecord {
    pub(crate) fn of(variant: &VariantRef) -> Self {
        let VariantRef {
            store,
            product,
            variant,
        } = variant.clone();
        Self {
            store,
            product,
            variant,
        }
    }

    pub(crate) fn into_variant(self) -> VariantRef {
        VariantRef {
            store: self.store,
            product: self.product,
            variant: self.variant,
        }
    }
}

record! {
    /// A line.
    LineRecord of Line {
        id: LineId, title: String, variant_label: String, image: Option<String>, seller: Option<String>, quantity: u32,
        unit_price: Money, store_delivery: Money, store_service: String, landed: Money, cap: Money, hs_code: String, origin: String,
        weight: Grams,
    } with {
        variant: VariantRecord = |line: &Line| VariantRecord::of(&line.variant), fine(VariantRecord::into_variant);
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ReceiptRecord {
    scan: ScanId,
    code: String,
    at: Timestamp,
    weight: Option<Grams>,
    note: String,
}

impl ReceiptRecord {
    fn of(receipt: &Receipt) -> Self {
        let Receipt {
            scan,
            code,
            at,
            weight,
            note,
        } = receipt.clone();
        Self {
            scan,
            code,
            at,
            weight,
            note,
        }
    }

    fn into_receipt(self) -> Receipt {
        Receipt {
            scan: self.scan,
            code: self.code,
            at: self.at,
            weight: self.weight,
            note: self.note,
        }
    }
}

record! {
    /// A unit.
    UnitRecord of Unit { id: UnitId, line: LineId, shipment: Option<ShipmentId>, } with {
        life: LifeRecord = |unit: &Unit| LifeRecord::of(&unit.life), fine(LifeRecord::into_life);
        receipt: Option<ReceiptRecord> = |unit: &Unit| unit.receipt.as_ref().map(ReceiptRecord::of),
            fine(|receipt: Option<ReceiptRecord>| receipt.map(ReceiptRecord::into_receipt));
    }
}

record! {
    /// A payment.
    PaymentRecord of Payment {
        id: PaymentId, provider: ProviderCode, amount: Money, captured: Option<Money>, counted: Option<Money>, provider_reference: Option<String>,
        redirect_url: Option<String>, expires_at: Timestamp,
    } with {
        refused: Option<String> = |payment: &Payment| payment.refused.map(|refused| refused.word().to_owned()),
            refused_for;
        life: LifeRecord = |payment: &Payment| LifeRecord::of(&payment.life), fine(LifeRecord::into_life);
        payer: Option<(PayLinkId, String)> = |payment: &Payment| payment.payer.clone().map(|payer| (payer.link, payer.name)),
            fine(|payer: Option<(PayLinkId, String)>| payer.map(|(link, name)| Payer { link, name }));
    }
}

fn refused_for(word: Option<String>) -> Result<Option<PaymentRefusal>, Error> {
    let Some(word) = word else { return Ok(None) };
    let known = PaymentRefusal::from_word(&word);
    let unknown = || Error::defect("read a payment", format!("unknown refusal {word}"));
    known.map(Some).ok_or_else(unknown)
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct CheckRecord {
    at: Timestamp,
    price: Option<Money>,
    cap: Money,
    found: String,
}

impl CheckRecord {
    fn of(check: PriceCheck) -> Self {
        let PriceCheck { at, price, cap, found } = check;
        Self { at, price, cap, found }
    }

    fn into_check(self) -> PriceCheck {
        let Self { at, price, cap, found } = self;
        PriceCheck { at, price, cap, found }
    }
}

fn look_ups(record: Option<LookUpsRecord>) -> Result<Option<domain::lifecycle::LookUps>, Error> {
    Ok(record.map(LookUpsRecord::into_look_ups))
}

record! {
    /// A supplier order.
    SupplierOrderRecord of SupplierOrder {
        id: SupplierOrderId, store: ProviderCode, lines: Vec<LineId>, cap: Money, charged: Option<Money>, store_orders: Vec<String>,
        tracking: Vec<String>, attempt: u32, sends: u32, sent_at: Option<Timestamp>, extra: Option<Money>, note: String,
    } with {
        also_charged: Option<Vec<Money>> = |part: &SupplierOrder| Some(part.also_charged.clone()), fine(|also: Option<Vec<Money>>| also.unwrap_or_default());
        is_agreed: Option<bool> = |part: &SupplierOrder| Some(part.is_agreed), fine(|agreed: Option<bool>| agreed.unwrap_or_default());
        check: Option<CheckRecord> = |part: &SupplierOrder| part.check.clone().map(CheckRecord::of),
            fine(|check: Option<CheckRecord>| check.map(CheckRecord::into_check));
        life: LifeRecord = |part: &SupplierOrder| LifeRecord::of(&part.life), fine(LifeRecord::into_life);
        look_ups: Option<LookUpsRecord> = |part: &SupplierOrder| part.look_ups.map(LookUpsRecord::of), look_ups;
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct EventRecord {
    status: TrackingStatus,
    code: String,
    text: String,
    at: Timestamp,
    place: String,
    signed_by: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct FileRecord {
    kind: String,
    key: String,
    media_type: String,
    sha256: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ParcelRecord {
    weight: Grams,
    size: Dimensions,
}

fn events(shipment: &Shipment) -> Vec<EventRecord> {
    let record = |event: &TrackingEvent| {
        let TrackingEvent {
            status,
            code,
            text,
            at,
            place,
            signed_by,
        } = event.clone();
        EventRecord {
            status,
            code,
            text,
            at,
            place,
            signed_by,
        }
    };
    shipment.events.iter().map(record).collect()
}

fn into_events(records: Vec<EventRecord>) -> Vec<TrackingEvent> {
    let event = |record: EventRecord| {
        let EventRecord {
            status,
            code,
            text,
            at,
            place,
            signed_by,
        } = record;
        TrackingEvent {
            status,
            code,
            text,
            at,
            place,
            signed_by,
        }
    };
    records.into_iter().map(event).collect()
}

fn files(shipment: &Shipment) -> Vec<FileRecord> {
    let record = |file: &StoredFile| {
        let StoredFile {
            kind,
            key,
            media_type,
            sha256,
        } = file.clone();
        FileRecord {
            kind,
            key,
            media_type,
            sha256,
        }
    };
    shipment.documents.iter().map(record).collect()
}

fn into_files(records: Vec<FileRecord>) -> Vec<StoredFile> {
    let file = |record: FileRecord| {
        let FileRecord {
            kind,
            key,
            media_type,
            sha256,
        } = record;
        StoredFile {
            kind,
            key,
            media_type,
            sha256,
        }
    };
    records.into_iter().map(file).collect()
}

record! {
    /// A shipment.
    ShipmentRecord of Shipment {
        id: ShipmentId, carrier: ProviderCode, scan: ScanId, tracking_number: Option<String>, price: Option<Money>,
        sent_at: Option<Timestamp>, note: String,
    } with {
        parcel: ParcelRecord = |part: &Shipment| ParcelRecord { weight: part.parcel.weight, size: part.parcel.size },
            fine(|record: ParcelRecord| Parcel { weight: record.weight, size: record.size });
        documents: Vec<FileRecord> = files, fine(into_files);
        events: Vec<EventRecord> = events, fine(into_events);
        life: LifeRecord = |part: &Shipment| LifeRecord::of(&part.life), fine(LifeRecord::into_life);
        look_ups: Option<LookUpsRecord> = |part: &Shipment| part.look_ups.map(LookUpsRecord::of), look_ups;
    }
}

fn reason(word: String) -> Result<RefundReason, Error> {
    let found = RefundReason::ALL.into_iter().find(|reason| reason.word() == word);
    found.ok_or_else(|| Error::defect("read a refund", format!("unknown reason {word}")))
}

record! {
    /// A refund.
    RefundRecord of Refund {
        id: RefundId, payment: PaymentId, amount: Money, provider_reference: Option<String>, attempt: u32,
        sent_at: Option<Timestamp>,
    } with {
        reason: String = |part: &Refund| part.reason.word().to_owned(), reason;
        life: LifeRecord = |part: &Refund| LifeRecord::of(&part.life), fine(LifeRecord::into_life);
    }
}

pub(crate) fn part(id: String) -> Result<Part, Error> {
    Part::from_id(&id).ok_or_else(|| Error::defect("read a record", format!("no part is called {id}")))
}

record! {
    /// An exception.
    ExceptionRecord of Exception {
        id: ExceptionId, kind: ExceptionKind, opened_at: Timestamp, resolved: Option<(Timestamp, String)>,
    } with {
        about: String = |exception: &Exception| exception.about.id().to_owned(), part;
    }
}
