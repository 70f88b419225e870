//! Everybody who may knock at a door: each kind of caller with a fresh token for each knock, because some doors end the session that comes
//! through them.

use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, anyhow};
use domain::{
    id::{DeviceId, RootId, StaffId},
    session::{Role, Session, Who},
};
use local::actors::Browser;
use serde_json::Value;
use store::Sessions;
use web::{Caller, Route};

use crate::{
    raw::{Exchange, raw},
    stage::{Stage, table},
};

/// No device of the shop's list; its session is all that doors look at.
const DEVICE: &str = "01JDB7M3N8Q4R5S6T7V8W9X0YZ";

/// No token is used twice.
static KNOCKS: AtomicU32 = AtomicU32::new(1);

/// The callers around one stage.
pub struct Callers<'a> {
    stage: &'a Stage,
    sessions: Sessions,
    guest: Who,
    customer: Who,
    staff: StaffId,
}

impl<'a> Callers<'a> {
    /// A guest and a customer as these browsers are logged in, and the first admin under every role.
    ///
    /// # Errors
    /// When a browser has no session or the tables do not answer.
    pub async fn of(stage: &'a Stage, guest: &Browser, customer: &Browser) -> anyhow::Result<Self> {
        let sessions = Sessions::new(table(stage.stack()?, "admin", "SESSIONS_TABLE")?);
        let admin = stage.staff().await?;
        let mut people = Vec::new();
        for browser in [guest, customer, &admin.browser] {
            let cookie = browser.cookie().context("a browser without a session")?;
            let (_, token) = cookie.split_once('=').context("a cookie without a value")?;
            let found = sessions.find(&web::token_hash(token), stage.now()?).await;
            let session = found.map_err(|failure| anyhow!("{failure:?}"))?;
            people.push(session.context("a session that has ended")?.who);
        }
        let (Some(Who::Staff(staff, _)), Some(customer), Some(guest)) = (people.pop(), people.pop(), people.pop())
        else {
            return Err(anyhow!("three sessions of a guest, a customer and the staff"));
        };
        Ok(Self {
            stage,
            sessions,
            guest,
            customer,
            staff,
        })
    }

    fn who(&self, caller: Caller) -> anyhow::Result<Option<Who>> {
        let staff = |role| Some(Who::Staff(self.staff.clone(), vec![role]));
        Ok(match caller {
            Caller::Nobody | Caller::Webhook => None,
            Caller::Guest => Some(self.guest.clone()),
            Caller::Customer => Some(self.customer.clone()),
            Caller::Support => staff(Role::Support),
            Caller::Buyer => staff(Role::Buyer),
            Caller::Warehouse => staff(Role::Warehouse),
            Caller::Finance => staff(Role::Finance),
            Caller::Admin => staff(Role::Admin),
            Caller::Unproven => Some(Who::Unproven(self.staff.clone())),
            Caller::Device => Some(Who::Device(DeviceId::from_ulid(DEVICE)?)),
        })
    }

    /// Sends a request to a route as this caller would.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn knock(&self, caller: Caller, route: &Route, path: &str, body: &Value) -> anyhow::Result<Exchange> {
        let key = format!("knock-{}", KNOCKS.fetch_add(1, Ordering::Relaxed));
        let bearer = format!("Bearer {key}-of-a-caller-whose-token-is-its-number");
        let mut headers = vec![
            ("accept", "application/json"),
            ("content-type", "application/json"),
            ("idempotency-key", key.as_str()),
        ];
        if let Some(who) = self.who(caller)? {
            let now = self.stage.now()?;
            let hash = web::token_hash(bearer.trim_start_matches("Bearer "));
            let started = self.sessions.start(&hash, &Session::begin(who, now), now).await;
            started.map_err(|failure| anyhow!("no session for {caller:?}: {failure:?}"))?;
            headers.push(("authorization", bearer.as_str()));
        }
        let body = if route.method == "GET" {
            String::new()
        } else {
            body.to_string()
        };
        raw(route.method, &format!("{}{path}", self.stage.shop()?), &headers, &body).await
    }
}
