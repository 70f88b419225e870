//! The content of a request: JSON or a form, read once, within limits, with an exact word about what is wrong with it.

use std::collections::BTreeMap;

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderName, header},
};
use domain::{Failure, FieldError, Refusal, RequestKey, session::Session};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::{every_error::every_error, negotiate::text, problem::Problem, session};

const LIMIT: usize = 64 * 1024;
const KEY_FIELD: &str = "idempotency_key";
const VERSION_FIELD: &str = "version";
const KEY_LIMIT: usize = 100;
/// How a type of ours begins to say that a text is none of its kind. Whatever else is said about a field are words of the reader of JSON or
/// forms for programmers.
const OWN_WORDS: [&str; 2] = ["not a ", "not an "];
const MALFORMED: &str = "The content is not what its type says.";

/// A request whose content has arrived.
pub struct Arrived {
    content: Content,
    key: Option<RequestKey>,
    if_match: Option<String>,
}

enum Content {
    Json(Bytes),
    Form(Vec<(String, String)>),
}

impl Arrived {
    /// Reads it; the session is looked up only when there is an idempotency key to be scoped to a person.
    pub(crate) async fn read(request: Request) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let bytes = limited(body, LIMIT).await?;
        let mut content = Content::of(&parts.headers, bytes)?;
        let hidden = content.take_key();
        let header = text(&parts.headers, &HeaderName::from_static("idempotency-key")).map(str::to_owned);
        let key = match header.or(hidden) {
            Some(key) => {
                let principal = session::find(&mut parts).await?;
                let principal = principal.as_ref().map_or("visitor", Session::principal);
                let scope = format!("{principal} {} {}", parts.method, parts.uri.path());
                Some(RequestKey {
                    scope,
                    key: checked(key)?,
                    request_hash: content.hash()?,
                })
            }
            None => None,
        };
        let if_match = text(&parts.headers, &header::IF_MATCH).map(str::to_owned);
        Ok(Self { content, key, if_match })
    }

    pub(crate) fn take_key(&mut self) -> Result<RequestKey, Problem> {
        self.key.take().ok_or_else(Problem::key_missing)
    }

    /// Of which version of a thing this was said: the header `If-Match`, or the hidden field `version` of a form.
    pub(crate) fn take_version(&mut self) -> Result<u64, Problem> {
        let hidden = self.content.take(VERSION_FIELD);
        let named = self.if_match.take().or(hidden).ok_or_else(Problem::version_missing)?;
        // What is no version of ours is none that the thing has now.
        let plain = named.trim().trim_start_matches("W/").trim_matches('"');
        let version = plain.split_once('-').map_or(plain, |(version, _)| version);
        version.parse().map_err(|_| Refusal::VersionStale.into())
    }

    pub(crate) fn parse<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        match &self.content {
            Content::Json(bytes) => parse_json(bytes),
            Content::Form(pairs) => parse_form(&encoded(pairs)?),
        }
    }

    /// What a person typed, to be shown again. A password is never sent back.
    pub(crate) fn typed(&self) -> BTreeMap<String, String> {
        match &self.content {
            Content::Json(_) => BTreeMap::new(),
            Content::Form(pairs) => pairs
                .iter()
                .filter(|(name, _)| !name.contains("password"))
                .cloned()
                .collect(),
        }
    }
}

impl Content {
    fn of(headers: &HeaderMap, bytes: Bytes) -> Result<Self, Problem> {
        let declared = text(headers, &header::CONTENT_TYPE).unwrap_or_default();
        let media_type = declared
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        match media_type.as_str() {
            // A button without fields sends nothing, and some programs then name no type.
            _ if bytes.is_empty() => Ok(Self::Form(Vec::new())),
            "application/json" => Ok(Self::Json(bytes)),
            "application/x-www-form-urlencoded" => {
                let pairs = serde_html_form::from_bytes(&bytes).map_err(|_| Problem::malformed(MALFORMED))?;
                Ok(Self::Form(pairs))
            }
            _ => Err(Problem::media_type()),
        }
    }

    /// The hidden field is about the request, not part of what is asked.
    fn take_key(&mut self) -> Option<String> {
        self.take(KEY_FIELD)
    }

    fn take(&mut self, field: &str) -> Option<String> {
        let Self::Form(pairs) = self else { return None };
        let at = pairs.iter().position(|(name, _)| name == field)?;
        Some(pairs.remove(at).1)
    }

