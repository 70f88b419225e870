//! What must not travel does not get a price; what needs care gets a remark.

use serde_json::json;

use super::basket::{Book, has_remark, line, now, shipped, usd, want};
use crate::{
    address::Country,
    landed_cost::{Authority, Danger, Freight, NotPriced, Route, Ruling, Speed, inspect, price},
    measure::Grams,
    product::Package,
    refusal::Refusal,
};

fn refusal(title: &str) -> Option<String> {
    match price(shipped(), &want(vec![line(title, "20.00")], "50.00"), now()) {
        Ok(_) => None,
        Err(NotPriced::Refused(Refusal::NotShippable(reason))) => Some(reason),
        Err(other) => panic!("{title}: {other}"),
    }
}

#[test]
fn dangerous_and_forbidden_goods_are_refused_with_the_reason() {
    for (title, reason) in [
        (
            "10000 mAh Slim Power Bank, 22.5 W Fast Charge, Display",
            "battery without its device",
        ),
        ("Replacement Laptop Battery for X1", "battery without its device"),
        ("Matt Black Spray Paint 400 ml", "spray cans"),
        ("Red Nail Polish 12 ml", "flammable"),
        ("Dry Ice 5 kg", "dry ice"),
        ("Electric Scooter 350 W", "larger than an aircraft"),
        ("Disposable Vape 2000 puffs", "e-cigarettes"),
        ("Air Pistol 4.5 mm", "weapons"),
        ("Camouflage Trousers", "Kenya"),
        ("Skin Lightening Cream", "Kenya"),
        ("Mini Drone with Camera", "permit of KCAA"),
        ("Amoxicillin Antibiotic 500 mg", "permit of PPB"),
        ("Tomato Vegetable Seeds", "permit of KEPHIS"),
    ] {
        let told = refusal(title).unwrap_or_default();
        assert!(told.contains(reason) && told.contains(title), "{title}: {told}");
    }
}

#[test]
fn harmless_goods_with_dangerous_words_are_not_refused() {
    for title in [
        "Deep Tissue Massage Gun",
        "Hot Glue Gun with 30 Sticks",
        "Charger for AA Rechargeable Battery",
        "Whiskey Glass Set",
        "Medicine Ball 4 kg",
        "Electric Milk Frother with Stand, USB Rechargeable",
        "Cordless Drill 20 V with 2 Batteries and 30 Bits",
        "Precision Screwdriver Set, 64 in 1, Magnetic",
        "Camping Lantern, Rechargeable, 1000 lm",
        "LED Desk Lamp, Dimmable, Wireless Charging Base",
        "Vitamin C Face Serum, 30 ml",
        "Solar Garden Lights, 8 Pieces, Warm White",
    ] {
        assert_eq!(refusal(title), None, "{title}");
    }
}

#[test]
fn a_phone_travels_with_the_warning_of_its_carrier() {
    let cost = price(
        shipped(),
        &want(vec![line("Smartphone 256 GB", "300.00")], "50.00"),
        now(),
    )
    .unwrap();

    let warning = cost.remarks.iter().find(|remark| remark.code == "battery_in").unwrap();
    assert_eq!(cost.lines[0].danger, Danger::BatteryIn);
    assert_eq!(warning.row.as_ref().unwrap().as_str(), "dhl.accepts.battery-in");
    assert!(warning.sentence.contains("DHL"));
}

#[test]
fn perfume_is_priced_and_kept_for_review() {
    let cost = price(
        shipped(),
        &want(vec![line("Eau de Parfum 50 ml", "60.00")], "50.00"),
        now(),
    )
    .unwrap();

    assert!(
        cost.remarks
            .iter()
            .any(|it| it.code == "perfume" && it.severity == crate::landed_cost::Severity::NeedsReview)
    );
}

