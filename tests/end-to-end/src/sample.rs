//! The samples of `events/`: each complete event goes to its function as Lambda would bring it, and what comes out is compared.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde_json::{Map, Value};

use crate::{mark::with_marks, raw::raw, stage::Stage};

/// What a name must hold when the function refuses the sample.
const REFUSED: [&str; 6] = ["refused", "forged", "unknown", "malformed", "invalid", "not-"];

/// One event with what must come out.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The function it goes to.
    pub function: String,
    /// Its name, without the ending.
    pub name: String,
    /// The event as the file has it.
    pub event: String,
    /// What must come out.
    pub expected: Value,
}

/// How an invocation ended.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// The function answered.
    Answered(Value),
    /// The invocation failed, as the event source is told.
    Failed(String),
}

impl Sample {
    /// Whether the function is to refuse it.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        REFUSED.iter().any(|word| self.name.contains(word))
    }
}

/// Every sample of every function, in the order of their names.
///
/// # Errors
/// When a file cannot be read, is no JSON, or has no expectation beside it.
pub fn samples() -> anyhow::Result<Vec<Sample>> {
    let mut all = Vec::new();
    for folder in entries(&events())? {
        let function = name_of(&folder);
        if !folder.is_dir() || function == "messages" {
            continue;
        }
        for file in entries(&folder)? {
            let name = name_of(&file);
            let Some(name) = name.strip_suffix(".json").filter(|name| !name.ends_with(".expect")) else {
                continue;
            };
            let event = read(&file)?;
            let expected = folder.join(format!("{name}.expect.json"));
            let expected = serde_json::from_str(&read(&expected)?).with_context(|| expected.display().to_string())?;
            all.push(Sample {
                function: function.clone(),
                name: name.to_owned(),
                event,
                expected,
            });
        }
    }
    Ok(all)
}

fn events() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events")
}

fn entries(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let listed = std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut paths = listed
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    Ok(paths)
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| path.display().to_string())
}

impl Stage {
    /// Brings an event to a function as Lambda does.
    ///
    /// # Errors
    /// When Lambda itself does not answer.
    pub async fn invoke(&self, function: &str, event: &str) -> anyhow::Result<Outcome> {
        let address = format!(
            "{}/2015-03-31/functions/{function}/invocations",
            self.stack()?.address("lambda")
        );
        let answer = raw("POST", &address, &[("content-type", "application/json")], event).await?;
        if answer.status == 200 {
            return Ok(Outcome::Answered(answer.json));
        }
        Ok(Outcome::Failed(answer.json.to_string()))
    }
}

/// Compares what came out with what a sample expects.
///
/// # Errors
/// With the first difference.
pub fn compare(expected: &Value, outcome: &Outcome) -> anyhow::Result<()> {
    let expected = &marked(expected)?;
    let answer = match (expected["error"].as_bool(), outcome) {
        (Some(true), Outcome::Failed(_)) => return Ok(()),
        (Some(true), Outcome::Answered(answer)) => bail!("it answered: {answer}"),
        (_, Outcome::Failed(report)) => bail!("it failed: {report}"),
        (_, Outcome::Answered(answer)) => answer,
    };
    if expected.get("status").is_none() {
        return same("answer", &expected["json"], &marked(answer)?);
    }
    same("status", &expected["status"], &answer["statusCode"])?;
    let headers = headers(answer);
    for (name, wanted) in expected["headers"].as_object().into_iter().flatten() {
        same(name, wanted, headers.get(name).unwrap_or(&Value::Null))?;
    }
    let body = with_marks(answer["body"].as_str().unwrap_or_default());
    for (rule, holds) in [("body_contains", true), ("body_lacks", false)] {
        for text in expected[rule]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
        {
            if body.contains(text) != holds {
                bail!("{rule} {text:?}: {body}");
            }
        }
    }
    match expected.get("json") {
        Some(wanted) => same(
            "json",
            wanted,
            &serde_json::from_str(&body).with_context(|| body.clone())?,
        ),
        None => Ok(()),
    }
}

fn same(what: &str, wanted: &Value, found: &Value) -> anyhow::Result<()> {
    if wanted == found {
        return Ok(());
    }
    bail!("{what}: wanted {wanted}, found {found}")
}

fn marked(answer: &Value) -> anyhow::Result<Value> {
    Ok(serde_json::from_str(&with_marks(&answer.to_string()))?)
}

/// All headers by lower-case name; several values and several cookies become one text.
fn headers(answer: &Value) -> Map<String, Value> {
    let mut all = Map::new();
    let text = |value: &Value| Value::from(with_marks(value.as_str().unwrap_or_default()));
    for (name, value) in answer["headers"].as_object().into_iter().flatten() {
        all.insert(name.to_lowercase(), text(value));
    }
    for (name, values) in answer["multiValueHeaders"].as_object().into_iter().flatten() {
        if let Some(first) = values.as_array().and_then(|values| values.first()) {
            all.entry(name.to_lowercase()).or_insert_with(|| text(first));
        }
    }
    let cookies: Vec<&str> = answer["cookies"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if !cookies.is_empty() {
        all.insert("set-cookie".to_owned(), Value::from(with_marks(&cookies.join("; ; "))));
    }
    all
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn page() -> Outcome {
        Outcome::Answered(json!({
            "statusCode": 201, "headers": { "Location": "/orders/ord_01JDB7M3N8Q4R5S6T7V8W9X0YZ" },
            "cookies": ["__Host-sid=abc; Path=/", "a=b"], "body": "{\"at\":\"2026-11-23T07:43:00Z\"}"
        }))
    }

    #[test]
    fn every_part_of_an_answer_is_compared() {
        let good = json!({
            "status": 201, "body_contains": ["<time>"], "body_lacks": ["2026"], "json": { "at": "<time>" },
            "headers": { "location": "/orders/ord_<ulid>", "set-cookie": "__Host-sid=<token>; Path=/; ; a=b", "etag": null }
        });
        compare(&good, &page()).unwrap();

        for (name, wrong) in [
            ("status", json!(200)),
            ("body_contains", json!(["2026"])),
            ("body_lacks", json!(["<time>"])),
            ("json", json!({})),
            ("headers", json!({ "location": "/" })),
            ("headers", json!({ "location": null })),
            ("error", json!(true)),
        ] {
            let mut bad = good.clone();
            bad[name] = wrong;
            assert!(compare(&bad, &page()).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_failed_invocation_is_only_right_where_it_is_expected() {
        let failed = Outcome::Failed("timed out".into());

        assert!(compare(&json!({ "error": true }), &failed).is_ok());
        assert!(compare(&json!({ "json": {} }), &failed).is_err());
    }
}