    /// The same for the same request, whatever the order or the spacing it was written in.
    fn hash(&self) -> Result<String, Problem> {
        let canonical = match self {
            Self::Json(bytes) => {
                let value: serde_json::Value =
                    serde_json::from_slice(bytes).map_err(|_| Problem::malformed(MALFORMED))?;
                value.to_string()
            }
            Self::Form(pairs) => {
                let mut sorted = pairs.clone();
                sorted.sort();
                encoded(&sorted)?
            }
        };
        Ok(format!("{:x}", Sha256::digest(canonical.as_bytes())))
    }
}

/// The body, if it is not too large.
pub(crate) async fn limited(body: Body, limit: usize) -> Result<Bytes, Problem> {
    to_bytes(body, limit).await.map_err(|_| Problem::too_large())
}

/// A form or a query string as a `T`. Browsers send every field; one that was left empty counts as not filled in.
pub(crate) fn parse_form<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    let filled = |pair: &&str| pair.split_once('=').is_some_and(|(_, value)| !value.is_empty());
    let text = text.split('&').filter(filled).collect::<Vec<_>>().join("&");
    read_form(&text).map_err(|problem| {
        let pairs: Vec<(String, String)> = serde_html_form::from_str(&text).unwrap_or_default();
        let read = |pairs: &Vec<(String, String)>| match encoded(pairs) {
            Ok(text) => read_form::<T>(&text).err(),
            Err(problem) => Some(problem),
        };
        every_error(problem, pairs, read)
    })
}

fn read_form<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    let form = serde_html_form::Deserializer::from_bytes(text.as_bytes());
    serde_path_to_error::deserialize(form).map_err(|error| {
        let path = error.path().to_string();
        wrong_field(&path, &error.into_inner().to_string())
    })
}

fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    read_json(bytes).map_err(|problem| {
        let Ok(Value::Object(fields)) = serde_json::from_slice(bytes) else {
            return problem;
        };
        let read = |fields: &Map<String, Value>| match serde_json::to_vec(fields) {
            Ok(bytes) => read_json::<T>(&bytes).err(),
            Err(_) => None,
        };
        every_error(problem, fields, read)
    })
}

fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let parsed = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let error = error.into_inner();
        if error.is_data() {
            wrong_field(&path, &error.to_string())
        } else {
            Problem::malformed("This is not JSON.")
        }
    })?;
    json.end()
        .map_err(|_| Problem::malformed("There is something after the JSON."))?;
    Ok(parsed)
}

fn encoded(pairs: &[(String, String)]) -> Result<String, Problem> {
    serde_html_form::to_string(pairs).map_err(|_| Problem::malformed(MALFORMED))
}

fn checked(key: String) -> Result<String, Problem> {
    let fits = !key.is_empty() && key.len() <= KEY_LIMIT && key.chars().all(|c| c.is_ascii_graphic());
    if fits { Ok(key) } else { Err(Problem::key_missing()) }
}

/// serde says which field is wrong in its sentence or in its path, and why in words for programmers.
fn wrong_field(path: &str, said: &str) -> Problem {
    let named = |prefix: &str| said.strip_prefix(prefix).and_then(|rest| rest.split('`').next());
    let (inner, code, message) = if let Some(field) = named("missing field `") {
        (Some(field), "missing", "Please fill in this field.".to_owned())
    } else if let Some(field) = named("unknown field `") {
        (Some(field), "unknown", "This field is not known here.".to_owned())
    } else if let Some(field) = named("duplicate field `") {
        (Some(field), "repeated", "This field may be given only once.".to_owned())
    } else if said.starts_with("unknown variant") {
        (None, "unknown", "Please choose one of the values offered.".to_owned())
    } else if OWN_WORDS.iter().any(|begin| said.starts_with(begin)) {
        (None, "invalid", sentence(said))
    } else {
        (None, "invalid", "This does not have the right form.".to_owned())
    };
    let outer = if path == "." { "" } else { path };
    let field = match inner {
        // The path may name the field already, as for one that is not known.
        Some(inner) if outer != inner && !outer.ends_with(&format!(".{inner}")) => format!("{outer}.{inner}"),
        Some(_) | None => outer.to_owned(),
    };
    let field = field.trim_matches('.').replace('[', ".").replace(']', "");
    Failure::Invalid(vec![FieldError::new(&field, code, message)]).into()
}

/// The words of our own types: `not a country at line 1 column 8` becomes `Not a country.`
fn sentence(said: &str) -> String {
    let words = said.split(" at line ").next().unwrap_or_default();
    let mut letters = words.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).chain(['.']).collect()
}
