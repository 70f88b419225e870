//! A refund and its look-up: the request, a good answer, a refusal, a nonsense answer.

use domain::id::RefundId;

use super::*;
use crate::payments::{RefundLookUp, RefundOutcome, RefundReport, RefundRequest};

const REFUND: &str = include_str!("../samples/refund.done.json");

fn refund_request() -> RefundRequest {
    RefundRequest {
        attempt: 1,
        refund: RefundId::of(&order(), 1),
        payment: payment(),
        provider_reference: "cs_test_a1Sample".into(),
        amount: kes(1000),
    }
}

#[test]
fn a_refund_asks_for_the_intent_first_and_then_gives_back_with_our_key() {
    let first = stripe().refund(&refund_request()).unwrap();
    assert_eq!(first.request().url.path(), "/v1/checkout/sessions/cs_test_a1Sample");

    let second = next(first, 200, PAID);
    let asked = second.request().redacted();
    let report = answer(second, 200, REFUND).unwrap();

    assert!(asked.starts_with("POST https://stripe.example/v1/refunds\n"));
    assert!(asked.contains("idempotency-key: ref_01JDB7M3N8Q4R5S6T7V8W9X0YZ-1:create:1"));
    assert!(asked.ends_with(
        "payment_intent=pi_1Sample&amount=1000&reason=requested_by_customer\
         &metadata%5Brefund_id%5D=ref_01JDB7M3N8Q4R5S6T7V8W9X0YZ-1&metadata%5Battempt%5D=1&metadata%5Bpayment_id%5D=pay_01JDB7M3N8Q4R5S6T7V8W9X0YZ-1"
    ));
    let expected = RefundReport {
        refund: Some(RefundId::of(&order(), 1)),
        attempt: None,
        provider_reference: "re_1Sample".into(),
        amount: kes(1000),
        outcome: RefundOutcome::Done,
    };
    assert_eq!(report, expected);
}

#[test]
fn a_refund_that_is_not_clearly_refused_may_have_happened() {
    let refused = include_str!("../samples/refund.refused.json");
    let second = || next(stripe().refund(&refund_request()).unwrap(), 200, PAID);

    assert_eq!(word(answer(second(), 400, refused)), "refused");
    assert_eq!(word(answer(second(), 200, "{}")), "outcome_unknown");
    assert_eq!(word(answer(second(), 500, REFUND)), "outcome_unknown");
    assert_eq!(
        word(answer(stripe().refund(&refund_request()).unwrap(), 200, CREATED)),
        "refused"
    );
    assert_eq!(
        word(answer(stripe().refund(&refund_request()).unwrap(), 500, "")),
        "unavailable"
    );
}

#[test]
fn a_refund_is_found_again_among_all_of_its_payment() {
    let which = RefundLookUp {
        attempt: 1,
        refund: RefundId::of(&order(), 1),
        provider_reference: "cs_test_a1Sample".into(),
        known_as: None,
    };
    let second = || next(stripe().find_refund(&which).unwrap(), 200, PAID);
    let list = include_str!("../samples/refund.list.json");

    assert_eq!(
        second().request().url.query(),
        Some("payment_intent=pi_1Sample&limit=100")
    );
    let found = answer(second(), 200, list).unwrap().unwrap();
    assert_eq!(found.provider_reference, "re_1Sample");
    assert_eq!(
        found.outcome,
        RefundOutcome::Failed {
            reason: "insufficient_funds".into()
        }
    );

    assert_eq!(answer(second(), 200, &list.replace("ref_01", "ref_02")).unwrap(), None);
    let another_attempt = list.replace(r#""attempt":"1""#, r#""attempt":"2""#);
    assert_ne!(another_attempt, list);
    assert_eq!(answer(second(), 200, &another_attempt).unwrap(), None);
    let more = next(
        second(),
        200,
        &list
            .replace("ref_01", "ref_02")
            .replace("\"has_more\":false", "\"has_more\":true"),
    );
    assert_eq!(
        more.request().url.query(),
        Some("payment_intent=pi_1Sample&limit=100&starting_after=re_1Sample")
    );
    assert_eq!(word(answer(second(), 200, "[]")), "malformed");
    assert_eq!(word(answer(second(), 401, KEY_WRONG)), "unauthorized");
}
