//! The world outside: what stores, payment providers and carriers do, through the sandbox's control page, and the passing of time.

use anyhow::{Context, bail};
use serde_json::{Value, json};

use tokio::time::sleep;

use super::browser::Browser;

/// How often somebody looks for a message before they give up, and how long they wait in between.
const LOOKS: u32 = 200;
const GLANCE: std::time::Duration = std::time::Duration::from_millis(100);

/// The sandbox and the clock.
pub struct World {
    sandbox: Browser,
    control: Browser,
}

impl World {
    /// The world of a stack, by the addresses of its sandbox and its control.
    pub fn new(sandbox: &str, control: &str) -> Self {
        Self {
            sandbox: Browser::new(sandbox),
            control: Browser::new(control),
        }
    }

    /// Everything the providers have in their books: the truth to compare with.
    ///
    /// # Errors
    /// When the sandbox does not answer.
    pub async fn books(&self) -> anyhow::Result<Value> {
        Ok(self
            .sandbox
            .get("/control/books")
            .await?
            .good("reading the books")?
            .json)
    }

    /// The newest message to somebody that says these words; waits until it has come.
    ///
    /// # Errors
    /// When none comes.
    pub async fn message_to(&self, contact: &str, words: &str) -> anyhow::Result<String> {
        let path = format!("/messages?to={}", contact.replace('+', "%2B"));
        for _ in 0..LOOKS {
            let messages = self.sandbox.get(&path).await?.good("reading the messages")?;
            let texts = messages.list_at("/messages");
            let texts = texts.iter().filter_map(|message| message.get("text")?.as_str());
            if let Some(text) = texts.into_iter().find(|text| text.contains(words)) {
                return Ok(text.to_owned());
            }
            sleep(GLANCE).await;
        }
        bail!("no message to {contact} says {words:?}")
    }

    /// Pays on the payment provider's page, as the payer would.
    ///
    /// # Errors
    /// When the page refuses.
    pub async fn pay(&self, page: &str) -> anyhow::Result<()> {
        let session = page.rsplit('/').next().context("a payment page has an address")?;
        self.act(&format!("stripe/sessions/{session}/pay"), &json!({})).await
    }

    /// The store sends an order.
    ///
    /// # Errors
    /// When the sandbox refuses.
    pub async fn store_ships(&self, store_order: &str) -> anyhow::Result<()> {
        self.act(&format!("aliexpress/orders/{store_order}/ship"), &json!({}))
            .await
    }

    /// The carrier takes the parcel and brings it to the door.
    ///
    /// # Errors
    /// When the sandbox refuses.
    pub async fn carrier_delivers(&self, number: &str) -> anyhow::Result<()> {
        self.act(&format!("dhl/shipments/{number}/hand-over"), &json!({}))
            .await?;
        self.act(&format!("dhl/shipments/{number}/advance"), &json!({ "to": "OK" }))
            .await
    }

    /// Anything else the control page can do.
    ///
    /// # Errors
    /// When the sandbox refuses.
    pub async fn act(&self, what: &str, body: &Value) -> anyhow::Result<()> {
        self.sandbox
            .post(&format!("/control/{what}"), body)
            .await?
            .good(what)
            .map(|_| ())
    }

    /// Lets time pass, and the schedules with it.
    ///
    /// # Errors
    /// When the stack does not answer.
    pub async fn wait(&self, seconds: i64) -> anyhow::Result<()> {
        self.control
            .post("/clock", &json!({ "add_seconds": seconds }))
            .await?
            .good("letting time pass")?;
        self.control
            .post("/tick", &json!({}))
            .await?
            .good("running the schedules")
            .map(|_| ())
    }

    /// The newest orders at the store, by its own numbers.
    ///
    /// # Errors
    /// When the books have another form.
    pub async fn store_orders(&self) -> anyhow::Result<Vec<Value>> {
        let books = self.books().await?;
        let Some(orders) = books.pointer("/aliexpress/orders").and_then(Value::as_array) else {
            bail!("no store orders in {books}")
        };
        Ok(orders.clone())
    }
}
