//! Books a shipment, and receives waybill number, label and commercial invoice in one answer.

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::id::ShipmentId;
use http::HeaderName;

use super::{
    customs, moment, planned, refusal,
    settings::DhlSettings,
    wire::{Account, Number, measures, shipments as wire},
    words,
};
use crate::{
    carriers::{BookRequest, Booked, Document, DocumentFormat, DocumentKind, Incoterm, LabelFormat, Party, PartyKind},
    error::Error,
    request::{Body, Request},
    response::Response,
};

pub(super) const CALL: &str = "dhl book";

/// DHL renders label and invoice before it answers.
const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(25);

pub(super) fn request(shipment: &BookRequest, settings: &DhlSettings) -> Result<Request, Error> {
    let ask = wire::Ask {
        planned_shipping_date_and_time: planned(shipment.ship_at, shipment.ship_offset),
        // The warehouse's daily collection takes it.
        pickup: wire::Pickup { is_requested: false },
        product_code: &shipment.service_code,
        accounts: accounts(shipment.incoterm, settings),
        customer_references: vec![wire::Reference {
            value: shipment.shipment.as_str(),
            type_code: "CU",
        }],
        value_added_services: services(shipment)?,
        output_image_properties: papers(shipment.label_format),
        customer_details: wire::Ends {
            shipper_details: end(&shipment.from)?,
            receiver_details: end(&shipment.to)?,
        },
        content: content(shipment)?,
    };
    let reference: &ShipmentId = &shipment.shipment;
    // For DHL's support, not for repeats: it makes nothing happen only once.
    Request::post(settings.base_url.join("/shipments"), Body::json(CALL, &ask)?)
        .within(TIMEOUT)
        .header(CALL, HeaderName::from_static("message-reference"), reference.as_str())
}

fn accounts(incoterm: Incoterm, settings: &DhlSettings) -> Vec<Account<'_>> {
    let ours = |kind| Account {
        kind,
        number: &settings.account,
    };
    match incoterm {
        Incoterm::Dap => vec![ours("shipper")],
        // The incoterm alone does not move the bill for the duties.
        Incoterm::Ddp => vec![ours("shipper"), ours("duties-taxes")],
    }
}

fn services(shipment: &BookRequest) -> Result<Vec<wire::Extra>, Error> {
    let mut services = Vec::new();
    if let Some(value) = shipment.insured {
        let currency = Some(value.currency().to_string());
        services.push(wire::Extra {
            service_code: "II",
            value: Some(Number::money(CALL, value)?),
            currency,
        });
    }
    if shipment.incoterm == Incoterm::Ddp {
        services.push(wire::Extra {
            service_code: "DD",
            value: None,
            currency: None,
        });
    }
    Ok(services)
}

fn papers(format: LabelFormat) -> wire::Papers {
    wire::Papers {
        printer_dpi: 300,
        encoding_format: match format {
            LabelFormat::Pdf => "pdf",
            LabelFormat::Zpl => "zpl",
        },
        image_options: vec![
            wire::Paper {
                type_code: "label",
                template_name: "ECOM26_84_001",
                is_requested: true,
                ..wire::Paper::default()
            },
            wire::Paper {
                type_code: "waybillDoc",
                template_name: "ARCH_8X4",
                is_requested: true,
                hide_account_number: Some(true),
                number_of_copies: Some(1),
                ..wire::Paper::default()
            },
            wire::Paper {
                type_code: "invoice",
                template_name: "COMMERCIAL_INVOICE_P_10",
                is_requested: true,
                invoice_type: Some("commercial"),
                language_code: Some("eng"),
                ..wire::Paper::default()
            },
        ],
        split_transport_and_waybill_doc_labels: true,
        split_invoice_and_receipt: true,
    }
}

fn end(party: &Party) -> Result<wire::End<'_>, Error> {
    let missing = |problem| Error::Invalid { call: CALL, problem };
    if party.phone.is_empty() || party.contact.trim().is_empty() || party.city.trim().is_empty() {
        return Err(missing("name, phone and town are needed at both ends"));
    }
    let mut lines = lines(&party.lines).into_iter();
    let region = party.region.trim();
    let is_code = (2..=3).contains(&region.len()) && region.bytes().all(|b| b.is_ascii_uppercase());
    let company = if party.company.trim().is_empty() {
        &party.contact
    } else {
        &party.company
    };
    Ok(wire::End {
        postal_address: wire::Address {
            postal_code: &party.postcode,
            city_name: words::fit(&party.city, 45),
            country_code: party.country.code(),
            province_code: is_code.then_some(region),
            province_name: (!is_code && !region.is_empty()).then(|| words::fit(region, 35)),
            address_line1: lines.next().ok_or_else(|| missing("an address without a line"))?,
            address_line2: lines.next(),
            address_line3: lines.next(),
        },
        contact_information: wire::Contact {
            phone: &party.phone,
            company_name: words::fit(company, 100),
            full_name: words::fit(&party.contact, 255),
            email: Some(party.email.as_str()).filter(|email| !email.is_empty() && email.len() <= 70),
        },
        registration_numbers: registration(party).into_iter().collect(),
        type_code: match party.kind {
            PartyKind::Business => "business",
            PartyKind::Consumer => "direct_consumer",
        },
    })
}

