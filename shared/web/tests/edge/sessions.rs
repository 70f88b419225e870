//! Who is asking, and who is let in.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use axum::{Router, routing::get};
use domain::{
    Secret, Timestamp,
    session::{Role, Session, Who},
};
use web::{
    Answer, MaybeSession, Problem, Reply, SessionHash, Shopper, StaffMember, clear_session_cookie, session_cookie,
};

use crate::caller::*;

async fn anybody(MaybeSession(session): MaybeSession) -> Answer<Shown> {
    Ok(Reply::ok(shown(
        session.map_or("nobody".into(), |session| session.principal().to_owned()),
    )))
}

async fn shopper(shopper: Shopper) -> Answer<Shown> {
    Ok(Reply::ok(shown(format!(
        "{} {}",
        shopper.customer,
        shopper.is_registered()
    ))))
}

async fn buyer(member: StaffMember) -> Answer<Shown> {
    Ok(Reply::ok(shown(member.require(Role::Buyer)?.to_string())))
}

/// It relies on its row of the table alone.
async fn finance(_: MaybeSession) -> Answer<Shown> {
    Ok(Reply::ok(shown("money")))
}

fn routes() -> Router {
    Router::new()
        .route("/anybody", get(anybody))
        .route("/shopper", get(shopper))
        .route("/buyer", get(buyer))
        .route("/finance", get(finance))
}

async fn visit(path: &str, headers: &[(&str, &str)]) -> Came {
    send(web::app(routes(), edge()), "GET", path, headers, "").await
}

#[tokio::test]
async fn each_route_lets_in_whom_it_is_for() {
    let customer = ("cookie", "theme=2; __Host-sid=customer");
    let staff = ("authorization", "Bearer buyer");
    let stranger = ("cookie", "__Host-sid=stolen");
    let other_cookie = ("cookie", "sid=customer; x__Host-sid=customer");
    for (who, anybody, shopper, buyer, finance) in [
        (None, 200, 401, 401, 401),
        (Some(stranger), 200, 401, 401, 401),
        (Some(other_cookie), 200, 401, 401, 401),
        (Some(customer), 200, 200, 403, 403),
        (Some(staff), 200, 403, 200, 403),
    ] {
        let headers: Vec<_> = who.into_iter().collect();
        let expected = [
            ("/anybody", anybody),
            ("/shopper", shopper),
            ("/buyer", buyer),
            ("/finance", finance),
        ];
        for (path, status) in expected {
            assert_eq!(
                visit(path, &headers).await.status.as_u16(),
                status,
                "{path} for {who:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_route_that_stands_in_no_table_lets_nobody_in() {
    let routes = || {
        Router::new()
            .route("/forgotten", get(anybody))
            .route("/public", get(anybody).post(anybody))
    };
    let app = || web::app(routes(), edge());

    let forgotten = send(app(), "GET", "/forgotten", &[("cookie", "__Host-sid=customer")], "").await;
    let other_method = send(app(), "POST", "/public", &[], "").await;
    let webhook = send(web::webhooks(routes()), "GET", "/forgotten", &[], "").await;

    assert_eq!((forgotten.status.as_u16(), webhook.status.as_u16()), (403, 403));
    assert_eq!(
        (other_method.status.as_u16(), other_method.header("allow")),
        (405, "GET,HEAD")
    );
    assert_eq!(send(app(), "HEAD", "/public", &[], "").await.status, 200);
}

#[tokio::test]
async fn the_session_tells_who_it_is() {
    let customer = visit("/shopper", &[("cookie", "__Host-sid=customer")]).await;
    let staff = visit("/buyer", &[("authorization", "bearer buyer")]).await;

    assert_eq!(customer.json()["name"], format!("{CUSTOMER} true"));
    assert_eq!(staff.json()["name"], STAFF);
}

#[tokio::test]
async fn an_outage_does_not_look_like_nobody() {
    let came = visit("/anybody", &[("cookie", "__Host-sid=outage")]).await;

    assert_eq!((came.status.as_u16(), came.header("retry-after")), (503, "3"));
}

#[tokio::test]
async fn the_session_is_looked_up_once_and_only_when_somebody_asks() {
    async fn twice(_: MaybeSession, _: Shopper) -> Answer<Shown> {
        Ok(Reply::ok(shown("x")))
    }
    let lookups = Arc::new(AtomicU32::new(0));
    let routes = Router::new()
        .route(
            "/public",
            get(|_: SessionHash| async { Ok::<_, Problem>(Reply::ok(shown("x"))) }),
        )
        .route("/twice", get(twice));
    let app = web::app(routes, edge_counting(Arc::clone(&lookups)));
    let cookie = [("cookie", "__Host-sid=customer")];

    send(app.clone(), "GET", "/public", &cookie, "").await;
    assert_eq!(lookups.load(Ordering::SeqCst), 0);

    assert_eq!(send(app, "GET", "/twice", &cookie, "").await.status, 200);
    assert_eq!(lookups.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn the_cookie_of_a_session_stays_with_this_host_and_away_from_scripts() {
    let now = Timestamp::from_seconds(1_800_000_000);
    let cookie = |who| session_cookie(&Secret::new("token"), &Session::begin(who, now), now);
    let staff = Who::Staff(STAFF.parse().unwrap(), vec![Role::Buyer]);

    assert_eq!(
        cookie(Who::Customer(CUSTOMER.parse().unwrap())),
        "__Host-sid=token; Path=/; Max-Age=2592000; Secure; HttpOnly; SameSite=Lax"
    );
    assert_eq!(
        cookie(staff),
        "__Host-sid=token; Path=/; Max-Age=43200; Secure; HttpOnly; SameSite=Strict"
    );
    assert_eq!(
        clear_session_cookie(),
        "__Host-sid=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax"
    );
}

#[test]
fn a_code_is_read_however_it_is_spaced_and_is_worth_nothing_with_another_ticket() {
    assert_eq!(web::code_hash("t", "123 456"), web::code_hash("t", "123-456"));
    assert_ne!(web::code_hash("t", "123456"), web::code_hash("u", "123456"));
    assert_ne!(web::code_hash("t", "123456"), web::code_hash("t", "123465"));
}
