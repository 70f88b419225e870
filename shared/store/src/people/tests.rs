//! People in a table in memory.

use domain::{
    address::AddressInput,
    id::{RootId, StaffId},
};

use super::*;
use crate::memory::Memory;

const ULIDS: [&str; 2] = ["01JDB7M3N8Q4R5S6T7V8W9X0YZ", "01JDB7M3N8Q4R5S6T7V8W9X0Z0"];

fn customer(number: usize) -> CustomerId {
    CustomerId::from_ulid(ULIDS[number]).unwrap()
}

fn person(holder: Holder, email: &str) -> Person {
    Person {
        holder,
        email: Email::new(email).unwrap(),
        name: PersonName::new("Asha Mwangi").unwrap(),
        password_hash: Secret::new("$argon2id$…"),
    }
}

fn people() -> People {
    People::new(Db::Memory(Memory::default()))
}

fn now() -> Timestamp {
    "2026-11-23T09:00:00Z".parse().unwrap()
}

fn address(number: usize, city: &str) -> KeptAddress {
    let typed = AddressInput {
        name: "Asha Mwangi".into(),
        phone: "+254712345678".into(),
        line1: "Ngong Road 44".into(),
        city: city.into(),
        country: "KE".into(),
        ..AddressInput::default()
    };
    KeptAddress {
        id: AddressId::from_ulid(ULIDS[number]).unwrap(),
        address: Address::try_from(typed).unwrap(),
    }
}

fn request(key: &str) -> RequestKey {
    RequestKey {
        scope: "cus POST /me/addresses".into(),
        key: key.into(),
        request_hash: "h".into(),
    }
}

#[tokio::test]
async fn a_person_is_found_by_any_spelling_of_their_address() {
    let people = people();
    let staff = Holder::Staff(StaffId::from_ulid(ULIDS[0]).unwrap(), vec![Role::Buyer]);

    people
        .register(&person(staff.clone(), "Buyer@Example.com"))
        .await
        .unwrap();

    let found = people
        .find(&Email::new("buyer@example.COM").unwrap())
        .await
        .unwrap()
        .unwrap();
    assert_eq!((found.holder, found.name.as_str()), (staff, "Asha Mwangi"));
    assert!(
        people
            .find(&Email::new("other@example.com").unwrap())
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn an_address_and_an_id_have_one_account_each() {
    let people = people();
    people
        .register(&person(Holder::Customer(customer(0)), "a@example.com"))
        .await
        .unwrap();

    let same_email = people
        .register(&person(Holder::Customer(customer(1)), "A@example.com"))
        .await;
    let same_id = people
        .register(&person(Holder::Customer(customer(0)), "b@example.com"))
        .await;

    assert!(matches!(same_email, Err(Failure::Refused(Refusal::AccountExists))));
    assert_eq!(same_id.unwrap(), Registered::IdTaken);
    assert!(
        people
            .find(&Email::new("b@example.com").unwrap())
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn a_repeated_request_keeps_one_address() {
    let people = people();

    let first = people
        .keep_address(&customer(0), &address(0, "Nairobi"), &request("k"), now())
        .await
        .unwrap();
    let again = people
        .keep_address(&customer(0), &address(1, "Nairobi"), &request("k"), now())
        .await
        .unwrap();

    assert_eq!((again.result, again.is_repeat), (first.result, true));
    assert_eq!(people.addresses(&customer(0)).await.unwrap(), [address(0, "Nairobi")]);
}

#[tokio::test]
async fn nobody_reaches_another_persons_address() {
    let people = people();
    people
        .keep_address(&customer(0), &address(0, "Nairobi"), &request("k"), now())
        .await
        .unwrap();
    let id = address(0, "Nairobi").id;

    let read = people.address(&customer(1), &id).await;
    let changed = people.change_address(&customer(1), &address(0, "Kisumu")).await;
    let removed = people.remove_address(&customer(1), &id).await;

    assert!(matches!(read, Err(Failure::NotFound(_))));
    assert!(matches!(changed, Err(Failure::NotFound(_))));
    assert!(matches!(removed, Err(Failure::NotFound(_))));
    assert_eq!(people.addresses(&customer(0)).await.unwrap(), [address(0, "Nairobi")]);
}

#[tokio::test]
async fn an_address_is_changed_and_forgotten_by_its_owner() {
    let people = people();
    people
        .keep_address(&customer(0), &address(0, "Nairobi"), &request("k"), now())
        .await
        .unwrap();

    people
        .change_address(&customer(0), &address(0, "Kisumu"))
        .await
        .unwrap();
    assert_eq!(people.addresses(&customer(0)).await.unwrap(), [address(0, "Kisumu")]);

    people
        .remove_address(&customer(0), &address(0, "Kisumu").id)
        .await
        .unwrap();
    assert!(people.addresses(&customer(0)).await.unwrap().is_empty());
}

#[tokio::test]
async fn tries_are_counted_for_one_person_and_one_window() {
    let people = people();
    let window = Duration::from_secs(900);

    assert_eq!(people.add_tries("a", 1, now(), window).await.unwrap(), 1);
    assert_eq!(people.add_tries("a", 1, now(), window).await.unwrap(), 2);
    assert_eq!(people.add_tries("b", 1, now(), window).await.unwrap(), 1);
    assert_eq!(people.add_tries("a", 1, now().plus(window), window).await.unwrap(), 1);
}
