//! In the place of the network: what the client signed goes to the database, unless its fate is another one.

use std::{fmt, sync::Arc, time::Duration};

use aws_sdk_dynamodb::config::{AsyncSleep, Sleep};
use aws_smithy_runtime_api::client::{
    http::{HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn},
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
};
use aws_smithy_types::body::SdkBody;

use crate::dynoxide::Dynoxide;

/// A request on its way.
pub struct Sent<'a> {
    /// The operation, as DynamoDB calls it.
    pub operation: &'a str,
    /// Its body.
    pub body: &'a str,
}

/// What becomes of a request. The client sees a broken connection for both losses and tries again by its own rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is applied and answered.
    Answered,
    /// It never arrives.
    Lost,
    /// It is applied, and the answer gets lost.
    AnswerLost,
    /// It is refused because too much is asked; nothing is applied.
    Throttled,
    /// It is refused with this status and code, in words that repeat the whole request, as those of AWS may.
    Refused(u16, &'static str),
    /// Something answers that is not DynamoDB, and repeats the whole request.
    Garbled,
}

/// Rests between two tries take no time.
#[derive(Debug)]
pub(crate) struct AtOnce;

impl AsyncSleep for AtOnce {
    fn sleep(&self, _: Duration) -> Sleep {
        Sleep::new(std::future::ready(()))
    }
}

type Decide = dyn Fn(&Sent<'_>) -> Fate + Send + Sync;

#[derive(Clone)]
struct Connector {
    database: Dynoxide,
    fate: Arc<Decide>,
}

pub(crate) fn client(database: Dynoxide, fate: impl Fn(&Sent<'_>) -> Fate + Send + Sync + 'static) -> SharedHttpClient {
    let connector = SharedHttpConnector::new(Connector {
        database,
        fate: Arc::new(fate),
    });
    http_client_fn(move |_, _| connector.clone())
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connector")
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::ready(self.play(&request))
    }
}

impl Connector {
    fn play(&self, request: &HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let body = request.body().bytes().map(std::str::from_utf8);
        let target = request
            .headers()
            .get("x-amz-target")
            .and_then(|target| target.split_once('.'));
        let (Some(Ok(body)), Some((_, operation))) = (body, target) else {
            return Err(ConnectorError::user("no request of DynamoDB".into()));
        };
        let lost = || ConnectorError::io("the connection broke".into());
        match (self.fate)(&Sent { operation, body }) {
            Fate::Answered => response(self.database.answer(operation, body)),
            Fate::Lost => Err(lost()),
            Fate::AnswerLost => {
                self.database.answer(operation, body);
                Err(lost())
            }
            Fate::Throttled => response((400, THROTTLED.to_owned())),
            Fate::Refused(status, code) => response((status, refusal(code, body))),
            Fate::Garbled => response((200, format!("<html>{body}"))),
        }
    }
}

const THROTTLED: &str =
    r#"{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"Rate exceeded"}"#;

fn refusal(code: &str, request: &str) -> String {
    let said = format!("Value '{request}' failed to satisfy constraint");
    serde_json::json!({
        "__type": format!("com.amazonaws.dynamodb.v20120810#{code}"),
        "message": said,
        "CancellationReasons": [{ "Code": "ValidationError", "Message": said }],
    })
    .to_string()
}

fn response((status, body): (u16, String)) -> Result<HttpResponse, ConnectorError> {
    let response = http::Response::builder()
        .status(status)
        .header("content-type", "application/x-amz-json-1.0")
        .body(SdkBody::from(body))
        .map_err(|error| ConnectorError::other(error.into(), None))?;
    HttpResponse::try_from(response).map_err(|error| ConnectorError::other(error.into(), None))
}
