//! How AliExpress writes values: lists in four shapes, numbers as text and text as numbers. Only the fields we read are named.

use domain::{Currency, Decimal, Money};
use serde::{Deserialize, Deserializer, de::DeserializeOwned, de::Error as _};
use serde_json::Value;

use crate::lenient::{Each, maybe};

/// A list whose entries stand each for itself, in the same four shapes: one that cannot be read does not take the others with it.
pub(super) fn each<'de, D: Deserializer<'de>, T: DeserializeOwned>(wire: D) -> Result<Each<T>, D::Error> {
    let entries = Value::Array(entries(Value::deserialize(wire)?));
    serde_json::from_value(entries).map_err(D::Error::custom)
}

/// A text that we can do without: nothing when it is no text, number or truth value.
pub(super) fn maybe_text<'de, D: Deserializer<'de>>(wire: D) -> Result<Option<String>, D::Error> {
    Ok(maybe::<_, Id>(wire)?.and_then(|id| id.text))
}

/// A part of an answer that we can do without.
pub(super) fn or_default<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(wire: D) -> Result<T, D::Error> {
    Ok(maybe(wire)?.unwrap_or_default())
}

/// A list of which every entry counts, since a proof or a sum is made of it: an array, an object with one array inside, one single entry (bare or under its type name), or nothing at all.
pub(super) fn list<'de, D: Deserializer<'de>, T: DeserializeOwned>(wire: D) -> Result<Vec<T>, D::Error> {
    entries(Value::deserialize(wire)?)
        .into_iter()
        .map(|entry| serde_json::from_value(entry).map_err(D::Error::custom))
        .collect()
}

fn entries(value: Value) -> Vec<Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(entries) => entries,
        Value::Object(fields) => {
            let mut values = fields.clone().into_iter().map(|(_, inner)| inner);
            match (values.next(), values.next()) {
                (None, _) => Vec::new(),
                // The list under its type name, or its only entry there.
                (Some(only), None) => match only {
                    Value::Array(entries) => entries,
                    Value::Null => Vec::new(),
                    Value::Object(_) | Value::String(_) | Value::Number(_) | Value::Bool(_) => vec![only],
                },
                (Some(_), Some(_)) => vec![Value::Object(fields)],
            }
        }
        Value::String(_) | Value::Number(_) | Value::Bool(_) => vec![value],
    }
}

/// A text, number or truth value as text; empty text counts as absent.
pub(super) fn text<'de, D: Deserializer<'de>>(wire: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(wire)? {
        Value::String(text) => Some(text).filter(|text| !text.trim().is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null => None,
        Value::Array(_) | Value::Object(_) => return Err(D::Error::custom("expected a text or a number")),
    })
}

/// A truth value, also as the text `true` or the number 1.
pub(super) fn flag<'de, D: Deserializer<'de>>(wire: D) -> Result<bool, D::Error> {
    Ok(text(wire)?.is_some_and(|text| matches!(text.as_str(), "true" | "1")))
}

/// Order ids come as bare numbers, sometimes as texts.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Id {
    #[serde(deserialize_with = "text")]
    pub(super) text: Option<String>,
}

/// An amount with its currency.
#[derive(Deserialize)]
pub(super) struct Amount {
    #[serde(default, deserialize_with = "text")]
    amount: Option<String>,
    #[serde(default, deserialize_with = "text")]
    currency_code: Option<String>,
}

impl Amount {
    /// As money, when both halves are there and fit each other.
    pub(super) fn money(&self) -> Option<Money> {
        money(self.amount.as_deref()?, self.currency_code.as_deref()?)
    }
}

/// Money out of decimal text and a currency code.
pub(super) fn money(amount: &str, currency: &str) -> Option<Money> {
    Money::parse(amount, currency.parse::<Currency>().ok()?).ok()
}

/// A decimal text times ten to the power of `up`, rounded to a whole number: `0.213` kilograms are 213 grams.
pub(super) fn whole(text: &str, up: u8) -> Option<u32> {
    let value: Decimal = text.trim().parse().ok()?;
    u32::try_from(value.shifted(up, 0)?.of(1)?).ok()
}

/// An address without scheme, as AliExpress writes pictures and links, made whole. Anything that is no web address is dropped.
pub(super) fn web_address(text: &str) -> Option<String> {
    let text = text.trim();
    let whole = if text.starts_with("//") {
        format!("https:{text}")
    } else {
        text.to_owned()
    };
    let url = url::Url::parse(&whole).ok()?;
    matches!(url.scheme(), "https" | "http").then(|| url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Listed {
        #[serde(default, deserialize_with = "list")]
        items: Vec<Item>,
    }

    #[derive(Deserialize, PartialEq, Debug)]
    struct Item {
        #[serde(default, deserialize_with = "text")]
        id: Option<String>,
        #[serde(default, deserialize_with = "flag")]
        tracking: bool,
    }

    fn ids(json: &str) -> Vec<String> {
        let listed: Listed = serde_json::from_str(json).unwrap();
        listed.items.into_iter().filter_map(|item| item.id).collect()
    }

    #[test]
    fn a_list_is_read_in_every_shape_it_arrives_in() {
        for (json, expected) in [
            (r#"{"items":[{"id":"1"},{"id":2}]}"#, vec!["1", "2"]),
            (r#"{"items":{"item_d_t_o":[{"id":"1"},{"id":2}]}}"#, vec!["1", "2"]),
            (r#"{"items":{"item_d_t_o":{"id":"1","tracking":true}}}"#, vec!["1"]),
            (r#"{"items":{"id":"1","tracking":"true"}}"#, vec!["1"]),
            (r#"{"items":{}}"#, vec![]),
            (r#"{"items":null}"#, vec![]),
            (r#"{}"#, vec![]),
        ] {
            assert_eq!(ids(json), expected, "{json}");
        }
    }

    #[test]
    fn sixteen_digit_numbers_keep_every_digit() {
        assert_eq!(
            ids(r#"{"items":[{"id":8190000000000001},{"id":18446744073709551615}]}"#),
            ["8190000000000001", "18446744073709551615"]
        );
    }

    #[test]
    fn truth_is_told_in_words_and_numbers() {
        for (json, truth) in [
            ("true", true),
            (r#""true""#, true),
            ("1", true),
            ("false", false),
            (r#""""#, false),
            ("null", false),
        ] {
            let item: Item = serde_json::from_str(&format!(r#"{{"tracking":{json}}}"#)).unwrap();
            assert_eq!(item.tracking, truth, "{json}");
        }
    }

    #[test]
    fn weights_and_lengths_are_rounded_to_whole_units() {
        for (text, up, expected) in [
            ("0.213", 3, Some(213)),
            ("1", 3, Some(1000)),
            ("0.2135", 3, Some(214)),
            ("39", 1, Some(390)),
            ("-1", 1, None),
            ("x", 1, None),
        ] {
            assert_eq!(whole(text, up), expected, "{text}");
        }
    }

    #[test]
    fn only_web_addresses_are_kept() {
        assert_eq!(
            web_address("//ae01.example/a.jpg").as_deref(),
            Some("https://ae01.example/a.jpg")
        );
        assert_eq!(web_address("javascript:alert(1)"), None);
        assert_eq!(web_address(""), None);
    }
}
