//! aliexpress.ds.product.get: one product with every variant that can be sent to our country.

use domain::{
    Currency, Dimensions, Grams, Millimetres, Money, Timestamp,
    product::{Package, Product, ProductRef, Variant},
};
use serde::Deserialize;

use super::{
    AliExpress,
    gateway::{self, Method},
    search::LONGEST_TITLE,
    variant_key, wire,
};
use crate::{
    error::Error,
    exchange::Exchange,
    lenient::Each,
    response::Response,
    suppliers::{Terms, plain_text},
};

pub(super) const METHOD: Method = Method {
    call: "aliexpress product.get",
    name: "aliexpress.ds.product.get",
};

const LONGEST_DESCRIPTION: usize = 4000;

pub(super) fn exchange(
    store: &AliExpress,
    product: &str,
    terms: Terms,
    now: Timestamp,
) -> Result<Exchange<Option<Product>>, Error> {
    if !super::is_number(product) {
        return Err(Error::Invalid {
            call: METHOD.call,
            problem: "a product id is a number here",
        });
    }
    let business = vec![
        ("product_id", product.to_owned()),
        ("ship_to_country", terms.ship_to.code().to_owned()),
        ("target_currency", terms.currency.code().to_owned()),
        ("target_language", "EN".to_owned()),
        // The buying account's own vouchers would make the price lower than the next purchase.
        ("remove_personal_benefit", "true".to_owned()),
    ];
    let request = gateway::request(&store.settings, METHOD, business, now);
    let reference = ProductRef {
        store: store.code.clone(),
        product: product.to_owned(),
    };
    Ok(Exchange::reads(METHOD.call, request, move |response| {
        parse(response)?.map(|found| found.product(reference, now)).transpose()
    }))
}

fn parse(response: &Response) -> Result<Option<Found>, Error> {
    let answer: Answer = gateway::open(METHOD, response)?;
    match answer.result {
        Some(found) if gateway::is_success(answer.code.as_deref()) => Ok(Some(found)),
        _ if is_unknown(answer.code.as_deref(), answer.msg.as_deref()) => Ok(None),
        _ => Err(gateway::refused(METHOD.call, answer.code, answer.msg)),
    }
}

/// An id that names nothing. The platform documents no code for it, so the words count too.
fn is_unknown(code: Option<&str>, text: Option<&str>) -> bool {
    let text = text.unwrap_or_default().to_ascii_lowercase();
    code == Some("404") || text.contains("not exist") || text.contains("not found")
}

impl Found {
    fn product(self, product: ProductRef, now: Timestamp) -> Result<Product, Error> {
        let title = self
            .base
            .subject
            .as_deref()
            .map(|title| plain_text(title, LONGEST_TITLE))
            .unwrap_or_default();
        if title.is_empty() {
            return Err(Error::malformed(METHOD.call, "a product without a title"));
        }
        // What is taken off the store cannot be bought, though its variants are still listed.
        let is_on_sale = self.base.status.as_deref().is_none_or(|status| status == "onSelling");
        let skus = if is_on_sale { self.skus } else { Each::default() };
        let (variants, unread_variants) = variants(skus)?;
        Ok(Product {
            product,
            title,
            description: plain_text(self.base.detail.as_deref().unwrap_or_default(), LONGEST_DESCRIPTION),
            images: self
                .pictures
                .urls
                .unwrap_or_default()
                .split(';')
                .filter_map(wire::web_address)
                .collect(),
            seller: self.store.name,
            category: self.base.category,
            unread_variants,
            variants,
            package: self.package.package(),
            as_of: now,
        })
    }
}

/// A variant that cannot be read is one variant less; that there is none at all is believed of whole answers only.
fn variants(skus: Each<Sku>) -> Result<(Vec<Variant>, usize), Error> {
    let told = skus.len();
    let mut variants = Vec::new();
    let mut odd = (!skus.unread.is_empty()).then(|| Error::malformed(METHOD.call, "no variant that can be read"));
    for sku in skus.read {
        match sku.variant() {
            Ok(variant) => variants.push(variant),
            Err(error) => odd = Some(error),
        }
    }
    let unread = told.saturating_sub(variants.len());
    odd.filter(|_| variants.is_empty()).map_or(Ok((variants, unread)), Err)
}

impl Sku {
    fn variant(self) -> Result<Variant, Error> {
        let missing = || Error::malformed(METHOD.call, "a variant without an id or a price");
        let currency: Currency = self
            .currency
            .as_deref()
            .and_then(|code| code.parse().ok())
            .ok_or_else(missing)?;
        // The sale price is what is charged; the list price stands where there is no sale.
        let price = self
            .sale_price
            .or(self.list_price)
            .and_then(|price| Money::parse(&price, currency).ok());
        let image = self
            .properties
            .read
            .iter()
            .find_map(|property| property.image.as_deref().and_then(wire::web_address));
        Ok(Variant {
            key: variant_key(
                &self.sku_id.ok_or_else(missing)?,
                self.sku_attr.as_deref().unwrap_or_default(),
            ),
            values: self.properties.read.into_iter().filter_map(Property::value).collect(),
            price: price.ok_or_else(missing)?,
            stock: self.stock.and_then(|stock| wire::whole(&stock, 0)),
            image,
        })
    }
}

