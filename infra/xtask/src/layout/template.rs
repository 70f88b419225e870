//! infra/template.yaml as the rules see it: functions with their comment, triggers and settings; queues with their dead letters.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde_yaml_ng::Value;

use crate::tree::Tree;

pub(crate) const PATH: &str = "infra/template.yaml";

#[derive(Default)]
pub(crate) struct Template {
    /// Functions in the order of the file.
    pub(crate) functions: Vec<Function>,
    pub(crate) queues: BTreeMap<String, Queue>,
    /// Attributes at which a table forgets its items.
    pub(crate) forgets_by: BTreeSet<String>,
    /// Queues by whose messages an alarm is rung.
    pub(crate) watched: BTreeSet<String>,
    /// What the filters over the log look for.
    pub(crate) filters: Vec<String>,
}

#[derive(Debug, Default)]
pub(crate) struct Function {
    pub(crate) resource: String,
    /// The comment line above the resource.
    pub(crate) comment: Option<String>,
    /// The last folder of `CodeUri`.
    pub(crate) code: String,
    /// Names in `Environment`, those given to every function included.
    pub(crate) settings: BTreeSet<String>,
    /// Methods and paths it answers; `$default` is no path.
    pub(crate) routes: Vec<(String, String)>,
    /// Resources of the queues that call it.
    pub(crate) queues: Vec<String>,
    pub(crate) reports_each_message: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Queue {
    pub(crate) name: String,
    /// The resource its failed messages go to.
    pub(crate) dead_letters: Option<String>,
}

impl Template {
    pub(crate) fn read(tree: &Tree) -> Result<Self> {
        Self::parse(&tree.read(PATH)?).with_context(|| format!("reading {PATH}"))
    }

    pub(crate) fn parse(text: &str) -> Result<Self> {
        let whole: Value = serde_yaml_ng::from_str(text)?;
        let for_all = names_in(at(&whole, &["Globals", "Function", "Environment", "Variables"]));
        let resources = whole
            .get("Resources")
            .and_then(Value::as_mapping)
            .context("there are no Resources")?;
        let mut found = Self::default();
        for (resource, body) in resources {
            let Some(resource) = resource.as_str() else { continue };
            match body.get("Type").and_then(Value::as_str) {
                Some("AWS::Serverless::Function") => {
                    found.functions.push(Function::of(text, resource, body, &for_all));
                }
                Some("AWS::SQS::Queue") => {
                    found.queues.insert(resource.to_owned(), Queue::of(body));
                }
                Some("AWS::DynamoDB::Table") => {
                    let attribute = at(body, &["Properties", "TimeToLiveSpecification", "AttributeName"]);
                    found.forgets_by.extend(attribute.map(plain));
                }
                Some("AWS::CloudWatch::Alarm") => {
                    let dimensions = at(body, &["Properties", "Dimensions"]).and_then(Value::as_sequence);
                    let values = dimensions.into_iter().flatten().filter_map(|one| one.get("Value"));
                    found.watched.extend(values.map(target));
                }
                Some("AWS::Logs::MetricFilter") => {
                    found
                        .filters
                        .extend(at(body, &["Properties", "FilterPattern"]).map(plain));
                }
                _ => {}
            }
        }
        Ok(found)
    }

    pub(crate) fn function(&self, code: &str) -> Option<&Function> {
        self.functions.iter().find(|function| function.code == code)
    }
}

impl Function {
    fn of(text: &str, resource: &str, body: &Value, for_all: &BTreeSet<String>) -> Self {
        let mut found = Self {
            resource: resource.to_owned(),
            comment: comment_above(text, resource),
            settings: for_all.clone(),
            ..Self::default()
        };
        let code = at(body, &["Properties", "CodeUri"]).map(plain).unwrap_or_default();
        found.code = code
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_owned();
        found
            .settings
            .extend(names_in(at(body, &["Properties", "Environment", "Variables"])));
        let events = at(body, &["Properties", "Events"]).and_then(Value::as_mapping);
        for event in events.into_iter().flat_map(|events| events.values()) {
            let method = at(event, &["Properties", "Method"]).map(plain);
            found
                .routes
                .extend(method.zip(at(event, &["Properties", "Path"]).map(plain)));
            if event.get("Type").and_then(Value::as_str) == Some("SQS") {
                found.queues.extend(at(event, &["Properties", "Queue"]).map(target));
                let answers = at(event, &["Properties", "FunctionResponseTypes"]).and_then(Value::as_sequence);
                found.reports_each_message = answers
                    .is_some_and(|answers| answers.iter().any(|a| a.as_str() == Some("ReportBatchItemFailures")));
            }
        }
        found
    }
}

impl Queue {
    fn of(body: &Value) -> Self {
        let name = at(body, &["Properties", "QueueName"]).map(plain).unwrap_or_default();
        let dead_letters = at(body, &["Properties", "RedrivePolicy", "deadLetterTargetArn"]).map(target);
        // A name may carry the stack's: `${AWS::StackName}-shipping-queue`.
        let name = name
            .rsplit('}')
            .next()
            .unwrap_or_default()
            .trim_start_matches('-')
            .to_owned();
        Self { name, dead_letters }
    }
}

fn at<'a>(value: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter().try_fold(value, |inner, key| inner.get(*key))
}

