//! `cargo run`: starts the stack, prints where everything is, and stops it all on Ctrl-C.

use std::io::Write;

use tokio::signal::unix::{SignalKind, signal};

use super::Line;
use crate::{Options, Ports, Profile, Stack, seed};

pub(super) async fn run(line: &Line) -> anyhow::Result<()> {
    let mut end = signal(SignalKind::terminate())?;
    let options = Options {
        ports: Ports::Fixed(line.port),
        build: line.build,
        profile: if line.release { Profile::Release } else { Profile::Debug },
        ..Options::new(&line.data)
    };
    let stack = tokio::select! {
        stack = Stack::start(options) => stack?,
        _ = tokio::signal::ctrl_c() => return Ok(()),
    };
    let login = seed::staff(&stack).await?;
    show(&welcome(&stack, &login))?;
    tokio::select! {
        ended = tokio::signal::ctrl_c() => ended?,
        _ = end.recv() => {}
    }
    show("\nStopping")?;
    stack.stop().await;
    Ok(())
}

fn welcome(stack: &Stack, login: &seed::Login) -> String {
    let shop = stack.gateway();
    let ahead = match stack.ahead() {
        0 => String::new(),
        seconds => format!("\n  clock       {seconds} seconds ahead, from an earlier start"),
    };
    format!(
        "
  shop        {shop}
  desk        {shop}/desk
  warehouse   {shop}/warehouse
  staff       {} with {}, and the code of `cargo run -- code`
  sandbox     {}    stores, payments, carriers: watch and disturb them
  control     {}/status
  stored in   {}, logs in its folder logs{ahead}

Ctrl-C stops everything.",
        login.email,
        login.password,
        stack.sandbox(),
        stack.control(),
        stack.data().display(),
    )
}

pub(super) fn show(text: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout().lock(), "{text}")?;
    Ok(())
}
