use domain::{
    id::RootId,
    lifecycle::News::{Paid, Placed},
};

use super::*;
use crate::memory::Memory;

const MINUTE: Duration = Duration::from_secs(60);

fn now() -> Timestamp {
    "2026-11-23T09:00:00Z".parse().unwrap()
}

fn id() -> NewsId {
    NewsId {
        order: OrderId::from_ulid("01JDB7M3N8Q4R5S6T7V8W9X0YZ").unwrap(),
        version: 7,
    }
}

/// News as a commit writes them down.
async fn written() -> OrderNews {
    let tiding = |news| TidingRecord {
        news,
        about: vec![String::new()],
    };
    let record = NewsRecord {
        format: 1,
        v: 1,
        at: now(),
        tidings: vec![tiding(Placed), tiding(Paid)],
        deliveries: Vec::new(),
        link_hash: None,
        leased_until: None,
        tries: 0,
        outcome: String::new(),
        due_pk: Some(DUE.to_owned()),
        due_sk: Some(due(now(), &id())),
        expires_at: now().plus(LINK_LIFE).as_seconds(),
    };
    let news = OrderNews::new(Db::Memory(Memory::default()));
    let item = to_item(&key(&id()), &record).unwrap();
    news.db.put(item, Condition::Absent).await.unwrap();
    news
}

fn sending() -> Vec<(Channel, Delivery)> {
    vec![(Channel::Mail, Delivery::Sending(now()))]
}

#[tokio::test]
async fn news_are_due_at_once_and_taken_by_one_worker() {
    let news = written().await;
    assert_eq!(news.overdue(now(), 10).await.unwrap(), [id()]);

    let one = news.find(&id(), now()).await.unwrap().unwrap();
    let other = news.find(&id(), now()).await.unwrap().unwrap();
    let taken = news.begin(&one, sending(), None, now()).await.unwrap();

    assert!(taken.is_some());
    assert!(news.begin(&other, sending(), None, now()).await.unwrap().is_none());
    assert!(news.find(&id(), now().plus(MINUTE)).await.unwrap().is_none());
    let words: Vec<News> = one.tidings.iter().map(|tiding| tiding.news).collect();
    assert_eq!(words, [Placed, Paid]);
}

#[tokio::test]
async fn who_was_stopped_leaves_word_that_it_was_being_sent() {
    let news = written().await;
    let found = news.find(&id(), now()).await.unwrap().unwrap();
    news.begin(&found, sending(), None, now()).await.unwrap().unwrap();

    let left = news.find(&id(), now().plus(3 * MINUTE)).await.unwrap().unwrap();

    assert_eq!(left.deliveries, sending());
}

#[tokio::test]
async fn what_was_told_is_over_and_what_was_not_is_due_later_and_later() {
    let news = written().await;
    let found = news.find(&id(), now()).await.unwrap().unwrap();
    let taken = news.begin(&found, sending(), None, now()).await.unwrap().unwrap();
    news.finish(&taken, &[(Channel::Mail, Delivery::Waiting)], now())
        .await
        .unwrap();
    assert!(news.overdue(now().plus(MINUTE), 10).await.unwrap().is_empty());
    assert_eq!(news.overdue(now().plus(4 * MINUTE), 10).await.unwrap(), [id()]);

    let later = now().plus(5 * MINUTE);
    let found = news.find(&id(), later).await.unwrap().unwrap();
    let taken = news.begin(&found, sending(), None, later).await.unwrap().unwrap();
    let sent = [(Channel::Mail, Delivery::Sent("m-1".into()))];
    news.finish(&taken, &sent, later).await.unwrap();

    assert!(news.overdue(now().plus(600 * MINUTE), 10).await.unwrap().is_empty());
    assert!(news.find(&id(), later).await.unwrap().is_none());
}

#[tokio::test]
async fn old_news_are_given_up() {
    let news = written().await;

    let late = now().plus(WORTH_TELLING_FOR);

    assert!(news.find(&id(), late).await.unwrap().is_none());
    assert!(news.overdue(late.plus(MINUTE), 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_link_shows_its_order_by_its_hash_until_it_ends() {
    let news = written().await;
    let found = news.find(&id(), now()).await.unwrap().unwrap();
    let taken = news
        .begin(&found, sending(), Some("token"), now())
        .await
        .unwrap()
        .unwrap();
    news.finish(&taken, &sending(), now()).await.unwrap();
    let shows = async |token: &str, at: Timestamp| news.has_link(&id(), token, at).await.unwrap();

    assert!(shows("token", now()).await);
    assert!(!shows("other", now()).await);
    assert!(!shows("token", now().plus(LINK_LIFE)).await);
    let kept = format!("{:?}", news.db.get(&key(&id())).await.unwrap().unwrap());
    assert!(
        !kept.contains("token\"") && !kept.contains('@') && !kept.contains("+254"),
        "{kept}"
    );
}
