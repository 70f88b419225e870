//! Links of messages, as API Gateway sees them.

use domain::{
    news::{Channel, Delivery},
    order::Order,
};
use serde_json::Value;
use store::NewsId;

use crate::tests::{JSON, PAGE, Shop};

const TOKEN: &str = "AAAAAAAAAAAAAAAAAAAAAA";

/// A message about an order was sent; gives the path of its link.
async fn sent(shop: &Shop, order: &Order) -> String {
    let (now, version) = (Shop::now(), 1);
    let id = NewsId {
        order: order.id.clone(),
        version,
    };
    let news = &shop.deps.news;
    let waiting = news.find(&id, now).await.unwrap().unwrap();
    let deliveries = vec![(Channel::Mail, Delivery::Sending(now))];
    let taken = news
        .begin(&waiting, deliveries, Some(TOKEN), now)
        .await
        .unwrap()
        .unwrap();
    let done = [(Channel::Mail, Delivery::Sent("m-1".into()))];
    news.finish(&taken, &done, now).await.unwrap();
    format!("/o/{}.{version}.{TOKEN}", order.id.ulid())
}

async fn stranger(shop: &Shop, path: &str, accept: &str) -> Value {
    shop.ask("GET", path, "nobody", accept).await
}

#[tokio::test]
async fn a_link_shows_how_the_order_stands_to_whoever_has_it_and_nothing_of_its_customer() {
    let shop = Shop::open().await;
    let order = shop.bought().await;
    let path = sent(&shop, &order).await;

    let page = stranger(&shop, &path, PAGE).await;
    let json = stranger(&shop, &path, JSON).await;

    assert_eq!(
        (&page["statusCode"], &json["statusCode"]),
        (&200.into(), &200.into()),
        "{page}"
    );
    assert_eq!(page["headers"]["x-robots-tag"], "noindex, nofollow");
    assert_eq!(page["headers"]["cache-control"], "no-store");
    let to = order.destination.parts();
    for answer in [page["body"].as_str().unwrap(), json["body"].as_str().unwrap()] {
        assert!(answer.contains("sending your items to our warehouse"), "{answer}");
        for private in [&to.name, &to.phone, &to.line1, &to.city, &to.email] {
            assert!(
                private.is_empty() || !answer.contains(private.as_str()),
                "{private} in {answer}"
            );
        }
    }
    assert!(page["body"].as_str().unwrap().contains("noindex"));
}

#[tokio::test]
async fn a_link_that_is_none_shows_nothing() {
    let shop = Shop::open().await;
    let order = shop.bought().await;
    let path = sent(&shop, &order).await;
    let ulid = order.id.ulid();

    for other in [
        format!("/o/{ulid}.1.{}", TOKEN.replace('A', "B")),
        format!("/o/{ulid}.2.{TOKEN}"),
        format!("/o/{ulid}.1."),
        format!("/o/{ulid}"),
        "/o/nothing".to_owned(),
        path.replace(ulid, "01JDB7M3N8Q4R5S6T7V8W9X0Y0"),
    ] {
        let answer = stranger(&shop, &other, JSON).await;
        assert_eq!(answer["statusCode"], 404, "{other}: {answer}");
    }
}

#[tokio::test]
async fn the_customer_ends_the_links_of_the_messages_so_far_and_nobody_else_does() {
    let shop = Shop::open().await;
    let order = shop.bought().await;
    let path = sent(&shop, &order).await;
    let end = format!("/orders/{}/message-links/deletion", order.id);

    let eve = shop.ask("POST", &end, "eve", JSON).await;
    assert_eq!(eve["statusCode"], 404, "{eve}");
    assert_eq!(stranger(&shop, &path, JSON).await["statusCode"], 200);
    let asha = shop.ask("POST", &end, "asha", JSON).await;

    assert_eq!(asha["statusCode"], 204, "{asha}");
    assert_eq!(stranger(&shop, &path, JSON).await["statusCode"], 404);
}
