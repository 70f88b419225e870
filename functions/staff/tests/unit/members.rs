//! What an admin does about others, through the edge.

use super::*;

#[tokio::test]
async fn whoever_is_suspended_is_out_at_once_and_stays_out() {
    let shop = Shop::open().await;
    let (secret, _) = shop.enrolled().await;
    shop.session("buyer", Who::Staff(id('B'), vec![Role::Buyer])).await;
    shop.session("asking", Who::Unproven(id('B'))).await;
    let path = format!("/staff/{}/suspension", id('B'));

    assert_eq!(
        shop.ask("POST", &path, "admin", json!({ "reason": "no" })).await["statusCode"],
        422
    );
    let suspended = shop.ask("POST", &path, "admin", json!({ "reason": WHY })).await;

    assert_eq!(
        (&suspended["statusCode"], document(&suspended)["is_suspended"].as_bool()),
        (&json!(200), Some(true))
    );
    for token in ["buyer", "asking"] {
        assert!(!shop.is_open(token).await, "{token}");
    }
    shop.deps.clock.advance(Duration::from_secs(60));
    assert_eq!(shop.prove("again", &shop.code(&secret)).await["statusCode"], 403);

    let back = format!("{path}/deletion");
    assert_eq!(
        shop.ask("POST", &back, "admin", json!({ "reason": WHY })).await["statusCode"],
        200
    );
    shop.deps.clock.advance(Duration::from_secs(60));
    assert_eq!(shop.prove("back", &shop.code(&secret)).await["statusCode"], 201);
    let told = shop.told().await;
    assert!(told.contains(&format!("staff:{} staff.suspended", id('A'))), "{told:?}");
}

#[tokio::test]
async fn other_roles_end_the_sessions_that_had_the_old_ones() {
    let shop = Shop::open().await;
    shop.session("buyer", Who::Staff(id('B'), vec![Role::Buyer])).await;
    let path = format!("/staff/{}/roles", id('B'));

    for body in [json!({}), json!({ "roles": [] }), json!({ "roles": ["owner"] })] {
        assert_eq!(
            shop.ask("POST", &path, "admin", body.clone()).await["statusCode"],
            422,
            "{body}"
        );
    }
    let changed = shop
        .ask("POST", &path, "admin", json!({ "roles": ["finance", "support"] }))
        .await;

    assert_eq!(document(&changed)["roles"], json!(["support", "finance"]));
    assert!(!shop.is_open("buyer").await);
    let page = shop.deps.audit.page(None, 1, shop.deps.clock.now()).await.unwrap();
    assert_eq!(
        (page.entries[0].before.as_str(), page.entries[0].after.as_str()),
        ("buyer", "support finance")
    );
}

#[tokio::test]
async fn nobody_gives_themselves_more_by_any_way() {
    let shop = Shop::open().await;
    let (secret, _) = shop.enrolled().await;
    shop.deps.clock.advance(Duration::from_secs(60));
    shop.session("two", Who::Unproven(id('B'))).await;
    shop.session("buyer", Who::Staff(id('B'), vec![Role::Buyer])).await;

    // A second factor does not carry roles.
    let greedy = json!({ "code": shop.code(&secret), "roles": ["admin"] });
    assert_eq!(
        shop.ask("POST", "/staff/sessions", "two", greedy).await["statusCode"],
        422
    );
    // A buyer does not reach the doors of admins.
    for (method, path) in [
        ("GET", "/staff".to_owned()),
        ("POST", "/staff/invitations".to_owned()),
        ("POST", format!("/staff/{}/roles", id('B'))),
        ("POST", format!("/staff/{}/suspension", id('A'))),
        ("POST", "/staff/devices".to_owned()),
    ] {
        let answer = shop.ask(method, &path, "buyer", json!({ "roles": ["admin"] })).await;
        assert_eq!(answer["statusCode"], 403, "{method} {path}");
    }
    // An admin does not change their own account, and every extra field is refused.
    for (path, body, status) in [
        (
            format!("/staff/{}/roles", id('A')),
            json!({ "roles": ["admin", "finance"] }),
            403,
        ),
        (format!("/staff/{}/suspension", id('A')), json!({ "reason": WHY }), 403),
        (
            format!("/staff/{}/second-factor/deletion", id('A')),
            json!({ "reason": WHY }),
            403,
        ),
        (
            format!("/staff/{}/roles", id('B')),
            json!({ "roles": ["support"], "version": 9 }),
            422,
        ),
        (
            format!("/staff/{}/suspension", id('B')),
            json!({ "reason": WHY, "suspended_at": null }),
            422,
        ),
        (
            "/staff/invitations".to_owned(),
            json!({ "email": "n@example.com", "roles": ["support"], "expires_at": 9 }),
            422,
        ),
    ] {
        let answer = shop.ask("POST", &path, "admin", body.clone()).await;
        assert_eq!(answer["statusCode"], status, "{path} {body}: {answer}");
    }
    let members = shop.deps.staff.members().await.unwrap();
    assert_eq!(members[1].roles, BTreeSet::from([Role::Buyer]));
}

