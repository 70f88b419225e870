//! Judges a request body by the carrier's published shape: required keys, no others, types, lengths, ranges, words.
//! Every violation is told with its path, as the carrier does.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

use crate::money::thousandths;

/// The shape of one value.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum Shape {
    Object {
        #[serde(default)]
        closed: bool,
        #[serde(default)]
        required: Vec<String>,
        #[serde(default)]
        fields: BTreeMap<String, Shape>,
    },
    Array {
        min: Option<usize>,
        max: Option<usize>,
        each: Box<Shape>,
    },
    String {
        min: Option<usize>,
        max: Option<usize>,
        one_of: Option<Vec<String>>,
        form: Option<Form>,
    },
    Number {
        least: Option<Value>,
        most: Option<Value>,
        step: Option<String>,
    },
    Integer {
        least: Option<Value>,
        most: Option<Value>,
    },
    Boolean,
    Any,
}

/// What a text must look like beyond its length: the patterns and formats of the description.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Form {
    /// `17:30`.
    Clock,
    /// `2026-11-24`.
    Date,
    /// Anything whose first letter is no blank.
    NoLeadingBlank,
}

impl Form {
    fn holds(self, text: &str) -> bool {
        let two = |text: &str, most: u8| {
            text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit()) && text.parse().is_ok_and(|n: u8| n <= most)
        };
        match self {
            Form::Clock => text
                .split_once(':')
                .is_some_and(|(hour, minute)| two(hour, 23) && two(minute, 59)),
            Form::Date => text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok(),
            Form::NoLeadingBlank => !text.starts_with(char::is_whitespace),
        }
    }
}

/// The bodies the carrier takes; `None` only if the files in `schemas/` were broken, which a test rules out.
pub(super) struct Shapes {
    pub(super) rates: Shape,
    pub(super) shipment: Shape,
    pub(super) pickup: Shape,
}

static SHAPES: LazyLock<Option<Shapes>> = LazyLock::new(|| {
    Some(Shapes {
        rates: serde_json::from_str(include_str!("schemas/rates.json")).ok()?,
        shipment: serde_json::from_str(include_str!("schemas/shipment.json")).ok()?,
        pickup: serde_json::from_str(include_str!("schemas/pickup.json")).ok()?,
    })
});

/// Everything wrong with a body; empty when it is in order.
pub(super) fn violations(choose: impl Fn(&Shapes) -> &Shape, body: &Value) -> Vec<String> {
    let Some(shapes) = SHAPES.as_ref() else {
        return vec!["#: the shapes cannot be read".to_owned()];
    };
    let mut found = Vec::new();
    choose(shapes).judge(body, "#", &mut found);
    found
}

impl Shape {
    fn judge(&self, value: &Value, path: &str, found: &mut Vec<String>) {
        match self {
            Shape::Object {
                closed,
                required,
                fields,
            } => {
                let fields = (fields, *closed);
                judge_object(value, path, required, fields, found);
            }
            Shape::Array { min, max, each } => {
                let Some(entries) = value.as_array() else {
                    return wrong_type(path, "JSONArray", value, found);
                };
                judge_count(path, entries.len(), *min, *max, found);
                for (place, entry) in entries.iter().enumerate() {
                    each.judge(entry, &format!("{path}/{place}"), found);
                }
            }
            Shape::String { min, max, one_of, form } => {
                let Some(text) = value.as_str() else {
                    return wrong_type(path, "String", value, found);
                };
                judge_length(path, text, *min, *max, found);
                if one_of
                    .as_ref()
                    .is_some_and(|words| !words.iter().any(|word| word == text))
                {
                    found.push(format!("{path}: {text} is not a valid enum value"));
                }
                if form.is_some_and(|form| !form.holds(text)) {
                    found.push(format!("{path}: string [{text}] does not match its pattern"));
                }
            }
            Shape::Number { least, most, step } => {
                if !value.is_number() {
                    return wrong_type(path, "Number", value, found);
                }
                let decimals = thousandths(value);
                if step.is_some() && !decimals.is_some_and(|number| fits_step(number, step.as_deref())) {
                    let step = step.as_deref().unwrap_or_default();
                    found.push(format!("{path}: {value} is not a multiple of {step}"));
                }
                judge_range(path, value, least.as_ref(), most.as_ref(), found);
            }
            Shape::Integer { least, most } => {
                if !value.is_i64() && !value.is_u64() {
                    return wrong_type(path, "Integer", value, found);
                }
                judge_range(path, value, least.as_ref(), most.as_ref(), found);
            }
            Shape::Boolean if !value.is_boolean() => wrong_type(path, "Boolean", value, found),
            Shape::Boolean | Shape::Any => {}
        }
    }
}

