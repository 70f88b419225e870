//! What somebody logs in with, changed: confirmed where they were reached and where they shall be.

use std::sync::Mutex;

use domain::{
    contact::Contact,
    notice::{Matter, Notice},
};
use store::{Call, Cost, Notices, Verdict, Watch};

use super::*;

/// What was asked of a table.
#[derive(Default)]
pub(super) struct Calls(Mutex<Vec<String>>);

impl Calls {
    fn taken(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Watch for Calls {
    fn before<'a>(&'a self, _: &'a Call) -> Verdict<'a> {
        Box::pin(async { Ok(()) })
    }

    fn after<'a>(&'a self, call: &'a Call, _: Cost) -> Verdict<'a> {
        self.0.lock().unwrap().push(call.operation.to_string());
        Box::pin(async { Ok(()) })
    }
}

impl Shop {
    /// The newest notice.
    async fn notice(&self) -> Notice {
        let id = self.sent.lock().unwrap().pop().unwrap().about.parse().unwrap();
        let notices = Notices::new(self.accounts.clone());
        notices.take(&id, self.deps.clock.now()).await.unwrap().unwrap().notice
    }

    /// What it tells its reader in secret.
    async fn secret(&self) -> String {
        self.notice().await.matter.secret().unwrap().expose().to_owned()
    }

    /// The same customer on another device.
    async fn elsewhere(&self, token: &str) -> String {
        let now = self.deps.clock.now();
        let session = self.sessions.find(&web::token_hash(token), now).await.unwrap().unwrap();
        let other = format!("{token}-elsewhere");
        self.log_in(&other, session.who).await;
        other
    }
}

/// A change that was asked for, with the codes of its two messages.
struct Asked {
    ticket: String,
    old_code: String,
    new_code: String,
}

async fn send(shop: &Shop, token: &str, path: &str, body: Value) -> Value {
    shop.ask(Ask {
        method: "POST",
        path,
        body: Some(body),
        token: Some(token),
        ..Ask::default()
    })
    .await
}

async fn read(shop: &Shop, token: &str, path: &str) -> Value {
    shop.ask(Ask {
        method: "GET",
        path,
        token: Some(token),
        ..Ask::default()
    })
    .await
}

async fn ask_for(shop: &Shop, token: &str, contact: &str) -> Value {
    send(shop, token, "/me/contact-changes", json!({ "contact": contact })).await
}

async fn asked(shop: &Shop, token: &str, contact: &str) -> Asked {
    let answer = ask_for(shop, token, contact).await;
    assert_eq!(answer["statusCode"], 202, "{answer}");
    // The newest is the one to the new address.
    let (new_code, old_code) = (shop.secret().await, shop.secret().await);
    Asked {
        ticket: text(&answer, "ticket"),
        old_code,
        new_code,
    }
}

async fn confirm(shop: &Shop, token: &str, ticket: &str, codes: (&str, &str)) -> Value {
    let path = format!("/me/contact-changes/{ticket}");
    send(shop, token, &path, json!({ "old_code": codes.0, "new_code": codes.1 })).await
}

async fn logs_in(shop: &Shop, contact: &str) -> bool {
    let contact = Contact::new(contact).unwrap();
    shop.deps.credentials.find(&contact).await.unwrap().is_some()
}

async fn person(shop: &Shop, contact: &str) -> String {
    let contact = Contact::new(contact).unwrap();
    shop.deps.credentials.find(&contact).await.unwrap().unwrap().person
}

fn cookie(answer: &Value) -> &str {
    let set = answer["cookies"][0].as_str().unwrap_or_default();
    let (token, _) = set.trim_start_matches("__Host-sid=").split_once(';').unwrap();
    token
}

#[tokio::test]
async fn a_new_address_takes_the_place_of_the_old_one_and_other_devices_are_logged_out() {
    let shop = Shop::open();
    let here = shop.customer("a@example.com").await;
    let elsewhere = shop.elsewhere(&here).await;
    let change = asked(&shop, &here, "B@Example.com").await;

    let answer = confirm(&shop, &here, &change.ticket, (&change.old_code, &change.new_code)).await;

    assert_eq!(answer["statusCode"], 201, "{answer}");
    let told = shop.notice().await;
    assert!(matches!(told.matter, Matter::ContactChanged) && told.to.as_str() == "a@example.com");
    for dead in [&here, &elsewhere] {
        assert_eq!(read(&shop, dead, "/me").await["statusCode"], 401);
    }
    let page = read(&shop, &text(&answer, "token"), "/me/contact").await;
    assert_eq!(document(&page), json!({ "email": "b@example.com", "phone": null }));
    assert!(logs_in(&shop, "b@example.com").await && !logs_in(&shop, "a@example.com").await);
    let owner = person(&shop, "b@example.com").await;
    let devices = shop.sessions.of_person(&owner, shop.deps.clock.now()).await.unwrap();
    let [one] = devices.try_into().unwrap();
    assert_eq!(one.device, "Firefox on Linux");
}

#[tokio::test]
async fn whoever_has_an_address_alone_adds_a_phone_and_logs_in_with_either() {
    let shop = Shop::open();
    let token = shop.customer("a@example.com").await;
    let change = asked(&shop, &token, "0712 345 678").await;

    let answer = confirm(&shop, &token, &change.ticket, (&change.old_code, &change.new_code)).await;

    assert_eq!(answer["statusCode"], 201, "{answer}");
    assert_eq!(shop.notice().await.to.as_str(), "a@example.com");
    assert!(logs_in(&shop, "a@example.com").await && logs_in(&shop, "+254712345678").await);
}

#[tokio::test]
async fn neither_code_is_enough_and_five_tries_are_all() {
    let shop = Shop::open();
    let token = shop.customer("a@example.com").await;
    let change = asked(&shop, &token, "b@example.com").await;
    let (old, new) = (change.old_code.as_str(), change.new_code.as_str());
    assert_ne!(old, new, "codes differ");

    for codes in [(old, ""), ("", new), (new, old), (old, old), (new, new)] {
        let answer = confirm(&shop, &token, &change.ticket, codes).await;
        assert_eq!(text(&answer, "code"), "wrong_code");
    }
    let sixth = confirm(&shop, &token, &change.ticket, (old, new)).await;

    assert_eq!(sixth["statusCode"], 429, "{sixth}");
    assert!(logs_in(&shop, "a@example.com").await);
}

#[tokio::test]
async fn an_address_of_somebody_else_answers_as_a_free_one_and_is_never_taken() {
    let shop = Shop::open();
    shop.customer("taken@example.com").await;
    let token = shop.customer("a@example.com").await;
    let mut traces = Vec::new();
    for contact in ["taken@example.com", "free@example.com"] {
        shop.calls.taken();
        let answer = ask_for(&shop, &token, contact).await;
        let keys: Vec<String> = document(&answer).as_object().unwrap().keys().cloned().collect();
        traces.push((answer["statusCode"].clone(), keys, shop.calls.taken()));
    }
    let change = asked(&shop, &token, "taken@example.com").await;

    let answer = confirm(&shop, &token, &change.ticket, (&change.old_code, &change.new_code)).await;

    assert_eq!(traces[0], traces[1]);
    assert_eq!(text(&answer, "code"), "account_exists", "{answer}");
    assert_eq!(read(&shop, &token, "/me/contact").await["statusCode"], 200);
    assert!(logs_in(&shop, "a@example.com").await);
}

#[tokio::test]
async fn a_ticket_is_its_owners_and_holds_once_and_for_half_an_hour() {
    let shop = Shop::open();
    let token = shop.customer("a@example.com").await;
    let stranger = shop.customer("stranger@example.com").await;
    let change = asked(&shop, &token, "b@example.com").await;
    let late = asked(&shop, &token, "c@example.com").await;
    let codes = (change.old_code.as_str(), change.new_code.as_str());
    let path = format!("/me/contact-changes/{}", change.ticket);

    assert_eq!(read(&shop, &stranger, &path).await["statusCode"], 404);
    assert_eq!(
        confirm(&shop, &stranger, &change.ticket, codes).await["statusCode"],
        404
    );
    let page = document(&read(&shop, &token, &path).await);
    assert_eq!(
        (&page["sent_to_old"], &page["sent_to_new"]),
        (&json!("a…@example.com"), &json!("b…@example.com"))
    );
    let done = confirm(&shop, &token, &change.ticket, codes).await;
    let token = text(&done, "token");
    assert_eq!(confirm(&shop, &token, &change.ticket, codes).await["statusCode"], 404);
    let overtaken = confirm(&shop, &token, &late.ticket, (&late.old_code, &late.new_code)).await;
    assert_eq!(
        overtaken["statusCode"], 409,
        "confirmed at an address that is theirs no more: {overtaken}"
    );
    shop.deps.clock.advance(std::time::Duration::from_secs(30 * 60));
    assert_eq!(
        confirm(&shop, &token, &late.ticket, (&late.old_code, &late.new_code)).await["statusCode"],
        404
    );
}

#[tokio::test]
async fn an_address_that_became_somebody_elses_confirms_nothing() {
    let shop = Shop::open();
    let token = shop.customer("a@example.com").await;
    let first = asked(&shop, &token, "b@example.com").await;
    let second = asked(&shop, &token, "c@example.com").await;
    let done = confirm(&shop, &token, &first.ticket, (&first.old_code, &first.new_code)).await;
    shop.account_of(shop.deps.ids.next().unwrap(), "A@example.com").await;

    let answer = confirm(
        &shop,
        &text(&done, "token"),
        &second.ticket,
        (&second.old_code, &second.new_code),
    )
    .await;

    assert_eq!(answer["statusCode"], 409, "{answer}");
    assert!(!logs_in(&shop, "c@example.com").await);
}

#[tokio::test]
async fn nobody_makes_us_write_to_strangers_without_end() {
    let shop = Shop::open();
    let token = shop.customer("a@example.com").await;
    assert_eq!(text(&ask_for(&shop, &token, "a@example.com").await, "code"), "invalid");
    for contact in ["b@example.com", "0712345678", "c@example.com"] {
        assert_eq!(ask_for(&shop, &token, contact).await["statusCode"], 202, "{contact}");
    }

    let fourth = ask_for(&shop, &token, "d@example.com").await;

    assert_eq!(fourth["statusCode"], 429, "{fourth}");
}

#[tokio::test]
async fn without_script_a_wrong_code_is_told_on_the_page_of_both() {
    let shop = Shop::open();
    let token = shop.customer("a@example.com").await;
    let page = shop
        .ask(Ask {
            method: "POST",
            path: "/me/contact-changes",
            form: Some("contact=b%40example.com"),
            token: Some(&token),
            ..Ask::default()
        })
        .await;
    let path = page["headers"]["location"].as_str().unwrap();
    let (new_code, old_code) = (shop.secret().await, shop.secret().await);
    let typed = |old: &str| format!("old_code={old}&new_code={new_code}");
    let (wrong, right) = (typed("1"), typed(&old_code));
    let post = |form| Ask {
        method: "POST",
        path,
        form: Some(form),
        token: Some(&token),
        ..Ask::default()
    };

    let refused = shop.ask(post(&wrong)).await;
    let done = shop.ask(post(&right)).await;

    assert_eq!(refused["statusCode"], 401);
    let body = refused["body"].as_str().unwrap();
    assert!(
        body.contains("Type both codes") && body.contains("a…@example.com"),
        "{body}"
    );
    assert_eq!(
        (&done["statusCode"], &done["headers"]["location"]),
        (&json!(303), &json!("/me"))
    );
    assert_eq!(read(&shop, cookie(&done), "/me").await["statusCode"], 200);
}
