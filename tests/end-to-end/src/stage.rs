//! The stage: one running stack, its clock, its queues and its tables, lent to one story at a time.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use domain::{Settings, Timestamp, id::OrderId, order::Order};
use local::{
    Depth, Options, Ports, Stack,
    actors::{Staff, World},
    seed,
};
use store::{AwsSettings, Clients, Db, Orders};
use tokio::{
    runtime::Runtime,
    sync::Mutex,
    time::{Instant, sleep, timeout},
};

use crate::{times, truth::describe};

/// How often something that happens by itself is looked at.
pub(crate) const GLANCE: Duration = Duration::from_millis(25);
/// An order that stays as it is for this long while nobody works waits for a deadline.
const STILL: Duration = Duration::from_millis(150);
/// A story that waits longer than this in real time has failed.
const PATIENCE: Duration = Duration::from_secs(60);
/// A story that is not over by then hangs; one that works takes seconds, and the longest one less than a minute.
const LONGEST_STORY: Duration = Duration::from_secs(300);
/// The first story builds every function.
const LONGEST_BUILD: Duration = Duration::from_secs(1800);
/// A code of an authenticator app.
const CODE_LASTS: Duration = Duration::from_secs(30);
/// Data and logs of a run, with the number of its process behind.
const FOLDER: &str = "end-to-end-";
/// An order that needs more jumps of the clock than this goes round in circles.
const MOST_JUMPS: u32 = 60;

static RUNTIME: LazyLock<std::io::Result<Runtime>> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
});
static STAGE: Mutex<Place> = Mutex::const_new(Place::Empty);

enum Place {
    Empty,
    Built(Box<Stage>),
    /// Every further story tells the same reason at once.
    Broken(String),
}

/// The running shop with its levers.
pub struct Stage {
    stack: Option<Stack>,
    folder: PathBuf,
    orders: Orders,
    login: seed::Login,
}

/// How a story ended; a bad end is told in words, without the way through the machine's insides.
pub type Played = Result<(), Told>;

/// What went wrong.
pub struct Told(String);

impl std::fmt::Debug for Told {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

/// Plays one story on the stage; the first one starts the stack.
///
/// # Errors
/// The story's own, or why the stack cannot start.
pub fn play(story: impl AsyncFnOnce(&mut Stage) -> anyhow::Result<()>) -> Played {
    let runtime = RUNTIME.as_ref().map_err(|error| Told(error.to_string()))?;
    let played = runtime.block_on(Box::pin(async {
        let mut place = STAGE.lock().await;
        if matches!(*place, Place::Empty) {
            *place = match within(LONGEST_BUILD, "building and starting the stack", Stage::build()).await {
                Ok(stage) => Place::Built(Box::new(stage)),
                Err(error) => Place::Broken(format!("{error:#}")),
            };
        }
        match &mut *place {
            Place::Built(stage) => {
                let name = std::thread::current().name().unwrap_or("a story").to_owned();
                let played = async {
                    stage.calm().await?;
                    story(stage).await
                };
                let began = Instant::now();
                let ended = within(LONGEST_STORY, &name, played).await;
                times::keep(&name, began.elapsed())?;
                ended
            }
            Place::Broken(reason) => Err(anyhow!("the stack does not start: {reason}")),
            Place::Empty => Err(anyhow!("there is no stage")),
        }
    }));
    played.map_err(|error| Told(format!("{error:#}")))
}

/// Ends what takes for ever, and says what it was.
async fn within<T>(limit: Duration, what: &str, work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let done = timeout(limit, Box::pin(work)).await;
    done.map_err(|_| anyhow!("{what} was not over after {} s", limit.as_secs()))?
}

impl Stage {
    async fn build() -> anyhow::Result<Self> {
        times::begin()?;
        clear_away()?;
        let folder = std::env::temp_dir().join(format!("{FOLDER}{}", std::process::id()));
        let stack = start(&folder, true).await?;
        let orders = Orders::new(table(&stack, "admin", "ORDERS_TABLE").await?);
        let login = seed::staff(&stack).await?;
        Ok(Self {
            stack: Some(stack),
            folder,
            orders,
            login,
        })
    }

