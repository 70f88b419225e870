//! POST /v1/checkout/sessions: every parameter is judged, with Stripe's name for it, before anything is made.

use std::collections::BTreeMap;

use serde_json::Value;

use super::currencies;
use super::problem::Problem;
use super::session::{Line, Session, Status};
use crate::calls::Turn;
use crate::faults::Kind;
use crate::json::Fields;

/// Parameters the sandbox plays; anything else is refused by name, so that nobody relies on silence.
const KNOWN: [&str; 17] = [
    "adaptive_pricing",
    "automatic_tax",
    "cancel_url",
    "client_reference_id",
    "customer_creation",
    "customer_email",
    "expand",
    "expires_at",
    "line_items",
    "locale",
    "metadata",
    "mode",
    "payment_intent_data",
    "allowed_payment_method_types",
    "submit_type",
    "success_url",
    "ui_mode",
];

pub(super) fn run(turn: &mut Turn<'_>, form: &Value) -> Result<Value, Problem> {
    let session = judge(turn, form)?;
    let times = if turn.fault_of(Kind::MadeTwice).is_some() { 2 } else { 1 };
    let mut made = None;
    for _ in 0..times {
        let id = format!("cs_test_a1{}", turn.books.invent("stripe/session", 56));
        let session = Session { id, ..session.clone() };
        turn.books.put(&session);
        made.get_or_insert(session);
    }
    let session = made.unwrap_or(session);
    Ok(session.view(turn.books, &turn.settings.origin, &super::expand(form)))
}

fn judge(turn: &mut Turn<'_>, form: &Value) -> Result<Session, Problem> {
    judge_names(form)?;
    judge_mode(form)?;
    let success_url = judge_addresses(form)?;
    let (lines, currency) = judge_lines(turn, form.at("line_items"))?;
    let total = lines
        .iter()
        .map(|line| line.unit_amount.saturating_mul(line.quantity))
        .sum();
    currencies::judge_total(total, &currency)?;
    let now = turn.now / 1000;
    let (client_reference_id, customer_email) = judge_customer(form)?;
    Ok(Session {
        id: String::new(),
        created: now,
        expires_at: judge_expiry(form, now)?,
        status: Status::Open,
        currency,
        amount_subtotal: total,
        amount_total: total,
        lines,
        success_url,
        cancel_url: owned(form, "cancel_url"),
        client_reference_id,
        customer_email,
        locale: owned(form, "locale"),
        payment_method_types: judge_methods(form)?,
        metadata: judge_metadata("metadata", form.at("metadata"))?,
        intent_metadata: judge_metadata(
            "payment_intent_data[metadata]",
            form.at("payment_intent_data").at("metadata"),
        )?,
        payment_intent: None,
        declines: 0,
    })
}

/// What may stand inside the nested parameters; the rest would be ignored here and is refused instead.
const KNOWN_INSIDE: [(&str, &[&str]); 3] = [
    ("adaptive_pricing", &["enabled"]),
    ("automatic_tax", &["enabled"]),
    (
        "payment_intent_data",
        &[
            "capture_method",
            "description",
            "metadata",
            "statement_descriptor_suffix",
        ],
    ),
];

fn judge_names(form: &Value) -> Result<(), Problem> {
    judge_keys("", form, &KNOWN)?;
    for (name, known) in KNOWN_INSIDE {
        judge_keys(name, form.at(name), known)?;
    }
    for name in ["adaptive_pricing", "automatic_tax"] {
        if text(form.at(name), "enabled").is_some_and(|enabled| enabled != "false") {
            let param = format!("{name}[enabled]");
            return Err(Problem::invalid(&param, format!("{param} must be false here")));
        }
    }
    let capture = text(form.at("payment_intent_data"), "capture_method");
    if capture.is_some_and(|method| !method.starts_with("automatic")) {
        let param = "payment_intent_data[capture_method]";
        return Err(Problem::invalid(param, format!("{param} must be automatic here")));
    }
    Ok(())
}

