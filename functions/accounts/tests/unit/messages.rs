//! What is proved by a message: registrations and new passwords.

use domain::notice::Matter;

use super::*;

const MINUTE: std::time::Duration = std::time::Duration::from_secs(60);

async fn confirm(shop: &Shop, ticket: &str, code: &str) -> Value {
    shop.post("/accounts", json!({ "ticket": ticket, "code": code })).await
}

async fn set_password(shop: &Shop, token: &str, password: &str) -> Value {
    shop.post("/passwords", json!({ "token": token, "password": password }))
        .await
}

/// Hashes and calls of a request, and what it answered without what is fresh each time.
async fn trace(shop: &Shop, path: &str, body: Value) -> (u32, Vec<String>, Value) {
    crate::password::HASHED.set(0);
    shop.calls.taken();
    let answer = shop.post(path, body).await;
    let keys: Vec<String> = document(&answer).as_object().unwrap().keys().cloned().collect();
    (
        crate::password::HASHED.get(),
        shop.calls.taken(),
        json!([answer["statusCode"], keys]),
    )
}

#[tokio::test]
async fn a_phone_is_registered_and_logs_in_however_it_is_written() {
    let shop = Shop::open();

    let answer = shop.register("0712 345 678").await;

    assert_eq!(answer["statusCode"], 201, "{answer}");
    assert_eq!(
        shop.log_in("+254712345678", PASSWORD, "192.0.2.7").await["statusCode"],
        201
    );
}

#[tokio::test]
async fn nobody_has_an_account_before_the_code_was_typed() {
    let shop = Shop::open();
    let asked = shop.ask_for("a@example.com").await;

    assert_eq!((&asked["statusCode"], cookie(&asked)), (&json!(202), String::new()));
    assert_eq!(document(&asked)["sent_to"], "a…@example.com");
    assert_eq!(
        shop.log_in("a@example.com", PASSWORD, "192.0.2.7").await["statusCode"],
        401
    );
}

#[tokio::test]
async fn a_code_holds_for_five_tries_and_half_an_hour_and_once() {
    let shop = Shop::open();
    let ticket = text(&shop.ask_for("a@example.com").await, "ticket");
    let code = shop.secret().await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        assert_eq!(confirm(&shop, &ticket, wrong).await["statusCode"], 401);
    }
    assert_eq!(confirm(&shop, &ticket, &code).await["statusCode"], 429, "after five");

    let ticket = text(&shop.ask_for("b@example.com").await, "ticket");
    let code = shop.secret().await;
    shop.deps.clock.advance(30 * MINUTE);
    assert_eq!(
        text(&confirm(&shop, &ticket, &code).await, "code"),
        "wrong_code",
        "too late"
    );

    let ticket = text(&shop.ask_for("c@example.com").await, "ticket");
    let code = shop.secret().await;
    assert_eq!(confirm(&shop, "of-another-page", &code).await["statusCode"], 401);
    assert_eq!(confirm(&shop, &ticket, &code).await["statusCode"], 201);
    assert_eq!(
        text(&confirm(&shop, &ticket, &code).await, "code"),
        "wrong_code",
        "replayed"
    );
}

#[tokio::test]
async fn a_registration_answers_and_works_the_same_whether_there_is_an_account_or_not() {
    let shop = Shop::open();
    shop.register("a@example.com").await;
    let wanted = |contact| json!({ "contact": contact, "password": PASSWORD, "name": "Asha" });

    let known = trace(&shop, "/registrations", wanted("a@example.com")).await;
    let unknown = trace(&shop, "/registrations", wanted("b@example.com")).await;

    assert_eq!(known, unknown);
    assert_eq!(known.0, 1);
}

#[tokio::test]
async fn a_second_registration_of_one_address_changes_nothing() {
    let shop = Shop::open();
    let first = text(&shop.ask_for("a@example.com").await, "ticket");
    let code = shop.secret().await;
    shop.register("a@example.com").await;

    let second = confirm(&shop, &first, &code).await;

    assert_eq!(text(&second, "code"), "account_exists");
    assert_eq!(cookie(&second), "");
}

#[tokio::test]
async fn asking_for_a_new_password_answers_and_works_the_same_for_everybody() {
    let shop = Shop::open();
    shop.register("a@example.com").await;

    let known = trace(&shop, "/resets", json!({ "contact": "a@example.com" })).await;
    let unknown = trace(&shop, "/resets", json!({ "contact": "b@example.com" })).await;

    assert_eq!(known, unknown);
    assert_eq!(known.0, 0);
}

