//! What is to be priced, and why it cannot be.

use crate::{
    address::Country,
    currency::Currency,
    failure::{Cause, Failure},
    money::{Money, MoneyError},
    product::{Package, ProviderCode, VariantRef},
    refusal::Refusal,
};

use super::{freight::Speed, hs::HsCode, table::Mode};

/// A basket on its way to one destination.
#[derive(Clone, Debug)]
pub struct Want {
    /// What is bought.
    pub lines: Vec<WantedLine>,
    /// Where it goes.
    pub destination: Country,
    /// Where our warehouse sends it from.
    pub export_from: Country,
    /// The currency the customer pays.
    pub charge: Currency,
    /// What the total has to be a multiple of to be paid, in minor units.
    pub charge_unit: u32,
    /// How it travels.
    pub freight: Freight,
    /// By which way it crosses the border.
    pub mode: Mode,
    /// The payment provider, when the customer has chosen one.
    pub payment: Option<ProviderCode>,
}

/// One variant in some quantity.
#[derive(Clone, Debug)]
pub struct WantedLine {
    /// What is bought.
    pub variant: VariantRef,
    /// The product's title at the store.
    pub title: String,
    /// The chosen variant for people; may be empty.
    pub variant_label: String,
    /// The store's category as text.
    pub category: Option<String>,
    /// A picture.
    pub image: Option<String>,
    /// Who sells it at the store.
    pub seller: Option<String>,
    /// How many.
    pub quantity: u32,
    /// One piece, in the store's currency.
    pub unit_price: Money,
    /// The store's name of its delivery service to our warehouse.
    pub store_service: String,
    /// The store's delivery for the whole line, in the store's currency.
    pub store_delivery: Money,
    /// One packed piece, when the store says it.
    pub package: Option<Package>,
    /// Where it was made, when the store says it.
    pub origin: Option<Country>,
    /// The customs code, when a person has set it.
    pub hs_code: Option<HsCode>,
}

/// A thing in the words of its store: all that is needed to say whether it may travel.
#[derive(Clone, Copy, Debug)]
pub struct Described<'a> {
    /// Its title.
    pub title: &'a str,
    /// The store's category as text.
    pub category: Option<&'a str>,
    /// The customs code, when a person has set it.
    pub hs_code: Option<&'a HsCode>,
}

/// How the parcel is to travel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Freight {
    /// At the carrier's own price for this parcel.
    Live(FreightOffer),
    /// At the price of our dated table: the carrier gives none now. Always flagged.
    Tariff(ProviderCode, Speed),
}

/// A carrier's own price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FreightOffer {
    /// The carrier.
    pub carrier: ProviderCode,
    /// The carrier's own code of the service.
    pub service: String,
    /// How fast it is.
    pub speed: Speed,
    /// The price in the carrier's currency, with its surcharges.
    pub price: Money,
    /// Soonest and latest arrival in days after hand-over, when known.
    pub days: Option<(u16, u16)>,
}

/// Why there is no price.
#[derive(Debug, thiserror::Error)]
pub enum NotPriced {
    /// A business rule says no; the customer is told why.
    #[error("refused: {0}")]
    Refused(Refusal),
    /// A row of our own is missing: a fee, a freight step, a carrier.
    #[error("no row of table {table} for {wanted}")]
    NoRow {
        /// The table.
        table: &'static str,
        /// What was looked up.
        wanted: String,
    },
    /// There is no way from one currency to another.
    #[error("no exchange rate from {from} to {to}")]
    NoRate {
        /// From this currency.
        from: Currency,
        /// To that one.
        to: Currency,
    },
    /// A sum does not fit, or one store asks for two currencies.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl Freight {
    /// The carrier.
    #[must_use]
    pub fn carrier(&self) -> &ProviderCode {
        match self {
            Self::Live(offer) => &offer.carrier,
            Self::Tariff(carrier, _) => carrier,
        }
    }

    /// How fast.
    #[must_use]
    pub fn speed(&self) -> Speed {
        match self {
            Self::Live(offer) => offer.speed,
            Self::Tariff(_, speed) => *speed,
        }
    }
}

impl WantedLine {
    /// A line with nothing but the necessary; delivery to our warehouse free of charge.
    #[must_use]
    pub fn new(variant: VariantRef, title: impl Into<String>, quantity: u32, unit_price: Money) -> Self {
        Self {
            variant,
            title: title.into(),
            variant_label: String::new(),
            category: None,
            image: None,
            seller: None,
            quantity,
            unit_price,
            store_service: String::new(),
            store_delivery: Money::zero(unit_price.currency()),
            package: None,
            origin: None,
            hs_code: None,
        }
    }

    /// What it is, in the store's words.
    #[must_use]
    pub fn described(&self) -> Described<'_> {
        Described {
            title: &self.title,
            category: self.category.as_deref(),
            hs_code: self.hs_code.as_ref(),
        }
    }

    /// The whole line at the store, without delivery.
    pub(super) fn goods(&self) -> Result<Money, MoneyError> {
        self.unit_price.times(self.quantity)
    }
}

impl From<Refusal> for NotPriced {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<NotPriced> for Failure {
    fn from(reason: NotPriced) -> Self {
        match reason {
            NotPriced::Refused(refusal) => Self::Refused(refusal),
            NotPriced::NoRow { .. } | NotPriced::NoRate { .. } | NotPriced::Money(_) => {
                Self::Internal(Cause::with("reckon a landed price", reason))
            }
        }
    }
}
