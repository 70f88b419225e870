//! What moved after a payment: the three lists, for one payment and for a time.

use domain::order::{DisputeKind, Verdict};

use super::*;
use crate::payments::{Moved, Movement, RefundOutcome};

const REFUNDS: &str = include_str!("../samples/refund.list.json");
const DISPUTES: &str = include_str!("../samples/dispute.list.json");
const WARNINGS: &str = include_str!("../samples/warning.list.json");

#[test]
fn everything_that_moved_of_a_payment_is_read_from_three_lists() {
    let first = stripe().movements("cs_test_a1Sample").unwrap();
    let refunds = next(first, 200, PAID);
    let asked = refunds.request().url.clone();
    let disputes = next(refunds, 200, REFUNDS);
    let warnings = next(disputes, 200, DISPUTES);

    let found = answer(warnings, 200, WARNINGS).unwrap();

    assert_eq!(
        asked.query(),
        Some("payment_intent=pi_1Sample&limit=100&expand[]=data.payment_intent")
    );
    let [
        Movement::Refund(theirs),
        Movement::Refund(ours),
        Movement::Dispute(dispute),
        Movement::Dispute(warning),
    ] = found.as_slice()
    else {
        panic!("{found:?}")
    };
    assert_eq!((theirs.refund.as_ref(), &theirs.outcome), (None, &RefundOutcome::Done));
    assert_eq!(ours.attempt, Some(1));
    assert_eq!(
        (dispute.kind, dispute.verdict, dispute.is_withdrawn),
        (DisputeKind::Dispute, Verdict::Open, true)
    );
    assert_eq!(
        (dispute.amount, dispute.reason.as_str()),
        (kes(3_133_900), "fraudulent (needs_response)")
    );
    assert_eq!(dispute.answer_by, Some(Timestamp::from_seconds(1_764_800_000)));
    assert_eq!(
        (warning.kind, warning.amount),
        (DisputeKind::FraudWarning, kes(3_133_900))
    );
}

#[test]
fn how_a_dispute_stands_is_read_from_its_word_and_its_money() {
    for (status, moved, verdict, is_withdrawn) in [
        ("needs_response", "-24000", Verdict::Open, true),
        ("warning_needs_response", "", Verdict::Open, false),
        ("a_word_of_tomorrow", "-24000", Verdict::Open, true),
        ("under_review", "-24000", Verdict::Answered, true),
        ("won", "-24000,24000", Verdict::Won, false),
        ("warning_closed", "", Verdict::Won, false),
        ("prevented", "", Verdict::Won, false),
        ("lost", "-24000", Verdict::Lost, true),
    ] {
        let moved: Vec<String> = moved
            .split(',')
            .filter(|amount| !amount.is_empty())
            .map(|amount| format!(r#"{{"amount":{amount},"currency":"usd"}}"#))
            .collect();
        let list = DISPUTES
            .replace("needs_response", status)
            .replace(r#"{"amount":-24000,"currency":"usd"}"#, &moved.join(","));
        let refunds = next(stripe().movements("cs_test_a1Sample").unwrap(), 200, PAID);
        let empty = r#"{"data":[],"has_more":false}"#;

        let found = answer(next(next(refunds, 200, empty), 200, &list), 200, empty).unwrap();

        let [Movement::Dispute(dispute)] = found.as_slice() else {
            panic!("{found:?}")
        };
        assert_eq!(
            (dispute.verdict, dispute.is_withdrawn),
            (verdict, is_withdrawn),
            "{status}"
        );
    }
}

#[test]
fn a_comparison_asks_for_a_time_reads_every_page_and_keeps_what_is_ours() {
    let first = stripe().moved_since(Timestamp::from_seconds(1_764_000_300)).unwrap();
    assert_eq!(
        first.request().url.query(),
        Some("created[gte]=1764000000&limit=100&expand[]=data.payment_intent")
    );
    let more = next(first, 200, &REFUNDS.replace("\"has_more\":false", "\"has_more\":true"));
    assert!(
        more.request()
            .url
            .query()
            .unwrap()
            .ends_with("&starting_after=re_1Sample")
    );
    let disputes = next(more, 200, REFUNDS);

    let found = answer(next(disputes, 200, DISPUTES), 200, WARNINGS).unwrap();

    // The refunds of the sample carry no payment of ours; the dispute and the warning do.
    let payments: Vec<&PaymentId> = found.iter().map(|Moved { payment, .. }| payment).collect();
    assert_eq!(payments, [&payment(), &payment()]);
}

#[test]
fn money_leads_to_the_payment_that_brought_it() {
    let marked = r#"{"id":"x","metadata":{"payment_id":"pay_01JDB7M3N8Q4R5S6T7V8W9X0YZ-1"}}"#;
    for (id, path) in [
        ("pi_1Sample", "/v1/payment_intents/pi_1Sample"),
        ("ch_1Sample", "/v1/charges/ch_1Sample"),
    ] {
        let asked = || stripe().payment_of(id).unwrap();
        assert_eq!(asked().request().url.path(), path);
        assert_eq!(answer(asked(), 200, marked).unwrap(), Some(payment()));
        assert_eq!(answer(asked(), 200, r#"{"id":"x","metadata":{}}"#).unwrap(), None);
        assert_eq!(answer(asked(), 404, MISSING).unwrap(), None);
        assert_eq!(word(answer(asked(), 200, "[]")), "malformed");
        assert_eq!(word(answer(asked(), 401, KEY_WRONG)), "unauthorized");
    }
    assert!(stripe().payment_of("pi_1/../x").is_err());
}

#[test]
fn a_list_that_is_refused_or_nonsense_moves_nothing() {
    let refunds = || next(stripe().movements("cs_test_a1Sample").unwrap(), 200, PAID);

    assert_eq!(word(answer(refunds(), 401, KEY_WRONG)), "unauthorized");
    assert_eq!(word(answer(refunds(), 200, "{}")), "malformed");
    assert_eq!(
        answer(stripe().movements("cs_test_a1Sample").unwrap(), 200, CREATED).unwrap(),
        []
    );
}
