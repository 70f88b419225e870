//! How a quote's parcel travels, and how else it could.

use domain::{
    Money,
    id::QuoteId,
    landed_cost::{FreightChoice, FreightSource, Speed, TravelDays},
    product::ProviderCode,
    quote::Way,
};
use serde::{Deserialize, Serialize};

use crate::error::Error;

#[derive(Serialize, Deserialize)]
pub(crate) struct FreightRecord {
    carrier: ProviderCode,
    service: String,
    #[serde(default)]
    speed: Speed,
    price: Money,
    source: String,
    days: Option<TravelDays>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct WayRecord {
    quote: QuoteId,
    carrier: ProviderCode,
    speed: Speed,
    days: Option<TravelDays>,
    total: Money,
}

impl FreightRecord {
    pub(crate) fn of(choice: FreightChoice) -> Self {
        let FreightChoice {
            carrier,
            service,
            speed,
            price,
            source,
            days,
        } = choice;
        Self {
            carrier,
            service,
            speed,
            price,
            source: source.code().to_owned(),
            days,
        }
    }

    pub(crate) fn into_choice(self) -> Result<FreightChoice, Error> {
        let Self {
            carrier,
            service,
            speed,
            price,
            days,
            ..
        } = self;
        let known = [FreightSource::Live, FreightSource::Tariff];
        let source = known.into_iter().find(|source| source.code() == self.source);
        let source =
            source.ok_or_else(|| Error::defect("read a quote", format!("unknown freight source {}", self.source)))?;
        Ok(FreightChoice {
            carrier,
            service,
            speed,
            price,
            source,
            days,
        })
    }
}

impl WayRecord {
    pub(crate) fn of(way: Way) -> Self {
        let Way {
            quote,
            carrier,
            speed,
            days,
            total,
        } = way;
        Self {
            quote,
            carrier,
            speed,
            days,
            total,
        }
    }

    pub(crate) fn into_way(self) -> Way {
        Way {
            quote: self.quote,
            carrier: self.carrier,
            speed: self.speed,
            days: self.days,
            total: self.total,
        }
    }
}
