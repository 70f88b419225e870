//! aliexpress.ds.text.search: products whose words match, cheapest variant's price in the asked currency.

use serde_json::{Value, json};

use super::catalogue::{self, Product, Sku};
use super::problem::Problem;
use super::{Parameters, list};
use crate::calls::Turn;
use crate::json::Fields;
use crate::money::decimal;

pub(super) fn answer(turn: &mut Turn<'_>, parameters: &Parameters) -> Result<Value, Problem> {
    let required = |name: &str| {
        parameters
            .get(name)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| Problem::missing(name))
    };
    required("local")?;
    let country = required("countryCode")?;
    if required("currency")? != "USD" {
        return Err(Problem::invalid("currency"));
    }
    let number = |name: &str, usual: usize| match parameters.get(name).filter(|value| !value.is_empty()) {
        Some(text) => text
            .parse()
            .ok()
            .filter(|n| *n > 0)
            .ok_or_else(|| Problem::invalid(name)),
        None => Ok(usual),
    };
    let (page, size) = (number("pageIndex", 1)?, number("pageSize", 20)?);
    if size > 50 {
        return Err(Problem::invalid("pageSize"));
    }
    let found = find(parameters)?;
    let total = found.len();
    let shown = found
        .into_iter()
        .skip((page.saturating_sub(1)).saturating_mul(size))
        .take(size);
    let entries = shown
        .map(|(product, sku)| entry(product, sku, country, &turn.settings.origin))
        .collect();
    let products = list(parameters, "selection_search_product", entries);
    let data = json!({ "pageIndex": page, "pageSize": size, "totalCount": total, "products": products });
    Ok(json!({ "code": "00", "msg": "success", "data": data }))
}

type Found = Vec<(&'static Product, &'static Sku)>;

fn find(parameters: &Parameters) -> Result<Found, Problem> {
    let wanted = parameters.get("keyWord").map(|text| words(text)).unwrap_or_default();
    let category = parameters.get("categoryId").filter(|id| !id.is_empty());
    let ship_from = ship_from(parameters.get("searchExtend"))?;
    let mut found: Vec<(usize, &Product, &Sku)> = Vec::new();
    for product in catalogue::products() {
        let fits = category.is_none_or(|id| *id == product.category_id.to_string());
        let leaves = |from: &str| product.skus.iter().any(|sku| sku.ship_from(product) == from);
        let score = score(product, &wanted);
        let right_place = ship_from.as_deref().is_none_or(leaves);
        if let (true, true, Some(sku)) = (fits && right_place, score > 0 || wanted.is_empty(), product.cheapest()) {
            found.push((score, product, sku));
        }
    }
    match parameters.get("sortBy").map(String::as_str).unwrap_or_default() {
        "" => found.sort_by_key(|(score, product, _)| std::cmp::Reverse((*score, product.reviews))),
        "orders,desc" => found.sort_by_key(|(_, product, _)| std::cmp::Reverse(product.reviews)),
        "min_price,asc" => found.sort_by_key(|(_, _, sku)| sku.price_cents),
        "min_price,desc" => found.sort_by_key(|(_, _, sku)| std::cmp::Reverse(sku.price_cents)),
        "latest,desc" => found.sort_by_key(|(_, product, _)| std::cmp::Reverse(product.id)),
        _ => return Err(Problem::invalid("sortBy")),
    }
    Ok(found.into_iter().map(|(_, product, sku)| (product, sku)).collect())
}

fn ship_from(extend: Option<&String>) -> Result<Option<String>, Problem> {
    let Some(text) = extend.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let filters: Vec<Value> = serde_json::from_str(text).map_err(|_| Problem::invalid("searchExtend"))?;
    let filter = filters.iter().find(|filter| filter.at("searchKey") == "ship_from");
    Ok(filter
        .and_then(|filter| filter.at("searchValue").as_str())
        .map(str::to_owned))
}

/// Words of the title weigh more than those of the brand and the category; a plural finds the singular.
fn score(product: &Product, wanted: &[String]) -> usize {
    let title = words(&product.title);
    let rest = words(&format!("{} {} {}", product.brand, product.category, product.picture));
    let hits = |word: &String, text: &[String]| text.iter().any(|known| similar(known, word));
    wanted
        .iter()
        .map(|word| {
            if hits(word, &title) {
                3
            } else {
                usize::from(hits(word, &rest))
            }
        })
        .sum()
}

fn similar(known: &str, word: &str) -> bool {
    let stem = word.strip_suffix('s').filter(|stem| stem.len() > 2).unwrap_or(word);
    known == word || known.strip_suffix('s').unwrap_or(known) == stem || (stem.len() > 3 && known.starts_with(stem))
}

fn words(text: &str) -> Vec<String> {
    let parts = text.split(|letter: char| !letter.is_alphanumeric());
    parts.filter(|word| word.len() > 1).map(str::to_lowercase).collect()
}

fn entry(product: &Product, sku: &Sku, country: &str, origin: &str) -> Value {
    // The platform shows its home currency too; 7.18 yuan to the dollar is near enough for a shop window.
    let yuan = |cents: i64| decimal(cents.saturating_mul(718) / 100);
    let price = decimal(sku.price_cents);
    let least = json!({
        "cent": sku.price_cents,
        "currencyCode": "USD",
        "formatPrice": format!("US ${price}"),
        "shipToCountry": country,
    });
    let off = 100 - sku.price_cents.saturating_mul(100) / sku.list_cents.max(1);
    json!({
        "itemId": product.id.to_string(),
        "title": product.title,
        "itemMainPic": format!("{origin}/images/{}/1.svg", product.id),
        "itemUrl": format!("//www.aliexpress.com/item/{}.html", product.id),
        "originalPrice": yuan(sku.list_cents),
        "originalPriceCurrency": "CNY",
        "salePrice": yuan(sku.price_cents),
        "salePriceCurrency": "CNY",
        "targetSalePrice": price,
        "targetOriginalPrice": decimal(sku.list_cents),
        "targetOriginalPriceCurrency": "USD",
        "salePriceFormat": format!("US ${price}"),
        "originMinPrice": least.to_string(),
        "discount": format!("{off}%"),
        "orders": product.sold,
        "evaluateRate": "94.1",
        "score": product.rating,
        "cateId": product.category_id.to_string(),
        "type": "search",
    })
}