/// The tax number of a person is a fiscal one (FTN, as in DHL's example for Kenya) unless it is printed on an identity card (NID).
fn registration(party: &Party) -> Option<wire::Registration<'_>> {
    let number = Some(party.tax_number.as_str()).filter(|number| !number.is_empty())?;
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let is_card = number.starts_with("GHA-") || (party.country.code() == "ZA" && digits == 13);
    Some(wire::Registration {
        type_code: if is_card { "NID" } else { "FTN" },
        number,
        issuer_country_code: party.country.code(),
    })
}

/// Three lines of 45 characters: each of ours on its own if they fit, else all their words one after the other.
fn lines(ours: &[String]) -> Vec<String> {
    let each: Vec<_> = ours.iter().flat_map(|line| words::lines(line, 45)).collect();
    let mut lines = if each.len() <= 3 {
        each
    } else {
        words::lines(&ours.join(", "), 45)
    };
    lines.truncate(3);
    lines
}

fn content(shipment: &BookRequest) -> Result<wire::Content<'_>, Error> {
    let value = shipment.goods_value().map_err(|_| Error::Invalid {
        call: CALL,
        problem: "goods without one value",
    })?;
    let names: Vec<_> = shipment.customs.iter().map(|line| line.description.trim()).collect();
    let description = words::fit(&names.join(", "), 70);
    let mut packages = Vec::with_capacity(shipment.parcels.len());
    for parcel in &shipment.parcels {
        let (weight, dimensions) = measures(CALL, parcel)?;
        packages.push(wire::Piece {
            weight,
            dimensions,
            description: description.clone(),
        });
    }
    if packages.is_empty() {
        return Err(Error::Invalid {
            call: CALL,
            problem: "no parcel",
        });
    }
    Ok(wire::Content {
        packages,
        is_customs_declarable: true,
        declared_value: Number::money(CALL, value)?,
        declared_value_currency: value.currency().to_string(),
        description,
        incoterm: match shipment.incoterm {
            Incoterm::Dap => "DAP",
            Incoterm::Ddp => "DDP",
        },
        unit_of_measurement: "metric",
        export_declaration: customs::declaration(shipment, value)?,
    })
}

pub(super) fn parse(response: &Response) -> Result<Booked, Error> {
    if !matches!(response.status, 200 | 201) {
        return Err(refusal(CALL, response));
    }
    let answer: wire::Answer = response.json(CALL)?;
    if answer.shipment_tracking_number.is_empty() {
        return Err(Error::malformed(CALL, "a booking without a number"));
    }
    Ok(Booked {
        carrier_number: answer.shipment_tracking_number,
        piece_numbers: answer
            .packages
            .read
            .into_iter()
            .filter_map(|piece| piece.tracking_number)
            .collect(),
        documents: answer.documents.read.into_iter().filter_map(document).collect(),
        estimated_delivery: answer
            .estimated_delivery_date
            .and_then(|estimate| estimate.estimated_delivery_date)
            .and_then(|text| moment(&text)),
    })
}

/// A paper, unless its content is broken: the booking stands all the same, and whoever misses the paper sees that it is not there.
pub(super) fn document(sent: wire::Document) -> Option<Document> {
    let bytes = STANDARD
        .decode(sent.content.trim())
        .ok()
        .filter(|bytes| !bytes.is_empty())?;
    let kind = match sent.type_code.as_deref() {
        Some("label") => DocumentKind::Label,
        Some("waybillDoc" | "waybill") => DocumentKind::Waybill,
        Some("invoice" | "commercial-invoice") => DocumentKind::CommercialInvoice,
        _ => DocumentKind::Other,
    };
    let format = match sent.image_format.as_deref() {
        Some("PDF") => DocumentFormat::Pdf,
        Some("ZPL") => DocumentFormat::Zpl,
        Some("PNG") => DocumentFormat::Png,
        _ => DocumentFormat::Other,
    };
    Some(Document { kind, format, bytes })
}
