//! Which rows a price was made of, and what is doubtful about them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{
    component::{Component, ComponentKind},
    dated::{Confidence, Dated},
    remark::{Remark, Severity},
    row::RowId,
};
use crate::money::Money;

/// A row older than this is flagged until somebody looks at it again (review days are 1 January and 1 July).
const STALE_AFTER_DAYS: i32 = 200;

/// Collects the rows and remarks of one price.
#[derive(Debug)]
pub(super) struct Trace {
    pub(super) day: Date,
    pub(super) rules: BTreeSet<RowId>,
    pub(super) remarks: BTreeSet<Remark>,
}

/// The rows behind one figure.
#[derive(Clone, Debug, Default)]
pub(super) struct Cites(BTreeMap<RowId, String>);

impl Trace {
    pub(super) fn new(day: Date) -> Self {
        Self {
            day,
            rules: BTreeSet::new(),
            remarks: BTreeSet::new(),
        }
    }

    /// Notes that a row took part, and what is doubtful about it.
    pub(super) fn uses<T>(&mut self, row: &Dated<T>) -> Cites {
        self.rules.insert(row.id.clone());
        let note = row.note.as_deref().map(|note| format!(" {note}")).unwrap_or_default();
        if row.needs_review || row.confidence == Confidence::Unconfirmed {
            self.about_row(
                row,
                "row_unconfirmed",
                format!("Not confirmed yet: {}.{note}", row.source),
            );
        } else if row.note.is_some() {
            self.note(Remark {
                severity: Severity::Assumption,
                code: "row_note".into(),
                line: None,
                row: Some(row.id.clone()),
                sentence: note.trim().to_owned(),
            });
        }
        if row.age_on(self.day) > STALE_AFTER_DAYS {
            self.about_row(
                row,
                "row_stale",
                format!("A figure was last compared with its source on {}.", row.checked_on),
            );
        }
        Cites([(row.id.clone(), row.source.clone())].into())
    }

    /// Notes that a row was looked at and did not apply.
    pub(super) fn passes<T>(&mut self, row: &Dated<T>) {
        self.rules.insert(row.id.clone());
    }

    pub(super) fn note(&mut self, remark: Remark) {
        self.remarks.insert(remark);
    }

    /// A remark on one line, or on the whole when `line` is nothing.
    pub(super) fn say(&mut self, severity: Severity, code: &str, line: Option<u32>, sentence: impl Into<String>) {
        self.note(Remark {
            severity,
            code: code.into(),
            line,
            row: None,
            sentence: sentence.into(),
        });
    }

    /// A remark on a row that a person should look at.
    pub(super) fn about_row<T>(&mut self, row: &Dated<T>, code: &str, sentence: String) {
        let row = Some(row.id.clone());
        self.note(Remark {
            severity: Severity::NeedsReview,
            code: code.into(),
            line: None,
            row,
            sentence,
        });
    }
}

impl Cites {
    pub(super) fn add(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    pub(super) fn with(mut self, other: Self) -> Self {
        self.add(other);
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn ids(&self) -> Vec<RowId> {
        self.0.keys().cloned().collect()
    }

    pub(super) fn component(self, kind: ComponentKind, amount: Money) -> Component {
        let sources: BTreeSet<&str> = self.0.values().map(String::as_str).collect();
        let source = sources.into_iter().collect::<Vec<_>>().join("; ");
        Component {
            kind,
            amount,
            rules: self.ids(),
            source,
        }
    }
}
