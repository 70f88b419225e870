//! The rows of the rule files, one struct per table: duties, taxes, thresholds, exchange rates. Fees, freight and restrictions stand
//! beside the code that answers them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{component::ComponentKind, dated::Views};
use crate::{address::Country, currency::Currency, decimal::Decimal, money::Money};

/// What every table must tell about its rows.
pub(super) trait Table {
    /// Rows with the same key must not hold on the same day.
    fn key(&self) -> String;

    /// What a row must fulfil beside its form.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }
}

/// A value, or `*` for any.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String", bound(deserialize = "T: FromStr"))]
pub(super) enum Match<T> {
    /// Any value.
    Any,
    /// Only this one.
    Only(T),
}

/// Leading digits of a customs code; empty for every code.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct HsPrefix(String);

/// An amount as rows write it: `USD 5.00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Amount(pub Money);

/// How the parcel crosses the border.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// By air with a courier.
    #[default]
    Air,
    /// By sea.
    Sea,
    /// By post.
    Post,
}

/// A country we deliver to.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Destination {
    /// The country.
    pub dest: Country,
    /// Its name for people.
    pub name: String,
    /// The currency in which its customs reckons.
    pub customs_currency: Currency,
}

/// What customs counts into the value of goods.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ValueBase {
    /// The country.
    pub dest: Country,
    /// By which way.
    pub mode: Mode,
    /// Whether freight to the border belongs to it.
    pub include_freight: Views<bool>,
    /// Whether insurance belongs to it.
    pub include_insurance: Views<bool>,
    /// Whether the way from the store to our warehouse belongs to it.
    pub include_store_delivery: Views<bool>,
}

/// The duty on a kind of goods.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DutyRate {
    /// The country.
    pub dest: Country,
    /// The kind of goods.
    pub hs_prefix: HsPrefix,
    /// Where they were made.
    pub origin: Match<Country>,
    /// The share of the customs value.
    pub rate: Views<Decimal>,
    /// And so much a piece.
    pub specific: Option<Amount>,
}

/// A tax or levy at import.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TaxRule {
    /// The country.
    pub dest: Country,
    /// `vat`, `excise` or `levy:NAME`.
    pub kind: ComponentKind,
    /// What it is a share of.
    pub base: Views<TaxBase>,
    /// The kind of goods.
    pub hs_prefix: HsPrefix,
    /// The share.
    pub rate: Views<Decimal>,
    /// Whether freight belongs to its base, where that differs from the customs value.
    pub include_freight: Option<Views<bool>>,
    /// At least so much for a consignment.
    pub min: Option<Amount>,
    /// At most so much for a consignment.
    pub max: Option<Amount>,
}

/// What a tax is a share of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum TaxBase {
    /// The customs value.
    Cif,
    /// The goods alone.
    Fob,
    /// Customs value and duty.
    CifDuty,
    /// Customs value, duty and excise.
    CifDutyExcise,
    /// Customs value, duty, excise and levies.
    CifDutyExciseLevies,
    /// The duty.
    Duty,
}

/// A value below which something is waived, replaced or done another way.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Threshold {
    /// The country.
    pub dest: Country,
    /// What happens up to the amount.
    pub kind: ThresholdKind,
    /// Up to so much, or for a formal entry from so much on.
    pub amount: Amount,
    /// Compared with what.
    pub basis: ThresholdBasis,
    /// Whether we may count on it.
    pub applies: Views<bool>,
    /// Which kinds are waived; empty unless the kind is `relief`.
    pub reliefs: Vec<Relief>,
    /// The flat duty for each customs item; only for the kind `flat_duty`.
    pub flat: Option<Amount>,
    /// Goods it does not hold for.
    pub except: Vec<HsPrefix>,
}

/// What happens at a threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ThresholdKind {
    /// Duties or taxes are waived.
    Relief,
    /// A fixed duty for each customs item replaces the tariff.
    FlatDuty,
    /// From here on an import declaration by a broker is needed.
    FormalEntry,
}

