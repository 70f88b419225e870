//! Credentials in a table in memory.

use std::time::Duration;

use domain::{
    id::{CustomerId, RootId},
    person::{Email, Holder, Person, PersonName, Preferences},
    session::Who,
};

use super::*;
use crate::{memory::Memory, people::People};

const ULID: &str = "01JDB7M3N8Q4R5S6T7V8W9X0YZ";
const MINUTE: Duration = Duration::from_secs(60);
const PAUSES: &[Duration] = &[MINUTE, Duration::from_secs(300)];

struct Shop {
    people: People,
    credentials: Credentials,
    sessions: Sessions,
    db: Db,
}

impl Shop {
    async fn with_asha() -> Self {
        let db = Db::Memory(Memory::default());
        let sessions = Sessions::new(Db::Memory(Memory::default()));
        let shop = Self {
            people: People::new(db.clone()),
            credentials: Credentials::new(db.clone(), pepper()),
            db,
            sessions,
        };
        shop.people
            .register(&shop.credentials, &asha(), &Secret::new("old"))
            .await
            .unwrap();
        shop
    }

    async fn credential(&self) -> Credential {
        self.credentials.find(&contact()).await.unwrap().unwrap()
    }

    async fn epoch(&self) -> u64 {
        self.sessions.epoch(asha().holder.id()).await.unwrap()
    }

    async fn admit(&self, credential: &Credential, token_hash: &str) -> Result<(), Failure> {
        self.admit_in(self.epoch().await, credential, token_hash).await
    }

    /// Lets somebody in whose epoch was read before.
    async fn admit_in(&self, epoch: u64, credential: &Credential, token_hash: &str) -> Result<(), Failure> {
        let session = Session::begin(asha().holder.who(), now()).of_epoch(epoch);
        let admission = Admission {
            contact: &contact(),
            credential,
            rehashed: None,
            opening: Opening {
                token_hash,
                session: &session,
                device: "",
                now: now(),
            },
            before: None,
            tries: &[account()],
        };
        self.credentials.admit(&self.sessions, &admission).await
    }
}

pub(crate) fn pepper() -> domain::Pepper {
    domain::Pepper::new(&Secret::new("bG9jYWwgcGVwcGVyLCAzMiBieXRlcyBvZiBpdCwgbmV3")).unwrap()
}

fn now() -> Timestamp {
    "2026-11-23T09:00:00Z".parse().unwrap()
}

fn contact() -> Contact {
    Contact::new("asha@example.com").unwrap()
}

fn asha() -> Person {
    Person {
        holder: Holder::Customer(CustomerId::from_ulid(ULID).unwrap()),
        email: Some(Email::new("asha@example.com").unwrap()),
        phone: None,
        name: PersonName::new("Asha Mwangi").unwrap(),
        preferences: Preferences::default(),
    }
}

fn account() -> Tries {
    Tries {
        by: "asha".into(),
        window: None,
        free: 2,
        pauses: PAUSES,
    }
}

fn source() -> Tries {
    Tries {
        by: "192.0.2.1".into(),
        window: Some(15 * MINUTE),
        free: 3,
        pauses: &[],
    }
}

async fn may(shop: &Shop, tries: Tries, at: Timestamp) -> bool {
    match shop.credentials.count(&[tries], at).await {
        Ok(()) => true,
        Err(Failure::Refused(Refusal::TooManyTries)) => false,
        Err(failure) => panic!("{failure:?}"),
    }
}

#[tokio::test]
async fn tries_beyond_the_free_ones_wait_longer_and_longer() {
    let shop = Shop::with_asha().await;
    for (seconds, allowed) in [
        (0, true),
        (1, true),
        (2, false),
        (60, false),
        (61, true),   // a minute after the second
        (122, false), // two pauses are five minutes
        (360, false),
        (361, true),
        (362, false),
        (661, true), // and so on
    ] {
        let at = now().plus(Duration::from_secs(seconds));
        assert_eq!(may(&shop, account(), at).await, allowed, "after {seconds} s");
    }
}

#[tokio::test]
async fn an_address_has_so_many_tries_in_each_window_and_no_pause_helps() {
    let shop = Shop::with_asha().await;
    for (minutes, allowed) in [(0, true), (1, true), (2, true), (3, false), (14, false), (15, true)] {
        let at = now().plus(minutes * MINUTE);
        assert_eq!(may(&shop, source(), at).await, allowed, "after {minutes} min");
    }
}

#[tokio::test]
async fn a_source_that_must_wait_counts_nowhere_else_and_an_account_that_must_wait_counts_at_the_source() {
    let shop = Shop::with_asha().await;
    for _ in 0..2 {
        shop.credentials.count(&[account()], now()).await.unwrap();
    }

    let both = [account(), source()];
    for _ in 0..5 {
        let waiting = shop.credentials.count(&both, now()).await;
        assert!(matches!(waiting, Err(Failure::Refused(Refusal::TooManyTries))));
    }

    assert!(!may(&shop, source(), now()).await, "three of the five are all it has");
    // A minute later the account would let one in, but not from there.
    let later = now().plus(MINUTE);
    assert!(shop.credentials.count(&both, later).await.is_err());
    assert!(may(&shop, account(), later).await);
}

