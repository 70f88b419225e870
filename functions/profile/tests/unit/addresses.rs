//! An address book, through the edge.

use super::*;

#[tokio::test]
async fn an_address_is_kept_once_changed_and_removed() {
    let shop = Shop::open();
    let token = shop.customer("a@example.com").await;
    let keep = Ask {
        method: "POST",
        path: "/me/addresses",
        body: Some(address()),
        token: Some(&token),
        key: Some("k1"),
        ..Ask::default()
    };

    let first = shop.ask(keep.clone()).await;
    let again = shop.ask(keep).await;

    assert_eq!(
        (&first["statusCode"], &again["statusCode"]),
        (&json!(201), &json!(201)),
        "{first}"
    );
    assert_eq!(text(&first, "id"), text(&again, "id"));
    assert_eq!(again["headers"]["idempotency-replayed"], "true");

    let path = format!("/me/addresses/{}", text(&first, "id"));
    let form = Some("name=Asha+Mwangi&phone=%2B254712345678&line1=Oginga+Street&line2=&city=Kisumu&country=KE");
    let changed = shop
        .ask(Ask {
            method: "POST",
            path: &path,
            form,
            token: Some(&token),
            ..Ask::default()
        })
        .await;
    assert_eq!(
        (&changed["statusCode"], &changed["headers"]["location"]),
        (&json!(303), &json!("/me/addresses"))
    );
    let list = async || {
        document(
            &shop
                .ask(Ask {
                    method: "GET",
                    path: "/me/addresses",
                    token: Some(&token),
                    ..Ask::default()
                })
                .await,
        )
    };
    assert_eq!(list().await["addresses"][0]["city"], "Kisumu");

    let removed = shop
        .ask(Ask {
            method: "DELETE",
            path: &path,
            token: Some(&token),
            ..Ask::default()
        })
        .await;
    assert_eq!(removed["statusCode"], 204);
    assert_eq!(list().await["addresses"], json!([]));
}

#[tokio::test]
async fn the_form_of_an_address_says_every_wrong_field_and_keeps_what_was_typed() {
    let shop = Shop::open();
    let token = shop.customer("a@example.com").await;
    let form = Some("idempotency_key=k&name=Asha&phone=0712&line1=&city=Kisumu&country=");

    let answer = shop
        .ask(Ask {
            method: "POST",
            path: "/me/addresses",
            form,
            token: Some(&token),
            ..Ask::default()
        })
        .await;

    let page = answer["body"].as_str().unwrap();
    assert_eq!(answer["statusCode"], 422);
    for words in [
        "line1-wrong",
        "phone-wrong",
        "country-wrong",
        "value=\"Kisumu\"",
        "Kenya",
    ] {
        assert!(page.contains(words), "{words}");
    }
}

#[tokio::test]
async fn a_pickup_point_is_kept_without_a_street_or_a_postcode_and_shown_first() {
    let shop = Shop::open();
    let token = shop.customer("a@example.com").await;
    let typed = |courier: &str| {
        format!(
            "idempotency_key=k&name=Asha+Mwangi&phone=%2B254712345678&line1=&landmark=opposite+the+market\
             &pickup_point=Mega+City&pickup_courier={courier}&city=Kisumu&country=KE"
        )
    };
    let post = async |form: &str| {
        shop.ask(Ask {
            method: "POST",
            path: "/me/addresses",
            form: Some(form),
            token: Some(&token),
            ..Ask::default()
        })
        .await
    };

    let nobodys = post(&typed("")).await;
    let kept = post(&typed("Posta")).await;

    let page = nobodys["body"].as_str().unwrap();
    assert!(
        page.contains("pickup_courier-wrong") && page.contains("<details open>"),
        "{page}"
    );
    assert_eq!(kept["statusCode"], 303, "{kept}");
    let list = shop
        .ask(Ask {
            method: "GET",
            path: "/me/addresses",
            token: Some(&token),
            query: "page",
            ..Ask::default()
        })
        .await;
    let page = list["body"].as_str().unwrap();
    assert!(
        page.contains("Posta pickup: Mega City, opposite the market<br>Kisumu, KE"),
        "{page}"
    );
}

#[tokio::test]
async fn another_persons_address_is_not_found() {
    let shop = Shop::open();
    let (asha, eve) = (
        shop.customer("a@example.com").await,
        shop.customer("e@example.com").await,
    );
    let keep = Ask {
        method: "POST",
        path: "/me/addresses",
        body: Some(address()),
        token: Some(&asha),
        key: Some("k1"),
        ..Ask::default()
    };
    let path = format!("/me/addresses/{}", text(&shop.ask(keep).await, "id"));

    for (method, path) in [
        ("PUT", path.clone()),
        ("DELETE", path.clone()),
        ("POST", format!("{path}/deletion")),
    ] {
        let body = (method == "PUT").then(address);
        let answer = shop
            .ask(Ask {
                method,
                path: &path,
                body,
                token: Some(&eve),
                ..Ask::default()
            })
            .await;
        assert_eq!(answer["statusCode"], 404, "{method}");
    }
    for (method, path) in [("GET", "/me/addresses"), ("GET", "/me"), ("DELETE", &path)] {
        assert_eq!(
            shop.ask(Ask {
                method,
                path,
                ..Ask::default()
            })
            .await["statusCode"],
            401,
            "{method}"
        );
    }
}
