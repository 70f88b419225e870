//! Every wrong field of a content, not only the first: serde stops at one, so it is given a stand-in for that one and asked again.

use domain::FieldError;
use serde_json::{Map, Value, json};

use crate::problem::Problem;

/// Fields that are named at most; whoever sends more is not filling in a form.
const MOST: usize = 40;

/// Content whose fields can be replaced.
pub(crate) trait Fields: Clone {
    /// Puts a value in the place of a field; nothing takes the field away.
    fn put(&mut self, name: &str, value: Option<&Value>);
}

impl Fields for Vec<(String, String)> {
    fn put(&mut self, name: &str, value: Option<&Value>) {
        self.retain(|(known, _)| known != name);
        let text = value.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        self.extend(text.map(|text| (name.to_owned(), text)));
    }
}

impl Fields for Map<String, Value> {
    fn put(&mut self, name: &str, value: Option<&Value>) {
        self.remove(name);
        if let Some(value) = value {
            self.insert(name.to_owned(), value.clone());
        }
    }
}

/// The problem with every field that is wrong, the first one first; `read` tries to read such content.
pub(crate) fn every_error<F: Fields>(problem: Problem, content: F, read: impl Fn(&F) -> Option<Problem>) -> Problem {
    let (mut found, mut content): (Vec<Found>, F) = (Vec::new(), content);
    let mut next = problem.errors().first().cloned();
    while let Some(error) = next.take() {
        let Some(name) = error.pointer.strip_prefix('/').map(str::to_owned) else {
            break;
        };
        let known = found.iter().position(|known| known.error.pointer == error.pointer);
        let at = known.unwrap_or(found.len());
        if known.is_none() {
            found.push(Found::of(error));
        }
        let stand_in = found.get_mut(at).and_then(|found| found.stand_ins.pop());
        // What lies deeper than a field of the content itself has no stand-in.
        if let Some(stand_in) = stand_in.filter(|_| !name.is_empty() && !name.contains('/') && at < MOST) {
            content.put(&name, stand_in.as_ref());
            next = read(&content).and_then(|problem| problem.errors().first().cloned());
        }
    }
    if found.is_empty() {
        return problem;
    }
    Problem::of_fields(found.into_iter().map(|found| found.error).collect())
}

/// A wrong field, and what can still be put in its place; the last one first.
struct Found {
    error: FieldError,
    stand_ins: Vec<Option<Value>>,
}

impl Found {
    fn of(error: FieldError) -> Self {
        let values = [json!({}), json!([]), json!(true), json!(1), json!("1"), json!("")];
        let mut stand_ins: Vec<Option<Value>> = values.into_iter().map(Some).collect();
        if error.code == "unknown" {
            stand_ins.push(None);
        }
        Self { error, stand_ins }
    }
}
