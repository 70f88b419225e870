//! Every price that is promised can be paid, or says at the quote why it cannot.

use domain::{id::OrderId, id::RootId, payment_terms::Payable, quote::Quote};

use super::*;
use crate::{
    fixture::{Shop, form, key},
    quote_view::{QuoteView, Reader, Seen},
    views::AskPage,
};

/// From almost nothing to more than anybody sells, in dollars.
const PRICES: [&str; 9] = [
    "0.01",
    "3.89",
    "40.00",
    "270.00",
    "610.00",
    "2900.00",
    "14000.00",
    "99999.00",
    "4000000.00",
];

async fn ask(shop: &Shop, (country, currency): (&str, &str), name: &str) -> Result<Quote, Failure> {
    let key = key(&format!("{country}{currency}{name}"), "1");
    let made = crate::make_quote::run(&shop.deps, &shop.cart().await, &key, form(country, currency)).await;
    made.map(|made| made.thing)
}

/// Every country with the currency that is proposed for it.
async fn proposed(shop: &Shop) -> Vec<(String, String)> {
    let now = shop.deps.clock.now();
    let rules = shop.deps.rules.current(now).await.unwrap();
    let page = AskPage::of(&shop.cart().await, (&rules, &shop.deps.methods), String::new(), now);
    let page = serde_json::to_value(page).unwrap();
    let text = |row: &serde_json::Value, name: &str| row[name].as_str().unwrap().to_owned();
    let rows = page["destinations"].as_array().unwrap();
    rows.iter()
        .map(|row| (text(row, "country"), text(row, "currency")))
        .collect()
}

fn amounts(quote: &Quote) -> i64 {
    quote.terms().components.iter().map(|part| part.amount.amount()).sum()
}

#[tokio::test]
async fn in_every_currency_we_propose_a_price_can_be_paid_or_says_why_not() {
    let shop = Shop::with_cart().await;
    let proposed = proposed(&shop).await;
    assert!(proposed.len() > 8);
    let mut found = (0, 0, 0);
    for price in PRICES {
        shop.world.sell_for(price);
        for (country, currency) in &proposed {
            match ask(&shop, (country, currency), price).await {
                Ok(quote) => {
                    let (how, _) = shop.deps.methods.payable(quote.total()).unwrap();
                    let says = quote
                        .terms()
                        .remarks
                        .iter()
                        .any(|remark| remark.code == "paid_in_parts");
                    assert_eq!(says, how != Payable::Whole, "{}", quote.total());
                    assert_eq!(quote.total().currency().code(), currency);
                    assert_eq!(amounts(&quote), quote.total().amount());
                    let shares: i64 = quote.shares().unwrap().iter().map(|share| share.1.amount()).sum();
                    assert_eq!(shares, quote.total().amount());
                    if says { found.1 += 1 } else { found.0 += 1 }
                }
                Err(Failure::Invalid(fields)) => {
                    assert_eq!(fields[0].pointer, "/currency");
                    assert!(fields[0].message.contains("at once"), "{}", fields[0].message);
                    found.2 += 1;
                }
                Err(other) => panic!("{country} {currency} {price}: {other:?}"),
            }
        }
    }
    assert!(found.0 > 20 && found.1 > 10 && found.2 > 5, "{found:?}");
}

#[tokio::test]
async fn ugandan_shillings_can_be_paid_and_a_million_of_them_in_two_payments() {
    let shop = Shop::with_cart().await;
    shop.world.sell_for("20.00");

    let small = ask(&shop, ("UG", "UGX"), "small").await.unwrap();
    shop.world.sell_for("80.00");
    let large = ask(&shop, ("UG", ""), "large").await.unwrap();

    assert_eq!(shop.deps.methods.payable(small.total()).unwrap().0, Payable::Whole);
    assert!(
        (1_000_000..1_999_998).contains(&large.total().amount()),
        "{}",
        large.total()
    );
    let said = large
        .terms()
        .remarks
        .iter()
        .find(|remark| remark.code == "paid_in_parts")
        .unwrap();
    assert!(said.sentence.contains("2 payments"), "{}", said.sentence);
}

#[tokio::test]
async fn a_currency_that_nobody_takes_is_not_proposed_and_not_promised() {
    let shop = Shop::with_cart().await;

    let proposed = proposed(&shop).await;
    let unsaid = ask(&shop, ("GH", ""), "unsaid").await.unwrap();
    let said = ask(&shop, ("GH", "GHS"), "said").await;

    assert!(proposed.contains(&("GH".into(), "USD".into())));
    assert_eq!(unsaid.total().currency(), Currency::USD);
    assert!(matches!(said, Err(Failure::Invalid(fields)) if fields[0].message.contains("GHS")));
}

fn page_of(quote: &Quote, reader: Reader, order: Option<OrderId>) -> String {
    let seen = Seen {
        reader,
        country: "Kenya".into(),
        shop_origin: "https://shop.example",
        order,
        now: quote.terms().made_at,
    };
    askama::Template::render(&QuoteView::of(quote, seen)).unwrap()
}

#[tokio::test]
async fn the_link_for_somebody_else_has_the_shops_own_address() {
    let shop = Shop::with_cart().await;
    let quote = ask(&shop, ("KE", ""), "a").await.unwrap();
    let link = format!("https://shop.example/quotes/{}?token={}", quote.id(), quote.hash());

    assert!(page_of(&quote, Reader::Customer, None).contains(&link));
    assert!(!page_of(&quote, Reader::Guest, None).contains(&link));
}

#[tokio::test]
async fn a_price_that_was_ordered_at_says_so_and_leads_to_the_order_and_to_a_fresh_one() {
    let shop = Shop::with_cart().await;
    let quote = ask(&shop, ("KE", ""), "a").await.unwrap();
    let order = OrderId::from_ulid("01JDB7M3N8Q4R5S6T7V8W9X0YZ").unwrap();

    let (before, after) = (
        page_of(&quote, Reader::Customer, None),
        page_of(&quote, Reader::Customer, Some(order.clone())),
    );

    let checkout = format!("/checkout/{}", quote.id());
    assert!(before.contains(&checkout) && !before.contains("already ordered"));
    assert!(!after.contains(&checkout) && after.contains(&format!("/orders/{order}")));
    assert!(after.contains("You have ordered at this price") && after.contains("href=\"/quotes\""));
}
