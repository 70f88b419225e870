//! Registering, logging in and out, through the edge.

use super::*;

#[tokio::test]
async fn a_visitor_who_registers_keeps_the_id_their_cart_and_orders_are_under() {
    let shop = Shop::open();
    let guest = CustomerId::from_ulid(GUEST).unwrap();
    let now = shop.deps.clock.now();
    let session = Session::begin(Who::Guest(guest.clone()), now);
    shop.deps
        .sessions
        .start(&web::token_hash("planted"), &session, now)
        .await
        .unwrap();
    let ticket = text(&shop.ask_for("Asha@Example.com").await, "ticket");
    let form = format!("ticket={ticket}&code={}&next=%2Fcheckout", shop.secret().await);
    let ask = Ask {
        method: "POST",
        path: "/accounts",
        form: Some(&form),
        token: Some("planted"),
        ..Ask::default()
    };

    let answer = shop.ask(ask.clone()).await;

    assert_eq!(
        (&answer["statusCode"], &answer["headers"]["location"]),
        (&json!(303), &json!("/checkout")),
        "{answer}"
    );
    let hash = web::token_hash(&cookie(&answer));
    let opened = shop
        .deps
        .sessions
        .find(&hash, shop.deps.clock.now())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(opened.who, Who::Customer(guest));
    let planted = shop
        .deps
        .sessions
        .find(&web::token_hash("planted"), shop.deps.clock.now())
        .await
        .unwrap();
    assert!(planted.is_none(), "the token from before leads nowhere");
}

#[tokio::test]
async fn a_visitors_id_never_gets_a_second_account() {
    let shop = Shop::open();
    let guest = Who::Guest(CustomerId::from_ulid(GUEST).unwrap());
    for token in ["one", "two"] {
        let now = shop.deps.clock.now();
        let session = Session::begin(guest.clone(), now);
        shop.deps
            .sessions
            .start(&web::token_hash(token), &session, now)
            .await
            .unwrap();
    }
    let register = async |email: &str, token| {
        let ticket = text(&shop.ask_for(email).await, "ticket");
        let body = Some(json!({ "ticket": ticket, "code": shop.secret().await }));
        let ask = Ask {
            method: "POST",
            path: "/accounts",
            body,
            token,
            ..Ask::default()
        };
        text(&shop.ask(ask).await, "id")
    };

    let first = register("a@example.com", Some("one")).await;
    let second = register("b@example.com", Some("two")).await;

    assert_eq!(first, format!("cus_{GUEST}"));
    assert_ne!(second, first);
}

