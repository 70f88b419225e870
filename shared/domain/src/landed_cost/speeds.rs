//! The ways a parcel can travel, and the same basket at the price of each, side by side.

use jiff::civil::Date;

use super::{
    freight::Speed,
    price::{LandedCost, price},
    rules::{Rules, holding},
    want::{Freight, FreightOffer, NotPriced, Want},
};
use crate::{address::Country, product::ProviderCode, timestamp::Timestamp};

impl Rules {
    /// The carrier that our own table sends to a country with.
    #[must_use]
    pub fn carrier_to(&self, to: Country, day: Date) -> Option<ProviderCode> {
        self.carriers_to(to, day).into_iter().next()
    }

    /// Every carrier that our own table sends to a country with.
    #[must_use]
    pub fn carriers_to(&self, to: Country, day: Date) -> Vec<ProviderCode> {
        let mut carriers = Vec::new();
        for zone in holding(&self.freight_zones, day).filter(|row| row.rule.dest == to) {
            if !carriers.contains(&zone.rule.carrier) {
                carriers.push(zone.rule.carrier.clone());
            }
        }
        carriers
    }

    /// The ways to a country with one carrier, the plain one first: at the carrier's own prices when it gave any, else by our table.
    #[must_use]
    pub fn ways(&self, carrier: &ProviderCode, to: Country, live: &[FreightOffer], now: Timestamp) -> Vec<Freight> {
        let day = now.date();
        let mut services: Vec<_> = holding(&self.carriers, day)
            .filter(|row| row.rule.carrier == *carrier)
            .collect();
        services.sort_by_key(|row| row.rule.speed);
        let by_table = |speed: Speed| {
            holding(&self.freight_zones, day)
                .any(|row| row.rule.carrier == *carrier && row.rule.speed == speed && row.rule.dest == to)
        };
        if live.is_empty() {
            let served = services.into_iter().filter(|row| by_table(row.rule.speed));
            return served
                .map(|row| Freight::Tariff(carrier.clone(), row.rule.speed))
                .collect();
        }
        let of_service = services.iter().filter_map(|row| {
            let same = live.iter().filter(|offer| offer.service == row.rule.service);
            let cheapest = same.min_by_key(|offer| offer.price.amount())?;
            Some((row.rule.speed, cheapest))
        });
        let mut found: Vec<(Speed, &FreightOffer)> = of_service.collect();
        if found.is_empty() {
            // Services we have no row for: the cheapest is as good as the plain one.
            let cheapest = live.iter().min_by_key(|offer| offer.price.amount());
            found.extend(cheapest.map(|offer| (Speed::default(), offer)));
        }
        let offers = found
            .into_iter()
            .map(|(speed, offer)| FreightOffer { speed, ..offer.clone() });
        offers.map(Freight::Live).collect()
    }
}

/// The price of a basket by each of these ways, in their order. A way that cannot take it is left out, as long as another can.
///
/// # Errors
/// As [`price`], for the first way, when none has a price.
pub fn price_each(
    rules: &Rules,
    want: &Want,
    ways: Vec<Freight>,
    now: Timestamp,
) -> Result<Vec<(Want, LandedCost)>, NotPriced> {
    let (mut priced, mut refused) = (Vec::new(), None);
    for freight in ways {
        let want = Want {
            freight,
            ..want.clone()
        };
        match price(rules, &want, now) {
            Ok(cost) => priced.push((want, cost)),
            Err(why) => refused = refused.or(Some(why)),
        }
    }
    match refused {
        Some(why) if priced.is_empty() => Err(why),
        Some(_) | None => Ok(priced),
    }
}
