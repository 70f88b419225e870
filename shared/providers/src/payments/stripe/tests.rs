//! Stripe, per capability: the request, a good answer, a refusal, a nonsense answer. Payments are here, refunds below.

mod movements;
mod refunds;

use domain::{
    Currency, Money, Settings, Timestamp,
    id::{OrderId, PaymentId, RootId},
};

use super::{Stripe, VERSION};
use crate::{
    error::Error,
    exchange::{Exchange, Step},
    payments::{PaymentLookUp, PaymentOutcome, PaymentProvider, PaymentReport, StartPayment, VoidOutcome},
    response::Response,
};

const CREATED: &str = include_str!("samples/session.created.json");
const PAID: &str = include_str!("samples/session.paid.json");
const LIST: &str = include_str!("samples/session.list.json");
const MISSING: &str = include_str!("samples/session.missing.json");
const KEY_WRONG: &str = include_str!("samples/key-wrong.json");

fn stripe() -> Stripe {
    let mut settings = Settings::new([
        ("STRIPE_BASE_URL".into(), "https://stripe.example".into()),
        ("STRIPE_SECRET_KEY".into(), "sk_test_sample".into()),
    ]);
    Stripe::read(&mut settings)
}

fn order() -> OrderId {
    OrderId::from_ulid("01JDB7M3N8Q4R5S6T7V8W9X0YZ").unwrap()
}

fn payment() -> PaymentId {
    PaymentId::of(&order(), 1)
}

fn kes(amount: i64) -> Money {
    Money::new(amount, Currency::KES)
}

fn wanted(amount: Money) -> StartPayment {
    StartPayment {
        payment: payment(),
        order: order(),
        amount,
        lines: vec!["2 × Running shoes".into(), "Shipping & duty".into()],
        return_url: "https://shop.example/payments/1/return?a=b&c=d".into(),
        cancel_url: "https://shop.example/checkout".into(),
        email: Some("asha@example.com".into()),
        revision: 1,
        expires_at: Timestamp::from_seconds(1_764_005_400),
    }
}

fn look_up(reference: Option<&str>) -> Exchange<Option<PaymentReport>> {
    let which = PaymentLookUp {
        payment: payment(),
        provider_reference: reference.map(str::to_owned),
        started_at: Timestamp::from_seconds(1_764_000_000),
    };
    stripe().look_up(&which).unwrap()
}

fn answer<T: 'static>(exchange: Exchange<T>, status: u16, body: &str) -> Result<T, Error> {
    match exchange.receive(&Response::new(status, body.to_owned()))? {
        Step::Done(value) => Ok(value),
        Step::Next(next) => panic!("goes on with {}", next.name()),
    }
}

fn next<T: 'static>(exchange: Exchange<T>, status: u16, body: &str) -> Exchange<T> {
    match exchange.receive(&Response::new(status, body.to_owned())) {
        Ok(Step::Next(next)) => next,
        Ok(Step::Done(_)) => panic!("ends here"),
        Err(error) => panic!("ends with {error}"),
    }
}

fn word<T>(ended: Result<T, Error>) -> &'static str {
    ended.map_or_else(|error| error.word(), |_| "ok")
}

#[test]
fn a_payment_is_asked_for_in_the_pinned_version_with_our_own_key_and_price() {
    let exchange = stripe().start(&wanted(kes(3_133_900))).unwrap();

    let text = exchange.request().redacted();
    let (head, body) = text.split_once("\n\n").unwrap();
    assert_eq!(
        head,
        "POST https://stripe.example/v1/checkout/sessions\nauthorization: ***\nstripe-version: 2026-09-30.endive\n\
         idempotency-key: pay_01JDB7M3N8Q4R5S6T7V8W9X0YZ-1:create:1"
    );
    let mut fields: Vec<_> = url::form_urlencoded::parse(body.as_bytes())
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    fields.sort();
    assert_eq!(
        fields,
        [
            "adaptive_pricing[enabled]=false",
            "allowed_payment_method_types[0]=card",
            "cancel_url=https://shop.example/checkout",
            "client_reference_id=pay_01JDB7M3N8Q4R5S6T7V8W9X0YZ-1",
            "customer_email=asha@example.com",
            "expires_at=1764005400",
            "line_items[0][price_data][currency]=kes",
            "line_items[0][price_data][product_data][description]=2 × Running shoes, Shipping & duty",
            "line_items[0][price_data][product_data][name]=Order ord_01JDB7M3N8Q4R5S6T7V8W9X0YZ",
            "line_items[0][price_data][unit_amount]=3133900",
            "line_items[0][quantity]=1",
            "metadata[payment_id]=pay_01JDB7M3N8Q4R5S6T7V8W9X0YZ-1",
            "mode=payment",
            "payment_intent_data[metadata][payment_id]=pay_01JDB7M3N8Q4R5S6T7V8W9X0YZ-1",
            "success_url=https://shop.example/payments/1/return?a=b&c=d",
            "ui_mode=hosted_page",
        ]
    );
}

