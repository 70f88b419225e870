//! Answers of the staff to exceptions, through the edge.

use super::*;

#[tokio::test]
async fn a_retry_sends_the_purchase_again_and_answers_the_matter() {
    let shop = Shop::open().await;
    let order = shop.refused_by_the_store().await;

    let first = shop.answer(&order, "buyer", "retry").await;
    let again = shop.answer(&order, "buyer", "retry").await;

    assert_eq!(first["statusCode"], 200, "{first}");
    assert_eq!(
        (&again["body"], &again["headers"]["idempotency-replayed"]),
        (&first["body"], &json!("true"))
    );
    let order = shop.order(&order.id).await;
    assert_eq!(order.supplier_orders[0].life.state(), State::Planned);
    assert_eq!(order.open_exceptions().count(), 0);
    assert_eq!(shop.sent(), [Task::PlaceAtStore]);
    let newest = shop.deps.orders.timeline(&order.id).await.unwrap().pop().unwrap();
    assert_eq!(
        (newest.note.as_str(), newest.actor.to_string()),
        (WHY, format!("staff:stf_{ULID}"))
    );
}

#[tokio::test]
async fn giving_up_sends_the_money_back() {
    let shop = Shop::open().await;
    let order = shop.refused_by_the_store().await;

    shop.two_answer(&order, ("buyer", "finance"), "give_up").await;

    let order = shop.order(&order.id).await;
    assert_eq!(order.supplier_orders[0].life.state(), State::Stopped);
    assert_eq!(
        order.refunds.iter().map(|refund| refund.amount.amount()).sum::<i64>(),
        order.total.amount()
    );
    assert_eq!(shop.sent(), [Task::RefundAtProvider]);
}

#[tokio::test]
async fn an_answer_needs_the_role_that_answers_for_it_and_a_reason() {
    let shop = Shop::open().await;
    let order = shop.refused_by_the_store().await;
    let path = format!("/desk/exceptions/exc_{ULID}-1/resolution");

    for token in ["support", "warehouse", "finance"] {
        assert_eq!(shop.answer(&order, token, "retry").await["statusCode"], 403, "{token}");
    }
    for (body, status) in [
        (json!({ "action": "retry", "reason": " no " }), 422),
        (json!({ "action": "retry" }), 422),
        (json!({ "action": "explode", "reason": WHY }), 422),
        (json!({ "action": "release_unit", "reason": WHY }), 403),
        (json!({ "action": "give_up", "reason": WHY, "amount": 1 }), 422),
    ] {
        assert_eq!(
            shop.ask("POST", &path, "buyer", Some(body.clone())).await["statusCode"],
            status,
            "{body}"
        );
    }
    assert_eq!(shop.answer(&order, "admin", "release_unit").await["statusCode"], 409);
    let unknown = format!("/desk/exceptions/exc_{ULID}-9/resolution");
    let body = Some(json!({ "action": "retry", "reason": WHY }));
    assert_eq!(shop.ask("POST", &unknown, "buyer", body).await["statusCode"], 404);
    assert_eq!(shop.order(&order.id).await.version, order.version);
}

#[tokio::test]
async fn a_late_payment_lets_the_order_go_on_or_goes_back() {
    for (token, action, state, task) in [
        ("buyer", "release_order", State::Paid, Task::PlaceAtStore),
        ("finance", "cancel_order", State::Cancelled, Task::RefundAtProvider),
    ] {
        let shop = Shop::open().await;
        let order = shop.paid_late().await;
        assert_eq!(order.life.state(), State::OnHold);

        let answer = match action {
            "cancel_order" => shop.two_answer(&order, (token, "admin"), action).await,
            _ => shop.answer(&order, token, action).await,
        };

        assert_eq!(answer["statusCode"], 200, "{answer}");
        let order = shop.order(&order.id).await;
        assert_eq!((order.life.state(), order.open_exceptions().count()), (state, 0));
        assert_eq!(shop.sent(), [task]);
    }
}