/// Refuses the first key that is not known; `parent` is the parameter the keys stand in.
pub(super) fn judge_keys(parent: &str, value: &Value, known: &[&str]) -> Result<(), Problem> {
    let mut names = value.as_object().into_iter().flat_map(|fields| fields.keys());
    match names.find(|name| !known.contains(&name.as_str())) {
        Some(name) if parent.is_empty() => Err(Problem::unknown(name)),
        Some(name) => Err(Problem::unknown(&format!("{parent}[{name}]"))),
        None => Ok(()),
    }
}

fn judge_mode(form: &Value) -> Result<(), Problem> {
    match text(form, "mode") {
        None => return Err(Problem::missing("mode")),
        Some("payment") => {}
        Some(other) => {
            let message = format!("Invalid mode: must be payment here, not {other}");
            return Err(Problem::invalid("mode", message));
        }
    }
    if text(form, "ui_mode").is_some_and(|mode| mode != "hosted_page") {
        return Err(Problem::invalid("ui_mode", "Invalid ui_mode: must be hosted_page here"));
    }
    Ok(())
}

/// The address to go on to, after both have been judged.
fn judge_addresses(form: &Value) -> Result<String, Problem> {
    let success_url = text(form, "success_url").ok_or_else(|| Problem::missing("success_url"))?;
    judge_address("success_url", success_url)?;
    if let Some(address) = text(form, "cancel_url") {
        judge_address("cancel_url", address)?;
    }
    Ok(success_url.to_owned())
}

fn judge_customer(form: &Value) -> Result<(Option<String>, Option<String>), Problem> {
    let reference = owned(form, "client_reference_id");
    if reference.as_ref().is_some_and(|text| text.chars().count() > 200) {
        let message = "Invalid string: must be at most 200 characters";
        return Err(Problem::invalid("client_reference_id", message));
    }
    match owned(form, "customer_email") {
        Some(email) if !is_address(&email) => {
            let message = format!("Invalid email address: {email}");
            Err(Problem::invalid("customer_email", message).code("email_invalid"))
        }
        email => Ok((reference, email)),
    }
}

/// One address as Stripe takes it: one name, one domain with a dot and a letter at its end, no blanks, lists or signs beyond ASCII.
fn is_address(email: &str) -> bool {
    let Some((name, domain)) = email.split_once('@') else {
        return false;
    };
    let plain = |text: &str, others: &str| {
        let fits = |c: char| c.is_ascii_alphanumeric() || others.contains(c);
        !text.is_empty() && text.chars().all(fits)
    };
    let labels: Vec<&str> = domain.split('.').collect();
    let is_label = |label: &&str| plain(label, "-") && !label.starts_with('-') && !label.ends_with('-');
    let ends_well = labels
        .last()
        .is_some_and(|last| last.len() >= 2 && last.bytes().all(|b| b.is_ascii_alphabetic()));
    plain(name, "!#$%&'*+-/=?^_`{|}~.")
        && !name.starts_with('.')
        && !name.ends_with('.')
        && !name.contains("..")
        && name.len() <= 64
        && email.len() <= 254
        && labels.len() >= 2
        && labels.iter().all(is_label)
        && ends_well
}

fn judge_address(param: &str, address: &str) -> Result<(), Problem> {
    // The placeholder has braces, which no address may have.
    let plain = address.replace("{CHECKOUT_SESSION_ID}", "x");
    match url::Url::parse(&plain) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(()),
        _ => Err(Problem::invalid(param, "Not a valid URL").code("url_invalid")),
    }
}

