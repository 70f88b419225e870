//! How answers and failures are written.

use std::time::Duration;

use axum::{
    Router,
    routing::{get, post},
};
use domain::{Cause, Failure, FieldError, Refusal};
use serde_json::json;
use web::{Answer, NoView, Problem, Reply, Shopper};

use crate::caller::*;

async fn failing(failure: impl Fn() -> Failure + Clone + Send + Sync + 'static, headers: &[(&str, &str)]) -> Came {
    let handler = move || async move { Err::<Reply<Shown>, Problem>(failure().into()) };
    ask(Router::new().route("/it", get(handler)), "GET", headers, "").await
}

#[tokio::test]
async fn one_route_answers_json_or_the_page_of_the_same_thing() {
    let routes = || Router::new().route("/it", get(|| async { Ok::<_, Problem>(Reply::ok(shown("<Asha>"))) }));

    let json = ask(routes(), "GET", &[], "").await;
    let page = ask(routes(), "GET", &[PAGE], "").await;

    assert_eq!(
        (json.header("content-type"), json.text.as_str()),
        ("application/json", r#"{"name":"<Asha>"}"#)
    );
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(page.text.contains("&#60;Asha&#62;"), "{}", page.text);
    assert_eq!(page.header("vary"), "accept");
}

#[tokio::test]
async fn every_answer_carries_the_safety_headers() {
    let routes = || Router::new().route("/it", get(|| async { Ok::<_, Problem>(Reply::ok(shown("Asha"))) }));
    let answers = [
        ask(routes(), "GET", &[], "").await,
        ask(routes(), "DELETE", &[], "").await,
        send(web::app(routes(), edge()), "GET", "/nothing", &[PAGE], "").await,
        ask(routes(), "POST", &[("origin", "https://evil.example")], "").await,
    ];

    for came in answers {
        let policy = came.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none';"), "{policy}");
        assert!(policy.contains("img-src 'self' https://pictures.example;"), "{policy}");
        assert!(
            policy.contains("form-action 'self';") && policy.ends_with("frame-ancestors 'none'"),
            "{policy}"
        );
        assert_eq!(came.header("x-content-type-options"), "nosniff");
        assert_eq!(came.header("cache-control"), "no-store");
        assert_eq!(came.header("referrer-policy"), "same-origin");
        assert!(came.header("strict-transport-security").starts_with("max-age=31536000"));
    }
}

#[tokio::test]
async fn a_page_whose_form_ends_at_a_payment_page_may_redirect_there() {
    let routes = Router::new().route("/it", get(|| async { Ok::<_, Problem>(Reply::ok(shown("Asha"))) }));

    let came = send(
        web::app(routes, edge().with_forms_to(&["http://localhost:9100/v1"])),
        "GET",
        "/it",
        &[],
        "",
    )
    .await;

    assert!(
        came.header("content-security-policy")
            .contains("form-action 'self' https: http://localhost:9100;")
    );
}

type Case = (fn() -> Failure, u16, &'static str, bool);

fn failures() -> [Case; 14] {
    [
        (|| Failure::field("city", "short", "Too short."), 422, "invalid", false),
        (|| Failure::NotFound("order"), 404, "not_found", false),
        (|| Failure::Unauthenticated, 401, "unauthenticated", false),
        (|| Failure::Forbidden, 403, "forbidden", false),
        (|| Failure::Conflict, 409, "conflict", true),
        (|| Failure::internal("a secret"), 500, "internal", false),
        (|| Refusal::AlreadyApplied.into(), 409, "already_applied", false),
        (|| Refusal::QuoteExpired.into(), 410, "quote_expired", false),
        (|| Refusal::KeyReused.into(), 422, "idempotency_key_reused", false),
        (|| Refusal::WrongCredentials.into(), 401, "wrong_credentials", false),
        (|| Refusal::TooManyTries.into(), 429, "too_many_tries", true),
        (|| Refusal::UnknownCode.into(), 404, "unknown_code", false),
        (
            || Failure::OutcomeUnknown {
                reference: "sup_1".into(),
                cause: Cause::new("a secret"),
            },
            504,
            "outcome_unknown",
            false,
        ),
        (
            || Failure::Unavailable {
                retry_after: Duration::from_secs(7),
                cause: Cause::new("a secret"),
            },
            503,
            "unavailable",
            true,
        ),
    ]
}

#[tokio::test]
async fn each_failure_has_its_status_its_code_and_its_word_on_repeating() {
    let wait = Duration::from_secs(7);
    for (failure, status, code, retryable) in failures() {
        let came = failing(failure, &[("x-request-id", "trace-1")]).await;
        let problem = came.json();

        assert_eq!(came.status.as_u16(), status, "{code}");
        assert_eq!(came.header("content-type"), "application/problem+json");
        assert_eq!(problem["status"], status);
        assert_eq!(problem["code"], code);
        assert_eq!(problem["retryable"], retryable, "{code}");
        assert_eq!(
            (&problem["instance"], &problem["trace_id"]),
            (&json!("/it"), &json!("trace-1"))
        );
        assert_eq!(came.header("x-request-id"), "trace-1");
        assert!(!came.text.contains("a secret"), "{}", came.text);
        assert_eq!(
            came.header("www-authenticate"),
            if status == 401 { "Bearer" } else { "" }
        );
        let seconds = wait.as_secs().to_string();
        let expected = if status == 503 {
            seconds.as_str()
        } else if status == 429 {
            "60"
        } else {
            ""
        };
        assert_eq!(came.header("retry-after"), expected);
    }
}

#[tokio::test]
async fn wrong_fields_are_named_by_pointer() {
    let two = || {
        Failure::Invalid(vec![
            FieldError::new("city", "short", "Too short."),
            FieldError::new("a.b", "odd", "Odd."),
        ])
    };

    let json = failing(two, &[]).await.json();
    let page = failing(two, &[PAGE]).await;

    assert_eq!(
        json["errors"][1],
        json!({ "pointer": "/a/b", "code": "odd", "message": "Odd." })
    );
    assert!(
        page.text.contains("Too short.") && page.text.contains("Odd."),
        "{}",
        page.text
    );
}

#[tokio::test]
async fn a_reader_sees_an_error_page_and_is_led_to_the_login_when_that_is_what_is_missing() {
    let missing = failing(|| Failure::NotFound("order"), &[PAGE]).await;
    let nobody = failing(|| Failure::Unauthenticated, &[PAGE]).await;
    let wrong_password = failing(|| Refusal::WrongCredentials.into(), &[PAGE]).await;

    assert_eq!(missing.status, 404);
    assert!(missing.text.contains("We cannot find this order."), "{}", missing.text);
    assert_eq!(
        (nobody.status.as_u16(), nobody.header("location")),
        (303, "/login?next=%2Fit")
    );
    assert_eq!(wrong_password.status, 401);
}

#[tokio::test]
async fn after_the_login_a_form_leads_back_to_the_page_it_stood_on() {
    let routes = Router::new().route(
        "/it",
        post(|_: Shopper| async { Ok::<_, Problem>(Reply::ok(shown("x"))) }),
    );
    let headers = [
        PAGE,
        FORM,
        ("origin", "https://shop.example"),
        ("referer", "https://shop.example/cart?a=1"),
    ];

    let came = ask(routes, "POST", &headers, "a=1").await;

    assert_eq!(
        (came.status.as_u16(), came.header("location")),
        (303, "/login?next=%2Fcart%3Fa%3D1")
    );
}

#[tokio::test]
async fn created_means_201_to_a_program_and_a_redirect_to_a_reader() {
    async fn create() -> Answer<Shown> {
        Ok(Reply::created(shown("Asha"), "/orders/1").with_cookie("a=1").replayed())
    }
    let routes = || Router::new().route("/it", post(create));

    let json = ask(routes(), "POST", &[], "").await;
    let page = ask(routes(), "POST", &[PAGE], "").await;

    assert_eq!((json.status.as_u16(), json.header("location")), (201, "/orders/1"));
    assert_eq!(json.json()["name"], "Asha");
    assert_eq!((page.status.as_u16(), page.header("location")), (303, "/orders/1"));
    assert!(page.text.is_empty());
    for came in [json, page] {
        assert_eq!(
            (came.header("set-cookie"), came.header("idempotency-replayed")),
            ("a=1", "true")
        );
    }
}

#[tokio::test]
async fn a_reader_who_watches_work_sees_the_page_and_is_not_sent_round_in_circles() {
    async fn watch() -> Answer<Shown> {
        Ok(Reply::accepted(shown("Asha"), "/it").retry_after(Duration::from_secs(2)))
    }

    let page = ask(Router::new().route("/it", get(watch)), "GET", &[PAGE], "").await;

    assert_eq!((page.status.as_u16(), page.header("retry-after")), (202, "2"));
    assert!(page.text.contains("Asha"));
}

#[tokio::test]
async fn done_means_204_to_a_program_and_a_redirect_to_a_reader() {
    async fn remove() -> Answer<NoView> {
        Ok(Reply::done("/cart"))
    }
    async fn elsewhere() -> Answer<NoView> {
        Ok(Reply::see_other("https://pay.example/1"))
    }
    let routes = || Router::new().route("/it", post(remove).get(elsewhere));

    let json = ask(routes(), "POST", &[], "").await;
    let page = ask(routes(), "POST", &[PAGE], "").await;
    let other = ask(routes(), "GET", &[], "").await;

    assert_eq!(
        (json.status.as_u16(), json.text.as_str(), json.header("location")),
        (204, "", "")
    );
    assert_eq!((page.status.as_u16(), page.header("location")), (303, "/cart"));
    assert_eq!(
        (other.status.as_u16(), other.header("location")),
        (303, "https://pay.example/1")
    );
}

#[tokio::test]
async fn a_reader_who_has_this_version_gets_no_second_copy() {
    async fn versioned() -> Answer<Shown> {
        Ok(Reply::ok(shown("Asha"))
            .with_etag(7)
            .cached_for(Duration::from_secs(60)))
    }
    let routes = || Router::new().route("/it", get(versioned));

    let first = ask(routes(), "GET", &[], "").await;
    let again = ask(routes(), "GET", &[("if-none-match", "\"7\"")], "").await;
    let newer = ask(routes(), "GET", &[("if-none-match", "\"6\"")], "").await;

    assert_eq!(
        (first.header("etag"), first.header("cache-control")),
        ("\"7\"", "public, max-age=60")
    );
    assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""));
    assert_eq!(newer.status, 200);
}
