//! Replaces `!Ref`, `!Sub` and `!GetAtt` by what they stand for on this machine.

use std::collections::BTreeMap;

use anyhow::{Context, anyhow, bail};
use serde_json::Value as Json;
use serde_yaml_ng::Value as Yaml;

use crate::parameters::Parameters;
use crate::resources::Resource;

/// What the template cannot know: where the queues are served.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// Origin of the SQS server; queue addresses begin with it.
    pub sqs: String,
}

/// The resolved `Globals` and `Resources` of the template.
pub(crate) struct Resolved {
    pub globals: Json,
    pub resources: BTreeMap<String, Json>,
}

/// Parses the template and resolves every resource, so that a wrong name anywhere is found at start.
pub(crate) fn resources(text: &str, parameters: &Parameters, around: &Surroundings) -> anyhow::Result<Resolved> {
    let document: Yaml = serde_yaml_ng::from_str(text).context("the template is not YAML")?;
    let raw = document
        .get("Resources")
        .and_then(Yaml::as_mapping)
        .context("the template has no Resources")?;
    let mut names = BTreeMap::new();
    for (logical, body) in raw {
        let logical = logical.as_str().context("a resource has no name")?;
        let resource = Resource::read(logical, body).with_context(|| format!("{logical} has no Type"))?;
        names.insert(logical.to_owned(), resource);
    }
    let scope = Scope {
        values: values(&document, parameters)?,
        names,
        around,
    };
    let mut resources = BTreeMap::new();
    for (logical, body) in raw {
        let logical = logical.as_str().unwrap_or_default();
        let resolved = scope.resolve(body).with_context(|| format!("in resource {logical}"))?;
        resources.insert(logical.to_owned(), resolved);
    }
    let globals = document
        .get("Globals")
        .map_or(Ok(Json::Null), |globals| scope.resolve(globals))?;
    Ok(Resolved { globals, resources })
}

/// Each declared parameter with its value; all that is missing or unknown is told at once.
fn values(document: &Yaml, parameters: &Parameters) -> anyhow::Result<BTreeMap<String, String>> {
    let mut values = BTreeMap::new();
    let mut wrong = Vec::new();
    let empty = serde_yaml_ng::Mapping::new();
    let declared = document.get("Parameters").and_then(Yaml::as_mapping).unwrap_or(&empty);
    for (name, body) in declared {
        let name = name.as_str().unwrap_or_default();
        let default = body.get("Default").and_then(scalar);
        match parameters.get(name).map(str::to_owned).or(default) {
            Some(value) => {
                values.insert(name.to_owned(), value);
            }
            None => wrong.push(format!("{name} has no value")),
        }
    }
    let unknown = parameters.names().filter(|name| !values.contains_key(*name));
    wrong.extend(unknown.map(|name| format!("{name} is not a parameter of the template")));
    if !wrong.is_empty() {
        bail!("parameters: {}", wrong.join(", "));
    }
    Ok(values)
}

struct Scope<'a> {
    values: BTreeMap<String, String>,
    names: BTreeMap<String, Resource>,
    around: &'a Surroundings,
}

impl Scope<'_> {
    fn resolve(&self, value: &Yaml) -> anyhow::Result<Json> {
        Ok(match value {
            Yaml::Tagged(tagged) => Json::String(self.tag(&tagged.tag.to_string(), &tagged.value)?),
            Yaml::Sequence(items) => {
                Json::Array(items.iter().map(|item| self.resolve(item)).collect::<Result<_, _>>()?)
            }
            Yaml::Mapping(entries) => {
                let mut object = serde_json::Map::new();
                for (key, value) in entries {
                    let key = scalar(key).context("a key is not a text")?;
                    object.insert(key, self.resolve(value)?);
                }
                Json::Object(object)
            }
            Yaml::Null | Yaml::Bool(_) | Yaml::Number(_) | Yaml::String(_) => serde_json::to_value(value)?,
        })
    }

    fn tag(&self, tag: &str, value: &Yaml) -> anyhow::Result<String> {
        let text = value.as_str().with_context(|| format!("{tag} wants a text"))?;
        match tag {
            "!Ref" => self.reference(text),
            "!GetAtt" => self.attribute(text),
            "!Sub" => self.substitute(text),
            other => bail!("the local stack does not know {other}"),
        }
    }

    fn reference(&self, name: &str) -> anyhow::Result<String> {
        let pseudo = match name {
            "AWS::Region" => Some(crate::REGION),
            "AWS::AccountId" => Some(crate::ACCOUNT),
            "AWS::Partition" => Some("aws"),
            "AWS::StackName" => Some("local"),
            _ => None,
        };
        pseudo
            .map(str::to_owned)
            .or_else(|| self.values.get(name).cloned())
            .or_else(|| self.names.get(name).map(|resource| resource.reference(self.around)))
            .ok_or_else(|| anyhow!("!Ref {name}: no such parameter or resource"))
    }

    fn attribute(&self, path: &str) -> anyhow::Result<String> {
        let (name, attribute) = path
            .split_once('.')
            .with_context(|| format!("!GetAtt {path} has no dot"))?;
        let resource = self
            .names
            .get(name)
            .with_context(|| format!("!GetAtt {path}: no such resource"))?;
        resource
            .attribute(attribute)
            .ok_or_else(|| anyhow!("!GetAtt {path}: {} has no {attribute} here", resource.kind))
    }

    fn substitute(&self, text: &str) -> anyhow::Result<String> {
        let mut parts = text.split("${");
        let mut whole = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part
                .split_once('}')
                .with_context(|| format!("!Sub {text}: a brace is open"))?;
            let found = if name.contains('.') {
                self.attribute(name)
            } else {
                self.reference(name)
            };
            whole.push_str(&found?);
            whole.push_str(rest);
        }
        Ok(whole)
    }
}

fn scalar(value: &Yaml) -> Option<String> {
    match value {
        Yaml::String(text) => Some(text.clone()),
        Yaml::Number(number) => Some(number.to_string()),
        Yaml::Bool(truth) => Some(truth.to_string()),
        Yaml::Null | Yaml::Sequence(_) | Yaml::Mapping(_) | Yaml::Tagged(_) => None,
    }
}
