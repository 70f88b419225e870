//! What every rule row carries beside its rule: since when, until when, from where, checked when, and how sure.

use std::{borrow::Cow, fmt, marker::PhantomData};

use jiff::civil::Date;
use serde::{
    Deserialize, Deserializer,
    de::{
        DeserializeSeed, Error, IntoDeserializer, MapAccess, Visitor,
        value::{BoolDeserializer, MapAccessDeserializer, StrDeserializer},
    },
};

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
    /// One value for all three.
    pub(super) fn same(value: T) -> Self {
        Self {
            point: value,
            low: value,
            high: value,
        }
    }

    /// The figure of one view.
    pub(super) fn of(&self, view: View) -> T {
        match view {
            View::Point => self.point,
            View::Low => self.low,
            View::High => self.high,
        }
    }
}

const WRONG_VIEWS: &str = "wants one value, or point, low and high";

impl<'de, T: Copy + Deserialize<'de>> Deserialize<'de> for Views<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ViewsVisitor(PhantomData))
    }
}

struct ViewsVisitor<T>(PhantomData<T>);

impl<'de, T: Copy + Deserialize<'de>> Visitor<'de> for ViewsVisitor<T> {
    type Value = Views<T>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("one value, or point, low and high")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Views<T>, E> {
        let value = T::deserialize(BoolDeserializer::<E>::new(value)).map_err(|_| E::custom(WRONG_VIEWS))?;
        Ok(Views::same(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Views<T>, E> {
        let value = T::deserialize(StrDeserializer::<E>::new(value)).map_err(|_| E::custom(WRONG_VIEWS))?;
        Ok(Views::same(value))
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Views<T>, A::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Three<T> {
            point: T,
            low: T,
            high: T,
        }
        let Three { point, low, high } = Three::deserialize(MapAccessDeserializer::new(fields))
            .map_err(|_: A::Error| A::Error::custom(WRONG_VIEWS))?;
        Ok(Views { point, low, high })
    }
}

impl<T> Dated<T> {
    /// True on a day on which the rule holds.
    #[must_use]
    pub(super) fn holds_on(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }

    /// Days since a person, or the source itself, last said so.
    #[must_use]
    pub(super) fn age_on(&self, day: Date) -> i32 {
        self.checked_on.until(day).map_or(i32::MAX, |span| span.get_days())
    }

    /// True when the two hold on a common day.
    #[must_use]
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        let starts_before_end = |a: &Self, b: &Self| b.valid_to.is_none_or(|last| a.valid_from <= last);
        starts_before_end(self, other) && starts_before_end(other, self)
    }
}

/// Reads a row: the rule's own fields, and between them those that every row carries. An unknown or missing field is an error.
pub(super) fn read<'de, T: Deserialize<'de>, A: MapAccess<'de>>(fields: A) -> Result<Dated<T>, A::Error> {
    let mut header = Header::default();
    let own = OwnFields {
        fields,
        header: &mut header,
    };
    let rule = T::deserialize(MapAccessDeserializer::new(own))?;
    header.around(rule).map_err(A::Error::custom)
}

/// What every row carries, as far as it was met.
#[derive(Default)]
struct Header {
    id: Option<RowId>,
    valid_from: Option<Date>,
    valid_to: Option<Date>,
    checked_on: Option<Date>,
    source: Option<String>,
    confidence: Option<Confidence>,
    needs_review: bool,
    note: Option<String>,
}

impl Header {
    /// Takes the value when the field is one of the header's.
    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, fields: &mut A) -> Result<bool, A::Error> {
        let wrong = |e: A::Error| A::Error::custom(format!("{name}: {e}"));
        match name {
            "id" => self.id = fields.next_value().map_err(wrong)?,
            "valid_from" => self.valid_from = day(fields.next_value().map_err(wrong)?).map_err(wrong)?,
            "valid_to" => self.valid_to = day(fields.next_value().map_err(wrong)?).map_err(wrong)?,
            "checked_on" => self.checked_on = day(fields.next_value().map_err(wrong)?).map_err(wrong)?,
            "source" => self.source = fields.next_value().map_err(wrong)?,
            "confidence" => self.confidence = fields.next_value().map_err(wrong)?,
            "needs_review" => self.needs_review = fields.next_value().map_err(wrong)?,
            "note" => self.note = fields.next_value().map_err(wrong)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn around<T>(self, rule: T) -> Result<Dated<T>, &'static str> {
        let valid_from = self.valid_from.ok_or("valid_from is missing")?;
        if self.valid_to.is_some_and(|last| last < valid_from) {
            return Err("valid_to lies before valid_from");
        }
        let source = self.source.filter(|source| source.trim().len() >= 5);
        Ok(Dated {
            id: self.id.ok_or("id is missing")?,
            valid_from,
            valid_to: self.valid_to,
            checked_on: self.checked_on.ok_or("checked_on is missing")?,
            source: source.ok_or("source is missing")?,
            confidence: self.confidence.ok_or("confidence is missing")?,
            needs_review: self.needs_review,
            note: self.note,
            rule,
        })
    }
}

fn day<E: Error>(text: Option<Name<'_>>) -> Result<Option<Date>, E> {
    let read = |Name(text): Name<'_>| text.parse().map_err(|_| E::custom("not a day such as 2026-07-01"));
    text.map(read).transpose()
}

/// The fields of a row without those of the header, which are put aside on the way: nothing is read twice or kept in between.
struct OwnFields<'h, A> {
    fields: A,
    header: &'h mut Header,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for OwnFields<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        while let Some(Name(name)) = self.fields.next_key()? {
            if !self.header.take(&name, &mut self.fields)? {
                let name: StrDeserializer<'_, A::Error> = name.as_ref().into_deserializer();
                return seed.deserialize(name).map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.fields.next_value_seed(seed)
    }
}

/// The name of a field, borrowed where the text allows it.
pub(super) struct Name<'de>(pub(super) Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct NameVisitor;
        impl<'de> Visitor<'de> for NameVisitor {
            type Value = Name<'de>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a name")
            }

            fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }
        from.deserialize_str(NameVisitor)
    }
}
