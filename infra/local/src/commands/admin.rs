//! `cargo run -- admin EMAIL`: writes the invitation of an admin into the running shop and tells its link, which works once. Whoever follows
//! it chooses a password and sets up a second factor. `infra/deploy.md` says the same for AWS.

use std::collections::BTreeMap;

use anyhow::Context;
use tokio::net::TcpStream;

use super::{Line, start::show};
use crate::{clock::Clock, listeners::origin_at, seed};

/// Where the tables of a stack on fixed ports are, counted from the shop's port.
const TABLES: u16 = 3;

pub(super) async fn run(line: &Line, email: &str) -> anyhow::Result<()> {
    let port = line.port.checked_add(TABLES).context("the port is too high")?;
    TcpStream::connect(("127.0.0.1", port))
        .await
        .with_context(|| format!("no shop runs at port {}: start it with `cargo run` first", line.port))?;
    let tables = origin_at(port);
    let environment = [
        ("AWS_REGION", crate::REGION),
        ("AWS_ACCESS_KEY_ID", crate::KEY),
        ("AWS_SECRET_ACCESS_KEY", crate::KEY),
        ("AWS_ENDPOINT_URL_DYNAMODB", tables.as_str()),
        ("ACCOUNTS_TABLE", "AccountsTable"),
        ("SESSIONS_TABLE", "SessionsTable"),
    ];
    let environment: BTreeMap<String, String> = environment
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    let ahead = Clock::in_folder(&line.data).ahead();
    let token = seed::invite(&environment, email, seed::now(ahead)).await?;
    show(&format!(
        "Follow this link within a day, with a telephone at hand. It works once.\n\n  {}/invitations/{token}",
        origin_at(line.port)
    ))
}
