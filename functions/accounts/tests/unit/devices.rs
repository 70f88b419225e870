//! The list of sessions, and ending them one by one or all at once.

use super::*;

const OTHER: &str = "192.0.2.8";

async fn get(shop: &Shop, path: &str, token: &str) -> Value {
    let ask = Ask {
        method: "GET",
        path,
        token: Some(token),
        ..Ask::default()
    };
    shop.ask(ask).await
}

async fn end(shop: &Shop, path: &str, token: &str) -> Value {
    let ask = Ask {
        method: "DELETE",
        path,
        token: Some(token),
        ..Ask::default()
    };
    shop.ask(ask).await
}

#[tokio::test]
async fn somebody_sees_where_they_are_logged_in_and_logs_out_there() {
    let shop = Shop::open();
    let phone = shop.customer("a@example.com").await;
    shop.deps.clock.advance(std::time::Duration::from_secs(60));
    let cafe = text(&shop.log_in("a@example.com", PASSWORD, OTHER).await, "token");

    let list = document(&get(&shop, "/sessions", &phone).await);
    let lines = list["sessions"].as_array().unwrap();
    assert_eq!(lines.len(), 2);
    assert_eq!(
        (&lines[0]["is_this"], &lines[1]["is_this"]),
        (&json!(false), &json!(true))
    );
    let there = format!("/sessions/{}", lines[0]["id"].as_str().unwrap());

    assert_eq!(end(&shop, &there, &phone).await["statusCode"], 204);

    assert_eq!(get(&shop, "/sessions", &cafe).await["statusCode"], 401);
    assert_eq!(get(&shop, "/sessions", &phone).await["statusCode"], 200);
}

#[tokio::test]
async fn another_persons_session_is_not_found() {
    let shop = Shop::open();
    let asha = shop.customer("a@example.com").await;
    let eve = shop.customer("e@example.com").await;

    let answer = end(&shop, &format!("/sessions/{}", web::token_hash(&asha)), &eve).await;

    assert_eq!(answer["statusCode"], 404);
    assert_eq!(get(&shop, "/sessions", &asha).await["statusCode"], 200);
}

#[tokio::test]
async fn logging_out_everywhere_ends_every_session_of_one_person_and_the_password_still_works() {
    let shop = Shop::open();
    let eve = shop.customer("e@example.com").await;
    let mut tokens = vec![shop.customer("a@example.com").await];
    for _ in 0..3 {
        tokens.push(text(&shop.log_in("a@example.com", PASSWORD, OTHER).await, "token"));
    }

    let answer = end(&shop, "/sessions", &tokens[1]).await;

    assert_eq!(answer["statusCode"], 204);
    assert!(answer.to_string().contains("Max-Age=0"));
    for token in &tokens {
        assert_eq!(get(&shop, "/sessions", token).await["statusCode"], 401);
    }
    assert_eq!(get(&shop, "/sessions", &eve).await["statusCode"], 200);
    assert_eq!(shop.log_in("a@example.com", PASSWORD, OTHER).await["statusCode"], 201);
}

#[tokio::test]
async fn a_token_that_was_changed_by_a_letter_is_nobodys() {
    let shop = Shop::open();
    let token = shop.customer("a@example.com").await;
    let last = if token.ends_with('A') { 'B' } else { 'A' };
    let tampered = format!("{}{last}", &token[..token.len() - 1]);

    for forged in [
        &tampered,
        &token[1..],
        "",
        &web::token_hash(&token),
        &format!("{token}{token}{token}"),
    ] {
        assert_eq!(get(&shop, "/sessions", forged).await["statusCode"], 401, "{forged}");
    }
    assert_eq!(get(&shop, "/sessions", &token).await["statusCode"], 200);
}

#[tokio::test]
async fn whoever_logs_in_again_has_a_new_token_and_the_old_one_is_worth_nothing() {
    let shop = Shop::open();
    let old = shop.customer("a@example.com").await;
    let body = Some(json!({ "contact": "a@example.com", "password": PASSWORD }));
    let ask = Ask {
        method: "POST",
        path: "/sessions",
        body,
        token: Some(&old),
        ..Ask::default()
    };

    let new = text(&shop.ask(ask).await, "token");

    assert_ne!(new, old);
    assert_eq!(get(&shop, "/sessions", &old).await["statusCode"], 401, "replayed");
    assert_eq!(get(&shop, "/sessions", &new).await["statusCode"], 200);
}

#[tokio::test]
async fn a_form_of_another_site_does_nothing() {
    let shop = Shop::open();
    let token = shop.customer("a@example.com").await;
    for (origin, expected) in [
        ("https://evil.example", 403),
        ("null", 403),
        ("https://shop.example", 303),
    ] {
        assert_eq!(
            get(&shop, "/sessions", &token).await["statusCode"],
            200,
            "before {origin}"
        );
        let ask = Ask {
            method: "POST",
            path: "/sessions/deletion",
            form: Some(""),
            token: Some(&token),
            origin: Some(origin),
            ..Ask::default()
        };
        assert_eq!(shop.ask(ask).await["statusCode"], expected, "{origin}");
    }
}
