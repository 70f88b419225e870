//! The people that samples speak for: whoever a sample names has a session while it is played.

use anyhow::{Context, anyhow, bail};
use domain::{
    id::{RootId, StaffId},
    session::{Role, Session, Who},
};
use local::actors::{Browser, World, account};
use store::Sessions;

use crate::stage::{Stage, table};

/// Where the shop lives in the samples.
const SHOP: &str = "https://shop.example";
/// The member of the staff behind every role.
const STAFF: &str = "01JDB7M3N8Q4R5S6T7V8W9X0YZ";
const ROLES: [(&str, Role); 5] = [
    ("support", Role::Support),
    ("buyer", Role::Buyer),
    ("warehouse", Role::Warehouse),
    ("finance", Role::Finance),
    ("admin", Role::Admin),
];

/// What is put into the marks of samples.
pub struct Cast {
    shop: String,
    tokens: Vec<(String, String)>,
}

impl Cast {
    /// Gives everybody a session. The customer's address must be new: stories share the shop, and nobody registers twice.
    ///
    /// # Errors
    /// When the shop registers nobody or the tables do not answer.
    pub async fn of(stage: &Stage, customer_address: &str) -> anyhow::Result<Self> {
        let shop = stage.shop()?.to_owned();
        let token = customer(&shop, &stage.world()?, customer_address).await?;
        let mut tokens = vec![("<token:customer>".to_owned(), token)];
        let sessions = Sessions::new(table(stage.stack()?, "admin", "SESSIONS_TABLE")?);
        let now = stage.now()?;
        for (name, role) in ROLES {
            let token = format!("the-token-of-the-role-{name}-beside-{customer_address}");
            let who = Who::Staff(StaffId::from_ulid(STAFF)?, vec![role]);
            let session = Session::begin(who, now);
            let started = sessions.start(&web::token_hash(&token), &session, now).await;
            started.map_err(|failure| anyhow!("no session for {name}: {failure:?}"))?;
            tokens.push((format!("<token:{name}>"), token));
        }
        Ok(Self { shop, tokens })
    }

    /// Somebody's front end.
    ///
    /// # Errors
    /// When nobody is called that.
    pub fn browser(&self, name: &str) -> anyhow::Result<Browser> {
        let mark = format!("<token:{name}>");
        let found = self.tokens.iter().find(|(known, _)| *known == mark);
        let (_, token) = found.with_context(|| format!("nobody is called {name}"))?;
        Ok(Browser::entered(&self.shop, token))
    }

    /// The event with everything put in that only exists at run time.
    ///
    /// # Errors
    /// When it names somebody who is not in the cast.
    pub fn fill(&self, event: &str) -> anyhow::Result<String> {
        let mut filled = event.replace(SHOP, &self.shop);
        for (mark, token) in &self.tokens {
            filled = filled.replace(mark, token);
        }
        match filled.split_once("<token:") {
            Some((_, unknown)) => bail!("nobody is called {}", unknown.split('>').next().unwrap_or_default()),
            None => Ok(filled),
        }
    }
}

/// The session of a registered customer without orders or addresses.
async fn customer(shop: &str, world: &World, address: &str) -> anyhow::Result<String> {
    let browser = Browser::new(shop);
    account::register(&browser, world, address).await?;
    let cookie = browser.cookie().context("registering gave no session")?;
    Ok(cookie.split_once('=').context("a cookie without a value")?.1.to_owned())
}
