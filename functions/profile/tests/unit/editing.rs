//! What somebody is called and likes.

use super::*;

async fn me(shop: &Shop, token: &str) -> Value {
    let ask = Ask {
        method: "GET",
        path: "/me",
        token: Some(token),
        ..Ask::default()
    };
    document(&shop.ask(ask).await)
}

#[tokio::test]
async fn a_box_that_is_not_ticked_means_no() {
    let shop = Shop::open();
    let token = shop.customer("a@example.com").await;
    let ask = Ask {
        method: "POST",
        path: "/me/profile",
        form: Some("name=Asha+W.+Mwangi&language=sw&currency=UGX&mail_news=true"),
        token: Some(&token),
        ..Ask::default()
    };

    let answer = shop.ask(ask).await;

    assert_eq!(
        (&answer["statusCode"], &answer["headers"]["location"]),
        (&json!(303), &json!("/me")),
        "{answer}"
    );
    let me = me(&shop, &token).await;
    assert_eq!(me["name"], "Asha W. Mwangi");
    assert_eq!(
        me["preferences"],
        json!({ "language": "sw", "currency": "UGX", "mail_news": true, "text_news": false })
    );
}

#[tokio::test]
async fn what_is_not_offered_is_not_taken() {
    let shop = Shop::open();
    let token = shop.customer("a@example.com").await;
    for form in [
        "name=Asha&language=en&currency=XAU",
        "name=&language=en&currency=KES",
        "name=Asha&language=fr&currency=KES",
        "name=Asha&language=en&currency=KES&roles=admin",
    ] {
        let ask = Ask {
            method: "POST",
            path: "/me/profile",
            form: Some(form),
            token: Some(&token),
            ..Ask::default()
        };
        assert_eq!(shop.ask(ask).await["statusCode"], 422, "{form}");
    }
    assert_eq!(me(&shop, &token).await["name"], "Asha Mwangi");
}
