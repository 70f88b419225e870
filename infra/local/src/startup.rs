//! Brings a stack up, one part after the other, and says what it does.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::clock::Clock;
use crate::control::Control;
use crate::instances::{Environments, Instances, Plan};
use crate::invoker::Invoker;
use crate::listeners::{Listeners, origin, origin_at};
use crate::permissions::Permissions;
use crate::process::{self, Environment, Group, Handle, Program};
use crate::progress::Progress;
use crate::queues::Queues;
use crate::routes::Routes;
use crate::schedule::Schedules;
use crate::stack::{Options, Stack};
use crate::{binaries, cargo_lambda, dynamodb, gateway, poller, s3};
use template::{Function, Parameters, Surroundings, Template};

/// How long a function or a helper may take to come up.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) async fn start(options: &Options) -> anyhow::Result<Stack> {
    let data = std::path::absolute(&options.data)?;
    let logs = data.join("logs");
    std::fs::create_dir_all(&logs).with_context(|| format!("cannot make {}", logs.display()))?;
    let lock = lock(&data)?;
    clear(&logs)?;
    let progress = Progress::open(&logs, !options.quiet)?;
    let target = binaries::target(&options.root).await?;
    if options.build {
        progress.say("Building the functions and the sandbox");
        binaries::build(&options.root, options.profile, &progress).await?;
    }
    let tool = cargo_lambda::find(&target, &progress).await?;
    let binaries = binaries::folder(&target, options.profile);
    let clock = Clock::in_folder(&data);
    let listeners = Listeners::bind(options.ports).await?;
    let place = Place {
        options,
        data,
        logs,
        binaries,
        tool,
        progress,
        clock,
        addresses: Arc::new(addresses(&listeners)?),
    };
    place.start(listeners, lock).await
}

/// One start: what is known before anything runs.
struct Place<'a> {
    options: &'a Options,
    data: PathBuf,
    logs: PathBuf,
    binaries: PathBuf,
    tool: PathBuf,
    progress: Progress,
    clock: Clock,
    addresses: Arc<BTreeMap<String, String>>,
}

/// The processes beside the functions.
struct Companions {
    group: Group,
    sandbox: Handle,
}

impl Place<'_> {
    async fn start(&self, listeners: Listeners, lock: File) -> anyhow::Result<Stack> {
        let template = self.template()?;
        let routes = Routes::of(&template)?;
        let mut tasks = JoinSet::new();

        self.progress.say("Starting tables, queues and files");
        let tables = self.data.join("tables.sqlite");
        let permissions = Permissions::of(&template.functions, &template.tables);
        let database = TcpListener::bind("127.0.0.1:0").await?;
        permissions.serve(&mut tasks, listeners.dynamodb, origin(&database)?);
        dynamodb::start(&mut tasks, database, &tables, &template.tables)?;
        s3::start(&mut tasks, listeners.s3, &self.data.join("files"), &template)?;
        let queues = Queues::start(&mut tasks, listeners.sqs, &template.queues).await?;

        let ports = (listeners.sandbox, listeners.cargo_lambda);
        let Companions { group, sandbox } = self.helpers(&mut tasks, ports).await?;

        let environments = environments(&template, &surroundings(&self.addresses, &self.clock));
        let runtime_api = listeners.runtime_api;
        let instances = self.instances(&mut tasks, &template, runtime_api, group.id(), &environments)?;
        let broken = instances.settle(PATIENCE).await;
        for name in &broken {
            let log = self.logs.join(name).with_extension("log");
            self.progress
                .warn(&format!("{name} does not start: see {}", log.display()));
        }
        let invoker = Invoker::new(&template, &instances, named(&self.addresses, "lambda"));
        let pollers = (&invoker, self.options.copies);
        poller::start(&mut tasks, &template, &queues, pollers, &self.progress);
        let schedules = Schedules::start(&mut tasks, &template, &invoker, &self.clock, &self.progress);
        gateway::start(&mut tasks, listeners.gateway, routes, invoker, self.progress.clone());

        let control = Control {
            clock: self.clock.clone(),
            instances,
            queues,
            schedules,
            sandbox,
            permissions,
            addresses: Arc::clone(&self.addresses),
        };
        control.clone().serve(&mut tasks, listeners.control);
        Ok(Stack {
            addresses: Arc::clone(&self.addresses),
            data: self.data.clone(),
            control,
            environments,
            broken,
            tasks,
            group,
            _lock: lock,
        })
    }

    fn template(&self) -> anyhow::Result<Template> {
        let root = &self.options.root;
        let words = [
            ("gateway", named(&self.addresses, "shop")),
            ("sandbox", named(&self.addresses, "sandbox")),
        ];
        let file = root.join("infra/local/parameters.toml");
        let parameters = Parameters::read(&file, &words, &self.options.parameters)?;
        let around = Surroundings {
            sqs: named(&self.addresses, "sqs").to_owned(),
        };
        Template::read(&root.join("infra/template.yaml"), &parameters, &around)
    }

    fn instances(
        &self,
        tasks: &mut JoinSet<()>,
        template: &Template,
        listener: TcpListener,
        group: i32,
        environments: &Environments,
    ) -> anyhow::Result<Instances> {
        let (count, copies) = (template.functions.len(), self.options.copies);
        self.progress
            .say(&format!("Starting {count} functions, {copies} processes each"));
        let plan = Plan {
            group,
            copies,
            binaries: &self.binaries,
            logs: &self.logs,
            cargo_lambda: named(&self.addresses, "lambda"),
            environments,
        };
        Instances::start(tasks, template, listener, &plan)
    }

    /// The sandbox and cargo-lambda, each on its port.
    async fn helpers(
        &self,
        tasks: &mut JoinSet<()>,
        (sandbox_port, lambda_port): (u16, u16),
    ) -> anyhow::Result<Companions> {
        let group = Group::start()?;
        self.progress
            .say("Starting the sandbox: stores, payment providers and carriers");
        let sandbox = self.sandbox_program(sandbox_port)?;
        let sandbox = process::keep_running(tasks, group.id(), sandbox, self.report("the sandbox"));
        let log = self.logs.join("cargo-lambda.log");
        let lambda = cargo_lambda::program(self.tool.clone(), &self.options.root, lambda_port, log);
        let lambda = process::keep_running(tasks, group.id(), lambda, self.report("cargo-lambda"));
        for (helper, port) in [(&sandbox, sandbox_port), (&lambda, lambda_port)] {
            wait_for(helper, port, &self.logs).await?;
        }
        Ok(Companions { group, sandbox })
    }

    fn sandbox_program(&self, port: u16) -> anyhow::Result<Program> {
        let data = self.data.join("sandbox");
        std::fs::create_dir_all(&data).with_context(|| format!("cannot make {}", data.display()))?;
        let arguments = [
            "--port",
            &port.to_string(),
            "--data",
            &data.to_string_lossy(),
            "--shop",
            named(&self.addresses, "shop"),
        ];
        let mut environment = self.options.sandbox.clone();
        let clock = self.clock.file().to_string_lossy().into_owned();
        environment.insert("CLOCK_AHEAD_FILE".to_owned(), clock);
        Ok(Program {
            name: "sandbox".to_owned(),
            path: self.binaries.join("sandbox"),
            arguments: arguments.map(str::to_owned).to_vec(),
            folder: self.options.root.clone(),
            environment: Environment::Ours(environment),
            log: self.logs.join("sandbox.log"),
        })
    }

    fn report(&self, name: &'static str) -> impl Fn(&str) + Send + 'static {
        let progress = self.progress.clone();
        move |reason| progress.warn(&format!("{name} ended ({reason}) and is started again"))
    }
}

