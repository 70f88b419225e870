//! Takes functions, queues, tables and buckets out of the resolved resources.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use serde_json::{Map, Value, json};

use crate::json::part;
use crate::permissions;
use crate::resolve::Resolved;
use crate::{Bucket, Failures, Function, Mapping, Queue, Route, Schedule, Table, Template};

pub(crate) fn template(resolved: &Resolved) -> anyhow::Result<Template> {
    let defaults = part(&resolved.globals, "/Function");
    let mut template = Template {
        functions: vec![],
        queues: vec![],
        tables: vec![],
        buckets: vec![],
    };
    for (logical, body) in &resolved.resources {
        let properties = part(body, "/Properties");
        let inside = || format!("in resource {logical}");
        match part(body, "/Type").as_str().unwrap_or_default() {
            "AWS::Serverless::Function" => {
                template
                    .functions
                    .push(function(properties, defaults).with_context(inside)?);
            }
            "AWS::SQS::Queue" => template.queues.push(queue(logical, properties)),
            "AWS::DynamoDB::Table" => template.tables.push(table(logical, properties)),
            "AWS::S3::Bucket" => template.buckets.push(bucket(logical, properties)),
            "AWS::Serverless::HttpApi" | "AWS::KMS::Key" | "AWS::S3::BucketPolicy" => {}
            // Whoever runs the shop on one machine sees its log.
            "AWS::Logs::LogGroup" | "AWS::Logs::MetricFilter" | "AWS::SNS::Topic" => {}
            "AWS::CloudWatch::Alarm" | "AWS::CloudWatch::Dashboard" => {}
            other => bail!("{logical}: the local stack does not know {other}"),
        }
    }
    Ok(template)
}

fn function(properties: &Value, defaults: &Value) -> anyhow::Result<Function> {
    let own = |name: &str| {
        properties
            .get(name)
            .or_else(|| defaults.get(name))
            .unwrap_or(&Value::Null)
    };
    let code = own("CodeUri").as_str().context("has no CodeUri")?;
    let name = code
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .context("CodeUri names no folder")?;
    let mut function = Function {
        name: name.to_owned(),
        memory: number(own("MemorySize")).unwrap_or(128),
        timeout: Duration::from_secs(number(own("Timeout")).unwrap_or(3)),
        environment: environment(properties, defaults),
        routes: vec![],
        mappings: vec![],
        schedules: vec![],
        permissions: permissions::statements(properties).context("in its policies")?,
    };
    for (event, body) in part(properties, "/Events").as_object().unwrap_or(&Map::new()) {
        add_event(&mut function, event, body).with_context(|| format!("event {event}"))?;
    }
    Ok(function)
}

fn environment(properties: &Value, defaults: &Value) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for source in [defaults, properties] {
        for (name, value) in part(source, "/Environment/Variables")
            .as_object()
            .unwrap_or(&Map::new())
        {
            all.insert(name.clone(), text(value));
        }
    }
    all
}

fn add_event(function: &mut Function, event: &str, body: &Value) -> anyhow::Result<()> {
    let properties = part(body, "/Properties");
    match part(body, "/Type").as_str().unwrap_or_default() {
        "HttpApi" => {
            let method = part(properties, "/Method").as_str().map(str::to_uppercase);
            let path = part(properties, "/Path").as_str().map(str::to_owned);
            function.routes.push(Route {
                target: method.zip(path),
            });
        }
        "SQS" => {
            let arn = part(properties, "/Queue").as_str().context("has no Queue")?;
            let named = part(properties, "/FunctionResponseTypes")
                .as_array()
                .is_some_and(|types| types.iter().any(|kind| kind == "ReportBatchItemFailures"));
            function.mappings.push(Mapping {
                queue: arn.rsplit(':').next().unwrap_or_default().to_owned(),
                batch_size: i32::try_from(number(part(properties, "/BatchSize")).unwrap_or(10))?.clamp(1, 10),
                failures: if named { Failures::Named } else { Failures::Whole },
            });
        }
        "Schedule" => {
            let rate = part(properties, "/Schedule").as_str().context("has no Schedule")?;
            function.schedules.push(Schedule {
                name: event.to_owned(),
                every: period(rate)?,
            });
        }
        other => bail!("the local stack does not know the event type {other:?}"),
    }
    Ok(())
}

/// `rate(5 minutes)` as a duration.
pub(crate) fn period(rate: &str) -> anyhow::Result<Duration> {
    let wrong = || anyhow!("{rate}: only rate(N minutes), hours or days is known here");
    let inner = rate
        .strip_prefix("rate(")
        .and_then(|rest| rest.strip_suffix(')'))
        .ok_or_else(wrong)?;
    let (count, unit) = inner.split_once(' ').ok_or_else(wrong)?;
    let count: u64 = count.parse().map_err(|_| wrong())?;
    let seconds = match unit.trim_end_matches('s') {
        "minute" => 60,
        "hour" => 3_600,
        "day" => 86_400,
        _ => return Err(wrong()),
    };
    Ok(Duration::from_secs(count * seconds))
}

fn queue(logical: &str, properties: &Value) -> Queue {
    let mut attributes = BTreeMap::new();
    for (name, value) in properties.as_object().unwrap_or(&Map::new()) {
        match name.as_str() {
            "QueueName" | "Tags" | "KmsMasterKeyId" => {}
            "RedrivePolicy" => {
                attributes.insert(name.clone(), value.to_string());
            }
            _ => {
                attributes.insert(name.clone(), text(value));
            }
        }
    }
    let name = part(properties, "/QueueName").as_str().unwrap_or(logical).to_owned();
    Queue { name, attributes }
}

fn table(logical: &str, properties: &Value) -> Table {
    let name = part(properties, "/TableName").as_str().unwrap_or(logical).to_owned();
    let mut definition = Map::new();
    definition.insert("TableName".to_owned(), json!(name));
    definition.insert("BillingMode".to_owned(), json!("PAY_PER_REQUEST"));
    for wanted in ["KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes"] {
        if let Some(value) = properties.get(wanted) {
            definition.insert(wanted.to_owned(), value.clone());
        }
    }
    let expires_by = part(properties, "/TimeToLiveSpecification/AttributeName")
        .as_str()
        .map(str::to_owned);
    Table {
        name,
        definition: Value::Object(definition),
        expires_by,
    }
}

fn bucket(logical: &str, properties: &Value) -> Bucket {
    let fallback = json!({ "Type": "AWS::S3::Bucket" });
    let named = serde_yaml_ng::to_value(&fallback).ok();
    let name = part(properties, "/BucketName").as_str().map(str::to_owned).or_else(|| {
        named
            .and_then(|body| super::resources::Resource::read(logical, &body))
            .map(|resource| resource.name)
    });
    let rules = part(properties, "/CorsConfiguration/CorsRules")
        .as_array()
        .cloned()
        .unwrap_or_default();
    let origins = rules
        .iter()
        .filter_map(|rule| part(rule, "/AllowedOrigins").as_array())
        .flatten();
    Bucket {
        name: name.unwrap_or_default(),
        upload_origins: origins.map(text).collect(),
    }
}

fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
