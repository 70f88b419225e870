//! Second factors, through the edge.

use super::*;

#[tokio::test]
async fn until_a_second_factor_is_set_up_nothing_else_is_open_and_afterwards_the_session_is_a_full_one() {
    let shop = Shop::open().await;
    for path in ["/staff", "/staff/audit", "/staff/devices"] {
        let refused = shop.ask("GET", path, "half", Value::Null).await;
        assert_eq!(document(&refused)["code"], "second_factor_needed", "{path}");
    }
    let page = shop.request("GET", "/staff", ("half", "text/html"), Value::Null).await;
    assert_eq!(page["headers"]["location"], "/staff/second-factor?next=%2Fstaff");

    let offered = document(&shop.ask("GET", "/staff/second-factor", "half", Value::Null).await);
    let again = document(&shop.ask("GET", "/staff/second-factor", "half", Value::Null).await);
    assert_eq!(
        offered["secret"], again["secret"],
        "a page that is opened again shows the same secret"
    );
    let wrong = shop
        .ask("POST", "/staff/second-factor", "half", json!({ "code": "000000" }))
        .await;
    assert_eq!(document(&wrong)["code"], "wrong_code");
    let form = json!({ "code": shop.code(offered["secret"].as_str().unwrap()) });
    let enrolled = shop.ask("POST", "/staff/second-factor", "half", form).await;

    let token = document(&enrolled)["token"].as_str().unwrap().to_owned();
    let found = shop
        .deps
        .sessions
        .find(&web::token_hash(&token), shop.deps.clock.now())
        .await
        .unwrap();
    assert_eq!(found.unwrap().who, Who::Staff(id('B'), vec![Role::Buyer]));
    assert!(!shop.is_open("half").await, "the token from before leads nowhere");
    let told = ["enrolled", "refused"].map(|what| format!("staff:{} second_factor.{what}", id('B')));
    assert_eq!(shop.told().await, told);
}

#[tokio::test]
async fn the_secret_is_shown_as_text_as_link_and_as_picture_and_is_stored_sealed() {
    let shop = Shop::open().await;

    let page = shop
        .request("GET", "/staff/second-factor", ("half", "text/html"), Value::Null)
        .await;
    let page = page["body"].as_str().unwrap().to_owned();

    let secret = document(&shop.ask("GET", "/staff/second-factor", "half", Value::Null).await)["secret"].clone();
    let secret = secret.as_str().unwrap();
    assert!(
        page.contains("otpauth://totp/Bandari:b%40example.com") && page.contains("<path d=\"M4 4h1v1h-1z"),
        "{page}"
    );
    assert!(page.contains(&secret[..4]));
    let stored = format!("{:?}", shop.deps.staff.member(&id('B')).await.unwrap());
    assert!(!stored.contains(secret), "{stored}");
}

#[tokio::test]
async fn a_code_lets_in_once_and_a_wrong_one_never() {
    let shop = Shop::open().await;
    let (secret, _) = shop.enrolled().await;
    let first = shop.code(&secret);
    assert_eq!(
        document(&shop.prove("two", &first).await)["code"],
        "wrong_code",
        "it was taken when it was set up"
    );
    shop.deps.clock.advance(Duration::from_secs(30));

    let code = shop.code(&secret);
    let taken = shop.prove("three", &code).await;
    let replayed = shop.prove("four", &code).await;

    assert_eq!(taken["statusCode"], 201, "{taken}");
    assert_eq!(
        (&replayed["statusCode"], document(&replayed)["code"].as_str()),
        (&json!(401), Some("wrong_code"))
    );
    assert!(shop.is_open("four").await, "who typed a wrong code tries again");
    let cookie = taken["cookies"][0]
        .as_str()
        .or(taken["headers"]["set-cookie"].as_str())
        .unwrap();
    assert!(
        cookie.contains("SameSite=Strict") && cookie.contains("HttpOnly"),
        "{cookie}"
    );
}

#[tokio::test]
async fn guessing_gets_slower_and_a_right_code_forgets_it() {
    let shop = Shop::open().await;
    let (secret, _) = shop.enrolled().await;
    shop.deps.clock.advance(Duration::from_secs(3600));
    for number in 0..5 {
        assert_eq!(
            shop.prove(&format!("guess{number}"), "000000").await["statusCode"],
            401,
            "{number}"
        );
    }
    assert_eq!(shop.prove("sixth", &shop.code(&secret)).await["statusCode"], 429);
    shop.deps.clock.advance(Duration::from_secs(60));

    assert_eq!(shop.prove("later", &shop.code(&secret)).await["statusCode"], 201);
    for number in 0..5 {
        assert_eq!(
            shop.prove(&format!("again{number}"), "000000").await["statusCode"],
            401,
            "{number}"
        );
    }
}

#[tokio::test]
async fn a_recovery_code_lets_in_once() {
    let shop = Shop::open().await;
    let (_, codes) = shop.enrolled().await;
    let typed = codes[3].to_lowercase().replace('-', "");

    let taken = shop.prove("two", &typed).await;
    let replayed = shop.prove("three", &codes[3]).await;
    let other = shop.prove("four", &codes[4]).await;

    assert_eq!(
        (&taken["statusCode"], &replayed["statusCode"], &other["statusCode"]),
        (&json!(201), &json!(401), &json!(201))
    );
    assert_eq!(
        shop.told().await[0],
        format!("staff:{} staff.logged_in_by_recovery", id('B'))
    );
}
