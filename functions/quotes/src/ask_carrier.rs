//! Asks the carrier what the parcel would cost. It has three seconds; without an answer the dated tariff stands in, and the quote says so.

use std::time::Duration;

use domain::{
    Failure, Money, MoneyError, Timestamp,
    collection::Collection,
    landed_cost::{Freight, FreightOffer, Parcel as Estimate, Rules, Speed, WantedLine, estimate_parcel},
};
use providers::carriers::{Carrier, Parcel, Party, PartyKind, RateOffer, RateQuery, UtcOffset};
use tokio::time::timeout;

use crate::{Deps, make_quote::Destination};

const PATIENCE: Duration = Duration::from_secs(3);
/// Goods come in and go out before the carrier gets them.
const UNTIL_HANDOVER: Duration = Duration::from_secs(3 * DAY);
/// Carriers price the next ten days.
const PRICES_HOLD: Duration = Duration::from_secs(10 * DAY);
const DAY: u64 = 24 * 3600;

/// The ways the parcel can travel, the plain one first, and at whose price.
pub(crate) async fn run(
    (deps, rules): (&Deps, &Rules),
    lines: &[WantedLine],
    to: &Destination,
    now: Timestamp,
) -> Result<Vec<Freight>, Failure> {
    // The first carrier set up is the one this shop sends with.
    let carrier = deps
        .carriers
        .iter()
        .next()
        .ok_or_else(|| Failure::internal("no carrier is set up"))?;
    let parcel = estimate_parcel(rules, lines, &carrier.code(), now)?;
    let ready = now.plus(UNTIL_HANDOVER);
    let collection = deps
        .hours
        .0
        .next_collection(&carrier.collects(), ready, now.plus(PRICES_HOLD));
    let offers = match collection {
        Some(collection) => {
            let query = query(deps, lines, &parcel, to, collection)?;
            let offers = live_offers(deps, carrier, &query).await.into_iter();
            offers.map(|offer| freight_offer(offer, query.ship_at)).collect()
        }
        None => {
            tracing::warn!(carrier = %carrier.code(), "No collection while prices hold; the tariff stands in");
            Vec::new()
        }
    };
    Ok(rules.ways(&carrier.code(), to.country, &offers, now))
}

async fn live_offers(deps: &Deps, carrier: &dyn Carrier, query: &RateQuery) -> Vec<RateOffer> {
    let exchange = carrier.rates(query);
    let answer = match exchange {
        Ok(exchange) => timeout(PATIENCE, deps.http.send(exchange)).await,
        Err(error) => Ok(Err(error)),
    };
    match answer {
        Ok(Ok(offers)) => offers,
        Ok(Err(error)) => {
            tracing::warn!(carrier = %carrier.code(), error = %error, "No live freight price; the tariff stands in");
            Vec::new()
        }
        Err(_) => {
            tracing::warn!(carrier = %carrier.code(), "No live freight price in time; the tariff stands in");
            Vec::new()
        }
    }
}

fn query(
    deps: &Deps,
    lines: &[WantedLine],
    parcel: &Estimate,
    to: &Destination,
    collection: Collection,
) -> Result<RateQuery, Failure> {
    let goods_value =
        goods_value(lines).map_err(|error| Failure::internal(format!("could not sum the goods: {error}")))?;
    let receiver = Party {
        kind: PartyKind::Consumer,
        company: String::new(),
        contact: String::new(),
        phone: String::new(),
        email: String::new(),
        lines: Vec::new(),
        city: to.town.clone(),
        region: String::new(),
        postcode: to.postcode.clone(),
        country: to.country,
        tax_number: String::new(),
    };
    Ok(RateQuery {
        from: Party::from(&*deps.warehouse),
        to: receiver,
        parcels: vec![Parcel {
            weight: parcel.weight,
            size: parcel.size,
        }],
        goods_value,
        ship_at: collection.at,
        ship_offset: UtcOffset::minutes(collection.offset_minutes).unwrap_or(UtcOffset::UTC),
    })
}

/// What is declared in the first line's currency; a store of another currency is left out, which moves no price (it is not insured there).
fn goods_value(lines: &[WantedLine]) -> Result<Money, MoneyError> {
    let currency = lines
        .first()
        .map(|line| line.unit_price.currency())
        .ok_or(MoneyError::NoShares)?;
    let mut same = lines.iter().filter(|line| line.unit_price.currency() == currency);
    same.try_fold(Money::zero(currency), |sum, line| {
        sum.plus(line.unit_price.times(line.quantity)?)
    })
}

fn freight_offer(offer: RateOffer, ship_at: Timestamp) -> FreightOffer {
    let days = offer.estimated_delivery.and_then(|arrival| {
        let days = u16::try_from(arrival.since(ship_at).as_secs().div_ceil(DAY)).ok()?;
        Some((days, days)).filter(|_| days > 0)
    });
    FreightOffer {
        carrier: offer.carrier,
        service: offer.service_code,
        // Which speed a service is, say the rules.
        speed: Speed::default(),
        price: offer.price,
        days,
    }
}
