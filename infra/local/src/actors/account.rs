//! Somebody who makes an account: they read the code in their mail or on their phone, and type it.

use anyhow::Context;
use serde_json::json;

use super::{Browser, Said, World};

/// What they choose to log in with.
pub const PASSWORD: &str = "a long pass phrase of mine";

/// Registers in a browser that may have a cart already; afterwards it is logged in.
///
/// # Errors
/// When the shop refuses or no code arrives.
pub async fn register(browser: &Browser, world: &World, contact: &str) -> anyhow::Result<Said> {
    let wanted = json!({ "name": "Asha Mwangi", "contact": contact, "password": PASSWORD });
    let asked = browser
        .post("/registrations", &wanted)
        .await?
        .good("asking for an account")?;
    let text = world.message_to(contact, "Your Bandari code is").await?;
    let code = text
        .split(|c: char| !c.is_ascii_digit())
        .find(|digits| digits.len() == 6);
    let typed = json!({ "ticket": asked.text_at("/ticket")?, "code": code.context("the message holds no code")? });
    browser.post("/accounts", &typed).await?.good("typing the code")
}
