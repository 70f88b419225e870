//! A quote keeps what it promised, and shows when somebody changed it.

use std::time::Duration;

use super::{Heading, Quote, QuoteLine, Share, Terms, WrongQuote};
use crate::{
    address::Country,
    currency::Currency,
    landed_cost::{ComponentKind, Freight, FreightOffer, LandedCost, Mode, Rules, Speed, Want, WantedLine, price},
    measure::Grams,
    money::Money,
    product::{Package, VariantRef},
    timestamp::Timestamp,
};

fn now() -> Timestamp {
    "2026-11-23T09:00:00Z".parse().unwrap()
}

fn usd(text: &str) -> Money {
    Money::parse(text, Currency::USD).unwrap()
}

fn line(store: &str, title: &str, price: &str) -> WantedLine {
    let variant = VariantRef {
        store: store.parse().unwrap(),
        product: title.into(),
        variant: "red".into(),
    };
    let package = Some(Package {
        weight: Grams(900),
        size: None,
    });
    WantedLine {
        package,
        store_delivery: usd("2.50"),
        ..WantedLine::new(variant, title, 2, usd(price))
    }
}

fn quote() -> Quote {
    let (want, cost) = priced("P", Speed::Economy, "61.20");
    Quote::promise(heading("quo_01JDB7M3N8Q4R5S6T7V8W9X0YZ"), want, cost).unwrap()
}

fn heading(id: &str) -> Heading {
    Heading {
        id: id.parse().unwrap(),
        customer: "cus_01JDB7M3N8Q4R5S6T7V8W9X0YZ".parse().unwrap(),
        cart_fingerprint: "3f9a".into(),
        made_at: now(),
    }
}

/// The basket by a way of the carrier, and its price.
fn priced(service: &str, speed: Speed, freight: &str) -> (Want, LandedCost) {
    let offer = FreightOffer {
        carrier: "dhl".parse().unwrap(),
        service: service.into(),
        speed,
        price: usd(freight),
        days: None,
    };
    let want = Want {
        lines: vec![
            line("aliexpress", "Running shoes", "40.00"),
            line("ebay", "Rain jacket", "35.00"),
            line("aliexpress", "Socks", "5.00"),
        ],
        destination: Country::KE,
        export_from: Country::US,
        charge: Currency::KES,
        charge_unit: 1,
        freight: Freight::Live(offer),
        mode: Mode::Air,
        payment: Some("stripe".parse().unwrap()),
    };
    let cost = price(&Rules::shipped().unwrap(), &want, now()).unwrap();
    (want, cost)
}

#[test]
fn a_basket_by_two_ways_has_two_quotes_and_each_names_the_other() {
    let plain = priced("P", Speed::Economy, "61.20");
    let fast = priced("Y", Speed::Express, "74.00");
    let ids = ["quo_01JDB7M3N8Q4R5S6T7V8W9X0YA", "quo_01JDB7M3N8Q4R5S6T7V8W9X0YB"];
    let ways = [plain.clone(), fast].into_iter().zip(ids);

    let quotes = Quote::promise_each(ways.map(|((want, cost), id)| (heading(id), want, cost)).collect()).unwrap();

    let seen = |quote: &Quote| -> Vec<(String, Speed, Money)> {
        let ways = quote.ways().into_iter();
        ways.map(|way| (way.quote.to_string(), way.speed, way.total)).collect()
    };
    let both = [
        (ids[0].to_owned(), Speed::Economy, quotes[0].total()),
        (ids[1].to_owned(), Speed::Express, quotes[1].total()),
    ];
    assert_eq!((seen(&quotes[0]), seen(&quotes[1])), (both.to_vec(), both.to_vec()));
    assert!(quotes[0].total().amount() < quotes[1].total().amount());
    // What the other way costs is promised as well: it cannot be changed without the hash.
    let mut terms = quotes[0].terms().clone();
    terms.other_ways[0].total = quotes[0].total();
    assert_eq!(Quote::rebuild(terms, quotes[0].hash()), Err(WrongQuote::HashDiffers));
    let alone = Quote::promise(heading(ids[0]), plain.0, plain.1).unwrap();
    assert_eq!(alone.ways().len(), 1);
}

#[test]
fn a_quote_holds_until_the_moment_it_expires() {
    let quote = quote();
    let end = now().plus(Duration::from_secs(4 * 3600));

    assert_eq!(quote.terms().expires_at, end);
    assert!(!quote.is_expired(end.minus(Duration::from_millis(1))));
    assert!(quote.is_expired(end));
}

#[test]
fn a_stored_quote_comes_back_only_as_it_was_promised() {
    let quote = quote();
    let hash = quote.hash().to_owned();

    assert_eq!(Quote::rebuild(quote.terms().clone(), &hash), Ok(quote));
    assert_eq!(hash.len(), 64);
}

type Change<'a> = (&'a str, &'a dyn Fn(&mut Terms));

