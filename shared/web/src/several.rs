//! Boxes of one name: a form sends one box alone, and several as a list; programs send a list, or one value.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{Error, IntoDeserializer, SeqAccess, Visitor, value::StrDeserializer},
};

/// What was ticked or listed, in the order it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Several<T>(pub Vec<T>);

impl<T> Default for Several<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

struct OneOrList<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrList<T> {
    type Value = Several<T>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("one value or a list")
    }

    fn visit_str<E: Error>(self, one: &str) -> Result<Several<T>, E> {
        let one: StrDeserializer<'_, E> = one.into_deserializer();
        T::deserialize(one).map(|one| Several(vec![one]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Several<T>, A::Error> {
        let mut several = Vec::new();
        while let Some(one) = list.next_element()? {
            several.push(one);
        }
        Ok(Several(several))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Several<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(OneOrList(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Form {
        #[serde(default)]
        unit: Several<String>,
    }

    #[test]
    fn one_box_and_many_are_read_from_forms_and_json() {
        for (form, json, expected) in [
            ("", r#"{}"#, vec![]),
            ("unit=a", r#"{"unit":"a"}"#, vec!["a"]),
            ("unit=a&unit=b", r#"{"unit":["a","b"]}"#, vec!["a", "b"]),
        ] {
            let from_form: Form = serde_html_form::from_str(form).unwrap();
            let from_json: Form = serde_json::from_str(json).unwrap();
            assert_eq!(
                (from_form.unit.0, from_json.unit.0),
                (
                    expected.iter().map(|text| (*text).to_owned()).collect(),
                    expected.iter().map(|text| (*text).to_owned()).collect()
                )
            );
        }
        assert!(serde_json::from_str::<Form>(r#"{"unit":{"a":1}}"#).is_err());
    }
}
