//! Trouble on demand: the outside misbehaves, calls are held, processes die, messages are lost.

use std::time::Duration;

use anyhow::bail;
use local::actors::Browser;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::stage::Stage;

/// One order to misbehave; the sandbox's `faults.rs` names the kinds.
#[derive(Debug, Clone)]
pub struct Fault(Value);

impl Fault {
    /// A fault that strikes the next call of an operation.
    #[must_use]
    pub fn at(provider: &str, operation: &str, kind: &str) -> Self {
        Self(json!({ "provider": provider, "operation": operation, "kind": kind }))
    }

    /// The same with one more word of its kind: `count`, `amount`, `code`.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        if let Some(fields) = self.0.as_object_mut() {
            fields.insert(name.to_owned(), value.into());
        }
        self
    }
}

impl Stage {
    /// Orders a fault.
    ///
    /// # Errors
    /// When the sandbox does not know it.
    pub async fn fault(&self, fault: &Fault) -> anyhow::Result<()> {
        self.sandbox()?
            .post("/control/faults", &fault.0)
            .await?
            .good("ordering a fault")
            .map(|_| ())
    }

    /// Ends all faults.
    ///
    /// # Errors
    /// When the sandbox does not answer.
    pub async fn clear_faults(&self) -> anyhow::Result<()> {
        self.sandbox()?
            .post("/control/faults/clear", &Value::Null)
            .await?
            .good("ending the faults")
            .map(|_| ())
    }

    /// Waits until a call is held.
    ///
    /// # Errors
    /// When none comes.
    pub async fn held(&self, operation: &str) -> anyhow::Result<()> {
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(10) {
            let held = self
                .sandbox()?
                .get("/control/held")
                .await?
                .good("looking for held calls")?;
            let mut calls = held
                .json
                .pointer("/held")
                .and_then(Value::as_array)
                .into_iter()
                .flatten();
            if calls.any(|call| call.get("operation").is_some_and(|held| held == operation)) {
                return Ok(());
            }
            sleep(Duration::from_millis(20)).await;
        }
        bail!("no call of {operation} is held")
    }

    /// Lets all held calls go on.
    ///
    /// # Errors
    /// When the sandbox does not answer.
    pub async fn release(&self) -> anyhow::Result<()> {
        self.sandbox()?
            .post("/control/release", &json!({}))
            .await?
            .good("releasing the held calls")
            .map(|_| ())
    }

    /// Kills every process of a function with the call in its hands, then lets the call go on: its answer reaches nobody.
    ///
    /// # Errors
    /// When no such call is held or the function is unknown.
    pub async fn kill_in_call(&self, function: &str, operation: &str) -> anyhow::Result<()> {
        self.held(operation).await?;
        self.stack()?.kill(function).await?;
        self.release().await
    }

    /// The sandbox, to be spoken to directly.
    ///
    /// # Errors
    /// As [`Stage::stack`].
    pub fn sandbox(&self) -> anyhow::Result<Browser> {
        Ok(Browser::new(self.stack()?.sandbox()))
    }
}
