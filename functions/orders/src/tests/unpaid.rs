//! What a customer can do about an order that waits for money.

use super::*;

#[tokio::test]
async fn the_email_address_of_an_unpaid_order_can_be_corrected_and_of_a_paid_one_not() {
    let shop = Shop::open().await;
    let id = shop.placed().await.id;
    let path = format!("/orders/{id}/email");
    assert!(shop.page(&format!("/orders/{id}")).await.contains(&path));

    let wrong = shop.form(&path, "email=asha%40", PAGE).await;
    let right = shop.form(&path, "email=asha%40example.com", PAGE).await;

    assert_eq!(wrong["statusCode"], 422);
    assert!(wrong["body"].as_str().unwrap().contains("e-mail address"));
    assert_eq!(
        (&right["statusCode"], &right["headers"]["location"]),
        (&json!(303), &json!(format!("/orders/{id}")))
    );
    let order = shop.deps.orders.load(&id).await.unwrap();
    assert_eq!(order.destination.parts().email, "asha@example.com");
    let theirs = shop.ask("POST", &path, "eve", JSON).await;
    assert_eq!(theirs["statusCode"], 404);
    act(&shop.deps.orders, &id, Shop::now(), |draft| draft.cancel())
        .await
        .unwrap();
    let late = shop.form(&path, "email=late%40example.com", JSON).await;
    assert_eq!(document(&late)["code"], "not_payable");
    assert!(!shop.page(&format!("/orders/{id}")).await.contains(&path));
}

#[tokio::test]
async fn what_cannot_be_paid_at_once_is_offered_in_parts_and_a_refusal_of_the_provider_is_told() {
    use domain::{id::PaymentId, order::PaymentRefusal, payment_terms::Limits};
    let shop = Shop::open().await;
    let order = shop.placed().await;
    let (id, total) = (order.id.clone(), order.total.amount());
    let limits = Limits {
        unit: 100,
        smallest: 100,
        largest: total / 2 + 100,
    };
    act(&shop.deps.orders, &id, Shop::now(), |draft| draft.keep_limits(limits))
        .await
        .unwrap();
    act(&shop.deps.orders, &id, Shop::now(), |draft| {
        let payment = draft.start_payment("stripe".parse().unwrap(), Shop::now())?;
        assert_eq!(payment, PaymentId::of(&id, 1));
        draft.payment_refused(&payment, PaymentRefusal::Email)
    })
    .await
    .unwrap();

    let page = shop.page(&format!("/orders/{id}")).await;

    assert!(page.contains("this is paid in 2 payments") && page.contains("name=\"amount\" value="));
    assert!(page.contains("does not take the e-mail address"));
}
