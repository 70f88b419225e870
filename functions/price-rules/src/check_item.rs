//! Says whether a thing may travel to a country, before anybody puts it into a cart.

use domain::{
    Failure, Refusal, Timestamp,
    address::Country,
    landed_cost::{Described, HsCode, Route, Rules, Ruling, inspect},
    text::{Needs, TextRule},
};
use serde::{Deserialize, Serialize};

/// What a thing is called at its store.
const TITLE: TextRule = TextRule {
    field: "title",
    least: 3,
    most: 300,
    needs: Needs::LetterOrDigit,
};
const CATEGORY: TextRule = TextRule {
    field: "category",
    least: 0,
    ..TITLE
};

/// A thing, as its store describes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ItemForm {
    /// Its title.
    title: String,
    /// The store's category, if it is known.
    #[serde(default)]
    category: String,
    /// The customs code, if somebody knows it.
    #[serde(default)]
    hs_code: String,
    /// Where it shall go.
    country: Country,
}

/// What the rules say about it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Finding {
    /// `ok`, `review`, `permit` or `forbid`: the strictest of the verdicts.
    ruling: &'static str,
    /// For people.
    pub(crate) sentence: String,
    /// How it is shown: good, warn or error.
    #[serde(skip)]
    pub(crate) tone: &'static str,
    hs_code: Option<String>,
    hs_confidence: u8,
    danger: &'static str,
    pub(crate) verdicts: Vec<Reason>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Reason {
    ruling: &'static str,
    by: &'static str,
    code: String,
    pub(crate) reason: String,
    row: String,
    pub(crate) source: String,
}

pub(crate) fn run(rules: &Rules, from: Country, form: &ItemForm, now: Timestamp) -> Result<Finding, Failure> {
    let text = |rule: &TextRule, typed: &str| rule.unkept_line(typed).map_err(|wrong| Failure::Invalid(vec![wrong]));
    let (title, category) = (text(&TITLE, &form.title)?, text(&CATEGORY, &form.category)?);
    let wrong_code = || Failure::field("hs_code", "bad_code", "A customs code has 4, 6, 8 or 10 digits.");
    let hs_code: Option<HsCode> = match form.hs_code.trim() {
        "" => None,
        code => Some(code.parse().map_err(|_| wrong_code())?),
    };
    let carrier = rules
        .carrier_to(form.country, now.date())
        .ok_or(Refusal::CountryNotServed)?;
    let thing = Described {
        title: &title,
        category: Some(category.as_str()).filter(|category| !category.is_empty()),
        hs_code: hs_code.as_ref(),
    };
    let route = Route {
        from,
        to: form.country,
        carrier: &carrier,
    };
    let found = inspect(rules, thing, route, now);
    let verdicts = found.verdicts.iter().map(|verdict| Reason {
        ruling: verdict.ruling.code(),
        by: verdict.by.code(),
        code: verdict.code.clone(),
        reason: verdict.reason.clone(),
        row: verdict.row.to_string(),
        source: verdict.source.clone(),
    });
    let ruling = found.ruling();
    let (tone, sentence) = words(ruling);
    Ok(Finding {
        ruling: ruling.code(),
        sentence: sentence.to_owned(),
        tone,
        hs_code: found.classification.code.as_ref().map(ToString::to_string),
        hs_confidence: found.classification.confidence,
        danger: found.danger.code(),
        verdicts: verdicts.collect(),
    })
}

fn words(ruling: Ruling) -> (&'static str, &'static str) {
    match ruling {
        Ruling::Ok => ("good", "We know of nothing that keeps it from travelling."),
        Ruling::Review => ("warn", "It can travel, and a person looks at it before it is bought."),
        Ruling::Permit => (
            "error",
            "It needs a permit that we do not obtain, so we cannot ship it.",
        ),
        Ruling::Forbid => ("error", "We cannot ship it."),
    }
}