#[tokio::test]
async fn a_new_password_ends_every_session_and_the_link_works_once() {
    let shop = Shop::open();
    let old = shop.customer("a@example.com").await;
    shop.post("/resets", json!({ "contact": "a@example.com" })).await;
    let token = shop.secret().await;

    let answer = set_password(&shop, &token, "quite another one").await;

    assert_eq!(answer["statusCode"], 204, "{answer}");
    assert!(matches!(shop.notice().await.matter, Matter::PasswordChanged));
    let me = Ask {
        method: "GET",
        path: "/sessions",
        token: Some(&old),
        ..Ask::default()
    };
    assert_eq!(shop.ask(me).await["statusCode"], 401);
    assert_eq!(
        shop.log_in("a@example.com", PASSWORD, "192.0.2.7").await["statusCode"],
        401
    );
    assert_eq!(
        shop.log_in("a@example.com", "quite another one", "192.0.2.7").await["statusCode"],
        201
    );
    let again = set_password(&shop, &token, "and a third one").await;
    assert_eq!(text(&again, "code"), "not_valid_any_more");
}

#[tokio::test]
async fn a_link_ends_after_half_an_hour_and_leads_strangers_nowhere() {
    let shop = Shop::open();
    shop.register("a@example.com").await;
    shop.post("/resets", json!({ "contact": "a@example.com" })).await;
    let late = shop.secret().await;
    shop.deps.clock.advance(30 * MINUTE);
    shop.post("/resets", json!({ "contact": "b@example.com" })).await;
    let strangers = shop.secret().await;

    for token in [&*late, &*strangers, "made-up", ""] {
        let answer = set_password(&shop, token, "quite another one").await;
        assert_eq!(text(&answer, "code"), "not_valid_any_more", "{token}");
    }
}

#[tokio::test]
async fn a_new_password_opens_an_account_that_was_closed_by_wrong_ones() {
    let shop = Shop::open();
    shop.register("a@example.com").await;
    for _ in 0..5 {
        shop.log_in("a@example.com", "not the right one", "192.0.2.9").await;
    }
    assert_eq!(
        shop.log_in("a@example.com", PASSWORD, "192.0.2.7").await["statusCode"],
        429
    );
    shop.post("/resets", json!({ "contact": "a@example.com" })).await;

    set_password(&shop, &shop.secret().await, "quite another one").await;

    assert_eq!(
        shop.log_in("a@example.com", "quite another one", "192.0.2.7").await["statusCode"],
        201
    );
}

#[tokio::test]
async fn nobody_is_sent_messages_without_end() {
    let shop = Shop::open();
    for _ in 0..3 {
        assert_eq!(shop.ask_for("a@example.com").await["statusCode"], 202);
    }

    let fourth = shop.ask_for("a@example.com").await;
    let reset = shop.post("/resets", json!({ "contact": "a@example.com" })).await;

    assert_eq!(
        (&fourth["statusCode"], &reset["statusCode"]),
        (&json!(429), &json!(429))
    );
    assert_eq!(shop.sent.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn what_serves_once_says_at_once_that_it_has_served() {
    let shop = Shop::open();
    let ticket = text(&shop.ask_for("asha@example.com").await, "ticket");
    let code = shop.secret().await;
    let query = format!("ticket={ticket}");
    let code_page = Ask {
        method: "GET",
        path: "/register/code",
        query: &query,
        ..Ask::default()
    };
    assert_eq!(shop.ask(code_page.clone()).await["statusCode"], 200);
    assert_eq!(confirm(&shop, &ticket, &code).await["statusCode"], 201);
    assert_eq!(shop.ask(code_page).await["statusCode"], 410);

    shop.post("/resets", json!({ "contact": "asha@example.com" })).await;
    let token = shop.secret().await;
    let invitation = format!("/invitations/{}", shop.invited("buyer@example.com").await);
    let reset = format!("/reset/{token}");
    let page = |path| Ask {
        method: "GET",
        path,
        ..Ask::default()
    };
    for path in [&reset, &invitation] {
        assert_eq!(shop.ask(page(path)).await["statusCode"], 200, "{path}");
    }
    assert_eq!(
        set_password(&shop, &token, "another pass phrase").await["statusCode"],
        204
    );
    let joins = json!({ "name": "Asha Mwangi", "password": PASSWORD });
    assert_eq!(shop.post(&invitation, joins).await["statusCode"], 201);
    for path in [&reset, &invitation] {
        assert_eq!(shop.ask(page(path)).await["statusCode"], 410, "{path}");
    }
}