    /// Kills everything as a power cut would, and starts it again on what was stored.
    ///
    /// # Errors
    /// When it does not start again.
    pub async fn power_cut(&mut self) -> anyhow::Result<()> {
        drop(self.stack.take());
        let again = Instant::now();
        let stack = loop {
            match start(&self.folder, false).await {
                Ok(stack) => break stack,
                // What was killed needs a moment to let its files go.
                Err(_) if again.elapsed() < Duration::from_secs(5) => sleep(Duration::from_millis(200)).await,
                Err(error) => return Err(error),
            }
        };
        self.orders = Orders::new(table(&stack, "admin", "ORDERS_TABLE").await?);
        self.stack = Some(stack);
        Ok(())
    }

    /// The stack itself.
    ///
    /// # Errors
    /// After a power cut from which it did not come back.
    pub fn stack(&self) -> anyhow::Result<&Stack> {
        self.stack.as_ref().context("the stack did not come back")
    }

    /// Where customers reach the shop.
    ///
    /// # Errors
    /// As [`Stage::stack`].
    pub fn shop(&self) -> anyhow::Result<&str> {
        Ok(self.stack()?.gateway())
    }

    /// A member of the staff who may do everything, freshly logged in.
    ///
    /// # Errors
    /// When the shop does not let them in.
    pub async fn staff(&self) -> anyhow::Result<Staff> {
        // No code is taken twice, so that whoever logs in again waits for the next one.
        self.pass(CODE_LASTS)?;
        Staff::log_in(self.shop()?, &self.login, self.now()?).await
    }

    /// The stores, payment providers and carriers.
    ///
    /// # Errors
    /// As [`Stage::stack`].
    pub fn world(&self) -> anyhow::Result<World> {
        let stack = self.stack()?;
        Ok(World::new(stack.sandbox(), stack.control()))
    }

    /// The order as it is stored.
    ///
    /// # Errors
    /// When there is none.
    pub async fn order(&self, id: &OrderId) -> anyhow::Result<Order> {
        self.orders
            .load(id)
            .await
            .map_err(|failure| anyhow!("cannot load {id}: {failure:?}"))
    }

    /// The tables of orders, for what an order does not hold itself.
    #[must_use]
    pub fn orders(&self) -> &Orders {
        &self.orders
    }

