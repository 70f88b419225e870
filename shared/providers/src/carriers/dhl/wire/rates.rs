//! The words of `POST /rates`.

use serde::{Deserialize, Serialize};

use super::{Account, Number, Sides};
use crate::lenient::{Each, maybe};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Ask<'a> {
    pub(in super::super) customer_details: Ends<'a>,
    pub(in super::super) accounts: Vec<Account<'a>>,
    pub(in super::super) planned_shipping_date_and_time: String,
    pub(in super::super) unit_of_measurement: &'static str,
    pub(in super::super) is_customs_declarable: bool,
    pub(in super::super) monetary_amount: Vec<Amount>,
    pub(in super::super) estimated_delivery_date: Wanted,
    pub(in super::super) get_additional_information: Vec<Wanted>,
    pub(in super::super) packages: Vec<Piece>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Ends<'a> {
    pub(in super::super) shipper_details: Place<'a>,
    pub(in super::super) receiver_details: Place<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Place<'a> {
    pub(in super::super) postal_code: &'a str,
    pub(in super::super) city_name: String,
    pub(in super::super) country_code: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Amount {
    pub(in super::super) type_code: &'static str,
    pub(in super::super) value: Number,
    pub(in super::super) currency: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Wanted {
    pub(in super::super) is_requested: bool,
    pub(in super::super) type_code: &'static str,
}

#[derive(Serialize)]
pub(in super::super) struct Piece {
    pub(in super::super) weight: Number,
    pub(in super::super) dimensions: Sides,
}

/// Every product, price and service stands for itself.
#[derive(Deserialize)]
pub(in super::super) struct Answer {
    pub(in super::super) products: Each<Product>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Product {
    pub(in super::super) product_code: String,
    #[serde(default, deserialize_with = "maybe")]
    pub(in super::super) product_name: Option<String>,
    #[serde(default, deserialize_with = "maybe")]
    pub(in super::super) weight: Option<Weight>,
    #[serde(default)]
    pub(in super::super) total_price: Each<Price>,
    #[serde(default)]
    pub(in super::super) detailed_price_breakdown: Each<Breakdown>,
    #[serde(default, deserialize_with = "maybe")]
    pub(in super::super) delivery_capabilities: Option<Delivery>,
}

#[derive(Deserialize)]
pub(in super::super) struct Weight {
    pub(in super::super) provided: Option<Number>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Price {
    pub(in super::super) currency_type: String,
    pub(in super::super) price_currency: Option<String>,
    pub(in super::super) price: Option<Number>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Breakdown {
    pub(in super::super) currency_type: Option<String>,
    #[serde(default)]
    pub(in super::super) breakdown: Each<Extra>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Extra {
    pub(in super::super) service_code: Option<String>,
    /// Absent for a service that could be had and is not part of the price.
    pub(in super::super) price: Option<Number>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Delivery {
    pub(in super::super) estimated_delivery_date_and_time: Option<String>,
}
