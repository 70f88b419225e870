//! Which customs code an item has, by the words of its title and category, with how sure that is.

use serde::Deserialize;

use super::{
    hs::{Classification, HsCode},
    rules::{Rules, holding},
    table::Table,
    trace::Trace,
    want::Described,
    words::{Phrase, Words},
};

/// Below this the range of the price is widened to what any goods may cost.
pub(super) const SURE_ENOUGH: u8 = 60;

/// Words that lead to a customs code.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClassRow {
    /// The code.
    pub hs: HsCode,
    /// Phrases of a title.
    pub words: Vec<Phrase>,
    /// Phrases that show that it is something else.
    #[serde(default)]
    pub unless: Vec<Phrase>,
    /// How sure a title is, 0 to 100.
    pub confidence_percent: u8,
    /// Phrases of a category.
    #[serde(default)]
    pub category: Vec<Phrase>,
    /// How sure a category alone is, 0 to 100.
    #[serde(default)]
    pub category_percent: u8,
}

impl Table for ClassRow {
    fn key(&self) -> String {
        format!("{} {:?} {:?}", self.hs, self.words, self.category)
    }

    fn check(&self) -> Result<(), String> {
        if self.words.is_empty() && self.category.is_empty() {
            return Err("a code needs words or a category".into());
        }
        let highest = self.confidence_percent.max(self.category_percent);
        if highest > 100 {
            Err("nothing is surer than 100".into())
        } else {
            Ok(())
        }
    }
}

/// The code that a person set, else the surest that the words lead to; the longer phrase wins among equals.
pub(super) fn classify(rules: &Rules, thing: Described<'_>, trace: &mut Trace) -> Classification {
    if let Some(code) = thing.hs_code {
        return Classification {
            code: Some(code.clone()),
            confidence: 100,
            rule: None,
        };
    }
    let title = Words::of(thing.title);
    let category = Words::of(thing.category.unwrap_or_default());
    let scored = holding(&rules.classifications, trace.day).filter_map(|row| {
        if title.contain_any(&row.rule.unless) {
            return None;
        }
        let by_title = title
            .longest(&row.rule.words)
            .map(|length| (row.rule.confidence_percent, length));
        let by_category = category
            .longest(&row.rule.category)
            .map(|length| (row.rule.category_percent, length));
        by_title.max(by_category).map(|score| (score, row))
    });
    // A later row wins only when it is better, so the order of the file decides among equals.
    let best = scored.reduce(|best, next| if next.0 > best.0 { next } else { best });
    let Some(((confidence, _), row)) = best else {
        return Classification::unknown();
    };
    trace.uses(row);
    Classification {
        code: Some(row.rule.hs.clone()),
        confidence,
        rule: Some(row.id.clone()),
    }
}
