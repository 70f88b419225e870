//! What happens at the very moment in which every session of somebody ends, and which links end with a password.

use super::*;

const MINUTE: std::time::Duration = std::time::Duration::from_secs(60);

async fn status(shop: &Shop, token: &str) -> Value {
    let ask = Ask {
        method: "GET",
        path: "/sessions",
        token: Some(token),
        ..Ask::default()
    };
    shop.ask(ask).await["statusCode"].clone()
}

/// Logs in with the password of before, after `first` has read everything and before it writes.
async fn meanwhile(shop: &Shop, first: impl Future<Output = Value>) -> (Value, Value) {
    let late = async {
        shop.calls.until(true).await;
        let late = shop.log_in("a@example.com", PASSWORD, "192.0.2.8").await;
        shop.calls.is_waiting.store(false, Ordering::SeqCst);
        late
    };
    tokio::join!(first, late)
}

async fn reset_token(shop: &Shop) -> String {
    shop.post("/resets", json!({ "contact": "a@example.com" })).await;
    shop.secret().await
}

async fn set(shop: &Shop, token: &str, password: &str) -> Value {
    shop.post("/passwords", json!({ "token": token, "password": password }))
        .await
}

#[tokio::test]
async fn a_session_opened_with_the_old_password_in_the_moment_of_a_reset_leads_nowhere() {
    let shop = Shop::open();
    shop.register("a@example.com").await;
    let token = reset_token(&shop).await;
    shop.calls.close_before("accounts", "A#reset#");

    let (reset, late) = meanwhile(&shop, set(&shop, &token, "quite another one")).await;

    assert_eq!((&reset["statusCode"], &late["statusCode"]), (&json!(204), &json!(201)));
    assert_eq!(status(&shop, &text(&late, "token")).await, 401);
}

#[tokio::test]
async fn a_session_opened_while_everything_is_logged_out_leads_nowhere() {
    let shop = Shop::open();
    let token = shop.customer("a@example.com").await;
    shop.calls.close_before("sessions", "P#");
    let everywhere = shop.ask(Ask {
        method: "DELETE",
        path: "/sessions",
        token: Some(&token),
        ..Ask::default()
    });

    let (answer, late) = meanwhile(&shop, everywhere).await;

    assert_eq!((&answer["statusCode"], &late["statusCode"]), (&json!(204), &json!(201)));
    assert_eq!(status(&shop, &text(&late, "token")).await, 401);
}

#[tokio::test]
async fn every_link_of_before_ends_with_the_first_new_password() {
    let shop = Shop::open();
    shop.register("a@example.com").await;
    let earlier = reset_token(&shop).await;
    let used = reset_token(&shop).await;

    assert_eq!(set(&shop, &used, "quite another one").await["statusCode"], 204);

    for token in [&earlier, &used] {
        let again = set(&shop, token, "and a third one").await;
        assert_eq!(text(&again, "code"), "not_valid_any_more");
    }
    let fresh = shop.log_in("a@example.com", "quite another one", "192.0.2.8").await;
    assert_eq!(fresh["statusCode"], 201);
    shop.deps.clock.advance(16 * MINUTE);
    let asked_afterwards = reset_token(&shop).await;
    assert_eq!(
        set(&shop, &asked_afterwards, "and a third one").await["statusCode"],
        204
    );
}

#[tokio::test]
async fn of_two_links_used_at_one_moment_one_is_good() {
    let shop = Shop::open();
    shop.register("a@example.com").await;
    let (one, other) = (reset_token(&shop).await, reset_token(&shop).await);
    shop.calls.close_before("accounts", "A#reset#");

    let second = async {
        shop.calls.until(true).await;
        let answer = set(&shop, &other, "the other one").await;
        shop.calls.is_waiting.store(false, Ordering::SeqCst);
        answer
    };
    let (late, second) = tokio::join!(set(&shop, &one, "quite another one"), second);

    assert_eq!(second["statusCode"], 204, "{second}");
    assert_eq!(text(&late, "code"), "not_valid_any_more");
}

#[tokio::test]
async fn sixty_log_ins_of_one_person_leave_as_many_sessions_as_they_may_have() {
    let shop = Shop::open();
    let first = shop.customer("a@example.com").await;
    for number in 0..60 {
        shop.deps.clock.advance(MINUTE);
        let source = format!("192.0.2.{number}");
        assert_eq!(shop.log_in("a@example.com", PASSWORD, &source).await["statusCode"], 201);
    }
    let newest = text(&shop.log_in("a@example.com", PASSWORD, "192.0.2.9").await, "token");
    let list = Ask {
        method: "GET",
        path: "/sessions",
        token: Some(&newest),
        ..Ask::default()
    };

    let list = document(&shop.ask(list).await);

    assert_eq!(list["sessions"].as_array().unwrap().len(), 20);
    assert_eq!(status(&shop, &first).await, 401);
}
