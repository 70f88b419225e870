//! aliexpress.ds.freight.query: how a variant can travel to a country, for how much and how long.

use serde_json::{Value, json};

use super::catalogue::{self, Product, Sku};
use super::problem::Problem;
use super::{Parameters, list};
use crate::calls::Turn;
use crate::clock;
use crate::json::Fields;
use crate::money::decimal;

/// One way to travel.
pub(super) struct Way {
    pub(super) code: &'static str,
    company: &'static str,
    pub(super) cents: i64,
    days: (i64, i64),
    tracked: bool,
}

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Every way the variant can travel, cheapest first; none means the store does not deliver there.
pub(super) fn options(product: &Product, sku: &Sku, country: &str, pieces: u32) -> Vec<Way> {
    // Invented rule: the store closes a few destinations, and batteries do not fly to the far islands.
    let closed = ["CU", "KP", "SY", "IR"].contains(&country);
    let remote = ["FJ", "WS", "TO"].contains(&country);
    if country.len() != 2 || closed || (remote && product.battery) {
        return Vec::new();
    }
    let grams = i64::from(product.grams).saturating_mul(i64::from(pieces));
    let by_weight = |base: i64, per_half_kilo: i64| base + (grams / 500).saturating_mul(per_half_kilo);
    if sku.ship_from(product) == "US" {
        if country != "US" {
            return Vec::new();
        }
        let cents = by_weight(349, 120);
        return vec![Way {
            code: "US_LOCAL_STD",
            company: "Local Warehouse Delivery",
            cents,
            days: (3, 5),
            tracked: true,
        }];
    }
    let mut options = vec![
        Way {
            code: "CAINIAO_FULFILLMENT_STD",
            company: "AliExpress Selection Standard",
            cents: by_weight(199, 160),
            days: (6, 10),
            tracked: true,
        },
        Way {
            code: "CAINIAO_PREMIUM",
            company: "AliExpress Premium Shipping",
            cents: by_weight(899, 420),
            days: (4, 6),
            tracked: true,
        },
    ];
    if grams <= 300 && !product.battery {
        let cents = by_weight(99, 0);
        let economy = Way {
            code: "CAINIAO_ECONOMY",
            company: "Cainiao Super Economy",
            cents,
            days: (18, 35),
            tracked: false,
        };
        options.insert(0, economy);
    }
    options
}

pub(super) fn answer(turn: &mut Turn<'_>, parameters: &Parameters) -> Result<Value, Problem> {
    let text = parameters
        .get("queryDeliveryReq")
        .ok_or_else(|| Problem::missing("queryDeliveryReq"))?;
    let request: Value = serde_json::from_str(text).map_err(|_| Problem::invalid("queryDeliveryReq"))?;
    for name in ["productId", "shipToCountry", "currency", "locale", "language"] {
        text_of(request.at(name)).ok_or_else(|| Problem::missing(name))?;
    }
    let number = |name: &str| text_of(request.at(name)).and_then(|text| text.parse::<u64>().ok());
    let quantity = match text_of(request.at("quantity")) {
        Some(_) => number("quantity").and_then(|n| u32::try_from(n).ok()).unwrap_or(0),
        None => 1,
    };
    let country = text_of(request.at("shipToCountry")).unwrap_or_default();
    let product = number("productId").and_then(catalogue::product);
    // A wrong variant id looks exactly like a place the store does not deliver to.
    let sku = product.and_then(|product| Some((product, product.sku_by_id(number("selectedSkuId")?)?)));
    let found = match sku {
        Some((product, sku)) if quantity > 0 => {
            let stock = sku.available(&catalogue::sold(turn.books));
            let options = options(product, sku, &country, quantity);
            options
                .iter()
                .map(|option| entry(option, sku.ship_from(product), stock, turn.now))
                .collect()
        }
        _ => Vec::new(),
    };
    if found.is_empty() {
        let result = json!({ "success": false, "code": 501, "msg": "DELIVERY_INFO_EMPTY" });
        return Ok(json!({ "result": result }));
    }
    let result = json!({
        "success": true,
        "code": 200,
        "msg": "Call succeeds",
        "delivery_options": list(parameters, "delivery_option_d_t_o", found),
    });
    Ok(json!({ "result": result }))
}

fn entry(option: &Way, from: &str, stock: u32, now: i64) -> Value {
    let (first, last) = option.days;
    let date = |days: i64| clock::write(now.saturating_add(days.saturating_mul(DAY_MS)), 0, "%b %-d");
    json!({
        "code": option.code,
        "company": option.company,
        "ship_from_country": from,
        "shipping_fee_cent": decimal(option.cents),
        "shipping_fee_currency": "USD",
        "shipping_fee_format": format!("US ${}", decimal(option.cents)),
        "free_shipping": option.cents == 0,
        "mayHavePFS": false,
        "min_delivery_days": first,
        "max_delivery_days": last,
        "guaranteed_delivery_days": "60",
        "delivery_date_desc": format!("{} - {}", date(first), date(last)),
        "tracking": option.tracked,
        "available_stock": stock.to_string(),
    })
}

/// The platform takes numbers as text and the other way round.
pub(super) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}
