//! News of orders as the function tells them, with messengers that answer as a script says.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use domain::{
    Settings, Timestamp,
    id::{CustomerId, RootId},
    order::{Actor, Draft, Order},
    person::{Email, Holder, Language, Person, PersonName, Preferences},
};
use providers::{Loss, Response};
use store::{Memory, NewsId, Queues, Quotes};

use super::*;

const ASHA: &str = "01JDB7M3N8Q4R5S6T7V8W9X0YZ";
const MAIL_SENT: &str = r#"{"ErrorCode":0,"MessageID":"m-1"}"#;
const TEXT_SENT: &str = r#"{"SMSMessageData":{"Message":"Sent to 1/1","Recipients":[{"statusCode":101,"number":"+254712345678","status":"Success","messageId":"ATPid_1"}]}}"#;

/// How the messengers behave next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mood {
    Fine,
    NotThere,
    /// It takes the letter and its answer is lost.
    TakesSilently,
    /// The request is lost on the way, which looks the same from here.
    LosesSilently,
}

struct Post {
    deps: Deps,
    quotes: Quotes,
    mood: Arc<Mutex<Mood>>,
    /// What arrived: path and body.
    arrived: Arc<Mutex<Vec<(String, String)>>>,
}

impl Post {
    fn open() -> Self {
        let names = Messengers::NAMES.iter().map(|name| {
            let value = if name.ends_with("URL") {
                "https://post.example"
            } else {
                "news@bandari.example"
            };
            ((*name).to_owned(), value.to_owned())
        });
        let (mood, arrived) = (
            Arc::new(Mutex::new(Mood::Fine)),
            Arc::<Mutex<Vec<(String, String)>>>::default(),
        );
        let (feels, into) = (Arc::clone(&mood), Arc::clone(&arrived));
        let http = Http::scripted(move |request| answered(request, *feels.lock().unwrap(), &into));
        let (accounts, orders) = (Db::Memory(Memory::default()), Db::Memory(Memory::default()));
        let deps = Deps {
            notices: Notices::new(accounts.clone()),
            news: OrderNews::new(orders.clone()),
            orders: Orders::new(orders.clone()),
            people: People::new(accounts.clone()),
            credentials: Credentials::new(accounts),
            messengers: Messengers::read(&mut Settings::new(names)),
            shop_origin: "https://shop.example".into(),
            http,
            clock: Clock::fixed("2026-11-23T09:00:00Z".parse::<Timestamp>().unwrap()),
            ids: Ids::seeded(7),
        };
        Self {
            deps,
            quotes: Quotes::new(orders),
            mood,
            arrived,
        }
    }

