//! Reads answers piece by piece. A provider's list holds things that have nothing to do with each other, and one odd piece among them must
//! not take the others with it; a field that we can do without must not take the piece.

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::value::RawValue;

/// A list whose pieces stand each for itself. Nothing at all, null, and one piece without its list are lists too.
#[derive(Debug)]
pub(crate) struct Each<T> {
    /// The pieces that could be read, in their order.
    pub(crate) read: Vec<T>,
    /// The others, as they came.
    pub(crate) unread: Vec<String>,
}

impl<T> Default for Each<T> {
    fn default() -> Self {
        Self {
            read: Vec::new(),
            unread: Vec::new(),
        }
    }
}

impl<T> Each<T> {
    /// True when pieces came and none of them could be read: an answer that says nothing, not an empty one.
    pub(crate) fn is_unreadable(&self) -> bool {
        self.read.is_empty() && !self.unread.is_empty()
    }

    /// How many pieces came.
    pub(crate) fn len(&self) -> usize {
        self.read.len().saturating_add(self.unread.len())
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Each<T> {
    fn deserialize<D: Deserializer<'de>>(wire: D) -> Result<Self, D::Error> {
        let whole = Box::<RawValue>::deserialize(wire)?;
        let pieces: Vec<Box<RawValue>> = match serde_json::from_str(whole.get()) {
            Ok(Some(pieces)) => pieces,
            Ok(None) => Vec::new(),
            Err(_) => vec![whole],
        };
        let mut each = Self::default();
        for piece in pieces {
            match read(&piece) {
                Some(read) => each.read.push(read),
                None => each.unread.push(piece.get().to_owned()),
            }
        }
        Ok(each)
    }
}

/// A field we can do without: nothing when it is null or of another kind than told. Goes with `#[serde(default)]`.
pub(crate) fn maybe<'de, D: Deserializer<'de>, T: DeserializeOwned>(wire: D) -> Result<Option<T>, D::Error> {
    let told = Box::<RawValue>::deserialize(wire)?;
    Ok(read(&told))
}

/// An array would be read as the fields of a record in their order: no provider means that.
fn read<T: DeserializeOwned>(piece: &RawValue) -> Option<T> {
    let is_list = piece.get().trim_start().starts_with('[');
    (!is_list).then(|| serde_json::from_str(piece.get()).ok()).flatten()
}

/// Every way to damage one piece of a list in an answer: the piece as a whole, and each of its fields. With each body the place that it hurts.
#[cfg(test)]
pub(crate) fn damaged(body: &str, list: &str) -> Vec<(usize, String)> {
    use serde_json::{Value, json};

    let whole: Value = serde_json::from_str(body).unwrap();
    let pieces = whole.pointer(list).and_then(Value::as_array).unwrap();
    assert!(pieces.len() > 1, "{list} has nothing beside the damaged piece");
    let mut bodies = Vec::new();
    for (place, piece) in pieces.iter().enumerate() {
        let with = |piece: Value| {
            let mut body = whole.clone();
            *body.pointer_mut(&format!("{list}/{place}")).unwrap() = piece;
            (place, body.to_string())
        };
        let odd = [
            json!(null),
            json!(7),
            json!(""),
            json!([]),
            json!({}),
            json!({ "surprise": [[]] }),
        ];
        bodies.extend(odd.iter().cloned().map(with));
        for field in piece.as_object().unwrap().keys() {
            for value in &odd {
                let mut piece = piece.clone();
                piece[field] = value.clone();
                bodies.push(with(piece));
            }
            let mut piece = piece.clone();
            piece.as_object_mut().unwrap().remove(field);
            bodies.push(with(piece));
        }
    }
    bodies
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Answer {
        pieces: Each<Piece>,
        #[serde(deserialize_with = "maybe")]
        note: Option<String>,
    }

    #[derive(Debug, Deserialize)]
    struct Piece {
        id: u32,
    }

    #[test]
    fn one_odd_piece_does_not_take_the_others() {
        for (json, read, unread) in [
            (
                r#"{"pieces":[{"id":1},{"id":"x"},{"id":2}]}"#,
                vec![1, 2],
                vec![r#"{"id":"x"}"#],
            ),
            (r#"{"pieces":[null,7,{"id":1},[2]]}"#, vec![1], vec!["null", "7", "[2]"]),
            (r#"{"pieces":{"id":1}}"#, vec![1], vec![]),
            (r#"{"pieces":"soon"}"#, vec![], vec![r#""soon""#]),
            (r#"{"pieces":null}"#, vec![], vec![]),
            (r#"{"pieces":[]}"#, vec![], vec![]),
            ("{}", vec![], vec![]),
        ] {
            let answer: Answer = serde_json::from_str(json).unwrap();
            let ids: Vec<u32> = answer.pieces.read.iter().map(|piece| piece.id).collect();
            assert_eq!(ids, read, "{json}");
            assert_eq!(answer.pieces.unread, unread, "{json}");
            assert_eq!(
                answer.pieces.is_unreadable(),
                read.is_empty() && !unread.is_empty(),
                "{json}"
            );
            assert_eq!(answer.pieces.len(), read.len() + unread.len());
        }
    }

    #[test]
    fn a_field_we_can_do_without_is_nothing_when_it_is_odd() {
        for (json, note) in [
            (r#"{"note":"here"}"#, Some("here")),
            (r#"{"note":null}"#, None),
            (r#"{"note":{"a":[1]}}"#, None),
            (r#"{"note":["here"]}"#, None),
            ("{}", None),
        ] {
            let answer: Answer = serde_json::from_str(json).unwrap();
            assert_eq!(answer.note.as_deref(), note, "{json}");
        }
    }

    #[test]
    fn the_digits_of_a_number_are_kept() {
        let each: Each<Box<RawValue>> = serde_json::from_str("[8190000000000001.10]").unwrap();

        assert_eq!(each.read[0].get(), "8190000000000001.10");
    }
}