#[test]
fn the_same_payment_asked_twice_is_the_same_to_the_byte() {
    let body = || stripe().start(&wanted(kes(100))).unwrap().request().body.bytes();

    assert!((0..20).all(|_| body() == body()));
}

#[test]
fn the_pinned_version_is_the_one_the_typed_builders_are_made_for() {
    assert_eq!(stripe_client_core::VERSION.as_str(), VERSION);
}

#[test]
fn only_amounts_that_stripe_counts_as_we_do_are_asked_for() {
    let start = |amount, code: &str| word(stripe().start(&wanted(Money::new(amount, code.parse().unwrap()))));

    assert_eq!(start(5000, "UGX"), "ok");
    assert_eq!(start(5000, "LYD"), "unsupported");
    assert_eq!(start(5124, "KWD"), "unsupported");
    assert_eq!(start(0, "KES"), "invalid");
    assert_eq!(start(-1, "KES"), "invalid");
    assert_eq!(start(5000, "ISK"), "ok");
}

#[test]
fn a_started_payment_says_where_to_pay() {
    let started = answer(stripe().start(&wanted(kes(3_133_900))).unwrap(), 200, CREATED).unwrap();

    assert_eq!(started.provider_reference, "cs_test_a1Sample");
    assert_eq!(
        started.redirect_url,
        "https://checkout.stripe.com/c/pay/cs_test_a1Sample"
    );
    assert_eq!(started.expires_at, Timestamp::from_seconds(1_764_005_400));
}

