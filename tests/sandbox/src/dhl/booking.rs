//! POST /shipments: judged by shape and by business rules, then booked, every time anew: the carrier has no idempotency.

use serde_json::{Value, json};

use super::lane::{self, Product};
use super::problem::Problem;
use super::rates::{judge_accounts, judge_unit, lane_of};
use super::waybill::{self, Piece, Waybill};
use super::{papers, planned};
use crate::calls::Turn;
use crate::clock;
use crate::faults::Kind;
use crate::json::Fields;
use crate::money::thousandths;

/// Words the carrier does not take in a description; invented from what it is known to stop.
const BLOCKED: [&str; 6] = ["JEWELRY", "MACHINERY", "FIREARM", "AMMUNITION", "BANKNOTES", "IVORY"];

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Judges without booking.
pub(super) fn validate(turn: &mut Turn<'_>, body: &Value) -> Result<(), Problem> {
    judge(turn, body).map(|_| ())
}

pub(super) fn book(turn: &mut Turn<'_>, body: &Value) -> Result<Value, Problem> {
    let (product, planned_at) = judge(turn, body)?;
    let times = if turn.fault_of(Kind::MadeTwice).is_some() { 2 } else { 1 };
    let mut told = None;
    for _ in 0..times {
        let waybill = make(turn, body, product, planned_at);
        turn.books.put(&waybill);
        told.get_or_insert(waybill);
    }
    Ok(told.map_or(Value::Null, |waybill| confirmation(turn, &waybill, product)))
}

fn judge(turn: &Turn<'_>, body: &Value) -> Result<(&'static Product, i64), Problem> {
    judge_accounts(turn, body.at("accounts"))?;
    let planned_at = planned::read(
        body.at("plannedShippingDateAndTime").as_str().unwrap_or_default(),
        turn.now,
    )?;
    let content = body.at("content");
    judge_unit(content.at("unitOfMeasurement"))?;
    let country = |party: &str| {
        body.at("customerDetails")
            .at(party)
            .at("postalAddress")
            .at("countryCode")
            .as_str()
            .unwrap_or_default()
    };
    let (from, to) = lane_of(country("shipperDetails"), country("receiverDetails"))?;
    let is_declarable = content.at("isCustomsDeclarable") == true;
    let code = body.at("productCode").as_str().unwrap_or_default();
    let offered = lane::products(from, to, is_declarable);
    let Some(product) = offered.into_iter().find(|product| product.code == code) else {
        return Err(Problem::one("996: Requested product(s) not available at origin"));
    };
    let mut details = judge_countries(body.at("customerDetails"));
    details.extend(judge_services(body));
    details.extend(judge_words(content));
    if is_declarable && !content.at("exportDeclaration").is_object() {
        details.push("1001: A dutiable shipment needs #/content/exportDeclaration".to_owned());
    }
    let declared = ["declaredValue", "declaredValueCurrency"];
    if is_declarable && declared.iter().any(|name| content.at(name).is_null()) {
        details.push("1001: A dutiable shipment needs #/content/declaredValue and its currency".to_owned());
    }
    if details.is_empty() {
        Ok((product, planned_at))
    } else {
        Err(Problem::refused(details))
    }
}

fn judge_countries(parties: &Value) -> Vec<String> {
    let parties = parties.as_object().into_iter().flatten();
    let unknown = parties.filter(|(_, party)| {
        let code = party.at("postalAddress").at("countryCode").as_str().unwrap_or_default();
        !(code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()))
    });
    unknown
        .map(|(name, _)| format!("7127: The {name}/postalAddress/countryCode value provided is invalid."))
        .collect()
}

fn judge_services(body: &Value) -> Vec<String> {
    let services = body
        .at("valueAddedServices")
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let mut details = Vec::new();
    for (place, service) in services.iter().enumerate() {
        let code = service.at("serviceCode").as_str().unwrap_or_default();
        if !lane::SERVICES.iter().any(|(known, _)| *known == code) {
            details.push(format!(
                "7008: The requested Special Service Code  #/valueAddedServices/{place}/serviceCode '{code}' is not \
                 available between this origin and destination. Please validate the products and services combination \
                 (via the /rates or /products service) or contact our customer service."
            ));
        }
    }
    let options = body.at("outputImageProperties").at("imageOptions").as_array();
    let has_invoice = options.is_some_and(|options| {
        options
            .iter()
            .any(|option| option.at("typeCode") == "invoice" && option.at("isRequested") != false)
    });
    let has_images = body
        .at("documentImages")
        .as_array()
        .is_some_and(|images| !images.is_empty());
    if services.iter().any(|service| service.at("serviceCode") == "WY") && !has_invoice && !has_images {
        details.push(
            "7120: Required either #/outputImageProperties/imageOptions where typeCode=invoice or provide #/documentImages"
                .to_owned(),
        );
    }
    details
}