#[test]
fn every_change_to_the_terms_changes_the_hash() {
    let first = |terms: &mut Terms, change: fn(&mut QuoteLine)| change(terms.lines.first_mut().unwrap());
    let changes: [Change<'_>; 17] = [
        ("customer", &|terms| {
            terms.customer = "cus_01JDB7M3N8Q4R5S6T7V8W9X0YA".parse().unwrap()
        }),
        ("destination", &|terms| terms.destination = "UG".parse().unwrap()),
        ("quantity", &|terms| first(terms, |line| line.quantity = 3)),
        ("unit price", &|terms| {
            first(terms, |line| line.unit_price = usd("40.01"))
        }),
        ("variant", &|terms| {
            first(terms, |line| line.variant.variant = "blue".into())
        }),
        ("title", &|terms| first(terms, |line| line.title.push(' '))),
        ("service", &|terms| {
            first(terms, |line| line.store_service = "slow".into())
        }),
        ("origin", &|terms| {
            first(terms, |line| line.origin = Some("CN".parse().unwrap()))
        }),
        ("customs value", &|terms| {
            first(terms, |line| line.customs_value = Money::zero(Currency::KES))
        }),
        ("low", &|terms| terms.low = Money::zero(Currency::KES)),
        ("cap", &|terms| terms.caps[0].max_total = usd("9999.00")),
        ("rate", &|terms| terms.exchanges[0].rate = "1".parse().unwrap()),
        ("freight", &|terms| terms.freight.service = "Q".into()),
        ("expiry", &|terms| {
            terms.expires_at = terms.expires_at.plus(Duration::from_secs(1))
        }),
        ("cart", &|terms| terms.cart_fingerprint = "other".into()),
        ("rules", &|terms| drop(terms.rules.pop())),
        ("remarks", &|terms| drop(terms.remarks.pop())),
    ];
    let quote = quote();
    for (what, change) in changes {
        let mut terms = quote.terms().clone();
        change(&mut terms);
        assert_eq!(
            Quote::rebuild(terms, quote.hash()),
            Err(WrongQuote::HashDiffers),
            "{what}"
        );
    }
}

#[test]
fn text_cannot_move_from_one_field_to_the_next_unseen() {
    let quote = quote();
    let mut terms = quote.terms().clone();
    terms.lines[0].title = "Running".into();
    terms.lines[0].variant_label = " shoes".into();

    assert_eq!(Quote::rebuild(terms, quote.hash()), Err(WrongQuote::HashDiffers));
}

#[test]
fn terms_that_contradict_themselves_are_no_quote() {
    let quote = quote();
    let made = |change: &dyn Fn(&mut Terms)| {
        let mut terms = quote.terms().clone();
        change(&mut terms);
        Quote::make(terms).unwrap_err()
    };

    assert_eq!(
        made(&|terms| terms.total = Money::new(1, Currency::KES)),
        WrongQuote::SumDiffers
    );
    assert_eq!(made(&|terms| terms.lines.clear()), WrongQuote::Empty);
    assert_eq!(made(&|terms| terms.expires_at = terms.made_at), WrongQuote::NeverValid);
    assert!(matches!(
        made(&|terms| terms.components[0].amount = usd("1.00")),
        WrongQuote::Money(_)
    ));
}

#[test]
fn each_store_has_its_own_cap_over_all_its_lines() {
    let quote = quote();

    let ali = quote.cap(&"aliexpress".parse().unwrap()).unwrap();
    let ebay = quote.cap(&"ebay".parse().unwrap()).unwrap();

    // Two at 40 and two at 5 with two deliveries; 5 % on it is more than three dollars.
    assert_eq!(
        (ali.lines.clone(), ali.expected, ali.max_total),
        (vec![1, 3], usd("95.00"), usd("99.75"))
    );
    assert_eq!(
        (ebay.lines.clone(), ebay.expected, ebay.max_total),
        (vec![2], usd("72.50"), usd("76.13"))
    );
    assert_eq!(quote.cap(&"amazon".parse().unwrap()), None);
}

#[test]
fn the_shares_of_the_ledger_are_the_total_and_follow_the_components() {
    let quote = quote();
    let part = |kind: ComponentKind| {
        let found = quote.terms().components.iter().find(|part| part.kind == kind);
        found.map_or(0, |part| part.amount.amount())
    };

    let shares = quote.shares().unwrap();

    let share = |wanted| {
        shares
            .iter()
            .find(|(share, _)| *share == wanted)
            .map_or(0, |(_, amount)| amount.amount())
    };
    assert_eq!(
        share(Share::StorePayable),
        part(ComponentKind::Goods) + part(ComponentKind::StoreDelivery)
    );
    assert_eq!(share(Share::PaymentFee), part(ComponentKind::PaymentFee));
    assert_eq!(
        shares.iter().map(|(_, amount)| amount.amount()).sum::<i64>(),
        quote.total().amount()
    );
    assert_eq!(quote.total().amount() % 100, 0);
}

#[test]
fn every_component_of_a_rule_names_its_rows_and_their_source() {
    for part in &quote().terms().components {
        assert!(!part.source.is_empty(), "{}", part.kind);
        let free = matches!(part.kind, ComponentKind::Rounding);
        assert!(free || !part.rules.is_empty(), "{}", part.kind);
    }
}
