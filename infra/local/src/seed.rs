//! The first member of the staff on this machine: made once per data folder, with a random password that is kept beside the data.
//! Nothing else is seeded: the stores' catalogues are the sandbox's own.

use std::path::PathBuf;

use anyhow::{Context, anyhow};
use domain::{Settings, session::Role};
use runtime::{Clock, Ids};
use serde::{Deserialize, Serialize};
use store::{AwsSettings, Clients, Db, People};

use crate::Stack;

const EMAIL: &str = "desk@bandari.example";

/// How to log in at the desk and at the bench.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Login {
    /// The e-mail address.
    pub email: String,
    /// The password.
    pub password: String,
}

/// The staff account of a stack; made when the data folder has none yet.
///
/// # Errors
/// When the tables do not answer.
pub async fn staff(stack: &Stack) -> anyhow::Result<Login> {
    let kept = kept(stack);
    if kept.exists() {
        let text = std::fs::read_to_string(&kept).with_context(|| format!("cannot read {}", kept.display()))?;
        return Ok(serde_json::from_str(&text)?);
    }
    let ids = Ids::new(Clock::system());
    let password = ids
        .token()
        .map_err(|failure| anyhow!("no random password: {failure:?}"))?
        .expose()
        .to_owned();
    let login = Login {
        email: EMAIL.to_owned(),
        password,
    };
    enrol(stack, &ids, &login).await?;
    std::fs::write(&kept, serde_json::to_string_pretty(&login)?)?;
    Ok(login)
}

fn kept(stack: &Stack) -> PathBuf {
    stack.data().join("staff.json")
}

async fn enrol(stack: &Stack, ids: &Ids, login: &Login) -> anyhow::Result<()> {
    let environment = stack
        .environment("accounts")
        .context("the template has no accounts function")?;
    let mut settings = Settings::new(environment.clone());
    let aws = AwsSettings::read(&mut settings);
    let table = settings.text("ACCOUNTS_TABLE");
    settings.finish()?;
    let failed = |failure: domain::Failure| anyhow!("could not make the staff account: {failure:?}");
    let clients = Clients::new(aws)?;
    let people = People::new(Db::connect(&clients, &table).await);
    accounts::enrol_staff::run(&people, ids, &login.email, &login.password, &[Role::Admin])
        .await
        .map_err(failed)?;
    Ok(())
}
