//! Carriers: what every one of them must answer about a parcel from our warehouse to a customer, and the list of the ones there are.
//!
//! Booking buys a label. It is sent once; whoever gets no answer looks for the booking by our reference and never books again blindly.

pub mod dhl;
mod parcel;

use domain::{
    Grams, Money, Settings, Timestamp, collection::CollectionDays, id::ShipmentId, product::ProviderCode,
    tracking::TrackingEvent,
};

pub use parcel::{
    BookRequest, Charges, CustomsLine, GoodsUnit, Incoterm, Invoice, LabelFormat, Parcel, Party, PartyKind, RateQuery,
    UtcOffset,
};

use crate::{error::Error, exchange::Exchange};

/// Somebody who takes parcels abroad. Every call is an exchange; nothing is sent from here.
pub trait Carrier: Send + Sync {
    /// Its short name, as in a stored shipment.
    fn code(&self) -> ProviderCode;

    /// What it would cost, cheapest first; nothing when the carrier does not serve the way.
    ///
    /// # Errors
    /// When the question cannot be put.
    fn rates(&self, query: &RateQuery) -> Result<Exchange<Vec<RateOffer>>, Error>;

    /// Books one shipment, and receives its label and papers in the same answer. Store their bytes before anything else.
    ///
    /// # Errors
    /// When the shipment cannot be said in the carrier's protocol.
    fn book(&self, shipment: &BookRequest) -> Result<Exchange<Booked>, Error>;

    /// When it collects parcels at a warehouse.
    fn collects(&self) -> CollectionDays;

    /// The papers of a booking that it shows again, one question for each. A carrier that shows its label again has it among them.
    ///
    /// # Errors
    /// When the question cannot be put.
    fn papers(&self, booking: &PapersLookUp) -> Result<Vec<Exchange<Vec<Document>>>, Error>;

    /// Looks for bookings under our reference; more than one means that it was booked twice.
    ///
    /// # Errors
    /// When the question cannot be put.
    fn find_by_reference(&self, which: &BookingLookUp) -> Result<Exchange<Vec<FoundBooking>>, Error>;

    /// What happened to a shipment; no events while the carrier knows nothing yet.
    ///
    /// # Errors
    /// When the question cannot be put.
    fn track(&self, carrier_number: &str) -> Result<Exchange<TrackingReport>, Error>;

    /// Takes a booking back.
    ///
    /// # Errors
    /// When the question cannot be put.
    fn void(&self, carrier_number: &str) -> Result<Void, Error>;
}

/// A price of a carrier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateOffer {
    /// Whose.
    pub carrier: ProviderCode,
    /// The carrier's product, to book it by.
    pub service_code: String,
    /// Its name as the carrier writes it.
    pub name: String,
    /// The whole price in the currency of our account.
    pub price: Money,
    /// The weight that is billed.
    pub charged_weight: Option<Grams>,
    /// When it would arrive, in the destination's own time as far as the carrier tells.
    pub estimated_delivery: Option<Timestamp>,
    /// Additional services that could be booked, by the carrier's codes; paying the customer's duties is one of them.
    pub extra_services: Vec<String>,
}

/// A booked shipment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booked {
    /// The carrier's number of the shipment.
    pub carrier_number: String,
    /// The carrier's number of each parcel.
    pub piece_numbers: Vec<String>,
    /// Label, invoice and what else came. A booking may come without them; the carrier will not show the label again.
    pub documents: Vec<Document>,
    /// When it should arrive.
    pub estimated_delivery: Option<Timestamp>,
}

impl Booked {
    /// The documents of one kind.
    pub fn documents(&self, kind: DocumentKind) -> impl Iterator<Item = &Document> {
        self.documents.iter().filter(move |document| document.kind == kind)
    }
}

/// A paper of a shipment.
#[derive(Clone, PartialEq, Eq)]
pub struct Document {
    /// What it is.
    pub kind: DocumentKind,
    /// Its form.
    pub format: DocumentFormat,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Document {
    /// Without the content: a label is an address.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{:?} as {:?} ({} bytes)", self.kind, self.format, self.bytes.len())
    }
}

/// Which paper it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentKind {
    /// On the parcel.
    Label,
    /// The waybill for the courier's file.
    Waybill,
    /// For customs.
    CommercialInvoice,
    /// Anything else.
    Other,
}

/// The form of a paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentFormat {
    /// A PDF.
    Pdf,
    /// For a label printer that speaks ZPL.
    Zpl,
    /// A PNG image.
    Png,
    /// Anything else.
    Other,
}

/// Which booking is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookingLookUp {
    /// Our shipment.
    pub shipment: ShipmentId,
    /// When it was first booked.
    pub booked_at: Timestamp,
    /// Now.
    pub now: Timestamp,
}

/// The papers of which booking are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PapersLookUp {
    /// The carrier's number of the shipment.
    pub carrier_number: String,
    /// When it was planned to be collected, by the clock there.
    pub collected_at: Timestamp,
    /// The difference of that clock from UTC.
    pub offset: UtcOffset,
}

/// A booking in the carrier's books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundBooking {
    /// The carrier's number of the shipment.
    pub carrier_number: String,
    /// The carrier's number of each parcel.
    pub piece_numbers: Vec<String>,
}

/// What happened to a shipment so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrackingReport {
    /// Every event once, oldest first.
    pub events: Vec<TrackingEvent>,
    /// Pieces of the report that cannot be read, as they came.
    pub unread: Vec<String>,
    /// When it should arrive, in the destination's own time as far as the carrier tells.
    pub estimated_delivery: Option<Timestamp>,
}

/// How a booking is taken back.
pub enum Void {
    /// By asking the carrier.
    Ask(Box<Exchange<VoidOutcome>>),
    /// There is nothing to ask.
    Known(VoidOutcome),
}

/// What came of taking a booking back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoidOutcome {
    /// The label is worth nothing now and costs nothing.
    Voided,
    /// This carrier has no such call: destroy the label and do not hand the parcel over.
    NotSupported,
    /// The carrier already has the parcel.
    TooLate,
}

/// All carriers, with their keys.
pub struct Carriers(Vec<Box<dyn Carrier>>);

impl Carriers {
    /// Every carrier, set up from settings. A new one is one line here.
    pub fn read(settings: &mut Settings) -> Self {
        Self(vec![Box::new(dhl::Dhl::read(settings))])
    }

    /// The carrier of that name.
    #[must_use]
    pub fn get(&self, code: &ProviderCode) -> Option<&dyn Carrier> {
        self.iter().find(|carrier| carrier.code() == *code)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &dyn Carrier> {
        self.0.iter().map(AsRef::as_ref)
    }
}