#[test]
fn the_carrier_forbids_before_the_destination_and_that_before_export_law() {
    let forbids = |by: &str, id: &str| {
        json!({"table": "restriction", "id": id, "by": by, "carrier": "*", "dest": "*", "origin": "*", "hs_prefixes": [],
            "words": ["widget"], "unless": [], "verdict": "forbid", "reason": by, "valid_from": "2026-01-01",
            "valid_to": null, "source": "a test", "checked_on": "2026-11-01", "confidence": "shop"})
    };
    let permit = json!({"table": "restriction", "id": "a.permit", "by": "carrier", "carrier": "*", "dest": "*",
        "origin": "*", "hs_prefixes": [], "words": ["widget", "gadget"], "unless": [], "verdict": "permit", "agency": "an office",
        "reason": "papers", "valid_from": "2026-01-01", "valid_to": null, "source": "a test", "checked_on": "2026-11-01",
        "confidence": "shop"});
    let book = Book::shipped()
        .with(permit)
        .with(forbids("origin", "b.origin"))
        .with(forbids("destination", "c.dest"));
    let rules = book.with(forbids("carrier", "d.carrier")).rules();
    let carrier = "dhl".parse().unwrap();
    let route = Route {
        from: Country::US,
        to: Country::KE,
        carrier: &carrier,
    };

    let widget = line("Widget", "1.00");
    let found = inspect(&rules, widget.described(), route, now());

    let order: Vec<_> = found
        .verdicts
        .iter()
        .map(|verdict| (verdict.ruling, verdict.by))
        .collect();
    let wanted = [
        (Ruling::Forbid, Authority::Carrier),
        (Ruling::Forbid, Authority::Destination),
        (Ruling::Forbid, Authority::Origin),
        (Ruling::Permit, Authority::Carrier),
    ];
    assert_eq!(order, wanted);
    assert_eq!(found.refusal(), Some(Refusal::NotShippable("carrier".into())));
}

#[test]
fn a_restriction_holds_only_for_its_destination_and_its_dates() {
    let rules = shipped();
    let to_germany = {
        let mut want = want(vec![line("Camouflage Trousers", "20.00")], "50.00");
        want.destination = "DE".parse().unwrap();
        want
    };

    assert!(price(rules, &to_germany, now()).is_ok());
    let ended = Book::shipped().set("ke.military", "valid_to", "2026-11-22").rules();
    assert!(
        price(
            &ended,
            &want(vec![line("Camouflage Trousers", "20.00")], "50.00"),
            now()
        )
        .is_ok()
    );
}

#[test]
fn an_empty_basket_an_unserved_country_and_a_piece_too_heavy_are_refused() {
    let rules = shipped();
    let refused = |want| match price(rules, &want, now()) {
        Err(NotPriced::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    };
    let mut elsewhere = want(vec![line("Running shoes", "20.00")], "50.00");
    elsewhere.destination = "AQ".parse().unwrap();
    let mut none = line("Running shoes", "20.00");
    none.quantity = 0;
    let mut heavy = line("Dumbbell", "20.00");
    heavy.package = Some(Package {
        weight: Grams(70_001),
        size: None,
    });

    assert_eq!(refused(want(vec![], "50.00")), Refusal::CartEmpty);
    assert_eq!(refused(want(vec![none], "50.00")), Refusal::CartEmpty);
    assert_eq!(refused(elsewhere), Refusal::CountryNotServed);
    assert_eq!(refused(want(vec![heavy], "50.00")).code(), "not_shippable");
}

#[test]
fn without_a_price_of_the_carrier_and_of_our_table_there_is_none() {
    let mut basket = want(vec![line("Running shoes", "20.00")], "0.00");
    basket.freight = Freight::Tariff("dhl".parse().unwrap(), Speed::Economy);
    let unknown = Book::shipped().without("dhl.zone.ke").rules();

    assert!(matches!(
        price(&unknown, &basket, now()),
        Err(NotPriced::Refused(Refusal::NotShippable(_)))
    ));
    basket.lines[0].quantity = 40;
    let refused = price(shipped(), &basket, now());
    assert!(
        matches!(refused, Err(NotPriced::Refused(Refusal::NotShippable(_)))),
        "144 kg: {refused:?}"
    );
    basket.lines[0].quantity = 1;
    let cost = price(shipped(), &basket, now()).unwrap();
    // 95.00 for 4 kg, fuel 24.63 % of it, our safety 10 % of both.
    assert_eq!(cost.freight.price, usd("130.24"));
    assert!(has_remark(&cost, "freight_from_table"));
}
