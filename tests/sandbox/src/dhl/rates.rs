//! POST /rates: what the account pays for a parcel on a lane, product by product.

use serde_json::{Value, json};

use super::lane::{self, Area, Payer, Product};
use super::planned;
use super::problem::Problem;
use super::weight::Weight;
use crate::calls::Turn;
use crate::clock;
use crate::json::Fields;
use crate::money::{number, thousandths, thousandths_number};

/// Dollars to the euro in ten-thousandths, for the base currency.
const EURO: i64 = 11_590;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

pub(super) fn answer(turn: &mut Turn<'_>, body: &Value) -> Result<Value, Problem> {
    // Without an account the list is told, to whoever says in which country the bill would be paid.
    let payer = if body.at("accounts").is_null() && body.at("payerCountryCode").is_string() {
        Payer::Anybody
    } else {
        judge_accounts(turn, body.at("accounts"))?;
        Payer::Account
    };
    let planned = planned::read(
        body.at("plannedShippingDateAndTime").as_str().unwrap_or_default(),
        turn.now,
    )?;
    let country = |party: &str| {
        body.at("customerDetails")
            .at(party)
            .at("countryCode")
            .as_str()
            .unwrap_or_default()
    };
    let (from, to) = lane_of(country("shipperDetails"), country("receiverDetails"))?;
    judge_unit(body.at("unitOfMeasurement"))?;
    let is_declarable = body.at("isCustomsDeclarable") == true;
    let filter = body.at("productCode").as_str();
    let products = lane::products(from, to, is_declarable);
    let asked = products
        .into_iter()
        .filter(|product| filter.is_none_or(|code| code == product.code));
    let packages = body.at("packages").as_array().map(Vec::as_slice).unwrap_or_default();
    let weight = Weight::of(packages);
    let query = Query {
        body,
        payer,
        from,
        to,
        weight: &weight,
        planned,
        now: turn.now,
    };
    let offers: Vec<Value> = asked.map(|product| query.offer(product)).collect();
    if offers.is_empty() {
        return Err(Problem::one(
            "996: The requested product(s) not available based on your search criteria.",
        ));
    }
    Ok(json!({
        "products": offers,
        "exchangeRates": [{ "currentExchangeRate": thousandths_number(EURO / 10), "currency": "USD", "baseCurrency": "EUR" }],
    }))
}

pub(super) fn judge_accounts(turn: &Turn<'_>, accounts: &Value) -> Result<(), Problem> {
    let known = |account: &Value| account.at("number") == turn.settings.dhl.account.as_str();
    if accounts
        .as_array()
        .is_some_and(|list| !list.is_empty() && list.iter().all(known))
    {
        return Ok(());
    }
    Err(Problem::one(
        "The account number is not found or invalid. Please check the account number and retry.",
    ))
}

pub(super) fn judge_unit(unit: &Value) -> Result<(), Problem> {
    if unit == "metric" {
        return Ok(());
    }
    Err(Problem::one(
        "996: This sandbox weighs and measures in metric units only.",
    ))
}

pub(super) fn lane_of(from: &str, to: &str) -> Result<(&'static Area, &'static Area), Problem> {
    match (lane::area_of(from), lane::area_of(to)) {
        (Some(from), Some(to)) => Ok((from, to)),
        _ => Err(Problem::one(
            "996: The requested product(s) not available based on your search criteria.",
        )),
    }
}

struct Query<'a> {
    body: &'a Value,
    payer: Payer,
    from: &'a Area,
    to: &'a Area,
    weight: &'a Weight,
    planned: i64,
    now: i64,
}

