//! Whatever is bought, wherever it goes and in whatever currency it is paid: the parts are the whole.

use proptest::prelude::*;

use super::basket::{Book, amount, line, now, shipped, usd, want};
use crate::{
    currency::Currency,
    landed_cost::{Freight, NotPriced, Rules, Speed, Want, price},
    measure::Grams,
    money::Money,
    product::Package,
    quote::{Heading, Quote},
};

/// Every currency that can be charged.
const CHARGED: [&str; 12] = [
    "USD", "KES", "UGX", "RWF", "TZS", "EUR", "GBP", "AED", "NGN", "GHS", "ZAR", "CNY",
];
const TO: [&str; 12] = ["KE", "UG", "TZ", "RW", "NG", "GH", "ZA", "AE", "GB", "US", "DE", "FR"];
const TITLES: [&str; 6] = [
    "Running shoes",
    "Rain jacket",
    "Smartphone",
    "Face serum",
    "Zorbulator",
    "T shirt",
];
const PRICED: [&str; 4] = ["USD", "CNY", "EUR", "GBP"];

fn baskets() -> impl Strategy<Value = Want> {
    let one = (0..TITLES.len(), 1_u32..8, 1_i64..200_000, 0_i64..3_000, 1_u32..4_000);
    let lines = (prop::collection::vec(one, 1..5), 0..PRICED.len());
    let steps = prop::sample::select(vec![1_u32, 7, 10, 100]);
    (
        lines,
        (0..CHARGED.len(), steps),
        0..TO.len(),
        1_i64..50_000,
        any::<bool>(),
    )
        .prop_map(|((lines, priced), (charged, step), to, freight, live)| {
            let store: Currency = PRICED[priced].parse().unwrap();
            let lines = lines.into_iter().map(|(title, quantity, price, delivery, grams)| {
                let mut line = line(TITLES[title], "1.00");
                line.quantity = quantity;
                line.unit_price = Money::new(price, store);
                line.store_delivery = Money::new(delivery, store);
                line.package = Some(Package {
                    weight: Grams(grams),
                    size: None,
                });
                line
            });
            let mut want = want(lines.collect(), &Money::new(freight, Currency::USD).decimal());
            want.charge = CHARGED[charged].parse().unwrap();
            want.charge_unit = step;
            want.destination = TO[to].parse().unwrap();
            if !live {
                want.freight = Freight::Tariff("dhl".parse().unwrap(), Speed::Economy);
            }
            want
        })
}

fn quote_of(rules: &Rules, want: &Want) -> Option<Quote> {
    let cost = match price(rules, want, now()) {
        Ok(cost) => cost,
        Err(NotPriced::Refused(_)) => return None,
        Err(other) => panic!("{other}"),
    };
    let heading = Heading {
        id: "quo_01JDB7M3N8Q4R5S6T7V8W9X0YZ".parse().unwrap(),
        customer: "cus_01JDB7M3N8Q4R5S6T7V8W9X0YZ".parse().unwrap(),
        cart_fingerprint: "cart".into(),
        made_at: now(),
    };
    Some(Quote::promise(heading, want.clone(), cost).unwrap())
}