#[test]
fn a_start_that_is_not_clearly_refused_may_have_happened() {
    let refused = include_str!("samples/session.refused.json");
    let key_reused = include_str!("samples/key-reused.json");
    let of_another = CREATED.replace("YZ-1\"", "YZ-9\"");
    for (status, body, ending) in [
        (400, refused, "refused"),
        (401, KEY_WRONG, "unauthorized"),
        (403, "", "unauthorized"),
        (400, key_reused, "outcome_unknown"),
        (409, key_reused, "outcome_unknown"),
        (400, "<html>a proxy</html>", "outcome_unknown"),
        (200, "<html>", "outcome_unknown"),
        (200, "{}", "outcome_unknown"),
        (200, r#"{"id":"cs_1"}"#, "outcome_unknown"),
        (200, &of_another, "outcome_unknown"),
        (302, "", "outcome_unknown"),
        (500, refused, "outcome_unknown"),
        (429, refused, "throttled"),
    ] {
        assert_eq!(
            word(answer(stripe().start(&wanted(kes(10))).unwrap(), status, body)),
            ending,
            "{status} {body}"
        );
    }
    let Err(Error::Refused { code, text, .. }) = answer(stripe().start(&wanted(kes(10))).unwrap(), 400, refused) else {
        panic!("it is refused")
    };
    assert_eq!(code, "amount_too_small");
    assert!(text.contains("unit_amount"));
}

#[test]
fn a_look_up_reports_what_was_paid_in_the_currency_stripe_says() {
    let exchange = look_up(Some("cs_test_a1Sample"));
    let url = exchange.request().url.to_string();

    let report = answer(exchange, 200, PAID).unwrap().unwrap();

    assert_eq!(
        url,
        "https://stripe.example/v1/checkout/sessions/cs_test_a1Sample?expand[0]=payment_intent"
    );
    assert_eq!(
        report,
        PaymentReport {
            redirect_url: None,
            payment: Some(payment()),
            provider_reference: "cs_test_a1Sample".into(),
            settlement_reference: Some("pi_1Sample".into()),
            outcome: PaymentOutcome::Paid { amount: kes(3_133_900) },
        }
    );
}

#[test]
fn every_state_of_a_session_has_one_meaning() {
    let session = |status: &str, paid: &str, intent: &str| {
        PAID.replace("\"complete\"", &format!("\"{status}\""))
            .replace("\"paid\"", &format!("\"{paid}\""))
            .replace("\"succeeded\"", &format!("\"{intent}\""))
    };
    for (status, paid, intent, outcome) in [
        ("open", "unpaid", "requires_payment_method", PaymentOutcome::Open),
        (
            "complete",
            "paid",
            "succeeded",
            PaymentOutcome::Paid { amount: kes(3_133_900) },
        ),
        (
            "complete",
            "no_payment_required",
            "succeeded",
            PaymentOutcome::Paid { amount: kes(3_133_900) },
        ),
        ("complete", "unpaid", "processing", PaymentOutcome::AwaitingFunds),
        ("complete", "unpaid", "requires_payment_method", PaymentOutcome::Failed),
        ("complete", "unpaid", "canceled", PaymentOutcome::Failed),
        ("expired", "unpaid", "canceled", PaymentOutcome::Expired),
        (
            "expired",
            "paid",
            "succeeded",
            PaymentOutcome::Paid { amount: kes(3_133_900) },
        ),
        ("pondering", "unpaid", "processing", PaymentOutcome::Open),
        ("complete", "half", "processing", PaymentOutcome::Open),
    ] {
        let report = answer(look_up(Some("cs_1")), 200, &session(status, paid, intent))
            .unwrap()
            .unwrap();
        assert_eq!(report.outcome, outcome, "{status} {paid} {intent}");
    }
}

#[test]
fn an_unreadable_look_up_is_never_taken_for_an_unpaid_session() {
    for (status, body, ending) in [
        (404, "<html>", "malformed"),
        (404, KEY_WRONG, "refused"),
        (401, KEY_WRONG, "unauthorized"),
        (200, "[]", "malformed"),
        (200, &PAID.replace("\"amount_total\":3133900,", ""), "malformed"),
        (
            200,
            &PAID.replace("\"currency\":\"kes\"", "\"currency\":\"lyd\""),
            "malformed",
        ),
        (503, "", "unavailable"),
    ] {
        assert_eq!(
            word(answer(look_up(Some("cs_1")), status, body)),
            ending,
            "{status} {body}"
        );
    }
    assert_eq!(answer(look_up(Some("cs_1")), 404, MISSING).unwrap(), None);
}

#[test]
fn an_id_that_is_none_of_stripes_never_becomes_part_of_a_path() {
    for id in ["", "../refunds", "cs_1/expire", "cs_1?x=1", "cs 1"] {
        assert_eq!(word(stripe().void(&payment(), id)), "invalid", "{id}");
    }
}

#[test]
fn a_lost_session_is_searched_page_by_page_around_the_time_of_its_start() {
    let first = look_up(None);
    let asked = first.request().url.query().unwrap().to_owned();

    let second = next(first, 200, LIST);
    let then = second.request().url.query().unwrap().to_owned();
    let page = format!(r#"{{"data":[{PAID}],"has_more":false}}"#);
    let found = answer(second, 200, &page).unwrap().unwrap();

    assert_eq!(
        asked,
        "limit=100&created[gte]=1763999700&created[lte]=1764086400&expand[]=data.payment_intent"
    );
    assert_eq!(then, format!("{asked}&starting_after=cs_test_another"));
    assert_eq!(found.outcome, PaymentOutcome::Paid { amount: kes(3_133_900) });
    assert_eq!(
        answer(look_up(None), 200, r#"{"data":[],"has_more":false}"#).unwrap(),
        None
    );
    assert_eq!(word(answer(look_up(None), 200, r#"{"object":"list"}"#)), "malformed");
    assert_eq!(word(answer(look_up(None), 401, KEY_WRONG)), "unauthorized");
}

#[test]
fn closing_a_session_says_whether_it_was_still_open() {
    let void = || stripe().void(&payment(), "cs_test_a1Sample").unwrap();
    let expired = CREATED.replace("\"open\"", "\"expired\"");
    let not_open = include_str!("samples/session.not-open.json");

    assert_eq!(
        void().request().url.path(),
        "/v1/checkout/sessions/cs_test_a1Sample/expire"
    );
    assert_eq!(answer(void(), 200, &expired).unwrap(), VoidOutcome::Voided);
    assert_eq!(answer(void(), 400, not_open).unwrap(), VoidOutcome::NotOpen);
    assert_eq!(word(answer(void(), 404, MISSING)), "refused");
    assert_eq!(word(answer(void(), 200, "<html>")), "outcome_unknown");
}

#[test]
fn of_two_sessions_for_one_payment_the_paid_one_counts() {
    for page in [format!("[{PAID},{CREATED}]"), format!("[{CREATED},{PAID}]")] {
        let found = answer(look_up(None), 200, &format!(r#"{{"data":{page},"has_more":false}}"#));
        let outcome = found.unwrap().unwrap().outcome;
        assert_eq!(outcome, PaymentOutcome::Paid { amount: kes(3_133_900) });
    }
}
