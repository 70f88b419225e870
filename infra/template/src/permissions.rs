//! What a function may do: the statements of its `Policies`, judged as IAM judges them. What no statement allows is denied.

use anyhow::{Context, bail};
use serde_json::{Map, Value};

use crate::json::part;

/// One statement: some actions on some resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    effect: Effect,
    actions: Vec<String>,
    resources: Vec<String>,
    conditions: Vec<Condition>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    Allow,
    Deny,
}

/// The conditions that our template uses. An unknown one stops the start: what is not judged here would be judged on AWS only.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Condition {
    /// `ForAllValues:StringLike`: every partition key of the call fits one of these.
    KeysLike(Vec<String>),
    /// `ForAnyValue:StringLike`: one of them does.
    AnyKeyLike(Vec<String>),
    /// `Null: false`: the call names its partition keys.
    NamesKeys,
}

/// A call, as IAM sees it.
#[derive(Debug, Clone, Copy)]
pub struct Access<'a> {
    /// Such as `dynamodb:PutItem`.
    pub action: &'a str,
    /// The ARN of what it is about.
    pub resource: &'a str,
    /// The partition keys that it names.
    pub keys: &'a [String],
}

/// True when the statements let the call through.
#[must_use]
pub fn may(statements: &[Statement], access: Access<'_>) -> bool {
    let has = |effect: Effect| {
        statements
            .iter()
            .any(|each| each.effect == effect && each.is_about(access))
    };
    has(Effect::Allow) && !has(Effect::Deny)
}

impl Statement {
    fn is_about(&self, access: Access<'_>) -> bool {
        let names = |patterns: &[String], text: &str| patterns.iter().any(|pattern| is_like(pattern, text));
        names(&self.actions, access.action)
            && names(&self.resources, access.resource)
            && self.conditions.iter().all(|condition| match condition {
                Condition::KeysLike(patterns) => access.keys.iter().all(|key| names(patterns, key)),
                Condition::AnyKeyLike(patterns) => access.keys.iter().any(|key| names(patterns, key)),
                Condition::NamesKeys => !access.keys.is_empty(),
            })
    }
}

/// The statements of a function's `Policies`, as the serverless template writes them.
pub(crate) fn statements(properties: &Value) -> anyhow::Result<Vec<Statement>> {
    let mut all = Vec::new();
    for policy in list(part(properties, "/Policies")) {
        for statement in list(policy.get("Statement").context("a policy has no Statement")?) {
            all.push(read(statement)?);
        }
    }
    Ok(all)
}

fn read(statement: &Value) -> anyhow::Result<Statement> {
    let mut conditions = Vec::new();
    for (operator, tested) in part(statement, "/Condition").as_object().unwrap_or(&Map::new()) {
        for (key, values) in tested.as_object().context("a condition names no key")? {
            conditions.push(match (operator.as_str(), key.as_str()) {
                ("ForAllValues:StringLike", "dynamodb:LeadingKeys") => Condition::KeysLike(texts(values)),
                ("ForAnyValue:StringLike", "dynamodb:LeadingKeys") => Condition::AnyKeyLike(texts(values)),
                ("Null", "dynamodb:LeadingKeys") if values == &Value::Bool(false) => Condition::NamesKeys,
                _ => bail!("the local stack cannot judge the condition {operator} on {key}"),
            });
        }
    }
    Ok(Statement {
        effect: match part(statement, "/Effect").as_str() {
            Some("Allow") => Effect::Allow,
            Some("Deny") => Effect::Deny,
            _ => bail!("a statement must allow or deny"),
        },
        actions: texts(part(statement, "/Action")),
        resources: texts(part(statement, "/Resource")),
        conditions,
    })
}

/// One thing may stand without its list.
fn list(value: &Value) -> &[Value] {
    match value {
        Value::Array(items) => items,
        Value::Null => &[],
        one => std::slice::from_ref(one),
    }
}

fn texts(value: &Value) -> Vec<String> {
    list(value)
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// `*` stands for any letters, `?` for one.
fn is_like(pattern: &str, text: &str) -> bool {
    match pattern.chars().next() {
        None => text.is_empty(),
        Some('*') => {
            let rest = pattern.get(1..).unwrap_or_default();
            let mut ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            ends.any(|at| is_like(rest, text.get(at..).unwrap_or_default()))
        }
        Some(wanted) => {
            let mut letters = text.chars();
            letters.next().is_some_and(|letter| wanted == '?' || wanted == letter)
                && is_like(pattern.get(wanted.len_utf8()..).unwrap_or_default(), letters.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TABLE: &str = "arn:aws:dynamodb:us-east-1:000000000000:table/OrdersTable";

    fn policy() -> Vec<Statement> {
        statements(&json!({ "Policies": [{ "Statement": [
            {
                "Effect": "Allow",
                "Action": ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"],
                "Resource": TABLE,
                "Condition": {
                    "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["O#*", "L#audit"] },
                    "Null": { "dynamodb:LeadingKeys": false },
                },
            },
            { "Effect": "Allow", "Action": "dynamodb:Query", "Resource": format!("{TABLE}/index/due") },
            {
                "Effect": "Deny",
                "Action": "dynamodb:DeleteItem",
                "Resource": TABLE,
                "Condition": { "ForAnyValue:StringLike": { "dynamodb:LeadingKeys": ["L#*"] } },
            },
        ] }] }))
        .unwrap()
    }

    #[test]
    fn only_what_a_statement_allows_for_every_key_is_allowed() {
        let due = format!("{TABLE}/index/due");
        for (action, resource, keys, allowed) in [
            ("GetItem", TABLE, &["O#1"][..], true),
            ("GetItem", TABLE, &["Q#1"], false),
            ("GetItem", TABLE, &["XO#1"], false),
            ("PutItem", TABLE, &["O#1", "L#audit"], true),
            ("PutItem", TABLE, &["O#1", "Q#1"], false),
            ("PutItem", TABLE, &[], false),
            ("UpdateItem", TABLE, &["O#1"], false),
            ("DeleteItem", TABLE, &["O#1"], true),
            ("DeleteItem", TABLE, &["L#audit"], false),
            ("DeleteItem", TABLE, &["O#1", "L#audit"], false),
            ("Query", &due, &["D#3"], true),
            ("Query", TABLE, &["O#1"], false),
        ] {
            let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
            let action = format!("dynamodb:{action}");

            let verdict = may(
                &policy(),
                Access {
                    action: &action,
                    resource,
                    keys: &keys,
                },
            );

            assert_eq!(verdict, allowed, "{action} {resource} {keys:?}");
        }
    }

    #[test]
    fn a_condition_that_cannot_be_judged_is_an_error() {
        let unknown = json!({ "Policies": [{ "Statement": [{
            "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
            "Condition": { "IpAddress": { "aws:SourceIp": "10.0.0.0/8" } },
        }] }] });

        let error = statements(&unknown).unwrap_err();

        assert!(error.to_string().contains("IpAddress on aws:SourceIp"), "{error}");
    }
}
