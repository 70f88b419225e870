//! The whole stack as one value: started from the template, stopped as one, with its addresses and levers.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::task::JoinSet;

use crate::binaries::Profile;
use crate::control::{Control, Status};
use crate::instances::Environments;
use crate::listeners::Ports;
use crate::process::Group;
use crate::startup;

/// How to start a stack.
#[derive(Debug, Clone)]
pub struct Options {
    /// The project folder, with `Cargo.toml` and `infra/template.yaml`.
    pub root: PathBuf,
    /// Everything the stack stores; survives a restart.
    pub data: PathBuf,
    pub ports: Ports,
    /// Processes per function.
    pub copies: usize,
    /// Whether to build the functions first.
    pub build: bool,
    pub profile: Profile,
    /// Whether progress stays unsaid.
    pub quiet: bool,
    /// Values that win over `infra/local/parameters.toml`.
    pub parameters: BTreeMap<String, String>,
    /// More environment for the sandbox, such as its paces.
    pub sandbox: BTreeMap<String, String>,
}

impl Options {
    /// This project, built first, two processes per function, on the usual ports.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            root: project(),
            data: data.into(),
            ports: Ports::Fixed(8000),
            copies: 2,
            build: true,
            profile: Profile::Debug,
            quiet: false,
            parameters: BTreeMap::new(),
            sandbox: BTreeMap::new(),
        }
    }
}

/// The folder this package was built from, two floors up.
pub(crate) fn project() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// A running stack. Dropping it ends everything as well, only less politely than `stop`.
pub struct Stack {
    pub(crate) addresses: Arc<BTreeMap<String, String>>,
    pub(crate) data: PathBuf,
    pub(crate) control: Control,
    pub(crate) environments: Environments,
    pub(crate) broken: Vec<String>,
    pub(crate) tasks: JoinSet<()>,
    pub(crate) group: Group,
    /// Held so that no other stack uses the same data.
    pub(crate) _lock: File,
}

impl Stack {
    /// Starts everything the template names and returns when every function takes work.
    ///
    /// # Errors
    /// When the build fails, a port is taken, the template is wrong or the data folder is in use.
    pub async fn start(options: Options) -> anyhow::Result<Self> {
        startup::start(&options).await
    }

    /// Where customers reach the shop.
    pub fn gateway(&self) -> &str {
        self.address("shop")
    }

    /// Where the stores, payment providers and carriers are played, with their control page.
    pub fn sandbox(&self) -> &str {
        self.address("sandbox")
    }

    /// Where the levers are, for other processes.
    pub fn control(&self) -> &str {
        self.address("control")
    }

    /// Any address of `status`: shop, sandbox, control, dynamodb, sqs, s3, lambda.
    pub fn address(&self, part: &str) -> &str {
        self.addresses.get(part).map_or("", String::as_str)
    }

    /// The folder of everything stored; `logs` is in it.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Functions that ended each time before they took work; their logs say why.
    pub fn broken(&self) -> &[String] {
        &self.broken
    }

    /// The environment that a function's processes have, so that a test can use the same tables and queues.
    pub fn environment(&self, function: &str) -> Option<&BTreeMap<String, String>> {
        self.environments.get(function)
    }

    /// The same for the owner of this machine, who is held back by no policy.
    pub fn owners_environment(&self, function: &str) -> Option<BTreeMap<String, String>> {
        let mut environment = self.environments.get(function)?.clone();
        environment.insert("AWS_ACCESS_KEY_ID".to_owned(), crate::KEY.to_owned());
        Some(environment)
    }

    /// What functions were denied because their policy in the template does not allow it.
    pub fn denied(&self) -> Vec<String> {
        self.control.permissions.denied()
    }

    /// What runs, how often it was started, and how full the queues are.
    pub async fn status(&self) -> anyhow::Result<Status> {
        self.control.status().await
    }

    /// Kills every instance of a function, or `sandbox`, as `kill -9` does; new ones follow at once.
    pub async fn kill(&self, name: &str) -> anyhow::Result<()> {
        self.control.kill(name).await
    }

    /// Loses the next messages of a queue before their function sees them.
    pub fn lose_next(&self, queue: &str, count: u32) -> anyhow::Result<()> {
        self.control.queues.lose_next(queue, count)
    }

    /// Sets how many seconds the pretended clock is ahead.
    pub fn set_ahead(&self, seconds: i64) -> anyhow::Result<()> {
        self.control.clock.set_ahead(seconds)
    }

    /// How many seconds the pretended clock is ahead.
    pub fn ahead(&self) -> i64 {
        self.control.clock.ahead()
    }

    /// Runs every schedule now and waits for it.
    pub async fn tick(&self) -> anyhow::Result<()> {
        self.control.tick().await
    }

    /// Ends everything and returns when no process is left.
    pub async fn stop(mut self) {
        self.tasks.shutdown().await;
        self.group.end().await;
    }
}
