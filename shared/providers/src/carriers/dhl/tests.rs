//! DHL Express, per capability: the request, a good answer, a refusal, a nonsense answer. Rates are here, the rest below.

mod booking;
mod damage;
mod journey;

use domain::{
    Currency, Dimensions, Grams, Millimetres, Money, Settings, Timestamp,
    address::{Address, AddressInput, Country},
    id::{OrderId, RootId, ShipmentId},
};
use serde_json::Value;

use super::Dhl;
use crate::{
    carriers::{
        BookRequest, BookingLookUp, Carrier, Charges, CustomsLine, DocumentFormat, DocumentKind, FoundBooking,
        GoodsUnit, Incoterm, Invoice, LabelFormat, PapersLookUp, Parcel, Party, PartyKind, RateQuery, UtcOffset, Void,
        VoidOutcome,
    },
    error::Error,
    exchange::{Effect, Exchange, Step},
    response::Response,
};

const RATES: &str = include_str!("samples/rates.ok.json");
const KEY_REFUSED: &str = include_str!("samples/key.refused.json");

fn dhl() -> Dhl {
    let mut settings = Settings::new([
        ("DHL_BASE_URL".into(), "https://dhl.example/mydhlapi".into()),
        ("DHL_API_KEY".into(), "user".into()),
        ("DHL_API_SECRET".into(), "s3cret".into()),
        ("DHL_ACCOUNT_NUMBER".into(), "123456789".into()),
    ]);
    Dhl::read(&mut settings)
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn usd(amount: i64) -> Money {
    Money::new(amount, Currency::USD)
}

fn warehouse() -> Party {
    Party {
        kind: PartyKind::Business,
        company: "Bandari".into(),
        contact: "Dispatch Desk".into(),
        phone: "+13025550100".into(),
        email: String::new(),
        lines: vec!["12 Depot Rd".into()],
        city: "New Castle".into(),
        region: "Delaware".into(),
        postcode: "19720".into(),
        country: Country::US,
        tax_number: String::new(),
    }
}

fn customer() -> Party {
    let typed = AddressInput {
        name: "Asha Mwangi".into(),
        phone: "+254712345678".into(),
        email: "asha@example.com".into(),
        line1: "Ngong Road 44".into(),
        line2: "Apt 3".into(),
        landmark: "behind the Total station".into(),
        city: "Nairobi".into(),
        country: "KE".into(),
        ..AddressInput::default()
    };
    Party::from(&Address::try_from(typed).unwrap())
}

fn parcel() -> Parcel {
    let size = Dimensions::new(Millimetres(401), Millimetres(300), Millimetres(150));
    Parcel {
        weight: Grams(1805),
        size,
    }
}

fn query() -> RateQuery {
    RateQuery {
        from: warehouse(),
        to: customer(),
        parcels: vec![parcel()],
        goods_value: usd(24_000),
        ship_at: at("2026-11-25T20:00:00Z"),
        ship_offset: UtcOffset::minutes(-300).unwrap(),
    }
}

fn line(description: &str, quantity: u32, unit: GoodsUnit, cents: i64, hs_code: &str) -> CustomsLine {
    CustomsLine {
        description: description.into(),
        quantity,
        unit,
        unit_value: usd(cents),
        hs_code: hs_code.into(),
        origin: "VN".parse().unwrap(),
        net_weight: Grams(800),
        gross_weight: Grams(900),
    }
}

fn shipment() -> BookRequest {
    let shoes = line(
        "Running shoes, textile upper, rubber sole, new",
        2,
        GoodsUnit::Pairs,
        6000,
        "6404.11.00",
    );
    let jacket = CustomsLine {
        origin: "BD".parse().unwrap(),
        net_weight: Grams(705),
        gross_weight: Grams(905),
        ..line("Rain jacket, polyester, new", 1, GoodsUnit::Pieces, 12_000, "620140")
    };
    BookRequest {
        shipment: ShipmentId::of(&OrderId::from_ulid("01JDB7M3N8Q4R5S6T7V8W9X0YZ").unwrap(), 1),
        service_code: "P".into(),
        from: warehouse(),
        to: customer(),
        parcels: vec![parcel()],
        customs: vec![shoes, jacket],
        incoterm: Incoterm::Dap,
        invoice: Invoice {
            number: "INV-01JDB7M3N8Q4R5S6T7V8W9X0YZ-1".into(),
            issued_at: at("2026-11-24T08:00:00Z"),
        },
        charges: Charges {
            freight: Some(usd(11_840)),
            insurance: Some(usd(0)),
        },
        insured: Some(usd(24_000)),
        label_format: LabelFormat::Pdf,
        ship_at: at("2026-11-25T20:00:00Z"),
        ship_offset: UtcOffset::minutes(-300).unwrap(),
    }
}

fn look_up() -> Exchange<Vec<FoundBooking>> {
    let which = BookingLookUp {
        shipment: shipment().shipment,
        booked_at: at("2026-11-25T20:00:00Z"),
        now: at("2026-11-25T20:05:00Z"),
    };
    dhl().find_by_reference(&which).unwrap()
}

fn body<T: 'static>(exchange: &Exchange<T>) -> String {
    let body = &exchange.request().body;
    assert_eq!(body.content_type(), Some("application/json"));
    String::from_utf8(body.bytes().to_vec()).unwrap()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Without the white space of the sample, so that the digits of its numbers count.
fn tight(sample: &str) -> String {
    let mut inside = false;
    sample
        .chars()
        .filter(|c| {
            inside ^= *c == '"';
            inside || !c.is_whitespace()
        })
        .collect()
}

fn answer<T: 'static>(exchange: Exchange<T>, status: u16, body: &str) -> Result<T, Error> {
    match exchange.receive(&Response::new(status, body.to_owned()))? {
        Step::Done(value) => Ok(value),
        Step::Next(next) => panic!("goes on with {}", next.name()),
    }
}

