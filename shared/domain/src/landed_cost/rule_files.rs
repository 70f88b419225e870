//! Reads rule files: lists of rows, each with the table it belongs to.
//!
//! Two readers: [`Rules::parse`] checks everything and names what is wrong; [`Rules::shipped`] reads what a test has checked before, in one
//! pass and without keeping anything twice, because every new process pays for it.

use std::{collections::BTreeSet, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor, value::MapDeserializer};
use serde_json::{Map, Value};

use super::{
    dated::Name,
    row::RowId,
    rules::{Rules, RulesError, RulesVersion},
};

impl Rules {
    /// The names and texts of the rule files that come with the shop.
    pub const SHIPPED: &[(&str, &str)] = &[
        ("shop.json", include_str!("../../rules/shop.json")),
        ("exchange.json", include_str!("../../rules/exchange.json")),
        ("freight.json", include_str!("../../rules/freight.json")),
        ("classification.json", include_str!("../../rules/classification.json")),
        ("restrictions.json", include_str!("../../rules/restrictions.json")),
        ("weights.json", include_str!("../../rules/weights.json")),
        ("east-africa.json", include_str!("../../rules/east-africa.json")),
        ("kenya.json", include_str!("../../rules/kenya.json")),
        ("africa.json", include_str!("../../rules/africa.json")),
        ("world.json", include_str!("../../rules/world.json")),
    ];

    /// The version of the shipped files: the day they were last edited, and the beginning of their hash. A test says when it is wrong.
    pub const SHIPPED_VERSION: &str = "2026-12-01-6049829a";

    /// The rules that come with the shop.
    ///
    /// # Errors
    /// Never for a build whose tests pass.
    pub fn shipped() -> Result<Self, RulesError> {
        let mut rules = Self::default();
        for (file, text) in Self::SHIPPED {
            let mut json = serde_json::Deserializer::from_str(text);
            RowsInto(&mut rules)
                .deserialize(&mut json)
                .and_then(|()| json.end())
                .map_err(|error| RulesError::file(file, error))?;
        }
        rules.version = RulesVersion(Self::SHIPPED_VERSION.to_owned());
        Ok(rules)
    }

    /// Reads rule files: pairs of a name and a JSON text that is a list of rows.
    ///
    /// # Errors
    /// The first file, row or pair of rows that is wrong, by name.
    pub fn parse(files: &[(&str, &str)]) -> Result<Self, RulesError> {
        let mut rules = Self::default();
        let mut seen = BTreeSet::new();
        for (file, text) in files {
            let rows: Vec<Map<String, Value>> =
                serde_json::from_str(text).map_err(|error| RulesError::file(file, error))?;
            for (position, fields) in rows.into_iter().enumerate() {
                rules.add_named(file, position, fields, &mut seen)?;
            }
        }
        rules.check_overlaps()?;
        Ok(rules)
    }

    /// Reads one row that somebody has written, and says what is wrong with it by its name.
    pub(super) fn add_named(
        &mut self,
        file: &str,
        position: usize,
        mut fields: Map<String, Value>,
        seen: &mut BTreeSet<RowId>,
    ) -> Result<(), RulesError> {
        let text = |fields: &Map<String, Value>, name| fields.get(name).and_then(Value::as_str).map(str::to_owned);
        let id = text(&fields, "id");
        let wrong = |reason: String| RulesError::Row {
            file: file.to_owned(),
            row: id.clone().unwrap_or_else(|| format!("number {}", position + 1)),
            reason,
        };
        let name = id.as_deref().ok_or_else(|| wrong("id is missing".into()))?;
        let row: RowId = name.parse().map_err(|e: super::row::NotARowId| wrong(e.to_string()))?;
        if !seen.insert(row) {
            return Err(wrong("the id is used twice".into()));
        }
        let table = text(&fields, "table").ok_or_else(|| wrong("table is missing".into()))?;
        fields.remove("table");
        let fields = MapDeserializer::new(fields.into_iter());
        self.add(&table, fields)
            .map_err(|error: serde_json::Error| wrong(error.to_string()))
    }
}

impl RulesError {
    fn file(file: &str, error: serde_json::Error) -> Self {
        Self::File {
            file: file.to_owned(),
            reason: error.to_string(),
        }
    }
}

/// Takes a list of rows into the rules.
struct RowsInto<'r>(&'r mut Rules);

/// Takes one row into the rules; its first field is `table`.
struct RowInto<'r>(&'r mut Rules);

impl<'de> DeserializeSeed<'de> for RowsInto<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for RowsInto<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a list of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        while rows.next_element_seed(RowInto(self.0))?.is_some() {}
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for RowInto<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for RowInto<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a row that begins with its table")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        match fields.next_key()? {
            Some(Name(name)) if name == "table" => {
                let Name(table) = fields.next_value()?;
                self.0.add(&table, fields)
            }
            Some(_) | None => Err(A::Error::custom("a row begins with its table")),
        }
    }
}