/// The system frees the lock when its holder ends, however it ends.
pub(crate) fn lock(data: &Path) -> anyhow::Result<File> {
    let file = File::create(data.join("lock")).with_context(|| format!("cannot write in {}", data.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => bail!("{} is in use: the shop is running already", data.display()),
        Err(TryLockError::Error(error)) => Err(error).context("cannot lock the data folder"),
    }
}

/// Each start writes its own logs.
fn clear(logs: &Path) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(logs)? {
        std::fs::remove_file(entry?.path()).context("cannot clear the logs")?;
    }
    Ok(())
}

fn addresses(listeners: &Listeners) -> anyhow::Result<BTreeMap<String, String>> {
    let all = [
        ("shop", origin(&listeners.gateway)?),
        ("sandbox", origin_at(listeners.sandbox)),
        ("control", origin(&listeners.control)?),
        ("dynamodb", origin(&listeners.dynamodb)?),
        ("sqs", origin(&listeners.sqs)?),
        ("s3", origin(&listeners.s3)?),
        ("lambda", origin_at(listeners.cargo_lambda)),
    ];
    Ok(all.map(|(name, address)| (name.to_owned(), address)).into())
}

fn named<'a>(addresses: &'a BTreeMap<String, String>, part: &str) -> &'a str {
    addresses.get(part).map_or("", String::as_str)
}

/// What Lambda and AWS provide to every function, besides its own settings.
fn surroundings(addresses: &BTreeMap<String, String>, clock: &Clock) -> BTreeMap<String, String> {
    let level = std::env::var("RUST_LOG").unwrap_or_else(|_| "info".to_owned());
    let all = [
        ("PATH", "/usr/local/bin:/usr/bin:/bin".to_owned()),
        ("RUST_LOG", level),
        ("RUST_BACKTRACE", "1".to_owned()),
        ("AWS_REGION", crate::REGION.to_owned()),
        ("AWS_DEFAULT_REGION", crate::REGION.to_owned()),
        ("AWS_SECRET_ACCESS_KEY", crate::KEY.to_owned()),
        ("AWS_ENDPOINT_URL_DYNAMODB", named(addresses, "dynamodb").to_owned()),
        ("AWS_ENDPOINT_URL_SQS", named(addresses, "sqs").to_owned()),
        ("AWS_ENDPOINT_URL_S3", named(addresses, "s3").to_owned()),
        ("CLOCK_AHEAD_FILE", clock.file().to_string_lossy().into_owned()),
    ];
    all.map(|(name, value)| (name.to_owned(), value)).into()
}

/// The surroundings and each function's own settings, which win.
fn environments(template: &Template, surroundings: &BTreeMap<String, String>) -> Environments {
    let with_own = |function: &Function| {
        let mut all = surroundings.clone();
        // The name is the key by which tables and files know who asks.
        all.insert("AWS_ACCESS_KEY_ID".to_owned(), function.name.clone());
        all.extend(function.environment.clone());
        (function.name.clone(), all)
    };
    template.functions.iter().map(with_own).collect()
}

async fn wait_for(program: &Handle, port: u16, logs: &Path) -> anyhow::Result<()> {
    let until = Instant::now() + PATIENCE;
    while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        if program.starts() > 3 || Instant::now() > until {
            let name = &program.name;
            bail!("{name} does not start: see {}/{name}.log", logs.display());
        }
        sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}
