//! The parts of a landed price, one word for each, and the rows each was made from.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::row::RowId;
use crate::money::Money;

/// What a part of the price is for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ComponentKind {
    /// The items at the store.
    Goods,
    /// The store's delivery to our warehouse.
    StoreDelivery,
    /// Our service.
    ServiceFee,
    /// Box and packing work.
    Packing,
    /// The carrier's price to the destination.
    Freight,
    /// Cover for loss and damage on the way.
    Insurance,
    /// Import duty.
    Duty,
    /// Excise duty.
    Excise,
    /// A named levy of the destination, for example `IDF` in Kenya.
    Levy(String),
    /// Value added tax or its like.
    Vat,
    /// What the carrier takes for paying customs on the customer's behalf.
    CarrierFee,
    /// The reserve that makes the price final even when customs decides otherwise.
    Guarantee,
    /// The printed margin on exchanged amounts.
    Exchange,
    /// What the payment provider takes.
    PaymentFee,
    /// What is left of fractions: exchanged sums, whole shillings.
    Rounding,
}

/// The text names no part of a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a kind of price component")]
pub struct NotAKind;

/// One part of a landed price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component {
    /// What it is for.
    pub kind: ComponentKind,
    /// How much, in the currency the customer pays.
    pub amount: Money,
    /// The rows it was made from.
    pub rules: Vec<RowId>,
    /// Where these rows have their figures from, for people.
    pub source: String,
}

impl ComponentKind {
    /// The stable word for programs: `goods`, `levy:IDF`.
    #[must_use]
    pub fn code(&self) -> String {
        let word = match self {
            Self::Goods => "goods",
            Self::StoreDelivery => "store_delivery",
            Self::ServiceFee => "service_fee",
            Self::Packing => "packing",
            Self::Freight => "freight",
            Self::Insurance => "insurance",
            Self::Duty => "duty",
            Self::Excise => "excise",
            Self::Levy(name) => return format!("levy:{name}"),
            Self::Vat => "vat",
            Self::CarrierFee => "carrier_fee",
            Self::Guarantee => "guarantee",
            Self::Exchange => "exchange",
            Self::PaymentFee => "payment_fee",
            Self::Rounding => "rounding",
        };
        word.to_owned()
    }

    /// The words on the price page and the receipt.
    #[must_use]
    pub fn label(&self) -> String {
        let words = match self {
            Self::Goods => "Items at the store",
            Self::StoreDelivery => "Store delivery to our warehouse",
            Self::ServiceFee => "Our service fee",
            Self::Packing => "Packing",
            Self::Freight => "International freight",
            Self::Insurance => "Insurance",
            Self::Duty => "Import duty",
            Self::Excise => "Excise duty",
            Self::Levy(name) => return format!("Import levy {name}"),
            Self::Vat => "VAT at import",
            Self::CarrierFee => "Carrier's customs handling",
            Self::Guarantee => "Price guarantee",
            Self::Exchange => "Exchange margin",
            Self::PaymentFee => "Payment fee",
            Self::Rounding => "Rounding",
        };
        words.to_owned()
    }

    /// True for what goes to the destination's treasury.
    #[must_use]
    pub fn is_tax(&self) -> bool {
        matches!(self, Self::Duty | Self::Excise | Self::Levy(_) | Self::Vat)
    }
}

impl fmt::Display for ComponentKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.code())
    }
}

impl FromStr for ComponentKind {
    type Err = NotAKind;

    fn from_str(text: &str) -> Result<Self, NotAKind> {
        if let Some(name) = text.strip_prefix("levy:") {
            let plain =
                (2..=12).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
            return if plain {
                Ok(Self::Levy(name.to_owned()))
            } else {
                Err(NotAKind)
            };
        }
        PLAIN.iter().find(|kind| kind.code() == text).cloned().ok_or(NotAKind)
    }
}

impl TryFrom<String> for ComponentKind {
    type Error = NotAKind;

    fn try_from(text: String) -> Result<Self, NotAKind> {
        text.parse()
    }
}

impl From<ComponentKind> for String {
    fn from(kind: ComponentKind) -> Self {
        kind.code()
    }
}

const PLAIN: &[ComponentKind] = &[
    ComponentKind::Goods,
    ComponentKind::StoreDelivery,
    ComponentKind::ServiceFee,
    ComponentKind::Packing,
    ComponentKind::Freight,
    ComponentKind::Insurance,
    ComponentKind::Duty,
    ComponentKind::Excise,
    ComponentKind::Vat,
    ComponentKind::CarrierFee,
    ComponentKind::Guarantee,
    ComponentKind::Exchange,
    ComponentKind::PaymentFee,
    ComponentKind::Rounding,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_survives_its_word() {
        for kind in PLAIN.iter().cloned().chain([ComponentKind::Levy("IDF".into())]) {
            assert_eq!(kind.code().parse::<ComponentKind>(), Ok(kind));
        }
        for text in ["", "tax", "levy:", "levy:idf", "levy:A B"] {
            assert_eq!(text.parse::<ComponentKind>(), Err(NotAKind), "{text}");
        }
    }
}