impl Query<'_> {
    fn offer(&self, product: &Product) -> Value {
        let tariff = lane::tariff(product, self.payer, (self.from, self.to), self.weight.half_kilos());
        let fuel = tariff.saturating_mul(lane::FUEL_PER_CENT) / 100;
        let protection = self.protection();
        let total = tariff
            .saturating_add(fuel)
            .saturating_add(protection.unwrap_or_default());
        let euro = |cents: i64| cents.saturating_mul(10_000) / EURO;
        let arrival = self.planned.saturating_add(product.transit_days.saturating_mul(DAY_MS));
        let local = |time: i64, format: &str| clock::write(time, self.to.offset_minutes, format);
        json!({
            "productName": product.name,
            "productCode": product.code,
            "localProductCode": product.code,
            "localProductCountryCode": self.from.country,
            "networkTypeCode": "TD",
            "isCustomerAgreement": false,
            "weight": {
                "volumetric": thousandths_number(self.weight.volumetric),
                "provided": thousandths_number(self.weight.half_kilos().saturating_mul(500)),
                "unitOfMeasurement": "metric",
            },
            "totalPrice": [
                { "currencyType": "BILLC", "priceCurrency": "USD", "price": number(total) },
                { "currencyType": "PULCL", "priceCurrency": "USD", "price": number(total) },
                { "currencyType": "BASEC", "priceCurrency": "EUR", "price": number(euro(total)) },
            ],
            "totalPriceBreakdown": [{
                "currencyType": "BILLC",
                "priceCurrency": "USD",
                "priceBreakdown": [{ "typeCode": "STTXA", "price": 0 }, { "typeCode": "SPRQT", "price": number(tariff) }],
            }],
            "detailedPriceBreakdown": [{
                "currencyType": "BILLC",
                "priceCurrency": "USD",
                "breakdown": self.breakdown(product, tariff, fuel, protection),
            }],
            "pickupCapabilities": {
                "nextBusinessDay": false,
                "localCutoffDateAndTime": clock::write(self.planned, self.from.offset_minutes, "%Y-%m-%dT18:00:00"),
                "pickupEarliest": "09:30:00",
                "pickupLatest": "18:00:00",
                "originServiceAreaCode": self.from.code,
                "pickupAdditionalDays": 0,
                "pickupDayOfWeek": day_of_week(self.planned, self.from),
            },
            "deliveryCapabilities": {
                "deliveryTypeCode": self.body.at("estimatedDeliveryDate").at("typeCode").as_str().unwrap_or("QDDC"),
                "estimatedDeliveryDateAndTime": local(arrival, "%Y-%m-%dT23:59:00"),
                "destinationServiceAreaCode": self.to.code,
                "deliveryAdditionalDays": 0,
                "deliveryDayOfWeek": day_of_week(arrival, self.to),
                "totalTransitDays": product.transit_days,
            },
            "pricingDate": clock::write(self.now, self.from.offset_minutes, "%Y-%m-%d"),
        })
    }

    /// Charged when the value is to be insured.
    fn protection(&self) -> Option<i64> {
        let amounts = self.body.at("monetaryAmount").as_array()?;
        let insured = amounts.iter().find(|amount| amount.at("typeCode") == "insuredValue")?;
        Some(lane::protection(thousandths(insured.at("value"))? / 10))
    }

    fn breakdown(&self, product: &Product, tariff: i64, fuel: i64, protection: Option<i64>) -> Vec<Value> {
        let mut lines = vec![
            json!({ "name": product.short_name, "price": number(tariff) }),
            json!({
                "name": "FUEL SURCHARGE",
                "serviceCode": "FF",
                "localServiceCode": "FF",
                "serviceTypeCode": "SCH",
                "price": number(fuel),
                "isCustomerAgreement": false,
                "isMarketedService": false,
            }),
        ];
        let offered = lane::SERVICES.iter().map(|(code, name)| {
            let mut line = json!({
                "name": name,
                "serviceCode": code,
                "localServiceCode": code,
                "serviceTypeCode": "XCH",
                "isCustomerAgreement": code.starts_with('H'),
                "isMarketedService": true,
            });
            if let ("II", Some(cents)) = (*code, protection) {
                line.set("price", number(cents));
            }
            line
        });
        lines.extend(offered);
        lines
    }
}

fn day_of_week(time: i64, area: &Area) -> Value {
    clock::write(time, area.offset_minutes, "%u")
        .parse::<i64>()
        .map_or(Value::Null, Value::from)
}
