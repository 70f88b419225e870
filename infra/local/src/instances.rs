//! The function processes: several of each, every one with exactly the settings its template entry gives it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::process::{self, Environment, Program};
use crate::runtime_api::{self, Slot};
use crate::wire::Wire;
use template::{Function, Template};

/// How functions are started, the same for all of them.
pub(crate) struct Plan<'a> {
    pub group: i32,
    pub copies: usize,
    pub binaries: &'a Path,
    pub logs: &'a Path,
    pub cargo_lambda: &'a str,
    pub environments: &'a Environments,
}

/// What each function may read: its template entry, the endpoints, credentials and the clock.
pub(crate) type Environments = BTreeMap<String, BTreeMap<String, String>>;

/// All instances of all functions.
#[derive(Clone, Default)]
pub(crate) struct Instances(BTreeMap<String, Vec<Arc<Slot>>>);

impl Instances {
    /// Serves the Runtime API on the listener and starts every instance.
    pub(crate) fn start(
        tasks: &mut JoinSet<()>,
        template: &Template,
        listener: TcpListener,
        plan: &Plan<'_>,
    ) -> anyhow::Result<Self> {
        let port = listener.local_addr()?.port();
        let wire = Wire::new();
        let mut all = BTreeMap::new();
        for function in &template.functions {
            let slots: Vec<Arc<Slot>> = (1..=plan.copies)
                .map(|number| Arc::new(Slot::new(function, number, plan.cargo_lambda, wire.clone())))
                .collect();
            all.insert(function.name.clone(), slots);
        }
        let router = runtime_api::router(all.values().flatten().cloned());
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        tasks.spawn(async move { drop(axum::serve(listener, router).await) });
        for function in &template.functions {
            for slot in all.get(&function.name).into_iter().flatten() {
                let ended = Arc::clone(slot);
                let program = program(function, slot, port, plan);
                let handle = process::keep_running(tasks, plan.group, program, move |reason| ended.ended(reason));
                // A slot is started once, so there is no earlier handle to lose.
                drop(slot.handle.set(handle));
            }
        }
        Ok(Self(all))
    }

    pub(crate) fn of(&self, function: &str) -> &[Arc<Slot>] {
        self.0.get(function).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &[Arc<Slot>])> {
        self.0.iter().map(|(name, slots)| (name.as_str(), slots.as_slice()))
    }

    /// Kills every instance of the function as `kill -9` does; new ones follow at once.
    pub(crate) async fn kill(&self, function: &str) -> usize {
        let slots = self.of(function);
        for handle in slots.iter().filter_map(|slot| slot.handle.get()) {
            handle.kill().await;
        }
        slots.len()
    }

    /// Waits until every function has an instance that takes work; returns those that cannot start.
    pub(crate) async fn settle(&self, patience: Duration) -> Vec<String> {
        let until = Instant::now() + patience;
        loop {
            let unsettled = |slots: &[Arc<Slot>]| !slots.iter().any(|slot| slot.is_ready() || slot.is_broken());
            if !self.0.values().any(|slots| unsettled(slots)) || Instant::now() > until {
                break;
            }
            sleep(Duration::from_millis(20)).await;
        }
        let down = self
            .0
            .iter()
            .filter(|(_, slots)| !slots.iter().any(|slot| slot.is_ready()));
        down.map(|(name, _)| name.clone()).collect()
    }
}

fn program(function: &Function, slot: &Slot, port: u16, plan: &Plan<'_>) -> Program {
    let name = &function.name;
    let mut environment = plan.environments.get(name).cloned().unwrap_or_default();
    let lambda = [
        (
            "AWS_LAMBDA_RUNTIME_API",
            format!("http://127.0.0.1:{port}/{}", slot.name),
        ),
        ("AWS_LAMBDA_FUNCTION_NAME", name.clone()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", function.memory.to_string()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{name}")),
        ("AWS_LAMBDA_LOG_STREAM_NAME", slot.name.clone()),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
        ("AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023".to_owned()),
        ("_HANDLER", "bootstrap".to_owned()),
        ("TZ", ":UTC".to_owned()),
    ];
    environment.extend(lambda.map(|(key, value)| (key.to_owned(), value)));
    Program {
        name: slot.name.clone(),
        path: plan.binaries.join(name),
        arguments: vec![],
        folder: PathBuf::from("/"),
        environment: Environment::Exactly(environment),
        log: plan.logs.join(format!("{name}.log")),
    }
}