fn names_in(mapping: Option<&Value>) -> BTreeSet<String> {
    let names = mapping
        .and_then(Value::as_mapping)
        .into_iter()
        .flat_map(|mapping| mapping.keys());
    names.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// A value without its tag, such as `!Sub`.
fn untagged(value: &Value) -> &Value {
    if let Value::Tagged(tagged) = value {
        &tagged.value
    } else {
        value
    }
}

fn plain(value: &Value) -> String {
    untagged(value).as_str().unwrap_or_default().to_owned()
}

/// The resource that `!GetAtt X.Arn`, `!GetAtt [X, Arn]` or `Fn::GetAtt` points to.
fn target(value: &Value) -> String {
    let inner = untagged(value);
    let inner = inner.get("Fn::GetAtt").unwrap_or(inner);
    let first = inner.as_sequence().and_then(|parts| parts.first()).unwrap_or(inner);
    plain(first).split('.').next().unwrap_or_default().to_owned()
}

fn comment_above(text: &str, resource: &str) -> Option<String> {
    let head = format!("  {resource}:");
    let mut previous = "";
    for line in text.lines() {
        if line.trim_end() == head {
            return previous
                .trim()
                .strip_prefix('#')
                .map(|comment| comment.trim().to_owned());
        }
        previous = line;
    }
    None
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) const SAMPLE: &str = "\
Globals:
  Function:
    Environment:
      Variables:
        SHOP_ORIGIN: https://shop.example
Resources:
  # Ships parcels.
  ShippingFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: ../functions/shipping/
      Environment:
        Variables:
          ORDERS_TABLE: !Ref OrdersTable
      Events:
        Shipment: { Type: HttpApi, Properties: { Method: GET, Path: '/shipments/{id}' } }
        Messages:
          Type: SQS
          Properties:
            Queue: !GetAtt ShippingQueue.Arn
            FunctionResponseTypes: [ReportBatchItemFailures]
  ShippingQueue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Sub ${AWS::StackName}-shipping-queue
      RedrivePolicy:
        deadLetterTargetArn: !GetAtt ShippingDeadLetters.Arn
        maxReceiveCount: 5
  ShippingDeadLetters:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: shipping-dead-letters
";

    #[test]
    fn a_function_has_its_comment_folder_settings_and_queue() {
        let template = Template::parse(SAMPLE).unwrap();

        let function = template.function("shipping").unwrap();
        assert_eq!(function.resource, "ShippingFunction");
        assert_eq!(function.comment.as_deref(), Some("Ships parcels."));
        assert!(function.settings.iter().eq(["ORDERS_TABLE", "SHOP_ORIGIN"]));
        assert_eq!(function.queues, ["ShippingQueue"]);
        assert_eq!(function.routes, [("GET".to_owned(), "/shipments/{id}".to_owned())]);
        assert!(function.reports_each_message);
    }

    #[test]
    fn a_queue_has_its_name_and_dead_letters() {
        let template = Template::parse(SAMPLE).unwrap();

        let queue = &template.queues["ShippingQueue"];
        assert_eq!(queue.name, "shipping-queue");
        assert_eq!(queue.dead_letters.as_deref(), Some("ShippingDeadLetters"));
        assert_eq!(template.queues["ShippingDeadLetters"].name, "shipping-dead-letters");
    }

    #[test]
    fn a_resource_is_found_in_every_way_of_naming_its_attribute() {
        for text in [
            "!GetAtt A.Arn",
            "!GetAtt [A, Arn]",
            "{ 'Fn::GetAtt': [A, Arn] }",
            "{ 'Fn::GetAtt': A.Arn }",
        ] {
            assert_eq!(target(&serde_yaml_ng::from_str(text).unwrap()), "A", "{text}");
        }
    }
}
