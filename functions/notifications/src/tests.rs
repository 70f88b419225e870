//! Messages to the function, with messengers that answer as a script says.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use domain::{
    Secret, Settings, Timestamp,
    contact::Contact,
    id::{CustomerId, NoticeId, RootId},
    notice::{Matter, Notice},
    person::{Email, Holder, Person, PersonName, Preferences},
};
use providers::{Loss, Response};
use store::{Memory, People, Resets};

use super::*;

const ULID: &str = "01JDB7M3N8Q4R5S6T7V8W9X0YZ";
const SENT: &str = r#"{"ErrorCode":0,"MessageID":"m-1"}"#;

fn pepper() -> Pepper {
    Pepper::new(&Secret::new("bG9jYWwgcGVwcGVyLCAzMiBieXRlcyBvZiBpdCwgbmV3")).unwrap()
}

struct Office {
    deps: Deps,
    db: Db,
    posted: Arc<Mutex<Vec<String>>>,
}

impl Office {
    fn answering(status: u16, body: &'static str) -> Self {
        let names = Messengers::NAMES.iter().map(|name| {
            let value = if name.ends_with("URL") {
                "https://post.example"
            } else {
                "news@bandari.example"
            };
            ((*name).to_owned(), value.to_owned())
        });
        let posted: Arc<Mutex<Vec<String>>> = Arc::default();
        let seen = Arc::clone(&posted);
        let http = Http::scripted(move |request| {
            let body_sent = String::from_utf8(request.body.bytes().to_vec()).unwrap();
            seen.lock().unwrap().push(body_sent);
            match status {
                0 => Err(Loss::NotConnected("down".into())),
                status => Ok(Response::new(status, body)),
            }
        });
        let db = Db::Memory(Memory::default());
        let deps = Deps {
            notices: Notices::new(db.clone()),
            credentials: Credentials::new(db.clone(), pepper()),
            messengers: Messengers::read(&mut Settings::new(names)),
            shop_origin: "https://shop.example".into(),
            http,
            clock: Clock::fixed("2026-11-23T09:00:00Z".parse::<Timestamp>().unwrap()),
        };
        Self { deps, db, posted }
    }

    /// Somebody asks for a new password.
    async fn asked(self, to: &str) -> Self {
        self.asked_about(to, Matter::ResetToken(Secret::new("the-token"))).await
    }

    /// A notice is written down together with what it is about; here that is always a reset.
    async fn asked_about(self, to: &str, matter: Matter) -> Self {
        let notice = Notice {
            id: id(),
            to: Contact::new(to).unwrap(),
            matter,
        };
        let now = self.deps.clock.now();
        Resets::new(self.db.clone())
            .begin("hash", None, &notice, now)
            .await
            .unwrap();
        self
    }

    async fn knows(self, email: &str) -> Self {
        let person = Person {
            holder: Holder::Customer(CustomerId::from_ulid(ULID).unwrap()),
            email: Some(Email::new(email).unwrap()),
            phone: None,
            name: PersonName::new("Asha").unwrap(),
            preferences: Preferences::default(),
        };
        let people = People::new(self.db.clone());
        let credentials = Credentials::new(self.db.clone(), pepper());
        people.register(&credentials, &person, &Secret::new("h")).await.unwrap();
        self
    }

    async fn told(&self) -> Vec<String> {
        handle(&self.deps, MessageRecord::notice(&id())).await.unwrap();
        std::mem::take(&mut self.posted.lock().unwrap())
    }

    async fn is_due_in(&self, minutes: u64) -> bool {
        let until = self.deps.clock.now().plus(Duration::from_secs(60 * minutes));
        !self.deps.notices.overdue(until, 10).await.unwrap().is_empty()
    }
}

fn id() -> NoticeId {
    NoticeId::from_ulid(ULID).unwrap()
}

#[tokio::test]
async fn a_notice_is_sent_once_however_often_its_message_comes() {
    let office = Office::answering(200, SENT)
        .knows("a@example.com")
        .await
        .asked("a@example.com")
        .await;

    let first = office.told().await;
    let again = office.told().await;

    assert_eq!((first.len(), again.len()), (1, 0));
    assert!(
        first[0].contains("https://shop.example/reset/the-token"),
        "{}",
        first[0]
    );
    assert!(!office.is_due_in(600).await);
}

#[tokio::test]
async fn an_address_without_an_account_is_told_so_and_gets_no_token() {
    let office = Office::answering(200, SENT).asked("b@example.com").await;

    let told = office.told().await;

    assert!(
        told[0].contains("no Bandari account") && !told[0].contains("the-token"),
        "{}",
        told[0]
    );
}

#[tokio::test]
async fn a_code_for_a_new_address_is_sent_to_nobody_who_has_an_account_there() {
    for (known, told, kept) in [
        ("a@example.com", "in use for one already", "654321"),
        ("other@example.com", "654321", "in use"),
    ] {
        let code = Matter::NewContactCode(Secret::new("654321"));
        let office = Office::answering(200, SENT)
            .knows(known)
            .await
            .asked_about("a@example.com", code)
            .await;

        let letters = office.told().await;

        let [letter] = letters.as_slice() else {
            panic!("{letters:?}")
        };
        assert!(letter.contains(told) && !letter.contains(kept), "{letter}");
    }
}

#[tokio::test]
async fn a_number_without_an_account_is_sent_nothing() {
    let office = Office::answering(200, SENT).asked("+254712345678").await;

    assert!(office.told().await.is_empty());
    assert!(!office.is_due_in(600).await);
}

#[tokio::test]
async fn a_messenger_that_is_down_or_unclear_is_tried_again_by_the_deadline() {
    for (status, body) in [(0, ""), (500, ""), (200, "<html>"), (401, "{}"), (429, "")] {
        let office = Office::answering(status, body)
            .knows("a@example.com")
            .await
            .asked("a@example.com")
            .await;

        assert_eq!(office.told().await.len(), 1, "{status}");

        assert!(!office.is_due_in(0).await && office.is_due_in(1).await, "{status}");
    }
}

#[tokio::test]
async fn an_address_that_takes_no_mail_is_given_up() {
    let office = Office::answering(422, r#"{"ErrorCode":406,"Message":"inactive"}"#);
    let office = office.knows("a@example.com").await.asked("a@example.com").await;

    office.told().await;

    assert!(!office.is_due_in(600).await);
}

#[tokio::test]
async fn a_message_about_nothing_is_left_alone() {
    let office = Office::answering(200, SENT);

    assert!(office.told().await.is_empty());
    let mut other = MessageRecord::notice(&id());
    other.about = "nothing".into();
    handle(&office.deps, other).await.unwrap();
}
