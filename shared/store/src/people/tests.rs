//! People in a table in memory.

use domain::{
    address::AddressInput,
    contact::Contact,
    id::{RootId, StaffId},
};

use super::*;
use crate::{credentials::Credentials, memory::Memory};

const ULIDS: [&str; 2] = ["01JDB7M3N8Q4R5S6T7V8W9X0YZ", "01JDB7M3N8Q4R5S6T7V8W9X0Z0"];

fn customer(number: usize) -> CustomerId {
    CustomerId::from_ulid(ULIDS[number]).unwrap()
}

fn person(holder: Holder, email: &str) -> Person {
    Person {
        holder,
        email: Some(Email::new(email).unwrap()),
        phone: None,
        name: PersonName::new("Asha Mwangi").unwrap(),
        preferences: Preferences::default(),
    }
}

fn secret() -> Secret {
    Secret::new("$argon2id$…")
}

fn both() -> (People, Credentials) {
    let db = Db::Memory(Memory::default());
    (
        People::new(db.clone()),
        Credentials::new(db, crate::credentials::tests::pepper()),
    )
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
async fn a_person_is_found_by_any_spelling_of_their_address_and_by_their_phone() {
    let (people, credentials) = both();
    let staff = Holder::Staff(StaffId::from_ulid(ULIDS[0]).unwrap());
    let mut buyer = person(staff, "Buyer@Example.com");
    buyer.phone = Some(Phone::new("0712 345 678").unwrap());

    people.register(&credentials, &buyer, &secret()).await.unwrap();

    for typed in ["buyer@example.COM", "+254712345678"] {
        let found = credentials.find(&Contact::new(typed).unwrap()).await.unwrap().unwrap();
        assert_eq!(
            people.by_id(&found.person).await.unwrap().as_ref(),
            Some(&buyer),
            "{typed}"
        );
    }
    let other = Contact::new("other@example.com").unwrap();
    assert!(credentials.find(&other).await.unwrap().is_none());
}

#[tokio::test]
async fn an_address_a_phone_and_an_id_have_one_account_each() {
    let (people, credentials) = both();
    let with_phone = |number: usize, email: &str| {
        let mut asha = person(Holder::Customer(customer(number)), email);
        asha.phone = Some(Phone::new("+254712345678").unwrap());
        asha
    };
    people
        .register(&credentials, &with_phone(0, "a@example.com"), &secret())
        .await
        .unwrap();

    let same_email = person(Holder::Customer(customer(1)), "A@example.com");
    let same_email = people.register(&credentials, &same_email, &secret()).await;
    let same_phone = people
        .register(&credentials, &with_phone(1, "b@example.com"), &secret())
        .await;
    let same_id = person(Holder::Customer(customer(0)), "c@example.com");
    let same_id = people.register(&credentials, &same_id, &secret()).await;

    assert!(matches!(same_email, Err(Failure::Refused(Refusal::AccountExists))));
    assert!(matches!(same_phone, Err(Failure::Refused(Refusal::AccountExists))));
    assert_eq!(same_id.unwrap(), Registered::IdTaken);
    for typed in ["b@example.com", "c@example.com"] {
        assert!(
            credentials.find(&Contact::new(typed).unwrap()).await.unwrap().is_none(),
            "{typed}"
        );
    }
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
