//! What a visitor did before they logged in.

use domain::{
    Currency, Money,
    cart::{Cart, CartLine},
    id::OrderId,
    product::VariantRef,
};

use super::*;

fn line(variant: &str, quantity: u32, at: Timestamp) -> CartLine {
    CartLine {
        number: 0,
        variant: VariantRef {
            store: "aliexpress".parse().unwrap(),
            product: "1".into(),
            variant: variant.into(),
        },
        quantity,
        title: "Mug".into(),
        variant_label: String::new(),
        image: None,
        seller: None,
        category: None,
        unit_price: Money::new(499, Currency::USD),
        package: None,
        as_of: at,
    }
}

async fn put_in(shop: &Shop, customer: &CustomerId, variant: &str, quantity: u32) {
    let now = shop.deps.clock.now();
    let mut cart = Cart::empty(customer.clone(), now);
    cart.add(line(variant, quantity, now), "k", now).unwrap();
    shop.deps.carts.save(&cart, 0).await.unwrap();
}

async fn visitor(shop: &Shop, id: &CustomerId) -> &'static str {
    let now = shop.deps.clock.now();
    let session = Session::begin(Who::Guest(id.clone()), now);
    let hash = web::token_hash("visitor");
    shop.deps.sessions.start(&hash, &session, now).await.unwrap();
    "visitor"
}

async fn log_in(shop: &Shop, token: &str) -> Value {
    let ask = Ask {
        method: "POST",
        path: "/sessions",
        body: Some(json!({ "contact": "a@example.com", "password": PASSWORD })),
        token: Some(token),
        ..Ask::default()
    };
    shop.ask(ask).await
}

#[tokio::test]
async fn a_visitors_cart_is_in_the_account_they_log_in_to() {
    let shop = Shop::open();
    let account: CustomerId = text(&shop.register("a@example.com").await, "id").parse().unwrap();
    let guest = CustomerId::from_ulid(GUEST).unwrap();
    put_in(&shop, &account, "red", 1).await;
    put_in(&shop, &guest, "blue", 2).await;
    let token = visitor(&shop, &guest).await;

    assert_eq!(log_in(&shop, token).await["statusCode"], 201);

    let now = shop.deps.clock.now();
    let cart = shop.deps.carts.load(&account, now).await.unwrap();
    let variants: Vec<_> = cart
        .lines
        .iter()
        .map(|line| (line.variant.variant.as_str(), line.quantity))
        .collect();
    assert_eq!(variants, [("red", 1), ("blue", 2)]);
    assert!(shop.deps.carts.load(&guest, now).await.unwrap().lines.is_empty());
}

#[tokio::test]
async fn a_visitors_order_is_in_the_account_they_log_in_to() {
    let shop = Shop::open();
    let account: CustomerId = text(&shop.register("a@example.com").await, "id").parse().unwrap();
    let now = shop.deps.clock.now();
    testkit::orders::placed(&shop.deps.orders, &shop.quotes, GUEST, now)
        .await
        .unwrap();
    let id = OrderId::from_ulid(GUEST).unwrap();
    let guest = shop.deps.orders.load(&id).await.unwrap().customer;
    let token = visitor(&shop, &guest).await;

    assert_eq!(log_in(&shop, token).await["statusCode"], 201);

    assert_eq!(shop.deps.orders.load_own(&id, &account).await.unwrap().id, id);
    let listed = shop.deps.orders.of_customer(&account, 10, None).await.unwrap();
    assert_eq!(listed.items.len(), 1);
    assert!(shop.deps.orders.load_own(&id, &guest).await.is_err());
}

#[tokio::test]
async fn a_wrong_password_takes_nothing_over() {
    let shop = Shop::open();
    shop.register("a@example.com").await;
    let guest = CustomerId::from_ulid(GUEST).unwrap();
    put_in(&shop, &guest, "blue", 2).await;
    let token = visitor(&shop, &guest).await;
    let ask = Ask {
        method: "POST",
        path: "/sessions",
        body: Some(json!({ "contact": "a@example.com", "password": "not the right one" })),
        token: Some(token),
        ..Ask::default()
    };

    assert_eq!(shop.ask(ask).await["statusCode"], 401);

    let now = shop.deps.clock.now();
    assert_eq!(shop.deps.carts.load(&guest, now).await.unwrap().lines.len(), 1);
}
