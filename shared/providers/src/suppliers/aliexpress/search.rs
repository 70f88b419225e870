//! aliexpress.ds.text.search: products for some words, in the money and for the country we ask for.

use domain::{
    Timestamp,
    product::{Hit, ProductRef},
};
use serde::Deserialize;

use super::{
    AliExpress,
    gateway::{self, Method},
    wire,
};
use crate::{
    error::Error,
    exchange::Exchange,
    lenient::Each,
    response::Response,
    suppliers::{HitPage, SearchOrder, SearchQuery, Terms, plain_text},
};

pub(super) const METHOD: Method = Method {
    call: "aliexpress text.search",
    name: "aliexpress.ds.text.search",
};

/// The demo of the platform asks for 20; 50 is known to work.
const PAGE_SIZE: u32 = 20;
pub(super) const LONGEST_TITLE: usize = 300;

pub(super) fn exchange(
    store: &AliExpress,
    query: &SearchQuery,
    terms: Terms,
    now: Timestamp,
) -> Result<Exchange<HitPage>, Error> {
    let words = query.words.trim();
    if words.is_empty() {
        return Err(Error::Invalid {
            call: METHOD.call,
            problem: "there is nothing to search for",
        });
    }
    let mut business = vec![
        ("keyWord", words.to_owned()),
        ("local", "en_US".to_owned()),
        ("countryCode", terms.ship_to.code().to_owned()),
        ("currency", terms.currency.code().to_owned()),
        ("pageIndex", query.page.max(1).to_string()),
        ("pageSize", PAGE_SIZE.to_string()),
    ];
    if let Some(order) = sort_by(query.order) {
        business.push(("sortBy", order.to_owned()));
    }
    let request = gateway::request(&store.settings, METHOD, business, now);
    let code = store.code.clone();
    Ok(Exchange::reads(METHOD.call, request, move |response| {
        let page = parse(response)?;
        if page.products.is_unreadable() {
            return Err(Error::malformed(METHOD.call, "no hit that can be read"));
        }
        let hits = page.products.read.into_iter().filter_map(|found| {
            Some(Hit {
                product: ProductRef {
                    store: code.clone(),
                    product: found.item_id?,
                },
                title: plain_text(&found.title?, LONGEST_TITLE),
                image: found.picture.as_deref().and_then(wire::web_address),
                // Only in the asked money: the other prices of the answer are in yuan.
                price: found
                    .price
                    .and_then(|price| wire::money(&price, found.currency.as_deref().unwrap_or(terms.currency.code()))),
                rating_tenths: found.score.and_then(|score| wire::whole(&score, 1)).and_then(stars),
                as_of: now,
            })
        });
        Ok(HitPage {
            hits: hits.collect(),
            total: page.total.and_then(|total| total.parse().ok()),
        })
    }))
}

fn sort_by(order: SearchOrder) -> Option<&'static str> {
    match order {
        SearchOrder::BestMatch => None,
        SearchOrder::MostSold => Some("orders,desc"),
        SearchOrder::CheapestFirst => Some("min_price,asc"),
        SearchOrder::DearestFirst => Some("min_price,desc"),
        SearchOrder::NewestFirst => Some("latest,desc"),
    }
}

/// Nothing when nobody has rated it yet.
pub(super) fn stars(tenths: u32) -> Option<u8> {
    u8::try_from(tenths).ok().filter(|tenths| (1..=50).contains(tenths))
}

fn parse(response: &Response) -> Result<Page, Error> {
    let answer: Answer = gateway::open(METHOD, response)?;
    match answer.data {
        Some(page) if gateway::is_success(answer.code.as_deref()) => Ok(page),
        _ => Err(gateway::refused(METHOD.call, answer.code, answer.msg)),
    }
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default, deserialize_with = "wire::text")]
    code: Option<String>,
    #[serde(default, deserialize_with = "wire::text")]
    msg: Option<String>,
    data: Option<Page>,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default, rename = "totalCount", deserialize_with = "wire::maybe_text")]
    total: Option<String>,
    #[serde(default, deserialize_with = "wire::each")]
    products: Each<Found>,
}

#[derive(Deserialize)]
struct Found {
    #[serde(default, rename = "itemId", deserialize_with = "wire::text")]
    item_id: Option<String>,
    #[serde(default, deserialize_with = "wire::text")]
    title: Option<String>,
    #[serde(default, rename = "itemMainPic", deserialize_with = "wire::maybe_text")]
    picture: Option<String>,
    #[serde(default, rename = "targetSalePrice", deserialize_with = "wire::maybe_text")]
    price: Option<String>,
    #[serde(default, rename = "targetOriginalPriceCurrency", deserialize_with = "wire::text")]
    currency: Option<String>,
    #[serde(default, deserialize_with = "wire::maybe_text")]
    score: Option<String>,
}