/// What a threshold is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ThresholdBasis {
    /// The goods alone.
    Goods,
    /// The customs value.
    Cif,
}

/// What a threshold waives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Relief {
    /// Import duty.
    Duty,
    /// Excise.
    Excise,
    /// Every levy.
    Levies,
    /// VAT.
    Vat,
}

/// An exchange rate.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExchangeRate {
    /// Ours, or the one customs publishes.
    pub purpose: Purpose,
    /// One unit of this ...
    pub from: Currency,
    /// ... is `rate` units of this.
    pub to: Currency,
    /// Units of `to` for one of `from`.
    pub rate: Decimal,
    /// Our margin; nothing for customs.
    pub margin: Decimal,
    /// The rule as printed on the price page.
    pub printed: String,
}

/// Who uses an exchange rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Purpose {
    /// What the customer pays.
    Shop,
    /// What customs reckons with.
    Customs,
}

/// The figure taken when a row is missing: high enough that the shop does not lose, always flagged.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fallback {
    /// `duty` or `vat`.
    pub kind: ComponentKind,
    /// The share taken.
    pub rate: Views<Decimal>,
}

impl HsPrefix {
    /// True when a code starts with it; every code, also an unknown one, starts with the empty prefix.
    #[must_use]
    pub(super) fn fits(&self, digits: &str) -> bool {
        digits.starts_with(&self.0)
    }

    /// The longer, the more exact.
    #[must_use]
    pub(super) fn length(&self) -> usize {
        self.0.len()
    }

    /// The digits.
    #[must_use]
    pub(super) fn digits(&self) -> &str {
        &self.0
    }
}

impl<T: PartialEq> Match<T> {
    /// True when it is this value or any.
    pub(super) fn fits(&self, value: Option<&T>) -> bool {
        match self {
            Self::Any => true,
            Self::Only(only) => value == Some(only),
        }
    }

    /// One for an exact value, zero for any: the exact row wins.
    #[must_use]
    pub(super) fn exactness(&self) -> u8 {
        match self {
            Self::Any => 0,
            Self::Only(_) => 1,
        }
    }
}

impl<T: FromStr> TryFrom<String> for Match<T> {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text == "*" {
            return Ok(Self::Any);
        }
        text.parse()
            .map(Self::Only)
            .map_err(|_| format!("{text:?} is not a known value"))
    }
}

impl<T: fmt::Display> fmt::Display for Match<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => out.write_str("*"),
            Self::Only(only) => only.fmt(out),
        }
    }
}

impl TryFrom<String> for HsPrefix {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let plain = text.len() <= 10 && text.bytes().all(|b| b.is_ascii_digit());
        if plain {
            Ok(Self(text))
        } else {
            Err(format!("{text:?} is not the start of a customs code"))
        }
    }
}

impl TryFrom<String> for Amount {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not an amount such as USD 5.00");
        let (currency, amount) = text.split_once(' ').ok_or_else(wrong)?;
        let money = Money::parse(amount, currency.parse().map_err(|_| wrong())?).map_err(|_| wrong())?;
        if money.is_negative() {
            Err(wrong())
        } else {
            Ok(Self(money))
        }
    }
}

/// Ten times the value: above it a rate is a slip of the pen (the highest known is the 200 % on tobacco in the Emirates).
const IMPOSSIBLE: i64 = 10_000_000_000;

/// Low, point and high must stand in this order, and nothing may be negative or impossibly high.
pub(super) fn check_rate(rate: Views<Decimal>) -> Result<(), String> {
    let units = |rate: Decimal| {
        rate.exact_units(9)
            .ok_or("a rate has more than 9 decimals or is too large")
    };
    let (low, point, high) = (units(rate.low)?, units(rate.point)?, units(rate.high)?);
    if high > IMPOSSIBLE {
        return Err("a rate of more than 1000 % is impossible".into());
    }
    if 0 <= low && low <= point && point <= high {
        Ok(())
    } else {
        Err("low, point and high are out of order".into())
    }
}
