//! Lists of sessions and refunds: newest first, filtered, in pages.

use serde_json::{Value, json};

use super::create_session::{integer, text};
use super::doubt::{Dispute, Warning};
use super::payment::Payment;
use super::problem::Problem;
use super::refund::Refund;
use super::session::Session;
use crate::books::Record;
use crate::calls::Turn;
use crate::json::Fields;

pub(super) fn sessions(turn: &mut Turn<'_>, form: &Value) -> Result<Value, Problem> {
    let mut sessions = turn.books.all::<Session>();
    sessions.sort_by_key(|session| std::cmp::Reverse(session.created));
    if let Some(intent) = text(form, "payment_intent") {
        sessions.retain(|session| session.payment_intent.as_deref() == Some(intent));
    }
    if let Some(status) = text(form, "status") {
        sessions.retain(|session| json!(session.status) == status);
    }
    sessions.retain(|session| is_in_time(form, session.created));
    let origin = &turn.settings.origin;
    // A list names what it expands from its own root: `data.payment_intent`.
    let asked = super::expand(form);
    let expand: Vec<&str> = asked.iter().filter_map(|name| name.strip_prefix("data.")).collect();
    let (shown, has_more) = page(form, sessions)?;
    let views = shown.iter().map(|session| session.view(turn.books, origin, &expand));
    Ok(list(views.collect(), has_more, "/v1/checkout/sessions"))
}

pub(super) fn refunds(turn: &mut Turn<'_>, form: &Value) -> Result<Value, Problem> {
    let mut refunds = turn.books.all::<Refund>();
    refunds.sort_by_key(|refund| std::cmp::Reverse(refund.created));
    if let Some(intent) = text(form, "payment_intent") {
        refunds.retain(|refund| refund.payment_intent == intent);
    }
    if let Some(charge) = text(form, "charge") {
        refunds.retain(|refund| refund.charge == charge);
    }
    refunds.retain(|refund| is_in_time(form, refund.created));
    let (shown, has_more) = page(form, refunds)?;
    let views = shown.iter().map(|refund| expanded(turn, form, refund.view()));
    Ok(list(views.collect(), has_more, "/v1/refunds"))
}

/// `created[gte]`, `[gt]`, `[lte]`, `[lt]` or a plain `created`.
fn is_in_time(form: &Value, created: i64) -> bool {
    let created_is = form.at("created");
    let bound = |name: &str| created_is.at(name).as_str().and_then(|text| text.parse::<i64>().ok());
    let exact = created_is.as_str().and_then(|text| text.parse::<i64>().ok());
    exact.is_none_or(|at| created == at)
        && bound("gte").is_none_or(|at| created >= at)
        && bound("gt").is_none_or(|at| created > at)
        && bound("lte").is_none_or(|at| created <= at)
        && bound("lt").is_none_or(|at| created < at)
}

/// The wanted part of a list, and whether there is more behind it.
fn page<R: Record>(form: &Value, mut entries: Vec<R>) -> Result<(Vec<R>, bool), Problem> {
    let limit = if form.at("limit").is_null() {
        10
    } else {
        integer(form, "limit", "limit", 1)?
    };
    let limit = usize::try_from(limit).ok().filter(|limit| *limit <= 100);
    let limit = limit.ok_or_else(|| Problem::invalid("limit", "Invalid integer: must be at most 100"))?;
    let place = |id: &str| {
        let found = entries.iter().position(|entry| entry.key() == id);
        found.ok_or_else(|| Problem::no_such("object", id))
    };
    if let Some(id) = text(form, "starting_after") {
        let place = place(id)?;
        entries.drain(..=place);
    } else if let Some(id) = text(form, "ending_before") {
        let place = place(id)?;
        entries.truncate(place);
        let first = entries.len().saturating_sub(limit);
        entries.drain(..first);
        return Ok((entries, first > 0));
    }
    let has_more = entries.len() > limit;
    entries.truncate(limit);
    Ok((entries, has_more))
}

pub(super) fn disputes(turn: &mut Turn<'_>, form: &Value) -> Result<Value, Problem> {
    let mut disputes = turn.books.all::<Dispute>();
    disputes.sort_by_key(|dispute| std::cmp::Reverse(dispute.created));
    if let Some(intent) = text(form, "payment_intent") {
        disputes.retain(|dispute| dispute.payment_intent == intent);
    }
    disputes.retain(|dispute| is_in_time(form, dispute.created));
    let (shown, has_more) = page(form, disputes)?;
    let views = shown.iter().map(|dispute| expanded(turn, form, dispute.view()));
    Ok(list(views.collect(), has_more, "/v1/disputes"))
}

pub(super) fn warnings(turn: &mut Turn<'_>, form: &Value) -> Result<Value, Problem> {
    let mut warnings = turn.books.all::<Warning>();
    warnings.sort_by_key(|warning| std::cmp::Reverse(warning.created));
    if let Some(intent) = text(form, "payment_intent") {
        warnings.retain(|warning| warning.payment_intent == intent);
    }
    warnings.retain(|warning| is_in_time(form, warning.created));
    let (shown, has_more) = page(form, warnings)?;
    let views = shown.iter().map(|warning| {
        let payment = turn.books.get::<Payment>(&warning.payment_intent);
        expanded(turn, form, warning.view(payment.as_ref()))
    });
    Ok(list(views.collect(), has_more, "/v1/radar/early_fraud_warnings"))
}

/// With the whole PaymentIntent in place of its id, when the caller asked for it.
fn expanded(turn: &Turn<'_>, form: &Value, mut view: Value) -> Value {
    if !super::expand(form).contains(&"data.payment_intent") {
        return view;
    }
    let payment = view
        .at("payment_intent")
        .as_str()
        .and_then(|id| turn.books.get::<Payment>(id));
    if let Some(payment) = payment {
        view.set("payment_intent", payment.intent());
    }
    view
}

fn list(entries: Vec<Value>, has_more: bool, url: &str) -> Value {
    json!({ "object": "list", "data": entries, "has_more": has_more, "url": url })
}
