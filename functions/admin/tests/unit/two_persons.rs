//! Money that leaves the shop takes two persons.

use super::*;

#[tokio::test]
async fn nobody_approves_what_they_proposed_and_nobody_without_finance() {
    let shop = Shop::open().await;
    let order = shop.paid_late().await;
    let proposed = shop.answer(&order, "admin", "cancel_order").await;
    assert_eq!(
        (&proposed["statusCode"], document(&proposed)["waits"].as_bool()),
        (&json!(202), Some(true))
    );

    for (token, status, code) in [
        ("admin", 403, "needs_another_person"),
        ("buyer", 403, "forbidden"),
        ("support", 403, "forbidden"),
        ("warehouse", 403, "forbidden"),
    ] {
        let answer = shop.approve(&order, token).await;
        assert_eq!(
            (answer["statusCode"].as_i64(), document(&answer)["code"].as_str()),
            (Some(status), Some(code)),
            "{token}"
        );
    }
    let untouched = shop.order(&order.id).await;
    assert_eq!((untouched.version, untouched.refunds.len()), (order.version, 0));
    assert!(shop.sent().is_empty());

    let approved = shop.approve(&order, "finance").await;
    let again = shop.approve(&order, "finance").await;

    assert_eq!(approved["statusCode"], 200, "{approved}");
    assert_eq!(
        (&again["body"], &again["headers"]["idempotency-replayed"]),
        (&approved["body"], &json!("true"))
    );
    assert_eq!(shop.sent(), [Task::RefundAtProvider]);
    assert_eq!(shop.order(&order.id).await.refunds.len(), 1);
}

#[tokio::test]
async fn a_proposal_is_one_at_a_time_and_can_be_taken_away_by_its_author_or_finance() {
    let shop = Shop::open().await;
    let order = shop.refused_by_the_store().await;
    assert_eq!(shop.answer(&order, "buyer", "give_up").await["statusCode"], 202);
    let path = format!("/desk/exceptions/exc_{ULID}-1/resolution");
    let body = || Some(json!({ "action": "give_up", "reason": WHY }));
    let twice = shop.request("POST", &path, ("admin", JSON, "k2"), body()).await;
    assert_eq!(twice["statusCode"], 409, "{twice}");
    let deletion = format!("/desk/proposals/exc_{ULID}-1/deletion");
    let why = Some(json!({ "reason": "the store has it again" }));

    assert_eq!(
        shop.ask("POST", &deletion, "support", why.clone()).await["statusCode"],
        403
    );
    assert_eq!(
        shop.ask("POST", &deletion, "buyer", why.clone()).await["statusCode"],
        204
    );
    assert_eq!(shop.approve(&order, "finance").await["statusCode"], 410);
    assert_eq!(shop.ask("POST", &deletion, "finance", why).await["statusCode"], 404);
    assert_eq!(
        shop.request("POST", &path, ("admin", JSON, "k3"), body()).await["statusCode"],
        202
    );
}

#[tokio::test]
async fn what_is_approved_is_what_was_seen_and_in_time() {
    let shop = Shop::open().await;
    let order = shop.paid_late().await;
    shop.answer(&order, "buyer", "release_order").await;
    let other = Shop::open().await;
    let late = other.paid_late().await;
    other.answer(&late, "admin", "cancel_order").await;
    let moved = other
        .act(&late.id, |draft| {
            let part = domain::order::Part::Order;
            draft.staff_move(&part, domain::lifecycle::Event::Released, WHY)
        })
        .await;
    assert_eq!(moved.life.state(), State::Paid);

    let answer = other.approve(&late, "finance").await;

    assert_eq!(answer["statusCode"], 409, "{answer}");
    assert!(other.order(&late.id).await.refunds.is_empty());

    let slow = Shop::open().await;
    let order = slow.refused_by_the_store().await;
    slow.answer(&order, "buyer", "give_up").await;
    slow.deps.clock.advance(std::time::Duration::from_secs(3 * 24 * 3600));
    slow.log_in_again().await;
    assert_eq!(slow.approve(&order, "finance").await["statusCode"], 410);
}

#[tokio::test]
async fn the_audit_tells_who_proposed_and_who_approved_and_from_where() {
    let shop = Shop::open().await;
    let order = shop.paid_late().await;

    shop.two_answer(&order, ("admin", "finance"), "cancel_order").await;

    let page = store::Audit::new(vec![shop.db.clone()])
        .page(None, 9, Shop::now())
        .await
        .unwrap();
    let told: Vec<_> = page
        .entries
        .iter()
        .map(|entry| (entry.action.as_str(), entry.actor.to_string(), entry.source.as_str()))
        .collect();
    let who = |last| format!("staff:stf_01JDB7M3N8Q4R5S6T7V8W9X0Y{last}");
    assert!(
        told.contains(&("exception.cancel_order.proposed", who('A'), "192.0.2.7")),
        "{told:?}"
    );
    assert!(
        told.contains(&("exception.cancel_order.approved", who('F'), "192.0.2.7")),
        "{told:?}"
    );
    assert_eq!(told.len(), 2);
    let approved = page
        .entries
        .iter()
        .find(|entry| entry.action.ends_with("approved"))
        .unwrap();
    assert_eq!(
        (approved.about.as_str(), approved.reason.as_str()),
        (order.id.as_str(), WHY)
    );
    assert!(approved.before != approved.after && !approved.after.is_empty());
}

#[tokio::test]
async fn a_proposal_is_shown_to_all_and_its_buttons_to_those_who_may() {
    let shop = Shop::open().await;
    let order = shop.refused_by_the_store().await;
    shop.answer(&order, "buyer", "give_up").await;
    let path = format!("/desk/orders/{}", order.id);

    for (token, approve, withdraw) in [
        ("buyer", false, true),
        ("finance", true, true),
        ("admin", true, true),
        ("support", false, false),
    ] {
        let page = shop.page(&path, token).await;
        assert!(page.contains("Give up: do not buy it"), "{token}");
        assert_eq!(page.contains("/approval"), approve, "{token}");
        assert_eq!(page.contains(">Take the proposal away<"), withdraw, "{token}");
        assert!(
            shop.page("/desk/proposals", token)
                .await
                .contains("looked in the store"),
            "{token}"
        );
    }
}
