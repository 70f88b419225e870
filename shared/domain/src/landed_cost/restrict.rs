//! What must not travel, and what travels only with care: by carrier, by destination, by the law of the country it leaves.

use serde::Deserialize;

use super::{
    dangerous::Danger,
    dated::Dated,
    hs::Classification,
    row::RowId,
    rules::{Rules, holding},
    table::{HsPrefix, Match, Table},
    trace::Trace,
    want::Described,
    words::{Phrase, Words},
};
use crate::{address::Country, product::ProviderCode};

/// What a rule says about an item, the mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ruling {
    /// It travels.
    Ok,
    /// It travels, and somebody looks at it first.
    Review,
    /// It needs a paper that we do not obtain.
    Permit,
    /// It does not travel.
    Forbid,
}

/// Who says it. When several forbid, the first in this order is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authority {
    /// The carrier.
    Carrier,
    /// The country it goes to.
    Destination,
    /// The country it leaves.
    Origin,
}

impl Ruling {
    /// The stable word for programs and rule rows.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Review => "review",
            Self::Permit => "permit",
            Self::Forbid => "forbid",
        }
    }
}

impl Authority {
    /// The stable word for programs and rule rows.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Carrier => "carrier",
            Self::Destination => "destination",
            Self::Origin => "origin",
        }
    }
}

/// What one rule says about one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What it says.
    pub ruling: Ruling,
    /// Who says it.
    pub by: Authority,
    /// Why, as the end of a sentence.
    pub reason: String,
    /// The stable word for programs: the danger, or `restricted`.
    pub code: String,
    /// The row.
    pub row: RowId,
    /// Where the row has it from.
    pub source: String,
}

/// From where to where, and with whom.
#[derive(Clone, Copy, Debug)]
pub struct Route<'a> {
    /// Where our warehouse is.
    pub from: Country,
    /// Where the parcel goes.
    pub to: Country,
    /// Who carries it.
    pub carrier: &'a ProviderCode,
}

/// Goods that are forbidden or need care.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Restriction {
    /// Who says it.
    pub by: Authority,
    /// The carrier it holds for.
    pub carrier: Match<ProviderCode>,
    /// The destination it holds for.
    pub dest: Match<Country>,
    /// The country of our warehouse it holds for.
    pub origin: Match<Country>,
    /// Kinds of goods.
    #[serde(default)]
    pub hs_prefixes: Vec<HsPrefix>,
    /// Phrases of a title or category.
    #[serde(default)]
    pub words: Vec<Phrase>,
    /// Phrases that show that it is something else.
    #[serde(default)]
    pub unless: Vec<Phrase>,
    /// What it says.
    pub verdict: Ruling,
    /// The office that grants a permit.
    #[serde(default)]
    pub agency: Option<String>,
    /// Why, as the end of a sentence.
    pub reason: String,
}

/// Words that give a danger away.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DangerRow {
    /// The danger.
    pub danger: Danger,
    /// Kinds of goods.
    #[serde(default)]
    pub hs_prefixes: Vec<HsPrefix>,
    /// Phrases of a title.
    #[serde(default)]
    pub words: Vec<Phrase>,
    /// Phrases that show that it is something else.
    #[serde(default)]
    pub unless: Vec<Phrase>,
}

/// What a carrier says about a danger.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Acceptance {
    /// The carrier it holds for.
    pub carrier: Match<ProviderCode>,
    /// The danger.
    pub danger: Danger,
    /// What it says.
    pub verdict: Ruling,
    /// Why, or what to heed, as the end of a sentence.
    pub reason: String,
}

impl Table for Restriction {
    fn key(&self) -> String {
        format!(
            "{:?} {} {} {} {:?} {:?}",
            self.by, self.carrier, self.dest, self.origin, self.hs_prefixes, self.words
        )
    }

    fn check(&self) -> Result<(), String> {
        if self.words.is_empty() && self.hs_prefixes.is_empty() {
            return Err("a restriction needs words or kinds of goods".into());
        }
        if self.verdict == Ruling::Permit && self.agency.is_none() {
            Err("a permit has an agency".into())
        } else {
            Ok(())
        }
    }
}

impl Table for DangerRow {
    fn key(&self) -> String {
        format!("{} {:?} {:?}", self.danger, self.words, self.hs_prefixes)
    }

    fn check(&self) -> Result<(), String> {
        if self.words.is_empty() && self.hs_prefixes.is_empty() {
            return Err("a danger needs words or kinds of goods".into());
        }
        Ok(())
    }
}

