//! The one place that talks to providers: sends an exchange, with a time limit, a size limit, one log line and never a second try.

use bytes::{Bytes, BytesMut};
use domain::{Cause, Failure};
use tokio::time::{Instant, timeout};

use crate::{
    error::Error,
    exchange::{Exchange, Loss, Step},
    request::Request,
    response::Response,
};

/// The largest answer that is read. The largest real ones, labels with documents, stay far below.
pub const MOST_BYTES: usize = 2 * 1024 * 1024;

const CONNECT_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(3);
const AGENT: &str = concat!("bandari/", env!("CARGO_PKG_VERSION"));

/// The outside world, reached over the network. Cloning it shares its connections.
#[derive(Clone)]
pub struct Http {
    wire: Wire,
}

#[derive(Clone)]
enum Wire {
    Network(reqwest::Client),
    #[cfg(feature = "scripted")]
    Scripted(std::sync::Arc<Script>),
    #[cfg(feature = "scripted")]
    Simulated(std::sync::Arc<Simulation>),
}

/// What stands in for the network in a test: answers each request, or says how the wire failed.
#[cfg(feature = "scripted")]
pub type Script = dyn Fn(&Request) -> Result<Response, Loss> + Send + Sync;

/// What stands in for the network in a simulation: it may take its time.
#[cfg(feature = "scripted")]
pub type Simulation = dyn Fn(&Request) -> SimulatedAnswer + Send + Sync;

/// An answer that comes later.
#[cfg(feature = "scripted")]
pub type SimulatedAnswer = std::pin::Pin<Box<dyn Future<Output = Result<Response, Loss>> + Send>>;

impl Http {
    /// A client with the project's TLS (rustls with ring, compiled-in roots) and limits. No connection is opened yet.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    #[expect(clippy::disallowed_methods, reason = "this is the one client the rule speaks of")]
    pub fn new() -> Result<Self, Failure> {
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            // It fails only when somebody else was quicker, and then the process has a provider all the same.
            rustls::crypto::ring::default_provider().install_default().ok();
        }
        let client = reqwest::Client::builder()
            .user_agent(AGENT)
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .pool_max_idle_per_host(4)
            .build()
            .map_err(|error| Failure::Internal(Cause::with("making the HTTP client", error)))?;
        Ok(Self {
            wire: Wire::Network(client),
        })
    }

    /// A world that answers as `script` says, for tests of use cases.
    #[cfg(feature = "scripted")]
    pub fn scripted(script: impl Fn(&Request) -> Result<Response, Loss> + Send + Sync + 'static) -> Self {
        Self {
            wire: Wire::Scripted(std::sync::Arc::new(script)),
        }
    }

    /// A world that answers as `simulation` says, when it says so.
    #[cfg(feature = "scripted")]
    pub fn simulated(simulation: impl Fn(&Request) -> SimulatedAnswer + Send + Sync + 'static) -> Self {
        Self {
            wire: Wire::Simulated(std::sync::Arc::new(simulation)),
        }
    }

    /// Performs an exchange and those that follow from it, each once.
    ///
    /// # Errors
    /// As the adapter reads the answer, or as [`Exchange::lost`] judges its absence.
    pub async fn send<T: 'static>(&self, exchange: Exchange<T>) -> Result<T, Error> {
        let mut exchange = exchange;
        loop {
            match self.step(exchange).await? {
                Step::Done(value) => return Ok(value),
                Step::Next(next) => exchange = next,
            }
        }
    }

    async fn step<T: 'static>(&self, exchange: Exchange<T>) -> Result<Step<T>, Error> {
        let name = exchange.name();
        let began = Instant::now();
        let answer = self.perform(exchange.request()).await;
        let (status, bytes) = answer
            .as_ref()
            .map_or((0, 0), |response| (response.status, response.body.len()));
        let step = match answer {
            Ok(response) => exchange.receive(&response),
            Err(loss) => exchange.lost(loss),
        };
        let ending = step.as_ref().map_or_else(Error::word, |_| "ok");
        let duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(
            call.name = name,
            call.ending = ending,
            http.status = status,
            duration_ms,
            bytes,
            "Called {name}"
        );
        step
    }

    async fn perform(&self, request: &Request) -> Result<Response, Loss> {
        match &self.wire {
            Wire::Network(client) => match timeout(request.timeout, over_network(client, request)).await {
                Ok(answer) => answer,
                // Even if it struck while connecting: how far the request came is not known any more.
                Err(elapsed) => Err(Loss::NoAnswer(Box::new(elapsed))),
            },
            #[cfg(feature = "scripted")]
            Wire::Scripted(script) => script(request),
            #[cfg(feature = "scripted")]
            Wire::Simulated(simulation) => simulation(request).await,
        }
    }
}