#[tokio::test]
async fn what_is_wrong_with_a_registration_is_said_at_once_and_the_password_is_not_sent_back() {
    let shop = Shop::open();
    let form = Some("contact=asha&password=short&name=");

    let answer = shop
        .ask(Ask {
            method: "POST",
            path: "/registrations",
            form,
            ..Ask::default()
        })
        .await;

    let page = answer["body"].as_str().unwrap();
    assert_eq!(answer["statusCode"], 422);
    for words in [
        "write your e-mail address, or your phone",
        "10 to 128 characters",
        "write your name",
        "value=\"asha\"",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert!(!page.contains("short\""));
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_person_read_the_same() {
    let shop = Shop::open();
    shop.register("a@example.com").await;

    let wrong = shop.log_in("a@example.com", "not the right one", "192.0.2.1").await;
    let unknown = shop.log_in("b@example.com", "not the right one", "192.0.2.1").await;

    assert_eq!((&wrong["statusCode"], &wrong["body"]), (&json!(401), &unknown["body"]));
    assert_eq!(
        shop.log_in("a@example.com", PASSWORD, "192.0.2.1").await["statusCode"],
        201
    );
}

#[tokio::test]
async fn five_failures_close_an_account_for_a_while_wherever_they_come_from() {
    let shop = Shop::open();
    shop.register("a@example.com").await;
    for number in 0..5 {
        let answer = shop
            .log_in("a@example.com", "not the right one", &format!("192.0.2.{number}"))
            .await;
        assert_eq!(answer["statusCode"], 401);
    }

    let closed = shop.log_in("a@example.com", PASSWORD, "192.0.2.99").await;
    shop.deps.clock.advance(std::time::Duration::from_secs(15 * 60));
    let open = shop.log_in("a@example.com", PASSWORD, "192.0.2.99").await;

    assert_eq!((&closed["statusCode"], &open["statusCode"]), (&json!(429), &json!(201)));
}

#[tokio::test]
async fn logging_in_well_is_no_failure() {
    let shop = Shop::open();
    shop.register("a@example.com").await;

    for _ in 0..8 {
        assert_eq!(
            shop.log_in("a@example.com", PASSWORD, "192.0.2.7").await["statusCode"],
            201
        );
    }
}

#[tokio::test]
async fn one_source_tries_at_most_twenty_accounts() {
    let shop = Shop::open();
    for number in 0..20 {
        let answer = shop
            .log_in(&format!("p{number}@example.com"), "not the right one", "192.0.2.7")
            .await;
        assert_eq!(answer["statusCode"], 401);
    }

    let same = shop.log_in("q@example.com", "not the right one", "192.0.2.7").await;
    let other = shop.log_in("q@example.com", "not the right one", "192.0.2.8").await;

    assert_eq!((&same["statusCode"], &other["statusCode"]), (&json!(429), &json!(401)));
}

#[tokio::test]
async fn an_invitation_makes_a_member_with_the_roles_in_it_once_and_never_with_others() {
    let shop = Shop::open();
    let token = shop.invited("Buyer@example.com").await;
    let path = format!("/invitations/{token}");
    let form = json!({ "name": "Asha Mwangi", "password": PASSWORD });

    let greedy = json!({ "name": "Asha Mwangi", "password": PASSWORD, "roles": ["admin"] });
    assert_eq!(shop.post(&path, greedy).await["statusCode"], 422);
    let short = json!({ "name": "", "password": "short" });
    assert_eq!(shop.post(&path, short).await["statusCode"], 422);
    let joined = shop.post(&path, form.clone()).await;
    let again = shop.post(&path, form.clone()).await;
    let guessed = shop.post("/invitations/guessed", form).await;

    assert_eq!(
        (&joined["statusCode"], text(&joined, "kind").as_str()),
        (&json!(201), "unproven")
    );
    assert_eq!(
        (&again["statusCode"], &guessed["statusCode"]),
        (&json!(410), &json!(410))
    );
    let members = shop.deps.staff.members().await.unwrap();
    assert_eq!(members.len(), 1);
    assert_eq!(members[0].roles, BTreeSet::from([Role::Buyer]));
}

#[tokio::test]
async fn an_invitation_ends_after_its_time() {
    let shop = Shop::open();
    let token = shop.invited("buyer@example.com").await;
    shop.deps.clock.advance(std::time::Duration::from_secs(3600));

    let form = json!({ "name": "Asha Mwangi", "password": PASSWORD });
    let late = shop.post(&format!("/invitations/{token}"), form).await;

    assert_eq!(late["statusCode"], 410);
}

#[tokio::test]
async fn the_password_of_a_member_of_the_staff_opens_only_the_door_of_the_second_factor() {
    let shop = Shop::open();
    let token = shop.invited("buyer@example.com").await;
    let form = json!({ "name": "Asha Mwangi", "password": PASSWORD });
    shop.post(&format!("/invitations/{token}"), form).await;
    let form = Some("email=buyer%40example.com&password=a+long+enough+one&next=%2Fdesk%2Forders");

    let answer = shop
        .ask(Ask {
            method: "POST",
            path: "/sessions",
            form,
            ..Ask::default()
        })
        .await;

    assert_eq!(answer["headers"]["location"], "/staff/second-factor?next=/desk/orders");
    let hash = web::token_hash(&cookie(&answer));
    let session = shop.deps.sessions.find(&hash, shop.deps.clock.now()).await.unwrap();
    let session = session.unwrap();
    assert!(matches!(session.who, Who::Unproven(_)));
    assert_eq!(session.ends_at.to_string(), "2026-11-23T09:15:00.000Z");
}

#[tokio::test]
async fn logging_out_ends_the_session_and_takes_the_cookie_away() {
    let shop = Shop::open();
    let token = shop.customer("a@example.com").await;
    let me = async || {
        let ask = Ask {
            method: "GET",
            path: "/sessions",
            token: Some(&token),
            ..Ask::default()
        };
        shop.ask(ask).await["statusCode"].clone()
    };
    assert_eq!(me().await, 200);

    let ask = Ask {
        method: "DELETE",
        path: "/sessions/current",
        token: Some(&token),
        ..Ask::default()
    };
    let answer = shop.ask(ask).await;

    assert_eq!((&answer["statusCode"], cookie(&answer)), (&json!(204), String::new()));
    assert!(answer.to_string().contains("Max-Age=0"));
    assert_eq!(me().await, 401);
}

/// Somebody else guesses, every tenth of a second for a quarter of an hour.
async fn guess(shop: &Shop, source: &str, tries: u32) {
    for _ in 0..tries {
        shop.log_in("a@example.com", "not the right one", source).await;
        shop.deps.clock.advance(std::time::Duration::from_millis(100));
    }
}

async fn log_in_on(shop: &Shop, device: &str, password: &str) -> Value {
    let ask = Ask {
        method: "POST",
        path: "/sessions",
        body: Some(json!({ "email": "a@example.com", "password": password })),
        device,
        ..Ask::default()
    };
    shop.ask(ask).await
}

#[tokio::test]
async fn whoever_guesses_without_end_keeps_nobody_from_a_device_of_their_own() {
    let shop = Shop::open();
    let own = device(&shop.register("a@example.com").await);
    assert!(!own.is_empty());

    for _ in 0..20 {
        guess(&shop, "192.0.2.66", 20).await;
        let there = log_in_on(&shop, &own, PASSWORD).await;
        assert_eq!(there["statusCode"], 201, "{there}");
        let elsewhere = shop.log_in("a@example.com", PASSWORD, "192.0.2.7").await;
        assert!([201, 429].contains(&elsewhere["statusCode"].as_i64().unwrap()));
        guess(&shop, "192.0.2.67", 20).await;
    }
}

#[tokio::test]
async fn tries_that_wait_are_counted_where_they_come_from() {
    let shop = Shop::open();
    shop.register("a@example.com").await;
    guess(&shop, "192.0.2.66", 40).await;
    // The account waits four minutes at most after so few tries; the source is out for its quarter of an hour.
    shop.deps.clock.advance(std::time::Duration::from_secs(4 * 60));

    let guesser = shop.log_in("b@example.com", "not the right one", "192.0.2.66").await;
    let owner = shop.log_in("a@example.com", PASSWORD, "192.0.2.7").await;

    assert_eq!(
        (&guesser["statusCode"], &owner["statusCode"]),
        (&json!(429), &json!(201))
    );
}

#[tokio::test]
async fn whoever_follows_a_mailed_link_logs_in_at_once_whatever_strangers_do_meanwhile() {
    let shop = Shop::open();
    shop.register("a@example.com").await;
    guess(&shop, "192.0.2.66", 20).await;
    shop.post("/resets", json!({ "contact": "a@example.com" })).await;
    let form = json!({ "token": shop.secret().await, "password": "quite another one" });
    let known = device(&shop.post("/passwords", form).await);
    guess(&shop, "192.0.2.67", 20).await;

    let elsewhere = shop.log_in("a@example.com", "quite another one", "192.0.2.8").await;
    let there = log_in_on(&shop, &known, "quite another one").await;

    assert_eq!(
        (&elsewhere["statusCode"], &there["statusCode"]),
        (&json!(429), &json!(201))
    );
}

#[tokio::test]
async fn a_known_device_has_as_many_tries_as_anybody_and_is_known_for_its_own_account_only() {
    let shop = Shop::open();
    let own = device(&shop.register("a@example.com").await);
    let other = device(&shop.register("b@example.com").await);
    for number in 0..5 {
        assert_eq!(
            log_in_on(&shop, &own, "not the right one").await["statusCode"],
            401,
            "{number}"
        );
    }

    assert_eq!(log_in_on(&shop, &own, PASSWORD).await["statusCode"], 429);
    guess(&shop, "192.0.2.66", 5).await;
    assert_eq!(log_in_on(&shop, &other, PASSWORD).await["statusCode"], 429);
}

#[tokio::test]
async fn right_passwords_of_the_staff_are_limited_until_a_second_factor_follows() {
    let shop = Shop::open();
    let token = shop.invited("buyer@example.com").await;
    let form = json!({ "name": "Asha Mwangi", "password": PASSWORD });
    shop.post(&format!("/invitations/{token}"), form).await;
    for number in 0..5 {
        let source = format!("192.0.2.{number}");
        let half = shop.log_in("buyer@example.com", PASSWORD, &source).await;
        assert_eq!(half["statusCode"], 201, "{number}");
        assert_eq!(device(&half), "", "half a log-in makes a device known to nobody");
    }

    let sixth = shop.log_in("buyer@example.com", PASSWORD, "192.0.2.99").await;

    assert_eq!(sixth["statusCode"], 429);
}
