//! The ways a parcel can travel, and what each costs.

use super::basket::{Book, amount, line, now, shipped, usd, want};
use crate::{
    address::Country,
    landed_cost::{Freight, FreightOffer, Speed, days_in_words, price, price_each},
    product::ProviderCode,
};

fn dhl() -> ProviderCode {
    "dhl".parse().unwrap()
}

fn offer(service: &str, price: &str) -> FreightOffer {
    FreightOffer {
        carrier: dhl(),
        service: service.into(),
        speed: Speed::Economy,
        price: usd(price),
        days: Some((4, 5)),
    }
}

fn speeds(ways: &[Freight]) -> Vec<Speed> {
    ways.iter().map(Freight::speed).collect()
}

#[test]
fn the_carriers_services_are_sorted_into_speeds_by_our_rows() {
    let offers = [
        offer("Y", "144.00"),
        offer("P", "118.40"),
        offer("Q", "1.00"),
        offer("P", "120.00"),
    ];

    let ways = shipped().ways(&dhl(), Country::KE, &offers, now());

    assert_eq!(speeds(&ways), [Speed::Economy, Speed::Express]);
    assert!(matches!(&ways[0], Freight::Live(offer) if offer.price == usd("118.40")));
    assert!(matches!(&ways[1], Freight::Live(offer) if offer.price == usd("144.00") && offer.speed == Speed::Express));
}

#[test]
fn a_speed_the_carrier_does_not_offer_is_not_offered() {
    let ways = shipped().ways(&dhl(), Country::KE, &[offer("P", "118.40")], now());

    assert_eq!(speeds(&ways), [Speed::Economy]);
}

#[test]
fn an_unknown_service_is_better_than_none() {
    let ways = shipped().ways(&dhl(), Country::KE, &[offer("R", "90.00"), offer("Q", "80.00")], now());

    assert!(matches!(&ways[..], [Freight::Live(offer)] if offer.service == "Q" && offer.speed == Speed::Economy));
}

#[test]
fn without_the_carrier_our_table_says_which_speeds_a_country_has() {
    let to = |country: &str| shipped().ways(&dhl(), country.parse().unwrap(), &[], now());

    assert_eq!(speeds(&to("KE")), [Speed::Economy, Speed::Express]);
    assert_eq!(speeds(&to("UG")), [Speed::Economy]);
    assert_eq!(speeds(&to("JP")), []);
    let closed = Book::shipped()
        .set("dhl.zone.ke.express", "valid_to", "2026-02-01")
        .rules();
    assert_eq!(speeds(&closed.ways(&dhl(), Country::KE, &[], now())), [Speed::Economy]);
}

#[test]
fn the_same_basket_costs_more_by_the_faster_way_and_each_price_stands_on_its_own_rows() {
    let ways = shipped().ways(&dhl(), Country::KE, &[], now());

    let priced = price_each(
        shipped(),
        &want(vec![line("Running shoes", "120.00")], "1.00"),
        ways,
        now(),
    )
    .unwrap();

    let (plain, fast) = (&priced[0].1, &priced[1].1);
    assert!(plain.total.amount() < fast.total.amount());
    assert_eq!(
        (plain.freight.speed, fast.freight.speed),
        (Speed::Economy, Speed::Express)
    );
    assert_eq!((plain.freight.days, fast.freight.days), (Some((3, 6)), Some((2, 5))));
    let names = |cost: &crate::landed_cost::LandedCost, id: &str| cost.rules.iter().any(|row| row.as_str() == id);
    assert!(names(fast, "dhl.price.east-africa.express") && !names(plain, "dhl.price.east-africa.express"));
}

#[test]
fn a_way_that_cannot_take_it_is_left_out_as_long_as_another_can() {
    let rules = Book::shipped().set("dhl.rule.express", "max_piece_g", 100).rules();
    let ways = rules.ways(&dhl(), Country::KE, &[], now());
    let want = want(vec![line("Running shoes", "120.00")], "1.00");

    let priced = price_each(&rules, &want, ways.clone(), now()).unwrap();

    let taken: Vec<Speed> = priced.iter().map(|(_, cost)| cost.freight.speed).collect();
    assert_eq!((speeds(&ways).len(), taken), (2, vec![Speed::Economy]));
    let none = Book::shipped()
        .set("dhl.rule.express", "max_piece_g", 100)
        .set("dhl.rule", "max_piece_g", 100)
        .rules();
    assert!(price_each(&none, &want, ways, now()).is_err());
}

#[test]
fn days_are_said_as_people_do() {
    for (days, words) in [
        ((3, 6), "3 to 6 days"),
        ((4, 4), "about 4 days"),
        ((1, 1), "about 1 day"),
    ] {
        assert_eq!(days_in_words(days), words);
    }
}

#[test]
fn from_december_on_our_table_is_the_accounts_price_and_the_list_stays_beside_it() {
    let mut basket = want(vec![line("Running shoes", "120.00")], "118.40");
    basket.freight = Freight::Tariff(dhl(), Speed::Economy);
    for (day, freight) in [
        // 4 kg by the list: 95.00, fuel 24.63 per cent of it 23.40, our margin 10 per cent of 118.40: 11.84.
        ("2026-11-30T09:00:00Z", "130.24"),
        // 65 per cent of 95.00: 61.75, fuel 15.21, our margin 10 per cent of 76.96: 7.70.
        ("2026-12-01T09:00:00Z", "84.66"),
    ] {
        let cost = price(&shipped(), &basket, day.parse().unwrap()).unwrap();

        assert_eq!(amount(&cost, "freight"), usd(freight), "{day}");
    }
}
