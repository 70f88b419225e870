//! Changes of what somebody logs in with, in a table in memory.

use domain::{
    Secret,
    id::{CustomerId, RootId},
    person::{Holder, PersonName, Preferences},
    session::Who,
};

use super::*;
use crate::memory::Memory;

const ULID: &str = "01JDB7M3N8Q4R5S6T7V8W9X0YZ";

struct Shop {
    accounts: Db,
    sessions: Sessions,
}

fn now() -> Timestamp {
    "2026-11-23T09:00:00Z".parse().unwrap()
}

fn contact(text: &str) -> Contact {
    Contact::new(text).unwrap()
}

fn session() -> Session {
    Session::begin(Who::Customer(CustomerId::from_ulid(ULID).unwrap()), now())
}

fn to_b() -> ContactChange {
    ContactChange {
        person: session().principal().to_owned(),
        old: contact("a@example.com"),
        new: contact("b@example.com"),
        old_code_hash: "o".into(),
        new_code_hash: "n".into(),
        ends_at: now().plus(std::time::Duration::from_secs(60)),
    }
}

impl Shop {
    /// Asha has an address and a phone, and is logged in with as many tokens.
    async fn with_sessions(number: usize) -> Self {
        let shop = Self {
            accounts: Db::Memory(Memory::default()),
            sessions: Sessions::new(Db::Memory(Memory::default())),
        };
        let asha = Person {
            holder: Holder::Customer(CustomerId::from_ulid(ULID).unwrap()),
            email: None,
            phone: None,
            name: PersonName::new("Asha").unwrap(),
            preferences: Preferences::default(),
        };
        let asha = asha
            .reached_at(&contact("a@example.com"))
            .reached_at(&contact("+254712345678"));
        let people = People::new(shop.accounts.clone());
        people
            .register(&shop.credentials(), &asha, &Secret::new("hash"))
            .await
            .unwrap();
        for number in 0..number {
            let token = format!("token-{number}");
            shop.sessions.open(&opening(&token, &session())).await.unwrap();
        }
        let changes = ContactChanges::new(shop.accounts.clone());
        changes.begin("ticket", &to_b(), &[], now()).await.unwrap();
        shop
    }

    fn credentials(&self) -> Credentials {
        Credentials::new(self.accounts.clone(), crate::credentials::tests::pepper())
    }

    async fn complete(&self, token: &str) -> Result<Person, Failure> {
        let (session, next) = (session(), session().of_epoch(1));
        let changed = ChangedContact {
            ticket_hash: "ticket",
            change: &to_b(),
            before: (token, &session),
            opening: opening("fresh", &next),
            notices: &[],
        };
        let changes = ContactChanges::new(self.accounts.clone());
        changes.complete(&self.credentials(), &self.sessions, &changed).await
    }

    async fn open(&self) -> Vec<String> {
        let open = self.sessions.of_person(session().principal(), now()).await.unwrap();
        open.into_iter().map(|session| session.token_hash).collect()
    }
}

fn opening<'a>(token_hash: &'a str, session: &'a Session) -> Opening<'a> {
    Opening {
        token_hash,
        session,
        device: "",
        now: now(),
    }
}

#[tokio::test]
async fn every_session_ends_however_many_there_are_and_one_begins() {
    for number in [1, 3, 20] {
        let shop = Shop::with_sessions(number).await;

        let after = shop.complete("token-0").await.unwrap();

        assert_eq!(after.contacts(), [contact("b@example.com"), contact("+254712345678")]);
        assert_eq!(shop.open().await, ["fresh"], "{number}");
    }
}

#[tokio::test]
async fn what_stays_gets_the_next_version_so_that_no_log_in_of_before_is_completed() {
    let shop = Shop::with_sessions(1).await;
    let credentials = shop.credentials();
    let version = async |text| {
        let found = credentials.find(&contact(text)).await.unwrap();
        found.map(|credential| credential.version)
    };

    shop.complete("token-0").await.unwrap();

    assert_eq!(version("a@example.com").await, None);
    assert_eq!(version("b@example.com").await, Some(2));
    assert_eq!(version("+254712345678").await, Some(2));
}

#[tokio::test]
async fn a_session_that_has_ended_changes_nothing() {
    let shop = Shop::with_sessions(1).await;
    shop.sessions.end("token-0", &session()).await.unwrap();

    let late = shop.complete("token-0").await;

    assert!(matches!(late, Err(Failure::Conflict)), "{late:?}");
    let people = People::new(shop.accounts.clone());
    let asha = people.by_id(session().principal()).await.unwrap().unwrap();
    assert_eq!(asha.contacts()[0], contact("a@example.com"));
}

#[tokio::test]
async fn a_session_that_is_opened_at_that_moment_ends_with_the_others() {
    let shop = Shop::with_sessions(1).await;
    let late = session();

    shop.complete("token-0").await.unwrap();
    let opened = shop.sessions.open(&opening("late", &late)).await;
    shop.sessions.start("smuggled", &late, now()).await.unwrap();

    assert!(matches!(opened, Err(Failure::Conflict)), "{opened:?}");
    assert!(shop.sessions.find("smuggled", now()).await.unwrap().is_none());
    assert!(shop.sessions.find("fresh", now()).await.unwrap().is_some());
}