#[tokio::test]
async fn a_lost_telephone_leads_to_a_new_second_factor_and_the_old_one_is_worth_nothing() {
    let shop = Shop::open().await;
    let (secret, codes) = shop.enrolled().await;
    let path = format!("/staff/{}/second-factor/deletion", id('B'));

    assert_eq!(
        shop.ask("POST", &path, "admin", json!({ "reason": WHY })).await["statusCode"],
        200
    );

    shop.deps.clock.advance(Duration::from_secs(60));
    assert_eq!(shop.prove("old", &shop.code(&secret)).await["statusCode"], 401);
    assert_eq!(shop.prove("paper", &codes[0]).await["statusCode"], 401);
    shop.session("half", Who::Unproven(id('B'))).await;
    let (fresh, _) = shop.enrolled().await;
    assert_ne!(fresh, secret);
}

#[tokio::test]
async fn an_invitation_is_shown_once_and_listed_without_its_link() {
    let shop = Shop::open().await;
    let form = json!({ "email": "New@example.com", "roles": "warehouse" });

    let made = document(&shop.ask("POST", "/staff/invitations", "admin", form).await);
    let listed = document(&shop.ask("GET", "/staff", "admin", Value::Null).await);

    let link = made["link"].as_str().unwrap();
    let token = link.strip_prefix("https://shop.example/invitations/").unwrap();
    assert_eq!(token.len(), 43);
    assert_eq!(listed["invitations"][0]["email"], "new@example.com");
    assert!(!listed.to_string().contains(token));
    let found = shop
        .deps
        .staff
        .invitation(&web::token_hash(token), shop.deps.clock.now())
        .await
        .unwrap();
    assert_eq!(found.roles, BTreeSet::from([Role::Warehouse]));
    let page = shop.request("GET", "/staff", ("admin", "text/html"), Value::Null).await;
    let page = page["body"].as_str().unwrap();
    assert!(
        page.contains("This is you.") && page.contains("no second factor yet") && page.contains("Suspend"),
        "{page}"
    );
}

#[tokio::test]
async fn a_repeat_is_told_the_same_link_and_another_request_under_its_key_is_refused() {
    let shop = Shop::open().await;
    let wanted = |email: &str| json!({ "email": email, "roles": "warehouse" });

    let first = shop
        .post_under("/staff/invitations", "k", wanted("n@example.com"))
        .await;
    let again = shop
        .post_under("/staff/invitations", "k", wanted("n@example.com"))
        .await;
    let other = shop
        .post_under("/staff/invitations", "k", wanted("m@example.com"))
        .await;

    assert_eq!(document(&first)["link"], document(&again)["link"], "{again}");
    assert_eq!(again["headers"]["idempotency-replayed"], "true");
    assert_eq!(
        (&other["statusCode"], &document(&other)["code"]),
        (&json!(422), &json!("idempotency_key_reused"))
    );
    let open = shop.deps.staff.invitations(shop.deps.clock.now()).await.unwrap();
    assert_eq!(open.len(), 1);
    assert_eq!(shop.told().await.len(), 1, "one deed");
}

