//! DHL's own words. Requests carry exactly the keys we mean, since DHL refuses unknown ones; answers forgive everything we can do without.

pub(super) mod rates;
pub(super) mod shipments;
pub(super) mod tracking;

use domain::{Decimal, Grams, Money};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{
    carriers::Parcel,
    error::Error,
    lenient::{Each, maybe},
};

/// A JSON number kept as its digits. DHL refuses more than three decimals, and a binary float would add them.
#[derive(Debug, Deserialize, Serialize)]
#[serde(transparent)]
pub(super) struct Number(Box<RawValue>);

impl Number {
    fn from_digits(call: &'static str, digits: String) -> Result<Self, Error> {
        RawValue::from_string(digits).map(Self).map_err(|_| Error::Invalid {
            call,
            problem: "a number has no JSON form",
        })
    }

    /// An amount in its currency's decimals.
    pub(super) fn money(call: &'static str, money: Money) -> Result<Self, Error> {
        Self::from_digits(call, money.decimal())
    }

    /// A weight in kilograms with three decimals.
    pub(super) fn kilograms(call: &'static str, weight: Grams) -> Result<Self, Error> {
        Self::from_digits(call, weight.kilograms())
    }

    /// The number again; nothing when it is null or no plain decimal. Some answers put numbers in quotation marks.
    pub(super) fn decimal(&self) -> Option<Decimal> {
        self.0.get().trim_matches('"').parse().ok()
    }
}

#[derive(Serialize)]
pub(super) struct Account<'a> {
    #[serde(rename = "typeCode")]
    pub(super) kind: &'static str,
    pub(super) number: &'a str,
}

#[derive(Serialize)]
pub(super) struct Sides {
    length: u32,
    width: u32,
    height: u32,
}

/// Weight rounded up to ten grams and sides to whole centimetres, so that DHL measures nothing larger than we said.
pub(super) fn measures(call: &'static str, parcel: &Parcel) -> Result<(Number, Sides), Error> {
    let (weight, size) = (parcel.weight, parcel.size);
    if weight == Grams::default() || size.length.0.min(size.width.0).min(size.height.0) == 0 {
        return Err(Error::Invalid {
            call,
            problem: "a parcel without weight or size",
        });
    }
    let weight = Grams(weight.0.div_ceil(10).saturating_mul(10));
    let sides = Sides {
        length: size.length.centimetres_up(),
        width: size.width.centimetres_up(),
        height: size.height.centimetres_up(),
    };
    Ok((Number::kilograms(call, weight)?, sides))
}

/// What a refusal looks like. `status` is a text here and a number there, so the HTTP status is used instead.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Problem {
    #[serde(deserialize_with = "maybe")]
    pub(super) detail: Option<String>,
    #[serde(deserialize_with = "maybe")]
    pub(super) title: Option<String>,
    #[serde(deserialize_with = "maybe")]
    pub(super) message: Option<String>,
    #[serde(rename = "additionalDetails")]
    pub(super) more: Each<String>,
}
