//! Child processes: started in one process group, started again when they end, and never left behind.
//! A small shell at the head of the group waits for its standard input to close, which the system does for us
//! even when this program is killed with -9; then it ends the whole group.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::Context;
use tokio::process::{Child, Command};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

const SHORTEST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// Who lives this long has started well; its end is an accident, not a habit.
const A_LIFE: Duration = Duration::from_secs(2);

/// The head of the process group; the group ends when this is dropped.
pub(crate) struct Group {
    head: Child,
    id: i32,
}

impl Group {
    pub(crate) fn start() -> anyhow::Result<Self> {
        let script = "cat >/dev/null; trap '' TERM; kill -TERM 0; sleep 0.3; kill -KILL 0";
        let head = Command::new("sh")
            .args(["-c", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .context("cannot start a shell")?;
        let id = head
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .context("the shell ended at once")?;
        Ok(Self { head, id })
    }

    pub(crate) fn id(&self) -> i32 {
        self.id
    }

    /// Ends every process of the group and waits until the head is gone.
    pub(crate) async fn end(mut self) {
        drop(self.head.stdin.take());
        // The head kills itself last; there is nothing to learn from how it ended.
        self.head.wait().await.ok();
    }
}

/// What to start.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    pub name: String,
    pub path: PathBuf,
    pub arguments: Vec<String>,
    pub folder: PathBuf,
    pub environment: Environment,
    pub log: PathBuf,
}

/// The environment of a child.
#[derive(Debug, Clone)]
pub(crate) enum Environment {
    /// Only these, as on Lambda.
    Exactly(BTreeMap<String, String>),
    /// Ours and these.
    Ours(BTreeMap<String, String>),
}

/// A running program, seen from outside.
#[derive(Debug, Clone)]
pub(crate) struct Handle {
    pub name: String,
    kills: mpsc::Sender<oneshot::Sender<()>>,
    pid: Arc<AtomicU32>,
    starts: Arc<AtomicU32>,
}

impl Handle {
    /// Kills it as `kill -9` does and returns when it is dead; it is started again at once.
    pub(crate) async fn kill(&self) {
        let (dead, death) = oneshot::channel();
        if self.kills.send(dead).await.is_ok() {
            // An error means the keeper itself ended, so the child is gone as well.
            death.await.ok();
        }
    }

    /// Process id, or zero between two lives.
    pub(crate) fn pid(&self) -> u32 {
        self.pid.load(Ordering::Relaxed)
    }

    /// How many times it was started.
    pub(crate) fn starts(&self) -> u32 {
        self.starts.load(Ordering::Relaxed)
    }
}

/// Runs the program for as long as the task lives; `ended` is told how each life ended.
pub(crate) fn keep_running(
    tasks: &mut JoinSet<()>,
    group: i32,
    program: Program,
    ended: impl Fn(&str) + Send + 'static,
) -> Handle {
    let (kills, mut orders) = mpsc::channel(8);
    let handle = Handle {
        name: program.name.clone(),
        kills,
        pid: Arc::default(),
        starts: Arc::default(),
    };
    let seen = handle.clone();
    tasks.spawn(async move {
        let mut pause = SHORTEST_PAUSE;
        loop {
            let born = Instant::now();
            let end = one_life(&program, group, &mut orders, &seen).await;
            seen.pid.store(0, Ordering::Relaxed);
            ended(&end.reason);
            if let Some(dead) = end.asked_by {
                dead.send(()).ok();
                continue;
            }
            pause = if born.elapsed() > A_LIFE {
                SHORTEST_PAUSE
            } else {
                (pause * 2).min(LONGEST_PAUSE)
            };
            wait_or_answer(pause, &mut orders).await;
        }
    });
    handle
}

struct End {
    reason: String,
    asked_by: Option<oneshot::Sender<()>>,
}

async fn one_life(
    program: &Program,
    group: i32,
    orders: &mut mpsc::Receiver<oneshot::Sender<()>>,
    seen: &Handle,
) -> End {
    seen.starts.fetch_add(1, Ordering::Relaxed);
    let mut child = match start(program, group) {
        Ok(child) => child,
        Err(error) => {
            return End {
                reason: format!("could not start: {error:#}"),
                asked_by: None,
            };
        }
    };
    seen.pid.store(child.id().unwrap_or(0), Ordering::Relaxed);
    tokio::select! {
        status = child.wait() => {
            let reason = status.map_or_else(|error| error.to_string(), |status| status.to_string());
            End { reason, asked_by: None }
        }
        Some(dead) = orders.recv() => {
            let killed = child.kill().await;
            let reason = killed.map_or_else(|error| error.to_string(), |()| "signal: killed".to_owned());
            End { reason, asked_by: Some(dead) }
        }
    }
}

fn start(program: &Program, group: i32) -> anyhow::Result<Child> {
    let log = append(&program.log)?;
    let mut command = Command::new(&program.path);
    match &program.environment {
        Environment::Exactly(all) => command.env_clear().envs(all),
        Environment::Ours(more) => command.envs(more),
    };
    command
        .args(&program.arguments)
        .current_dir(&program.folder)
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .process_group(group)
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("{}", program.path.display()))
}