#[tokio::test]
async fn a_credential_from_before_the_pepper_is_found_and_moves_when_its_owner_comes() {
    let shop = Shop::with_asha().await;
    let (new, [old]) = (
        shop.credentials.place(&contact()),
        shop.credentials.older_places(&contact()).try_into().unwrap(),
    );
    let record = CredentialRecord::first(asha().holder.id(), &Secret::new("old"));
    let writes = vec![
        Write::Delete(new.clone(), Condition::Present),
        Write::Put(to_item(&old, &record).unwrap(), Condition::Absent),
    ];
    shop.db.transact(writes).await.unwrap();
    let credential = shop.credential().await;
    let second = shop
        .people
        .register(&shop.credentials, &asha(), &Secret::new("x"))
        .await;
    assert!(matches!(second, Err(Failure::Refused(Refusal::AccountExists))));

    shop.admit(&credential, "t").await.unwrap();

    assert!(shop.db.get(&old).await.unwrap().is_none());
    assert!(shop.db.get(&new).await.unwrap().is_some());
    assert_eq!(shop.credential().await.version, credential.version);
    assert!(shop.sessions.find("t", now()).await.unwrap().is_some());
}

#[tokio::test]
async fn no_key_of_the_table_is_found_by_hashing_an_address_without_the_pepper() {
    let shop = Shop::with_asha().await;
    let mine = Tries::of_account("login", &contact());
    shop.credentials.count(&[mine.clone()], now()).await.unwrap();

    for (purpose, text) in [("login", contact().to_string()), ("tries", mine.by)] {
        let plain = format!("{:x}", Sha256::digest(text.as_bytes()));
        let keyed = pepper().keyed(purpose, &text);
        let place = |hash| match purpose {
            "login" => Key::new(format!("A#login#{hash}"), "A"),
            _ => Key::new(format!("A#tries#{hash}#0"), "A"),
        };
        assert!(shop.db.get(&place(plain)).await.unwrap().is_none(), "{purpose}");
        assert!(shop.db.get(&place(keyed)).await.unwrap().is_some(), "{purpose}");
    }
}

#[tokio::test]
async fn a_right_log_in_begins_the_count_of_the_account_anew() {
    let shop = Shop::with_asha().await;
    for _ in 0..2 {
        assert!(may(&shop, account(), now()).await);
    }
    assert!(!may(&shop, account(), now()).await);

    shop.admit(&shop.credential().await, "t").await.unwrap();

    assert!(may(&shop, account(), now()).await);
}

#[tokio::test]
async fn a_log_in_that_began_before_everything_was_logged_out_ends_nowhere() {
    let shop = Shop::with_asha().await;
    let (read_before, epoch) = (shop.credential().await, shop.epoch().await);
    shop.admit(&read_before, "first").await.unwrap();
    let person = asha().holder.id().to_owned();

    let everywhere = shop.credentials.log_out_everywhere(&shop.sessions, &person, None);
    let ended = everywhere.await.unwrap();
    let late = shop.admit_in(epoch, &read_before, "late").await;

    assert_eq!(ended, 1);
    assert!(matches!(late, Err(Failure::Conflict)));
    for hash in ["first", "late"] {
        assert!(shop.sessions.find(hash, now()).await.unwrap().is_none(), "{hash}");
    }
    shop.admit(&shop.credential().await, "fresh").await.unwrap();
    let fresh = shop.sessions.find("fresh", now()).await.unwrap().unwrap();
    assert!(matches!(fresh.who, Who::Customer(_)));
}

#[tokio::test]
async fn a_log_in_with_the_old_password_ends_nowhere_whenever_it_is_completed() {
    let shop = Shop::with_asha().await;
    let (read_before, epoch) = (shop.credential().await, shop.epoch().await);
    let (person, new) = (asha().holder.id().to_owned(), Secret::new("new"));
    shop.admit(&read_before, "before").await.unwrap();

    let contacts = [contact()];
    let renewed = shop
        .credentials
        .renew(&shop.sessions, (&person, &contacts), &new, Vec::new());
    renewed.await.unwrap();

    for (hash, epoch) in [("of before", epoch), ("of now", shop.epoch().await)] {
        let late = shop.admit_in(epoch, &read_before, hash).await;
        assert!(matches!(late, Err(Failure::Conflict)), "{hash}: {late:?}");
    }
    for hash in ["before", "of before", "of now"] {
        assert!(shop.sessions.find(hash, now()).await.unwrap().is_none(), "{hash}");
    }
    assert!(shop.credential().await.password_hash == new);
    assert_eq!(shop.credential().await.version, read_before.version + 1);
}

#[tokio::test]
async fn a_rehashed_password_ends_no_session() {
    let shop = Shop::with_asha().await;
    let credential = shop.credential().await;
    let session = Session::begin(asha().holder.who(), now());
    let stronger = Secret::new("stronger");

    let admission = Admission {
        contact: &contact(),
        credential: &credential,
        rehashed: Some(&stronger),
        opening: Opening {
            token_hash: "t",
            session: &session,
            device: "",
            now: now(),
        },
        before: None,
        tries: &[],
    };
    shop.credentials.admit(&shop.sessions, &admission).await.unwrap();

    let after = shop.credential().await;
    assert!(after.password_hash == stronger && after.version == credential.version);
}