    fn feels(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    async fn placed(&self) -> Order {
        testkit::orders::placed(&self.deps.orders, &self.quotes, ASHA, self.deps.clock.now())
            .await
            .unwrap()
    }

    /// Somebody with an account who likes it so.
    async fn has_account(&self, likes: Preferences) {
        let person = Person {
            holder: Holder::Customer(CustomerId::from_ulid(ASHA).unwrap()),
            email: Some(Email::new("asha@example.com").unwrap()),
            phone: Some(domain::contact::Phone::new("+254712345678").unwrap()),
            name: PersonName::new("Asha").unwrap(),
            preferences: likes,
        };
        self.deps
            .people
            .register(&person, &domain::Secret::new("h"))
            .await
            .unwrap();
    }

    /// The message of the first news comes, after so many minutes.
    async fn told_after(&self, order: &Order, minutes: u64) -> Vec<(String, String)> {
        self.deps.clock.advance(Duration::from_secs(minutes * 60));
        let id = NewsId {
            order: order.id.clone(),
            version: 1,
        };
        handle(&self.deps, MessageRecord::news(&id)).await.unwrap();
        std::mem::take(&mut self.arrived.lock().unwrap())
    }

    async fn is_due_within_days(&self, days: u64) -> bool {
        let until = self.deps.clock.now().plus(Duration::from_secs(days * 24 * 3600));
        !self.deps.news.overdue(until, 10).await.unwrap().is_empty()
    }
}

fn answered(
    request: &providers::Request,
    mood: Mood,
    arrived: &Mutex<Vec<(String, String)>>,
) -> Result<Response, Loss> {
    let path = request.url.path().to_owned();
    let is_look = path == "/messages/outbound";
    let body = String::from_utf8(request.body.bytes().to_vec()).unwrap();
    match mood {
        Mood::NotThere => return Err(Loss::NotConnected("down".into())),
        Mood::LosesSilently if !is_look => return Err(Loss::NoAnswer("lost".into())),
        Mood::Fine | Mood::TakesSilently | Mood::LosesSilently => {}
    }
    if is_look {
        let reference = request
            .url
            .query_pairs()
            .find(|(name, _)| name == "metadata_reference")
            .unwrap()
            .1
            .into_owned();
        let is_there = mood == Mood::TakesSilently;
        let found = if is_there {
            format!(r#"{{"MessageID":"{reference}"}}"#)
        } else {
            String::new()
        };
        return Ok(Response::new(
            200,
            format!(r#"{{"TotalCount":1,"Messages":[{found}]}}"#),
        ));
    }
    let is_mail = path == "/email";
    arrived.lock().unwrap().push((path, body));
    if mood == Mood::TakesSilently {
        return Err(Loss::NoAnswer("lost".into()));
    }
    Ok(Response::new(
        if is_mail { 200 } else { 201 },
        if is_mail { MAIL_SENT } else { TEXT_SENT },
    ))
}

fn likes(mail_news: bool, text_news: bool) -> Preferences {
    Preferences {
        mail_news,
        text_news,
        ..Preferences::default()
    }
}

#[tokio::test]
async fn a_guest_without_an_e_mail_is_told_once_by_text_message_with_a_link() {
    let post = Post::open();
    let order = post.placed().await;

    let first = post.told_after(&order, 0).await;
    let again = post.told_after(&order, 30).await;

    assert_eq!((first.len(), again.len()), (1, 0), "{first:?}");
    let (path, body) = &first[0];
    let link = format!("o%2F{}.1.", order.id.ulid());
    assert!(path == "/version1/messaging" && body.contains(&link), "{body}");
    assert!(!body.contains("Asha") && !body.contains("Ngong"), "{body}");
    assert!(!post.is_due_within_days(5).await);
}

#[tokio::test]
async fn the_switches_of_an_account_say_by_which_channels() {
    for (mail, text, paths) in [
        (true, true, vec!["/email", "/version1/messaging"]),
        (true, false, vec!["/email"]),
        (false, true, vec!["/version1/messaging"]),
        (false, false, vec![]),
    ] {
        let post = Post::open();
        post.has_account(likes(mail, text)).await;
        let order = post.placed().await;

        let told = post.told_after(&order, 0).await;

        let went: Vec<&str> = told.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(went, paths, "{mail} {text}");
        assert!(!post.is_due_within_days(5).await, "{mail} {text}");
    }
}

#[tokio::test]
async fn the_language_of_the_account_is_that_of_the_message_which_mail_has_as_page_and_as_text() {
    for (language, subject) in [
        (Language::En, "We have your order"),
        (Language::Sw, "Tumepokea oda yako"),
    ] {
        let post = Post::open();
        post.has_account(Preferences {
            language,
            ..likes(true, false)
        })
        .await;
        let order = post.placed().await;

        let told = post.told_after(&order, 0).await;

        let mail: serde_json::Value = serde_json::from_str(&told[0].1).unwrap();
        assert_eq!(mail["Subject"], subject);
        let link = format!("https://shop.example/o/{}.1.", order.id.ulid());
        for part in ["TextBody", "HtmlBody"] {
            assert!(mail[part].as_str().unwrap().contains(&link), "{part}: {mail}");
        }
    }
}

#[tokio::test]
async fn a_mail_that_surely_did_not_go_is_sent_again() {
    let post = Post::open();
    post.has_account(likes(true, false)).await;
    let order = post.placed().await;
    post.feels(Mood::NotThere);
    assert_eq!(post.told_after(&order, 0).await.len(), 0);

    post.feels(Mood::Fine);

    assert_eq!(post.told_after(&order, 5).await.len(), 1);
    assert_eq!(post.told_after(&order, 30).await.len(), 0);
}

#[tokio::test]
async fn a_mail_whose_answer_was_lost_is_looked_up_and_not_sent_twice() {
    let post = Post::open();
    post.has_account(likes(true, false)).await;
    let order = post.placed().await;
    post.feels(Mood::TakesSilently);
    assert_eq!(post.told_after(&order, 0).await.len(), 1);

    for _ in 0..5 {
        assert_eq!(post.told_after(&order, 15).await.len(), 0);
    }

    assert!(!post.is_due_within_days(2).await);
}

#[tokio::test]
async fn a_mail_that_was_lost_on_the_way_is_sent_again_only_when_the_books_must_know_it() {
    let post = Post::open();
    post.has_account(likes(true, false)).await;
    let order = post.placed().await;
    post.feels(Mood::LosesSilently);
    assert_eq!(post.told_after(&order, 0).await.len(), 0);
    post.feels(Mood::Fine);
    assert_eq!(
        post.told_after(&order, 5).await.len(),
        0,
        "too early to believe that it is not there"
    );

    let mut sent = 0;
    for _ in 0..6 {
        sent += post.told_after(&order, 15).await.len();
    }

    assert_eq!(sent, 1);
}

#[tokio::test]
async fn a_text_message_of_unknown_outcome_is_never_sent_again() {
    let post = Post::open();
    let order = post.placed().await;
    post.feels(Mood::TakesSilently);
    assert_eq!(post.told_after(&order, 0).await.len(), 1);
    post.feels(Mood::Fine);

    for _ in 0..5 {
        assert_eq!(post.told_after(&order, 30).await.len(), 0);
    }

    assert!(!post.is_due_within_days(2).await);
}

#[tokio::test]
async fn news_that_were_overtaken_and_those_of_a_deleted_account_are_told_to_nobody() {
    let cancel: fn(&mut Draft) -> Result<(), Failure> = Draft::cancel;
    for forgets in [false, true] {
        let post = Post::open();
        let order = post.placed().await;
        let act = |draft: &mut Draft| {
            cancel(draft)?;
            if forgets { draft.forget_customer() } else { Ok(()) }
        };
        let now = post.deps.clock.now();
        let queues = Queues::Memory(Arc::default());
        post.deps
            .orders
            .decide(&queues, &order.id, Actor::Customer, now, act)
            .await
            .unwrap();

        assert_eq!(post.told_after(&order, 0).await.len(), 0);
        let left = post.deps.news.overdue(now, 10).await.unwrap();
        // The cancellation itself is news, which the forgotten do not hear either.
        for id in left {
            handle(&post.deps, MessageRecord::news(&id)).await.unwrap();
        }
        let told = std::mem::take(&mut *post.arrived.lock().unwrap());
        assert_eq!(told.len(), usize::from(!forgets), "{told:?}");
    }
}