#[tokio::test]
async fn the_audit_is_read_page_by_page() {
    let shop = Shop::open().await;
    for number in 0..60 {
        shop.deps.clock.advance(Duration::from_secs(1));
        let form = json!({ "email": format!("n{number}@example.com"), "roles": ["support"] });
        shop.ask("POST", "/staff/invitations", "admin", form).await;
    }

    let first = document(&shop.ask("GET", "/staff/audit", "admin", Value::Null).await);
    let page = shop
        .request("GET", "/staff/audit", ("admin", "text/html"), Value::Null)
        .await;

    let entries = first["entries"].as_array().unwrap();
    assert_eq!((entries.len(), &entries[0]["about"]), (50, &json!("n59@example.com")));
    assert_eq!(
        (&entries[0]["source"], &entries[0]["after"]),
        (&json!("192.0.2.7"), &json!("support"))
    );
    assert!(
        page["body"]
            .as_str()
            .unwrap()
            .contains("/staff/audit?cursor=2026-11-23T09%3A00%3A11.000Z%23")
    );
    let rest = shop
        .deps
        .audit
        .page(first["next"].as_str(), 50, shop.deps.clock.now())
        .await
        .unwrap();
    assert_eq!((rest.entries.len(), rest.next), (10, None));
}

#[tokio::test]
async fn sixty_sessions_of_one_member_are_no_reason_not_to_suspend_them_or_to_change_anything() {
    for (what, body) in [
        ("roles", json!({ "roles": ["support"] })),
        ("suspension", json!({ "reason": WHY })),
        ("second-factor/deletion", json!({ "reason": WHY })),
    ] {
        let shop = Shop::open().await;
        let now = shop.deps.clock.now();
        for number in 0..60 {
            // Past the cap, as a crash between a session and the end of the surplus would leave them.
            let session = Session::begin(Who::Staff(id('B'), vec![Role::Buyer]), now);
            let hash = web::token_hash(&format!("buyer {number}"));
            shop.deps.sessions.start(&hash, &session, now).await.unwrap();
            shop.session(&format!("half {number}"), Who::Unproven(id('B'))).await;
        }
        let path = format!("/staff/{}/{what}", id('B'));

        let answer = shop.ask("POST", &path, "admin", body).await;

        assert_eq!(answer["statusCode"], 200, "{what}: {answer}");
        for number in 0..60 {
            for token in [format!("buyer {number}"), format!("half {number}")] {
                assert!(!shop.is_open(&token).await, "{what}: {token}");
            }
        }
    }
}

#[tokio::test]
async fn whoever_shows_their_second_factor_while_they_are_shut_out_gets_a_session_that_leads_nowhere_or_none() {
    let shop = Shop::open().await;
    let (secret, _) = shop.enrolled().await;
    shop.deps.clock.advance(Duration::from_secs(60));
    shop.session("asking", Who::Unproven(id('B'))).await;
    let hash = web::token_hash("asking");
    let found = shop.deps.sessions.find(&hash, shop.deps.clock.now()).await;
    let asking = found.unwrap().unwrap();
    let roles = format!("/staff/{}/roles", id('B'));
    let changed = shop.ask("POST", &roles, "admin", json!({ "roles": ["support"] })).await;
    assert_eq!(changed["statusCode"], 200, "{changed}");

    // The request had passed the look-up before the roles changed.
    let typed = prove_second_factor::Code {
        code: shop.code(&secret),
        next: web::LocalPath::default(),
    };
    let late = prove_second_factor::run(&shop.deps, &id('B'), "192.0.2.7".into(), (&hash, &asking), &typed).await;

    assert!(
        matches!(late, Err(Failure::Conflict)),
        "a session of before opened another"
    );
}