fn judge_lines(turn: &mut Turn<'_>, items: &Value) -> Result<(Vec<Line>, String), Problem> {
    let items = items.as_array().filter(|items| !items.is_empty());
    let items = items.ok_or_else(|| Problem::missing("line_items"))?;
    if items.len() > 100 {
        return Err(Problem::invalid(
            "line_items",
            "Array line_items may have at most 100 entries",
        ));
    }
    let mut currency: Option<String> = None;
    let mut lines = Vec::new();
    for (place, item) in items.iter().enumerate() {
        let name = |field: &str| format!("line_items[{place}]{field}");
        let price = item.at("price_data");
        judge_keys(&name(""), item, &["price_data", "quantity"])?;
        judge_keys(
            &name("[price_data]"),
            price,
            &["currency", "product_data", "tax_behavior", "unit_amount"],
        )?;
        let known = ["description", "images", "metadata", "name"];
        judge_keys(&name("[price_data][product_data]"), price.at("product_data"), &known)?;
        if !price.is_object() {
            return Err(Problem::missing(&name("[price_data]")));
        }
        let this = text(price, "currency").ok_or_else(|| Problem::missing(&name("[price_data][currency]")))?;
        if !currencies::TAKEN.contains(&this) {
            let param = name("[price_data][currency]");
            let message = format!(
                "Invalid currency: {this}. Stripe currently supports these currencies: {}",
                currencies::TAKEN.join(", ")
            );
            return Err(Problem::invalid(&param, message));
        }
        if currency.get_or_insert_with(|| this.to_owned()) != this {
            let message = "All line items must have the same currency";
            return Err(Problem::invalid(&name("[price_data][currency]"), message));
        }
        let product = text(price.at("product_data"), "name");
        let product = product.ok_or_else(|| Problem::missing(&name("[price_data][product_data][name]")))?;
        lines.push(Line {
            id: format!("li_1{}", turn.books.invent("stripe/line", 23)),
            name: product.to_owned(),
            quantity: integer(item, "quantity", &name("[quantity]"), 1)?,
            unit_amount: integer(price, "unit_amount", &name("[price_data][unit_amount]"), 0)?,
        });
    }
    Ok((lines, currency.unwrap_or_default()))
}

fn judge_expiry(form: &Value, now: i64) -> Result<i64, Problem> {
    let (shortest, longest) = (30 * 60, 24 * 60 * 60);
    if form.at("expires_at").is_null() {
        return Ok(now.saturating_add(longest));
    }
    let at = integer(form, "expires_at", "expires_at", 0)?;
    // A minute of grace: the clocks of two machines differ.
    let span = at.saturating_sub(now);
    if !(shortest - 60..=longest + 60).contains(&span) {
        let message =
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.";
        return Err(Problem::invalid("expires_at", message));
    }
    Ok(at)
}

fn judge_methods(form: &Value) -> Result<Vec<String>, Problem> {
    let Some(list) = form.at("allowed_payment_method_types").as_array() else {
        return Ok(vec!["card".to_owned()]);
    };
    let known = [
        "card",
        "customer_balance",
        "link",
        "paypal",
        "sepa_debit",
        "us_bank_account",
    ];
    let mut methods = Vec::new();
    for (place, method) in list.iter().enumerate() {
        let name = method.as_str().unwrap_or_default();
        if !known.contains(&name) {
            let param = format!("allowed_payment_method_types[{place}]");
            return Err(Problem::invalid(
                &param,
                format!("Invalid allowed_payment_method_types[{place}]: {name}"),
            ));
        }
        methods.push(name.to_owned());
    }
    Ok(methods)
}

/// At most 50 keys of 40 characters with values of 500.
pub(super) fn judge_metadata(param: &str, value: &Value) -> Result<BTreeMap<String, String>, Problem> {
    let fields = value.as_object().into_iter().flatten();
    let metadata: BTreeMap<String, String> = fields
        .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
        .collect();
    let long = metadata
        .iter()
        .find(|(name, value)| name.chars().count() > 40 || value.chars().count() > 500);
    if let Some((name, _)) = long {
        let message = "Metadata keys can have up to 40 characters and values up to 500";
        return Err(Problem::invalid(&format!("{param}[{name}]"), message));
    }
    if metadata.len() > 50 {
        return Err(Problem::invalid(param, "Metadata can have up to 50 keys"));
    }
    Ok(metadata)
}

pub(super) fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.at(name).as_str().filter(|text| !text.is_empty())
}

fn owned(value: &Value, name: &str) -> Option<String> {
    text(value, name).map(str::to_owned)
}

pub(super) fn integer(value: &Value, name: &str, param: &str, least: i64) -> Result<i64, Problem> {
    let text = text(value, name).ok_or_else(|| Problem::missing(param))?;
    let number: i64 = text
        .parse()
        .map_err(|_| Problem::invalid(param, format!("Invalid integer: {text}")).code("parameter_invalid_integer"))?;
    if number < least {
        let message = format!("This value must be greater than or equal to {least}.");
        return Err(Problem::invalid(param, message).code("parameter_invalid_integer"));
    }
    Ok(number)
}
