//! The shop's end of the webhooks: keeps what arrives and answers as told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::Value;
use tokio::net::TcpListener;

pub(crate) struct Shop {
    pub(crate) origin: String,
    desk: Desk,
}

#[derive(Clone, Default)]
struct Desk {
    mail: Arc<Mutex<Vec<Mail>>>,
    answers: Arc<Mutex<VecDeque<u16>>>,
}

#[derive(Clone)]
pub(crate) struct Mail {
    pub(crate) signature: String,
    pub(crate) text: String,
    pub(crate) event: Value,
}

impl Shop {
    pub(crate) async fn open() -> Shop {
        Shop::open_at(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the shop listens while the test talks to the sandbox"
    )]
    pub(crate) fn open_at(listener: TcpListener) -> Shop {
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let desk = Desk::default();
        let router = Router::new()
            .route("/webhooks/stripe", post(receive))
            .with_state(desk.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Shop { origin, desk }
    }

    /// The statuses of the next answers; then 200 again.
    pub(crate) fn will_answer(&self, statuses: &[u16]) {
        self.desk.answers.lock().unwrap().extend(statuses);
    }

    pub(crate) fn mail(&self) -> Vec<Mail> {
        self.desk.mail.lock().unwrap().clone()
    }

    pub(crate) async fn wait_for_mail(&self, count: usize) -> Vec<Mail> {
        for _ in 0..100 {
            if self.mail().len() >= count {
                return self.mail();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("only {} of {count} webhooks came", self.mail().len());
    }
}

async fn receive(State(desk): State<Desk>, headers: HeaderMap, text: String) -> StatusCode {
    let signature = headers["stripe-signature"].to_str().unwrap().to_owned();
    let event = serde_json::from_str(&text).unwrap();
    desk.mail.lock().unwrap().push(Mail { signature, text, event });
    let status = desk.answers.lock().unwrap().pop_front().unwrap_or(200);
    StatusCode::from_u16(status).unwrap()
}
