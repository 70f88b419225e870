//! What DHL would charge, for every product it offers on the way.

use domain::{Decimal, Grams, Money};

use super::{
    moment, planned, refusal,
    settings::DhlSettings,
    wire::{Account, Number, measures, rates as wire},
    words,
};
use crate::{
    carriers::{Party, RateOffer, RateQuery},
    error::Error,
    lenient::Each,
    request::{Body, Request},
    response::Response,
};

pub(super) const CALL: &str = "dhl rates";

/// The currency of our account, which is the one on its bill; the others are conversions.
const BILLED: &str = "BILLC";

pub(super) fn request(query: &RateQuery, settings: &DhlSettings) -> Result<Request, Error> {
    if query.parcels.is_empty() {
        return Err(Error::Invalid {
            call: CALL,
            problem: "no parcel",
        });
    }
    let mut packages = Vec::with_capacity(query.parcels.len());
    for parcel in &query.parcels {
        let (weight, dimensions) = measures(CALL, parcel)?;
        packages.push(wire::Piece { weight, dimensions });
    }
    let wanted = |type_code| wire::Wanted {
        is_requested: true,
        type_code,
    };
    let ask = wire::Ask {
        customer_details: wire::Ends {
            shipper_details: place(&query.from),
            receiver_details: place(&query.to),
        },
        accounts: vec![Account {
            kind: "shipper",
            number: &settings.account,
        }],
        planned_shipping_date_and_time: planned(query.ship_at, query.ship_offset),
        unit_of_measurement: "metric",
        is_customs_declarable: query.from.country != query.to.country,
        monetary_amount: vec![wire::Amount {
            type_code: "declaredValue",
            value: Number::money(CALL, query.goods_value)?,
            currency: query.goods_value.currency().to_string(),
        }],
        // QDDC counts customs and days of rest; the other estimate does not.
        estimated_delivery_date: wanted("QDDC"),
        get_additional_information: vec![wanted("allValueAddedServices")],
        packages,
    };
    Ok(Request::post(settings.base_url.join("/rates"), Body::json(CALL, &ask)?))
}

fn place(party: &Party) -> wire::Place<'_> {
    wire::Place {
        postal_code: &party.postcode,
        city_name: words::fit(&party.city, 45),
        country_code: party.country.code(),
    }
}

pub(super) fn parse(response: &Response) -> Result<Vec<RateOffer>, Error> {
    if response.status != 200 {
        return Err(refusal(CALL, response));
    }
    let products = response.json::<wire::Answer>(CALL)?.products;
    let mut offers = Vec::with_capacity(products.read.len());
    // A product that cannot be read is one offer less; that there is none at all is believed of whole answers only.
    let mut odd = products.is_unreadable().then_some("no product that can be read");
    for product in products.read {
        match offer(product) {
            Ok(offer) => offers.extend(offer),
            Err(problem) => odd = Some(problem),
        }
    }
    if let Some(problem) = odd.filter(|_| offers.is_empty()) {
        return Err(Error::malformed(CALL, problem));
    }
    offers.sort_by_key(|offer| offer.price.amount());
    Ok(offers)
}

fn offer(product: wire::Product) -> Result<Option<RateOffer>, &'static str> {
    let Some(price) = price(&product.total_price)? else {
        return Ok(None);
    };
    let extra_services = product
        .detailed_price_breakdown
        .read
        .into_iter()
        .filter(|part| part.currency_type.as_deref().unwrap_or(BILLED) == BILLED)
        .flat_map(|part| part.breakdown.read)
        .filter(|service| service.price.is_none())
        .filter_map(|service| service.service_code)
        .collect();
    Ok(Some(RateOffer {
        carrier: super::code(),
        name: product.product_name.unwrap_or_else(|| product.product_code.clone()),
        service_code: product.product_code,
        price,
        charged_weight: product
            .weight
            .and_then(|weight| weight.provided)
            .and_then(|weight| grams(&weight)),
        estimated_delivery: product
            .delivery_capabilities
            .and_then(|delivery| delivery.estimated_delivery_date_and_time)
            .and_then(|text| moment(&text)),
        extra_services,
    }))
}

/// The price in our account's currency. None or zero means that the account has no tariff for the product, never that it is free.
fn price(prices: &Each<wire::Price>) -> Result<Option<Money>, &'static str> {
    const WRONG: &str = "a price that is no amount";
    let Some(price) = prices.read.iter().find(|price| price.currency_type == BILLED) else {
        return if prices.unread.is_empty() { Ok(None) } else { Err(WRONG) };
    };
    let (Some(number), Some(currency)) = (&price.price, &price.price_currency) else {
        return Ok(None);
    };
    let currency: domain::Currency = currency.parse().map_err(|_| WRONG)?;
    // Some tariffs have one decimal more than the currency; half of the smallest coin is rounded away from zero.
    let units = number
        .decimal()
        .and_then(|price| price.shifted(currency.exponent(), 0))
        .and_then(|units| units.of(1));
    match units.ok_or(WRONG)? {
        0 => Ok(None),
        ..0 => Err(WRONG),
        units => Ok(Some(Money::new(units, currency))),
    }
}

fn grams(kilograms: &Number) -> Option<Grams> {
    let grams = kilograms
        .decimal()
        .and_then(|weight: Decimal| weight.shifted(3, 0))?
        .of(1)?;
    u32::try_from(grams).ok().map(Grams)
}
