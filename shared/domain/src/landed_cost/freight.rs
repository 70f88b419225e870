//! What the carrier takes: its own price, or our dated table of zones and weight steps when it gives none.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{
    dated::{Dated, View, Views},
    remark::Severity,
    rules::{Rules, holding},
    table::{Amount, Table, check_rate},
    trace::{Cites, Trace},
    want::{Freight, NotPriced},
    weight::CarrierRule,
};
use crate::{
    address::Country, decimal::Decimal, measure::Grams, money::Money, product::ProviderCode, refusal::Refusal,
};

/// How the parcel travels to the customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FreightChoice {
    /// The carrier.
    pub carrier: ProviderCode,
    /// The carrier's own code of the service.
    pub service: String,
    /// How fast it is.
    pub speed: Speed,
    /// The price in the carrier's currency.
    pub price: Money,
    /// Live from the carrier, or from our own table.
    pub source: FreightSource,
    /// Soonest and latest arrival in days after hand-over, when known.
    pub days: Option<TravelDays>,
}

/// Soonest and latest arrival, in days after hand-over to the carrier.
pub type TravelDays = (u16, u16);

/// How fast a parcel travels, as the customer chooses it. Which service of a carrier that is says the carrier's row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speed {
    /// The carrier's plain service.
    #[default]
    Economy,
    /// A faster one, where it is served.
    Express,
}

/// The text names no speed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a speed")]
pub struct NotASpeed;

/// Where a freight price comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FreightSource {
    /// The carrier said it for this parcel.
    Live,
    /// Our dated table, because the carrier gave no price.
    Tariff,
}

/// The zone of a country in a carrier's table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FreightZone {
    /// The carrier.
    pub carrier: ProviderCode,
    /// For which of its services.
    pub speed: Speed,
    /// The country.
    pub dest: Country,
    /// The zone.
    pub zone: String,
    /// Soonest and latest arrival in days.
    pub days: (u16, u16),
}

/// The prices of a zone.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FreightPrice {
    /// The carrier.
    pub carrier: ProviderCode,
    /// For which of its services.
    pub speed: Speed,
    /// The zone.
    pub zone: String,
    /// From the lightest to the heaviest.
    pub steps: Vec<FreightStep>,
}

/// One weight step of a zone.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FreightStep {
    /// Up to this weight, inclusive.
    pub up_to_g: u32,
    /// The base price.
    pub price: Amount,
}

/// What comes on top of the base price.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FreightSurcharge {
    /// The carrier.
    pub carrier: ProviderCode,
    /// For which of its services.
    pub speed: Speed,
    /// What for.
    pub kind: SurchargeKind,
    /// The share.
    pub rate: Views<Decimal>,
}

/// What a surcharge is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SurchargeKind {
    /// Fuel, on the base price.
    Fuel,
    /// Peak season, on the base price.
    Demand,
    /// Our own margin on everything before it, because the table may be old.
    Safety,
}

impl Speed {
    /// All of them, the cheapest first.
    pub const ALL: &[Self] = &[Self::Economy, Self::Express];

    /// The stable word for programs and rule rows.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Economy => "economy",
            Self::Express => "express",
        }
    }

    /// The word for people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Economy => "Economy",
            Self::Express => "Express",
        }
    }
}

impl fmt::Display for Speed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.code())
    }
}

impl FromStr for Speed {
    type Err = NotASpeed;

    fn from_str(text: &str) -> Result<Self, NotASpeed> {
        let mut all = Self::ALL.iter().copied();
        all.find(|speed| speed.code() == text).ok_or(NotASpeed)
    }
}

/// Days on the way, for people: `3 to 6 days`.
#[must_use]
pub fn days_in_words((soonest, latest): TravelDays) -> String {
    match (soonest, latest) {
        (_, 1) => "about 1 day".to_owned(),
        _ if soonest == latest => format!("about {latest} days"),
        _ => format!("{soonest} to {latest} days"),
    }
}

