//! A running sandbox with a folder of its own, a clock that can be moved, and short ways to ask it things.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::http::Method;
use sandbox::outgoing::{self, OutgoingError};
use sandbox::{Running, Settings};
use serde_json::{Value, json};

use crate::shop::Shop;

static NUMBER: AtomicU64 = AtomicU64::new(0);

pub(crate) struct World {
    pub(crate) origin: String,
    pub(crate) shop: Shop,
    folder: PathBuf,
    running: Option<Running>,
}

/// Status and body; headers by lower-case name.
pub(crate) struct Said {
    pub(crate) status: u16,
    pub(crate) body: Value,
    pub(crate) text: String,
    pub(crate) headers: axum::http::HeaderMap,
}

pub(crate) fn fresh_folder() -> PathBuf {
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("sandbox-test-{}-{number}", std::process::id()));
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

impl World {
    pub(crate) async fn start() -> World {
        World::start_with(|_| {}).await
    }

    pub(crate) async fn start_with(change: impl FnOnce(&mut Settings)) -> World {
        let folder = fresh_folder();
        let shop = Shop::open().await;
        let mut settings = Settings::new(0, folder.join("books"), &shop.origin);
        settings.clock_ahead_file = Some(folder.join("ahead"));
        change(&mut settings);
        let running = sandbox::start(settings).await.unwrap();
        World {
            origin: running.origin().to_owned(),
            shop,
            folder,
            running: Some(running),
        }
    }

    /// Moves the sandbox clock.
    pub(crate) fn ahead(&self, seconds: i64) {
        std::fs::write(self.folder.join("ahead"), seconds.to_string()).unwrap();
    }

    pub(crate) async fn now(&self) -> i64 {
        self.get("/control/health").await.body["now"].as_i64().unwrap()
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<Said, OutgoingError> {
        let address = format!("{}{path}", self.origin);
        let longest = Duration::from_secs(10);
        let reply = outgoing::send(method, &address, headers, body.as_bytes().to_vec(), longest).await?;
        let text = String::from_utf8(reply.body.to_vec()).unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Ok(Said {
            status: reply.status.as_u16(),
            body,
            text,
            headers: reply.headers,
        })
    }

    pub(crate) async fn get(&self, path: &str) -> Said {
        self.send(Method::GET, path, &[], "").await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Said {
        self.send(Method::POST, path, &[], &body.to_string()).await.unwrap()
    }

    pub(crate) async fn books(&self) -> Value {
        self.get("/control/books").await.body
    }

    pub(crate) async fn fault(&self, provider: &str, operation: &str, kind: &str) {
        self.order_fault(json!({ "provider": provider, "operation": operation, "kind": kind }))
            .await;
    }

    pub(crate) async fn order_fault(&self, fault: Value) {
        assert_eq!(self.post("/control/faults", fault).await.status, 200);
    }

    /// Asks the books again and again until they show it.
    pub(crate) async fn wait_for(&self, shown: impl Fn(&Value) -> bool) -> Value {
        until("the books show it", async || self.books().await, shown).await
    }

    /// Waits until a call is held, and tells which are.
    pub(crate) async fn held(&self) -> Value {
        let held = async || self.get("/control/held").await.body["held"].clone();
        until("a call is held", held, |held| *held != json!([])).await
    }
}

/// Asks again and again until the answer is the wanted one, and fails with the last answer when it never is.
pub(crate) async fn until<T: std::fmt::Debug>(
    what: &str,
    ask: impl AsyncFn() -> T,
    is_wanted: impl Fn(&T) -> bool,
) -> T {
    for _ in 0..1_000 {
        let answer = ask().await;
        if is_wanted(&answer) {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("waited in vain: {what}; at last {:#?}", ask().await);
}

impl Drop for World {
    fn drop(&mut self) {
        drop(self.running.take());
        std::fs::remove_dir_all(&self.folder).ok();
    }
}