async fn over_network(client: &reqwest::Client, request: &Request) -> Result<Response, Loss> {
    let mut builder = client
        .request(request.method.clone(), request.url.clone())
        .headers(request.headers.clone());
    if let Some(content_type) = request.body.content_type() {
        builder = builder
            .header(http::header::CONTENT_TYPE, content_type)
            .body(request.body.bytes());
    }
    let mut response = builder.send().await.map_err(lost_in_sending)?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = whole_body(&mut response).await?;
    Ok(Response { status, headers, body })
}

/// The address may hold a key or a name in its query, and errors are logged: it is taken out.
fn lost_in_sending(error: reqwest::Error) -> Loss {
    let nothing_left = error.is_connect() || error.is_builder();
    let source = Box::new(error.without_url());
    if nothing_left {
        Loss::NotConnected(source)
    } else {
        Loss::NoAnswer(source)
    }
}

async fn whole_body(response: &mut reqwest::Response) -> Result<Bytes, Loss> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| Loss::NoAnswer(Box::new(error.without_url())))?
    {
        if body.len() + chunk.len() > MOST_BYTES {
            return Err(Loss::NoAnswer("the answer is larger than accepted".into()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;
    use crate::request::Body;

    /// Answers one connection with these bytes, after this pause, and closes it.
    async fn provider(answer: Vec<u8>, pause: Duration) -> url::Url {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/x", listener.local_addr().unwrap()).parse().unwrap();
        tokio::task::spawn_local(async move {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut heard = [0; 1024];
            assert!(socket.read(&mut heard).await.unwrap() > 0);
            tokio::time::sleep(pause).await;
            socket.write_all(&answer).await.ok();
        });
        url
    }

    async fn ending_of(answer: &[u8], pause: Duration) -> String {
        let url = provider(answer.to_vec(), pause).await;
        buy_at(url).await
    }

    async fn buy_at(url: url::Url) -> String {
        let request = Request::post(url, Body::json("x buy", &1).unwrap()).within(Duration::from_millis(300));
        let exchange = Exchange::moves("x buy", "sup_1", request, |response| response.json::<u32>("x buy"));
        match Http::new().unwrap().send(exchange).await {
            Ok(value) => value.to_string(),
            Err(error) => error.word().to_owned(),
        }
    }

    #[test]
    fn a_call_may_move_between_threads_as_handlers_must() {
        fn is_send(_: impl Send) {}
        let http = Http::new().unwrap();
        let request = Request::get("https://provider.example/x".parse().unwrap());

        is_send(http.send(Exchange::reads("x ask", request, |_| Ok(()))));
    }

    #[tokio::test(flavor = "local")]
    async fn a_complete_answer_is_read() {
        let ending = ending_of(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n42", Duration::ZERO).await;

        assert_eq!(ending, "42");
    }

    #[tokio::test(flavor = "local")]
    async fn a_purchase_whose_answer_was_cut_late_or_too_large_has_an_unknown_outcome() {
        let body = format!("7{}", " ".repeat(MOST_BYTES));
        let huge = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        let moved_away = "HTTP/1.1 307 Away\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n";

        for (answer, pause) in [
            ("", 0),
            ("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n4", 0),
            ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n42", 600),
            (huge.as_str(), 0),
            (moved_away, 0),
        ] {
            let ending = ending_of(answer.as_bytes(), Duration::from_millis(pause)).await;
            assert_eq!(ending, "outcome_unknown", "{:.40}", answer);
        }
    }

    #[tokio::test(flavor = "local")]
    async fn a_purchase_at_a_closed_door_was_not_sent() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/x", listener.local_addr().unwrap()).parse().unwrap();
        drop(listener);

        assert_eq!(buy_at(url).await, "not_sent");
    }
}
