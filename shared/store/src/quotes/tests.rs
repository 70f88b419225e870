//! Quotes are written once, found again and never changed.

use domain::{
    Currency, Grams, Money, Refusal,
    address::Country,
    landed_cost::{Freight, FreightOffer, Mode, Rules, Speed, WantedLine, price},
    product::{Package, VariantRef},
    quote::Heading,
};

use super::*;
use crate::memory::Memory;

fn now() -> Timestamp {
    "2026-11-23T09:00:00Z".parse().unwrap()
}

fn line(title: &str, cents: i64) -> WantedLine {
    let variant = VariantRef {
        store: "aliexpress".parse().unwrap(),
        product: "1005".into(),
        variant: "12|14:red".into(),
    };
    WantedLine {
        variant_label: "red".into(),
        image: Some("https://pictures.example/1.jpg".into()),
        seller: Some("A shop".into()),
        store_service: "CAINIAO_STANDARD".into(),
        store_delivery: Money::new(199, Currency::USD),
        package: Some(Package {
            weight: Grams(400),
            size: None,
        }),
        origin: Some("CN".parse().unwrap()),
        ..WantedLine::new(variant, title, 2, Money::new(cents, Currency::USD))
    }
}

/// A quote of the real engine; by our own tariff, so that remarks and a freight without live price occur in it.
fn quote(id: &str, freight: Freight) -> Quote {
    let want = want(freight);
    let cost = price(&Rules::shipped().unwrap(), &want, now()).unwrap();
    Quote::promise(heading(id), want, cost).unwrap()
}

fn want(freight: Freight) -> Want {
    Want {
        lines: vec![line("Running shoes", 4_000), line("Phone case", 350)],
        destination: Country::KE,
        export_from: Country::US,
        charge: Currency::KES,
        charge_unit: 1,
        freight,
        mode: Mode::Air,
        payment: Some("stripe".parse().unwrap()),
    }
}

fn heading(id: &str) -> Heading {
    Heading {
        id: id.parse().unwrap(),
        customer: "cus_01JDB7M3N8Q4R5S6T7V8W9X0YZ".parse().unwrap(),
        cart_fingerprint: "3f9a".into(),
        made_at: now(),
    }
}

fn by_tariff() -> Quote {
    quote(
        "quo_01JDB7M3N8Q4R5S6T7V8W9X0YZ",
        Freight::Tariff("dhl".parse().unwrap(), Speed::Economy),
    )
}

fn live_way() -> Freight {
    Freight::Live(FreightOffer {
        carrier: "dhl".parse().unwrap(),
        service: "P".into(),
        speed: Speed::Express,
        price: Money::new(6_120, Currency::USD),
        days: Some((3, 6)),
    })
}

fn live() -> Quote {
    quote("quo_01JDB7M3N8Q4R5S6T7V8W9X0YA", live_way())
}

/// The same basket by two ways, each naming the other.
fn both() -> Vec<Quote> {
    let ids = ["quo_01JDB7M3N8Q4R5S6T7V8W9X0YC", "quo_01JDB7M3N8Q4R5S6T7V8W9X0YD"];
    let ways = [Freight::Tariff("dhl".parse().unwrap(), Speed::Economy), live_way()];
    let priced = ids.into_iter().zip(ways).map(|(id, freight)| {
        let (heading, want) = (heading(id), want(freight));
        let cost = price(&Rules::shipped().unwrap(), &want, now()).unwrap();
        (heading, want, cost)
    });
    Quote::promise_each(priced.collect()).unwrap()
}

fn request(key: &str, hash: &str) -> RequestKey {
    RequestKey {
        scope: "cus POST /quotes".into(),
        key: key.into(),
        request_hash: hash.into(),
    }
}

/// A quote with what it was made of.
fn priced(quote: Quote) -> (Quote, Want) {
    let freight = if quote.id() == by_tariff().id() {
        Freight::Tariff("dhl".parse().unwrap(), Speed::Economy)
    } else {
        live_way()
    };
    (quote, want(freight))
}

