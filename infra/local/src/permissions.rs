//! Lets each function do in the tables what its policy in the template allows, and no more: what AWS would deny is denied here.
//! A function is known by its access key, which is its name here; the owner of this machine may do everything.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::serve::ListenerExt;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use template::{Access, Function, Statement, Table, may, part};

use crate::wire::Wire;

/// A transaction of DynamoDB is at most 4 MB; nothing larger is sent.
const LARGEST: usize = 8 * 1024 * 1024;

/// Who may do what, and what was denied so far.
#[derive(Clone)]
pub(crate) struct Permissions {
    functions: Arc<BTreeMap<String, Vec<Statement>>>,
    partitions: Arc<BTreeMap<String, String>>,
    denied: Arc<Mutex<Vec<String>>>,
}

/// One access that a request makes.
struct Wanted {
    action: String,
    resource: String,
    key: String,
}

impl Permissions {
    pub(crate) fn of(functions: &[Function], tables: &[Table]) -> Self {
        let each = functions
            .iter()
            .map(|function| (function.name.clone(), function.permissions.clone()));
        Self {
            functions: Arc::new(each.collect()),
            partitions: Arc::new(tables.iter().flat_map(partitions).collect()),
            denied: Arc::default(),
        }
    }

    /// What was denied since the start: nothing, as long as code and template agree.
    pub(crate) fn denied(&self) -> Vec<String> {
        self.denied.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Serves DynamoDB on the listener; what is allowed is done by the database at that address.
    pub(crate) fn serve(&self, tasks: &mut JoinSet<()>, listener: TcpListener, database: String) {
        let gate = Gate {
            permissions: self.clone(),
            database,
            wire: Wire::new(),
        };
        let router = Router::new().fallback(answer).with_state(Arc::new(gate));
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        tasks.spawn(async move { drop(axum::serve(listener, router).await) });
    }

    /// Why this function may not do this, if it may not.
    fn objection(&self, function: &str, operation: &str, body: &Value) -> Option<String> {
        let Some(statements) = self.functions.get(function) else {
            return Some(format!("{function} is not a function of the template"));
        };
        let is_denied = |wanted: &Wanted| {
            let access = Access {
                action: &wanted.action,
                resource: &wanted.resource,
                keys: std::slice::from_ref(&wanted.key),
            };
            !may(statements, access)
        };
        let wanted = self.accesses(operation, body).into_iter().find(is_denied)?;
        let Wanted { action, resource, key } = wanted;
        // The prefix says which kind of record it is; the rest may be somebody's.
        let kind = key.split_once('#').map_or(key.as_str(), |(kind, _)| kind);
        Some(format!(
            "{function} is not authorized to perform {action} on {resource} with keys {kind}#"
        ))
    }

    /// Every access of a request, each with the partition key it names.
    fn accesses(&self, operation: &str, body: &Value) -> Vec<Wanted> {
        let one = |action: &str, body: &Value| self.access(action, body);
        match operation {
            "TransactWriteItems" => {
                let parts = part(body, "/TransactItems").as_array().into_iter().flatten();
                let named = parts.filter_map(Value::as_object).flatten();
                named
                    .map(|(kind, body)| match kind.as_str() {
                        "ConditionCheck" => one("ConditionCheckItem", body),
                        other => one(&format!("{other}Item"), body),
                    })
                    .collect()
            }
            other => vec![one(other, body)],
        }
    }

    fn access(&self, action: &str, body: &Value) -> Wanted {
        let text = |path: &str| part(body, path).as_str().unwrap_or_default();
        let (region, account, table) = (template::REGION, template::ACCOUNT, text("/TableName"));
        let mut resource = format!("arn:aws:dynamodb:{region}:{account}:table/{table}");
        let mut place = table.to_owned();
        if let Some(index) = part(body, "/IndexName").as_str() {
            resource = format!("{resource}/index/{index}");
            place = format!("{table}/{index}");
        }
        let partition = self.partitions.get(&place).map_or("pk", String::as_str);
        let stored = ["/Key", "/Item"].map(|place| text(&format!("{place}/{partition}/S")));
        let [key, item] = stored;
        // The only form in which we query: the partition key is the value `:pk`.
        let asked = text("/ExpressionAttributeValues/:pk/S");
        let key = [key, item, asked]
            .into_iter()
            .find(|key| !key.is_empty())
            .unwrap_or_default();
        Wanted {
            action: format!("dynamodb:{action}"),
            resource,
            key: key.to_owned(),
        }
    }
}

/// The name of the partition key of a table, and of each of its indexes.
fn partitions(table: &Table) -> Vec<(String, String)> {
    let hash = |schema: &Value| {
        let keys = schema.as_array().into_iter().flatten();
        let mut hashes = keys.filter(|key| part(key, "/KeyType") == "HASH");
        hashes
            .next()
            .and_then(|key| part(key, "/AttributeName").as_str())
            .unwrap_or_default()
            .to_owned()
    };
    let definition = &table.definition;
    let indexes = part(definition, "/GlobalSecondaryIndexes")
        .as_array()
        .into_iter()
        .flatten();
    let indexes = indexes.map(|index| {
        let name = part(index, "/IndexName").as_str().unwrap_or_default();
        (format!("{}/{name}", table.name), hash(part(index, "/KeySchema")))
    });
    std::iter::once((table.name.clone(), hash(part(definition, "/KeySchema"))))
        .chain(indexes)
        .collect()
}

struct Gate {
    permissions: Permissions,
    database: String,
    wire: Wire,
}

async fn answer(State(gate): State<Arc<Gate>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let caller = caller(&head.headers);
    if caller != crate::KEY {
        let operation = operation(&head.headers);
        let parsed = serde_json::from_slice(&body).unwrap_or(Value::Null);
        if let Some(why) = gate.permissions.objection(caller, operation, &parsed) {
            return gate.deny(why);
        }
    }
    let address = format!("{}{}", gate.database, head.uri.path());
    match gate.wire.send(head.method, &address, &head.headers, body).await {
        Ok(answer) => (answer.status, answer.headers, Body::from(answer.body)).into_response(),
        // The client takes it for a connection that broke, as it was one.
        Err(_) => StatusCode::BAD_GATEWAY.into_response(),
    }
}

impl Gate {
    fn deny(&self, why: String) -> Response {
        let body =
            json!({ "__type": "com.amazon.coral.service#AccessDeniedException", "Message": format!("User: {why}") });
        let mut denied = self.permissions.denied.lock().unwrap_or_else(PoisonError::into_inner);
        if !denied.contains(&why) {
            denied.push(why);
        }
        let kind = [(CONTENT_TYPE, "application/x-amz-json-1.0")];
        (StatusCode::BAD_REQUEST, kind, body.to_string()).into_response()
    }
}

/// `DynamoDB_20120810.PutItem` names the operation.
fn operation(headers: &HeaderMap) -> &str {
    let target = headers
        .get("x-amz-target")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    target.rsplit('.').next().unwrap_or_default()
}

/// `AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/dynamodb/aws4_request, …` names the access key.
fn caller(headers: &HeaderMap) -> &str {
    let signed = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let credential = signed.split_once("Credential=").map_or("", |(_, rest)| rest);
    credential.split('/').next().unwrap_or_default()
}