impl FreightSource {
    /// The stable word for programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Tariff => "tariff",
        }
    }
}

impl Table for FreightZone {
    fn key(&self) -> String {
        format!("{} {} {}", self.carrier, self.speed, self.dest)
    }
}

impl Table for FreightPrice {
    fn key(&self) -> String {
        format!("{} {} {}", self.carrier, self.speed, self.zone)
    }

    fn check(&self) -> Result<(), String> {
        if self.steps.is_empty() || !self.steps.is_sorted_by(|a, b| a.up_to_g < b.up_to_g) {
            return Err("steps go from the lightest to the heaviest".into());
        }
        Ok(())
    }
}

impl Table for FreightSurcharge {
    fn key(&self) -> String {
        format!("{} {} {:?}", self.carrier, self.speed, self.kind)
    }

    fn check(&self) -> Result<(), String> {
        check_rate(self.rate)
    }
}

/// What is asked of a carrier.
#[derive(Clone, Copy)]
pub(super) struct Haul<'a> {
    pub(super) freight: &'a Freight,
    pub(super) carrier: &'a Dated<CarrierRule>,
    pub(super) to: Country,
    pub(super) chargeable: Grams,
    pub(super) view: View,
}

/// The price of the way.
///
/// # Errors
/// When neither the carrier nor our table has a price for this weight and country.
pub(super) fn choose(rules: &Rules, haul: Haul<'_>, trace: &mut Trace) -> Result<(FreightChoice, Cites), NotPriced> {
    if let Freight::Live(offer) = haul.freight {
        let (carrier, service) = (offer.carrier.clone(), offer.service.clone());
        let choice = FreightChoice {
            carrier,
            service,
            speed: offer.speed,
            price: offer.price,
            source: FreightSource::Live,
            days: offer.days,
        };
        return Ok((choice, trace.uses(haul.carrier)));
    }
    let rule = &haul.carrier.rule;
    let of_service = |carrier: &ProviderCode, speed: Speed| *carrier == rule.carrier && speed == rule.speed;
    let zone = holding(&rules.freight_zones, trace.day)
        .find(|row| of_service(&row.rule.carrier, row.rule.speed) && row.rule.dest == haul.to);
    let zone = zone.ok_or_else(|| Refusal::NotShippable("no freight price to this country is known".into()))?;
    let prices = holding(&rules.freight_prices, trace.day)
        .find(|row| of_service(&row.rule.carrier, row.rule.speed) && row.rule.zone == zone.rule.zone)
        .ok_or_else(|| NotPriced::NoRow {
            table: "freight_price",
            wanted: zone.rule.zone.clone(),
        })?;
    let step = prices.rule.steps.iter().find(|step| step.up_to_g >= haul.chargeable.0);
    let step =
        step.ok_or_else(|| Refusal::NotShippable("the parcel is heavier than our freight table reaches".into()))?;
    let mut cites = trace.uses(haul.carrier).with(trace.uses(zone)).with(trace.uses(prices));
    let base = step.price.0;
    let mut price = base;
    for kind in [SurchargeKind::Fuel, SurchargeKind::Demand, SurchargeKind::Safety] {
        let surcharge = holding(&rules.freight_surcharges, trace.day)
            .find(|row| of_service(&row.rule.carrier, row.rule.speed) && row.rule.kind == kind);
        let Some(surcharge) = surcharge else { continue };
        let of = if kind == SurchargeKind::Safety { price } else { base };
        price = price.plus(of.share(surcharge.rule.rate.of(haul.view))?)?;
        cites.add(trace.uses(surcharge));
    }
    let sentence = "The carrier gave no price; our own freight table was taken.";
    trace.say(Severity::NeedsReview, "freight_from_table", None, sentence);
    let (carrier, service) = (rule.carrier.clone(), rule.service.clone());
    Ok((
        FreightChoice {
            carrier,
            service,
            speed: rule.speed,
            price,
            source: FreightSource::Tariff,
            days: Some(zone.rule.days),
        },
        cites,
    ))
}