fn append(path: &PathBuf) -> anyhow::Result<File> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .with_context(|| format!("cannot write {}", path.display()))
}

/// Between two lives there is nothing to kill, so whoever asks is answered at once.
async fn wait_or_answer(pause: Duration, orders: &mut mpsc::Receiver<oneshot::Sender<()>>) {
    let end = sleep(pause);
    tokio::pin!(end);
    loop {
        tokio::select! {
            () = &mut end => return,
            Some(dead) = orders.recv() => drop(dead.send(())),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::path::Path;

    use super::*;

    pub(crate) fn sleeper(folder: &Path) -> Program {
        Program {
            name: "sleeper".to_owned(),
            path: PathBuf::from("/bin/sh"),
            arguments: vec![
                "-c".to_owned(),
                "trap '' TERM; echo $$:$ONLY-$HOME; sleep 1000".to_owned(),
            ],
            folder: folder.to_owned(),
            environment: Environment::Exactly(BTreeMap::from([("ONLY".to_owned(), "this".to_owned())])),
            log: folder.join("sleeper.log"),
        }
    }

    /// Waits for something that happens by itself, and fails in words when it does not. Machines are busy, so it waits long.
    async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
        let end = Instant::now() + Duration::from_secs(20);
        while !is_so() {
            assert!(Instant::now() < end, "waited in vain: {what}");
            sleep(Duration::from_millis(5)).await;
        }
    }

    pub(crate) async fn pid_after(handle: &Handle, starts: u32) -> u32 {
        until(&format!("it is started {starts} times"), || {
            handle.starts() >= starts && handle.pid() != 0
        })
        .await;
        handle.pid()
    }

    /// The kernel takes a moment between the signal and the end.
    async fn is_gone(pid: u32) {
        until(&format!("{pid} is gone"), || !is_alive(pid)).await;
    }

    fn is_alive(pid: u32) -> bool {
        let status = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        !status.is_empty() && !status.contains(") Z ")
    }

    #[tokio::test]
    async fn a_killed_program_is_started_again_and_ends_with_its_group() {
        let folder = std::env::temp_dir().join(format!("process-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let mut tasks = JoinSet::new();
        let group = Group::start().unwrap();
        let (told, ends) = std::sync::mpsc::channel();
        let handle = keep_running(&mut tasks, group.id(), sleeper(&folder), move |reason| {
            told.send(reason.to_owned()).unwrap();
        });
        let first = pid_after(&handle, 1).await;

        handle.kill().await;

        is_gone(first).await;
        assert_eq!(ends.try_recv().unwrap(), "signal: killed");
        let second = pid_after(&handle, 2).await;
        assert!(is_alive(second));
        let log = folder.join("sleeper.log");
        let said = || std::fs::read_to_string(&log).unwrap_or_default();
        // It says so when it does not listen to TERM any more. The first one may have been killed before it said anything.
        let ready = format!("{second}:this-");
        until("the second one is ready", || said().lines().any(|line| line == ready)).await;

        group.end().await;

        is_gone(second).await;
        drop(tasks);
        assert!(said().lines().all(|line| line.ends_with(":this-")), "{}", said());
        std::fs::remove_dir_all(folder).unwrap();
    }
}
