//! The staff of this machine: a first admin comes in as everywhere, by an invitation and through the shop's own doors. What they chose is
//! kept beside the data. Nothing else is seeded: the stores' catalogues are the sandbox's own.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, anyhow};
use domain::{Settings, Timestamp, person::Email, session::Role};
use runtime::{Clock, Ids};
use serde::{Deserialize, Serialize};
use store::{AwsSettings, Clients, Invitation, Sessions};

use crate::{Stack, actors::Staff};

const EMAIL: &str = "desk@bandari.example";
const LASTS: Duration = Duration::from_secs(24 * 3600);

/// How a member of the staff logs in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Login {
    /// The e-mail address.
    pub email: String,
    /// The password.
    pub password: String,
    /// What their authenticator app holds, in base32.
    pub secret: String,
}

impl Login {
    /// The code that the app shows at a moment.
    ///
    /// # Errors
    /// When the secret is none.
    pub fn code(&self, now: Timestamp) -> anyhow::Result<String> {
        let secret = totp_rs::Secret::try_from_base32(&self.secret).map_err(|error| anyhow!("{error:?}"))?;
        let app = totp_rs::Builder::new().with_secret(secret).with_account_name("app");
        let app = app.build().map_err(|error| anyhow!("{error:?}"))?;
        Ok(app.generate(u64::try_from(now.as_seconds())?).to_string())
    }
}

/// The first admin of a stack; made when the data folder has none yet.
///
/// # Errors
/// When the tables do not answer or the shop does not let them in.
pub async fn staff(stack: &Stack) -> anyhow::Result<Login> {
    let kept = kept(stack);
    if kept.exists() {
        let text = std::fs::read_to_string(&kept).with_context(|| format!("cannot read {}", kept.display()))?;
        return Ok(serde_json::from_str(&text)?);
    }
    let environment = stack
        .owners_environment("staff")
        .context("the template has no staff function")?;
    let now = now(stack.ahead());
    let token = invite(&environment, EMAIL, now).await?;
    let login = Staff::join(stack.gateway(), &token, EMAIL, now).await?;
    std::fs::write(&kept, serde_json::to_string_pretty(&login)?)?;
    Ok(login)
}

fn kept(stack: &Stack) -> PathBuf {
    stack.data().join("staff.json")
}

/// The time of day on a clock that is so many seconds ahead.
pub(crate) fn now(ahead: i64) -> Timestamp {
    let ahead = u64::try_from(ahead).unwrap_or(0);
    Clock::system().now().plus(Duration::from_secs(ahead))
}

/// Writes the invitation of an admin and gives the token of its link.
///
/// # Errors
/// When this is no address or the table does not answer.
pub(crate) async fn invite(
    environment: &BTreeMap<String, String>,
    email: &str,
    now: Timestamp,
) -> anyhow::Result<String> {
    let email = Email::new(email).map_err(|wrong| anyhow!("{}", wrong.message))?;
    let mut settings = Settings::new(environment.clone());
    let aws = AwsSettings::read(&mut settings);
    let (accounts, sessions) = (settings.text("ACCOUNTS_TABLE"), settings.text("SESSIONS_TABLE"));
    settings.finish()?;
    let failed = |failure: domain::Failure| anyhow!("could not write the invitation: {failure:?}");
    let clients = Clients::new(aws)?;
    let staff = store::Staff::new(clients.table(&accounts), Sessions::new(clients.table(&sessions)));
    let token = Ids::new(Clock::system()).token().map_err(failed)?;
    let invitation = Invitation {
        email,
        roles: [Role::Admin].into(),
        expires_at: now.plus(LASTS),
    };
    let hash = web::token_hash(token.expose());
    staff.invite_first(&hash, &invitation).await.map_err(failed)?;
    Ok(token.expose().to_owned())
}