impl Table for Acceptance {
    fn key(&self) -> String {
        format!("{} {}", self.carrier, self.danger)
    }
}

/// The rows that are about a thing: what it is called and which code it has were looked up once, for whatever way it may go.
pub(super) struct Matching<'a> {
    dangers: Vec<&'a Dated<DangerRow>>,
    restrictions: Vec<&'a Dated<Restriction>>,
}

/// Looks a thing up among the restrictions that are worth a look.
pub(super) fn matching<'a>(
    rules: &'a Rules,
    thing: Described<'_>,
    class: &Classification,
    is_worth: impl Fn(&Restriction) -> bool,
    trace: &Trace,
) -> Matching<'a> {
    let title = Words::of(thing.title);
    let gives_away = |row: &&Dated<DangerRow>| {
        let rule = &row.rule;
        let named = title.contain_any(&rule.words) || kind_fits(&rule.hs_prefixes, class);
        named && !title.contain_any(&rule.unless)
    };
    let text = Words::of(&format!("{} . {}", thing.title, thing.category.unwrap_or_default()));
    let is_meant = |row: &&Dated<Restriction>| {
        let rule = &row.rule;
        is_worth(rule)
            && (text.contain_any(&rule.words) || kind_fits(&rule.hs_prefixes, class))
            && !text.contain_any(&rule.unless)
    };
    Matching {
        dangers: holding(&rules.dangers, trace.day).filter(gives_away).collect(),
        restrictions: holding(&rules.restrictions, trace.day).filter(is_meant).collect(),
    }
}

impl Matching<'_> {
    /// Of several dangers the one that carriers mind most.
    pub(super) fn danger(&self) -> Danger {
        let all = self.dangers.iter().map(|row| row.rule.danger);
        all.max_by_key(|danger| danger.rank()).unwrap_or_default()
    }

    /// Everything the rules say about it on one way, the decisive verdict first: forbidden by the carrier before forbidden by the
    /// destination before forbidden by export law, then permits, then what needs a look.
    pub(super) fn verdicts(&self, rules: &Rules, route: Route<'_>, trace: &mut Trace) -> Vec<Verdict> {
        let mut found = Vec::new();
        for row in &self.dangers {
            trace.uses(row);
            found.push(acceptance(rules, row, route, trace));
        }
        let restrictions = self.restrictions.iter().filter(|row| row.rule.is_on(route));
        found.extend(restrictions.map(|row| restricted(row)));
        found.sort_by(|a, b| b.ruling.cmp(&a.ruling).then(a.by.cmp(&b.by)).then(a.row.cmp(&b.row)));
        found.dedup();
        found
    }
}

impl Restriction {
    /// True when it holds on this way.
    pub(super) fn is_on(&self, route: Route<'_>) -> bool {
        self.carrier.fits(Some(route.carrier)) && self.dest.fits(Some(&route.to)) && self.origin.fits(Some(&route.from))
    }
}

fn restricted(row: &Dated<Restriction>) -> Verdict {
    let reason = match &row.rule.agency {
        Some(agency) => format!("{}; it needs a permit of {agency}", row.rule.reason),
        None => row.rule.reason.clone(),
    };
    Verdict {
        ruling: row.rule.verdict,
        by: row.rule.by,
        reason,
        code: "restricted".to_owned(),
        row: row.id.clone(),
        source: row.source.clone(),
    }
}

/// What the carrier says; a danger that no row speaks about is looked at by a person.
fn acceptance(rules: &Rules, found: &Dated<DangerRow>, route: Route<'_>, trace: &mut Trace) -> Verdict {
    let danger = found.rule.danger;
    let code = danger.code().to_owned();
    let row = holding(&rules.acceptances, trace.day)
        .filter(|row| row.rule.danger == danger && row.rule.carrier.fits(Some(route.carrier)))
        .max_by_key(|row| row.rule.carrier.exactness());
    let Some(row) = row else {
        let reason = "what the carrier says about it is not known".to_owned();
        return Verdict {
            ruling: Ruling::Review,
            by: Authority::Carrier,
            reason,
            code,
            row: found.id.clone(),
            source: found.source.clone(),
        };
    };
    trace.uses(row);
    Verdict {
        ruling: row.rule.verdict,
        by: Authority::Carrier,
        reason: row.rule.reason.clone(),
        code,
        row: row.id.clone(),
        source: row.source.clone(),
    }
}

fn kind_fits(prefixes: &[HsPrefix], class: &Classification) -> bool {
    class.code.is_some() && prefixes.iter().any(|prefix| prefix.fits(class.digits()))
}