#[tokio::test]
async fn a_payment_of_another_amount_goes_back_whole() {
    let shop = Shop::open().await;
    let order = placed(&shop.deps.orders, &shop.quotes, ULID, Shop::now())
        .await
        .unwrap();
    let payment = PaymentId::of(&order.id, 1);
    let less = Money::new(100, order.total.currency());
    shop.act(&order.id, |draft| {
        draft.start_payment("stripe".parse().unwrap(), Shop::now()).map(drop)
    })
    .await;
    shop.act(&order.id, |draft| {
        draft.settle(&payment, &Reported::Paid(less)).map(drop)
    })
    .await;

    let refused = shop.answer(&order, "buyer", "return_payment").await;
    let answer = shop.two_answer(&order, ("finance", "admin"), "return_payment").await;

    assert_eq!(
        (&refused["statusCode"], &answer["statusCode"]),
        (&json!(403), &json!(200))
    );
    assert_eq!(shop.order(&order.id).await.refunds[0].amount, less);
}

#[tokio::test]
async fn a_piece_that_never_came_is_written_off_by_finance() {
    let shop = Shop::open().await;
    let order = bought(&shop.deps.orders, &shop.quotes, ULID, "LP1", Shop::now())
        .await
        .unwrap();
    let later = Shop::now().plus(std::time::Duration::from_secs(46 * 24 * 3600));
    act(&shop.deps.orders, &order.id, later, Draft::fall_due).await.unwrap();
    let path = format!("/desk/orders/{}", order.id);
    assert_eq!(found_actions(&shop.get(&path, "finance").await), ["write_off_unit"]);
    assert_eq!(found_actions(&shop.get(&path, "warehouse").await), ["put_aside"]);

    let answer = shop.two_answer(&order, ("finance", "admin"), "write_off_unit").await;

    assert_eq!(answer["statusCode"], 200, "{answer}");
    let order = shop.order(&order.id).await;
    assert_eq!((order.units[0].life.state(), order.refunds.len()), (State::Lost, 1));
}

/// What is offered for the first matter about a piece.
fn found_actions(order: &Value) -> Vec<String> {
    let exceptions = order["exceptions"].as_array().unwrap();
    let one = exceptions
        .iter()
        .find(|exception| exception["id"] == format!("exc_{ULID}-1"))
        .unwrap();
    one["actions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|word| word.as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_matter_that_is_put_aside_stays_with_its_reason_and_who_gave_it() {
    let shop = Shop::open().await;
    let order = shop.refused_by_the_store().await;

    let first = shop.answer(&order, "buyer", "put_aside").await;
    let path = format!("/desk/exceptions/exc_{ULID}-1/resolution");
    let body = Some(json!({ "action": "put_aside", "reason": "another reason" }));
    let second = shop.request("POST", &path, ("buyer", JSON, "k2"), body).await;

    assert_eq!(
        (&first["statusCode"], &second["statusCode"]),
        (&json!(200), &json!(409))
    );
    let retried = Some(json!({ "action": "retry", "reason": WHY }));
    let retried = shop.request("POST", &path, ("buyer", JSON, "k3"), retried).await;
    assert_eq!(retried["statusCode"], 409, "it was answered before");
    let order = shop.order(&order.id).await;
    let (_, answer) = order.exceptions[0].resolved.clone().unwrap();
    assert_eq!(answer, format!("put aside by stf_{ULID}: {WHY}"));
    assert_eq!(order.supplier_orders[0].life.state(), State::Refused);
}

#[tokio::test]
async fn a_refused_answer_is_shown_on_the_page_of_the_order() {
    let shop = Shop::open().await;
    let order = shop.refused_by_the_store().await;
    let path = format!("/desk/exceptions/exc_{}-1/resolution", order.id.ulid());
    let body = Some(json!({ "action": "retry", "reason": "" }));

    let answer = shop.request("POST", &path, ("buyer", PAGE, "k"), body).await;

    let page = answer["body"].as_str().unwrap();
    assert_eq!(answer["statusCode"], 422);
    assert!(page.contains("Please write 5 to 500 characters.") && page.contains("Try it again"));
}