    /// The pretended time of day.
    ///
    /// # Errors
    /// As [`Stage::stack`].
    #[expect(
        clippy::disallowed_methods,
        reason = "a story stands outside of the functions and has the machine's clock"
    )]
    pub fn now(&self) -> anyhow::Result<Timestamp> {
        let real = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
        let ahead = Duration::from_secs(self.stack()?.ahead().unsigned_abs());
        Ok(Timestamp::from_seconds(0).plus(real).plus(ahead))
    }

    /// Moves the clock on; nothing is woken by it.
    ///
    /// # Errors
    /// When the clock cannot be set.
    pub fn pass(&self, time: Duration) -> anyhow::Result<()> {
        let stack = self.stack()?;
        stack.set_ahead(stack.ahead().saturating_add(i64::try_from(time.as_secs())?))
    }

    /// Moves the clock to just after a moment, if that is still to come, and wakes whatever is due.
    ///
    /// # Errors
    /// When the deadlines fail.
    pub async fn jump_to(&self, moment: Timestamp) -> anyhow::Result<()> {
        let wait = moment.since(self.now()?);
        if !wait.is_zero() {
            self.pass(wait.saturating_add(Duration::from_secs(1)))?;
        }
        self.stack()?.tick().await
    }

    /// Waits until the order is as wanted and lets as much time pass for it as it needs: whenever nothing happens any more, the clock jumps
    /// to the order's next deadline.
    ///
    /// # Errors
    /// With where the order stands, when it does not come to that.
    pub async fn until(&self, id: &OrderId, what: &str, wanted: impl Fn(&Order) -> bool) -> anyhow::Result<Order> {
        let began = Instant::now();
        let mut jumps = 0;
        loop {
            let order = self.quiet(id, &wanted).await?;
            if wanted(&order) {
                return Ok(order);
            }
            let Some(due) = order.due_at() else {
                bail!("{what} never happens: nothing is due any more. {}", describe(&order))
            };
            if jumps >= MOST_JUMPS || began.elapsed() > PATIENCE {
                bail!(
                    "{what} did not happen after {jumps} jumps of the clock. {}",
                    describe(&order)
                );
            }
            self.jump_to(due).await?;
            jumps += 1;
        }
    }

    /// The order when it is as wanted, or when it has come to rest.
    async fn quiet(&self, id: &OrderId, wanted: &impl Fn(&Order) -> bool) -> anyhow::Result<Order> {
        let began = Instant::now();
        let mut order = self.order(id).await?;
        let mut still_since = Instant::now();
        while !wanted(&order) && still_since.elapsed() < STILL && began.elapsed() < PATIENCE {
            sleep(GLANCE).await;
            let newer = self.order(id).await?;
            if newer.version != order.version || !self.is_idle().await? {
                still_since = Instant::now();
            }
            order = newer;
        }
        Ok(order)
    }

    /// Whether nobody works. A message in the hands of a process that was killed does not count: the queue gives it back much later.
    async fn is_idle(&self) -> anyhow::Result<bool> {
        let status = self.stack()?.status().await?;
        let waits = |(name, depth): (&String, &Depth)| depth.waiting > 0 && !name.ends_with("dead-letters");
        let is_busy = status.functions.values().flatten().any(|instance| instance.busy);
        Ok(!is_busy && !status.queues.iter().any(waits))
    }

    /// Waits until nobody works any more, for stories in which nothing is to happen.
    ///
    /// # Errors
    /// When the functions do not come to rest.
    pub async fn rest(&self) -> anyhow::Result<()> {
        let began = Instant::now();
        let mut still_since = Instant::now();
        while still_since.elapsed() < STILL {
            if began.elapsed() > PATIENCE {
                bail!("the functions do not come to rest");
            }
            sleep(GLANCE).await;
            if !self.is_idle().await? {
                still_since = Instant::now();
            }
        }
        Ok(())
    }

    /// No faults, nothing held, everything of the story before at rest, and enough time since then that their purchases cannot be taken for
    /// each other's.
    async fn calm(&self) -> anyhow::Result<()> {
        self.clear_faults().await?;
        self.release().await?;
        self.rest().await?;
        self.pass(Duration::from_secs(3600))?;
        self.stack()?.tick().await?;
        self.rest().await
    }
}

async fn start(folder: &Path, build: bool) -> anyhow::Result<Stack> {
    let options = Options {
        ports: Ports::Free,
        quiet: true,
        build,
        ..Options::new(folder)
    };
    let stack = Stack::start(options).await?;
    match stack.broken() {
        [] => Ok(stack),
        broken => bail!(
            "{} do not start; their logs are in {}",
            broken.join(", "),
            folder.join("logs").display()
        ),
    }
}

/// What earlier runs left behind so that their logs could be read.
fn clear_away() -> anyhow::Result<()> {
    for entry in std::fs::read_dir(std::env::temp_dir())? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some(process) = name.strip_prefix(FOLDER) else {
            continue;
        };
        if !Path::new("/proc").join(process).exists() {
            std::fs::remove_dir_all(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    Ok(())
}

/// A table as a function reaches it.
pub(crate) async fn table(stack: &Stack, function: &str, setting: &str) -> anyhow::Result<Db> {
    let environment = stack
        .environment(function)
        .with_context(|| format!("the template has no {function}"))?;
    let name = environment
        .get(setting)
        .with_context(|| format!("{function} has no {setting}"))?;
    let mut settings = Settings::new(environment.clone());
    let aws = AwsSettings::read(&mut settings);
    settings.finish()?;
    let clients = Clients::new(aws).map_err(|error| anyhow!("no clients: {error:?}"))?;
    Ok(Db::connect(&clients, name).await)
}
