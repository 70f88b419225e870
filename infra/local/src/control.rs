//! The stack's own levers, as methods and over HTTP: what runs, the clock, kills, lost messages, schedules now.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{anyhow, bail};
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::clock::Clock;
use crate::instances::Instances;
use crate::permissions::Permissions;
use crate::process::Handle;
use crate::queues::Queues;
use crate::schedule::Schedules;

/// What runs right now.
#[derive(Debug, Serialize)]
pub struct Status {
    /// Seconds by which the pretended clock is ahead.
    pub ahead_seconds: i64,
    pub addresses: BTreeMap<String, String>,
    pub functions: BTreeMap<String, Vec<Instance>>,
    pub queues: BTreeMap<String, Depth>,
    /// What functions were denied because their policy does not allow it.
    pub denied: Vec<String>,
}

/// One instance of a function; `pid` is zero between two lives.
#[derive(Debug, Serialize)]
pub struct Instance {
    pub pid: u32,
    pub starts: u32,
    pub ready: bool,
    /// Whether it works on a request.
    pub busy: bool,
}

/// How full a queue is.
#[derive(Debug, Serialize)]
pub struct Depth {
    pub waiting: u64,
    pub in_flight: u64,
}

/// The levers; clones move the same things.
#[derive(Clone)]
pub(crate) struct Control {
    pub clock: Clock,
    pub instances: Instances,
    pub queues: Queues,
    pub schedules: Schedules,
    pub sandbox: Handle,
    pub permissions: Permissions,
    pub addresses: Arc<BTreeMap<String, String>>,
}

impl Control {
    pub(crate) async fn status(&self) -> anyhow::Result<Status> {
        let mut functions = BTreeMap::new();
        for (name, slots) in self.instances.iter() {
            let seen = slots.iter().filter_map(|slot| {
                let handle = slot.handle.get()?;
                Some(Instance {
                    pid: handle.pid(),
                    starts: handle.starts(),
                    ready: slot.is_ready(),
                    busy: slot.is_busy(),
                })
            });
            functions.insert(name.to_owned(), seen.collect());
        }
        let mut queues = BTreeMap::new();
        for name in self.queues.names() {
            let (waiting, in_flight) = self.queues.depth(name).await?;
            queues.insert(name.clone(), Depth { waiting, in_flight });
        }
        let addresses = self.addresses.as_ref().clone();
        Ok(Status {
            ahead_seconds: self.clock.ahead(),
            addresses,
            functions,
            queues,
            denied: self.permissions.denied(),
        })
    }

    /// Kills a function's instances, or the sandbox.
    pub(crate) async fn kill(&self, name: &str) -> anyhow::Result<()> {
        if name == self.sandbox.name {
            self.sandbox.kill().await;
        } else if self.instances.kill(name).await == 0 {
            bail!("there is no function {name}");
        }
        Ok(())
    }

    pub(crate) async fn tick(&self) -> anyhow::Result<()> {
        self.schedules
            .tick()
            .await
            .map_err(|(function, failure)| anyhow!("{function} {failure}"))
    }

    /// Serves the levers on the listener.
    pub(crate) fn serve(self, tasks: &mut JoinSet<()>, listener: TcpListener) {
        let router = Router::new()
            .route("/status", get(status))
            .route("/clock", post(clock))
            .route("/kill/{name}", post(kill))
            .route("/drop", post(lose))
            .route("/tick", post(tick))
            .with_state(self);
        tasks.spawn(async move { drop(axum::serve(listener, router).await) });
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum ClockOrder {
    AheadSeconds(i64),
    AddSeconds(i64),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LoseOrder {
    queue: String,
    count: u32,
}

async fn status(State(control): State<Control>) -> Response {
    match control.status().await {
        Ok(status) => json(StatusCode::OK, &status),
        Err(error) => refusal(&error),
    }
}

async fn clock(State(control): State<Control>, body: Bytes) -> Response {
    let order = match serde_json::from_slice(&body) {
        Ok(order) => order,
        Err(error) => return refusal(&error.into()),
    };
    let ahead = match order {
        ClockOrder::AheadSeconds(seconds) => seconds,
        ClockOrder::AddSeconds(seconds) => control.clock.ahead().saturating_add(seconds),
    };
    done(control.clock.set_ahead(ahead))
}

async fn kill(State(control): State<Control>, Path(name): Path<String>) -> Response {
    done(control.kill(&name).await)
}

async fn lose(State(control): State<Control>, body: Bytes) -> Response {
    match serde_json::from_slice::<LoseOrder>(&body) {
        Ok(order) => done(control.queues.lose_next(&order.queue, order.count)),
        Err(error) => refusal(&error.into()),
    }
}

async fn tick(State(control): State<Control>) -> Response {
    done(control.tick().await)
}

fn done(outcome: anyhow::Result<()>) -> Response {
    match outcome {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => refusal(&error),
    }
}

fn refusal(error: &anyhow::Error) -> Response {
    json(
        StatusCode::BAD_REQUEST,
        &BTreeMap::from([("error", format!("{error:#}"))]),
    )
}

fn json(status: StatusCode, body: &impl Serialize) -> Response {
    let body = serde_json::to_string(body).unwrap_or_default();
    (status, [(CONTENT_TYPE, "application/json")], body).into_response()
}