#[tokio::test]
async fn the_newest_quotes_are_priced_again_from_what_is_stored_with_them() {
    let quotes = Quotes::new(Db::Memory(Memory::default()));
    let ids = [
        "quo_01JDB7M3N8Q4R5S6T7V8W9X0Y1",
        "quo_01JDB7M3N8Q4R5S6T7V8W9X0Y2",
        "quo_01JDB7M3N8Q4R5S6T7V8W9X0Y3",
    ];
    for (number, id) in ids.into_iter().enumerate() {
        let ways = [priced(quote(id, live_way())), priced(by_tariff())];
        let ways = if number == 0 { &ways[..] } else { &ways[..1] };
        quotes.put_once(ways, &request(id, "1"), now()).await.unwrap();
    }

    let newest = quotes.newest(2).await.unwrap();

    // Of the first basket's two ways only one is listed.
    let listed: Vec<_> = quotes
        .newest(9)
        .await
        .unwrap()
        .iter()
        .map(|(quote, _)| quote.id().to_string())
        .collect();
    assert_eq!(listed, [ids[2], ids[1], ids[0]]);
    assert_eq!(newest.len(), 2);
    for (promised, want) in newest {
        let heading = Heading {
            id: promised.id().clone(),
            ..heading(ids[0])
        };
        let cost = price(&Rules::shipped().unwrap(), &want, promised.terms().made_at).unwrap();
        assert_eq!(Quote::promise(heading, want, cost).unwrap(), promised);
    }
    // A quote that was put without it has nothing to be priced from, and is not listed.
    quotes.put(&live()).await.unwrap();
    assert_eq!(quotes.newest(9).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_quote_of_the_engine_comes_back_as_it_was_promised() {
    let quotes = Quotes::new(Db::Memory(Memory::default()));

    for quote in [vec![by_tariff(), live()], both()].concat() {
        quotes.put(&quote).await.unwrap();

        assert!(!quote.terms().remarks.is_empty());
        assert_eq!(quotes.get(quote.id()).await.unwrap(), quote);
    }
}

#[tokio::test]
async fn a_quote_is_never_overwritten() {
    let db = Db::Memory(Memory::default());
    let mut other = to_item(&key(live().id()), &QuoteRecord::of(&live())).unwrap();
    other.remove("low");
    db.put(other, Condition::Absent).await.unwrap();

    let written = Quotes::new(db).put(&live()).await;

    assert!(matches!(written, Err(Failure::Conflict)));
}

#[tokio::test]
async fn putting_the_very_same_quote_again_is_the_retry_of_a_put_whose_answer_was_lost() {
    let quotes = Quotes::new(Db::Memory(Memory::default()));
    quotes.put(&live()).await.unwrap();

    assert!(quotes.put(&live()).await.is_ok());
}

#[tokio::test]
async fn a_quote_that_was_tampered_with_is_not_read() {
    let db = Db::Memory(Memory::default());
    let mut item = to_item(&key(live().id()), &QuoteRecord::of(&live())).unwrap();
    let cheaper = serde_dynamo::to_attribute_value(Money::new(1, Currency::KES)).unwrap();
    item.insert("low".into(), cheaper);
    db.put(item, Condition::Absent).await.unwrap();

    let read = Quotes::new(db).get(live().id()).await;

    assert!(matches!(read, Err(Failure::Internal(_))));
}

#[tokio::test]
async fn the_quote_of_somebody_else_is_not_found() {
    let quotes = Quotes::new(Db::Memory(Memory::default()));
    quotes.put(&live()).await.unwrap();
    let other = "cus_01JDB7M3N8Q4R5S6T7V8W9X0YA".parse().unwrap();

    assert!(matches!(
        quotes.get_own(live().id(), &other).await,
        Err(Failure::NotFound("quote"))
    ));
    assert!(matches!(
        quotes.get(by_tariff().id()).await,
        Err(Failure::NotFound("quote"))
    ));
}

#[tokio::test]
async fn a_repeated_request_gets_the_first_quote_and_another_under_its_key_is_refused() {
    let quotes = Quotes::new(Db::Memory(Memory::default()));

    assert_eq!(
        quotes
            .put_once(&[priced(live()), priced(by_tariff())], &request("a", "1"), now())
            .await
            .unwrap(),
        Promised::Written
    );

    assert_eq!(quotes.get(by_tariff().id()).await.unwrap(), by_tariff());
    let other = quote("quo_01JDB7M3N8Q4R5S6T7V8W9X0YB", live_way());
    let again = quotes
        .put_once(&[priced(other.clone())], &request("a", "1"), now())
        .await
        .unwrap();
    assert_eq!(again, Promised::Repeated(live().id().to_string()));
    assert!(matches!(quotes.get(other.id()).await, Err(Failure::NotFound(_))));
    let other = quotes.put_once(&[priced(other)], &request("a", "2"), now()).await;
    assert!(matches!(other, Err(Failure::Refused(Refusal::KeyReused))));
}

#[test]
fn a_record_of_today_is_read_by_tomorrow_when_attributes_are_added() {
    let mut item = to_item(&key(live().id()), &QuoteRecord::of(&live())).unwrap();
    item.insert("added_later".into(), crate::AttributeValue::Bool(true));

    assert_eq!(from_item::<QuoteRecord>(item).unwrap().into_quote().unwrap(), live());
}
