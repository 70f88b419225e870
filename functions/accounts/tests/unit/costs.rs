//! What getting in costs: hashes, calls to the tables, and time that tells nobody anything.

use super::*;
use crate::password::HASHED;

/// What one request did: hashes of passwords, and calls to the tables.
async fn work(shop: &Shop, ask: Ask<'_>) -> (u32, Vec<String>) {
    HASHED.set(0);
    shop.calls.taken();
    shop.ask(ask).await;
    (HASHED.get(), shop.calls.taken())
}

fn log_in(contact: &str, password: &str) -> Ask<'static> {
    Ask {
        method: "POST",
        path: "/sessions",
        body: Some(json!({ "contact": contact, "password": password })),
        ..Ask::default()
    }
}

#[tokio::test]
async fn a_log_in_is_one_hash_and_six_calls() {
    let shop = Shop::open();
    shop.register("a@example.com").await;

    let (hashes, calls) = work(&shop, log_in("a@example.com", PASSWORD)).await;

    assert_eq!(hashes, 1);
    let expected = [
        "GetItem accounts",
        "GetItem accounts",
        "TransactWriteItems accounts",
        "GetItem sessions",
        "TransactWriteItems accounts",
        "Query sessions",
    ];
    assert_eq!(calls, expected);
}

#[tokio::test]
async fn an_unknown_person_and_a_wrong_password_cost_the_same_hash_and_the_same_calls() {
    let shop = Shop::open();
    shop.register("a@example.com").await;

    let known = work(&shop, log_in("a@example.com", "not the right one")).await;
    let unknown = work(&shop, log_in("b@example.com", "not the right one")).await;

    assert_eq!(known, unknown);
    assert_eq!(known.0, 1);
    let expected = ["GetItem accounts", "GetItem accounts", "TransactWriteItems accounts"];
    assert_eq!(known.1, expected);
}

/// Two hundred tries, half of them for somebody who has an account: how far the times lie apart, as a part of the one. Interleaved and in
/// turns, so that whatever else the machine does hits both alike; the fastest tenth is what nothing else has disturbed.
async fn apart(shop: &Shop) -> f64 {
    let mut took = [Vec::new(), Vec::new()];
    for round in 0..100 {
        // No try waits for the ones before it.
        shop.deps.clock.advance(std::time::Duration::from_secs(16 * 60));
        for turn in 0..2 {
            let place = (round + turn) % 2;
            let contact = ["a@example.com", "b@example.com"][place];
            #[expect(clippy::disallowed_methods, reason = "this test measures real time")]
            let began = std::time::Instant::now();
            let answer = shop.ask(log_in(contact, "not the right one")).await;
            took[place].push(began.elapsed());
            assert_eq!(answer["statusCode"], 401);
        }
    }
    let [known, unknown] = took.map(|mut times| {
        times.sort();
        times[times.len() / 10].as_secs_f64()
    });
    (known - unknown).abs() / known
}

/// A busy machine may spoil one measure; what tells of an account shows in each.
#[tokio::test]
async fn two_hundred_tries_tell_nobody_by_their_time_who_has_an_account() {
    let shop = Shop::open();
    shop.register("a@example.com").await;

    let mut measured = Vec::new();
    for _ in 0..4 {
        measured.push(apart(&shop).await);
        if measured.iter().any(|apart| *apart < 0.05) {
            return;
        }
    }
    panic!("the times lie apart by {measured:?}");
}

#[tokio::test]
async fn whoever_has_an_account_adds_two_reads_of_half_a_unit_to_a_request() {
    let shop = Shop::open();
    let token = shop.customer("a@example.com").await;
    let ask = |token| Ask {
        method: "GET",
        path: "/sessions",
        token,
        ..Ask::default()
    };

    let (hashes, with) = work(&shop, ask(Some(&*token))).await;

    assert_eq!(hashes, 0);
    assert_eq!(with, ["GetItem sessions", "GetItem sessions", "Query sessions"]);
}
