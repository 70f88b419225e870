//! What every rule row carries beside its rule: since when, until when, from where, checked when, and how sure.

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, de::Error};
use serde_json::{Map, Value};

use super::row::RowId;

/// A rule with its dates and its source.
#[derive(Clone, Debug)]
pub(super) struct Dated<T> {
    /// Its name, kept with every price that used it.
    pub id: RowId,
    /// The first day.
    pub valid_from: Date,
    /// The last day; nothing while it holds.
    pub valid_to: Option<Date>,
    /// When a person last compared it with its source.
    pub checked_on: Date,
    /// Where the figure comes from.
    pub source: String,
    /// How sure that is.
    pub confidence: Confidence,
    /// True while a person still has to confirm it.
    pub needs_review: bool,
    /// What to know about it.
    pub note: Option<String>,
    /// The rule itself.
    pub rule: T,
}

/// How sure a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Confidence {
    /// The official text, or an authority as quoted by the press or a tax firm.
    Law,
    /// A secondary guide.
    Secondary,
    /// Nobody has confirmed it.
    Unconfirmed,
    /// Our own decision, such as a fee.
    Shop,
}

/// A figure with what it may turn out to be. A plain value in a row means that all three are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Views<T> {
    /// What is charged.
    pub point: T,
    /// What it may be if things fall well.
    pub low: T,
    /// What it may be if things fall badly.
    pub high: T,
}

/// Which of the three figures is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    /// The estimate that is charged.
    Point,
    /// The low end.
    Low,
    /// The high end.
    High,
}

impl<T: Copy> Views<T> {
    /// The figure of one view.
    pub(super) fn of(&self, view: View) -> T {
        match view {
            View::Point => self.point,
            View::Low => self.low,
            View::High => self.high,
        }
    }
}

impl<'de, T: Copy + Deserialize<'de>> Deserialize<'de> for Views<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Three<T> {
            point: T,
            low: T,
            high: T,
        }
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form<T> {
            One(T),
            Three(Three<T>),
        }
        let form = Form::deserialize(from).map_err(|_| D::Error::custom("wants one value, or point, low and high"))?;
        Ok(match form {
            Form::One(value) => Self {
                point: value,
                low: value,
                high: value,
            },
            Form::Three(Three { point, low, high }) => Self { point, low, high },
        })
    }
}

impl<T> Dated<T> {
    /// True on a day on which the rule holds.
    #[must_use]
    pub(super) fn holds_on(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }

    /// True when the two hold on a common day.
    #[must_use]
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        let starts_before_end = |a: &Self, b: &Self| b.valid_to.is_none_or(|last| a.valid_from <= last);
        starts_before_end(self, other) && starts_before_end(other, self)
    }
}

/// Takes the dates and the source out of a row and reads the rest as the rule; an unknown or missing field is an error.
pub(super) fn read<T: for<'de> Deserialize<'de>>(
    id: RowId,
    mut fields: Map<String, Value>,
) -> Result<Dated<T>, String> {
    let valid_from = day(&mut fields, "valid_from")?.ok_or("valid_from is missing")?;
    let valid_to = day(&mut fields, "valid_to")?;
    let checked_on = day(&mut fields, "checked_on")?.ok_or("checked_on is missing")?;
    let source = text(&mut fields, "source")?.ok_or("source is missing")?;
    let note = text(&mut fields, "note")?;
    let confidence = fields.remove("confidence").ok_or("confidence is missing")?;
    let confidence = Confidence::deserialize(confidence).map_err(|e| format!("confidence: {e}"))?;
    let needs_review = match fields.remove("needs_review") {
        None => false,
        Some(Value::Bool(flag)) => flag,
        Some(_) => return Err("needs_review is neither true nor false".into()),
    };
    if source.trim().len() < 5 {
        return Err("source is missing".into());
    }
    if valid_to.is_some_and(|last| last < valid_from) {
        return Err("valid_to lies before valid_from".into());
    }
    let rule = T::deserialize(Value::Object(fields)).map_err(|e| e.to_string())?;
    Ok(Dated {
        id,
        valid_from,
        valid_to,
        checked_on,
        source,
        confidence,
        needs_review,
        note,
        rule,
    })
}

pub(super) fn text(fields: &mut Map<String, Value>, name: &str) -> Result<Option<String>, String> {
    match fields.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("{name} is not text")),
    }
}

fn day(fields: &mut Map<String, Value>, name: &str) -> Result<Option<Date>, String> {
    let Some(text) = text(fields, name)? else {
        return Ok(None);
    };
    text.parse()
        .map(Some)
        .map_err(|_| format!("{name} is not a day such as 2026-07-01"))
}
