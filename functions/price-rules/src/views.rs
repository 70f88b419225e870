//! What the answers show: sections of printed rules, each with its row, its source and how sure that is.

use askama::Template;
use domain::{
    Timestamp,
    address::Country,
    landed_cost::{Destination, PrintedRule, PrintedSection, Rules},
};
use serde::{Deserialize, Serialize};
use web::Draft;

use crate::check_item::Finding;

/// Of which country the limits are asked.
#[derive(Debug, Deserialize)]
pub(crate) struct Where {
    #[serde(default)]
    pub(crate) country: Option<Country>,
}

/// Rules about the same thing.
#[derive(Clone, Serialize)]
struct Section {
    heading: &'static str,
    rules: Vec<Rule>,
}

#[derive(Clone, Serialize)]
struct Rule {
    row: String,
    sentence: String,
    source: String,
    checked_on: String,
    is_confirmed: bool,
}

/// What we take and what we promise.
#[derive(Serialize, Template)]
#[template(path = "fees.html")]
pub(crate) struct Fees {
    sections: Vec<Section>,
    rules_version: String,
}

/// Where we deliver.
#[derive(Serialize, Template)]
#[template(path = "countries.html")]
pub(crate) struct Countries {
    countries: Vec<Served>,
    rules_version: String,
}

#[derive(Clone, Serialize)]
struct Served {
    country: String,
    name: String,
    currency: String,
    is_confirmed: bool,
}

/// What one country takes at its border.
#[derive(Serialize, Template)]
#[template(path = "country.html")]
pub(crate) struct CountryPage {
    country: String,
    name: String,
    currency: String,
    is_confirmed: bool,
    sections: Vec<Section>,
    rules_version: String,
}

/// What cannot travel, with a form to ask about one thing.
#[derive(Clone, Serialize, Template)]
#[template(path = "restricted_items.html")]
pub(crate) struct RestrictedItems {
    /// What was found about the thing that was asked about.
    finding: Option<Finding>,
    sections: Vec<Section>,
    rules_version: String,
    #[serde(skip)]
    countries: Vec<(String, String)>,
    #[serde(skip)]
    draft: Draft,
}

impl Fees {
    pub(crate) fn of(rules: &Rules, now: Timestamp) -> Self {
        Self {
            sections: sections(rules.printed(now.date())),
            rules_version: rules.version().as_str().to_owned(),
        }
    }
}

impl Countries {
    pub(crate) fn of(rules: &Rules, now: Timestamp) -> Self {
        Self {
            countries: served(rules, now),
            rules_version: rules.version().as_str().to_owned(),
        }
    }
}

impl CountryPage {
    /// Nothing for a country we do not deliver to.
    pub(crate) fn of(rules: &Rules, to: Country, now: Timestamp) -> Option<Self> {
        let Served {
            country,
            name,
            currency,
            is_confirmed,
        } = served(rules, now).into_iter().find(|row| row.country == to.code())?;
        Some(Self {
            country,
            name,
            currency,
            is_confirmed,
            sections: sections(rules.printed_country(to, now.date())),
            rules_version: rules.version().as_str().to_owned(),
        })
    }
}

impl RestrictedItems {
    pub(crate) fn of(rules: &Rules, from: Country, to: Option<Country>, now: Timestamp) -> Self {
        let country = to.map_or("KE".to_owned(), |to| to.to_string());
        Self {
            finding: None,
            sections: sections(rules.printed_limits(from, to, now.date())),
            rules_version: rules.version().as_str().to_owned(),
            countries: served(rules, now)
                .into_iter()
                .map(|row| (row.country, row.name))
                .collect(),
            draft: Draft::empty().with("country", country),
        }
    }

    /// The same page with what was typed.
    pub(crate) fn with(self, draft: Draft) -> Self {
        Self { draft, ..self }
    }

    /// The same page with what was found.
    pub(crate) fn saying(self, finding: Finding) -> Self {
        Self {
            finding: Some(finding),
            ..self
        }
    }
}

fn served(rules: &Rules, now: Timestamp) -> Vec<Served> {
    let row = |row: &Destination| Served {
        country: row.dest.to_string(),
        name: row.name.clone(),
        currency: row.customs_currency.to_string(),
        is_confirmed: !rules.has_open_questions(row.dest, now.date()),
    };
    let mut all: Vec<_> = rules.destinations(now.date()).into_iter().map(row).collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

fn sections(printed: Vec<PrintedSection>) -> Vec<Section> {
    let section = |section: PrintedSection| Section {
        heading: section.heading,
        rules: section.rules.into_iter().map(rule).collect(),
    };
    printed.into_iter().map(section).collect()
}

fn rule(rule: PrintedRule) -> Rule {
    Rule {
        row: rule.row.to_string(),
        sentence: rule.sentence,
        source: rule.source,
        checked_on: rule.checked_on.strftime("%-d %B %Y").to_string(),
        is_confirmed: rule.is_confirmed,
    }
}
