//! What is taken out of a request, and what is said when it cannot be.

use axum::{
    Router,
    routing::{get, post},
};
use domain::{Failure, FieldError, id::OrderId};
use serde::Deserialize;
use serde_json::json;
use web::{Answer, Input, Keyed, Nothing, Path, Problem, Query, RawBody, Reply, Typed};

use crate::caller::*;

const ORDER: &str = "ord_01JDB7M3N8Q4R5S6T7V8W9X0YZ";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    city: String,
    #[serde(default)]
    quantity: u8,
    #[serde(default)]
    order: Option<OrderId>,
    #[serde(default)]
    password: Option<String>,
}

async fn take(Input(wanted): Input<Wanted>) -> Answer<Shown> {
    let order = wanted.order.map(|order| order.to_string()).unwrap_or_default();
    Ok(Reply::ok(shown(format!("{} {} {order}", wanted.city, wanted.quantity))))
}

async fn took(content_type: (&str, &str), body: &str) -> Came {
    ask(Router::new().route("/it", post(take)), "POST", &[content_type], body).await
}

#[tokio::test]
async fn the_same_content_comes_as_json_or_as_a_form() {
    let json = took(JSON, &format!(r#"{{"city":"Kisumu","quantity":2,"order":"{ORDER}"}}"#)).await;
    let form = took(FORM, &format!("city=Kisumu&quantity=2&order={ORDER}")).await;
    let with_charset = took(
        ("content-type", "application/json; charset=utf-8"),
        r#"{"city":"Kisumu"}"#,
    )
    .await;

    assert_eq!(json.json()["name"], format!("Kisumu 2 {ORDER}"));
    assert_eq!(form.json()["name"], format!("Kisumu 2 {ORDER}"));
    assert_eq!(with_charset.json()["name"], "Kisumu 0 ");
}

#[tokio::test]
async fn a_field_of_a_form_that_was_left_empty_counts_as_not_filled_in() {
    let optional = took(FORM, "city=Kisumu&quantity=&order=").await;
    let needed = took(FORM, "city=&quantity=1").await;

    assert_eq!(optional.json()["name"], "Kisumu 0 ");
    assert_eq!(needed.json()["errors"][0]["code"], "missing");
}

#[tokio::test]
async fn content_that_does_not_fit_is_refused_with_the_field_and_the_reason() {
    for (content_type, body, status, pointer, code) in [
        (JSON, "{}", 422, "/city", "missing"),
        (JSON, r#"{"city":"K","price":1}"#, 422, "/price", "unknown"),
        (JSON, r#"{"city":"K","city":"N"}"#, 422, "/city", "repeated"),
        (JSON, r#"{"city":"K","quantity":"many"}"#, 422, "/quantity", "invalid"),
        (JSON, r#"{"city":"K","quantity":256}"#, 422, "/quantity", "invalid"),
        (JSON, r#"{"city":"K","order":"ord_1"}"#, 422, "/order", "invalid"),
        (FORM, "quantity=1", 422, "/city", "missing"),
        (FORM, "city=K&price=1", 422, "/price", "unknown"),
        (FORM, "city=K&quantity=many", 422, "/quantity", "invalid"),
        (FORM, "city=K&quantity=-1", 422, "/quantity", "invalid"),
    ] {
        let came = took(content_type, body).await;
        let problem = came.json();

        assert_eq!(came.status.as_u16(), status, "{body}: {problem}");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}: {problem}");
        assert_eq!(problem["errors"][0]["code"], code, "{body}: {problem}");
        let message = problem["errors"][0]["message"].as_str().unwrap();
        assert!(message.ends_with('.') && !message.contains("line"), "{message}");
    }
}

#[tokio::test]
async fn every_wrong_field_is_named_at_once() {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its form matters")]
    struct Form {
        name: String,
        city: String,
        quantity: u8,
        order: OrderId,
    }
    async fn take(Input(_): Input<Form>) -> Answer<Shown> {
        Ok(Reply::ok(shown("taken")))
    }
    let all = ["/name", "/city", "/quantity", "/order"].as_slice();
    for (content_type, body, wrong) in [
        (JSON, "{}", all),
        (FORM, "", all),
        (FORM, "name=&city=&quantity=&order=", all),
        (
            JSON,
            r#"{"quantity":"many","price":1}"#,
            &["/quantity", "/price", "/name", "/city", "/order"],
        ),
        (
            FORM,
            "quantity=many&price=1&name=A",
            &["/quantity", "/price", "/city", "/order"],
        ),
    ] {
        let came = ask(Router::new().route("/it", post(take)), "POST", &[content_type], body).await;

        let problem = came.json();
        let named: Vec<_> = problem["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| &error["pointer"])
            .collect();
        assert_eq!(named, wrong, "{body}");
    }
}

#[tokio::test]
async fn the_field_of_an_inner_list_is_named_by_its_place() {
    #[derive(Deserialize)]
    struct Outer {
        lines: Vec<Wanted>,
    }
    async fn take(Input(outer): Input<Outer>) -> Answer<Shown> {
        Ok(Reply::ok(shown(outer.lines.len().to_string())))
    }
    let routes = Router::new().route("/it", post(take));

    let came = ask(routes, "POST", &[JSON], r#"{"lines":[{"city":"K"},{"quantity":1}]}"#).await;

    assert_eq!(came.json()["errors"][0]["pointer"], "/lines/1/city");
}

#[tokio::test]
async fn what_cannot_be_read_at_all_is_malformed_too_large_or_of_the_wrong_type() {
    let huge = format!(r#"{{"city":"{}"}}"#, "x".repeat(70_000));
    let deep = "[".repeat(1_000);
    for (content_type, body, status, code) in [
        (JSON, "{", 400, "malformed"),
        (JSON, r#"{"city":"K"} x"#, 400, "malformed"),
        (JSON, deep.as_str(), 422, "invalid"),
        (JSON, huge.as_str(), 413, "too_large"),
        (("content-type", "text/plain"), r#"{"city":"K"}"#, 415, "media_type"),
        (("x-none", ""), r#"{"city":"K"}"#, 415, "media_type"),
    ] {
        let came = took(content_type, body).await;

        assert_eq!(
            (came.status.as_u16(), came.json()["code"].as_str().unwrap()),
            (status, code),
            "{content_type:?}"
        );
    }
}

async fn keyed(Keyed { key, input }: Keyed<Wanted>) -> Answer<Shown> {
    Ok(Reply::ok(shown(format!(
        "{}|{}|{}|{}",
        key.scope, key.key, key.request_hash, input.city
    ))))
}

async fn key_of(headers: &[(&str, &str)], body: &str) -> Vec<String> {
    let routes = Router::new().route("/it/{id}", post(keyed));
    let came = send(web::app(routes, edge()), "POST", "/it/7?x=1", headers, body).await;
    came.json()["name"]
        .as_str()
        .unwrap_or_else(|| panic!("{}", came.text))
        .split('|')
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn a_key_is_scoped_to_the_person_the_method_and_the_concrete_path() {
    let visitor = key_of(&[JSON, ("idempotency-key", "k-1")], r#"{"city":"K"}"#).await;
    let customer = key_of(
        &[JSON, ("idempotency-key", "k-1"), ("authorization", "Bearer customer")],
        r#"{"city":"K"}"#,
    )
    .await;

    assert_eq!(
        (visitor[0].as_str(), visitor[1].as_str()),
        ("visitor POST /it/7", "k-1")
    );
    assert_eq!(customer[0], format!("{CUSTOMER} POST /it/7"));
}

#[tokio::test]
async fn the_hidden_field_of_a_form_is_its_key_and_no_part_of_its_content() {
    let form = key_of(&[FORM], "city=K&idempotency_key=k-2").await;
    let other_key = key_of(&[FORM], "idempotency_key=k-3&city=K").await;

    assert_eq!((form[1].as_str(), form[3].as_str()), ("k-2", "K"));
    assert_eq!(form[2], other_key[2]);
    assert_eq!(form[2].len(), 64);
}

#[tokio::test]
async fn the_hash_follows_what_is_asked_and_not_how_it_is_written() {
    let key = ("idempotency-key", "k");
    let plain = key_of(&[JSON, key], r#"{"city":"K","quantity":1}"#).await;
    let spaced = key_of(&[JSON, key], "{ \"quantity\": 1,\n \"city\": \"K\" }").await;
    let other = key_of(&[JSON, key], r#"{"city":"K","quantity":2}"#).await;

    let form = key_of(&[FORM, key], "city=K&quantity=1").await;
    let turned = key_of(&[FORM, key], "quantity=1&city=K").await;

    assert_eq!((&plain[2], &form[2]), (&spaced[2], &turned[2]));
    assert_ne!(plain[2], other[2]);
}

#[tokio::test]
async fn a_request_without_a_usable_key_is_refused() {
    let long = "k".repeat(101);
    for headers in [
        vec![JSON],
        vec![JSON, ("idempotency-key", "")],
        vec![JSON, ("idempotency-key", &long)],
    ] {
        let came = ask(
            Router::new().route("/it", post(keyed)),
            "POST",
            &headers,
            r#"{"city":"K"}"#,
        )
        .await;

        assert_eq!(
            (came.status.as_u16(), came.json()["code"].as_str().unwrap()),
            (400, "idempotency_key_missing")
        );
    }
}

#[tokio::test]
async fn a_button_sends_nothing_but_its_key() {
    async fn press(pressed: Keyed<Nothing>) -> Answer<Shown> {
        Ok(Reply::ok(shown(pressed.key.key)))
    }
    let routes = || Router::new().route("/it", post(press));

    let form = ask(routes(), "POST", &[FORM], "idempotency_key=k-4").await;
    let program = ask(routes(), "POST", &[("idempotency-key", "k-5")], "").await;
    let more = ask(routes(), "POST", &[FORM], "idempotency_key=k-4&price=1").await;

    assert_eq!(
        (form.json()["name"].as_str(), program.json()["name"].as_str()),
        (Some("k-4"), Some("k-5"))
    );
    assert_eq!(more.status, 422);
}

async fn typed(typed: Typed<Input<Wanted>>) -> Answer<Shown> {
    let work = |Input(wanted): Input<Wanted>| async move {
        assert!(wanted.password.is_none_or(|password| !password.is_empty()));
        if wanted.city == "Atlantis" {
            return Err(Failure::Invalid(vec![FieldError::new(
                "city",
                "unknown",
                "There is no such town.",
            )]));
        }
        Ok(wanted.city)
    };
    let city = typed
        .run(work, |draft| Shown {
            name: "again".into(),
            draft,
        })
        .await?;
    Ok(Reply::created(shown(city), "/it"))
}

#[tokio::test]
async fn a_form_that_is_refused_comes_back_with_what_was_typed_but_no_password() {
    let routes = || Router::new().route("/it", post(typed));

    let page = ask(routes(), "POST", &[PAGE, FORM], "city=Atlantis&password=hunter2").await;
    let unreadable = ask(routes(), "POST", &[PAGE, FORM], "city=Kisumu&quantity=lots").await;
    let json = ask(routes(), "POST", &[FORM], "city=Atlantis").await;
    let good = ask(routes(), "POST", &[PAGE, FORM], "city=Kisumu").await;

    assert_eq!(page.status, 422);
    assert_eq!(
        page.text,
        "<p>again Atlantis|There is no such town.|There is no such town.</p>"
    );
    assert_eq!(
        (unreadable.status.as_u16(), unreadable.text.contains("again Kisumu")),
        (422, true)
    );
    assert_eq!(json.json()["errors"][0]["pointer"], "/city");
    assert_eq!(good.status, 303);
}

#[tokio::test]
async fn a_query_is_read_like_a_form_and_a_path_that_does_not_fit_is_not_found() {
    async fn look(Path(order): Path<OrderId>, Query(wanted): Query<Wanted>) -> Answer<Shown> {
        Ok(Reply::ok(shown(format!("{order} {}", wanted.city))))
    }
    let routes = || web::app(Router::new().route("/orders/{id}", get(look)), edge());

    let good = send(routes(), "GET", &format!("/orders/{ORDER}?city=Port%20Reitz"), &[], "").await;
    let query = send(routes(), "GET", &format!("/orders/{ORDER}?town=K"), &[], "").await;
    let path = send(routes(), "GET", "/orders/7?city=K", &[], "").await;

    assert_eq!(good.json()["name"], format!("{ORDER} Port Reitz"));
    assert_eq!(
        (query.status.as_u16(), &query.json()["errors"][0]["pointer"]),
        (422, &json!("/town"))
    );
    assert_eq!(path.status, 404);
}

#[tokio::test]
async fn a_webhook_gets_the_bytes_as_they_were_and_needs_no_origin() {
    async fn hook(RawBody(bytes): RawBody) -> Answer<Shown> {
        Ok(Reply::ok(shown(String::from_utf8(bytes.to_vec()).unwrap())))
    }
    let routes = || web::webhooks(Router::new().route("/webhooks/stripe", post(hook)));
    let foreign = ("origin", "https://stripe.example");

    let taken = send(routes(), "POST", "/webhooks/stripe", &[foreign, PAGE], "{ \"a\":1 }").await;
    let large = send(
        routes(),
        "POST",
        "/webhooks/stripe",
        &[foreign],
        &"x".repeat(256 * 1024 + 1),
    )
    .await;

    assert_eq!(
        (taken.header("content-type"), taken.json()["name"].as_str()),
        ("application/json", Some("{ \"a\":1 }"))
    );
    assert_eq!(large.status, 413);
}

#[tokio::test]
async fn a_wrong_method_is_told_which_ones_there_are() {
    let routes = Router::new().route("/it", get(|| async { Ok::<_, Problem>(Reply::ok(shown("x"))) }));

    let came = ask(routes, "DELETE", &[], "").await;

    assert_eq!((came.status.as_u16(), came.header("allow")), (405, "GET,HEAD,POST"));
    assert_eq!(came.json()["code"], "method_not_allowed");
}
