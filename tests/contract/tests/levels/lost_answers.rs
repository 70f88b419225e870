//! A write whose answer got lost is sent again by the client itself. That is no error, and no second write.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use contract::{Dynoxide, Fate};
use futures::FutureExt;
use store::{AttributeValue, Condition, Count, Db, Item, Key, Write};

/// A table whose requests have these fates, one after the other, and the number of requests that were sent.
fn table(fates: &'static [Fate]) -> (Db, Arc<AtomicUsize>) {
    let sent = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&sent);
    let clients = Dynoxide::start().unwrap().clients(move |_| {
        let number = seen.fetch_add(1, Ordering::SeqCst);
        fates.get(number).copied().unwrap_or(Fate::Answered)
    });
    (clients.unwrap().table("OrdersTable"), sent)
}

fn item(sk: &str) -> Item {
    let text = |value: &str| AttributeValue::S(value.to_owned());
    Item::from([("pk".to_owned(), text("P")), ("sk".to_owned(), text(sk))])
}

fn count() -> Write {
    Write::Count(Count {
        key: Key::new("P", "N"),
        by: 1,
        at: 10,
        ends_at: 20,
        allowed: Vec::new(),
    })
}

#[test]
fn a_put_whose_answer_was_lost_succeeds_when_it_is_sent_again() {
    let (db, sent) = table(&[Fate::AnswerLost]);

    db.put(item("A"), Condition::Absent).now_or_never().unwrap().unwrap();

    assert_eq!(sent.load(Ordering::SeqCst), 2);
    assert_eq!(
        db.get(&Key::new("P", "A")).now_or_never().unwrap().unwrap(),
        Some(item("A"))
    );
}

#[test]
fn a_transaction_whose_answer_was_lost_counts_once() {
    let (db, sent) = table(&[Fate::AnswerLost, Fate::AnswerLost]);
    let writes = vec![Write::Put(item("A"), Condition::Absent), count()];

    db.transact(writes).now_or_never().unwrap().unwrap();

    assert_eq!(sent.load(Ordering::SeqCst), 3);
    let counted = db.get(&Key::new("P", "N")).now_or_never().unwrap().unwrap().unwrap();
    assert_eq!(counted.get("n"), Some(&AttributeValue::N("1".into())));
}

#[test]
fn what_never_arrives_or_is_throttled_is_sent_again_and_then_told() {
    let (db, sent) = table(&[Fate::Lost, Fate::Throttled]);
    db.put(item("A"), Condition::Absent).now_or_never().unwrap().unwrap();
    assert_eq!(sent.load(Ordering::SeqCst), 3);

    let (db, sent) = table(&[Fate::Lost; 3]);
    let refused = db.put(item("A"), Condition::Absent).now_or_never().unwrap();
    assert_eq!(sent.load(Ordering::SeqCst), 3);
    assert!(matches!(refused, Err(store::Error::Unavailable { .. })));
}