fn judge_object(
    value: &Value,
    path: &str,
    required: &[String],
    (fields, closed): (&BTreeMap<String, Shape>, bool),
    found: &mut Vec<String>,
) {
    let Some(given) = value.as_object() else {
        return wrong_type(path, "JSONObject", value, found);
    };
    for key in required.iter().filter(|key| !given.contains_key(*key)) {
        found.push(format!("{path}: required key [{key}] not found"));
    }
    for (key, value) in given {
        match fields.get(key) {
            Some(shape) => shape.judge(value, &format!("{path}/{key}"), found),
            None if closed => found.push(format!("{path}: extraneous key [{key}] is not permitted")),
            None => {}
        }
    }
}

fn wrong_type(path: &str, expected: &str, value: &Value, found: &mut Vec<String>) {
    let actual = match value {
        Value::Null => "Null",
        Value::Bool(_) => "Boolean",
        Value::Number(_) => "Number",
        Value::String(_) => "String",
        Value::Array(_) => "JSONArray",
        Value::Object(_) => "JSONObject",
    };
    found.push(format!("{path}: expected type: {expected}, found: {actual}"));
}

fn judge_length(path: &str, text: &str, min: Option<usize>, max: Option<usize>, found: &mut Vec<String>) {
    let length = text.chars().count();
    if let Some(min) = min.filter(|min| length < *min) {
        found.push(format!("{path}: expected minLength: {min}, actual: {length}"));
    }
    if let Some(max) = max.filter(|max| length > *max) {
        found.push(format!("{path}: expected maxLength: {max}, actual: {length}"));
    }
}

fn judge_count(path: &str, count: usize, min: Option<usize>, max: Option<usize>, found: &mut Vec<String>) {
    if let Some(min) = min.filter(|min| count < *min) {
        found.push(format!("{path}: expected minimum item count: {min}, found: {count}"));
    }
    if let Some(max) = max.filter(|max| count > *max) {
        found.push(format!("{path}: expected maximum item count: {max}, found: {count}"));
    }
}

/// Ranges are compared in thousandths; a number too fine or too large for that fails its step anyway.
fn judge_range(path: &str, value: &Value, least: Option<&Value>, most: Option<&Value>, found: &mut Vec<String>) {
    let Some(number) = thousandths(value) else { return };
    if let Some(bound) = least.filter(|bound| thousandths(bound).is_some_and(|bound| number < bound)) {
        found.push(format!("{path}: {value} is not greater or equal to {bound}"));
    }
    if let Some(bound) = most.filter(|bound| thousandths(bound).is_some_and(|bound| number > bound)) {
        found.push(format!("{path}: {value} is not less or equal to {bound}"));
    }
}

fn fits_step(number: i64, step: Option<&str>) -> bool {
    let step = step
        .and_then(|step| serde_json::from_str(step).ok())
        .and_then(|step| thousandths(&step));
    step.is_none_or(|step| step == 0 || number % step == 0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_shapes_can_be_read() {
        assert!(SHAPES.is_some());
    }

    #[test]
    fn texts_have_the_forms_of_the_description() {
        for (form, good, bad) in [
            (
                Form::Clock,
                vec!["00:00", "23:59"],
                vec!["24:00", "7:30", "17:60", "1730", "17:5x"],
            ),
            (
                Form::Date,
                vec!["2026-11-24"],
                vec!["2026-02-30", "24.11.2026", "2026-11-24T00:00:00", ""],
            ),
            (Form::NoLeadingBlank, vec!["Shoes", ""], vec![" Shoes", "\tShoes"]),
        ] {
            assert!(good.iter().all(|text| form.holds(text)), "{good:?}");
            assert!(!bad.iter().any(|text| form.holds(text)), "{bad:?}");
        }
    }

    #[test]
    fn every_violation_is_told_with_its_path() {
        let body = json!({
            "customerDetails": {
                "shipperDetails": { "cityName": "New Castle", "countryCode": "USA", "postalCode": "19720" },
                "receiverDetails": { "cityName": "N".repeat(46), "countryCode": "KE" },
            },
            "plannedShippingDateAndTime": "2026-11-25T15:00:00 GMT-05:00",
            "unitOfMeasurement": "stone",
            "isCustomsDeclarable": "yes",
            "packages": [{ "weight": 1.8456, "dimensions": { "length": 0, "width": 1, "height": 1 }, "colour": "red" }],
        });

        let found = violations(|shapes| &shapes.rates, &body);

        let expected = [
            "#/customerDetails/shipperDetails/countryCode: expected maxLength: 2, actual: 3",
            "#/customerDetails/receiverDetails: required key [postalCode] not found",
            "#/customerDetails/receiverDetails/cityName: expected maxLength: 45, actual: 46",
            "#/unitOfMeasurement: stone is not a valid enum value",
            "#/isCustomsDeclarable: expected type: Boolean, found: String",
            "#/packages/0/weight: 1.8456 is not a multiple of 0.001",
            "#/packages/0/dimensions/length: 0 is not greater or equal to 0.001",
            "#/packages/0: extraneous key [colour] is not permitted",
        ];
        for sentence in expected {
            assert!(found.iter().any(|line| line == sentence), "{sentence} in {found:#?}");
        }
        assert_eq!(found.len(), expected.len(), "{found:#?}");
    }
}
