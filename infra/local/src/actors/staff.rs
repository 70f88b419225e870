//! A member of the staff at the bench and at the desk.

use anyhow::Context;
use domain::Timestamp;
use serde_json::{Value, json};
use ulid::Ulid;

use super::browser::{Browser, Said};
use crate::seed::Login;

/// A logged-in member of the staff.
pub struct Staff {
    /// Their front end.
    pub browser: Browser,
}

impl Staff {
    /// Logs in, with the code that the app shows at this moment.
    ///
    /// # Errors
    /// When the shop does not let them in.
    pub async fn log_in(shop: &str, login: &Login, now: Timestamp) -> anyhow::Result<Self> {
        let browser = Browser::new(shop);
        let form = json!({ "email": login.email, "password": login.password });
        browser.post("/sessions", &form).await?.good("logging in")?;
        let form = json!({ "code": login.code(now)? });
        browser
            .post("/staff/sessions", &form)
            .await?
            .good("showing the second factor")?;
        Ok(Self { browser })
    }

    /// Follows an invitation: chooses a password and sets up a second factor.
    ///
    /// # Errors
    /// When the shop refuses.
    pub async fn join(shop: &str, token: &str, email: &str, now: Timestamp) -> anyhow::Result<Login> {
        let browser = Browser::new(shop);
        let mut login = Login {
            email: email.to_owned(),
            password: Ulid::new().to_string(),
            secret: String::new(),
        };
        let form = json!({ "name": "Desk", "password": login.password });
        let joined = browser.post(&format!("/invitations/{token}"), &form).await?;
        joined.good("following the invitation")?;
        let offered = browser
            .get("/staff/second-factor")
            .await?
            .good("opening the second factor")?;
        login.secret = offered.text_at("/secret")?;
        let form = json!({ "code": login.code(now)? });
        browser
            .post("/staff/second-factor", &form)
            .await?
            .good("setting up the second factor")?;
        Ok(login)
    }

    /// Scans a code of an inbound parcel; gives the orders it may belong to.
    ///
    /// # Errors
    /// When the bench does not know it.
    pub async fn scan(&self, code: &str) -> anyhow::Result<Said> {
        self.browser
            .post("/warehouse/scans", &json!({ "code": code }))
            .await?
            .good("scanning")
    }

    /// Receives every piece that an order still expects.
    ///
    /// # Errors
    /// When the bench refuses.
    pub async fn receive_all(&self, order: &str, code: &str) -> anyhow::Result<u64> {
        let bench = self
            .browser
            .get(&format!("/warehouse/orders/{order}"))
            .await?
            .good("opening the order at the bench")?;
        let lines = bench.list_at("/lines");
        let mut received = 0;
        for line in &lines {
            let expected = line.get("expected").and_then(Value::as_u64).unwrap_or(0);
            if expected > 0 {
                let id = line.get("id").and_then(Value::as_str).context("a line has an id")?;
                self.receive(order, id, code, expected).await?.good("receiving")?;
                received += expected;
            }
        }
        Ok(received)
    }

    /// Receives so many of one line.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn receive(&self, order: &str, line: &str, code: &str, count: u64) -> anyhow::Result<Said> {
        let receipt = json!({
            "order": order, "line": line, "code": code, "count": count, "weight_grams": 850, "condition": "good",
            "scan_id": format!("scan_{}", Ulid::new())
        });
        self.browser.post("/warehouse/receipts", &receipt).await
    }

    /// Packs everything received into one parcel; gives the shipment's id.
    ///
    /// # Errors
    /// When the bench refuses.
    pub async fn pack(&self, order: &str) -> anyhow::Result<String> {
        let parcel = json!({
            "order": order, "units": "all", "weight_grams": 1350, "length_mm": 300, "width_mm": 220, "height_mm": 120,
            "scan_id": format!("scan_{}", Ulid::new())
        });
        let packed = self
            .browser
            .post("/warehouse/parcels", &parcel)
            .await?
            .good("packing")?;
        packed.text_at("/shipment").or_else(|_| packed.text_at("/id"))
    }

    /// A parcel as the bench sees it.
    ///
    /// # Errors
    /// When there is none.
    pub async fn parcel(&self, shipment: &str) -> anyhow::Result<Said> {
        self.browser
            .get(&format!("/shipments/{shipment}"))
            .await?
            .good("looking at the parcel")
    }

    /// Gives the parcel to the carrier.
    ///
    /// # Errors
    /// When the shop refuses.
    pub async fn hand_over(&self, shipment: &str) -> anyhow::Result<Said> {
        self.browser
            .post(&format!("/shipments/{shipment}/handover"), &json!({}))
            .await?
            .good("handing over")
    }

    /// The whole order as the desk sees it.
    ///
    /// # Errors
    /// When the desk does not show it.
    pub async fn desk(&self, order: &str) -> anyhow::Result<Value> {
        let page = self
            .browser
            .get(&format!("/desk/orders/{order}"))
            .await?
            .good("opening the order at the desk")?;
        Ok(page.json)
    }
}
