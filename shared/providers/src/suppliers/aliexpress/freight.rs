//! aliexpress.ds.freight.query: how one variant can reach our warehouse, in what time and for how much.

use domain::{
    Currency, Money, Timestamp,
    product::{StoreDelivery, VariantRef},
};
use serde::{Deserialize, Serialize};

use super::{
    AliExpress,
    gateway::{self, Method},
    split_variant, wire,
};
use crate::{error::Error, exchange::Exchange, lenient::Each, response::Response, suppliers::Terms};

pub(super) const METHOD: Method = Method {
    call: "aliexpress freight.query",
    name: "aliexpress.ds.freight.query",
};

/// "Not deliverable", and also the answer to a variant id the platform does not know.
const NO_WAY: &str = "DELIVERY_INFO_EMPTY";

pub(super) fn exchange(
    store: &AliExpress,
    variant: &VariantRef,
    quantity: u32,
    terms: Terms,
    now: Timestamp,
) -> Result<Exchange<Vec<StoreDelivery>>, Error> {
    let (sku_id, _) = split_variant(METHOD.call, variant)?;
    let question = Question {
        product_id: &variant.product,
        selected_sku_id: sku_id,
        quantity: quantity.max(1).to_string(),
        ship_to_country: terms.ship_to.code(),
        currency: terms.currency.code(),
        locale: "en_US",
        language: "en_US",
    };
    let question = super::json_text(METHOD.call, &question)?;
    let request = gateway::request(&store.settings, METHOD, vec![("queryDeliveryReq", question)], now);
    Ok(Exchange::reads(METHOD.call, request, move |response| {
        let options = parse(response)?;
        let mut ways = Vec::new();
        // A way that cannot be read is one way less; that there is none at all is believed of whole answers only.
        let mut odd = options
            .is_unreadable()
            .then(|| Error::malformed(METHOD.call, "no way that can be read"));
        for option in options.read {
            match option.delivery(terms.currency) {
                Ok(way) => ways.extend(way),
                Err(error) => odd = Some(error),
            }
        }
        if let Some(error) = odd.filter(|_| ways.is_empty()) {
            return Err(error);
        }
        ways.sort_by_key(|way| way.price.amount());
        Ok(ways)
    }))
}

fn parse(response: &Response) -> Result<Each<Choice>, Error> {
    let Answer { result } = gateway::open(METHOD, response)?;
    if result.msg.as_deref() == Some(NO_WAY) {
        return Ok(Each::default());
    }
    if result.is_success && gateway::is_success(result.code.as_deref()) {
        return Ok(result.options);
    }
    Err(gateway::refused(METHOD.call, result.code, result.msg))
}

impl Choice {
    /// Nothing for a service that says neither what it costs nor how long it takes: it cannot be promised to a customer.
    fn delivery(self, asked: Currency) -> Result<Option<StoreDelivery>, Error> {
        let Some(service) = self.code else { return Ok(None) };
        let days = |text: &Option<String>| text.as_deref().and_then(|text| text.trim().parse::<u16>().ok());
        let Some(latest) = days(&self.latest).or(days(&self.guaranteed)) else {
            return Ok(None);
        };
        let soonest = days(&self.soonest).unwrap_or(latest).min(latest);
        let currency = match self.currency.as_deref() {
            Some(code) => code
                .parse()
                .map_err(|_| Error::malformed(METHOD.call, "freight in an unknown currency"))?,
            None => asked,
        };
        let price = if self.is_free {
            Money::zero(currency)
        } else {
            // Despite its name the field holds a decimal amount: "1.99".
            let Some(text) = self.fee else { return Ok(None) };
            Money::parse(&text, currency).map_err(|error| Error::Malformed {
                call: METHOD.call,
                source: Box::new(error),
            })?
        };
        Ok(Some(StoreDelivery {
            service,
            price,
            days: (soonest, latest),
            is_tracked: self.is_tracked,
        }))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Question<'a> {
    product_id: &'a str,
    selected_sku_id: &'a str,
    quantity: String,
    ship_to_country: &'a str,
    currency: &'a str,
    locale: &'static str,
    language: &'static str,
}

#[derive(Deserialize)]
struct Answer {
    result: Outcome,
}

#[derive(Deserialize)]
struct Outcome {
    #[serde(default, deserialize_with = "wire::text")]
    code: Option<String>,
    #[serde(default, deserialize_with = "wire::text")]
    msg: Option<String>,
    #[serde(default, rename = "success", deserialize_with = "wire::flag")]
    is_success: bool,
    #[serde(default, rename = "delivery_options", deserialize_with = "wire::each")]
    options: Each<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default, deserialize_with = "wire::text")]
    code: Option<String>,
    #[serde(default, rename = "shipping_fee_cent", deserialize_with = "wire::text")]
    fee: Option<String>,
    #[serde(default, rename = "shipping_fee_currency", deserialize_with = "wire::text")]
    currency: Option<String>,
    #[serde(default, rename = "free_shipping", deserialize_with = "wire::flag")]
    is_free: bool,
    #[serde(default, rename = "min_delivery_days", deserialize_with = "wire::maybe_text")]
    soonest: Option<String>,
    #[serde(default, rename = "max_delivery_days", deserialize_with = "wire::maybe_text")]
    latest: Option<String>,
    #[serde(default, rename = "guaranteed_delivery_days", deserialize_with = "wire::maybe_text")]
    guaranteed: Option<String>,
    #[serde(default, rename = "tracking", deserialize_with = "wire::flag")]
    is_tracked: bool,
}