fn judge_words(content: &Value) -> Vec<String> {
    let blocked = |text: &Value| {
        let text = text.as_str().unwrap_or_default().to_uppercase();
        BLOCKED.iter().find(|word| text.contains(*word)).copied()
    };
    let mut details = Vec::new();
    if let Some(word) = blocked(content.at("description")) {
        details.push(format!(
            "7147: The shipment description #/content/description Match Keyword[Description:{word}]. Please update the description and retry."
        ));
    }
    let lines = content
        .at("exportDeclaration")
        .at("lineItems")
        .as_array()
        .into_iter()
        .flatten();
    for (place, line) in lines.enumerate() {
        if let Some(word) = blocked(line.at("description")) {
            let number = place.saturating_add(1);
            details.push(format!(
                "7147: The export line item description #/content/exportdeclaration/lineitems/{number}/description Match Keyword[Description:{word}]. Please update the description and retry."
            ));
        }
    }
    details
}

fn make(turn: &mut Turn<'_>, body: &Value, product: &Product, planned_at: i64) -> Waybill {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let party = |name: &str| &body.at("customerDetails")[name];
    let references = body.at("customerReferences").as_array().into_iter().flatten();
    let is_ours = |reference: &&Value| reference.at("typeCode").is_null() || reference.at("typeCode") == "CU";
    let packages = body.at("content").at("packages").as_array().into_iter().flatten();
    let pieces = packages.map(|package| Piece {
        id: waybill::next_piece(turn.books),
        weight_grams: thousandths(package.at("weight")).unwrap_or_default(),
        dimensions: package.at("dimensions").clone(),
    });
    let pieces = pieces.collect();
    let wait = turn.settings.dhl.hand_over_seconds.saturating_mul(1000);
    let with_pickup = body.at("pickup").at("isRequested") == true;
    Waybill {
        awb: waybill::next_awb(turn.books),
        booked_at: turn.now,
        planned_at,
        account: turn.settings.dhl.account.clone(),
        product: product.code.to_owned(),
        description: text(body.at("content").at("description")),
        references: references
            .filter(is_ours)
            .map(|reference| text(reference.at("value")))
            .collect(),
        from: text(party("shipperDetails").at("postalAddress").at("countryCode")),
        to: text(party("receiverDetails").at("postalAddress").at("countryCode")),
        receiver: text(party("receiverDetails").at("contactInformation").at("fullName")),
        pieces,
        pickup: with_pickup.then(|| super::pickups::next_number(turn)),
        hand_over_due: if with_pickup {
            planned_at
        } else {
            turn.now.saturating_add(wait)
        },
        events: Vec::new(),
        request: body.clone(),
    }
}

fn confirmation(turn: &Turn<'_>, waybill: &Waybill, product: &Product) -> Value {
    let page = format!("{}/dhl/shipments/{}/tracking", turn.settings.origin, waybill.awb);
    let package = |(place, piece): (usize, &Piece)| {
        json!({
            "referenceNumber": place.saturating_add(1),
            "trackingNumber": piece.id,
            "trackingUrl": format!("{page}?pieceTrackingNumber={}", piece.id),
        })
    };
    let arrival = waybill
        .planned_at
        .saturating_add(product.transit_days.saturating_mul(DAY_MS));
    let mut answer = json!({
        "shipmentTrackingNumber": waybill.awb,
        "trackingUrl": page,
        "packages": waybill.pieces.iter().enumerate().map(package).collect::<Vec<_>>(),
        "documents": papers::documents(waybill, &waybill.request, product.short_name),
        "shipmentDetails": [{
            "pickupDetails": {
                "localCutoffDateAndTime": clock::write(waybill.planned_at, -300, "%Y-%m-%dT18:00:00"),
                "totalTransitDays": product.transit_days.to_string(),
            },
        }],
        "estimatedDeliveryDate": {
            "estimatedDeliveryDate": clock::write(arrival, 0, "%Y-%m-%dT23:59:00Z"),
            "estimatedDeliveryType": "QDDC",
        },
    });
    if let Some(pickup) = &waybill.pickup {
        answer.set("dispatchConfirmationNumber", pickup.as_str());
        answer.set(
            "cancelPickupUrl",
            format!("{}/dhl/pickups/{pickup}", turn.settings.origin),
        );
    }
    answer
}
