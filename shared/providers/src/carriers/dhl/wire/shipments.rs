//! The words of `POST /shipments`.

use serde::{Deserialize, Serialize};

use super::{Account, Number, Sides};
use crate::lenient::{Each, maybe};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Ask<'a> {
    pub(in super::super) planned_shipping_date_and_time: String,
    pub(in super::super) pickup: Pickup,
    pub(in super::super) product_code: &'a str,
    pub(in super::super) accounts: Vec<Account<'a>>,
    pub(in super::super) customer_references: Vec<Reference<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in super::super) value_added_services: Vec<Extra>,
    pub(in super::super) output_image_properties: Papers,
    pub(in super::super) customer_details: Ends<'a>,
    pub(in super::super) content: Content<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Pickup {
    pub(in super::super) is_requested: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Reference<'a> {
    pub(in super::super) value: &'a str,
    pub(in super::super) type_code: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Extra {
    pub(in super::super) service_code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) value: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) currency: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Papers {
    #[serde(rename = "printerDPI")]
    pub(in super::super) printer_dpi: u16,
    pub(in super::super) encoding_format: &'static str,
    pub(in super::super) image_options: Vec<Paper>,
    pub(in super::super) split_transport_and_waybill_doc_labels: bool,
    pub(in super::super) split_invoice_and_receipt: bool,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Paper {
    pub(in super::super) type_code: &'static str,
    pub(in super::super) template_name: &'static str,
    pub(in super::super) is_requested: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) hide_account_number: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) number_of_copies: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) invoice_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) language_code: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Ends<'a> {
    pub(in super::super) shipper_details: End<'a>,
    pub(in super::super) receiver_details: End<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct End<'a> {
    pub(in super::super) postal_address: Address<'a>,
    pub(in super::super) contact_information: Contact<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in super::super) registration_numbers: Vec<Registration<'a>>,
    pub(in super::super) type_code: &'static str,
}

/// A number by which an authority knows somebody.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Registration<'a> {
    pub(in super::super) type_code: &'static str,
    pub(in super::super) number: &'a str,
    pub(in super::super) issuer_country_code: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Address<'a> {
    /// Empty where a country has none; DHL wants the key all the same.
    pub(in super::super) postal_code: &'a str,
    pub(in super::super) city_name: String,
    pub(in super::super) country_code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) province_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) province_name: Option<String>,
    pub(in super::super) address_line1: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) address_line2: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) address_line3: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Contact<'a> {
    pub(in super::super) phone: &'a str,
    pub(in super::super) company_name: String,
    pub(in super::super) full_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) email: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Content<'a> {
    pub(in super::super) packages: Vec<Piece>,
    pub(in super::super) is_customs_declarable: bool,
    pub(in super::super) declared_value: Number,
    pub(in super::super) declared_value_currency: String,
    pub(in super::super) description: String,
    pub(in super::super) incoterm: &'static str,
    pub(in super::super) unit_of_measurement: &'static str,
    pub(in super::super) export_declaration: Declaration<'a>,
}

#[derive(Serialize)]
pub(in super::super) struct Piece {
    pub(in super::super) weight: Number,
    pub(in super::super) dimensions: Sides,
    pub(in super::super) description: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Declaration<'a> {
    pub(in super::super) line_items: Vec<Line<'a>>,
    pub(in super::super) invoice: Invoice<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in super::super) additional_charges: Vec<Charge>,
    pub(in super::super) export_reason: &'static str,
    pub(in super::super) export_reason_type: &'static str,
    pub(in super::super) shipment_type: &'static str,
    pub(in super::super) place_of_incoterm: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Line<'a> {
    pub(in super::super) number: usize,
    pub(in super::super) description: String,
    /// Of one.
    pub(in super::super) price: Number,
    pub(in super::super) quantity: Quantity,
    pub(in super::super) commodity_codes: Vec<CommodityCode>,
    pub(in super::super) export_reason_type: &'static str,
    pub(in super::super) manufacturer_country: &'a str,
    /// Of the whole line.
    pub(in super::super) weight: LineWeight,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Quantity {
    pub(in super::super) value: u32,
    pub(in super::super) unit_of_measurement: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct CommodityCode {
    pub(in super::super) type_code: &'static str,
    pub(in super::super) value: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct LineWeight {
    pub(in super::super) net_value: Number,
    pub(in super::super) gross_value: Number,
}

#[derive(Serialize)]
pub(in super::super) struct Invoice<'a> {
    pub(in super::super) number: &'a str,
    pub(in super::super) date: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Charge {
    pub(in super::super) value: Number,
    pub(in super::super) type_code: &'static str,
}

/// The number is what was bought; everything else is a paper or a piece that stands for itself.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Answer {
    pub(in super::super) shipment_tracking_number: String,
    #[serde(default)]
    pub(in super::super) packages: Each<BookedPiece>,
    #[serde(default)]
    pub(in super::super) documents: Each<Document>,
    #[serde(default, deserialize_with = "maybe")]
    pub(in super::super) estimated_delivery_date: Option<Estimate>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct BookedPiece {
    pub(in super::super) tracking_number: Option<String>,
}

/// A paper of a booking, or one that is shown again later.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Document {
    #[serde(default, deserialize_with = "maybe")]
    pub(in super::super) type_code: Option<String>,
    #[serde(default, alias = "encodingFormat", deserialize_with = "maybe")]
    pub(in super::super) image_format: Option<String>,
    pub(in super::super) content: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Estimate {
    pub(in super::super) estimated_delivery_date: Option<String>,
}