fn sum(amounts: impl Iterator<Item = Money>) -> i64 {
    amounts.map(Money::amount).sum()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn components_and_shares_sum_to_the_total_in_every_currency(want in baskets()) {
        let Some(quote) = quote_of(shipped(), &want) else { return Ok(()) };
        let terms = quote.terms();

        prop_assert_eq!(sum(terms.components.iter().map(|part| part.amount)), terms.total.amount());
        prop_assert_eq!(sum(quote.shares().unwrap().into_iter().map(|share| share.1)), terms.total.amount());
        prop_assert!(terms.components.iter().all(|part| part.amount.currency() == want.charge));
        prop_assert!(terms.low.amount() <= terms.total.amount() && terms.total.amount() <= terms.high.amount());
        let goods = terms.components.iter().filter(|part| part.kind.code() == "goods");
        prop_assert_eq!(sum(goods.map(|part| part.amount)), sum(terms.lines.iter().map(|line| line.goods)));
        if matches!(want.charge.code(), "KES" | "TZS") {
            prop_assert_eq!(terms.total.amount() % 100, 0);
        }
        prop_assert_eq!(terms.total.amount() % i64::from(want.charge_unit), 0);
        let rounding = terms.components.iter().filter(|part| part.kind.code() == "rounding");
        prop_assert!(sum(rounding.map(|part| part.amount)).abs() <= 360);
    }

    #[test]
    fn a_split_is_exact_and_nobody_is_a_whole_unit_from_their_share(
        amount in any::<i32>(),
        weights in prop::collection::vec(0_u64..100_000, 1..20),
    ) {
        let parts = Money::new(i64::from(amount), Currency::KES).split(&weights).unwrap();

        let all: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
        prop_assert_eq!(sum(parts.iter().copied()), i64::from(amount));
        prop_assert_eq!(parts.len(), weights.len());
        for (part, weight) in parts.iter().zip(&weights).filter(|_| all > 0) {
            let distance = i128::from(part.amount()) * all - i128::from(amount) * i128::from(*weight);
            prop_assert!(distance.abs() < all, "{} of {} for {} in {}", part, amount, weight, all);
        }
    }

    #[test]
    fn a_quote_is_the_same_again_from_the_same_inputs(want in baskets()) {
        prop_assert_eq!(quote_of(shipped(), &want), quote_of(&shipped().clone(), &want.clone()));
    }

    #[test]
    fn nothing_bought_is_left_out_of_the_caps(want in baskets()) {
        let Some(quote) = quote_of(shipped(), &want) else { return Ok(()) };
        let expected: i64 =
            want.lines.iter().map(|line| line.unit_price.amount() * i64::from(line.quantity) + line.store_delivery.amount()).sum();

        prop_assert_eq!(sum(quote.terms().caps.iter().map(|cap| cap.expected)), expected);
        prop_assert!(quote.terms().caps.iter().all(|cap| cap.max_total.amount() > cap.expected.amount()));
    }
}

#[test]
fn whole_shillings_are_charged_and_the_fraction_is_rounding() {
    let mut basket = want(vec![line("Running shoes", "120.00")], "118.40");
    basket.charge = Currency::KES;

    let cost = price(&Book::bare().rules(), &basket, now()).unwrap();

    // 251.60 dollars are 32,582.20 shillings; taxes 15,512.81; together 48,095.01.
    assert_eq!(cost.total, Money::new(4_809_500, Currency::KES));
    assert_eq!(amount(&cost, "rounding"), Money::new(-1, Currency::KES));
}

#[test]
fn the_exchange_margin_is_a_part_of_its_own() {
    let mut basket = want(vec![line("Running shoes", "120.00")], "118.40");
    basket.charge = Currency::KES;

    let cost = price(
        &Book::bare().set("fx.shop.usd-kes", "margin", "0.02").rules(),
        &basket,
        now(),
    )
    .unwrap();

    // Goods and freight are paid in dollars: 2 % of 30,872.80. Taxes are paid in shillings.
    assert_eq!(amount(&cost, "exchange"), Money::new(61_746, Currency::KES));
    assert_eq!(cost.exchanges[0].rate.to_string(), "129.50");
}

#[test]
fn the_sum_of_taxes_is_exchanged_once_and_the_residue_is_rounding() {
    let book = Book::bare()
        .set("ke.value-base.air", "include_freight", false)
        .set("ke.vat", "base", "CIF_DUTY_EXCISE");
    let cost = price(
        &book.rules(),
        &want(vec![line("Running shoes", "120.00")], "118.40"),
        now(),
    )
    .unwrap();

    // 10,376.32 shillings are 80.13 dollars, the four taxes singly 80.12.
    assert_eq!(amount(&cost, "rounding"), usd("0.01"));
}
