//! What stores sell, in one form for all of them: references, search hits, products with variants, and delivery to our warehouse.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    measure::{Dimensions, Grams},
    money::Money,
    timestamp::Timestamp,
};

/// A provider's short name in lower case, such as `aliexpress`: a checked word and not an enum, so that a new store, payment provider
/// or carrier touches only its own folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProviderCode(String);

/// The text is not a short lower-case word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a provider code")]
pub struct NotACode;

impl ProviderCode {
    /// The word itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ProviderCode {
    type Err = NotACode;

    fn from_str(text: &str) -> Result<Self, NotACode> {
        let plain = (2..=24).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if plain {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotACode)
        }
    }
}

impl fmt::Display for ProviderCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl TryFrom<String> for ProviderCode {
    type Error = NotACode;

    fn try_from(text: String) -> Result<Self, NotACode> {
        text.parse()
    }
}

impl From<ProviderCode> for String {
    fn from(code: ProviderCode) -> Self {
        code.0
    }
}

/// One product page of one store.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProductRef {
    /// The store.
    pub store: ProviderCode,
    /// The store's own product id.
    pub product: String,
}

/// What can be bought: one variant of one product. `variant` is the store's whole key, opaque to everybody but its adapter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct VariantRef {
    /// The store.
    pub store: ProviderCode,
    /// The store's own product id.
    pub product: String,
    /// The store's key of the variant; empty when the product has only one.
    pub variant: String,
}

/// One result of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Which product.
    pub product: ProductRef,
    /// Its title at the store, as plain text.
    pub title: String,
    /// A picture.
    pub image: Option<String>,
    /// The store's price, often that of the cheapest variant.
    pub price: Option<Money>,
    /// Stars times ten, 0 to 50.
    pub rating_tenths: Option<u8>,
    /// When the store said so.
    pub as_of: Timestamp,
}

/// A product with everything a customer chooses from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Which product.
    pub product: ProductRef,
    /// Its title at the store, as plain text.
    pub title: String,
    /// The store's description as plain text; never markup.
    pub description: String,
    /// Pictures, the main one first.
    pub images: Vec<String>,
    /// Who sells it there.
    pub seller: Option<String>,
    /// The store's category, as text; classification for customs starts here.
    pub category: Option<String>,
    /// What can be bought.
    pub variants: Vec<Variant>,
    /// Variants that the store told and that cannot be read: one that is missing above need not be gone.
    pub unread_variants: usize,
    /// One piece as packed by the store, when the store says it.
    pub package: Option<Package>,
    /// When the store said so.
    pub as_of: Timestamp,
}

/// One buyable form of a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// The store's key; see [`VariantRef::variant`].
    pub key: String,
    /// Option names and values in the store's order: colour blue, size 42.
    pub values: Vec<(String, String)>,
    /// What the store charges for one.
    pub price: Money,
    /// How many there are; nothing when the store does not say.
    pub stock: Option<u32>,
    /// A picture of this variant.
    pub image: Option<String>,
}

/// Weight and size of one packed piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Package {
    /// Gross weight.
    pub weight: Grams,
    /// Outer size; nothing when the store gives only a weight.
    pub size: Option<Dimensions>,
}

/// One way the store can bring a variant to our warehouse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreDelivery {
    /// The store's name of the service, needed again when ordering.
    pub service: String,
    /// What the store charges for it.
    pub price: Money,
    /// Soonest and latest arrival in days.
    pub days: (u16, u16),
    /// True when the store promises a tracking number.
    pub is_tracked: bool,
}

impl Product {
    /// The variant with this key.
    #[must_use]
    pub fn variant(&self, key: &str) -> Option<&Variant> {
        self.variants.iter().find(|variant| variant.key == key)
    }

    /// The reference of one of its variants.
    #[must_use]
    pub fn reference(&self, variant: &Variant) -> VariantRef {
        VariantRef {
            store: self.product.store.clone(),
            product: self.product.product.clone(),
            variant: variant.key.clone(),
        }
    }
}

impl Variant {
    /// `blue, 42`, or an empty text for the only variant.
    #[must_use]
    pub fn label(&self) -> String {
        self.values
            .iter()
            .map(|(_, value)| value.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    }
}