impl Property {
    /// The seller's own label where there is one: "Bear" says more than "WHITE".
    fn value(self) -> Option<(String, String)> {
        Some((plain_text(&self.name?, 60), plain_text(&self.label.or(self.value)?, 60)))
    }
}

impl Packed {
    fn package(&self) -> Option<Package> {
        let weight = self
            .gross_weight
            .as_deref()
            .and_then(|kilograms| wire::whole(kilograms, 3))
            .filter(|grams| *grams > 0)?;
        let side = |centimetres: &Option<String>| {
            let millimetres = centimetres.as_deref().and_then(|text| wire::whole(text, 1))?;
            (millimetres > 0).then_some(Millimetres(millimetres))
        };
        let sides = (side(&self.length), side(&self.width), side(&self.height));
        let size = match sides {
            (Some(length), Some(width), Some(height)) => Some(Dimensions::new(length, width, height)),
            _ => None,
        };
        Some(Package {
            weight: Grams(weight),
            size,
        })
    }
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default, rename = "rsp_code", deserialize_with = "wire::text")]
    code: Option<String>,
    #[serde(default, rename = "rsp_msg", deserialize_with = "wire::text")]
    msg: Option<String>,
    result: Option<Found>,
}

#[derive(Deserialize)]
struct Found {
    #[serde(rename = "ae_item_base_info_dto")]
    base: Base,
    #[serde(default, rename = "ae_item_sku_info_dtos", deserialize_with = "wire::each")]
    skus: Each<Sku>,
    #[serde(default, rename = "ae_multimedia_info_dto", deserialize_with = "wire::or_default")]
    pictures: Pictures,
    #[serde(default, rename = "package_info_dto", deserialize_with = "wire::or_default")]
    package: Packed,
    #[serde(default, rename = "ae_store_info", deserialize_with = "wire::or_default")]
    store: Seller,
}

#[derive(Deserialize)]
struct Base {
    #[serde(default, deserialize_with = "wire::text")]
    subject: Option<String>,
    #[serde(default, deserialize_with = "wire::maybe_text")]
    detail: Option<String>,
    #[serde(default, rename = "product_status_type", deserialize_with = "wire::text")]
    status: Option<String>,
    #[serde(default, rename = "category_id", deserialize_with = "wire::maybe_text")]
    category: Option<String>,
}

#[derive(Deserialize)]
struct Sku {
    #[serde(default, deserialize_with = "wire::text")]
    sku_id: Option<String>,
    #[serde(default, deserialize_with = "wire::text")]
    sku_attr: Option<String>,
    #[serde(default, rename = "offer_sale_price", deserialize_with = "wire::text")]
    sale_price: Option<String>,
    #[serde(default, rename = "sku_price", deserialize_with = "wire::text")]
    list_price: Option<String>,
    #[serde(default, rename = "currency_code", deserialize_with = "wire::text")]
    currency: Option<String>,
    #[serde(
        default,
        rename = "sku_available_stock",
        alias = "s_k_u_available_stock",
        deserialize_with = "wire::text"
    )]
    stock: Option<String>,
    #[serde(
        default,
        rename = "ae_sku_property_dtos",
        alias = "aeop_s_k_u_propertys",
        deserialize_with = "wire::each"
    )]
    properties: Each<Property>,
}

#[derive(Deserialize)]
struct Property {
    #[serde(default, rename = "sku_property_name", deserialize_with = "wire::text")]
    name: Option<String>,
    #[serde(default, rename = "sku_property_value", deserialize_with = "wire::text")]
    value: Option<String>,
    #[serde(default, rename = "property_value_definition_name", deserialize_with = "wire::text")]
    label: Option<String>,
    #[serde(default, rename = "sku_image", deserialize_with = "wire::maybe_text")]
    image: Option<String>,
}

#[derive(Default, Deserialize)]
struct Pictures {
    #[serde(default, rename = "image_urls", deserialize_with = "wire::text")]
    urls: Option<String>,
}

#[derive(Default, Deserialize)]
struct Packed {
    #[serde(default, deserialize_with = "wire::text")]
    gross_weight: Option<String>,
    #[serde(default, rename = "package_length", deserialize_with = "wire::text")]
    length: Option<String>,
    #[serde(default, rename = "package_width", deserialize_with = "wire::text")]
    width: Option<String>,
    #[serde(default, rename = "package_height", deserialize_with = "wire::text")]
    height: Option<String>,
}

#[derive(Default, Deserialize)]
struct Seller {
    #[serde(default, rename = "store_name", deserialize_with = "wire::text")]
    name: Option<String>,
}