fn word<T>(ended: Result<T, Error>) -> &'static str {
    ended.map_or_else(|error| error.word(), |_| "ok")
}

#[test]
fn a_question_for_rates_is_what_dhl_documents_to_the_digit() {
    let exchange = dhl().rates(&query()).unwrap();

    assert_eq!(body(&exchange), tight(include_str!("samples/rates.request.json")));
    let head = exchange.request().redacted();
    assert!(head.starts_with("POST https://dhl.example/mydhlapi/rates\nauthorization: ***\nx-version: 3.1.0\n"));
    let key = exchange.request().headers.get("authorization").unwrap();
    assert_eq!(key, "Basic dXNlcjpzM2NyZXQ=");
}

#[test]
fn rates_are_those_of_our_account_cheapest_first_and_none_is_free() {
    let offers = answer(dhl().rates(&query()).unwrap(), 200, RATES).unwrap();

    let shown: Vec<_> = offers
        .iter()
        .map(|offer| (offer.service_code.as_str(), offer.price))
        .collect();
    assert_eq!(shown, [("P", usd(11_840)), ("Y", usd(14_000))]);
    let best = &offers[0];
    assert_eq!(best.name, "EXPRESS WORLDWIDE NONDOC");
    assert_eq!(best.charged_weight, Some(Grams(4000)));
    assert_eq!(best.estimated_delivery, Some(at("2026-11-30T23:59:00Z")));
    assert_eq!(best.extra_services, ["DD"]);
}

#[test]
fn a_refused_question_for_rates_says_whether_a_person_must_look() {
    for (status, body, ending) in [
        (400, include_str!("samples/rates.refused.json"), "refused"),
        (400, include_str!("samples/account.refused.json"), "unauthorized"),
        (400, r#"{"detail":"8003: x"}"#, "unauthorized"),
        (400, r#"{"additionalDetails":["8007: x"]}"#, "unauthorized"),
        (401, KEY_REFUSED, "unauthorized"),
        (401, "<html>", "unauthorized"),
        (429, "", "throttled"),
        (500, include_str!("samples/booking.failed.json"), "unavailable"),
    ] {
        assert_eq!(
            word(answer(dhl().rates(&query()).unwrap(), status, body)),
            ending,
            "{status} {body}"
        );
    }
}

#[test]
fn nonsense_instead_of_rates_is_no_price() {
    for body in [
        "<html>",
        "{}",
        "{\"products\":7}",
        r#"{"products":[7,null,{"productName":"P"}]}"#,
        r#"{"products":[{"productCode":"P","totalPrice":[{"currencyType":"BILLC","priceCurrency":"USD","price":-1}]}]}"#,
    ] {
        assert_eq!(
            word(answer(dhl().rates(&query()).unwrap(), 200, body)),
            "malformed",
            "{body}"
        );
    }
    assert_eq!(word(answer(dhl().rates(&query()).unwrap(), 404, "<html>")), "malformed");
}

#[test]
fn a_product_whose_price_is_no_amount_is_one_offer_less() {
    for (told, odd) in [
        ("\"price\": 140", "\"price\": -140"),
        ("\"price\": 140", "\"price\": \"cheap\""),
        ("\"price\": 140", "\"price\": {}"),
        (
            "\"priceCurrency\": \"USD\", \"price\": 140",
            "\"priceCurrency\": \"US\", \"price\": 140",
        ),
    ] {
        assert!(RATES.contains(told));

        let offers = answer(dhl().rates(&query()).unwrap(), 200, &RATES.replace(told, odd)).unwrap();

        let codes: Vec<_> = offers.iter().map(|offer| offer.service_code.as_str()).collect();
        assert_eq!(codes, ["P"], "{odd}");
    }
}

#[test]
fn a_price_in_quotation_marks_or_with_too_many_decimals_is_still_a_price() {
    for (written, cents) in [("\"118.40\"", 11_840), ("118.405", 11_841), ("118.404", 11_840)] {
        let answered = RATES.replace("\"price\": 140", &format!("\"price\": {written}"));
        let offers = answer(dhl().rates(&query()).unwrap(), 200, &answered).unwrap();
        let timed = offers.iter().find(|offer| offer.service_code == "Y").unwrap();
        assert_eq!(timed.price, usd(cents), "{written}");
    }
}
