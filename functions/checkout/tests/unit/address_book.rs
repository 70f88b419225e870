//! The address book at the checkout.

use askama::Template;
use domain::{
    address::{Address, AddressInput},
    id::{AddressId, RootId},
    person::KeptAddress,
};

use super::*;
use crate::fixture::Shop;

const OLD: &str = "01JDB7M3N8Q4R5S6T7V8W9X0YZ";
const NEW: &str = "01JDB7M3N8Q4R5S6T7V8W9X0Z0";
const ABROAD: &str = "01JDB7M3N8Q4R5S6T7V8W9X0Z1";

fn kept(ulid: &str, parts: AddressInput) -> KeptAddress {
    let typed = AddressInput {
        name: "Asha Mwangi".into(),
        phone: "+254712345678".into(),
        city: "Kisumu".into(),
        ..parts
    };
    KeptAddress {
        id: AddressId::from_ulid(ulid).unwrap(),
        address: Address::try_from(typed).unwrap(),
    }
}

fn book() -> [KeptAddress; 3] {
    let country = |code: &str| AddressInput {
        line1: "Ngong Road 44".into(),
        country: code.into(),
        ..AddressInput::default()
    };
    let at_a_point = AddressInput {
        line1: String::new(),
        pickup_point: "Mega City".into(),
        pickup_courier: "Posta".into(),
        ..country("KE")
    };
    [
        kept(OLD, country("KE")),
        kept(NEW, at_a_point),
        kept(ABROAD, country("UG")),
    ]
}

async fn page() -> OrderFormPage {
    let shop = Shop::with_cart().await;
    OrderFormPage::of(&shop.quote().await, "key".into(), shop.clock.now())
}

#[tokio::test]
async fn the_newest_address_in_the_country_is_filled_in_and_the_others_are_offered() {
    let page = page().await.with_addresses(&book(), None).unwrap();

    let html = page.render().unwrap();

    assert!(
        html.contains("value=\"Mega City\"") && html.contains("value=\"Posta\""),
        "{html}"
    );
    assert!(html.contains("<details open>"), "a point is not hidden");
    assert!(html.contains("Posta pickup: Mega City, Kisumu</strong>"));
    assert!(html.contains(&format!("?address=adr_{OLD}#where")));
    assert!(!html.contains(ABROAD));
}

#[tokio::test]
async fn the_address_that_was_chosen_is_filled_in_and_only_one_of_these() {
    let id = |ulid| AddressId::from_ulid(ulid).unwrap();
    let chosen = page().await.with_addresses(&book(), Some(&id(OLD))).unwrap();

    let html = chosen.render().unwrap();

    assert!(
        html.contains("value=\"Ngong Road 44\"") && !html.contains("<details open>"),
        "{html}"
    );
    for other in [ABROAD, "01JDB7M3N8Q4R5S6T7V8W9X0Z2"] {
        let refused = page().await.with_addresses(&book(), Some(&id(other)));
        assert!(matches!(refused, Err(Failure::NotFound("address"))));
    }
}
